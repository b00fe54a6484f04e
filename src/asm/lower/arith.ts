/** Arithmetic on values of one width. */
import type { BinOp, ValueId } from "../ir/model.ts";
import type { ArithOp } from "../sema/tree.ts";
import { longType } from "../sema/type-ops.ts";
import type { CType } from "../sema/types.ts";
import type { FunctionContext } from "./context.ts";
import { convertValue } from "./scalars.ts";

const ops: Readonly<Record<ArithOp, { readonly signed: BinOp; readonly unsigned: BinOp }>> = {
  add: { signed: "add", unsigned: "add" },
  sub: { signed: "sub", unsigned: "sub" },
  mul: { signed: "mul", unsigned: "mul" },
  div: { signed: "sdiv", unsigned: "udiv" },
  mod: { signed: "smod", unsigned: "umod" },
  and: { signed: "and", unsigned: "and" },
  or: { signed: "or", unsigned: "or" },
  xor: { signed: "xor", unsigned: "xor" },
  shl: { signed: "shl", unsigned: "shl" },
  shr: { signed: "ashr", unsigned: "lshr" },
};

/** `left op right` in the type of `left`; the right side of a shift may be of the other width. */
export function arithmetic(cx: FunctionContext, op: ArithOp, left: ValueId, right: ValueId, signed: boolean): ValueId {
  const { b } = cx;
  const ty = b.typeOf(left);
  let other = right;
  if (b.typeOf(right) !== ty) {
    other =
      ty === "i64" ? b.emit({ op: "zext", ty, from: 32, a: right }) : b.emit({ op: "trunc", ty: "i32", a: right });
  }
  return b.bin(ops[op][signed ? "signed" : "unsigned"], left, other);
}

export const negate = (cx: FunctionContext, value: ValueId): ValueId =>
  cx.b.emit({ op: "neg", ty: cx.b.typeOf(value), a: value });

/** A pointer moved by a number of bytes. */
export function addPointer(
  cx: FunctionContext,
  pointer: ValueId,
  fn: "add" | "sub",
  offset: ValueId,
  offsetType: CType,
): ValueId {
  return cx.b.bin(fn, pointer, convertValue(cx, offset, offsetType, longType), "ptr");
}

/** The inverse of an odd number modulo 2^64, by Newton's iteration: each step doubles the right bits. */
function inverseOdd(n: bigint): bigint {
  let x = n;
  for (let i = 0; i < 6; i++) x = BigInt.asUintN(64, x * (2n - n * x));
  return x;
}

/** `value / by` in 64 bits where the division is known to leave no rest: a shift and a multiplication. */
export function divideExact(cx: FunctionContext, value: ValueId, by: number): ValueId {
  const { b } = cx;
  if (by <= 1) return value;
  const twos = Math.log2(by & -by);
  const odd = BigInt(by >> twos);
  const shifted = twos === 0 ? value : b.bin("ashr", value, b.const("i64", BigInt(twos)));
  return odd === 1n ? shifted : b.bin("mul", shifted, b.const("i64", inverseOdd(odd)));
}
