/**
 * Integers of 128 bits as pairs of 64-bit values: how they are made, read, written and converted. SSA knows the halves
 * alone, each in memory where a little-endian machine has it (clang's TargetInfo for BPF: 16 bytes, aligned to 16).
 */
import type { Span } from "../../support/span.ts";
import type { ValueId } from "../ir/model.ts";
import { longType, ulongType } from "../sema/type-ops.ts";
import type { CType, IntType } from "../sema/types.ts";
import type { FunctionContext } from "./context.ts";
import { type Address, pointerTo, reachable, unaligned } from "./place.ts";
import { convertValue, isSigned } from "./scalars.ts";

/** A value of 128 bits. */
export interface Wide {
  readonly lo: ValueId;
  readonly hi: ValueId;
  /** The bits from this one on are known to be zero. */
  readonly bits?: 32 | 64;
  /** What the value is known to be, as an unsigned number. */
  readonly value?: bigint;
}

/** Whether values of the type are pairs. */
export const isWide = (type: CType): type is IntType => type.kind === "int" && type.size === 16;

/** Bytes of such a value in memory. */
export const wideSize = 16;

const knownBits = (value: bigint): { readonly bits?: 32 | 64 } =>
  value < 1n << 32n ? { bits: 32 } : value < 1n << 64n ? { bits: 64 } : {};

/** A constant, of which the low 128 bits count. */
export function wideConst(cx: FunctionContext, number: bigint): Wide {
  const value = BigInt.asUintN(128, number);
  return { lo: cx.b.const("i64", value), hi: cx.b.const("i64", value >> 64n), value, ...knownBits(value) };
}

/** The value whose halves these are, `bits` where those above are zero. */
export const zeroAbove = (cx: FunctionContext, lo: ValueId, bits: 32 | 64): Wide => ({
  lo,
  hi: cx.b.const("i64", 0n),
  bits,
});

/** Stands for a value that could not be made, after E0407. */
export const noWide = (cx: FunctionContext): Wide => ({
  lo: cx.b.emit({ op: "undef", ty: "i64" }),
  hi: cx.b.emit({ op: "undef", ty: "i64" }),
});

/** E0407: `what` begins the message; `help` says how to write it. */
export function refuseWide(cx: FunctionContext, what: string, help: string, span: Span | undefined = cx.b.span): void {
  cx.sink.error("E0407", span, what).help(help);
}

/** The value of a narrower scalar of type `from`: extended by its sign, pointers with zeros. */
export function widen(cx: FunctionContext, value: ValueId, from: CType): Wide {
  const { b } = cx;
  if (from.kind === "ptr" || !isSigned(from)) {
    const bits = from.kind === "ptr" || b.typeOf(value) === "i64" ? 64 : 32;
    return zeroAbove(cx, convertValue(cx, value, from, ulongType), bits);
  }
  const lo = convertValue(cx, value, from, longType);
  return { lo, hi: b.bin("ashr", lo, b.const("i64", 63n)) };
}

/** Zero where the value is zero, and only there. */
export function anyBit({ b }: FunctionContext, { lo, hi, bits }: Wide): ValueId {
  return bits === undefined ? b.bin("or", lo, hi) : lo;
}

/** The value as one of a narrower scalar type. */
export function narrowWide(cx: FunctionContext, wide: Wide, to: CType): ValueId {
  if (to.kind === "bool") return cx.b.cmp("ne", anyBit(cx, wide), cx.b.const("i64", 0n));
  return convertValue(cx, wide.lo, ulongType, to);
}

/** Where the lower half is: an access that relocates names the member once, and both halves go by its address. */
function lowerHalf(cx: FunctionContext, address: Address): Address {
  const { core, ...plain } = reachable(cx, address);
  if (!core) return plain;
  return { ...plain, base: pointerTo(cx, { ...plain, core }, cx.b.span ?? cx.fn.span), off: 0 };
}

const upperHalf = (address: Address): Address => ({ ...address, off: address.off + 8 });

/** The value at `address`, its lower half read first. */
export function loadWide(cx: FunctionContext, address: Address): Wide {
  const lower = lowerHalf(cx, address);
  const half = (at: Address): ValueId =>
    cx.b.load({
      ty: "i64",
      size: 8,
      signed: false,
      base: at.base,
      off: at.off,
      volatile: at.volatile,
      ...unaligned(at, 8),
    });
  return { lo: half(lower), hi: half(upperHalf(lower)) };
}

/** Stores a value, its lower half first. */
export function storeWide(cx: FunctionContext, address: Address, { lo, hi }: Wide): void {
  const lower = lowerHalf(cx, address);
  const half = (at: Address, value: ValueId): void =>
    cx.b.store({ size: 8, base: at.base, off: at.off, value, volatile: at.volatile, ...unaligned(at, 8) });
  half(lower, lo);
  half(upperHalf(lower), hi);
}

/** The same value, of which the optimiser knows nothing. */
export function hideWide({ b }: FunctionContext, { lo, hi }: Wide): Wide {
  const hidden = (a: ValueId): ValueId => b.emit({ op: "opaque", ty: "i64", a });
  return { lo: hidden(lo), hi: hidden(hi) };
}
