/** Names that nobody reads: variables, parameters, labels, functions. */
import type { Span } from "../../../support/span.ts";
import type { Attribute, Declarator, Expr, FunctionDef, ParamDecl } from "../../syntax/ast.ts";
import type { Sema } from "../context.ts";
import type { TLocal } from "../tree.ts";
import { type Facts, isSystemMacro, type Warner } from "./facts.ts";

const excused = new Set(["unused", "maybe_unused", "used", "cleanup"]);

export const isExcused = (...lists: readonly (readonly Attribute[])[]): boolean =>
  lists.some((list) => list.some((a) => excused.has(a.name)));

/** How often each local is mentioned, and how often it is only written. */
export class Mentions {
  readonly #all = new Map<TLocal, number>();
  readonly #written = new Map<TLocal, number>();

  constructor(facts: Facts) {
    for (const [e, o] of facts.operands)
      if (e.kind === "name" && o.kind === "place" && o.place.kind === "local") add(this.#all, o.place.local);
  }

  /** An expression whose value is not used: a store at its root reads nothing. */
  discarded(w: Warner, e: Expr): void {
    const target = e.kind === "assign" ? e.target : e.kind === "incdec" ? e.operand : undefined;
    const place = target?.kind === "name" ? w.place(target) : undefined;
    if (place?.kind === "local") add(this.#written, place.local);
  }

  of(local: TLocal): "none" | "written" | "read" {
    const all = this.#all.get(local) ?? 0;
    if (all === 0) return "none";
    return all === (this.#written.get(local) ?? 0) ? "written" : "read";
  }
}

const add = (map: Map<TLocal, number>, local: TLocal): void => void map.set(local, (map.get(local) ?? 0) + 1);

export interface Declared {
  readonly of: Declarator;
  readonly excused: boolean;
}

export function unusedVariables(w: Warner, mentions: Mentions, declared: readonly Declared[]): void {
  for (const { of, excused } of declared) {
    if (excused) continue;
    const global = w.facts.statics.get(of);
    if (global && !w.cx.mentioned.has(global)) w.warn("unused-variable", of.name.span, of.name.name);
    const local = w.local(of);
    if (!local) continue;
    const how = mentions.of(local);
    if (how === "none") w.warn("unused-variable", of.name.span, local.name);
    else if (how === "written" && !local.type.q?.volatile) w.warn("unused-but-set-variable", of.name.span, local.name);
  }
}

export function unusedParameters(w: Warner, mentions: Mentions, params: readonly ParamDecl[]): void {
  for (const param of params) {
    const local = isExcused(param.attributes) ? undefined : w.local(param);
    if (!local || local.name === "") continue;
    const how = mentions.of(local);
    if (how === "none") w.warn("unused-parameter", local.span, local.name);
    else if (how === "written" && !local.type.q?.volatile) w.warn("unused-but-set-parameter", local.span, local.name);
  }
}

/** A label of the function that no `goto` names. */
export function unusedLabel(w: Warner, name: string, span: Span): void {
  w.warn("unused-label", span, name);
}

/** A static of the file, until its end is seen. */
export interface FileStatic {
  readonly name: string;
  readonly span: Span;
  readonly kind: "function" | "variable" | "constant";
  readonly isUsed: () => boolean;
}

/** Functions and variables that are the file's own and that nothing in it names. */
export function unusedStatics(cx: Sema, statics: readonly FileStatic[]): void {
  for (const { name, span, kind, isUsed } of statics) {
    if (cx.asmNames.has(name) || isSystemMacro(cx, span) || isUsed()) continue;
    if (kind === "function") cx.sink.warn("unused-function", span, name);
    else cx.sink.warn(kind === "constant" ? "unused-const-variable" : "unused-variable", span, name);
  }
}

/** The main file is the first that a compilation reads. */
const isMain = (span: Span): boolean => (span.file as number) === 0;

/** Whether nobody minds that a function is not used: a header's inline one, or one that says so. */
export const isSpare = (d: FunctionDef): boolean => (d.inline && !isMain(d.name.span)) || isExcused(d.attributes);

/** Constants and variables of headers are there for whoever wants them. */
export const isSpareVariable = (span: Span): boolean => !isMain(span);
