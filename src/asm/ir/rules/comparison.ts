/** Comparisons, as values and as the condition of a branch. */
import { foldCmp, foldSwap } from "../evaluate.ts";
import { bitsOf, type InstOf, inverse, mirror } from "../inst.ts";
import { mayCheckBefore } from "../kernel-rules.ts";
import { greatest, isNonNegative, maskOf } from "../known-bits.ts";
import type { CmpOp, Inst, IrType, ValueId } from "../model.ts";
import type { RuleContext } from "./rule.ts";

export interface Comparison {
  readonly fn: CmpOp;
  readonly a: ValueId;
  readonly b: ValueId;
}
/** A better comparison (`not`: of which the opposite holds), or the answer. */
export type Verdict = (Comparison & { readonly not?: true }) | boolean | undefined;

const signedToUnsigned: Readonly<Partial<Record<CmpOp, CmpOp>>> = { slt: "ult", sle: "ule", sgt: "ugt", sge: "uge" };
const holdsForEqual: ReadonlySet<CmpOp> = new Set(["eq", "ule", "uge", "sle", "sge"]);

/** One step of improvement. `not` is given only where `asBranch`: values have no inverse of every comparison. */
export function improve(cmp: Comparison, cx: RuleContext, asBranch: boolean): Verdict {
  const { fn, a, b } = cmp;
  const ty = cx.type(a);
  const [x, y] = [cx.constant(a), cx.constant(b)];
  if (x !== undefined && y !== undefined) return foldCmp(fn, bitsOf(ty), x, y);
  if (x !== undefined) return { fn: mirror(fn), a: b, b: a };
  if (a === b && fn !== "set") return holdsForEqual.has(fn);
  if (y === undefined) return ofValues(cmp, cx);
  return ty === "ptr" ? ofPointer(cmp, y, cx) : ofConstant(cmp, y, ty, cx, asBranch);
}

/** Extended on both sides: compared before. */
function ofValues({ fn, a, b }: Comparison, cx: RuleContext): Verdict {
  const [left, right] = [cx.def(a), cx.def(b)];
  if (left.op === "cast" && right.op === "cast" && left.ty === "i64" && right.ty === "i64" && fn in pointerOrder)
    return { fn, a: left.a, b: right.a };
  if (fn === "eq" || fn === "ne") {
    const narrow = bothNarrow(left, right, cx);
    if (narrow) return { fn, ...narrow };
  }
  const [x, y] = [lowHalf(a, cx), lowHalf(b, cx)];
  if (!x || !y || left.op !== right.op) return undefined;
  if (left.op === "zext") return { fn: signedToUnsigned[fn] ?? fn, a: x(), b: y() };
  return fn === "set" ? undefined : { fn, a: x(), b: y() };
}

/** 8 or 16 bits on both sides, extended alike: equal if they were before. */
function bothNarrow(left: Inst, right: Inst, cx: RuleContext): { a: ValueId; b: ValueId } | undefined {
  if (left.op !== "sext" || right.op !== "sext" || left.from !== right.from || left.from === 32) return undefined;
  const [a, b] = [left.a, right.a];
  const fits = (value: ValueId): boolean => greatest(cx.bits(value), cx.type(value)) >> BigInt(left.from) === 0n;
  return cx.type(a) === cx.type(b) && fits(a) && fits(b) ? { a, b } : undefined;
}

const pointerOrder: Readonly<Partial<Record<CmpOp, true>>> = {
  eq: true,
  ne: true,
  ult: true,
  ule: true,
  ugt: true,
  uge: true,
};

/** Makes the 32 bits that `value` was extended from; undefined where it was not, from a pointer's, or others read it. */
function lowHalf(value: ValueId, cx: RuleContext): (() => ValueId) | undefined {
  const def = cx.def(value);
  if ((def.op !== "zext" && def.op !== "sext") || def.from !== 32 || !mayCheckBefore(cx.once(value))) return undefined;
  if (cx.type(def.a) === "i32") return () => def.a;
  return cx.def(def.a).op === "cast" ? undefined : () => cx.emit({ op: "trunc", ty: "i32", a: def.a });
}

/**
 * The address of an object is never null; of an extern it may be. Nor is one that lies a little before or behind what a
 * pointer points to: C leaves no pointer that is moved to null.
 */
function ofPointer({ fn, a }: Comparison, y: bigint, cx: RuleContext): Verdict {
  const def = cx.def(a);
  const known = def.op === "slot" || (def.op === "addr" && def.symbol.kind !== "extern") || isMoved(def, cx);
  return known && y === 0n && (fn === "eq" || fn === "ne") ? fn === "ne" : undefined;
}

const maxMove = 0x8000n;

function isMoved(def: Inst, cx: RuleContext): boolean {
  if (def.op !== "bin" || def.ty !== "ptr" || def.fn !== "add") return false;
  const by = BigInt.asIntN(64, cx.constant(def.b) ?? 0n);
  if (by === 0n || by <= -maxMove || by >= maxMove || cx.type(def.a) !== "ptr") return false;
  const base = cx.def(def.a);
  return base.op !== "cast" || (by > 0n && cannotWrap(base.a, cx));
}

/** A number that was made a pointer, and is less than half of what there is: what lies behind it is not 0. */
const cannotWrap = (value: ValueId, cx: RuleContext): boolean =>
  cx.type(value) === "i64" && isNonNegative(cx.bits(value), "i64");

function ofConstant(cmp: Comparison, y: bigint, ty: IrType, cx: RuleContext, asBranch: boolean): Verdict {
  return (
    byBits(cmp, y, ty, cx) ??
    unshifted(cmp, y, ty, cx) ??
    canonical(cmp, y, ty, cx) ??
    throughExtension(cmp, y, cx) ??
    equality(cmp, y, ty, cx, asBranch)
  );
}

/** Decided, or made unsigned, by the bits that are certain. */
function byBits({ fn, a, b }: Comparison, y: bigint, ty: IrType, cx: RuleContext): Verdict {
  const known = cx.bits(a);
  const most = greatest(known, ty);
  const least = known.ones;
  if (fn === "eq" || fn === "ne") {
    const impossible = (y & known.zeros) !== 0n || (known.ones & ~y) !== 0n;
    return impossible ? fn === "ne" : undefined;
  }
  if (fn === "set") {
    if ((y & known.ones) !== 0n || (y & most) === 0n) return (y & most) !== 0n;
    return (most & ~y) === 0n ? { fn: "ne", a, b: cx.number(ty, 0n) } : undefined;
  }
  const sign = 1n << BigInt(bitsOf(ty) - 1);
  const unsigned = signedToUnsigned[fn];
  if (unsigned) {
    if (most >= sign) return undefined;
    if (y < sign) return { fn: unsigned, a, b };
    return fn === "sgt" || fn === "sge";
  }
  const all = foldCmp(fn, 64, least, y) && foldCmp(fn, 64, most, y);
  if (all) return true;
  const none = !foldCmp(fn, 64, least, y) && !foldCmp(fn, 64, most, y);
  return none ? false : undefined;
}

/** Bits of a shifted value are asked for where they were before. */
function unshifted({ fn, a }: Comparison, y: bigint, ty: IrType, cx: RuleContext): Verdict {
  const shifted = cx.def(a);
  if (fn !== "set" || shifted.op !== "bin" || shifted.fn !== "lshr" || shifted.ty !== ty || !cx.once(a))
    return undefined;
  const by = cx.constant(shifted.b);
  if (by === undefined || by >= BigInt(bitsOf(ty))) return undefined;
  const mask = (y << by) & maskOf(ty);
  return ty === "i32" || mask <= maxImmediate ? { fn, a: shifted.a, b: cx.number(ty, mask) } : undefined;
}

/** The greatest mask that a 64-bit test takes as its immediate. */
const maxImmediate = 0x7fff_ffffn;

/** One form for each order: strict, and equality where only one value is left. */
function canonical({ fn, a, b }: Comparison, y: bigint, ty: IrType, cx: RuleContext): Verdict {
  const full = maskOf(ty);
  const sign = 1n << BigInt(bitsOf(ty) - 1);
  const at = (other: CmpOp, value: bigint): Verdict => ({ fn: other, a, b: cx.number(ty, value & full) });
  switch (fn) {
    case "ule":
      return y === full ? true : at("ult", y + 1n);
    case "uge":
      return y === 0n ? true : at("ugt", y - 1n);
    case "sle":
      return y === sign - 1n ? true : at("slt", y + 1n);
    case "sge":
      return y === sign ? true : at("sgt", y - 1n);
    case "ult":
      return y === 0n ? false : y === 1n ? at("eq", 0n) : undefined;
    case "ugt":
      return y === full ? false : y === 0n ? { fn: "ne", a, b } : undefined;
    default:
      return undefined;
  }
}

/** A value extended from 32 bits against a constant that 32 bits hold. */
function throughExtension({ fn, a }: Comparison, y: bigint, cx: RuleContext): Verdict {
  const low = lowHalf(a, cx);
  if (!low) return undefined;
  const constant = (): ValueId => cx.number("i32", y & 0xffff_ffffn);
  if (cx.def(a).op === "zext")
    return y <= 0xffff_ffffn ? { fn: signedToUnsigned[fn] ?? fn, a: low(), b: constant() } : undefined;
  const fits = BigInt.asUintN(64, BigInt.asIntN(32, y)) === y;
  return fits && fn !== "set" ? { fn, a: low(), b: constant() } : undefined;
}

function equality(cmp: Comparison, y: bigint, ty: IrType, cx: RuleContext, asBranch: boolean): Verdict {
  const { fn, a, b } = cmp;
  if (fn !== "eq" && fn !== "ne") return undefined;
  const def = cx.def(a);
  switch (def.op) {
    case "cmp": {
      if (y !== 0n) return y === 1n ? { fn: fn === "eq" ? "ne" : "eq", a, b: cx.number(ty, 0n) } : undefined;
      if (fn === "ne") return { fn: def.fn, a: def.a, b: def.b };
      const not = inverse(def.fn);
      if (not) return { fn: not, a: def.a, b: def.b };
      return asBranch ? { fn: def.fn, a: def.a, b: def.b, not: true } : undefined;
    }
    case "cast":
      return def.ty === "i64" ? { fn, a: def.a, b: cx.number("ptr", y) } : undefined;
    case "bswap":
      if (!cx.once(a)) return undefined;
      return swapped(cmp, def, y, cx);
    case "neg":
      return y === 0n && cx.once(a) ? { fn, a: def.a, b } : undefined;
    case "sext":
      return narrowEquality(cmp, def, y, ty, cx);
    case "bin":
      break;
    default:
      return undefined;
  }
  const c = cx.constant(def.b);
  if (def.fn === "and" && y === 0n) {
    if (fn === "ne") return { fn: "set", a: def.a, b: def.b };
    return asBranch ? { fn: "set", a: def.a, b: def.b, not: true } : undefined;
  }
  // (x & c) == c for one bit.
  if (def.fn === "and" && c === y && (y & (y - 1n)) === 0n)
    return { fn: fn === "eq" ? "ne" : "eq", a, b: cx.number(ty, 0n) };
  if (!cx.once(a)) return undefined;
  if (def.fn === "and" && c !== undefined) return fieldInPlace(cmp, def, c, y, cx);
  if (y === 0n && (def.fn === "xor" || def.fn === "sub")) {
    const pointers = cx.type(def.a) === "ptr" && cx.type(def.b) === "ptr";
    return pointers || cx.type(def.a) === cx.type(def.b) ? { fn, a: def.a, b: def.b } : undefined;
  }
  if (c === undefined || cx.type(def.a) !== ty) return undefined;
  if (def.fn === "add") return { fn, a: def.a, b: cx.number(ty, BigInt.asUintN(bitsOf(ty), y - c)) };
  return def.fn === "xor" ? { fn, a: def.a, b: cx.number(ty, y ^ c) } : undefined;
}

/** ((x >> n) & mask) == y: the field is compared where it lies. */
function fieldInPlace({ fn }: Comparison, def: InstOf<"bin">, mask: bigint, y: bigint, cx: RuleContext): Verdict {
  const shifted = cx.def(def.a);
  const { ty } = def;
  if (shifted.op !== "bin" || shifted.fn !== "lshr" || shifted.ty !== ty || !cx.once(def.a)) return undefined;
  const by = cx.constant(shifted.b);
  const full = ty === "i32" ? maskOf(ty) : maxImmediate;
  if (by === undefined || by >= BigInt(bitsOf(ty)) || mask << by > full || y << by > full) return undefined;
  const field = cx.emit({ op: "bin", ty, fn: "and", a: shifted.a, b: cx.number(ty, mask << by) });
  return { fn, a: field, b: cx.number(ty, y << by) };
}

/** 8 or 16 bits that were extended with their sign, where nobody else reads that: compared as they were. */
function narrowEquality(
  { fn, a }: Comparison,
  def: InstOf<"sext" | "zext">,
  y: bigint,
  ty: IrType,
  cx: RuleContext,
): Verdict {
  const fits = greatest(cx.bits(def.a), ty) >> BigInt(def.from) === 0n;
  if (def.from === 32 || !cx.once(a) || cx.type(def.a) !== ty || !fits) return undefined;
  if (BigInt.asUintN(bitsOf(ty), BigInt.asIntN(def.from, y)) !== y) return fn === "ne";
  return { fn, a: def.a, b: cx.number(ty, BigInt.asUintN(def.from, y)) };
}

/** Byte order does not matter for equality: the constant is swapped instead, at no cost. */
function swapped(
  { fn }: Comparison,
  def: { readonly bits: 16 | 32 | 64; readonly a: ValueId },
  y: bigint,
  cx: RuleContext,
): Verdict {
  const type = cx.type(def.a);
  const fits = def.bits === bitsOf(type) || greatest(cx.bits(def.a), type) >> BigInt(def.bits) === 0n;
  return fits ? { fn, a: def.a, b: cx.number(type, foldSwap(def.bits, y)) } : undefined;
}
