/** Constants: what operations give, exactly as the machine computes them (RFC 9669, 4.1). */
import type { BinOp, CmpOp } from "./model.ts";

/**
 * `a fn b` in `bits` bits, both unsigned. Undefined where the result is not defined by the instruction: division by
 * zero. Shift counts are masked to the width, as registers are.
 */
export function foldBin(fn: BinOp, bits: 32 | 64, a: bigint, b: bigint): bigint | undefined {
  const cut = (v: bigint): bigint => BigInt.asUintN(bits, v);
  const signed = (v: bigint): bigint => BigInt.asIntN(bits, v);
  const count = b & BigInt(bits - 1);
  switch (fn) {
    case "add":
      return cut(a + b);
    case "sub":
      return cut(a - b);
    case "mul":
      return cut(a * b);
    case "udiv":
      return b === 0n ? undefined : a / b;
    case "umod":
      return b === 0n ? undefined : a % b;
    case "sdiv":
      return b === 0n ? undefined : cut(signed(a) / signed(b));
    case "smod":
      return b === 0n ? undefined : cut(signed(a) % signed(b));
    case "and":
      return a & b;
    case "or":
      return a | b;
    case "xor":
      return a ^ b;
    case "shl":
      return cut(a << count);
    case "lshr":
      return a >> count;
    case "ashr":
      return cut(signed(a) >> count);
  }
}

/** Whether `a fn b` holds in `bits` bits, both unsigned. */
export function foldCmp(fn: CmpOp, bits: 32 | 64, a: bigint, b: bigint): boolean {
  const signed = (v: bigint): bigint => BigInt.asIntN(bits, v);
  switch (fn) {
    case "eq":
      return a === b;
    case "ne":
      return a !== b;
    case "ult":
      return a < b;
    case "ule":
      return a <= b;
    case "ugt":
      return a > b;
    case "uge":
      return a >= b;
    case "slt":
      return signed(a) < signed(b);
    case "sle":
      return signed(a) <= signed(b);
    case "sgt":
      return signed(a) > signed(b);
    case "sge":
      return signed(a) >= signed(b);
    case "set":
      return (a & b) !== 0n;
  }
}

/** The bytes of the low `bits` in opposite order. */
export function foldSwap(bits: 16 | 32 | 64, value: bigint): bigint {
  let out = 0n;
  for (let at = 0n; at < bits; at += 8n) out = (out << 8n) | ((value >> at) & 0xffn);
  return out;
}
