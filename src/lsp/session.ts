/** Which parts of a session program run at the entry of the function alone, and which at its exit. */
import type { Block, Declaration, Expr, FunctionDef, Stmt } from "../asm/syntax/ast.ts";
import type { Span } from "../support/span.ts";
import { type Analysis, MAIN } from "./analysis.ts";

export type Run = "entry" | "exit";

export interface SessionPart {
  readonly run: Run;
  readonly span: Span;
  /** What follows a branch that leaves the function: from here to the end of the block. */
  readonly rest: boolean;
}

const QUESTION = "bpf_session_is_return";
type Item = Block["items"][number];

export function sessionParts(a: Analysis): readonly SessionPart[] {
  const functions = (a.names.ast?.items ?? []).filter(
    (item): item is FunctionDef => item.kind === "function" && item.span.file === MAIN,
  );
  return functions.flatMap((fn) => {
    const found: SessionPart[] = [];
    partsIn(fn.body.items, new Set(), found);
    return found;
  });
}

/** `answers`: variables that hold what the question gave, and are declared with it. */
function partsIn(items: readonly Item[], answers: Set<string>, found: SessionPart[]): void {
  for (const [index, item] of items.entries()) {
    if (item.kind === "declaration") noteAnswers(item, answers);
    else if (item.kind === "expr") dropAssigned(item.expr, answers);
    else if (item.kind === "if") branch(item, items.slice(index + 1), answers, found);
    else if (item.kind !== "static_assert") for (const inner of bodiesOf(item)) partsIn(inner, answers, found);
  }
}

function branch(
  s: Extract<Stmt, { kind: "if" }>,
  behind: readonly Item[],
  answers: Set<string>,
  found: SessionPart[],
): void {
  const run = runOf(s.cond, answers);
  if (run) {
    found.push({ run, span: s.then.span, rest: false });
    const exact = isExact(s.cond, answers);
    if (exact && s.else) found.push({ run: other(run), span: s.else.span, rest: false });
    const [next] = behind;
    const last = behind.at(-1);
    if (exact && !s.else && leaves(s.then) && next && last)
      found.push({ run: other(run), span: { ...next.span, end: last.span.end }, rest: true });
    return;
  }
  partsIn([s.then, ...(s.else ? [s.else] : [])], answers, found);
}

const other = (run: Run): Run => (run === "entry" ? "exit" : "entry");

function bodiesOf(s: Stmt): readonly (readonly Item[])[] {
  if (s.kind === "block") return [s.items];
  return "body" in s ? [[s.body]] : [];
}

/** When a condition holds: at the exit if it asks for that, at the entry if it asks for the opposite. */
function runOf(cond: Expr, answers: ReadonlySet<string>): Run | undefined {
  if (isQuestion(cond, answers)) return "exit";
  if (cond.kind === "unary" && cond.op === "!") {
    const inner = runOf(cond.operand, answers);
    return inner && isExact(cond.operand, answers) ? other(inner) : undefined;
  }
  if (cond.kind === "binary" && cond.op === "&&") return runOf(cond.left, answers) ?? runOf(cond.right, answers);
  return undefined;
}

/** Whether the condition asks nothing else: then its opposite tells as much. */
const isExact = (cond: Expr, answers: ReadonlySet<string>): boolean =>
  isQuestion(cond, answers) || (cond.kind === "unary" && cond.op === "!" && isExact(cond.operand, answers));

function isQuestion(e: Expr, answers: ReadonlySet<string>): boolean {
  if (e.kind === "name") return answers.has(e.name);
  return e.kind === "call" && e.callee.kind === "name" && e.callee.name === QUESTION;
}

function noteAnswers(d: Declaration, answers: Set<string>): void {
  for (const { name, init } of d.declarators) {
    if (init && init.kind !== "init_list" && isQuestion(init, answers)) answers.add(name.name);
    else answers.delete(name.name);
  }
}

function dropAssigned(e: Expr, answers: Set<string>): void {
  if (e.kind === "assign" && e.target.kind === "name") answers.delete(e.target.name);
}

/** Whether nothing runs behind a statement. */
function leaves(s: Stmt): boolean {
  if (s.kind === "return" || s.kind === "goto") return true;
  const last = s.kind === "block" ? s.items.at(-1) : undefined;
  return last !== undefined && last.kind !== "declaration" && last.kind !== "static_assert" && leaves(last);
}
