/**
 * Numbers that are surely from 0 to 2^31 - 1, as most sizes and offsets are: all four readings of them are one range, and
 * the engine's own integers tell their bits.
 */
import type { Bounds, Range } from "./scalar.ts";
import type { Tnum } from "./tnum.ts";

const LIMIT = 1n << 31n;

/** What `settle` makes of such bounds; undefined for others, and where they contradict each other. */
export function settleSmall(b: Bounds): Bounds | undefined {
  const most = b.bits.value | b.bits.mask;
  const applies = most < LIMIT || b.u.max < LIMIT || (b.s.min >= 0n && b.s.max < LIMIT);
  if (!applies) return undefined;
  let { min, max } = b.u;
  if (b.bits.value > min) min = b.bits.value;
  if (most < max) max = most;
  for (let i = 0; i < 3; i++) {
    const r = i === 0 ? b.s : i === 1 ? b.u32 : b.s32;
    if (r.min > min) min = r.min;
    if (r.max < max) max = r.max;
  }
  return min > max ? undefined : fitted(b, min, max);
}

function fitted(b: Bounds, min: bigint, max: bigint): Bounds | undefined {
  const maybe = Number(BigInt.asUintN(31, b.bits.mask));
  return fittedTo(Number(min), Number(max), Number(b.bits.value), maybe, b);
}

/** Whether all readings are one range: as only numbers from 0 to 2^31 - 1 are. */
const isSmall = (v: Bounds): boolean => v.u === v.s && v.u === v.u32 && v.u === v.s32;

/** `a + b` of two such numbers whose sum is one, too; undefined for others. As `addBits`, in the engine's integers. */
export function addSmall(a: Bounds, b: Bounds): Bounds | undefined {
  if (!isSmall(a) || !isSmall(b)) return undefined;
  const max = Number(a.u.max) + Number(b.u.max);
  if (max >= 2 ** 31) return undefined;
  const maskA = Number(a.bits.mask);
  const maskB = Number(b.bits.mask);
  const values = Number(a.bits.value) + Number(b.bits.value);
  const mask = (((maskA + maskB + values) ^ values) | maskA | maskB) & 0x7fffffff;
  const value = values & ~mask;
  return fittedTo(Math.max(Number(a.u.min) + Number(b.u.min), value), max, value, mask, a);
}

/** The bits that the range leaves open, then the range that these leave; what is as in `like` is taken from there. */
function fittedTo(low: number, max: number, given: number, maybe: number, like: Bounds): Bounds | undefined {
  const high = Math.min(max, given | maybe);
  if (low > high) return undefined;
  const open = low === high ? 0 : 0xffffffff >>> Math.clz32(low ^ high);
  const mask = maybe & open;
  if ((given ^ low) & ~(maybe | open)) return undefined;
  const value = (given | (low & ~open)) & ~mask;
  const least = Math.max(low, value);
  const most = Math.min(high, value | mask);
  if (least > most) return undefined;
  const r = rangeOf(like.u, BigInt(least), BigInt(most));
  return { bits: bitsOf(like.bits, value, mask), u: r, s: r, u32: r, s32: r };
}

const rangeOf = (r: Range, min: bigint, max: bigint): Range => (r.min === min && r.max === max ? r : { min, max });

function bitsOf(t: Tnum, value: number, mask: number): Tnum {
  const v = BigInt(value);
  const m = BigInt(mask);
  return t.value === v && t.mask === m ? t : { value: v, mask: m };
}
