/**
 * What is known of a number: its bits, and its range in the four readings (64 and 32 bits, unsigned and signed). All five
 * are kept in step by `settle`, as kernel/bpf/verifier.c:reg_bounds_sync does.
 */
import { s32, s64, u32, u64 } from "../../support/int.ts";
import type { Origin } from "./need.ts";
import { settleSmall } from "./small.ts";
import {
  bitsOfRange,
  contradict,
  covers,
  cutBits,
  greatestOf,
  leastOf,
  low32,
  meetBits,
  type Tnum,
  unknownBits,
  withLow32,
} from "./tnum.ts";

/** Both ends belong to it. */
export interface Range {
  readonly min: bigint;
  readonly max: bigint;
}

export interface Bounds {
  readonly bits: Tnum;
  readonly u: Range;
  readonly s: Range;
  readonly u32: Range;
  readonly s32: Range;
}

export interface Scalar extends Bounds {
  readonly kind: "scalar";
  /** Copies of one value share a number above 0: what a branch tells of one is true of all. */
  readonly id: number;
  /** How much this copy is above the value that `id` stands for; with `LOW_SUM`, by a sum in 32 bits. */
  readonly delta: bigint;
  /** Index of the instruction that made the value; -1 for what is there at entry. */
  readonly at: number;
  /** What it was made of, as far as kept states hold it. */
  readonly origin: Origin | undefined;
}

/** Added to a copy's `delta`: the copy is the low half of the sum, and what it was copied from is below 2^32. */
export const LOW_SUM = 1n << 70n;

export const U64: Range = { min: 0n, max: (1n << 64n) - 1n };
export const S64: Range = { min: -(1n << 63n), max: (1n << 63n) - 1n };
export const U32: Range = { min: 0n, max: (1n << 32n) - 1n };
export const S32: Range = { min: -(1n << 31n), max: (1n << 31n) - 1n };

const UNKNOWN: Bounds = { bits: unknownBits, u: U64, s: S64, u32: U32, s32: S32 };

/**
 * All numbers are made here, with all members in one order: objects that are spread into new ones differ in shape for the
 * engine, which then looks every member up.
 */
const make = (b: Bounds, id: number, delta: bigint, at: number, origin: Origin | undefined): Scalar => ({
  kind: "scalar",
  bits: b.bits,
  u: b.u,
  s: b.s,
  u32: b.u32,
  s32: b.s32,
  id,
  delta,
  at,
  origin,
});

const scalarOf = (b: Bounds, at: number): Scalar => make(b, 0, 0n, at, undefined);

/** A number of those bounds that the instruction `at` makes of `origin`. */
export const madeBy = (b: Bounds, at: number, origin: Origin | undefined): Scalar => make(b, 0, 0n, at, origin);

/** The same number, known as `b` tells. */
export const bounded = (v: Scalar, b: Bounds): Scalar => make(b, v.id, v.delta, v.at, v.origin);
/** The same number, made of something else. */
export const madeOf = (v: Scalar, origin: Origin | undefined): Scalar =>
  v.origin === origin ? v : make(v, v.id, v.delta, v.at, origin);
/** The same number as a copy of what `id` stands for. */
export const linked = (v: Scalar, id: number, delta: bigint): Scalar => make(v, id, delta, v.at, v.origin);
/** The same number, a copy of nothing. */
export const unlinked = (v: Scalar): Scalar => (v.id === 0 && v.delta === 0n ? v : linked(v, 0, 0n));
/** The same number, made by the instruction `at`. */
export const madeAt = (v: Scalar, at: number): Scalar => (v.at === at ? v : make(v, v.id, v.delta, at, v.origin));
/** What is known of `v`, of a copy with that link, made by `at` of `origin`. */
export const copyOf = (v: Bounds, link: Scalar, origin: Origin | undefined): Scalar =>
  make(v, link.id, link.delta, link.at, origin);

export const unknownScalar = (at: number): Scalar => scalarOf(UNKNOWN, at);

/** The value `v`, cut to 64 bits. */
export const constant = (v: bigint, at: number): Scalar => scalarOf(constantBounds(v), at);

/** Small constants are made once: they are soon compared. */
const small: (Bounds | undefined)[] = [];
const SMALL = 4096n;

function constantBounds(v: bigint): Bounds {
  if (v < 0n || v >= SMALL) return pointAt(v);
  const at = Number(v);
  small[at] ??= pointAt(v);
  return small[at];
}

function pointAt(v: bigint): Bounds {
  const u = point(u64(v));
  const s = pointOr(u, s64(v));
  const low = pointOr(u, u32(v));
  return { bits: { value: u.min, mask: 0n }, u, s, u32: low, s32: pointOr(low, s32(v)) };
}

const point = (x: bigint): Range => ({ min: x, max: x });
/** The point `x`, which may be the one that is there. */
const pointOr = (r: Range, x: bigint): Range => (r.min === x ? r : point(x));

/** The bounds as a value of their own, made by the instruction `at`; contradictory ones count as unknown. */
export const withBounds = (b: Partial<Bounds>, at: number): Scalar => scalarOf(settle(filled(b)) ?? UNKNOWN, at);

const filled = (b: Partial<Bounds>): Bounds => ({
  bits: b.bits ?? unknownBits,
  u: b.u ?? U64,
  s: b.s ?? S64,
  u32: b.u32 ?? U32,
  s32: b.s32 ?? S32,
});

export const isConst = (v: Bounds): boolean => v.bits.mask === 0n;
/** The unsigned value of a constant. */
export const constOf = (v: Bounds): bigint | undefined => (v.bits.mask === 0n ? v.bits.value : undefined);
/** The low half of a value whose low half is known, unsigned. */
export const constLow = (v: Bounds): bigint | undefined => {
  const low = low32(v.bits);
  return low.mask === 0n ? low.value : undefined;
};

/** Brings the readings in step; undefined if they contradict each other, so that no value is left. */
export function settle(b: Bounds): Bounds | undefined {
  if (contradictory(b)) return undefined;
  if (isUnknown(b)) return b;
  const quick = settleSmall(b);
  if (quick) return quick;
  let x = fromBits(b);
  if (isPoint(x)) return x;
  for (let round = 0; round < 3; round++) {
    const before = x;
    x = crossHalves(deduce64(deduce32(x)));
    if (x === before) break;
  }
  if (contradictory(x)) return undefined;
  const bits = boundBits(x);
  if (!bits) return undefined;
  x = fromBits(bits === x.bits ? x : { bits, u: x.u, s: x.s, u32: x.u32, s32: x.s32 });
  return contradictory(x) ? undefined : x;
}

const isUnknown = (b: Bounds): boolean =>
  b.u === U64 && b.s === S64 && b.bits === unknownBits && b.u32 === U32 && b.s32 === S32;

/** Whether all readings have agreed on one number: then there is nothing more to find out. */
function isPoint({ bits, u, s, u32: low, s32: lowS }: Bounds): boolean {
  if (bits.mask !== 0n) return false;
  return u.min === u.max && s.min === s.max && low.min === low.max && lowS.min === lowS.max;
}

const contradictory = (b: Bounds): boolean =>
  b.u.min > b.u.max || b.s.min > b.s.max || b.u32.min > b.u32.max || b.s32.min > b.s32.max;

/** `Math.min` and `Math.max` take no bigint. */
export function smaller(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}

export function larger(a: bigint, b: bigint): bigint {
  if (a < b) return b;
  return a;
}

const meet = (r: Range, min: bigint, max: bigint): Range =>
  min <= r.min && max >= r.max ? r : { min: larger(min, r.min), max: smaller(max, r.max) };

const SIGN64 = 1n << 63n;
const SIGN32 = 1n << 31n;
const LOW = U32.max;

/** kernel/bpf/verifier.c:__update_reg_bounds */
function fromBits(b: Bounds): Bounds {
  const { value, mask } = b.bits;
  const low = low32(b.bits);
  const u = meet(b.u, leastOf(b.bits), greatestOf(b.bits));
  const s = meet(b.s, s64(value | (mask & SIGN64)), s64(value | (mask & ~SIGN64)));
  const lowU = meet(b.u32, leastOf(low), greatestOf(low));
  const lowS = meet(b.s32, s32(low.value | (low.mask & SIGN32)), s32(low.value | (low.mask & ~SIGN32)));
  if (u === b.u && s === b.s && lowU === b.u32 && lowS === b.s32) return b;
  return { bits: b.bits, u, s, u32: lowU, s32: lowS };
}

/** kernel/bpf/verifier.c:__reg32_deduce_bounds */
function deduce32(b: Bounds): Bounds {
  let { u32: lowU, s32: lowS } = b;
  for (const wide of [b.u, b.s]) {
    if (wide.min >> 32n !== wide.max >> 32n) {
      if (u32((wide.min >> 32n) + 1n) === u32(wide.max >> 32n) && s32(wide.min) < 0n && s32(wide.max) >= 0n)
        lowS = meet(lowS, s32(wide.min), s32(wide.max));
      continue;
    }
    if (u32(wide.min) <= u32(wide.max)) lowU = meet(lowU, u32(wide.min), u32(wide.max));
    if (s32(wide.min) <= s32(wide.max)) lowS = meet(lowS, s32(wide.min), s32(wide.max));
  }
  if (s32(lowU.min) <= s32(lowU.max)) lowS = meet(lowS, s32(lowU.min), s32(lowU.max));
  if (u32(lowS.min) <= u32(lowS.max)) lowU = meet(lowU, u32(lowS.min), u32(lowS.max));
  if (lowU === b.u32 && lowS === b.s32) return b;
  return { bits: b.bits, u: b.u, s: b.s, u32: lowU, s32: lowS };
}

/** kernel/bpf/verifier.c:__reg64_deduce_bounds */
function deduce64(b: Bounds): Bounds {
  let { u, s } = b;
  if (s64(u.min) <= s64(u.max)) s = meet(s, s64(u.min), s64(u.max));
  if (u64(s.min) <= u64(s.max)) u = meet(u, u64(s.min), u64(s.max));
  else if (u.max < u64(s.min)) {
    s = { min: s64(u.min), max: smaller(u.max, s.max) };
    u = meet(u, 0n, s.max >= 0n ? s.max : u.max);
  } else if (s.max >= 0n && u64(s.max) < u.min) {
    s = { min: s.min, max: s64(u.max) };
    u = meet(u, u64(s.min), U64.max);
  }
  return withWide(b, u, s);
}

const withWide = (b: Bounds, u: Range, s: Range): Bounds =>
  u === b.u && s === b.s ? b : { bits: b.bits, u, s, u32: b.u32, s32: b.s32 };

/** kernel/bpf/verifier.c:__reg_deduce_mixed_bounds */
function crossHalves(b: Bounds): Bounds {
  const join = (wide: Range, low: Range): Range => meet(wide, (wide.min & ~LOW) | low.min, (wide.max & ~LOW) | low.max);
  const u = join(b.u, b.u32);
  let s = join(b.s, b.u32);
  if (s.min >= S32.min && s.max <= S32.max) s = meet(s, b.s32.min, b.s32.max);
  return withWide(b, u, s);
}

/** kernel/bpf/verifier.c:__reg_bound_offset */
function boundBits(b: Bounds): Tnum | undefined {
  const byRange = bitsOfRange(b.u.min, b.u.max);
  if (contradict(b.bits, byRange)) return undefined;
  const bits = meetBits(b.bits, byRange);
  const low = low32(bits);
  const lowRange = bitsOfRange(b.u32.min, b.u32.max);
  if (contradict(low, lowRange)) return undefined;
  const known = meetBits(low, lowRange);
  return known === low ? bits : withLow32(bits, known);
}

/** The low half, zero-extended, as every 32-bit operation leaves it. kernel/bpf/verifier.c:zext_32_to_64 */
export function zeroExtend32(v: Bounds, at: number): Scalar {
  if (isUnknown(v)) return scalarOf(unknownBelow(4), at);
  return withBounds({ bits: low32(v.bits), u: v.u32, u32: v.u32, s32: v.s32 }, at);
}

/** The low `size` bytes, zero-extended, as a narrow load leaves them. kernel/bpf/verifier.c:coerce_reg_to_size */
export function cut(v: Scalar, size: number, at: number): Scalar {
  if (size === 8) return v;
  if (isUnknown(v)) return scalarOf(unknownBelow(size), at);
  const mask = (1n << BigInt(size * 8)) - 1n;
  const sameTop = (v.u.min & ~mask) === (v.u.max & ~mask);
  const u = sameTop ? { min: v.u.min & mask, max: v.u.max & mask } : { min: 0n, max: mask };
  const low = size === 4 ? { u32: v.u32, s32: v.s32 } : {};
  return withBounds({ bits: cutBits(v.bits, size), u, ...low }, at);
}

/** What `size` bytes may hold. */
const belows: (Bounds | undefined)[] = [];

function unknownBelow(size: number): Bounds {
  const found = belows[size];
  if (found) return found;
  const u = { min: 0n, max: (1n << BigInt(size * 8)) - 1n };
  const made = withBounds({ bits: cutBits(unknownBits, size), u }, -1);
  belows[size] = made;
  return made;
}

/** The low `size` bytes, sign-extended to `width` bits. kernel/bpf/verifier.c:coerce_reg_to_size_sx */
export function signExtend(v: Scalar, size: number, width: 32 | 64, at: number): Scalar {
  const bits = BigInt(size * 8);
  const low = cutBits(v.bits, size);
  if (low.mask === 0n) return constant(BigInt.asUintN(width, BigInt.asIntN(size * 8, low.value)), at);
  const from = width === 64 ? v.s : v.s32;
  let range: Range = { min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n };
  if (from.min >> bits === from.max >> bits) {
    const min = BigInt.asIntN(size * 8, from.min);
    const max = BigInt.asIntN(size * 8, from.max);
    if (min < 0n === max < 0n && min <= max) range = { min, max };
  }
  return width === 64 ? withBounds({ s: range }, at) : zeroExtend32(settle(filled({ s32: range })) ?? UNKNOWN, at);
}

/** Whether every value of `b` is one of `a`. kernel/bpf/verifier.c:range_within and tnum_in */
export function includes(a: Bounds, b: Bounds): boolean {
  return (
    within(a.u, b.u) &&
    within(a.s, b.s) &&
    within(a.u32, b.u32) &&
    within(a.s32, b.s32) &&
    (a.bits === b.bits || covers(a.bits, b.bits))
  );
}

const within = (a: Range, b: Range): boolean => a === b || (a.min <= b.min && a.max >= b.max);

/** Whether the two allow the same values. */
export const sameBounds = (a: Bounds, b: Bounds): boolean =>
  sameRange(a.u, b.u) &&
  sameRange(a.s, b.s) &&
  sameRange(a.u32, b.u32) &&
  sameRange(a.s32, b.s32) &&
  (a.bits === b.bits || (a.bits.value === b.bits.value && a.bits.mask === b.bits.mask));

const sameRange = (a: Range, b: Range): boolean => a === b || (a.min === b.min && a.max === b.max);

/** The signed range as people read it: `5`, `0 to 255`, `any number`. */
export function describe(v: Bounds): string {
  const c = constOf(v);
  if (c !== undefined) return `${s64(c)}`;
  if (v.s.min === S64.min && v.s.max === S64.max) {
    return v.u.min === 0n && v.u.max === U64.max ? "any number" : `${v.u.min} to ${v.u.max}`;
  }
  return `${v.s.min} to ${v.s.max}`;
}
