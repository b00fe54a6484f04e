/** `__builtin_*_overflow`: the wrapped result is stored, and whether it is wrong is the value. */
import type { CmpOp, ValueId } from "../ir/model.ts";
import type { TBuiltin, TExpr } from "../sema/tree.ts";
import { integerShape } from "../sema/type-ops.ts";
import type { FunctionContext } from "./context.ts";
import { evaluate } from "./expr.ts";
import { addressOf, storeScalar } from "./place.ts";
import { type IntShape, resize } from "./scalars.ts";
import { isWide } from "./wide.ts";
import { lowerWideOverflow } from "./wide-overflow.ts";

export type Overflow = Extract<TBuiltin, { readonly kind: "overflow" }>;
interface Wrapped {
  readonly result: ValueId;
  /** 0 or 1. */
  readonly wrong: ValueId;
}

export function lowerOverflow(cx: FunctionContext, e: Overflow): ValueId {
  if ([e.left, e.right, e.result].some(({ type }) => isWide(type))) return lowerWideOverflow(cx, e);
  const operands = { shapes: [shapeOf(e.left), shapeOf(e.right)] as const, to: integerShape(e.result.type) };
  const place = addressOf(cx, e.result);
  const left = evaluate(cx, e.left);
  const right = evaluate(cx, e.right);
  const made = wrap(cx, e.op, [left, right], operands);
  storeScalar(cx, place, e.result.type, made.result);
  return made.wrong;
}

/** A constant that is not negative is as good as unsigned. */
function shapeOf(e: TExpr): IntShape {
  const shape = integerShape(e.type);
  return e.kind === "const" && e.value >= 0n ? { size: shape.size, signed: false } : shape;
}

/** Whether `to` can hold every value of `from`. */
export const holds = (to: IntShape, from: IntShape): boolean =>
  from.signed === to.signed ? from.size <= to.size : !from.signed && from.size < to.size;

interface Shapes {
  readonly shapes: readonly [IntShape, IntShape];
  readonly to: IntShape;
}

function wrap(cx: FunctionContext, op: Overflow["op"], values: readonly [ValueId, ValueId], all: Shapes): Wrapped {
  const { b } = cx;
  const { shapes, to } = all;
  const signed64: IntShape = { size: 8, signed: true };
  const both = (shape: IntShape): readonly [ValueId, ValueId] => [
    resize(b, values[0], shapes[0], shape),
    resize(b, values[1], shapes[1], shape),
  ];
  if (to.size < 8 && shapes.every((shape) => shape.size < 8)) {
    const [left, right] = both(signed64);
    return exactIn64(cx, op, left, right, to, shapes);
  }
  if (to.size >= 8 && shapes.every((shape) => holds(to, shape))) {
    const [left, right] = both(to);
    return op === "mul" ? multiply(cx, left, right, to.signed) : addOrSubtract(cx, op, left, right, to.signed);
  }
  const [left, right] = both(signed64);
  const mixed: Mixed = { left, right, signs: [shapes[0].signed, shapes[1].signed], to };
  return op === "mul" ? multiplyMixed(cx, mixed) : addMixed(cx, op, mixed);
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

/** Operands of different 64-bit types, or a narrower result: computed as in unbounded arithmetic. */
interface Mixed {
  readonly left: ValueId;
  readonly right: ValueId;
  /** Whether each operand is signed. */
  readonly signs: readonly [boolean, boolean];
  readonly to: IntShape;
}

/** What stands above the low 64 bits: 0, or -1 for a negative number. */
const upper = (cx: FunctionContext, value: ValueId, signed: boolean): ValueId =>
  signed ? cx.b.bin("ashr", value, cx.b.const("i64", 63n)) : cx.b.const("i64", 0n);

const widened = (cx: FunctionContext, truth: ValueId): ValueId =>
  cx.b.emit({ op: "zext", ty: "i64", from: 32, a: truth });

/** In 128 bits, low and upper half. */
function addMixed(cx: FunctionContext, op: "add" | "sub", { left, right, signs, to }: Mixed): Wrapped {
  const { b } = cx;
  const low = b.bin(op, left, right);
  const carry = widened(cx, op === "add" ? b.cmp("ult", low, left) : b.cmp("ult", left, right));
  const high = b.bin(op, b.bin(op, upper(cx, left, signs[0]), upper(cx, right, signs[1])), carry);
  const result = resize(b, low, { size: 8, signed: false }, to);
  const back = resize(b, result, to, { size: 8, signed: false });
  const lost = b.bin("or", b.bin("xor", back, low), b.bin("xor", high, upper(cx, back, to.signed)));
  return { result, wrong: b.cmp("ne", lost, b.const("i64", 0n)) };
}

/** By magnitudes: the product of those must fit, and with the sign it must fit the result's type. */
function multiplyMixed(cx: FunctionContext, { left, right, signs, to }: Mixed): Wrapped {
  const { b } = cx;
  const sign = b.bin("xor", upper(cx, left, signs[0]), upper(cx, right, signs[1]));
  const magnitude = (value: ValueId, signed: boolean): ValueId => {
    const own = upper(cx, value, signed);
    return b.bin("sub", b.bin("xor", value, own), own);
  };
  const product = multiply(cx, magnitude(left, signs[0]), magnitude(right, signs[1]), false);
  const low = b.bin("sub", b.bin("xor", product.result, sign), sign);
  const result = resize(b, low, { size: 8, signed: false }, to);
  const back = resize(b, result, to, { size: 8, signed: false });
  const high = b.bin("and", sign, b.bin("sub", b.const("i64", 0n), widened(cx, b.cmp("ne", low, b.const("i64", 0n)))));
  const lost = b.bin("or", b.bin("xor", back, low), b.bin("xor", high, upper(cx, back, to.signed)));
  const outside = b.cmp("ne", lost, b.const("i64", 0n));
  return { result, wrong: b.bin("or", outside, product.wrong) };
}
