/** How many bits the value of an expression may take, in the way of clang's `GetExprRange` (SemaChecking.cpp). */
import type { Expr } from "../../syntax/ast.ts";
import { isInteger } from "../type-ops.ts";
import type { CType } from "../types.ts";
import { bitFieldOf, typeBits, type Warner } from "./facts.ts";

export interface Range {
  /** With the sign's bit where values may be negative. */
  readonly width: number;
  readonly unsigned: boolean;
}

export const rangeOfType = (type: CType): Range => {
  const { bits, unsigned } = typeBits(type);
  return { width: bits, unsigned };
};

const truth: Range = { width: 1, unsigned: true };
const valueBits = (r: Range): number => (r.unsigned ? r.width : r.width - 1);

export function rangeOfValue(value: bigint): Range {
  const length = (v: bigint): number => (v === 0n ? 0 : v.toString(2).length);
  return value < 0n ? { width: length(-value - 1n) + 1, unsigned: false } : { width: length(value), unsigned: true };
}

const join = (l: Range, r: Range): Range => {
  const unsigned = l.unsigned && r.unsigned;
  return { width: Math.max(valueBits(l), valueBits(r)) + (unsigned ? 0 : 1), unsigned };
};

function and(l: Range, r: Range): Range {
  let width = Math.max(l.width, r.width);
  if (l.unsigned) width = Math.min(width, l.width);
  if (r.unsigned) width = Math.min(width, r.width);
  return { width, unsigned: l.unsigned || r.unsigned };
}

type Combine = (l: Range, r: Range) => Range;

const sum: Combine = (l, r) => {
  const unsigned = l.unsigned && r.unsigned;
  return { width: Math.max(valueBits(l), valueBits(r)) + 1 + (unsigned ? 0 : 1), unsigned };
};
const difference: Combine = (l, r) => {
  const widens = !l.unsigned || !r.unsigned;
  const unsigned = l.unsigned && r.width === 0;
  return { width: Math.max(valueBits(l), valueBits(r)) + (widens ? 1 : 0) + (unsigned ? 0 : 1), unsigned };
};
const product: Combine = (l, r) => {
  const widens = !l.unsigned && !r.unsigned;
  const unsigned = l.unsigned && r.unsigned;
  return { width: valueBits(l) + valueBits(r) + (widens ? 1 : 0) + (unsigned ? 0 : 1), unsigned };
};
const remainder: Combine = (l, r) => ({
  width: Math.min(valueBits(l), valueBits(r)) + (l.unsigned ? 0 : 1),
  unsigned: l.unsigned,
});

const exact: Readonly<Record<string, Combine>> = { "+": sum, "-": difference, "*": product };

/** `likely`: sums and products are taken to fit the wider of their operands, which conversions are judged by. */
export function rangeOf(w: Warner, e: Expr, likely: boolean): Range {
  const value = w.constant(e);
  if (value !== undefined) return rangeOfValue(value);
  const type = w.type(e);
  if (!type || !isInteger(type)) return { width: 64, unsigned: true };
  switch (e.kind) {
    case "cond":
      return join(rangeOf(w, e.then ?? e.cond, likely), rangeOf(w, e.else, likely));
    case "binary":
      return binaryRange(w, e, type, likely);
    case "assign":
      return e.op === "=" ? within(rangeOf(w, e.value, likely), type) : rangeOfType(type);
    case "unary":
      if (e.op === "!") return truth;
      return e.op === "*" ? placeRange(w, e, type) : within(rangeOf(w, e.operand, likely), type);
    case "cast":
      return isInteger(w.type(e.operand) ?? type) ? within(rangeOf(w, e.operand, likely), type) : rangeOfType(type);
    case "stmt_expr":
      return rangeOfType(type);
    default:
      return placeRange(w, e, type);
  }
}

function placeRange(w: Warner, e: Expr, type: CType): Range {
  const bits = bitFieldOf(w, e);
  return bits ? { width: bits.bitSize, unsigned: !bits.signed } : rangeOfType(type);
}

/** A value converted to an integer type. */
function within(r: Range, type: CType): Range {
  const whole = rangeOfType(type);
  return r.width >= whole.width ? whole : { width: r.width, unsigned: r.unsigned || whole.unsigned };
}

/** An operand in the type that the operation works in. */
const operandRange = (w: Warner, e: Expr, type: CType, likely: boolean): Range => within(rangeOf(w, e, likely), type);

const comparing = new Set(["==", "!=", "<", ">", "<=", ">=", "&&", "||"]);

function binaryRange(w: Warner, e: Extract<Expr, { kind: "binary" }>, type: CType, likely: boolean): Range {
  if (comparing.has(e.op)) return truth;
  if (e.op === ",") return rangeOf(w, e.right, likely);
  if (e.op === "<<") {
    const whole = rangeOfType(type);
    return w.constant(e.left) === 1n ? { width: whole.width, unsigned: true } : whole;
  }
  const left = operandRange(w, e.left, type, likely);
  if (e.op === ">>") return shifted(left, w.constant(e.right));
  if (e.op === "/") return quotient(w, e, left, type, likely);
  const right = operandRange(w, e.right, type, likely);
  if (e.op === "&") return and(left, right);
  const combine = e.op === "%" ? remainder : likely ? join : (exact[e.op] ?? join);
  const made = combine(left, right);
  const whole = rangeOfType(type);
  return { width: Math.min(made.width, whole.width), unsigned: made.unsigned || whole.unsigned };
}

function shifted(left: Range, by: bigint | undefined): Range {
  if (by === undefined || by < 0n) return left;
  if (by >= BigInt(left.width)) return { width: left.unsigned ? 0 : 1, unsigned: left.unsigned };
  return { width: left.width - Number(by), unsigned: left.unsigned };
}

function quotient(w: Warner, e: Extract<Expr, { kind: "binary" }>, left: Range, type: CType, likely: boolean): Range {
  const by = w.constant(e.right);
  if (by !== undefined && by > 0n)
    return { width: Math.max(0, left.width - (by.toString(2).length - 1)), unsigned: left.unsigned };
  const right = operandRange(w, e.right, type, likely);
  return { width: left.width, unsigned: left.unsigned && right.unsigned };
}
