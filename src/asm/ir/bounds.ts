/** Between which numbers a value lies, as compares with constants tell; unsigned and signed side by side. */
import { larger, smaller } from "../../support/int.ts";
import type { CmpOp } from "./model.ts";

export interface Bounds {
  readonly bits: 32 | 64;
  readonly umin: bigint;
  readonly umax: bigint;
  readonly smin: bigint;
  readonly smax: bigint;
}

/** Any number of so many bits. */
export function anyNumber(bits: 32 | 64): Bounds {
  const half = 1n << BigInt(bits - 1);
  return { bits, umin: 0n, umax: 2n * half - 1n, smin: -half, smax: half - 1n };
}

/** What is left where the value compares so with `c`, an unsigned number of its width. */
export function narrowed(old: Bounds, fn: CmpOp, c: bigint): Bounds {
  const s = BigInt.asIntN(old.bits, c);
  switch (fn) {
    case "eq":
      return { ...old, umin: c, umax: c, smin: s, smax: s };
    case "ne":
      return both({
        ...old,
        ...(c === old.umin && { umin: c + 1n }),
        ...(c === old.umax && { umax: c - 1n }),
        ...(s === old.smin && { smin: s + 1n }),
        ...(s === old.smax && { smax: s - 1n }),
      });
    case "ult":
      return both({ ...old, umax: smaller(old.umax, c - 1n) });
    case "ule":
      return both({ ...old, umax: smaller(old.umax, c) });
    case "ugt":
      return both({ ...old, umin: larger(old.umin, c + 1n) });
    case "uge":
      return both({ ...old, umin: larger(old.umin, c) });
    case "slt":
      return both({ ...old, smax: smaller(old.smax, s - 1n) });
    case "sle":
      return both({ ...old, smax: smaller(old.smax, s) });
    case "sgt":
      return both({ ...old, smin: larger(old.smin, s + 1n) });
    case "sge":
      return both({ ...old, smin: larger(old.smin, s) });
    case "set":
      return old;
  }
}

/** Where the sign is known, either kind of bounds holds for the other. */
function both(b: Bounds): Bounds {
  const top = (1n << BigInt(b.bits - 1)) - 1n;
  if (b.smin < 0n && b.umax > top) return b;
  const low = larger(b.umin, b.smin);
  const high = smaller(b.umax, b.smax);
  return { ...b, umin: low, umax: high, smin: low, smax: high };
}

/** Whether the value compares so with `c`; undefined where it may or may not. */
export function compares(b: Bounds, fn: CmpOp, c: bigint): boolean | undefined {
  const s = BigInt.asIntN(b.bits, c);
  const less = (max: bigint, min: bigint, than: bigint): boolean | undefined =>
    max < than ? true : min >= than ? false : undefined;
  const not = (answer: boolean | undefined): boolean | undefined => (answer === undefined ? undefined : !answer);
  switch (fn) {
    case "eq":
    case "ne":
      return c < b.umin || c > b.umax || s < b.smin || s > b.smax ? fn === "ne" : undefined;
    case "ult":
      return less(b.umax, b.umin, c);
    case "uge":
      return not(less(b.umax, b.umin, c));
    case "ule":
      return less(b.umax, b.umin, c + 1n);
    case "ugt":
      return not(less(b.umax, b.umin, c + 1n));
    case "slt":
      return less(b.smax, b.smin, s);
    case "sge":
      return not(less(b.smax, b.smin, s));
    case "sle":
      return less(b.smax, b.smin, s + 1n);
    case "sgt":
      return not(less(b.smax, b.smin, s + 1n));
    case "set":
      return undefined;
  }
}
