/** `__builtin_*_overflow`: the wrapped result is stored, and whether it is wrong is the value. */
import type { CmpOp, ValueId } from "../ir/model.ts";
import type { TBuiltin } from "../sema/tree.ts";
import { integerShape, intType } from "../sema/type-ops.ts";
import type { FunctionContext } from "./context.ts";
import { noValue } from "./context.ts";
import { evaluate } from "./expr.ts";
import { addressOf, storeScalar } from "./place.ts";
import { type IntShape, resize } from "./scalars.ts";

type Overflow = Extract<TBuiltin, { readonly kind: "overflow" }>;
interface Wrapped {
  readonly result: ValueId;
  /** 0 or 1. */
  readonly wrong: ValueId;
}

export function lowerOverflow(cx: FunctionContext, e: Overflow): ValueId {
  const shapes = [integerShape(e.left.type), integerShape(e.right.type)] as const;
  const to = integerShape(e.result.type);
  const place = addressOf(cx, e.result);
  const left = evaluate(cx, e.left);
  const right = evaluate(cx, e.right);
  const made = wrap(cx, e, [left, right], shapes, to);
  if (!made) {
    cx.sink.error("E0410", cx.b.span, e.op).help("convert the operands to the result's type");
    return noValue(cx, intType);
  }
  storeScalar(cx, place, e.result.type, made.result);
  return made.wrong;
}

/** Whether `to` can hold every value of `from`. */
const holds = (to: IntShape, from: IntShape): boolean =>
  from.signed === to.signed ? from.size <= to.size : !from.signed && from.size < to.size;

function wrap(
  cx: FunctionContext,
  e: Overflow,
  values: readonly [ValueId, ValueId],
  shapes: readonly [IntShape, IntShape],
  to: IntShape,
): Wrapped | undefined {
  const { b } = cx;
  const signed64: IntShape = { size: 8, signed: true };
  if (to.size < 8 && shapes.every((shape) => holds(signed64, shape) && shape.size < 8)) {
    const [left, right] = [resize(b, values[0], shapes[0], signed64), resize(b, values[1], shapes[1], signed64)];
    return exactIn64(cx, e.op, left, right, to, shapes);
  }
  if (to.size < 8 || !shapes.every((shape) => holds(to, shape))) return undefined;
  const [left, right] = [resize(b, values[0], shapes[0], to), resize(b, values[1], shapes[1], to)];
  if (e.op === "mul") return multiply(cx, left, right, to.signed);
  return addOrSubtract(cx, e.op, left, right, to.signed);
}

/** The whole result fits 64 bits (unsigned for a product of unsigned factors): wrong if it does not survive `to`. */
function exactIn64(
  cx: FunctionContext,
  op: Overflow["op"],
  left: ValueId,
  right: ValueId,
  to: IntShape,
  shapes: readonly [IntShape, IntShape],
): Wrapped {
  const { b } = cx;
  const exact = b.bin(op, left, right);
  const unsignedProduct = op === "mul" && !shapes[0].signed && !shapes[1].signed;
  const result = resize(b, exact, { size: 8, signed: !unsignedProduct }, to);
  const back = resize(b, result, to, { size: 8, signed: true });
  return { result, wrong: b.cmp("ne", back, exact) };
}

function addOrSubtract(
  cx: FunctionContext,
  op: "add" | "sub",
  left: ValueId,
  right: ValueId,
  signed: boolean,
): Wrapped {
  const { b } = cx;
  const result = b.bin(op, left, right);
  if (!signed) {
    const [a, c]: readonly [ValueId, ValueId] = op === "add" ? [result, left] : [left, right];
    return { result, wrong: b.cmp("ult", a, c) };
  }
  // The sign of the result differs from both operands' (of a difference: from the left one's, where the signs differ).
  const other = b.bin("xor", op === "add" ? result : left, right);
  const both = b.bin("and", b.bin("xor", result, left), other);
  return { result, wrong: b.cmp("slt", both, b.const("i64", 0n)) };
}

/** 64-bit products: wrong if dividing does not give the factor back. */
function multiply(cx: FunctionContext, left: ValueId, right: ValueId, signed: boolean): Wrapped {
  const { b } = cx;
  const result = b.bin("mul", left, right);
  const [test, end] = [b.block(), b.block()];
  const zero = b.const("i32", 0n);
  const first = b.current;
  b.branch("eq", left, b.const("i64", 0n), end, test);
  b.enter(test);
  const wrong = signed ? signedProductWrong(cx, left, right, result) : differs(cx, "udiv", result, left, right);
  const last = b.current;
  b.jump(end);
  b.enter(end);
  return {
    result,
    wrong: b.phi("i32", [
      { block: first, value: zero },
      { block: last, value: wrong },
    ]),
  };
}

function differs(cx: FunctionContext, fn: "udiv" | "sdiv", result: ValueId, by: ValueId, want: ValueId): ValueId {
  return cx.b.cmp("ne", cx.b.bin(fn, result, by), want);
}

/** Dividing the least number by -1 wraps, so that factor is asked for on its own: -1 times x is wrong for the least x. */
function signedProductWrong(cx: FunctionContext, left: ValueId, right: ValueId, result: ValueId): ValueId {
  const { b } = cx;
  const [minus, other, end] = [b.block(), b.block(), b.block()];
  const is = (fn: CmpOp, value: ValueId, constant: bigint): ValueId => b.cmp(fn, value, b.const("i64", constant));
  b.branch("eq", left, b.const("i64", -1n), minus, other);
  b.enter(minus);
  const least = is("eq", right, 1n << 63n);
  b.jump(end);
  b.enter(other);
  const wrong = differs(cx, "sdiv", result, left, right);
  b.jump(end);
  b.enter(end);
  return b.phi("i32", [
    { block: minus, value: least },
    { block: other, value: wrong },
  ]);
}
