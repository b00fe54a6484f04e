/** Quotients and remainders by a constant, as Linux 7 follows them. kernel/bpf/verifier.c:scalar_min_max_udiv and its kin */
import type { Width } from "../../isa/insn.ts";
import { type Range, S32, S64, smaller, U32, U64 } from "./scalar.ts";

export type DivOp = "div" | "sdiv" | "mod" | "smod";

export interface Halves {
  readonly u: Range;
  readonly s: Range;
}

/** The ranges of `x op by` in `width` bits; `by` is unsigned and not 0. */
export function divide(op: DivOp, width: Width, x: Halves, by: bigint): Halves {
  const u = width === 64 ? U64 : U32;
  const s = width === 64 ? S64 : S32;
  const signed = BigInt.asIntN(width, by);
  switch (op) {
    case "div":
      return { u: { min: x.u.min / by, max: x.u.max / by }, s };
    case "mod":
      return { u: x.u.max < by ? x.u : { min: 0n, max: smaller(x.u.max, by - 1n) }, s };
    case "sdiv":
      return { u, s: quotient(x.s, signed, s) };
    case "smod":
      return { u, s: remainder(x.s, signed < 0n ? -signed : signed) };
  }
}

function quotient(x: Range, by: bigint, full: Range): Range {
  // The least number divided by -1 is itself.
  if (by === -1n && x.min === full.min) return x.max === x.min ? x : full;
  const a = x.min / by;
  const b = x.max / by;
  return by > 0n ? { min: a, max: b } : { min: b, max: a };
}

/** The remainder has the sign of the dividend and is smaller than the divisor. */
function remainder(x: Range, by: bigint): Range {
  if (x.min > -by && x.max < by) return x;
  const top = by - 1n;
  const min = x.min >= 0n ? 0n : x.min < -top ? -top : x.min;
  const max = x.max <= 0n ? 0n : smaller(x.max, top);
  return { min, max };
}
