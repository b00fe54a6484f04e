/** `__builtin_add_overflow` and `__builtin_sub_overflow` where the result has 128 bits, which hold both operands. */
import { wrap } from "../../support/int.ts";
import type { ValueId } from "../ir/model.ts";
import type { TExpr } from "../sema/tree.ts";
import { integerShape } from "../sema/type-ops.ts";
import type { FunctionContext } from "./context.ts";
import { holds, type Overflow } from "./overflow.ts";
import { addressOf } from "./place.ts";
import type { IntShape } from "./scalars.ts";
import { isWide, refuseWide, storeWide, type Wide } from "./wide.ts";
import { asWide } from "./wide-expr.ts";
import { wideArithmetic } from "./wide-ops.ts";

/** Whether `to` can hold what the operand may be. */
const fits = (e: TExpr, to: IntShape): boolean =>
  e.kind === "const" ? wrap(e.value, 8 * to.size, to.signed) === e.value : holds(to, integerShape(e.type));

/** Stores the wrapped result; gives whether it is wrong. Products and other mixtures of types are E0407. */
export function lowerWideOverflow(cx: FunctionContext, e: Overflow): ValueId {
  const to = integerShape(e.result.type);
  const isPlain = isWide(e.result.type) && fits(e.left, to) && fits(e.right, to);
  if (e.op === "mul" || !isPlain) {
    const help = "have the result and both operands in one type of 128 bits, and add or subtract";
    refuseWide(cx, `an operand of __builtin_${e.op}_overflow`, help);
    return cx.b.const("i32", 0n);
  }
  const address = addressOf(cx, e.result);
  const left = asWide(cx, e.left);
  const right = asWide(cx, e.right);
  const result = wideArithmetic(cx, e.op, left, right, to.signed);
  storeWide(cx, address, result);
  return to.signed ? signedWrong(cx, e.op, left, right, result) : unsignedWrong(cx, e.op, left, right, result);
}

/** A sum is below its operands, or a difference comes of less than is taken away. */
function unsignedWrong(cx: FunctionContext, op: "add" | "sub", left: Wide, right: Wide, result: Wide): ValueId {
  const { b } = cx;
  const [x, y] = op === "add" ? [result, left] : [left, right];
  const lower = b.bin("and", b.cmp("eq", x.hi, y.hi), b.cmp("ult", x.lo, y.lo));
  return b.bin("or", b.cmp("ult", x.hi, y.hi), lower);
}

/** By the signs alone, as of 64 bits (`addOrSubtract` there). */
function signedWrong(cx: FunctionContext, op: "add" | "sub", left: Wide, right: Wide, result: Wide): ValueId {
  const { b } = cx;
  const other = b.bin("xor", op === "add" ? result.hi : left.hi, right.hi);
  const both = b.bin("and", b.bin("xor", result.hi, left.hi), other);
  return b.cmp("slt", both, b.const("i64", 0n));
}
