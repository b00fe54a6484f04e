/**
 * `flag != 0`, or `flag ? 1 : 0`, of a `_Bool` in memory is the byte itself (C11 6.2.5p2: it is 0 or 1) where that is only passed on or
 * stored. Where it is computed with, or returned, the comparison stays: of the byte the kernel's verifier knows no more
 * than that it is below 256.
 * Relies on: nothing. Keeps: control flow.
 */
import { predecessors } from "../cfg.ts";
import { blockMap, type Pass } from "../edit.ts";
import { type InstOf, operands, termOperands } from "../inst.ts";
import { withCode, withInsts } from "../layout.ts";
import type { Block, BlockId, Inst, IrFunction, IrType, Term, ValueId } from "../model.ts";
import { definitions } from "../uses.ts";

export const bareBools: Pass = {
  name: "bare-bools",
  run(fn) {
    if (!fn.blocks.some((block) => block.insts.some(isFlag))) return fn;
    const defs = definitions(fn);
    const bytes = new Map<ValueId, Inst>();
    for (const inst of defs.values()) {
      const load = flagOf(inst, defs);
      if (load) bytes.set(inst.id, extended(inst, load));
    }
    for (const { phi, load } of choices(fn, defs)) bytes.set(phi.id, extended(phi, load));
    if (bytes.size === 0) return fn;
    for (const value of computedWith(fn)) bytes.delete(value);
    return bytes.size === 0
      ? fn
      : withCode(
          fn,
          fn.blocks.map((block) => rewritten(block, bytes)),
        );
  },
};

const isFlag = (inst: Inst): boolean => inst.op === "load" && inst.tag === "bool";

/** Phis stay first: what becomes of one stands behind them. */
function rewritten(block: Block, bytes: ReadonlyMap<ValueId, Inst>): Block {
  const phis = block.insts.filter((inst) => inst.op === "phi");
  const kept = phis.filter(({ id }) => !bytes.has(id));
  const made = phis.flatMap(({ id }) => bytes.get(id) ?? []);
  const rest = block.insts.slice(phis.length).map((inst) => bytes.get(inst.id) ?? inst);
  return withInsts(block, [...kept, ...made, ...rest]);
}

/** The flag in the type of what it stands for. */
function extended({ id, span, ty }: Inst, load: InstOf<"load">): Inst {
  return { op: "zext", ty: ty as IrType, from: ty === "i64" ? 32 : 8, a: load.id, id, ...(span && { span }) };
}

/** The flag that `inst`, or a branch, compares with zero. */
function flagOf(inst: Inst | Term, defs: ReadonlyMap<ValueId, Inst>): InstOf<"load"> | undefined {
  if ((inst.op !== "cmp" && inst.op !== "br") || (inst.op === "cmp" && inst.fn !== "ne")) return undefined;
  const zero = defs.get(inst.b);
  const load = defs.get(inst.a);
  if (zero?.op !== "const" || zero.value !== 0n || load?.op !== "load" || load.tag !== "bool") return undefined;
  return load.size === 1 && !load.signed && load.ty === "i32" ? load : undefined;
}

interface Choice {
  readonly phi: InstOf<"phi">;
  readonly load: InstOf<"load">;
}

/** Phis that are 1 behind the way of a branch where the flag is set, and 0 behind the other: `flag ? 1 : 0`. */
function choices(fn: IrFunction, defs: ReadonlyMap<ValueId, Inst>): Choice[] {
  const byId = blockMap(fn);
  const preds = predecessors(fn.blocks);
  /** The branch before an argument of a phi in `to`, and the way that it takes to get there. */
  const wayOf = (from: BlockId, to: BlockId) => {
    const before = byId.get(from)!.insts.length === 0 ? preds.get(from)! : [];
    return before.length === 1 ? { head: before[0]!, way: from } : { head: from, way: to };
  };
  return fn.blocks.flatMap((block) =>
    block.insts.flatMap((phi): Choice[] => {
      if (phi.op !== "phi" || phi.ty === "ptr" || phi.args.length !== 2) return [];
      const ways = phi.args.map((arg) => ({ ...wayOf(arg.block, block.id), value: defs.get(arg.value)! }));
      const [{ head, way, value }, other] = ways as [(typeof ways)[number], (typeof ways)[number]];
      const { term } = byId.get(head)!;
      if (head !== other.head || term.op !== "br" || value.op !== "const" || other.value.op !== "const") return [];
      const load = term.fn === "ne" || term.fn === "eq" ? flagOf(term, defs) : undefined;
      const set = term.fn === "ne" ? term.then : term.else;
      const [one, zero] = way === set ? [value, other.value] : [other.value, value];
      return load && one.value === 1n && zero.value === 0n ? [{ phi, load }] : [];
    }),
  );
}

/** Values that others read than calls and stores; what only extends one counts as that one's reader. */
function computedWith(fn: IrFunction): Set<ValueId> {
  const found = new Set<ValueId>();
  const extended: { readonly from: ValueId; readonly to: ValueId }[] = [];
  for (const { insts, term } of fn.blocks) {
    for (const inst of insts) {
      if (inst.op === "zext") extended.push({ from: inst.a, to: inst.id });
      else if (inst.op === "store") found.add(inst.base);
      else if (inst.op !== "call") for (const value of operands(inst)) found.add(value);
    }
    for (const value of termOperands(term)) found.add(value);
  }
  for (const { from, to } of extended.reverse()) if (found.has(to)) found.add(from);
  return found;
}
