/** A pointer moved by a number. kernel/bpf/verifier.c:adjust_ptr_min_max_vals */
import { s64 } from "../support/int.ts";
import { constant, constOf, madeAt, type Scalar, unlinked } from "./domain/scalar.ts";
import { arithmetic } from "./domain/scalar-alu.ts";
import { type Pointer, placed } from "./domain/value.ts";

/** `p + by`, or `p - by` with `minus`. What is known for sure goes to `off`, the rest to `varying`. */
export function movePointer(p: Pointer, by: Scalar, minus: boolean, at: number): Pointer {
  if (p.to.kind === "address") return p;
  const c = constOf(by);
  if (c !== undefined) {
    return placed(p, p.off + Number(minus ? -s64(c) : s64(c)), p.varying);
  }
  const before = p.varying ?? constant(0n, at);
  const sum = arithmetic(minus ? "sub" : "add", 64, before, by, by.at);
  const known = constOf(sum);
  if (known !== undefined) return placed(p, p.off + Number(s64(known)), undefined);
  return placed(p, p.off, unlinked(madeAt(sum, by.at)));
}
