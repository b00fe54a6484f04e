/** What a mend is made from: a finding of the verifier, its places in the main file, and the file's tree. */
import type { Expr, FunctionDef } from "../../asm/syntax/ast.ts";
import type { Edit } from "../../diag/diagnostic.ts";
import type { Kernel } from "../../kernel/model.ts";
import type { Span } from "../../support/span.ts";
import type { Finding } from "../../verifier/model.ts";
import { allExpressions, type Item, type SourceTree, type Step } from "./source-tree.ts";

export interface Trouble {
  readonly finding: Finding;
  /** Where the trouble shows, in the main file. */
  readonly at: Span;
  /** Where the value was made that the finding speaks of. */
  readonly made?: Span;
  readonly section: string;
  /** Of the program's name where it is defined. */
  readonly nameSpan?: Span;
  readonly tree: SourceTree;
  readonly kernel: Kernel;
  /** Line of a span's start, from 1. */
  readonly lineOf: (span: Span) => number;
}

/** Edits that belong together; none where a mend cannot be made. */
export type Edits = readonly Edit[];

/** The mends to choose from, the best first; none where none is known. */
export type Mender = (trouble: Trouble) => readonly Edits[];

/** A better place for the trouble than line info has; undefined where that is as good. */
export type Placer = (trouble: Trouble) => Span | undefined;

/** A place in a function: the statements that hold it, the innermost last. */
export interface Spot {
  readonly fn: FunctionDef;
  readonly way: readonly Step[];
  readonly step: Step;
}

export function spotAt(tree: SourceTree, span: Span | undefined): Spot | undefined {
  const fn = span && tree.functionAt(span.start);
  const way = fn ? tree.wayTo(fn, span.start) : [];
  const step = way[way.length - 1];
  return fn && step && step.item !== fn.body ? { fn, way, step } : undefined;
}

/** The variable that a statement gives the value to which is made at an offset. */
export function holderOf(item: Item, at: number): string | undefined {
  const holds = (e: { readonly span: Span }): boolean => e.span.start <= at && at < e.span.end;
  if (item.kind === "declaration") return item.declarators.find(({ init }) => init && holds(init))?.name.name;
  for (const e of allExpressions(item)) {
    if (e.kind === "assign" && e.op === "=" && e.target.kind === "name" && holds(e.value)) return e.target.name;
  }
  return undefined;
}

/** The innermost expression of a kind that holds an offset, in the user's own text. */
export function innermost<K extends Expr["kind"]>(
  item: Item,
  kind: K,
  at: number,
): (Expr & { readonly kind: K }) | undefined {
  let found: (Expr & { readonly kind: K }) | undefined;
  for (const e of allExpressions(item)) {
    if (e.kind === kind && !e.span.via && e.span.start <= at && at < e.span.end)
      found = e as Expr & { readonly kind: K };
  }
  return found;
}

/** The call of a function by its name that a statement holds at an offset, or anywhere. */
export function callOf(item: Item, name: string, at: number): (Expr & { readonly kind: "call" }) | undefined {
  const calls = [...allExpressions(item)].filter(
    (e) => e.kind === "call" && e.callee.kind === "name" && e.callee.name === name && !e.span.via,
  ) as (Expr & { readonly kind: "call" })[];
  return calls.find(({ span }) => span.start <= at && at < span.end) ?? calls[0];
}
