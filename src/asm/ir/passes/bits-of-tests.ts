/**
 * A choice between 0 and one bit by a test of one bit, or of the sign, is that bit moved: `x & 0x800 ? 1 : 0` is
 * `x >> 11 & 1`, without the branch.
 * Relies on: nothing. Keeps: branches that decide anything else, and those that decide an offset or a size.
 */
import { onlyBit } from "../../../support/int.ts";
import { predecessors } from "../cfg.ts";
import { blockMap, Ids, type Pass, resized, withBlocks } from "../edit.ts";
import { type Branch, bitsOf, type InstOf } from "../inst.ts";
import { addressParts, mayBePointer } from "../kernel-rules.ts";
import { blockOf, jumpTo, withArgs, withInsts } from "../layout.ts";
import type { Block, BlockId, Inst, IrFunction, IrType, ValueId } from "../model.ts";
import { definitions } from "../uses.ts";

export const bitsOfTests: Pass = {
  name: "bits-of-tests",
  run(fn) {
    const candidates = fn.blocks.filter(({ term }) => term.op === "br" && isTest(term));
    if (candidates.length === 0) return fn;
    return new Choices(fn).run(candidates.map(({ id }) => id));
  },
};

const isTest = ({ fn }: Branch): boolean => fn === "set" || fn === "slt" || fn === "sge";

/** Where the branch goes if the bit of `value` is set, and if not. */
interface Test {
  readonly value: ValueId;
  readonly ty: IrType;
  readonly bit: number;
  readonly set: BlockId;
  readonly clear: BlockId;
}

/** A phi that is the tested bit moved to `bit`. */
interface Moved {
  readonly phi: InstOf<"phi">;
  readonly bit: number;
}

class Choices {
  readonly #fn: IrFunction;
  readonly #ids: Ids;
  readonly #defs: ReadonlyMap<ValueId, Inst>;
  readonly #preds: ReadonlyMap<BlockId, readonly BlockId[]>;
  readonly #blocks: Map<BlockId, Block>;
  #addressParts: ReadonlySet<ValueId> | undefined;

  constructor(fn: IrFunction) {
    this.#fn = fn;
    this.#ids = new Ids(fn);
    this.#defs = definitions(fn);
    this.#preds = predecessors(fn.blocks);
    this.#blocks = blockMap(fn);
  }

  run(candidates: readonly BlockId[]): IrFunction {
    let changed = false;
    for (const id of candidates) if (this.#rewrite(this.#blocks.get(id)!)) changed = true;
    return changed ? withBlocks(this.#fn, this.#blocks, { nextId: this.#ids.next }) : this.#fn;
  }

  #rewrite(block: Block): boolean {
    const test = this.#testOf(block.term as Branch);
    if (!test) return false;
    const [set, clear] = [this.#way(block.id, test.set), this.#way(block.id, test.clear)];
    if (!set || !clear || set.to !== clear.to || set.from === clear.from) return false;
    const join = this.#blocks.get(set.to)!;
    const phis = join.insts.filter((inst) => inst.op === "phi");
    const moved = phis.map((phi) => this.#movedBit(phi, set.from, clear.from));
    const chosen = moved.filter((bit) => bit !== "same");
    const [only] = chosen;
    if (chosen.length !== 1 || !only) return false;
    const { phi } = only;
    const insts = [...block.insts];
    const value = this.#emit(insts, test, only);
    const { span } = block.term;
    this.#blocks.set(block.id, blockOf(block.id, insts, jumpTo(set.to, span)));
    const joined = (inst: Inst) =>
      redirected(inst, set.from, clear.from, block.id, inst.id === phi.id ? value : undefined);
    this.#blocks.set(set.to, withInsts(join, join.insts.map(joined)));
    return true;
  }

  #testOf({ fn, a, b, then, else: other }: Branch): Test | undefined {
    const [value, by] = [this.#defs.get(a)!, this.#defs.get(b)!];
    if (value.ty === "ptr" || value.ty === "void" || by.op !== "const") return undefined;
    if (mayBePointer(value, (part) => this.#defs.get(part)!)) return undefined;
    const { ty } = value;
    if (fn !== "set") {
      if (by.value !== 0n) return undefined;
      const [set, clear] = fn === "slt" ? [then, other] : [other, then];
      return { value: a, ty, bit: bitsOf(ty) - 1, set, clear };
    }
    const bit = onlyBit(by.value);
    return bit === undefined ? undefined : { value: a, ty, bit, set: then, clear: other };
  }

  /** The block that `to` leads to without doing anything, and the one it is reached from. */
  #way(from: BlockId, to: BlockId): { readonly from: BlockId; readonly to: BlockId } | undefined {
    const { insts, term } = this.#blocks.get(to)!;
    const empty = insts.length === 0 && term.op === "jump" && this.#preds.get(to)!.length === 1;
    return empty ? { from: to, to: term.to } : { from, to };
  }

  #movedBit(phi: InstOf<"phi">, set: BlockId, clear: BlockId): Moved | "same" | undefined {
    const [one, zero] = [set, clear].map((from) => phi.args.find((arg) => arg.block === from)!.value);
    if (one === zero) return "same";
    const [yes, no] = [this.#defs.get(one!)!, this.#defs.get(zero!)!];
    if (phi.ty === "ptr" || yes.op !== "const" || no.op !== "const" || no.value !== 0n) return undefined;
    const bit = onlyBit(yes.value);
    if (bit === undefined) return undefined;
    this.#addressParts ??= addressParts(this.#fn, (value) => this.#defs.get(value)!);
    return this.#addressParts.has(phi.id) ? undefined : { phi, bit };
  }

  /** The bit at its new place, in the type of the phi. */
  #emit(insts: Inst[], test: Test, { phi, bit }: Moved): ValueId {
    const add = this.#ids.emitter(insts, phi.span);
    const number = (ty: IrType, value: number | bigint) => add({ op: "const", ty, value: BigInt(value) });
    const down = (by: number) =>
      by === 0 ? test.value : add({ op: "bin", ty: test.ty, fn: "lshr", a: test.value, b: number(test.ty, by) });
    const shifted = resized(down(Math.max(0, test.bit - bit)), test.ty, phi.ty, add);
    const up = bit - test.bit;
    const placed = up > 0 ? add({ op: "bin", ty: phi.ty, fn: "shl", a: shifted, b: number(phi.ty, up) }) : shifted;
    if (test.bit === bitsOf(test.ty) - 1 && bit === 0) return placed;
    return add({ op: "bin", ty: phi.ty, fn: "and", a: placed, b: number(phi.ty, 1n << BigInt(bit)) });
  }
}

/** A phi of the join, reached from `by` alone instead of two ways, with `value` or what came on both. */
function redirected(inst: Inst, set: BlockId, clear: BlockId, by: BlockId, value: ValueId | undefined): Inst {
  if (inst.op !== "phi") return inst;
  const rest = inst.args.filter(({ block }) => block !== set && block !== clear);
  const own = value ?? inst.args.find(({ block }) => block === set)!.value;
  return withArgs(inst, [...rest, { block: by, value: own }]);
}
