/** Statements: blocks and jumps. */
import { assertNever } from "../../support/bug.ts";
import type { BlockId } from "../ir/model.ts";
import type { TStmt } from "../sema/tree.ts";
import { lowerAsm } from "./asm.ts";
import { cleanUp, inCleanupScope, leaveFor } from "./cleanup.ts";
import { branchOn } from "./condition.ts";
import { at, caseBlock, type Exit, type FunctionContext, labelBlock, slotOf } from "./context.ts";
import { evaluate, runEffects } from "./expr.ts";
import { initialise } from "./init.ts";
import { endSince, inScope, slotMark } from "./lifetime.ts";
import { lowerMayGoto } from "./may-goto.ts";
import { recordAlign, recordInto } from "./record.ts";
import { lowerSwitch } from "./switch.ts";
import { isWide, storeWide } from "./wide.ts";
import { evaluateWide } from "./wide-expr.ts";

type StmtOf<K extends TStmt["kind"]> = Extract<TStmt, { readonly kind: K }>;

export const lowerStatement = (cx: FunctionContext, stmt: TStmt): void => at(cx, stmt.span, () => statement(cx, stmt));

/** Statements that share a scope. */
export function lowerAll(cx: FunctionContext, stmts: readonly TStmt[]): void {
  for (const stmt of stmts) lowerStatement(cx, stmt);
}

function statement(cx: FunctionContext, stmt: TStmt): void {
  switch (stmt.kind) {
    case "block":
      inScope(cx, () => inCleanupScope(cx, () => lowerAll(cx, stmt.items)));
      return;
    case "expr":
      inScope(cx, () => runEffects(cx, stmt.expr));
      return;
    case "local":
      slotOf(cx, stmt.local);
      if (stmt.init) initialise(cx, stmt.local, stmt.init);
      if (stmt.cleanup) cx.cleanups.push({ local: stmt.local, call: stmt.cleanup });
      return;
    case "if":
      conditional(cx, stmt);
      return;
    case "loop":
      loop(cx, stmt);
      return;
    case "switch":
      lowerSwitch(cx, stmt);
      return;
    case "case":
      labelled(cx, caseBlock(cx, stmt.label), stmt.body);
      return;
    case "label":
      labelled(cx, labelBlock(cx, stmt.name), stmt.body);
      return;
    case "goto":
      leaveFor(cx, stmt.name);
      cx.b.jump(labelBlock(cx, stmt.name));
      return;
    case "break":
      leave(cx, cx.breaks);
      return;
    case "continue":
      leave(cx, cx.continues);
      return;
    case "return":
      lowerReturn(cx, stmt);
      return;
    case "asm":
      if (!lowerMayGoto(cx, stmt)) lowerAsm(cx, stmt);
      return;
    default:
      assertNever(stmt);
  }
}

function conditional(cx: FunctionContext, stmt: StmtOf<"if">): void {
  const { b } = cx;
  const [yes, end] = [b.block(), b.block()];
  const no = stmt.else ? b.block() : end;
  branchOn(cx, stmt.cond, yes, no);
  b.enter(yes);
  lowerStatement(cx, stmt.then);
  b.jump(end);
  if (stmt.else) {
    b.enter(no);
    lowerStatement(cx, stmt.else);
    b.jump(end);
  }
  b.enter(end);
}

function loop(cx: FunctionContext, stmt: StmtOf<"loop">): void {
  const { b } = cx;
  const [test, body, step, end] = [b.block(), b.block(), b.block(), b.block()];
  const mark = slotMark(cx);
  const before = stmt.unroll === undefined ? undefined : b.loopMark();
  b.jump(stmt.testFirst ? test : body);
  b.enter(test);
  if (stmt.cond) branchOn(cx, stmt.cond, body, end);
  else b.jump(body);
  b.enter(body);
  if (before !== undefined && stmt.unroll !== undefined) b.unroll(before, stmt.unroll);
  const depth = cx.cleanups.length;
  cx.breaks.push({ to: end, depth });
  cx.continues.push({ to: step, depth });
  lowerStatement(cx, stmt.body);
  cx.breaks.pop();
  cx.continues.pop();
  b.jump(step);
  b.enter(step);
  endSince(cx, mark);
  const { step: effects } = stmt;
  if (effects) inScope(cx, () => runEffects(cx, effects));
  b.jump(test);
  b.enter(end);
  endSince(cx, mark);
}

/** A place that is jumped to; the code before falls into it. */
function labelled(cx: FunctionContext, block: BlockId, body: TStmt): void {
  cx.b.jump(block);
  cx.b.enter(block);
  lowerStatement(cx, body);
}

function leave(cx: FunctionContext, targets: readonly Exit[]): void {
  const target = targets[targets.length - 1];
  if (target === undefined) {
    cx.b.seal({ op: "unreachable" });
    return;
  }
  cleanUp(cx, target.depth);
  cx.b.jump(target.to);
}

function lowerReturn(cx: FunctionContext, stmt: StmtOf<"return">): void {
  const { b } = cx;
  if (stmt.value && cx.fn.type.ret.kind === "void") runEffects(cx, stmt.value);
  if (!stmt.value || cx.fn.type.ret.kind === "void") {
    cleanUp(cx, 0);
    endFunction(cx);
    return;
  }
  if (cx.result !== undefined) {
    const place = { base: cx.result, off: 0, align: recordAlign(stmt.value.type), volatile: false };
    if (isWide(stmt.value.type)) storeWide(cx, place, evaluateWide(cx, stmt.value));
    else recordInto(cx, stmt.value, place);
    cleanUp(cx, 0);
    b.seal({ op: "ret" });
    return;
  }
  const value = evaluate(cx, stmt.value);
  cleanUp(cx, 0);
  b.seal({ op: "ret", value });
}

/** Leaves the function without a value: what the caller sees is anything. */
export function endFunction(cx: FunctionContext): void {
  const { b, fn } = cx;
  const { ret } = fn.type;
  if (ret.kind === "void" || cx.result !== undefined || b.sealed) {
    b.seal({ op: "ret" });
    return;
  }
  b.seal({ op: "ret", value: b.emit({ op: "undef", ty: ret.kind === "ptr" ? "ptr" : returnType(cx) }) });
}

const returnType = (cx: FunctionContext): "i32" | "i64" => {
  const { ret } = cx.fn.type;
  return (ret.kind === "int" && ret.size === 8) || (ret.kind === "enum" && ret.decl.size === 8) ? "i64" : "i32";
};
