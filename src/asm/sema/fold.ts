/** Makers of typed expressions that compute what is constant at once. C's integer arithmetic, wrapped to the type. */
import { wrap } from "../../support/int.ts";
import type { Span } from "../../support/span.ts";
import { convertFloat, isFloat } from "./floats.ts";
import type { ArithOp, BitField, CompareOp, TExpr } from "./tree.ts";
import { integerShape, intType, isInteger, promote, uintType } from "./type-ops.ts";
import type { CType } from "./types.ts";

/** A constant of a scalar type, wrapped to it. */
export function constant(value: bigint, type: CType, span: Span): TExpr {
  return { kind: "const", value: wrapTo(value, type), type, span };
}

/** What a scalar type makes of a number. Pointers are unsigned 64-bit numbers. */
export function wrapTo(value: bigint, type: CType): bigint {
  if (type.kind === "bool") return value === 0n ? 0n : 1n;
  if (type.kind === "ptr") return BigInt.asUintN(64, value);
  const shape = integerShape(type);
  return wrap(value, shape.size * 8, shape.signed);
}

const bitsOf = (type: CType): number => (type.kind === "ptr" ? 64 : integerShape(type).size * 8);

/** Undefined where C leaves it undefined: such an operation stays in the code. */
function compute(op: ArithOp, a: bigint, b: bigint, type: CType): bigint | undefined {
  switch (op) {
    case "add":
      return a + b;
    case "sub":
      return a - b;
    case "mul":
      return a * b;
    case "div":
      return b === 0n ? undefined : a / b;
    case "mod":
      return b === 0n ? undefined : a % b;
    case "and":
      return a & b;
    case "or":
      return a | b;
    case "xor":
      return a ^ b;
    case "shl":
      return b < 0n || b >= bitsOf(type) ? undefined : a << b;
    case "shr":
      return b < 0n || b >= bitsOf(type) ? undefined : a >> b;
  }
}

export function arith(op: ArithOp, left: TExpr, right: TExpr, type: CType, span: Span): TExpr {
  if (left.kind === "const" && right.kind === "const") {
    const value = compute(op, left.value, right.value, type);
    if (value !== undefined) return constant(value, type, span);
  }
  return { kind: "arith", op, left, right, type, span };
}

/** What each comparison says of two constants. */
export const compares: Readonly<Record<CompareOp, <T extends bigint | number>(a: T, b: T) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
};

export function compare(op: CompareOp, left: TExpr, right: TExpr, span: Span): TExpr {
  if (left.kind === "const" && right.kind === "const")
    return constant(compares[op](left.value, right.value) ? 1n : 0n, intType, span);
  return { kind: "compare", op, left, right, type: intType, span };
}

export function unary(op: "neg" | "not" | "lnot", operand: TExpr, type: CType, span: Span): TExpr {
  if (operand.kind === "const") {
    const v = operand.value;
    return constant(op === "neg" ? -v : op === "not" ? ~v : v === 0n ? 1n : 0n, type, span);
  }
  return { kind: "unary", op, operand, type, span };
}

export function logical(op: "and" | "or", left: TExpr, right: TExpr, span: Span): TExpr {
  if (left.kind === "const") {
    const decided = (left.value !== 0n) === (op === "or");
    if (decided) return constant(op === "or" ? 1n : 0n, intType, span);
    if (right.kind === "const") return constant(right.value !== 0n ? 1n : 0n, intType, span);
  }
  return { kind: "logical", op, left, right, type: intType, span };
}

/** The bit-field whose value this is: it was read or written just now, and not yet converted to any type. */
function bitFieldBehind(e: TExpr): BitField | undefined {
  if (e.kind === "comma") return bitFieldBehind(e.right);
  const whole = e.kind === "load" || e.kind === "assign" || (e.kind === "update" && !e.old);
  return whole && e.place.kind === "field" ? e.place.bits : undefined;
}

/** The promoted type of a value; narrow bit-fields are ints whatever their declared type (C11 6.3.1.1). */
export function promotedType(e: TExpr): CType {
  const bits = isInteger(e.type) ? bitFieldBehind(e) : undefined;
  if (bits && bits.bitSize <= 32) return bits.bitSize < 32 || bits.signed ? intType : uintType;
  return promote(e.type);
}

/** A scalar converted to another type, or anything to void; nothing where its type is that one, by promotion too. */
export function convert(operand: TExpr, type: CType, span: Span = operand.span): TExpr {
  if (operand.kind === "const" && (isFloat(operand.type) || isFloat(type))) {
    const known = convertFloat(operand, type, span);
    if (known) return known;
  } else if (operand.kind === "const" && type.kind !== "void") return constant(operand.value, type, span);
  if (operand.type === type && (!bitFieldBehind(operand) || promotedType(operand) === promote(type))) return operand;
  return { kind: "convert", operand, type, span };
}
