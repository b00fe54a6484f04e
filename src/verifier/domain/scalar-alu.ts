/** What arithmetic does to what is known of numbers. kernel/bpf/verifier.c:adjust_scalar_min_max_vals */
import type { AluOp, Width } from "../../isa/insn.ts";
import { s64, u32, u64 } from "../../support/int.ts";
import { type DivOp, divide } from "./divide.ts";
import { mix } from "./need.ts";
import {
  type Bounds,
  constant,
  constLow,
  constOf,
  larger,
  madeAt,
  madeBy,
  madeOf,
  type Range,
  S32,
  S64,
  type Scalar,
  signExtend,
  smaller,
  U32,
  U64,
  unknownScalar,
  unlinked,
  withBounds,
  zeroExtend32,
} from "./scalar.ts";
import { addSmall } from "./small.ts";
import {
  addBits,
  andBits,
  low32,
  mulBits,
  mulLow32,
  orBits,
  shiftLeft,
  shiftRight,
  shiftRightSigned,
  subBits,
  type Tnum,
  xorBits,
} from "./tnum.ts";

/** Ranges of a result in one width, unsigned and signed. */
interface Both {
  readonly u: Range;
  readonly s: Range;
}

const fullU = (w: Width): Range => (w === 64 ? U64 : U32);
const fullS = (w: Width): Range => (w === 64 ? S64 : S32);

/** `a op b` in `width` bits; a 32-bit result is zero-extended. Shifts by registers and divisions are known for constants only. */
export function arithmetic(op: AluOp, width: Width, a: Scalar, b: Scalar, at: number): Scalar {
  const moves = op === "mov" || op === "movs8" || op === "movs16" || op === "movs32";
  return madeOf(compute(op, width, a, b, at), moves ? b.origin : mix(a.origin, b.origin));
}

function compute(op: AluOp, width: Width, a: Scalar, b: Scalar, at: number): Scalar {
  const folded = fold(op, width, a, b);
  if (folded !== undefined) return constant(folded, at);
  switch (op) {
    case "mov":
      return width === 64 ? madeAt(b, at) : zeroExtend32(b, at);
    case "movs8":
      return signExtend(b, 1, width, at);
    case "movs16":
      return signExtend(b, 2, width, at);
    case "movs32":
      return signExtend(b, 4, width, at);
    case "lsh":
    case "rsh":
    case "arsh":
      return shift(op, width, a, b, at);
    case "add":
    case "sub":
    case "mul":
    case "and":
    case "or":
    case "xor":
      return ringOp(op, width, a, b, at);
    case "div":
    case "sdiv":
    case "mod":
    case "smod":
      return division(op, width, a, b, at);
  }
}

/** `-a`: the kernel computes 0 - a. */
export const negate = (width: Width, a: Scalar, at: number): Scalar =>
  arithmetic("sub", width, constant(0n, at), a, at);

/**
 * By a register that is not known, anything may come out, in 64 bits even of a 32-bit division: the kernel leaves it at
 * that before it would extend the result (kernel/bpf/verifier.c:is_safe_to_compute_dst_reg_range).
 */
function division(op: DivOp, width: Width, a: Scalar, b: Scalar, at: number): Scalar {
  const by = width === 64 ? constOf(b) : constLow(b);
  const blank = unknownScalar(at);
  if (by === undefined) return blank;
  if (by === 0n && (op === "div" || op === "sdiv")) return constant(0n, at);
  if (by === 0n) return width === 64 ? unlinked(madeAt(a, at)) : zeroExtend32(a, at);
  const { u, s } = divide(op, width, half(a, width), by);
  if (width === 64) return withBounds({ u, s }, at);
  return zeroExtend32({ bits: blank.bits, u: U64, s: S64, u32: u, s32: s }, at);
}

type RingOp = "add" | "sub" | "mul" | "and" | "or" | "xor";

function ringOp(op: RingOp, width: Width, a: Scalar, b: Scalar, at: number): Scalar {
  // Of all these operations, the low half of the result turns on the low halves alone.
  if (width === 32) {
    const bits = op === "mul" ? mulLow32(a.bits, b.bits) : low32(bitsOf(op, low32(a.bits), low32(b.bits)));
    const low = ranges(op, 32, a, b, bits);
    return zeroExtend32({ bits, u: U64, s: S64, u32: low.u, s32: low.s }, at);
  }
  const small = op === "add" ? addSmall(a, b) : undefined;
  if (small) return madeBy(small, at, undefined);
  const bits = bitsOf(op, a.bits, b.bits);
  const low = ranges(op, 32, a, b, low32(bits));
  const wide = ranges(op, 64, a, b, bits);
  return withBounds({ bits, u: wide.u, s: wide.s, u32: low.u, s32: low.s }, at);
}

function bitsOf(op: RingOp, a: Tnum, b: Tnum): Tnum {
  switch (op) {
    case "add":
      return addBits(a, b);
    case "sub":
      return subBits(a, b);
    case "mul":
      return mulBits(a, b);
    case "and":
      return andBits(a, b);
    case "or":
      return orBits(a, b);
    case "xor":
      return xorBits(a, b);
  }
}

const half = (v: Bounds, w: Width): Both => (w === 64 ? { u: v.u, s: v.s } : { u: v.u32, s: v.s32 });

function ranges(op: RingOp, w: Width, a: Bounds, b: Bounds, bits: Tnum): Both {
  const x = half(a, w);
  const y = half(b, w);
  switch (op) {
    case "add":
      return {
        u: wrapped(w, x.u.min + y.u.min, x.u.max + y.u.max, false),
        s: wrapped(w, x.s.min + y.s.min, x.s.max + y.s.max, true),
      };
    case "sub":
      return {
        u: wrapped(w, x.u.min - y.u.max, x.u.max - y.u.min, false),
        s: wrapped(w, x.s.min - y.s.max, x.s.max - y.s.min, true),
      };
    case "mul":
      return { u: inside(fullU(w), x.u.min * y.u.min, x.u.max * y.u.max), s: product(w, x.s, y.s) };
    case "and":
      return signedToo(w, { min: bits.value, max: smaller(x.u.max, y.u.max) });
    case "or":
      return signedToo(w, { min: larger(x.u.min, y.u.min), max: bits.value | bits.mask });
    case "xor":
      return signedToo(w, { min: bits.value, max: bits.value | bits.mask });
  }
}

/** The sum's range if either both ends or none wrap around, else everything. */
function wrapped(w: Width, min: bigint, max: bigint, signed: boolean): Range {
  const full = signed ? fullS(w) : fullU(w);
  if (min >= full.min && max <= full.max) return { min, max };
  if (signed) return full;
  const bothOver = min > full.max && max > full.max;
  const bothUnder = min < full.min && max < full.min;
  return bothOver || bothUnder ? { min: BigInt.asUintN(w, min), max: BigInt.asUintN(w, max) } : full;
}

const inside = (full: Range, min: bigint, max: bigint): Range =>
  min >= full.min && max <= full.max ? { min, max } : full;

function product(w: Width, x: Range, y: Range): Range {
  const corners = [x.min * y.min, x.min * y.max, x.max * y.min, x.max * y.max];
  const min = corners.reduce(smaller);
  const max = corners.reduce(larger);
  return inside(fullS(w), min, max);
}

/** An unsigned range read as a signed one where it does not cross the sign. */
function signedToo(w: Width, u: Range): Both {
  const min = BigInt.asIntN(w, u.min);
  const max = BigInt.asIntN(w, u.max);
  return { u, s: min <= max ? { min, max } : fullS(w) };
}

function shift(op: "lsh" | "rsh" | "arsh", width: Width, a: Scalar, b: Scalar, at: number): Scalar {
  const by = width === 64 ? constOf(b) : constLow(b);
  // as with divisions, nothing is known of the upper half either
  if (by === undefined || by >= BigInt(width)) return unknownScalar(at);
  if (width === 64) return shift64(op, a, by, at);
  const low = low32(a.bits);
  if (op === "rsh") {
    const u = { min: a.u32.min >> by, max: a.u32.max >> by };
    return zeroExtend32({ bits: shiftRight(low, by), u: U64, s: S64, u32: u, s32: S32 }, at);
  }
  if (op === "arsh") {
    const s = { min: a.s32.min >> by, max: a.s32.max >> by };
    return zeroExtend32({ bits: shiftRightSigned(low, by, 32), u: U64, s: S64, u32: U32, s32: s }, at);
  }
  const u = inside(U32, a.u32.min << by, a.u32.max << by);
  return zeroExtend32({ bits: low32(shiftLeft(low, by)), u: U64, s: S64, u32: u, s32: S32 }, at);
}

function shift64(op: "lsh" | "rsh" | "arsh", a: Scalar, by: bigint, at: number): Scalar {
  if (op === "rsh") {
    return withBounds({ bits: shiftRight(a.bits, by), u: { min: a.u.min >> by, max: a.u.max >> by } }, at);
  }
  if (op === "arsh") {
    const s = { min: a.s.min >> by, max: a.s.max >> by };
    return withBounds({ bits: shiftRightSigned(a.bits, by, 64), s }, at);
  }
  const u = inside(U64, a.u.min << by, a.u.max << by);
  // Shifting by 32 is half of the sign extension that older compilers write as two shifts.
  const s = by === 32n ? { min: s64(a.s32.min << 32n), max: s64(a.s32.max << 32n) } : S64;
  return withBounds({ bits: shiftLeft(a.bits, by), u, s }, at);
}

/** The result where both sides are known; undefined where they are not. */
function fold(op: AluOp, width: Width, a: Scalar, b: Scalar): bigint | undefined {
  const x = width === 64 ? constOf(a) : constLow(a);
  const y = width === 64 ? constOf(b) : constLow(b);
  if (y === undefined || (x === undefined && op !== "mov")) return undefined;
  return foldOp(op, width, x ?? 0n, y);
}

/** RFC 9669 section 4.1; divisions by zero give 0, modulo by zero the dividend. Undefined for what the kernel forgets. */
function foldOp(op: AluOp, w: Width, x: bigint, y: bigint): bigint | undefined {
  const cutTo = w === 64 ? u64 : u32;
  const by = y & BigInt(w - 1);
  switch (op) {
    case "mov":
      return cutTo(y);
    case "add":
      return cutTo(x + y);
    case "sub":
      return cutTo(x - y);
    case "mul":
      return cutTo(x * y);
    case "and":
      return cutTo(x & y);
    case "or":
      return cutTo(x | y);
    case "xor":
      return cutTo(x ^ y);
    case "lsh":
      return y < BigInt(w) ? cutTo(x << by) : undefined;
    case "rsh":
      return y < BigInt(w) ? cutTo(x) >> by : undefined;
    case "arsh":
      return y < BigInt(w) ? cutTo(BigInt.asIntN(w, x) >> by) : undefined;
    default:
      return undefined;
  }
}
