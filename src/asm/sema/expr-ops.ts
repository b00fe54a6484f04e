/** Operators: unary, binary, assignment, increment, casts. */

import type { Span } from "../../support/span.ts";
import type { AssignOp, BinaryOp, Expr } from "../syntax/ast.ts";
import { atomicUpdate } from "./atomics.ts";
import type { Sema } from "./context.ts";
import {
  assigned,
  balanced,
  condition,
  errorValue,
  isError,
  isNull,
  type Operand,
  operandSpan,
  place,
  promoted,
  rvalue,
  value,
} from "./convert.ts";
import { checkOperand, checkValue } from "./expr.ts";
import { convertFloat, floatArith, floatCompare, floatNegated, isFloat } from "./floats.ts";
import { arith, compare, constant, convert, logical, unary } from "./fold.ts";
import { layoutOf, sizeOf } from "./layout.ts";
import { addressOf, derefPlace, errorPlace, isErrorPlace, ptrAdd, stepSize } from "./places.ts";
import type { ArithOp, CompareOp, TExpr, TPlace } from "./tree.ts";
import { resolveType } from "./type-exprs.ts";
import {
  intType,
  isAtomic,
  isInteger,
  isPtr,
  isScalar,
  longType,
  promote,
  sameType,
  typeText,
  unqualified,
  voidType,
} from "./type-ops.ts";
import type { CType, PtrType, RecordDecl } from "./types.ts";

const arithOps: Readonly<Partial<Record<BinaryOp, ArithOp>>> = {
  "+": "add",
  "-": "sub",
  "*": "mul",
  "/": "div",
  "%": "mod",
  "&": "and",
  "|": "or",
  "^": "xor",
  "<<": "shl",
  ">>": "shr",
};
const compareOps: Readonly<Partial<Record<BinaryOp, CompareOp>>> = {
  "==": "eq",
  "!=": "ne",
  "<": "lt",
  "<=": "le",
  ">": "gt",
  ">=": "ge",
};

// ---- unary ----

export function unaryExpr(cx: Sema, e: Extract<Expr, { kind: "unary" }>): Operand {
  if (e.op === "&") return value(addressExpr(cx, e));
  const operand = checkOperand(cx, e.operand);
  if (e.op === "*") return derefExpr(cx, operand, e.span);
  const v = rvalue(operand);
  if (isError(v)) return value(v);
  if (e.op === "!") return value(unary("lnot", condition(cx, v), intType, e.span));
  if (v.kind === "const" && isFloat(v.type) && e.op !== "~") return value(e.op === "-" ? floatNegated(v, e.span) : v);
  if (!isInteger(v.type)) {
    cx.sink.error("E0213", e.span, e.op, typeText(v.type));
    return value(errorValue(e.span));
  }
  const p = promoted(v);
  return value(e.op === "+" ? p : unary(e.op === "-" ? "neg" : "not", p, p.type, e.span));
}

function addressExpr(cx: Sema, e: Extract<Expr, { kind: "unary" }>): TExpr {
  const operand = checkOperand(cx, e.operand);
  if (operand.kind === "function") return rvalue(operand);
  if (operand.kind === "value") {
    if (!isError(operand.expr)) cx.sink.error("E0232", e.span, "it is a value, not a variable");
    return errorValue(e.span);
  }
  const p = operand.place;
  if (isErrorPlace(p)) return errorValue(e.span);
  if (p.kind === "field" && p.bits) {
    cx.sink.error("E0232", e.span, "it is a bit-field");
    return errorValue(e.span);
  }
  if (p.kind === "local" && cx.registers.has(p.local)) {
    cx.sink.error("E0232", e.span, "it is declared 'register'");
    return errorValue(e.span);
  }
  return addressOf(p, e.span);
}

function derefExpr(cx: Sema, operand: Operand, span: Span): Operand {
  if (operand.kind === "function") return operand;
  const ptr = rvalue(operand);
  if (isError(ptr)) return place(errorPlace(span));
  if (!isPtr(ptr.type)) {
    cx.sink.error("E0213", span, "*", typeText(ptr.type));
    return place(errorPlace(span));
  }
  return place(derefPlace(cx, ptr, span));
}

// ---- binary ----

export function binaryExpr(cx: Sema, e: Extract<Expr, { kind: "binary" }>): TExpr {
  const left = checkValue(cx, e.left);
  if (e.op === ",") {
    const right = checkValue(cx, e.right);
    return { kind: "comma", left: convert(left, voidType), right, type: right.type, span: e.span };
  }
  const right = checkValue(cx, e.right);
  if (isError(left) || isError(right)) return errorValue(e.span);
  if (e.op === "&&" || e.op === "||")
    return logical(e.op === "&&" ? "and" : "or", condition(cx, left), condition(cx, right), e.span);
  const cmp = compareOps[e.op];
  if (isFloat(left.type) || isFloat(right.type)) return floatExpr(cx, e, left, right);
  return (
    (cmp ? compareExpr(cx, cmp, left, right, e.span) : arithExpr(cx, arithOps[e.op]!, left, right, e.span)) ??
    refuseOperands(cx, e.op, left, right, e.opSpan, e.span)
  );
}

/** An operator on floating operands: a constant, or refused. */
function floatExpr(cx: Sema, e: Extract<Expr, { kind: "binary" }>, left: TExpr, right: TExpr): TExpr {
  const cmp = compareOps[e.op];
  const holds = cmp && floatCompare(cmp, left, right);
  if (holds !== undefined) return constant(holds ? 1n : 0n, intType, e.span);
  const known = cmp ? undefined : floatArith(arithOps[e.op]!, left, right, e.span);
  if (known) return known;
  cx.sink.error("E0222", e.opSpan, `'${e.op}' of '${typeText(left.type)}' and '${typeText(right.type)}'`);
  return errorValue(e.span);
}

function refuseOperands(cx: Sema, op: string, left: TExpr, right: TExpr, opSpan: Span, span: Span): TExpr {
  const report = cx.sink.error("E0205", opSpan, op, typeText(left.type), typeText(right.type));
  if (isPtr(left.type) || isPtr(right.type))
    report.help("a pointer can be compared, moved by a number, or subtracted from one of its type");
  return errorValue(span);
}

/** Undefined where the operands do not fit the operator. */
function arithExpr(cx: Sema, op: ArithOp, left: TExpr, right: TExpr, span: Span): TExpr | undefined {
  if (isPtr(left.type) || isPtr(right.type)) return pointerArith(cx, op, left, right, span);
  if (!isInteger(left.type) || !isInteger(right.type)) return undefined;
  if (op === "shl" || op === "shr") {
    const l = promoted(left);
    return arith(op, l, promoted(right), l.type, span);
  }
  const both = balanced(left, right);
  return arith(op, both.left, both.right, both.type, span);
}

function pointerArith(cx: Sema, op: ArithOp, left: TExpr, right: TExpr, span: Span): TExpr | undefined {
  if (op === "add" && isPtr(left.type) && isInteger(right.type)) return ptrAdd(left, right, stepSize(cx, left), span);
  if (op === "add" && isInteger(left.type) && isPtr(right.type)) return ptrAdd(right, left, stepSize(cx, right), span);
  if (op !== "sub" || !isPtr(left.type)) return undefined;
  if (isInteger(right.type)) return ptrAdd(left, negated(right, span), stepSize(cx, left), span);
  if (!isPtr(right.type)) return undefined;
  const elemSize = stepSize(cx, left);
  if (elemSize === 0 || (sizeOf(left.type.to) ?? 1) !== (sizeOf(right.type.to) ?? 1)) return undefined;
  return { kind: "ptr_diff", left, right, elemSize, type: longType, span };
}

const negated = (e: TExpr, span: Span): TExpr => unary("neg", convert(e, longType), longType, span);

function compareExpr(_cx: Sema, op: CompareOp, left: TExpr, right: TExpr, span: Span): TExpr | undefined {
  if (isInteger(left.type) && isInteger(right.type)) {
    const both = balanced(left, right);
    return compare(op, both.left, both.right, span);
  }
  if (!isScalar(left.type) || !isScalar(right.type)) return undefined;
  const type = isPtr(left.type) ? left.type : right.type;
  if (!isPtr(left.type) && !isNull(left) && !span.via) return undefined;
  if (!isPtr(right.type) && !isNull(right) && !span.via) return undefined;
  return compare(op, convert(left, type), convert(right, type), span);
}

// ---- assignment ----

/** The place an assignment writes to; reports values, const places and arrays. */
function target(cx: Sema, operand: Operand): TPlace | undefined {
  const span = operandSpan(operand);
  if (operand.kind !== "place") {
    if (operand.kind === "function" || !isError(operand.expr)) cx.sink.error("E0204", span, "this");
    return undefined;
  }
  const p = operand.place;
  if (isErrorPlace(p)) return undefined;
  if (p.type.kind === "array" || p.type.kind === "func") {
    cx.sink
      .error("E0204", span, p.type.kind === "array" ? "an array" : "a function")
      .help("copy it with __builtin_memcpy");
    return undefined;
  }
  if (p.type.q?.const) {
    cx.sink.error("E0221", span, `'${typeText(p.type)}'`);
    return undefined;
  }
  const fixed = p.type.kind === "record" ? constMember(p.type.decl) : undefined;
  if (fixed !== undefined) {
    cx.sink.error("E0221", span, `member '${fixed}' of '${typeText(p.type)}'`);
    return undefined;
  }
  return p;
}

/** The name of a member that cannot be written, in a record or in one inside of it. */
function constMember(decl: RecordDecl): string | undefined {
  for (const { name, type } of layoutOf(decl)?.fields ?? []) {
    let of = type;
    while (of.kind === "array") of = of.elem;
    if (of.q?.const) return name;
    const inner = of.kind === "record" ? constMember(of.decl) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

export function assignExpr(cx: Sema, e: Extract<Expr, { kind: "assign" }>): TExpr {
  const to = target(cx, checkOperand(cx, e.target));
  const from = checkValue(cx, e.value);
  if (!to || isError(from)) return errorValue(e.span);
  const type = unqualified(to.type);
  if (e.op === "=") {
    const v = assigned(cx, from, type, "assignment", e.opSpan);
    return isError(v) ? v : { kind: "assign", place: to, value: v, type, span: e.span };
  }
  return update(cx, e.op, to, from, e.opSpan, e.span);
}

function update(cx: Sema, op: AssignOp, to: TPlace, from: TExpr, opSpan: Span, span: Span): TExpr {
  const type = unqualified(to.type);
  const fn = arithOps[op.slice(0, -1) as BinaryOp]!;
  if (isAtomic(to.type) && isInteger(from.type)) return atomicUpdate(cx, fn, to, from, { old: false, text: op, span });
  const refuse = () => refuseOperands(cx, op, { kind: "load", place: to, type, span }, from, opSpan, span);
  if (isPtr(type)) {
    if ((fn !== "add" && fn !== "sub") || !isInteger(from.type)) return refuse();
    return {
      kind: "update",
      op: fn,
      place: to,
      value: byteOffset(cx, type, from, span),
      operation: type,
      old: false,
      type,
      span,
    };
  }
  if (isFloat(from.type)) {
    cx.sink.error("E0222", opSpan, `'${op}' of '${typeText(type)}' and '${typeText(from.type)}'`);
    return errorValue(span);
  }
  if (!isInteger(type) || !isInteger(from.type)) return refuse();
  const load: TExpr = { kind: "load", place: to, type, span };
  const shift = fn === "shl" || fn === "shr";
  const both = shift ? { right: promoted(from), type: promoted(load).type } : balanced(load, from);
  return { kind: "update", op: fn, place: to, value: both.right, operation: both.type, old: false, type, span };
}

function byteOffset(cx: Sema, type: PtrType, by: TExpr, span: Span): TExpr {
  const zero = constant(0n, type, span);
  const size = stepSize(cx, zero);
  const moved = ptrAdd({ kind: "load", place: errorPlace(span), type, span }, by, size, span);
  return moved.kind === "ptr_add" ? moved.offset : constant(0n, longType, span);
}

export function incDecExpr(cx: Sema, e: Extract<Expr, { kind: "incdec" }>): TExpr {
  const to = target(cx, checkOperand(cx, e.operand));
  if (!to) return errorValue(e.span);
  const type = unqualified(to.type);
  if (!isScalar(type)) {
    cx.sink.error("E0213", e.span, e.op, typeText(type));
    return errorValue(e.span);
  }
  const one = constant(1n, intType, e.span);
  const [operation, by] = isPtr(type)
    ? [type as CType, byteOffset(cx, type, one, e.span)]
    : [promote(type), constant(1n, promote(type), e.span)];
  const op = e.op === "++" ? "add" : "sub";
  if (isAtomic(to.type)) return atomicUpdate(cx, op, to, by, { old: !e.prefix, text: e.op, span: e.span });
  return { kind: "update", op, place: to, value: by, operation, old: !e.prefix, type, span: e.span };
}

// ---- casts ----

export function castExpr(cx: Sema, e: Extract<Expr, { kind: "cast" }>): TExpr {
  const type = unqualified(resolveType(cx, e.type));
  const v = checkValue(cx, e.operand);
  if (isError(v)) return v;
  if (type.kind === "void") return convert(v, type, e.span);
  if (v.type.kind === "void") {
    cx.sink.error("E0218", v.span, "the operand of this cast");
    return errorValue(e.span);
  }
  if (isScalar(type) && isScalar(v.type)) return { ...convert(v, type, e.span), type } as TExpr;
  if (type.kind === "record" && sameType(type, v.type)) return v;
  if (type.kind === "float" || v.type.kind === "float") return floatCast(cx, v, type, e.span);
  cx.sink.error("E0203", e.span, "cast", typeText(type), typeText(v.type));
  return errorValue(e.span);
}

/** From or to a floating type: constants alone. */
function floatCast(cx: Sema, v: TExpr, type: CType, span: Span): TExpr {
  return convertFloat(v, type, span) ?? assigned(cx, v, type, "cast");
}
