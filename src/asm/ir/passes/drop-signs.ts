/**
 * A narrow load extends by sign where the C type has one; where nobody asks for the sign it is left out, and the constants
 * compared with change to match: before v4 the machine extends by two shifts.
 * Relies on: nothing. Keeps: control flow, every access.
 */
import { Ids, type Pass } from "../edit.ts";
import { bitsOf, type InstOf, operands, termOperands } from "../inst.ts";
import type { Block, CmpOp, Inst, IrFunction, Term, ValueId } from "../model.ts";
import { definitions } from "../uses.ts";

export const dropSigns: Pass = {
  name: "drop-signs",
  run(fn) {
    const defs = definitions(fn);
    const free = signFree(fn, defs);
    return free.size === 0 ? fn : rewrite(fn, defs, free);
  },
};

type Defs = ReadonlyMap<ValueId, Inst>;
type Load = InstOf<"load">;
interface Comparison {
  readonly fn: CmpOp;
  readonly a: ValueId;
  readonly b: ValueId;
}

const isCandidate = (inst: Inst | undefined): inst is Load =>
  inst?.op === "load" && inst.signed && inst.ty !== "ptr" && inst.size * 8 < bitsOf(inst.ty);

/** Loads whose readers do not ask for more than the loaded bits, or ask for equality only. */
function signFree(fn: IrFunction, defs: Defs): ReadonlySet<ValueId> {
  const free = new Set<ValueId>();
  for (const inst of defs.values()) if (isCandidate(inst)) free.add(inst.id);
  if (free.size === 0) return free;
  // A load compared with another one is free if that one is: both go, or neither.
  for (let before = -1; before !== free.size; ) {
    before = free.size;
    for (const { insts, term } of fn.blocks) {
      for (const inst of insts) {
        for (const value of operands(inst))
          if (free.has(value) && !allowsInst(inst, value, defs, free)) free.delete(value);
      }
      for (const value of termOperands(term))
        if (free.has(value) && !allowsTerm(term, value, defs, free)) free.delete(value);
    }
  }
  return free;
}

function allowsInst(inst: Inst, value: ValueId, defs: Defs, free: ReadonlySet<ValueId>): boolean {
  const bits = (defs.get(value) as Load).size * 8;
  switch (inst.op) {
    case "cmp":
      return allowsCompare(inst, value, defs, free);
    case "store":
      return inst.value === value && inst.base !== value && inst.size * 8 <= bits;
    case "zext":
    case "sext":
      return inst.from <= bits;
    case "bin": {
      const mask = defs.get(inst.b);
      return inst.fn === "and" && mask?.op === "const" && mask.value >> BigInt(bits) === 0n;
    }
    default:
      return false;
  }
}

const allowsTerm = (term: Term, value: ValueId, defs: Defs, free: ReadonlySet<ValueId>): boolean =>
  term.op === "br" && allowsCompare(term, value, defs, free);

function allowsCompare({ fn, a, b }: Comparison, value: ValueId, defs: Defs, free: ReadonlySet<ValueId>): boolean {
  const load = defs.get(value) as Load;
  const other = defs.get(a === value ? b : a)!;
  if (fn === "set") return a === value && other.op === "const" && other.value >> BigInt(load.size * 8) === 0n;
  if (fn !== "eq" && fn !== "ne") return false;
  if (other.op === "const") return b === other.id && unsignedOf(load, other.value) !== undefined;
  return other.op === "load" && free.has(other.id) && other.size === load.size && other.ty === load.ty;
}

/** The loaded bits of a number that the load may give. */
function unsignedOf(load: Load, value: bigint): bigint | undefined {
  const bits = load.size * 8;
  const fits = BigInt.asUintN(bitsOf(load.ty), BigInt.asIntN(bits, value)) === value;
  return fits ? BigInt.asUintN(bits, value) : undefined;
}

function rewrite(fn: IrFunction, defs: Defs, free: ReadonlySet<ValueId>): IrFunction {
  const ids = new Ids(fn);
  const constants: Inst[] = [];
  const compared = <C extends Comparison>(compare: C): C => {
    const load = defs.get(compare.a);
    const against = defs.get(compare.b);
    if (!free.has(compare.a) || load?.op !== "load" || against?.op !== "const" || compare.fn === "set") return compare;
    const value = unsignedOf(load, against.value)!;
    if (value === against.value) return compare;
    const made = ids.inst({ op: "const", ty: load.ty, value }, undefined);
    constants.push(made);
    return { ...compare, b: made.id };
  };
  const inst = (old: Inst): Inst => {
    if (old.op === "cmp") return compared(old);
    return old.op === "load" && free.has(old.id) ? { ...old, signed: false } : old;
  };
  const blocks = fn.blocks.map(
    (block): Block => ({
      ...block,
      insts: block.insts.map(inst),
      term: block.term.op === "br" ? compared(block.term) : block.term,
    }),
  );
  const [entry, ...rest] = blocks;
  return { ...fn, blocks: [{ ...entry!, insts: [...constants, ...entry!.insts] }, ...rest], nextId: ids.next };
}
