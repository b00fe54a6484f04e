/** Statements. */
import { assertNever } from "../../support/bug.ts";
import type { Span } from "../../support/span.ts";
import type { Block, Declaration, Expr, Ident, StaticAssert, Stmt } from "../syntax/ast.ts";
import { checkAsm } from "./asm.ts";
import { checkGotos } from "./cleanup.ts";
import { constantInt } from "./constants.ts";
import type { FunctionState, Sema, SwitchState } from "./context.ts";
import { assigned, condition, errorValue, isError, operandSpan, operandType, rvalue } from "./convert.ts";
import { localDeclaration } from "./decls.ts";
import { checkOperand, checkValue } from "./expr.ts";
import { canReachEnd } from "./flow.ts";
import { convert, promotedType, wrapTo } from "./fold.ts";
import type { FunctionDraft } from "./scope.ts";
import { staticAssert } from "./static-assert.ts";
import type { TCase, TExpr, TStmt } from "./tree.ts";
import { intType, isInteger, typeText, voidType } from "./type-ops.ts";

type Of<K extends Stmt["kind"]> = Extract<Stmt, { kind: K }>;

/** The body of a function; reports labels that are missing and ends that return nothing. */
export function checkBody(cx: Sema, body: Block): TStmt {
  const checked = block(cx, body);
  const state = cx.fn!;
  for (const [name, label] of state.labels) if (label.used && !label.defined) cx.sink.error("E0216", label.used, name);
  checkGotos(cx, state);
  const { fn } = state;
  if (fn.type.ret.kind !== "void" && !fn.naked && canReachEnd(checked)) reportNoReturn(cx, state, body);
  return checked;
}

/** The kernel refuses a program that leaves r0 unset; a subprogram's caller may not look at it. */
function reportNoReturn(cx: Sema, state: FunctionState, body: Block): void {
  const span = body.span.via ? state.fn.span : { ...body.span, start: body.span.end - 1 };
  const program = programOf(cx, state.fn);
  if (program) cx.sink.error("E0217", span, program.name).help("add 'return 0;' where the function ends");
  else cx.sink.warn("return-type", span, state.fn.name);
}

/** The program a function is, or is the body of: BPF_PROG and its kin name the body so. */
function programOf(cx: Sema, fn: FunctionDraft): FunctionDraft | undefined {
  if (fn.section !== undefined) return fn;
  const outer = fn.name.startsWith(BODY_PREFIX) ? cx.fileScope.own(fn.name.slice(BODY_PREFIX.length)) : undefined;
  return outer?.kind === "function" && outer.fn.section !== undefined ? outer.fn : undefined;
}

const BODY_PREFIX = "____";

/** A block in a scope of its own. */
export function block(cx: Sema, b: Block): TStmt {
  return cx.inScope(() => ({ kind: "block", items: b.items.flatMap((i) => item(cx, i)), span: b.span }));
}

function item(cx: Sema, i: Stmt | Declaration | StaticAssert): TStmt[] {
  if (i.kind === "declaration") return localDeclaration(cx, i);
  if (i.kind === "static_assert") {
    staticAssert(cx, i);
    return [];
  }
  return [statement(cx, i)];
}

const empty = (span: Span): TStmt => ({ kind: "block", items: [], span });

export function statement(cx: Sema, s: Stmt): TStmt {
  switch (s.kind) {
    case "block":
      return block(cx, s);
    case "expr":
      return { kind: "expr", expr: effect(cx, s.expr), span: s.span };
    case "empty":
      return empty(s.span);
    case "if":
      return ifStatement(cx, s);
    case "while":
      return loop(cx, s, true, s.cond);
    case "do":
      return loop(cx, s, false, s.cond);
    case "for":
      return forStatement(cx, s);
    case "switch":
      return switchStatement(cx, s);
    case "case":
      return caseStatement(cx, s);
    case "default":
      return defaultStatement(cx, s);
    case "label":
      return labelStatement(cx, s);
    case "goto":
      useLabel(cx, s.label);
      return { kind: "goto", name: s.label.name, span: s.span };
    case "goto_computed":
      cx.sink.error("E0230", s.span, "'goto *'").help("use a switch");
      return empty(s.span);
    case "break":
    case "continue":
      return jumpOut(cx, s);
    case "return":
      return returnStatement(cx, s);
    case "asm":
      for (const label of s.labels) useLabel(cx, label);
      return checkAsm(cx, s);
    default:
      return assertNever(s);
  }
}

/** An expression whose value nobody looks at. */
export function effect(cx: Sema, e: Expr): TExpr {
  const operand = checkOperand(cx, e);
  const named = operand.kind === "place" && (operand.place.kind === "local" || operand.place.kind === "global");
  if (named && !operandType(operand).q?.volatile) return convert(errorValue(operandSpan(operand)), voidType);
  return convert(rvalue(operand), voidType);
}

function ifStatement(cx: Sema, s: Of<"if">): TStmt {
  const cond = condition(cx, checkValue(cx, s.cond));
  const then = cx.inScope(() => statement(cx, s.then));
  const other = s.else && cx.inScope(() => statement(cx, s.else!));
  return { kind: "if", cond, then, ...(other && { else: other }), span: s.span };
}

function loopBody(cx: Sema, body: Stmt): TStmt {
  const state = cx.fn!;
  state.loops++;
  state.breakable++;
  const checked = cx.inScope(() => statement(cx, body));
  state.loops--;
  state.breakable--;
  return checked;
}

function loop(cx: Sema, s: Of<"while"> | Of<"do">, testFirst: boolean, cond: Expr): TStmt {
  const before = testFirst ? condition(cx, checkValue(cx, cond)) : undefined;
  const body = loopBody(cx, s.body);
  const test = before ?? condition(cx, checkValue(cx, cond));
  return {
    kind: "loop",
    testFirst,
    cond: test,
    body,
    ...(s.unroll !== undefined && { unroll: s.unroll }),
    span: s.span,
  };
}

function forStatement(cx: Sema, s: Of<"for">): TStmt {
  return cx.inScope(() => {
    const init =
      s.init?.kind === "declaration" ? localDeclaration(cx, s.init) : s.init ? [initStatement(cx, s.init)] : [];
    const cond = s.cond && condition(cx, checkValue(cx, s.cond));
    const step = s.step && effect(cx, s.step);
    const body = loopBody(cx, s.body);
    const whole: TStmt = {
      kind: "loop",
      testFirst: true,
      ...(cond && { cond }),
      ...(step && { step }),
      body,
      ...(s.unroll !== undefined && { unroll: s.unroll }),
      span: s.span,
    };
    return { kind: "block", items: [...init, whole], span: s.span };
  });
}

const initStatement = (cx: Sema, e: Expr): TStmt => ({ kind: "expr", expr: effect(cx, e), span: e.span });

function switchStatement(cx: Sema, s: Of<"switch">): TStmt {
  const v = checkValue(cx, s.value);
  const ok = isInteger(v.type);
  if (!ok && !isError(v)) cx.sink.error("E0231", v.span, typeText(v.type));
  const type = ok ? promotedType(v) : intType;
  const state = cx.fn!;
  const cases: TCase[] = [];
  state.switches.push({ type, cases, cleanups: state.cleanups, hasDefault: false });
  state.breakable++;
  const body = cx.inScope(() => statement(cx, s.body));
  state.breakable--;
  state.switches.pop();
  return { kind: "switch", value: ok ? convert(v, type) : errorValue(v.span), cases, body, span: s.span };
}

function caseStatement(cx: Sema, s: Of<"case">): TStmt {
  const inner = cx.fn!.switches.at(-1);
  if (!inner) {
    cx.sink.error("E0214", s.span, "case", "a switch");
    return statement(cx, s.body);
  }
  const first = constantInt(cx, s.first, "a case");
  const last = s.last ? constantInt(cx, s.last, "the end of a case range") : first;
  if (first === undefined || last === undefined) return statement(cx, s.body);
  const range = { first: wrapTo(first, inner.type), last: wrapTo(last, inner.type) };
  const twin = inner.cases.find((c) => c.range && c.range.first <= range.last && range.first <= c.range.last);
  if (twin) cx.sink.error("E0215", s.first.span, `${range.first}`);
  checkCaseScope(cx, inner, "case", s.span);
  const label: TCase = { range };
  inner.cases.push(label);
  return { kind: "case", label, body: statement(cx, s.body), span: s.span };
}

function defaultStatement(cx: Sema, s: Of<"default">): TStmt {
  const inner = cx.fn!.switches.at(-1);
  if (!inner) {
    cx.sink.error("E0214", s.span, "default", "a switch");
    return statement(cx, s.body);
  }
  if (inner.hasDefault) cx.sink.error("E0215", s.span, "default");
  inner.hasDefault = true;
  checkCaseScope(cx, inner, "default", s.span);
  const label: TCase = {};
  inner.cases.push(label);
  return { kind: "case", label, body: statement(cx, s.body), span: s.span };
}

function checkCaseScope(cx: Sema, inner: SwitchState, word: string, span: Span): void {
  const entered = cx.fn!.cleanups[inner.cleanups.length];
  if (entered) cx.sink.error("E0245", span, word, entered.name).note("declared here", entered.span);
}

/** A jump to a label from here; whether it may is asked once all labels are known. */
function useLabel(cx: Sema, { name, span }: Ident): void {
  const state = cx.fn!;
  state.labels.set(name, { used: span, ...state.labels.get(name) });
  state.gotos.push({ name, span, cleanups: state.cleanups });
}

function labelStatement(cx: Sema, s: Of<"label">): TStmt {
  defineLabel(cx, s);
  return { kind: "label", name: s.name.name, body: statement(cx, s.body), span: s.span };
}

function defineLabel(cx: Sema, s: Of<"label">): void {
  const { labels } = cx.fn!;
  const known = labels.get(s.name.name);
  if (known?.defined) cx.sink.error("E0208", s.name.span, s.name.name).note("defined here first", known.defined);
  labels.set(s.name.name, { ...known, defined: s.name.span, cleanups: cx.fn!.cleanups });
}

function jumpOut(cx: Sema, s: Of<"break"> | Of<"continue">): TStmt {
  const state = cx.fn!;
  const inside = s.kind === "break" ? state.breakable > 0 : state.loops > 0;
  if (inside) return { kind: s.kind, span: s.span };
  cx.sink.error("E0214", s.span, s.kind, s.kind === "break" ? "a loop or switch" : "a loop");
  return empty(s.span);
}

function returnStatement(cx: Sema, s: Of<"return">): TStmt {
  const { fn } = cx.fn!;
  const { ret } = fn.type;
  if (!s.value) {
    if (ret.kind !== "void") cx.sink.error("E0225", s.span, fn.name, typeText(ret));
    return { kind: "return", span: s.span };
  }
  const v = checkValue(cx, s.value);
  if (ret.kind !== "void")
    return { kind: "return", value: assigned(cx, v, ret, `the result of '${fn.name}'`), span: s.span };
  if (v.type.kind !== "void" && !isError(v))
    cx.sink.error("E0203", v.span, `the result of '${fn.name}'`, "void", typeText(v.type));
  const done: TStmt = { kind: "expr", expr: convert(v, voidType), span: s.span };
  return { kind: "block", items: [done, { kind: "return", span: s.span }], span: s.span };
}

/** The labels before a statement, and the statement. */
function labelled(s: Block["items"][number] | undefined) {
  const labels: Of<"label">[] = [];
  let last = s;
  for (; last?.kind === "label"; last = last.body) labels.push(last);
  return { labels, last };
}

/** `({ ... })`: its value is that of the last statement, if that is an expression, with or without labels. */
export function checkStmtExpr(cx: Sema, e: Extract<Expr, { kind: "stmt_expr" }>): TExpr {
  if (!cx.fn) {
    cx.sink.error("E0230", e.span, "a statement expression outside of functions");
    return errorValue(e.span);
  }
  return cx.inScope(() => {
    const items = [...e.body.items];
    const { labels, last } = labelled(items.at(-1));
    const result = last?.kind === "expr" ? last : undefined;
    if (result) items.pop();
    const body = items.flatMap((i) => item(cx, i));
    for (const l of result ? labels : []) {
      defineLabel(cx, l);
      body.push({ kind: "label", name: l.name.name, body: empty(l.span), span: l.span });
    }
    const v = result && rvalue(checkOperand(cx, result.expr));
    if (v && isError(v)) return v;
    return { kind: "stmt_expr", body, ...(v && { value: v }), type: v?.type ?? voidType, span: e.span };
  });
}
