/** Counting bits without an instruction for it (Warren, Hacker's Delight, chapter 5). */
import type { IrBuilder } from "../ir/builder.ts";
import { bitsOf } from "../ir/inst.ts";
import type { BinOp, ValueId } from "../ir/model.ts";

const pattern = {
  pairs: 0x5555_5555_5555_5555n,
  nibbles: 0x3333_3333_3333_3333n,
  bytes: 0x0f0f_0f0f_0f0f_0f0fn,
} as const;
const ones = 0x0101_0101_0101_0101n;

const withConst = (b: IrBuilder, fn: BinOp, value: ValueId, constant: bigint): ValueId =>
  b.bin(fn, value, b.const(b.typeOf(value), constant));

/** The number of ones in `value`, in its own width. */
export function countBits(b: IrBuilder, value: ValueId): ValueId {
  const pairs = b.bin("sub", value, withConst(b, "and", withConst(b, "lshr", value, 1n), pattern.pairs));
  const low = withConst(b, "and", pairs, pattern.nibbles);
  const high = withConst(b, "and", withConst(b, "lshr", pairs, 2n), pattern.nibbles);
  const nibbles = b.bin("add", low, high);
  const bytes = withConst(b, "and", b.bin("add", nibbles, withConst(b, "lshr", nibbles, 4n)), pattern.bytes);
  const total = withConst(b, "mul", bytes, ones);
  return withConst(b, "lshr", total, BigInt(bitsOf(b.typeOf(value)) - 8));
}

/** Zeros below the lowest one; the width where there is none. */
export function trailingZeros(b: IrBuilder, value: ValueId): ValueId {
  const ty = b.typeOf(value);
  const below = b.bin("and", b.bin("xor", value, b.const(ty, -1n)), b.bin("sub", value, b.const(ty, 1n)));
  return countBits(b, below);
}

/** Zeros above the highest one; the width where there is none. */
export function leadingZeros(b: IrBuilder, value: ValueId): ValueId {
  const ty = b.typeOf(value);
  let filled = value;
  for (let by = 1; by < bitsOf(ty); by *= 2) filled = b.bin("or", filled, withConst(b, "lshr", filled, BigInt(by)));
  return countBits(b, b.bin("xor", filled, b.const(ty, -1n)));
}

/** The lowest bit of the number of ones. */
export const onesModulo2 = (b: IrBuilder, value: ValueId): ValueId => withConst(b, "and", countBits(b, value), 1n);

/** The place of the lowest one, counted from 1; 0 where there is none. */
export function lowestOne(b: IrBuilder, value: ValueId): ValueId {
  const ty = b.typeOf(value);
  const either = b.bin("or", value, b.bin("sub", b.const(ty, 0n), value));
  const mask = withConst(b, "ashr", either, BigInt(bitsOf(ty) - 1)); // all ones, unless `value` is 0
  return b.bin("and", withConst(b, "add", trailingZeros(b, value), 1n), mask);
}

/** The bits below the sign that are copies of it. */
export function signCopies(b: IrBuilder, value: ValueId): ValueId {
  const sign = withConst(b, "ashr", value, BigInt(bitsOf(b.typeOf(value)) - 1));
  return withConst(b, "sub", leadingZeros(b, b.bin("xor", value, sign)), 1n);
}
