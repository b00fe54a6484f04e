/**
 * Floating constants. BPF has no floating point, but what C computes of constants alone, such as `10E9` where an integer
 * is wanted, is a constant like any other. A floating constant is a `const` whose value is the bits of its double.
 */

import type { Span } from "../../support/span.ts";
import { compares } from "./fold.ts";
import type { ArithOp, CompareOp, TExpr } from "./tree.ts";
import { floatTypes } from "./type-ops.ts";
import type { CType } from "./types.ts";

const view = new DataView(new ArrayBuffer(8));

export const isFloat = (type: CType): boolean => type.kind === "float";

/** A constant of a floating type, rounded to it. */
export function floatConstant(value: number, type: CType, span: Span): TExpr {
  view.setFloat64(0, type.kind === "float" && type.size === 4 ? Math.fround(value) : value);
  return { kind: "const", value: view.getBigUint64(0), type, span };
}

/** The number that a constant of an arithmetic type stands for. */
function numberOf(e: Extract<TExpr, { kind: "const" }>): number {
  if (!isFloat(e.type)) return Number(e.value);
  view.setBigUint64(0, e.value);
  return view.getFloat64(0);
}

/** The constant that a floating literal spells. */
export function floatLiteral(text: string, span: Span): TExpr {
  const last = text.at(-1)!.toLowerCase();
  const hex = /^0x/i.test(text);
  const name = last === "f" && (!hex || /p/i.test(text)) ? "float" : last === "l" ? "long double" : "double";
  const digits = name === "double" ? text : text.slice(0, -1);
  return floatConstant(hex ? hexValue(digits) : Number.parseFloat(digits), floatTypes[name]!, span);
}

/** `0x1.8p3`: digits of base 16 with a point, and a power of two. */
function hexValue(text: string): number {
  const [, whole = "", part = "", power = "0"] =
    /^0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)$/.exec(text) ?? [];
  return Number(BigInt(`0x${whole}${part}`)) * 2 ** (Number(power) - 4 * part.length);
}

/** A constant converted from or to a floating type; undefined where that has no value in C or is no arithmetic type. */
export function convertFloat(e: TExpr, type: CType, span: Span): TExpr | undefined {
  if (e.kind !== "const") return undefined;
  const value = numberOf(e);
  if (isFloat(type)) return floatConstant(value, type, span);
  if (type.kind === "bool") return { kind: "const", value: value === 0 ? 0n : 1n, type, span };
  if (type.kind !== "int" && type.kind !== "enum") return undefined;
  if (!Number.isFinite(value)) return undefined;
  const whole = BigInt(Math.trunc(value));
  const { size, signed } = type.kind === "int" ? type : type.decl;
  const wrapped = signed ? BigInt.asIntN(size * 8, whole) : BigInt.asUintN(size * 8, whole);
  return wrapped === whole ? { kind: "const", value: whole, type, span } : undefined;
}

/** The type that two operands have in common, one of which is floating (C11 6.3.1.8). */
export function commonFloat(a: CType, b: CType): CType {
  const names = ["long double", "double", "float"];
  return floatTypes[names.find((name) => [a, b].some((t) => t.kind === "float" && t.name === name))!]!;
}

const operations: Readonly<Partial<Record<ArithOp, (a: number, b: number) => number>>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
};

/** Undefined where an operand is no constant, or the operator takes no floating ones. */
export function floatArith(op: ArithOp, left: TExpr, right: TExpr, span: Span): TExpr | undefined {
  const compute = operations[op];
  if (!compute || left.kind !== "const" || right.kind !== "const") return undefined;
  const type = commonFloat(left.type, right.type);
  return floatConstant(compute(rounded(left, type), rounded(right, type)), type, span);
}

/** 1 or 0 as a number; undefined where an operand is no constant. */
export function floatCompare(op: CompareOp, left: TExpr, right: TExpr): boolean | undefined {
  if (left.kind !== "const" || right.kind !== "const") return undefined;
  const type = commonFloat(left.type, right.type);
  return compares[op](rounded(left, type), rounded(right, type));
}

function rounded(e: Extract<TExpr, { kind: "const" }>, type: CType): number {
  const value = numberOf(e);
  return type.kind === "float" && type.size === 4 ? Math.fround(value) : value;
}

export const floatNegated = (e: Extract<TExpr, { kind: "const" }>, span: Span): TExpr =>
  floatConstant(-numberOf(e), e.type, span);

export const isFloatZero = (e: Extract<TExpr, { kind: "const" }>): boolean => numberOf(e) === 0;
