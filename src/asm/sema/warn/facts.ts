/** What checking found out about the expressions and variables of one function: what the warnings look at. */

import type { WarningName, warningTexts } from "../../../diag/catalogue.ts";
import type { DiagBuilder } from "../../../diag/diagnostic.ts";
import type { Span } from "../../../support/span.ts";
import type { Declarator, Expr, ParamDecl } from "../../syntax/ast.ts";
import type { Sema } from "../context.ts";
import { isError, type Operand, operandType } from "../convert.ts";
import { wrapTo } from "../fold.ts";
import type { Entity, FunctionDraft, GlobalDraft } from "../scope.ts";
import type { BitField, TExpr, TLocal, TPlace } from "../tree.ts";
import { integerShape, isInteger, ptrTo } from "../type-ops.ts";
import type { CType } from "../types.ts";

export class Facts {
  /** Typedefs of the function's blocks. */
  readonly typedefs: { readonly name: string; readonly span: Span; readonly entity: Entity }[] = [];
  readonly operands = new Map<Expr, Operand>();
  readonly locals = new Map<Declarator | ParamDecl, TLocal>();
  /** Variables of the function with static storage. */
  readonly statics = new Map<Declarator, GlobalDraft>();
  /** Values that initialisers give to something, and what that is. */
  readonly filled: { readonly value: Expr; readonly type: CType; readonly bits?: BitField }[] = [];
}

/** The function that is looked at, and how its warnings are told. */
export class Warner {
  readonly cx: Sema;
  readonly fn: FunctionDraft | undefined;
  readonly #facts: Facts;

  constructor(cx: Sema, facts: Facts, fn?: FunctionDraft) {
    this.cx = cx;
    this.fn = fn;
    this.#facts = facts;
  }

  operand(e: Expr): Operand | undefined {
    return this.#facts.operands.get(e);
  }

  get facts(): Facts {
    return this.#facts;
  }

  local(d: Declarator | ParamDecl): TLocal | undefined {
    return this.#facts.locals.get(d);
  }

  /** The type of an expression's value, arrays and functions decayed; undefined where it was refused or never checked. */
  type(e: Expr): CType | undefined {
    const operand = this.operand(e);
    if (!operand) return undefined;
    const type = operandType(operand);
    if (isError({ type })) return undefined;
    if (type.kind === "array") return ptrTo(type.elem);
    return type.kind === "func" ? ptrTo(type) : type;
  }

  /** The value of an expression that is an integer constant. */
  constant(e: Expr): bigint | undefined {
    const operand = this.operand(e);
    if (operand?.kind !== "value" || !isInteger(operand.expr.type) || isError(operand.expr)) return undefined;
    return operand.expr.kind === "const" ? operand.expr.value : offsetFromNull(operand.expr);
  }

  value(e: Expr): TExpr | undefined {
    const operand = this.operand(e);
    return operand?.kind === "value" ? operand.expr : undefined;
  }

  place(e: Expr): TPlace | undefined {
    const operand = this.operand(e);
    return operand?.kind === "place" ? operand.place : undefined;
  }

  /** The text before a place on its line; none where the text cannot be seen. */
  before(span: Span): string {
    return this.cx.options.textBefore?.(span) ?? "";
  }

  /** Column of a place, for what indentation says; 0 where the text cannot be seen. */
  column(span: Span): number {
    return this.before(span).length;
  }

  /** Whether something else stands before a place on its line. */
  sameLine(span: Span): boolean {
    return this.before(span).trim() !== "";
  }

  /** Tells of something, unless a macro of the system's or a built-in one brought it there. */
  warn<W extends WarningName>(
    name: W,
    at: Span,
    ...args: Parameters<(typeof warningTexts)[W]>
  ): DiagBuilder | undefined {
    const { sink } = this.cx;
    if (isSystemMacro(this.cx, at)) return undefined;
    const span = usedAt(at);
    return sink.levelAt(name, at) === "ignored" ? undefined : sink.warn(name, span, ...args);
  }
}

/** The number that `(unsigned long)&((struct x *)0)->member` is. */
function offsetFromNull(e: TExpr): bigint | undefined {
  if (e.kind !== "convert" || e.operand.kind !== "addr") return undefined;
  let off = 0;
  let p = e.operand.place;
  for (; p.kind === "field" && !p.core; p = p.base) off += p.off;
  if (p.kind !== "deref" || p.addr.kind !== "const") return undefined;
  return wrapTo(p.addr.value + BigInt(off), e.type);
}

/** Whether what stands there is spelled in a macro of the system's. */
export const isSystemMacro = (cx: Sema, { via }: Span): boolean =>
  via !== undefined && cx.sink.isSystem(via.spelled.file);

/** Where a reader finds it: an argument of a macro stands where it was written, the rest at the macro's name. */
function usedAt(span: Span): Span {
  const spelled = span.via?.spelled;
  const inside = spelled && spelled.file === span.file && spelled.start >= span.start && spelled.end <= span.end;
  return inside ? spelled : span;
}

/** Bits that a type's values take, and whether none is negative. */
export const typeBits = (type: CType): { readonly bits: number; readonly unsigned: boolean } => {
  if (type.kind === "bool") return { bits: 1, unsigned: true };
  if (type.kind === "ptr") return { bits: 64, unsigned: true };
  const shape = integerShape(type);
  return { bits: shape.size * 8, unsigned: !shape.signed };
};

export const isUnsigned = (type: CType): boolean => typeBits(type).unsigned;

/** The bit-field that an expression reads. */
export function bitFieldOf(w: Warner, e: Expr) {
  const place = w.place(e);
  return place?.kind === "field" ? place.bits : undefined;
}
