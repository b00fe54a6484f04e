/** Selection of conditions: comparisons, bit tests and extensions folded into what one conditional jump can ask. */

import type { CondOp, Width } from "../../isa/insn.ts";
import { condByOp } from "../../isa/ops.ts";
import { fitsS32, s32, s64 } from "../../support/int.ts";
import type { CmpOp, Inst, ValueId } from "../ir/model.ts";
import type { VCond } from "./machine.ts";
import { widened } from "./select-alu.ts";
import type { Selector } from "./selector.ts";
import type { Target } from "./target.ts";

export interface Compare {
  readonly fn: CmpOp;
  readonly a: ValueId;
  readonly b: ValueId;
}

/** A condition of the machine; `inverted`: the comparison holds where the condition does not. */
export interface Chosen {
  readonly cond: VCond;
  readonly inverted: boolean;
}

/** Holds once the loop has to end. */
interface Going {
  readonly cond: "may_goto";
  readonly inverted: boolean;
}

/** A branch that asks nothing but the `may_goto` of its block, whose `insts` are given. */
export function mayGotoOf(s: Selector, insts: readonly Inst[], { fn, a, b }: Compare): Going | undefined {
  const against = s.facts.constant(b);
  if ((fn !== "eq" && fn !== "ne") || (against !== 0n && against !== 1n)) return undefined;
  if (s.facts.def(a).op !== "may_goto" || s.facts.useCount(a) !== 1) return undefined;
  if (!insts.some(({ id }) => id === a)) return undefined;
  return { cond: "may_goto", inverted: (fn === "ne") === (against === 0n) };
}

interface CmpRow {
  readonly cond: CondOp;
  /** The same question with the operands exchanged. */
  readonly swapped: CmpOp;
  readonly signed?: true;
}

const rows: Readonly<Record<CmpOp, CmpRow>> = {
  eq: { cond: "eq", swapped: "eq" },
  ne: { cond: "ne", swapped: "ne" },
  ult: { cond: "lt", swapped: "ugt" },
  ule: { cond: "le", swapped: "uge" },
  ugt: { cond: "gt", swapped: "ult" },
  uge: { cond: "ge", swapped: "ule" },
  slt: { cond: "slt", swapped: "sgt", signed: true },
  sle: { cond: "sle", swapped: "sge", signed: true },
  sgt: { cond: "sgt", swapped: "slt", signed: true },
  sge: { cond: "sge", swapped: "sle", signed: true },
  set: { cond: "set", swapped: "set" },
};

const lessOps: ReadonlySet<CondOp> = new Set(["lt", "le", "slt", "sle"]);

/** The opposite of a condition, where the machine has one: `set` and `may_goto` have none. */
export function oppositeOf<C extends { readonly op: CondOp }>(cond: C | "may_goto", target: Target): C | undefined {
  const other = cond === "may_goto" ? undefined : condByOp[cond.op].inverse;
  if (cond === "may_goto" || !other || (!target.jmpLess && lessOps.has(other))) return undefined;
  return { ...cond, op: other };
}

/** The machine condition for `compare`; emits what its operands need. */
export function conditionOf(s: Selector, compare: Compare): Chosen {
  const { compare: plain, inverted } = peel(s, compare, false);
  const bits = bitTest(s, plain);
  if (bits) return forTarget(s, { cond: bits.cond, inverted: bits.inverted !== inverted });
  return forTarget(s, { cond: compared(s, withoutExtensions(s, plain)), inverted });
}

/** `(x < y) != 0` asks the same as `x < y`; `inverted` counts the negations. */
function peel(s: Selector, compare: Compare, inverted: boolean): { compare: Compare; inverted: boolean } {
  const { facts } = s;
  const { fn } = compare;
  const against = facts.constant(compare.b);
  if ((fn !== "eq" && fn !== "ne") || (against !== 0n && against !== 1n)) return { compare, inverted };
  const inner = truthOf(s, compare.a);
  if (!inner) return { compare, inverted };
  const negated = (fn === "eq") === (against === 0n);
  return peel(s, inner, negated !== inverted);
}

/** The comparison behind a 0-or-1 value that nobody else uses. */
function truthOf(s: Selector, id: ValueId): Compare | undefined {
  if (s.facts.useCount(id) !== 1) return undefined;
  const inst = s.facts.def(id);
  if (inst.op === "cmp") return inst;
  if (inst.op === "zext" || inst.op === "trunc") return truthOf(s, inst.a);
  return undefined;
}

/** `(x & y) == 0` and the like, where the masked value is of no other use. */
function bitTest(s: Selector, compare: Compare): Chosen | undefined {
  const { facts } = s;
  const { fn, a, b } = compare;
  if (fn === "set") return maskTest(s, a, b, facts.constant(b), false);
  if ((fn !== "eq" && fn !== "ne") || facts.constant(b) !== 0n || facts.useCount(a) !== 1) return undefined;
  const inst = facts.def(a);
  const inverted = fn === "eq";
  if (inst.op === "zext" && inst.from !== 32) {
    return maskTest(s, inst.a, undefined, inst.from === 8 ? 0xffn : 0xffffn, inverted);
  }
  if (inst.op !== "bin" || inst.fn !== "and") return undefined;
  const [x, y] = facts.constant(inst.a) === undefined ? [inst.a, inst.b] : [inst.b, inst.a];
  return maskTest(s, x, y, facts.constant(y), inverted);
}

function maskTest(
  s: Selector,
  a: ValueId,
  b: ValueId | undefined,
  mask: bigint | undefined,
  inverted: boolean,
): Chosen | undefined {
  const wide = s.facts.def(a).ty !== "i32";
  const plain = !wide && !s.target.jmp32;
  if (mask === undefined) {
    if (b === undefined) return undefined;
    const reg = plain ? widened(s, b, false) : s.use(b);
    return { cond: { op: "set", width: wide || plain ? 64 : 32, a: s.use(a), b: { reg } }, inverted };
  }
  if (wide && fitsS32(s64(mask))) {
    return { cond: { op: "set", width: 64, a: s.use(a), b: { imm: Number(s64(mask)) } }, inverted };
  }
  if (mask < 0x8000_0000n) {
    const width = wide || plain ? 64 : 32;
    return { cond: { op: "set", width, a: s.use(a), b: { imm: Number(mask) } }, inverted };
  }
  if (s.target.jmp32 && mask < 0x1_0000_0000n && !s.facts.isPointer(a)) {
    return { cond: { op: "set", width: 32, a: s.use(a), b: { imm: Number(s32(mask)) } }, inverted };
  }
  const reg = s.immReg(mask, "i64");
  return { cond: { op: "set", width: 64, a: s.use(a), b: { reg } }, inverted };
}

/** Compares 32-bit values as such where only their extensions were asked about. */
function withoutExtensions(s: Selector, compare: Compare): Compare {
  if (!s.target.jmp32) return compare;
  const { a, b } = constantLast(s, compare);
  const { fn } = constantLast(s, compare);
  const { facts } = s;
  const left = facts.def(a);
  if ((left.op !== "zext" && left.op !== "sext") || left.from !== 32 || facts.useCount(a) !== 1) return compare;
  if (facts.def(left.a).ty !== "i32") return compare;
  if (left.op === "zext" && rows[fn].signed) return compare;
  const right = facts.def(b);
  if (right.op === left.op && right.from === 32 && facts.def(right.a).ty === "i32") {
    return { fn, a: left.a, b: right.a };
  }
  const value = facts.constant(b);
  if (value === undefined) return compare;
  const kept = left.op === "zext" ? value < 0x1_0000_0000n : fitsS32(s64(value));
  return kept ? { fn, a: left.a, b } : compare;
}

function constantLast(s: Selector, compare: Compare): Compare {
  const { fn, a, b } = compare;
  const swap = s.facts.constant(a) !== undefined && s.facts.constant(b) === undefined;
  return swap ? { fn: rows[fn].swapped, a: b, b: a } : compare;
}

function compared(s: Selector, compare: Compare): VCond {
  const { fn, a, b } = constantLast(s, compare);
  const row = rows[fn];
  const ty = s.facts.def(a).ty;
  if (ty === "i32" && !s.target.jmp32) {
    const signed = row.signed === true;
    const imm = s.imm(b, 32);
    const right = imm !== undefined && (signed || imm >= 0) ? { imm } : { reg: widened(s, b, signed) };
    return { op: row.cond, width: 64, a: widened(s, a, signed), b: right };
  }
  const width: Width = ty === "i32" ? 32 : 64;
  return { op: row.cond, width, a: s.use(a), b: s.src(b, width) };
}

/** The first machines ask for less only by asking for not greater-or-equal. */
function forTarget(s: Selector, chosen: Chosen): Chosen {
  const { cond, inverted } = chosen;
  if (s.target.jmpLess || !lessOps.has(cond.op)) return chosen;
  return { cond: { ...cond, op: condByOp[cond.op].inverse! }, inverted: !inverted };
}
