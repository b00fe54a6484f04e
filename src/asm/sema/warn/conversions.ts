/** Conversions that nobody wrote: bits that get lost, signs that change, enumerations that mix. */
import type { Expr } from "../../syntax/ast.ts";
import { isInteger, sameType, typeText } from "../type-ops.ts";
import type { CType, EnumType } from "../types.ts";
import { bitFieldOf, isUnsigned, typeBits, type Warner } from "./facts.ts";
import { rangeOf, rangeOfType } from "./range.ts";

/** `e` becomes a value of `target` without a cast (clang's `CheckImplicitConversion`). */
export function converted(w: Warner, e: Expr, target: CType): void {
  if (e.kind === "cond") {
    if (w.constant(e.cond) === undefined) arms(w, e, target);
    return;
  }
  if (e.kind === "binary" && e.op === ",") {
    converted(w, e.right, target);
    return;
  }
  const source = w.type(e);
  if (!source || sameType(source, target) || !isInteger(source) || !isInteger(target) || target.kind === "bool") return;
  if (!losesBits(w, e, source, target)) {
    changesSign(w, e, source, target);
    mixesEnums(w, e, target);
  }
}

function arms(w: Warner, e: Extract<Expr, { kind: "cond" }>, target: CType): void {
  if (e.then) converted(w, e.then, target);
  converted(w, e.else, target);
}

function losesBits(w: Warner, e: Expr, source: CType, target: CType): boolean {
  const likely = rangeOf(w, e, true);
  const room = rangeOfType(target);
  const value = w.constant(e);
  const flips = likely.width === room.width && !room.unsigned && likely.unsigned && !isUnsigned(source);
  if (likely.width <= room.width && !(flips && value !== undefined)) return false;
  const texts = [typeText(source), typeText(target)] as const;
  if (value !== undefined) {
    const kept = room.unsigned ? BigInt.asUintN(room.width, value) : BigInt.asIntN(room.width, value);
    w.warn("constant-conversion", e.span, value, kept, texts[1]);
  } else if (room.width === 32 && typeBits(source).bits === 64) w.warn("shorten-64-to-32", e.span, ...texts);
  else w.warn("implicit-int-conversion", e.span, ...texts);
  return true;
}

function changesSign(w: Warner, e: Expr, source: CType, target: CType): void {
  const likely = rangeOf(w, e, true);
  const room = rangeOfType(target);
  const changes =
    (room.unsigned && !likely.unsigned) || (!room.unsigned && likely.unsigned && likely.width === room.width);
  if (!changes || isUnsigned(source) === room.unsigned) return;
  w.warn("sign-conversion", e.span, typeText(source), typeText(target));
}

/** The enumeration that a value comes from: an enumerator's own in C as well. */
export function enumOf(w: Warner, e: Expr): EnumType | undefined {
  const type = w.type(e);
  if (type?.kind === "enum") return type;
  const decl = e.kind === "name" && w.constant(e) !== undefined ? w.cx.enumerators.get(e.name) : undefined;
  return decl && { kind: "enum", decl };
}

function mixesEnums(w: Warner, e: Expr, target: CType): void {
  const from = target.kind === "enum" ? enumOf(w, e) : undefined;
  if (!from || target.kind !== "enum" || sameType(from, target) || from.decl.tag === "" || target.decl.tag === "")
    return;
  w.warn("enum-conversion", e.span, typeText(from), typeText(target));
}

/** A value stored in a bit-field; true where nothing else need be said of it. */
export function storedInBits(w: Warner, to: Expr, e: Expr): boolean {
  const bits = bitFieldOf(w, to);
  return bits !== undefined && constantInBits(w, e, bits.bitSize, bits.signed);
}

export function constantInBits(w: Warner, e: Expr, size: number, signed: boolean): boolean {
  const value = w.constant(e);
  if (value === undefined || (size === 1 && value === 1n)) return false;
  if (value < 0n && e.kind === "unary" && rangeOf(w, e, true).width <= size) return false;
  const kept = signed ? BigInt.asIntN(size, value) : BigInt.asUintN(size, value);
  if (kept === value) return false;
  w.warn("bitfield-constant-conversion", e.span, value, kept, size);
  return true;
}
