/** All that is to be said of a function once it has been checked. */
import type { Span } from "../../../support/span.ts";
import type { Declarator, FunctionDef, FunctionTypeExpr, TypeExpr } from "../../syntax/ast.ts";
import type { Sema } from "../context.ts";
import type { FunctionDraft } from "../scope.ts";
import type { TFunction, TLocal } from "../tree.ts";
import { constantInBits, converted } from "./conversions.ts";
import { Facts, Warner } from "./facts.ts";
import { uninitialized } from "./uninitialized.ts";
import { isSpare, Mentions, unusedLabel, unusedParameters, unusedVariables } from "./unused.ts";
import { unwritten } from "./unwritten.ts";
import { Walk } from "./walk.ts";

/** Runs `check` with a place for facts, where warnings may come of them. */
export function withFacts<T>(cx: Sema, span: Span, check: () => T): T {
  const outer = cx.facts;
  cx.facts = cx.late || cx.sink.isQuiet || cx.sink.isSystem(span.file) ? undefined : new Facts();
  const made = check();
  cx.facts = outer;
  return made;
}

/** A variable of the file with a value. */
export function warnOfInitialiser(cx: Sema, d: Declarator, declare: () => void): void {
  withFacts(cx, d.span, () => {
    declare();
    if (!cx.facts) return;
    const w = new Warner(cx, cx.facts);
    new Walk(w, undefined, new Set()).initializer(d.init!);
    warnOfFilled(w);
  });
}

function warnOfFilled(w: Warner): void {
  for (const { value, type, bits } of w.facts.filled)
    if (!bits || !constantInBits(w, value, bits.bitSize, bits.signed)) converted(w, value, type);
}

export function warnOfFunction(cx: Sema, d: FunctionDef, fn: FunctionDraft, made: TFunction): void {
  if (fn.linkage === "static" && fn.section === undefined && !cx.late && !isSpare(d))
    cx.statics.push({ name: fn.name, span: d.name.span, kind: "function", isUsed: () => fn.used });
  if (!cx.facts || cx.sink.hasErrors) return;
  const w = new Warner(cx, cx.facts, fn);
  const params = writtenParams(d.type);
  const arrays = new Set<TLocal>(params.flatMap((p) => (p.type.kind === "array" ? (w.local(p) ?? []) : [])));
  const walk = new Walk(w, fn.type.ret, arrays);
  walk.items(d.body.items);
  warnOfFilled(w);
  const mentions = new Mentions(cx.facts);
  for (const e of walk.discarded) mentions.discarded(w, e);
  if (!fn.naked) {
    unusedVariables(w, mentions, walk.declared);
    unusedParameters(w, mentions, params);
    uninitialized(w, made, made.body);
    unwritten(w, made, walk.declared);
  }
  for (const { name, span, entity } of cx.facts.typedefs)
    if (!cx.usedTypedefs.has(entity)) w.warn("unused-local-typedef", span, name);
  for (const { name, span } of walk.labels) if (!walk.jumps.has(name)) unusedLabel(w, name, span);
}

function writtenParams(t: TypeExpr): FunctionTypeExpr["params"] {
  if (t.kind === "func") return t.params;
  return t.kind === "attributed" || t.kind === "qualified" ? writtenParams(t.of) : [];
}
