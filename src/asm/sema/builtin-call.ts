/** What makes a builtin of its call: arguments converted, the tree's node built, values that are needed twice kept. */
import type { Span } from "../../support/span.ts";
import type { Expr } from "../syntax/ast.ts";
import type { Sema } from "./context.ts";
import { assigned, type Operand, value } from "./convert.ts";
import { checkValue } from "./expr.ts";
import { convert } from "./fold.ts";
import { alignOf } from "./layout.ts";
import type { TBuiltin, TExpr, TLocal, TPlace } from "./tree.ts";
import { voidType } from "./type-ops.ts";
import type { CType } from "./types.ts";

export interface Call {
  readonly cx: Sema;
  readonly name: string;
  readonly args: readonly Expr[];
  readonly span: Span;
}

export type Maker = (c: Call) => Operand;

/** How many arguments a builtin takes, at most `most` where that is more, and what makes it. */
export type Builtin = readonly [args: number, maker: Maker, most?: number];

/** Argument `i` as one of `type`. */
export const arg = (c: Call, i: number, type: CType): TExpr =>
  assigned(c.cx, checkValue(c.cx, c.args[i]!), type, `argument ${i + 1} of '${c.name}'`);

export const make = (c: Call, builtin: TBuiltin, type: CType): Operand =>
  value({ kind: "builtin", builtin, type, span: c.span });

/** `use` of a value that is computed once, though `use` may name it more than once. */
export function kept(cx: Sema, e: TExpr, use: (v: TExpr) => TExpr): TExpr {
  if (e.kind === "const" || !cx.fn) return use(e);
  const { type, span } = e;
  const local: TLocal = { name: "", type, align: alignOf(type), span };
  cx.fn.locals.push(local);
  const place: TPlace = { kind: "local", local, type, span };
  const right = use({ kind: "load", place, type, span });
  const left = convert({ kind: "assign", place, value: e, type, span }, voidType);
  return { kind: "comma", left, right, type: right.type, span };
}
