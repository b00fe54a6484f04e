/**
 * All that the readings of a number tell together. Linux 7 keeps ranges as arcs of a circle and so knows more than
 * `settle` does; what is refused must be refused with this knowledge as well. include/linux/cnum.h, kernel/bpf/tnum.c
 */
import { type Bounds, larger, type Range, settle, smaller } from "./scalar.ts";
import { low32, type Tnum } from "./tnum.ts";

type Width = 32 | 64;

/** Unsigned ranges that do not overlap; the first has the sign bit clear. */
type Parts = readonly Range[];

const HALF = { 32: 1n << 31n, 64: 1n << 63n } as const;
const FULL = { 32: 1n << 32n, 64: 1n << 64n } as const;
const LOW = FULL[32] - 1n;

/** The same number, known as closely as its readings allow; undefined if no value is left. */
export function sharpen(b: Bounds): Bounds | undefined {
  let x: Bounds | undefined = b;
  for (let round = 0; round < 3 && x; round++) x = once(x);
  return x;
}

function once(b: Bounds): Bounds | undefined {
  const lowBits = low32(b.bits);
  let low = fitBits(lowBits, partsOf(32, b.u32, b.s32));
  const wide = fitLow(fitBits(b.bits, partsOf(64, b.u, b.s)), low);
  low = fitBits(lowBits, lowOf(wide, low));
  if (low.length === 0 || wide.length === 0) return undefined;
  const settled = settle({ bits: b.bits, ...hulls(64, wide), ...hulls32(low) });
  return settled;
}

/** What both readings allow, apart by sign: there is no overlap to lose then. */
function partsOf(w: Width, u: Range, s: Range): Parts {
  const clear = { min: larger(u.min, s.min), max: smaller(smaller(u.max, HALF[w] - 1n), s.max) };
  const set = {
    min: larger(larger(u.min, HALF[w]), s.min + FULL[w]),
    max: smaller(u.max, smaller(s.max, -1n) + FULL[w]),
  };
  return [clear, set].filter(some);
}

const some = (r: Range): boolean => r.min <= r.max;
const hull = (parts: Parts): Range => ({ min: parts[0]!.min, max: parts[parts.length - 1]!.max });

function hulls(w: Width, parts: Parts): { readonly u: Range; readonly s: Range } {
  const signed = parts.map((p) => ({ min: BigInt.asIntN(w, p.min), max: BigInt.asIntN(w, p.max) }));
  const ordered = [...signed].sort((a, b) => (a.min < b.min ? -1 : 1));
  return { u: hull(parts), s: hull(ordered) };
}

function hulls32(parts: Parts): { readonly u32: Range; readonly s32: Range } {
  const { u, s } = hulls(32, parts);
  return { u32: u, s32: s };
}

/** The ends of each part move in to numbers that the bits allow. */
const fitBits = (t: Tnum, parts: Parts): Parts =>
  parts.flatMap((p) => {
    const min = atLeast(t, p.min);
    const max = atMost(t, p.max);
    return min !== undefined && max !== undefined && min <= max ? [{ min, max }] : [];
  });

/** The least number of `t` that is not below `v`. */
function atLeast(t: Tnum, v: bigint): bigint | undefined {
  const wrong = (v ^ t.value) & ~t.mask;
  if (wrong === 0n) return v;
  const top = BigInt(wrong.toString(2).length - 1);
  if ((t.value >> top) & 1n) return upTo(t, v, top);
  for (let j = top + 1n; j < 64n; j++) {
    const bit = 1n << j;
    if (t.mask & bit && !(v & bit)) return upTo(t, v, j);
  }
  return undefined;
}

/** The bits of `v` above `at`, bit `at` set, and the least that `t` allows below. */
function upTo(t: Tnum, v: bigint, at: bigint): bigint {
  const below = (1n << at) - 1n;
  return (v & ~below) | (1n << at) | (t.value & below);
}

const ALL = FULL[64] - 1n;

/** The greatest number of `t` that is not above `v`: the same with all bits turned around. */
function atMost(t: Tnum, v: bigint): bigint | undefined {
  const found = atLeast({ value: ALL & ~(t.value | t.mask), mask: t.mask }, ALL & ~v);
  return found === undefined ? undefined : ALL & ~found;
}

/** The ends of each 64-bit part move in to numbers whose low half is allowed. */
const fitLow = (parts: Parts, low: Parts): Parts =>
  low.length === 0
    ? []
    : parts.flatMap((p) => {
        const min = upToLow(p.min, low);
        const max = downToLow(p.max, low);
        return min <= max ? [{ min, max }] : [];
      });

function upToLow(v: bigint, low: Parts): bigint {
  const at = v & LOW;
  const part = low.find((p) => p.max >= at);
  if (!part) return (v & ~LOW) + FULL[32] + low[0]!.min;
  return (v & ~LOW) | larger(part.min, at);
}

function downToLow(v: bigint, low: Parts): bigint {
  const at = v & LOW;
  const part = [...low].reverse().find((p) => p.min <= at);
  if (!part) return (v & ~LOW) - FULL[32] + low[low.length - 1]!.max;
  return (v & ~LOW) | smaller(part.max, at);
}

/** The low parts that a single 64-bit part of less than 2^32 numbers leaves. */
function lowOf(wide: Parts, low: Parts): Parts {
  const [only] = wide;
  if (!only || wide.length > 1 || only.max - only.min >= FULL[32]) return low;
  const from = only.min & LOW;
  const to = only.max & LOW;
  const arc =
    from <= to
      ? [{ min: from, max: to }]
      : [
          { min: 0n, max: to },
          { min: from, max: LOW },
        ];
  return low.flatMap((p) => arc.map((a) => ({ min: larger(a.min, p.min), max: smaller(a.max, p.max) })).filter(some));
}
