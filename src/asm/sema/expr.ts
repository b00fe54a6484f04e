/** Expressions: from syntax to typed operands. Operators, calls and initialisers have files of their own. */
import { assertNever } from "../../support/bug.ts";
import type { Span } from "../../support/span.ts";
import type { Designator, Expr } from "../syntax/ast.ts";
import type { Sema } from "./context.ts";
import {
  assigned,
  condition,
  errorValue,
  isError,
  isNull,
  type Operand,
  operandType,
  place,
  rvalue,
  value,
} from "./convert.ts";
import { checkCall } from "./expr-call.ts";
import { assignExpr, binaryExpr, castExpr, incDecExpr, unaryExpr } from "./expr-ops.ts";
import { commonFloat, floatLiteral, isFloat } from "./floats.ts";
import { arith, constant, convert, promotedType } from "./fold.ts";
import { literalOperand } from "./init.ts";
import { withKnown } from "./known-constants.ts";
import { alignOf, sizeOf } from "./layout.ts";
import { nameOperand } from "./names.ts";
import { findMember } from "./observer.ts";
import { derefPlace, elementPlace, errorPlace, indexedPlace, memberPlace } from "./places.ts";
import { checkStmtExpr } from "./stmt.ts";
import { characterType, stringPlace } from "./strings.ts";
import type { TExpr, TPlace } from "./tree.ts";
import { checkAsked, checkUnevaluated, resolveType } from "./type-exprs.ts";
import {
  commonType,
  compatibleTypes,
  intType,
  intTypes,
  isAtomic,
  isInteger,
  isPtr,
  isScalar,
  isVoidPtr,
  ptrTo,
  qualify,
  sameType,
  sizeType,
  typeText,
  uintType,
  ulongType,
  unqualified,
  voidType,
} from "./type-ops.ts";
import type { CType, IntType, PtrType, Qualifiers } from "./types.ts";

/** The value of an expression. */
export const checkValue = (cx: Sema, e: Expr): TExpr => rvalue(checkOperand(cx, e));

/** An expression as it stands: a place where it names one. */
export function checkOperand(cx: Sema, e: Expr): Operand {
  const operand = operandOf(cx, e);
  cx.facts?.operands.set(e, operand);
  return operand;
}

function operandOf(cx: Sema, e: Expr): Operand {
  switch (e.kind) {
    case "int":
      return value(constant(e.value, literalType(e.value, e.suffix, e.decimal), e.span));
    case "char":
      return value(constant(BigInt(e.value), e.wide ? characterType(e.wide) : intType, e.span));
    case "float":
      return value(floatLiteral(e.text, e.span));
    case "string":
      return place(stringPlace(cx, e, e.span));
    case "name":
      return nameOperand(cx, e.name, e.span);
    case "unary":
      return unaryExpr(cx, e);
    case "incdec":
      return value(incDecExpr(cx, e));
    case "binary":
      return value(binaryExpr(cx, e));
    case "assign":
      return value(assignExpr(cx, e));
    case "cond":
      return value(condExpr(cx, e));
    case "cast":
      return value(castExpr(cx, e));
    case "compound_literal":
      return literalOperand(cx, e);
    case "call":
      return checkCall(cx, e);
    case "index":
      return indexExpr(cx, e);
    case "member":
      return memberExpr(cx, e);
    case "sizeof_expr":
      return value(sizeOfType(cx, operandType(checkAsked(cx, e.operand, "sizeof")), e.span));
    case "sizeof_type":
      return value(sizeOfType(cx, resolveType(cx, e.type), e.span));
    case "alignof_expr":
      return value(constant(BigInt(alignOfOperand(cx, checkAsked(cx, e.operand, "_Alignof"))), sizeType, e.span));
    case "alignof_type":
      return value(constant(BigInt(alignOf(resolveType(cx, e.type))), sizeType, e.span));
    case "stmt_expr":
      return value(checkStmtExpr(cx, e));
    case "offsetof":
      return value(offsetOf(cx, e.type, e.path, e.span));
    case "types_compatible":
      return value(constant(compatible(cx, e) ? 1n : 0n, intType, e.span));
    case "generic":
      return genericExpr(cx, e);
    case "type_arg":
    case "label_addr":
      cx.sink.error("E0230", e.span, e.kind === "type_arg" ? "a type in this place" : "the address of a label");
      return value(errorValue(e.span));
    case "error":
      return value(errorValue(e.span));
    default:
      return assertNever(e);
  }
}

/** Of a variable, the alignment that it was declared with (GNU C). */
function alignOfOperand(cx: Sema, o: Operand): number {
  const named = o.kind === "place" ? o.place : undefined;
  if (named?.kind === "local") return named.local.align;
  const global = named?.kind === "global" ? cx.globals.find(({ name }) => name === named.name) : undefined;
  return global?.align ?? alignOf(operandType(o));
}

/** The first type of C11 6.4.4.1's list that holds the constant. */
function literalType(v: bigint, suffix: string, decimal: boolean): IntType {
  if (suffix === "" && v <= 0x7fffffffn) return intType;
  const unsigned = suffix.startsWith("u");
  const long = suffix.includes("l");
  const longs = suffix.endsWith("ll")
    ? (["long long", "unsigned long long"] as const)
    : (["long", "unsigned long"] as const);
  const candidates: IntType[] = [
    ...(long ? [] : unsigned ? [uintType] : decimal ? [intType] : [intType, uintType]),
    ...(unsigned
      ? [intTypes[longs[1]]]
      : decimal
        ? [intTypes[longs[0]], intTypes[longs[1]]]
        : longs.map((l) => intTypes[l])),
  ];
  return candidates.find((t) => v < 1n << BigInt(t.size * 8 - (t.signed ? 1 : 0))) ?? ulongType;
}

function sizeOfType(cx: Sema, type: CType, span: Span): TExpr {
  if (type.kind === "void" || type.kind === "func") return constant(1n, sizeType, span);
  const size = sizeOf(type);
  if (size !== undefined) return constant(BigInt(size), sizeType, span);
  cx.sink.error("E0212", span, typeText(type), "it has no size");
  return errorValue(span);
}

function indexExpr(cx: Sema, e: Extract<Expr, { kind: "index" }>): Operand {
  const base = checkOperand(cx, e.base);
  const index = checkValue(cx, e.index);
  if (base.kind === "place" && base.place.type.kind === "array" && index.kind === "const" && isInteger(index.type))
    return place(elementPlace(cx, base.place, Number(index.value), e.span));
  const left = rvalue(base);
  const [ptr, by] = isPtr(left.type) ? [left, index] : [index, left];
  if (isError(left) || isError(index)) return place(errorPlace(e.span));
  if (!isPtr(ptr.type) || !isInteger(by.type)) {
    cx.sink.error("E0205", e.span, "[]", typeText(left.type), typeText(index.type));
    return place(errorPlace(e.span));
  }
  return place(indexedPlace(cx, ptr, by, e.span));
}

function memberExpr(cx: Sema, e: Extract<Expr, { kind: "member" }>): Operand {
  const base = checkOperand(cx, e.base);
  if (!e.arrow) {
    const record = base.kind === "place" ? base.place : recordPlace(cx, rvalue(base));
    return place(memberPlace(cx, record, e.name, e.span));
  }
  const ptr = rvalue(base);
  if (isError(ptr)) return place(errorPlace(e.span));
  if (!isPtr(ptr.type) || ptr.type.to.kind !== "record") {
    cx.sink.error("E0207", e.base.span, "->", typeText(ptr.type));
    return place(errorPlace(e.span));
  }
  return place(memberPlace(cx, derefPlace(cx, ptr, e.base.span), e.name, e.span));
}

/** A record value that is no place of its own (a call's result, `a ? b : c`) is kept in a temporary first. */
function recordPlace(cx: Sema, e: TExpr): TPlace {
  if (e.kind === "load") return e.place;
  if (e.type.kind !== "record") return { kind: "deref", addr: e, type: e.type, span: e.span };
  if (!cx.fn) return errorPlace(e.span);
  const local = { name: "", type: e.type, align: alignOf(e.type), span: e.span };
  cx.fn.locals.push(local);
  const literal: TExpr = { kind: "literal", local, init: { kind: "copy", from: e }, type: e.type, span: e.span };
  return { kind: "deref", addr: addrOfLiteral(literal), type: e.type, span: e.span };
}

/** Evaluates a literal, then gives the address of its local. */
function addrOfLiteral(literal: Extract<TExpr, { kind: "literal" }>): TExpr {
  const { local, span, type } = literal;
  const address: TExpr = { kind: "addr", place: { kind: "local", local, type, span }, type: ptrTo(type), span };
  return {
    kind: "comma",
    left: { kind: "convert", operand: literal, type: voidType, span },
    right: address,
    type: address.type,
    span,
  };
}

// ---- a ? b : c ----

function condExpr(cx: Sema, e: Extract<Expr, { kind: "cond" }>): TExpr {
  const cond = condition(cx, checkValue(cx, e.cond));
  const then = e.then ? checkValue(cx, e.then) : cond;
  const other = checkValue(cx, e.else);
  if (isError(then) || isError(other) || isError(cond)) return errorValue(e.span);
  const type = condType(cx, then, other, e.span);
  if (!type) return errorValue(e.span);
  if (isFloat(type)) return floatCond(cx, cond, then, other, type, e.span);
  const a = assignedArm(cx, then, type);
  const b = assignedArm(cx, other, type);
  if (cond.kind === "const") return cond.value !== 0n ? a : b;
  return { kind: "cond", cond, ...(e.then && { then: a }), else: b, type, span: e.span };
}

/** Of floating arms, one is taken when compiling or none. */
function floatCond(cx: Sema, cond: TExpr, then: TExpr, other: TExpr, type: CType, span: Span): TExpr {
  const arm = cond.kind === "const" ? (cond.value !== 0n ? then : other) : undefined;
  if (arm?.kind === "const") return convert(arm, type, span);
  cx.sink.error("E0222", span, `'?:' of type '${typeText(type)}'`);
  return errorValue(span);
}

const assignedArm = (cx: Sema, e: TExpr, type: CType): TExpr =>
  type.kind === "record"
    ? e
    : isScalar(type) && isScalar(e.type)
      ? convert(e, type)
      : assigned(cx, e, type, "this arm");

/** C11 6.5.15: arithmetic, same records, void, or pointers of which one may be null or `void *`. */
function condType(cx: Sema, a: TExpr, b: TExpr, span: Span): CType | undefined {
  if (isInteger(a.type) && isInteger(b.type)) return commonType(promotedType(a), promotedType(b));
  if (isArithmetic(a.type) && isArithmetic(b.type)) return commonFloat(a.type, b.type);
  if (a.type.kind === "void" || b.type.kind === "void") return voidType;
  if (isPtr(a.type) && isPtr(b.type)) return commonPtr(a, b);
  if (isPtr(a.type) && isInteger(b.type)) return unqualified(a.type);
  if (isInteger(a.type) && isPtr(b.type)) return unqualified(b.type);
  if (a.type.kind === "record" && sameType(a.type, b.type)) return unqualified(a.type);
  cx.sink.error("E0205", span, "?:", typeText(a.type), typeText(b.type));
  return undefined;
}

const isArithmetic = (t: CType): boolean => isInteger(t) || isFloat(t);

/** A null pointer constant takes the other's type; else `void *` wins, and what either points to is as qualified as both. */
function commonPtr(a: TExpr, b: TExpr): CType {
  if (isNull(a)) return unqualified(b.type);
  if (isNull(b)) return unqualified(a.type);
  const [one, other] = (isVoidPtr(b.type) ? [b.type, a.type] : [a.type, b.type]) as [PtrType, PtrType];
  const q: Qualifiers = { ...(other.to.q?.const && { const: true }), ...(other.to.q?.volatile && { volatile: true }) };
  const added = (q.const && !one.to.q?.const) || (q.volatile && !one.to.q?.volatile);
  return added ? ptrTo(qualify(one.to, q)) : unqualified(one);
}

// ---- types asked about ----

function compatible(cx: Sema, e: Extract<Expr, { kind: "types_compatible" }>): boolean {
  return compatibleTypes(resolveType(cx, e.left), resolveType(cx, e.right));
}

/** The expression that `_Generic` chooses (C11 6.5.1.1); undefined where none fits. */
export function genericCase(cx: Sema, e: Extract<Expr, { kind: "generic" }>): Expr | undefined {
  const type = unqualified(rvalue(checkUnevaluated(cx, e.control)).type);
  const fits = (t: CType): boolean => !t.q?.const && !t.q?.volatile && !isAtomic(t) && compatibleTypes(t, type);
  const match = e.cases.find((c) => c.type && fits(resolveType(cx, c.type))) ?? e.cases.find((c) => !c.type);
  return match?.value;
}

function genericExpr(cx: Sema, e: Extract<Expr, { kind: "generic" }>): Operand {
  const chosen = genericCase(cx, e);
  if (chosen) return checkOperand(cx, chosen);
  const type = unqualified(rvalue(checkUnevaluated(cx, e.control)).type);
  cx.sink.error("E0203", e.span, "no case of _Generic fits", "one of its types", typeText(type));
  return value(errorValue(e.span));
}

/** `offsetof` with indices; what is no constant is computed when running (GNU C). */
function offsetOf(cx: Sema, t: Parameters<typeof resolveType>[1], path: readonly Designator[], span: Span): TExpr {
  let type = resolveType(cx, t);
  let bits = 0;
  let moving: TExpr | undefined;
  for (const step of path) {
    if (step.kind === "field") {
      const found = type.kind === "record" ? findMember(cx, type.decl, step.name) : undefined;
      if (!found) {
        cx.sink.error("E0206", step.name.span, step.name.name, typeText(type));
        return errorValue(span);
      }
      if (found.path.at(-1)!.bitSize !== undefined) cx.sink.error("E0239", step.name.span, "offsetof");
      bits += found.bitOff;
      type = found.path.at(-1)!.type;
    } else if (step.kind === "index" && type.kind === "array") {
      const index = withKnown(cx, checkValue(cx, step.index));
      const size = constant(BigInt(sizeOf(type.elem) ?? 0), sizeType, span);
      if (isError(index)) return index;
      if (!isInteger(index.type) || (index.kind !== "const" && cx.needsConstant)) {
        cx.sink.error("E0211", step.index.span, "an index in offsetof");
        return errorValue(span);
      }
      const by = arith("mul", convert(index, sizeType), size, sizeType, span);
      if (by.kind === "const") bits += Number(BigInt.asIntN(64, by.value)) * 8;
      else moving = moving ? arith("add", moving, by, sizeType, span) : by;
      type = type.elem;
    } else {
      cx.sink.error("E0236", span, "offsetof");
      return errorValue(span);
    }
  }
  const fixed = constant(BigInt(bits >> 3), sizeType, span);
  return moving ? arith("add", moving, fixed, sizeType, span) : fixed;
}
