/** Statements that compute something and do nothing with it (clang's `Expr::isUnusedResultAWarning`). */
import type { Block, Expr, Stmt } from "../../syntax/ast.ts";
import { operandType } from "../convert.ts";
import { comparisons } from "./comparisons.ts";
import type { Warner } from "./facts.ts";

/** An expression that stands as a statement. */
export function unusedValue(w: Warner, e: Expr): void {
  if (e.kind === "stmt_expr" && e.span.via) return;
  const useless = uselessPart(w, e);
  if (!useless) return;
  if (useless.kind === "call") w.warn("unused-result", useless.span, calleeName(useless));
  else if (useless.kind === "binary" && comparisons.has(useless.op)) w.warn("unused-comparison", useless.opSpan);
  else w.warn("unused-value", useless.kind === "binary" ? useless.opSpan : useless.span);
}

const calleeName = (e: Extract<Expr, { kind: "call" }>): string =>
  e.callee.kind === "name" ? e.callee.name : "the call";

/** The part of an expression that has a value and no effect. */
function uselessPart(w: Warner, e: Expr): Expr | undefined {
  const operand = w.operand(e);
  if (!operand) return undefined;
  const type = operandType(operand);
  if (type.kind === "void" || type.q?.volatile) return undefined;
  switch (e.kind) {
    case "assign":
    case "incdec":
    case "error":
      return undefined;
    case "binary":
      return binaryPart(w, e);
    case "cond":
      return condPart(w, e);
    case "call":
      return mustLook(w, e) ? e : undefined;
    case "stmt_expr":
      return lastPart(w, e.body, e);
    default:
      return e;
  }
}

function binaryPart(w: Warner, e: Extract<Expr, { kind: "binary" }>): Expr | undefined {
  if (e.op === ",") return e.right.kind === "int" && e.right.value === 0n ? undefined : uselessPart(w, e.right);
  if (e.op === "&&" || e.op === "||") return uselessPart(w, e.left) && uselessPart(w, e.right) ? e : undefined;
  return e;
}

function condPart(w: Warner, e: Extract<Expr, { kind: "cond" }>): Expr | undefined {
  if (!e.then) return uselessPart(w, e.else);
  return uselessPart(w, e.then) && uselessPart(w, e.else) ? e : undefined;
}

function lastPart(w: Warner, body: Block, whole: Expr): Expr | undefined {
  let last: Block["items"][number] | undefined = body.items.at(-1);
  while (last?.kind === "label") last = last.body;
  if (last?.kind === "expr") return uselessPart(w, (last as Extract<Stmt, { kind: "expr" }>).expr);
  return whole;
}

function mustLook(w: Warner, e: Extract<Expr, { kind: "call" }>): boolean {
  return e.callee.kind === "name" && w.cx.mustLook.has(e.callee.name);
}
