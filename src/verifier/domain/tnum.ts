/** Tracked numbers: what is known of each bit of a 64-bit value. The operations are those of the kernel's kernel/bpf/tnum.c. */
import { bitLength, u64 } from "../../support/int.ts";

/** Bits set in `mask` are unknown; the others are as in `value`, which has none of the mask's bits. */
export interface Tnum {
  readonly value: bigint;
  readonly mask: bigint;
}

const ALL = (1n << 64n) - 1n;
const LOW = (1n << 32n) - 1n;

export const unknownBits: Tnum = { value: 0n, mask: ALL };
/** The value `v` cut to 64 bits, every bit known. */
export const knownBits = (v: bigint): Tnum => ({ value: u64(v), mask: 0n });
/** The least and greatest unsigned values. */
export const leastOf = (t: Tnum): bigint => t.value;
export const greatestOf = (t: Tnum): bigint => t.value | t.mask;

/** The smallest tracked number over the unsigned values `min` to `max`. */
export function bitsOfRange(min: bigint, max: bigint): Tnum {
  const differ = bitLength(min ^ max);
  if (differ > 63) return unknownBits;
  const mask = (1n << BigInt(differ)) - 1n;
  return { value: min & ~mask, mask };
}

export const shiftLeft = (t: Tnum, by: bigint): Tnum => ({ value: u64(t.value << by), mask: u64(t.mask << by) });
export const shiftRight = (t: Tnum, by: bigint): Tnum => ({ value: t.value >> by, mask: t.mask >> by });

/** Arithmetic shift of the low `width` bits; for 32 the upper half of the result is zero. */
export function shiftRightSigned(t: Tnum, by: bigint, width: 32 | 64): Tnum {
  const shift = (v: bigint): bigint => BigInt.asUintN(width, BigInt.asIntN(width, v) >> by);
  return { value: shift(t.value), mask: shift(t.mask) };
}

export function addBits(a: Tnum, b: Tnum): Tnum {
  const masks = u64(a.mask + b.mask);
  const values = u64(a.value + b.value);
  const sum = u64(masks + values);
  const mask = (sum ^ values) | a.mask | b.mask;
  return { value: values & ~mask, mask };
}

export function subBits(a: Tnum, b: Tnum): Tnum {
  const diff = u64(a.value - b.value);
  const mask = (u64(diff + a.mask) ^ u64(diff - b.mask)) | a.mask | b.mask;
  return { value: diff & ~mask, mask };
}

export function andBits(a: Tnum, b: Tnum): Tnum {
  const value = a.value & b.value;
  const maybe = (a.value | a.mask) & (b.value | b.mask);
  return { value, mask: maybe & ~value };
}

export function orBits(a: Tnum, b: Tnum): Tnum {
  const value = a.value | b.value;
  return { value, mask: (a.mask | b.mask) & ~value };
}

export function xorBits(a: Tnum, b: Tnum): Tnum {
  const mask = a.mask | b.mask;
  return { value: (a.value ^ b.value) & ~mask, mask };
}

/** Long multiplication, one bit of `a` at a time; where the bit is not known, what both sums agree on is. */
export function mulBits(a: Tnum, b: Tnum): Tnum {
  if (a.mask === 0n && b.mask === 0n) return knownBits(a.value * b.value);
  if (a.mask === ALL) return fromLowest(b);
  let sum: Tnum = { value: 0n, mask: 0n };
  let x = a;
  let y = b;
  while (x.value !== 0n || x.mask !== 0n) {
    if (x.value & 1n) sum = addBits(sum, y);
    else if (x.mask & 1n) sum = either(sum, addBits(sum, y));
    x = shiftRight(x, 1n);
    y = shiftLeft(y, 1n);
  }
  return sum;
}

/** The low half of `mulBits`, which turns on the low halves alone, in the engine's own integers. */
export function mulLow32(a: Tnum, b: Tnum): Tnum {
  let value = 0;
  let mask = 0;
  let left = Number(BigInt.asIntN(32, a.value));
  let maybe = Number(BigInt.asIntN(32, a.mask));
  let y = Number(BigInt.asIntN(32, b.value));
  let open = Number(BigInt.asIntN(32, b.mask));
  for (; (left | maybe) !== 0; left >>>= 1, maybe >>>= 1, y <<= 1, open <<= 1) {
    if (((left | maybe) & 1) === 0) continue;
    const values = (value + y) | 0;
    const sum = (((mask + open) | 0) + values) | 0;
    const unsure = (sum ^ values) | mask | open;
    // Where the bit is not known, what the sum and what was before agree on is.
    mask = left & 1 ? unsure : unsure | (value ^ (values & ~unsure));
    value = (left & 1 ? values : value & values) & ~mask;
  }
  return { value: BigInt(value >>> 0), mask: BigInt(mask >>> 0) };
}

/** What the multiplication of anything with `t` is: below the lowest bit that `t` may have, all is zero. */
function fromLowest(t: Tnum): Tnum {
  const may = t.value | t.mask;
  return { value: 0n, mask: may === 0n ? 0n : u64(-(may & -may)) };
}

function either(a: Tnum, b: Tnum): Tnum {
  const mask = (a.value ^ b.value) | a.mask | b.mask;
  return { value: a.value & b.value & ~mask, mask };
}

/** What both know; the caller makes sure that they do not contradict each other. */
export function meetBits(a: Tnum, b: Tnum): Tnum {
  const mask = a.mask & b.mask;
  if (mask === a.mask) return a;
  return { value: (a.value | b.value) & ~mask, mask };
}

/** Whether a bit is known as 0 by one and as 1 by the other. */
export const contradict = (a: Tnum, b: Tnum): boolean => ((a.value ^ b.value) & ~(a.mask | b.mask)) !== 0n;

/** Whether every value of `b` is one of `a`. */
export const covers = (a: Tnum, b: Tnum): boolean => (b.mask & ~a.mask) === 0n && a.value === (b.value & ~a.mask);

/** The low `size` bytes, zero-extended. */
export function cutBits(t: Tnum, size: number): Tnum {
  const low = (1n << BigInt(size * 8)) - 1n;
  return { value: t.value & low, mask: t.mask & low };
}

export const low32 = (t: Tnum): Tnum =>
  t.value <= LOW && t.mask <= LOW ? t : { value: t.value & LOW, mask: t.mask & LOW };
/** The upper half of `t` with the lower half of `low`. */
export const withLow32 = (t: Tnum, low: Tnum): Tnum => ({
  value: (t.value & ~LOW) | (low.value & LOW),
  mask: (t.mask & ~LOW) | (low.mask & LOW),
});

/** Whether the value is a multiple of `size`, a power of two. */
export const isAligned = (t: Tnum, size: number): boolean => ((t.value | t.mask) & BigInt(size - 1)) === 0n;

/** The low `size` bytes in opposite order, zero-extended. */
export function swapBytes(t: Tnum, size: number): Tnum {
  return { value: reverse(t.value, size), mask: reverse(t.mask, size) };
}

function reverse(v: bigint, size: number): bigint {
  let out = 0n;
  for (let i = 0; i < size; i++) out = (out << 8n) | ((v >> BigInt(i * 8)) & 0xffn);
  return out;
}
