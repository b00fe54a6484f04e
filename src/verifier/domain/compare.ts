/** What a comparison tells of two numbers: whether it is decided, and what is left of both where it holds. */
import type { CondOp, Width } from "../../isa/insn.ts";
import { condByOp } from "../../isa/ops.ts";
import { type Bounds, bounded, constLow, constOf, type Range, type Scalar, settle } from "./scalar.ts";
import { contradict, knownBits, low32, meetBits, type Tnum, withLow32 } from "./tnum.ts";

const MIRROR: Readonly<Record<CondOp, CondOp>> = {
  eq: "eq",
  ne: "ne",
  gt: "lt",
  lt: "gt",
  ge: "le",
  le: "ge",
  sgt: "slt",
  slt: "sgt",
  sge: "sle",
  sle: "sge",
  set: "set",
};

interface View {
  readonly bits: Tnum;
  readonly u: Range;
  readonly s: Range;
}

const view = (v: Bounds, w: Width): View =>
  w === 64 ? { bits: v.bits, u: v.u, s: v.s } : { bits: low32(v.bits), u: v.u32, s: v.s32 };

/** Whether `a op b` is known to hold or to fail. kernel/bpf/verifier.c:is_scalar_branch_taken */
export function decided(op: CondOp, width: Width, a: Bounds, b: Bounds): boolean | undefined {
  const x = view(a, width);
  const y = view(b, width);
  switch (op) {
    case "eq":
      return equal(x, y);
    case "ne":
      return not(equal(x, y));
    case "set": {
      const known = x.bits.value & y.bits.value;
      if (known !== 0n) return true;
      return ((x.bits.value | x.bits.mask) & (y.bits.value | y.bits.mask)) === 0n ? false : undefined;
    }
    case "gt":
      return above(x.u, y.u);
    case "le":
      return not(above(x.u, y.u));
    case "lt":
      return above(y.u, x.u);
    case "ge":
      return not(above(y.u, x.u));
    case "sgt":
      return above(x.s, y.s);
    case "sle":
      return not(above(x.s, y.s));
    case "slt":
      return above(y.s, x.s);
    case "sge":
      return not(above(y.s, x.s));
  }
}

const not = (v: boolean | undefined): boolean | undefined => (v === undefined ? undefined : !v);

function above(x: Range, y: Range): boolean | undefined {
  if (x.min > y.max) return true;
  return x.max <= y.min ? false : undefined;
}

function equal(x: View, y: View): boolean | undefined {
  if (x.bits.mask === 0n && y.bits.mask === 0n) return x.bits.value === y.bits.value;
  if (contradict(x.bits, y.bits)) return false;
  if (apart(x.u, y.u) || apart(x.s, y.s)) return false;
  return undefined;
}

const apart = (x: Range, y: Range): boolean => x.min > y.max || x.max < y.min;

/**
 * Both sides where `a op b` is `holds`; undefined if no values are left.
 * kernel/bpf/verifier.c:regs_refine_cond_op
 */
export function refine(
  op: CondOp,
  width: Width,
  a: Scalar,
  b: Scalar,
  holds: boolean,
): readonly [Scalar, Scalar] | undefined {
  if (op === "set") return refineSet(width, a, b, holds);
  const eff = holds ? op : condByOp[op].inverse!;
  const pair = eff === "set" ? undefined : refineOrder(eff, width, a, b);
  const x = pair && settle(pair[0]);
  const y = pair && settle(pair[1]);
  if (!x || !y) return undefined;
  return [bounded(a, x), bounded(b, y)];
}

function refineOrder(
  op: Exclude<CondOp, "set">,
  w: Width,
  a: Scalar,
  b: Scalar,
): readonly [Bounds, Bounds] | undefined {
  const x = view(a, w);
  const y = view(b, w);
  switch (op) {
    case "eq":
      return refineEqual(w, a, b, x, y);
    case "ne":
      return [without(w, a, y), without(w, b, x)];
    case "lt":
      return [put(w, a, { u: cap(x.u, y.u.max - 1n) }), put(w, b, { u: floor(y.u, x.u.min + 1n) })];
    case "le":
      return [put(w, a, { u: cap(x.u, y.u.max) }), put(w, b, { u: floor(y.u, x.u.min) })];
    case "slt":
      return [put(w, a, { s: cap(x.s, y.s.max - 1n) }), put(w, b, { s: floor(y.s, x.s.min + 1n) })];
    case "sle":
      return [put(w, a, { s: cap(x.s, y.s.max) }), put(w, b, { s: floor(y.s, x.s.min) })];
    case "gt":
    case "ge":
    case "sgt":
    case "sge": {
      const swapped = refineOrder(MIRROR[op] as Exclude<CondOp, "set">, w, b, a);
      return swapped && [swapped[1], swapped[0]];
    }
  }
}

const cap = (r: Range, max: bigint): Range => (max < r.max ? { min: r.min, max } : r);
const floor = (r: Range, min: bigint): Range => (min > r.min ? { min, max: r.max } : r);
const common = (a: Range, b: Range): Range => cap(floor(a, b.min), b.max);

function put(w: Width, v: Bounds, change: Partial<View>): Bounds {
  const { bits, u, s, u32, s32 } = v;
  if (w === 64) return { bits, u: change.u ?? u, s: change.s ?? s, u32, s32 };
  return { bits, u, s, u32: change.u ?? u32, s32: change.s ?? s32 };
}

function refineEqual(w: Width, a: Bounds, b: Bounds, x: View, y: View): readonly [Bounds, Bounds] | undefined {
  if (contradict(x.bits, y.bits)) return undefined;
  const both = { u: common(x.u, y.u), s: common(x.s, y.s) };
  const bits = meetBits(x.bits, y.bits);
  const apply = (v: Bounds): Bounds => {
    const { u, s, u32, s32 } = put(w, v, both);
    return { bits: w === 64 ? bits : withLow32(v.bits, bits), u, s, u32, s32 };
  };
  return [apply(a), apply(b)];
}

/** `v` is not the known value of `other`: an end of its range that equals it falls away. */
function without(w: Width, v: Bounds, other: View): Bounds {
  if (other.bits.mask !== 0n) return v;
  const x = view(v, w);
  const trim = (r: Range, at: bigint): Range => {
    if (r.min === at) return { min: r.min + 1n, max: r.max };
    return r.max === at ? { min: r.min, max: r.max - 1n } : r;
  };
  return put(w, v, { u: trim(x.u, other.u.min), s: trim(x.s, other.s.min) });
}

/** `dst & src` is or is not zero; tells something only where one side is known. */
function refineSet(w: Width, a: Scalar, b: Scalar, holds: boolean): readonly [Scalar, Scalar] | undefined {
  const knownOf = w === 64 ? constOf : constLow;
  const mask = knownOf(b);
  if (mask === undefined) {
    if (knownOf(a) === undefined) return [a, b];
    const swapped = refineSet(w, b, a, holds);
    return swapped && [swapped[1], swapped[0]];
  }
  if (holds && (mask & (mask - 1n)) !== 0n) return [a, b];
  const told = holds ? knownBits(mask) : { value: 0n, mask: 0n };
  const bits = { value: (a.bits.value & ~mask) | told.value, mask: a.bits.mask & ~mask };
  if ((a.bits.value & ~a.bits.mask & mask) !== 0n && !holds) return undefined;
  const settled = settle({ bits, u: a.u, s: a.s, u32: a.u32, s32: a.s32 });
  return settled && [bounded(a, settled), b];
}
