/** Comparisons that come out the same for every value, or that mix signs (clang's `AnalyzeComparison`). */
import type { Expr } from "../../syntax/ast.ts";
import { promotedType, wrapTo } from "../fold.ts";
import { commonType, isInteger, sameType, typeText } from "../type-ops.ts";
import type { CType } from "../types.ts";
import { enumOf } from "./conversions.ts";
import { bitFieldOf, isUnsigned, typeBits, type Warner } from "./facts.ts";
import { type Range, rangeOf, rangeOfType } from "./range.ts";
import { sameExpr, truthValue } from "./shapes.ts";

export type Binary = Extract<Expr, { kind: "binary" }>;

export const comparisons = new Set(["==", "!=", "<", ">", "<=", ">="]);
const swapped: Readonly<Record<string, string>> = { "<": ">", ">": "<", "<=": ">=", ">=": "<=" };

export function comparison(w: Warner, e: Binary): void {
  const [left, right] = [w.type(e.left), w.type(e.right)];
  if (!left || !right) return;
  if (!isInteger(left) || !isInteger(right)) {
    pointerComparison(w, e, left, right);
    return;
  }
  selfComparison(w, e);
  comparedEnums(w, e);
  maskedComparison(w, e);
  const type = commonType(valueType(w, e.left, left), valueType(w, e.right, right));
  const [a, b] = [w.constant(e.left), w.constant(e.right)];
  if (a !== undefined && b !== undefined) return;
  if (b !== undefined && decided(w, e, e.left, e.op, e.right, wrapTo(b, type), type)) return;
  if (a !== undefined && decided(w, e, e.right, swapped[e.op] ?? e.op, e.left, wrapTo(a, type), type)) return;
  if (typeBits(type).unsigned) mixedSigns(w, e, type, left, right);
}

const valueType = (w: Warner, e: Expr, type: CType): CType => {
  const place = w.place(e);
  return place ? promotedType({ kind: "load", place, type, span: e.span }) : type;
};

function mixedSigns(w: Warner, e: Binary, type: CType, left: CType, right: CType): void {
  const [signed, unsigned] = !isUnsigned(left) ? [e.left, e.right] : !isUnsigned(right) ? [e.right, e.left] : [];
  if (!signed || !unsigned || rangeOf(w, signed, true).unsigned) return;
  const equality = e.op === "==" || e.op === "!=";
  if (equality && rangeOf(w, unsigned, true).width < typeBits(type).bits) return;
  w.warn("sign-compare", e.opSpan, typeText(left), typeText(right), e.op);
}

/** Values that a range has after conversion to `type`: from `min` to `max`, or, wrapped around, all but a hole. */
interface Values {
  readonly min: bigint;
  readonly max: bigint;
  readonly has: (v: bigint) => boolean;
}

function valuesOf(r: Range, type: CType): Values {
  const { bits, unsigned } = typeBits(type);
  const full = unsigned
    ? { min: 0n, max: (1n << BigInt(bits)) - 1n }
    : { min: -(1n << BigInt(bits - 1)), max: (1n << BigInt(bits - 1)) - 1n };
  if (r.width >= bits && !unsigned) return { ...full, has: () => true };
  const wide = BigInt(r.width);
  const low = r.unsigned || r.width === 0 ? 0n : -(1n << (wide - 1n));
  const high = r.unsigned ? (1n << wide) - 1n : r.width === 0 ? 0n : (1n << (wide - 1n)) - 1n;
  const [min, max] = [wrapTo(low, type), wrapTo(high, type)];
  if (min <= max) return { min, max, has: (v) => v >= min && v <= max };
  return { ...full, has: (v) => v >= min || v <= max };
}

/** What `x op value` always is for an x among the values; undefined where it depends. */
function outcome(values: Values, op: string, value: bigint): boolean | undefined {
  const { min, max } = values;
  switch (op) {
    case "==":
      return !values.has(value) ? false : min === max ? true : undefined;
    case "!=":
      return !values.has(value) ? true : min === max ? false : undefined;
    case "<":
      return max < value ? true : min >= value ? false : undefined;
    case "<=":
      return max <= value ? true : min > value ? false : undefined;
    case ">":
      return min > value ? true : max <= value ? false : undefined;
    default:
      return min >= value ? true : max < value ? false : undefined;
  }
}

/** clang's `CheckTautologicalComparison`. */
function decided(w: Warner, e: Binary, other: Expr, op: string, constant: Expr, value: bigint, type: CType): boolean {
  const otherType = w.type(other)!;
  const truth = otherType.kind !== "bool" && truthValue(w, other);
  const oneBit: Range = { width: 1, unsigned: true };
  const result = outcome(valuesOf(truth ? oneBit : rangeOf(w, other, false), type), op, value);
  if (result === undefined) return false;
  const byType = valuesOf(truth ? oneBit : rangeOfType(otherType), type);
  const inRange = byType.has(value);
  if (inRange && (constant.span.via !== undefined || isEnumerator(w, constant))) return false;
  const bits = bitFieldOf(w, other);
  const zeroBits = bits && inRange && value === 0n && isUnsigned(otherType);
  const typeResult = zeroBits ? result : outcome(byType, op, value);
  const always = result ? "true" : "false";
  if (typeResult === undefined) w.warn("tautological-value-range-compare", e.opSpan, e.op, always);
  else if (inRange && (truth || otherType.kind === "bool"))
    w.warn("tautological-constant-compare", e.opSpan, value, always);
  else if (!inRange) w.warn("tautological-constant-out-of-range-compare", e.opSpan, value, typeText(otherType), always);
  else if (value === 0n && isUnsigned(otherType)) {
    const name =
      otherType.kind === "enum" ? "tautological-unsigned-enum-zero-compare" : "tautological-unsigned-zero-compare";
    w.warn(name, e.opSpan, typeText(otherType), e.op, always);
  } else w.warn("tautological-type-limit-compare", e.opSpan, value, typeText(otherType), always);
  return true;
}

const isEnumerator = (w: Warner, e: Expr): boolean => e.kind === "name" && enumOf(w, e) !== undefined;

function selfComparison(w: Warner, e: Binary): void {
  if (e.span.via || e.opSpan.via || !sameExpr(w, e.left, e.right)) return;
  if (w.constant(e.left) !== undefined) return;
  const always = e.op === "==" || e.op === "<=" || e.op === ">=";
  w.warn("tautological-compare", e.opSpan, e.op, always ? "true" : "false");
}

/** `(x & 3) == 4` and `(x | 4) == 0`: bits that a mask took, or put there. */
function maskedComparison(w: Warner, e: Binary): void {
  if ((e.op !== "==" && e.op !== "!=") || e.opSpan.via) return;
  const value = w.constant(e.right) ?? w.constant(e.left);
  const masked = w.constant(e.right) !== undefined ? e.left : e.right;
  if (value === undefined || masked.kind !== "binary" || (masked.op !== "&" && masked.op !== "|")) return;
  const literal = masked === e.left ? e.right : e.left;
  const type = w.type(masked);
  if (!type || !sameType(type, w.type(literal)!) || isUnsigned(type)) return;
  const mask = w.constant(masked.right) ?? w.constant(masked.left);
  if (mask === undefined || (masked.op === "&" ? (mask & value) === value : (mask | value) === value)) return;
  w.warn("tautological-bitwise-compare", e.opSpan, e.op === "==" ? "false" : "true");
}

function comparedEnums(w: Warner, e: Binary): void {
  const [a, b] = [enumOf(w, e.left), enumOf(w, e.right)];
  if (!a || !b || sameType(a, b) || a.decl.tag === "" || b.decl.tag === "") return;
  w.warn("enum-compare", e.opSpan, typeText(a), typeText(b));
}

// ---- pointers ----

function pointerComparison(w: Warner, e: Binary, left: CType, right: CType): void {
  const [nullLeft, nullRight] = [isNullPointer(w, e.left), isNullPointer(w, e.right)];
  if ((e.left.kind === "string" && !nullRight) || (e.right.kind === "string" && !nullLeft)) {
    w.warn("string-compare", e.opSpan);
    return;
  }
  const name = nullRight ? objectName(w, e.left) : nullLeft ? objectName(w, e.right) : undefined;
  if (name !== undefined && (e.op === "==" || e.op === "!="))
    w.warn("tautological-pointer-compare", (nullRight ? e.left : e.right).span, name, e.op === "==" ? "false" : "true");
  else if (left.kind === "ptr" && right.kind === "ptr" && !nullLeft && !nullRight)
    distinctPointers(w, e, left.to, right.to);
  selfComparison(w, e);
}

function distinctPointers(w: Warner, e: Binary, a: CType, b: CType): void {
  const equality = e.op === "==" || e.op === "!=";
  if ((equality && (a.kind === "void" || b.kind === "void")) || sameType(a, b)) return;
  w.warn("compare-distinct-pointer-types", e.opSpan, typeText(w.type(e.left)!), typeText(w.type(e.right)!));
}

function isNullPointer(w: Warner, e: Expr): boolean {
  const value = w.value(e);
  return value?.kind === "const" && value.value === 0n;
}

/** The array, function or variable whose address an expression is: it is never null. */
export function objectName(w: Warner, e: Expr): string | undefined {
  if (e.kind === "unary" && e.op === "&") return e.operand.kind === "name" ? strongName(w, e.operand.name) : undefined;
  const isObject = w.operand(e)?.kind === "function" || w.place(e)?.type.kind === "array";
  if (!isObject) return undefined;
  return e.kind === "name" ? strongName(w, e.name) : e.kind === "member" ? e.name.name : undefined;
}

/** A weak symbol may be missing, and then its address is null. */
function strongName({ cx }: Warner, name: string): string | undefined {
  const entity = cx.fileScope.find(name);
  const weak =
    (entity?.kind === "function" && entity.fn.weak) ||
    (entity?.kind === "extern" && entity.extern.weak) ||
    (entity?.kind === "global" && entity.global.weak);
  return weak ? undefined : name;
}
