/** Statements: empty bodies, cases that run into the next, switches over enumerations. */
import type { DiagBuilder } from "../../../diag/diagnostic.ts";
import type { Span } from "../../../support/span.ts";
import type { Block, Expr, Stmt } from "../../syntax/ast.ts";
import { typeText } from "../type-ops.ts";
import { comparisons } from "./comparisons.ts";
import type { Warner } from "./facts.ts";
import { truthValue } from "./shapes.ts";

type Of<K extends Stmt["kind"]> = Extract<Stmt, { kind: K }>;

// ---- empty bodies ----

/** `if (x);`: a semicolon on the line of the condition, before what seems to be the body. */
export function emptyBody(
  w: Warner,
  s: Of<"if"> | Of<"while"> | Of<"do"> | Of<"for"> | Of<"switch">,
  next?: Block["items"][number],
): void {
  if (s.kind === "do") return;
  if (s.kind === "if") {
    if (!s.else) emptyPart(w, s.then, s.span, "if");
  } else if (s.kind === "switch") emptyPart(w, s.body, s.span, "switch");
  else if (looksLikeBody(w, s, next)) emptyPart(w, s.body, s.span, s.kind);
}

/** A loop with an empty body is common; one whose next statement is indented or in braces is a slip. */
function looksLikeBody(w: Warner, s: Of<"while"> | Of<"for">, next?: Block["items"][number]): boolean {
  if (!next || next.kind === "declaration" || next.kind === "static_assert") return false;
  if (next.kind === "block") return true;
  return w.column(next.span) > w.column(s.span);
}

function emptyPart(w: Warner, body: Stmt, whole: Span, word: string): void {
  if (body.kind !== "empty" || (body.attributes?.length ?? 0) > 0 || body.span.via || whole.via) return;
  if (w.sameLine(body.span)) w.warn("empty-body", body.span, word);
}

// ---- switch ----

/** The cases that belong to a switch itself, in order. */
function casesOf(body: Stmt): (Of<"case"> | Of<"default">)[] {
  switch (body.kind) {
    case "case":
    case "default":
      return [body, ...casesOf(body.body)];
    case "block":
      return body.items.flatMap((i) => (i.kind === "declaration" || i.kind === "static_assert" ? [] : casesOf(i)));
    case "label":
    case "while":
    case "do":
    case "for":
      return casesOf(body.body);
    case "if":
      return [...casesOf(body.then), ...(body.else ? casesOf(body.else) : [])];
    default:
      return [];
  }
}

export function enumSwitch(w: Warner, s: Of<"switch">): void {
  const type = w.type(s.value);
  if (truthSwitch(w, s.value)) w.warn("switch-bool", s.value.span);
  if (type?.kind !== "enum" || !type.decl.values) return;
  const cases = casesOf(s.body);
  const ranges = cases.flatMap((c) => (c.kind === "case" ? [rangeOfCase(w, c)] : []));
  const has = (v: bigint) => ranges.some((r) => r && v >= r.first && v <= r.last);
  for (const c of cases) foreignCase(w, c, type.decl.values, typeText(type));
  const missing = type.decl.values.filter(
    (v, i, all) => !has(v.value) && all.findIndex((o) => o.value === v.value) === i,
  );
  const fallback = cases.some((c) => c.kind === "default");
  const names = missing
    .map((v) => `'${v.name}'`)
    .slice(0, 3)
    .join(", ");
  if (missing.length > 0 && !fallback) w.warn("switch", s.value.span, names, missing.length);
  else if (missing.length > 0) w.warn("switch-enum", s.value.span, names, missing.length);
  else if (fallback) w.warn("covered-switch-default", cases.find((c) => c.kind === "default")!.span);
}

const truthSwitch = (w: Warner, e: Expr): boolean =>
  w.type(e)?.kind === "bool" ||
  (e.kind === "binary" && (comparisons.has(e.op) || e.op === "&&" || e.op === "||") && truthValue(w, e));

function rangeOfCase(w: Warner, c: Of<"case">) {
  const first = w.constant(c.first);
  const last = c.last ? w.constant(c.last) : first;
  return first === undefined || last === undefined ? undefined : { first, last };
}

function foreignCase(
  w: Warner,
  c: Of<"case"> | Of<"default">,
  values: readonly { readonly value: bigint }[],
  name: string,
): void {
  const range = c.kind === "case" ? rangeOfCase(w, c) : undefined;
  if (c.kind !== "case" || !range || values.some((v) => v.value === range.first)) return;
  w.warn("switch", c.first.span, `${range.first} (no value of '${name}')`, 0);
}

/** A case that runs into the next without `__attribute__((fallthrough))`. */
export function fallThrough(w: Warner, s: Of<"switch">): void {
  if (s.body.kind !== "block" || w.cx.sink.levelAt("implicit-fallthrough", s.span) === "ignored") return;
  const { items } = s.body;
  for (let i = 1; i < items.length; i++) {
    const item = items[i]!;
    const before = items[i - 1]!;
    if (item.kind !== "case" && item.kind !== "default") continue;
    if (runsOn(w, before) && !isMarked(before)) markFall(w, item.span, w.warn("implicit-fallthrough", item.span));
  }
}

/** The statement that says so is put before the case. */
function markFall(w: Warner, span: Span, warning: DiagBuilder | undefined): void {
  if (!warning || span.via) return;
  const at = { ...span, end: span.start };
  const mark = "__attribute__((fallthrough));";
  const indent = w.before(span);
  const unit = indent.includes("\t") ? "\t" : "    ";
  warning.edit(at, indent.trim() === "" ? `${unit}${mark}\n${indent}` : `${mark} `);
  warning.alternative([{ span: at, text: indent.trim() === "" ? `${unit}break;\n${indent}` : "break; " }]);
  warning.help(`if it is meant so, say ${mark} before the case, else break`);
}

const unlabelled = (s: Stmt): Stmt =>
  s.kind === "case" || s.kind === "default" || s.kind === "label" ? unlabelled(s.body) : s;

const isMarked = (s: Block["items"][number]): boolean => {
  if (s.kind === "declaration" || s.kind === "static_assert") return false;
  const last = unlabelled(s);
  if (last.kind === "block") return last.items.length > 0 && isMarked(last.items.at(-1)!);
  return last.kind === "empty" && (last.attributes?.some((a) => a.name === "fallthrough") ?? false);
};

/** Whether control goes on behind a statement, as far as its shape tells. */
function runsOn(w: Warner, s: Block["items"][number]): boolean {
  switch (s.kind) {
    case "break":
    case "continue":
    case "return":
    case "goto":
      return false;
    case "case":
    case "default":
    case "label":
      return runsOn(w, s.body);
    case "block":
      return s.items.length === 0 || runsOn(w, s.items.at(-1)!);
    case "if":
      return !s.else || runsOn(w, s.then) || runsOn(w, s.else);
    case "while":
      return w.constant(s.cond) !== 1n;
    case "for":
      return s.cond !== undefined;
    default:
      return true;
  }
}
