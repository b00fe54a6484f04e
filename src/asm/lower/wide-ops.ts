/** Arithmetic on pairs of 64-bit values: carries by comparing, products by halves of 32 bits (Warren, chapter 8). */
import { onlyBit } from "../../support/int.ts";
import type { BinOp, ValueId } from "../ir/model.ts";
import type { ArithOp } from "../sema/tree.ts";
import type { FunctionContext } from "./context.ts";
import { noWide, refuseWide, type Wide, wideConst, zeroAbove } from "./wide.ts";

/** By how much a shift moves: known, or 64 bits of which the low seven count. */
export type Amount = { readonly known: bigint } | { readonly value: ValueId };

const constant = (cx: FunctionContext, value: bigint): ValueId => cx.b.const("i64", value);

/** 0 or 1 in 64 bits. */
const carried = ({ b }: FunctionContext, less: ValueId): ValueId =>
  b.emit({ op: "zext", ty: "i64", from: 32, a: less });

function add(cx: FunctionContext, x: Wide, y: Wide): Wide {
  const { b } = cx;
  const lo = b.bin("add", x.lo, y.lo);
  const carry = carried(cx, b.cmp("ult", lo, x.lo));
  return { lo, hi: b.bin("add", b.bin("add", x.hi, y.hi), carry) };
}

function subtract(cx: FunctionContext, x: Wide, y: Wide): Wide {
  const { b } = cx;
  const borrow = carried(cx, b.cmp("ult", x.lo, y.lo));
  return { lo: b.bin("sub", x.lo, y.lo), hi: b.bin("sub", b.bin("sub", x.hi, y.hi), borrow) };
}

/** `-x`. */
export const negateWide = (cx: FunctionContext, x: Wide): Wide => subtract(cx, wideConst(cx, 0n), x);

/** `and`, `or` or `xor` of each half. */
function bitwise(cx: FunctionContext, fn: "and" | "or" | "xor", x: Wide, y: Wide): Wide {
  const made: Wide = { lo: cx.b.bin(fn, x.lo, y.lo), hi: cx.b.bin(fn, x.hi, y.hi) };
  const most = (z: Wide): number => z.bits ?? 128;
  const bits = fn === "and" ? Math.min(most(x), most(y)) : Math.max(most(x), most(y));
  return bits === 128 ? made : { ...made, bits: bits as 32 | 64 };
}

/** `~x`. */
export const invertWide = (cx: FunctionContext, x: Wide): Wide => bitwise(cx, "xor", x, wideConst(cx, -1n));

type ShiftRight = "lshr" | "ashr";

function shiftLeft(cx: FunctionContext, x: Wide, by: Amount): Wide {
  const { b } = cx;
  if (!("known" in by)) return shiftLeftBy(cx, x, by.value);
  const n = by.known & 127n;
  if (n === 0n) return x;
  if (n >= 64n) return { lo: constant(cx, 0n), hi: b.bin("shl", x.lo, constant(cx, n - 64n)) };
  const over = b.bin("lshr", x.lo, constant(cx, 64n - n));
  return { lo: b.bin("shl", x.lo, constant(cx, n)), hi: b.bin("or", b.bin("shl", x.hi, constant(cx, n)), over) };
}

function shiftRight(cx: FunctionContext, x: Wide, by: Amount, fn: ShiftRight): Wide {
  const { b } = cx;
  if (!("known" in by)) return shiftRightBy(cx, x, by.value, fn);
  const n = by.known & 127n;
  if (n === 0n) return x;
  if (n >= 64n) {
    const lo = b.bin(fn, x.hi, constant(cx, n - 64n));
    return fn === "lshr" ? zeroAbove(cx, lo, n >= 96n ? 32 : 64) : { lo, hi: signOf(cx, x.hi) };
  }
  const under = b.bin("shl", x.hi, constant(cx, 64n - n));
  return { lo: b.bin("or", b.bin("lshr", x.lo, constant(cx, n)), under), hi: b.bin(fn, x.hi, constant(cx, n)) };
}

const signOf = (cx: FunctionContext, half: ValueId): ValueId => cx.b.bin("ashr", half, constant(cx, 63n));

/** The parts of an amount that is not known: `within` a half, what is `left` of 63, and all ones where 64 are due. */
function parts(cx: FunctionContext, by: ValueId): Record<"within" | "left" | "far", ValueId> {
  const { b } = cx;
  const within = b.bin("and", by, constant(cx, 63n));
  const six = b.bin("and", b.bin("lshr", by, constant(cx, 6n)), constant(cx, 1n));
  return { within, left: b.bin("xor", within, constant(cx, 63n)), far: b.bin("sub", constant(cx, 0n), six) };
}

/** `far` ? `yes` : `no`, bit by bit. */
function choose(cx: FunctionContext, far: ValueId, yes: ValueId, no: ValueId): ValueId {
  const { b } = cx;
  return b.bin("xor", no, b.bin("and", b.bin("xor", yes, no), far));
}

function shiftLeftBy(cx: FunctionContext, x: Wide, by: ValueId): Wide {
  const { b } = cx;
  const { within, left, far } = parts(cx, by);
  const lo = b.bin("shl", x.lo, within);
  const over = b.bin("lshr", b.bin("lshr", x.lo, constant(cx, 1n)), left);
  const hi = b.bin("or", b.bin("shl", x.hi, within), over);
  return { lo: choose(cx, far, constant(cx, 0n), lo), hi: choose(cx, far, lo, hi) };
}

function shiftRightBy(cx: FunctionContext, x: Wide, by: ValueId, fn: ShiftRight): Wide {
  const { b } = cx;
  const { within, left, far } = parts(cx, by);
  const hi = b.bin(fn, x.hi, within);
  const under = b.bin("shl", b.bin("shl", x.hi, constant(cx, 1n)), left);
  const lo = b.bin("or", b.bin("lshr", x.lo, within), under);
  const filled = fn === "ashr" ? signOf(cx, x.hi) : constant(cx, 0n);
  return { lo: choose(cx, far, hi, lo), hi: choose(cx, far, filled, hi) };
}

/** The upper half of the product of two lower halves. */
function productAbove(cx: FunctionContext, x: Wide, y: Wide): ValueId {
  const { b } = cx;
  const op = (fn: BinOp, l: ValueId, r: ValueId): ValueId => b.bin(fn, l, r);
  const low = (v: ValueId): ValueId => op("and", v, constant(cx, 0xffff_ffffn));
  const high = (v: ValueId): ValueId => op("lshr", v, constant(cx, 32n));
  const quarters = ({ lo, bits }: Wide): readonly [ValueId, ValueId] =>
    bits === 32 ? [lo, constant(cx, 0n)] : [low(lo), high(lo)];
  const [xl, xh] = quarters(x);
  const [yl, yh] = quarters(y);
  const cross = op("mul", xl, yh);
  const middle = op("add", op("add", high(op("mul", xl, yl)), low(cross)), op("mul", xh, yl));
  return op("add", op("add", op("mul", xh, yh), high(cross)), high(middle));
}

/** By how much to shift instead of a multiplication by `value`, if that is known and a power of two. */
function powerOf(value: bigint | undefined): bigint | undefined {
  const bit = value === undefined ? undefined : onlyBit(value);
  return bit === undefined ? undefined : BigInt(bit);
}

function multiply(cx: FunctionContext, x: Wide, y: Wide): Wide {
  const { b } = cx;
  const [px, py] = [powerOf(x.value), powerOf(y.value)];
  if (py !== undefined) return shiftLeft(cx, x, { known: py });
  if (px !== undefined) return shiftLeft(cx, y, { known: px });
  const lo = b.bin("mul", x.lo, y.lo);
  if (x.bits === 32 && y.bits === 32) return zeroAbove(cx, lo, 64);
  let hi = productAbove(cx, x, y);
  if (x.bits === undefined) hi = b.bin("add", hi, b.bin("mul", x.hi, y.lo));
  if (y.bits === undefined) hi = b.bin("add", hi, b.bin("mul", x.lo, y.hi));
  return { lo, hi };
}

/** Of numbers that fit 64 bits, or of unsigned ones by a power of two; else E0407. */
function divide(cx: FunctionContext, op: "div" | "mod", x: Wide, y: Wide, signed: boolean): Wide {
  const { b } = cx;
  const isNarrow = x.bits !== undefined && y.bits !== undefined;
  if (isNarrow) return zeroAbove(cx, b.bin(op === "div" ? "udiv" : "umod", x.lo, y.lo), 64);
  const power = powerOf(y.value);
  if (power !== undefined && (!signed || x.bits !== undefined)) {
    if (op === "div") return shiftRight(cx, x, { known: power }, "lshr");
    return bitwise(cx, "and", x, wideConst(cx, (1n << power) - 1n));
  }
  const sign = op === "div" ? "/" : "%";
  refuseWide(
    cx,
    `an operand of '${sign}'`,
    signed && power !== undefined
      ? `convert the operand to unsigned __int128, of which '${sign}' by a power of two is possible`
      : "BPF divides 64 bits at most: divide by a power of two, or values that were converted from 64 bits",
  );
  return noWide(cx);
}

/** `x op y` but for shifts, which take an amount. */
export function wideArithmetic(cx: FunctionContext, op: ArithOp, x: Wide, y: Wide, signed: boolean): Wide {
  switch (op) {
    case "add":
      return add(cx, x, y);
    case "sub":
      return subtract(cx, x, y);
    case "mul":
      return multiply(cx, x, y);
    case "div":
    case "mod":
      return divide(cx, op, x, y, signed);
    case "and":
    case "or":
    case "xor":
      return bitwise(cx, op, x, y);
    case "shl":
    case "shr":
      return wideShift(cx, op, x, { value: y.lo }, signed);
  }
}

export function wideShift(cx: FunctionContext, op: "shl" | "shr", x: Wide, by: Amount, signed: boolean): Wide {
  return op === "shl" ? shiftLeft(cx, x, by) : shiftRight(cx, x, by, signed ? "ashr" : "lshr");
}
