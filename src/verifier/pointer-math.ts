/** A pointer moved by a number. kernel/bpf/verifier.c:adjust_ptr_min_max_vals */
import { s64 } from "../support/int.ts";
import type { Cx } from "./cx.ts";
import { constant, constOf, madeAt, type Scalar, unlinked } from "./domain/scalar.ts";
import { type Pointer, placed } from "./domain/value.ts";

/** What was moved last: an instruction's sum is asked for when it is checked, and again when it runs. */
export interface LastMove {
  p: Pointer | undefined;
  by: Scalar | undefined;
  minus: boolean;
  at: number;
  moved: Pointer | undefined;
}

export const noMove = (): LastMove => ({ p: undefined, by: undefined, minus: false, at: -1, moved: undefined });

/** `p + by`, or `p - by` with `minus`, by the instruction `at`. What is known for sure goes to `off`, the rest to `varying`. */
export function movePointer(cx: Cx, p: Pointer, by: Scalar, minus: boolean, at: number): Pointer {
  const last = cx.lastMove;
  if (last.moved && last.p === p && last.by === by && last.minus === minus && last.at === at) return last.moved;
  const moved = sumOf(cx, p, by, minus, at);
  last.p = p;
  last.by = by;
  last.minus = minus;
  last.at = at;
  last.moved = moved;
  return moved;
}

function sumOf(cx: Cx, p: Pointer, by: Scalar, minus: boolean, at: number): Pointer {
  if (p.to.kind === "address") return p;
  const c = constOf(by);
  if (c !== undefined) {
    return placed(p, p.off + Number(minus ? -s64(c) : s64(c)), p.varying);
  }
  const before = p.varying ?? constant(0n, at);
  const sum = cx.recall.arithmetic(minus ? "sub" : "add", 64, before, by, at);
  const known = constOf(sum);
  if (known !== undefined) return placed(p, p.off + Number(s64(known)), undefined);
  return placed(p, p.off, unlinked(madeAt(sum, by.at)));
}
