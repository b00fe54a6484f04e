/** From what an expression names to a value of the type that is wanted: decay, promotion, assignment conversions. */
import { bug } from "../../support/bug.ts";
import type { Span } from "../../support/span.ts";
import type { Sema } from "./context.ts";
import { convertFloat, isFloat, isFloatZero } from "./floats.ts";
import { constant, convert, promotedType } from "./fold.ts";
import type { FunctionDraft } from "./scope.ts";
import type { TExpr, TPlace } from "./tree.ts";
import {
  commonType,
  intType,
  isInteger,
  isPtr,
  isScalar,
  isVoidPtr,
  ptrTo,
  sameType,
  spaceOf,
  typeText,
  unqualified,
  voidType,
} from "./type-ops.ts";
import type { CType } from "./types.ts";
import { isSystemMacro } from "./warn/facts.ts";
import { pointerWarning } from "./warn/pointers.ts";

/** What an expression is before it is used: a place, a value, or a function. */
export type Operand =
  | { readonly kind: "place"; readonly place: TPlace }
  | { readonly kind: "value"; readonly expr: TExpr }
  | { readonly kind: "function"; readonly fn: FunctionDraft; readonly span: Span };

export const value = (expr: TExpr): Operand => ({ kind: "value", expr });
export const place = (p: TPlace): Operand => ({ kind: "place", place: p });

export const operandType = (o: Operand): CType =>
  o.kind === "place" ? o.place.type : o.kind === "value" ? o.expr.type : o.fn.type;

export const operandSpan = (o: Operand): Span =>
  o.kind === "place" ? o.place.span : o.kind === "value" ? o.expr.span : o.span;

/** Stands for an expression that was refused: a zero that fits everywhere, so that one mistake is told once. */
export const errorValue = (span: Span): TExpr => ({ kind: "const", value: 0n, type: errorType, span });
/** The type of `errorValue`; compared by identity. */
export const errorType: CType = {
  kind: "int",
  name: "int",
  size: 4,
  signed: true,
  sugar: { name: "(error)", of: intType },
};
export const isError = (e: { readonly type: CType }): boolean => e.type === errorType;

/** The value of an operand: arrays become pointers to their first element, functions their address. */
export function rvalue(o: Operand): TExpr {
  if (o.kind === "value") return o.expr;
  if (o.kind === "function") {
    o.fn.used = true;
    return { kind: "func_addr", name: o.fn.name, type: ptrTo(o.fn.type), span: o.span };
  }
  const { place: p } = o;
  if (p.type.kind === "array") return { kind: "addr", place: p, type: ptrTo(p.type.elem), span: p.span };
  if (p.type.kind === "func") return { kind: "addr", place: p, type: ptrTo(p.type), span: p.span };
  return { kind: "load", place: p, type: unqualified(p.type), span: p.span };
}

export const promoted = (e: TExpr): TExpr => convert(e, promotedType(e));

/** Both operands in their common type. */
export function balanced(left: TExpr, right: TExpr): { left: TExpr; right: TExpr; type: CType } {
  const type = commonType(promotedType(left), promotedType(right));
  return { left: convert(left, type), right: convert(right, type), type };
}

/** `e` as a truth value: any scalar. Reports E0231 otherwise. */
export function condition(cx: Sema, e: TExpr): TExpr {
  if (isScalar(e.type)) return e;
  if (e.kind === "const" && isFloat(e.type)) return constant(isFloatZero(e) ? 0n : 1n, intType, e.span);
  if (e.type.kind === "void") cx.sink.error("E0218", e.span, "this condition");
  else cx.sink.error("E0231", e.span, typeText(e.type));
  return errorValue(e.span);
}

/** The null pointer constant: an integer constant 0, or that cast to `void *`. */
export const isNull = (e: TExpr): boolean =>
  e.kind === "const" && e.value === 0n && (isInteger(e.type) || isVoidPtr(e.type));

/** Assignment, argument, return and initialiser conversion (C11 6.5.16.1); `what` begins the message; `at` is what converts. */
export function assigned(cx: Sema, e: TExpr, type: CType, what: string, at: Span = e.span): TExpr {
  const to = unqualified(type);
  if (isError(e)) return constant(0n, isScalar(to) ? to : intType, e.span);
  if (e.type.kind === "void" && to.kind !== "void") {
    cx.sink.error("E0218", e.span, what);
    return errorValue(e.span);
  }
  if (to.kind === "float" || e.type.kind === "float") {
    const known = to.kind === "float" ? undefined : convertFloat(e, to, e.span);
    if (known) return known;
    cx.sink.error("E0222", e.span, `${what} in type '${typeText(to.kind === "float" ? to : e.type)}'`);
    return errorValue(e.span);
  }
  if (to.kind === "record" || e.type.kind === "record") {
    if (sameType(to, e.type)) return e;
    return mismatch(cx, e, to, what);
  }
  if (to.kind === "void") return convert(e, voidType);
  if (to.kind === "bool" || (isInteger(to) && isInteger(e.type))) return convert(e, to);
  if (isPtr(to) && isPtr(e.type)) {
    checkPointers(cx, e, to, what);
    return convert(e, to);
  }
  if (isPtr(to) && isInteger(e.type)) {
    if (!isNull(e)) checkNumber(cx, e, to, what, at);
    return convert(e, to);
  }
  if (isInteger(to) && isPtr(e.type)) {
    checkNumber(cx, e, to, what, at);
    return convert(e, to);
  }
  return mismatch(cx, e, to, what);
}

function mismatch(cx: Sema, e: TExpr, to: CType, what: string): TExpr {
  cx.sink.error("E0203", e.span, what, typeText(to), typeText(e.type));
  return errorValue(e.span);
}

/** Numbers and pointers mix silently inside built-in macros, whose authors know what a register holds. */
function checkNumber(cx: Sema, e: TExpr, to: CType, what: string, at: Span): void {
  if (at.via) return;
  const level = cx.sink.levelAt("int-conversion", at);
  if (level === "ignored") return;
  const texts = [what, typeText(to), typeText(e.type)] as const;
  const report =
    level === "warning" ? cx.sink.warn("int-conversion", at, ...texts) : cx.sink.error("E0203", e.span, ...texts);
  report.help(
    isPtr(to)
      ? `write a cast, (${typeText(to)}), if the number is an address`
      : "write a cast if the address is wanted as a number",
  );
}

function checkPointers(cx: Sema, e: TExpr, to: CType, what: string): void {
  if (!isPtr(to) || !isPtr(e.type)) bug("not pointers");
  if (spaceOf(to.to) !== spaceOf(e.type.to) && !isNull(e)) {
    cx.sink
      .error("E0246", e.span, what, typeText(to), typeText(e.type))
      .help(`write a cast, (${typeText(to)}), if the pointer is to change its address space`);
    return;
  }
  if (isNull(e) || isSystemMacro(cx, e.span)) return;
  const name = pointerWarning(to.to, e.type.to);
  if (name) cx.sink.warn(name, e.span, what, typeText(to), typeText(e.type));
}
