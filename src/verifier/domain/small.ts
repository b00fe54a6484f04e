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
  const isSmall = most < LIMIT || b.u.max < LIMIT || (b.s.min >= 0n && b.s.max < LIMIT);
  if (!isSmall) return undefined;
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

/** The bits that the range leaves open, then the range that these leave. */
function fitted(b: Bounds, min: bigint, max: bigint): Bounds | undefined {
  const given = Number(b.bits.value);
  const maybe = Number(BigInt.asUintN(31, b.bits.mask));
  const low = Number(min);
  const high = Math.min(Number(max), given | maybe);
  if (low > high) return undefined;
  const open = 2 ** (32 - Math.clz32(low ^ high)) - 1;
  const mask = maybe & open;
  if ((given ^ low) & ~(maybe | open)) return undefined;
  const value = (given | (low & ~open)) & ~mask;
  const least = Math.max(low, value);
  const most = Math.min(high, value | mask);
  if (least > most) return undefined;
  const r = rangeOf(b.u, least === low ? min : BigInt(least), BigInt(most));
  return { bits: bitsOf(b.bits, value, mask), u: r, s: r, u32: r, s32: r };
}

const rangeOf = (r: Range, min: bigint, max: bigint): Range => (r.min === min && r.max === max ? r : { min, max });

function bitsOf(t: Tnum, value: number, mask: number): Tnum {
  const v = BigInt(value);
  const m = BigInt(mask);
  return t.value === v && t.mask === m ? t : { value: v, mask: m };
}
