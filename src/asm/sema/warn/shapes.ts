/** Shapes of expressions as they are written. */
import type { Expr } from "../../syntax/ast.ts";
import { isInteger } from "../type-ops.ts";
import type { Warner } from "./facts.ts";

const truthOps = new Set(["==", "!=", "<", ">", "<=", ">=", "&&", "||"]);

/** Whether a value is 0 or 1 by the way it is made. */
export function truthValue(w: Warner, e: Expr): boolean {
  const type = w.type(e);
  if (type?.kind === "bool") return true;
  switch (e.kind) {
    case "binary":
      if (truthOps.has(e.op)) return true;
      if (e.op === ",") return truthValue(w, e.right);
      return (e.op === "&" || e.op === "|" || e.op === "^") && truthValue(w, e.left) && truthValue(w, e.right);
    case "unary":
      return e.op === "!";
    case "cast":
      return type !== undefined && isInteger(type) && truthValue(w, e.operand);
    case "cond":
      return e.then !== undefined && truthValue(w, e.then) && truthValue(w, e.else);
    default:
      return false;
  }
}

/** Whether an operator's expression stands in parentheses of its own. */
export const isParenthesised = (e: Expr): boolean =>
  (e.kind === "binary" || e.kind === "assign" || e.kind === "unary") && e.parens === true;

/** Whether two expressions are the same place by name. */
export function sameExpr(w: Warner, a: Expr, b: Expr): boolean {
  if (a.kind === "name" && b.kind === "name") return a.name === b.name && isVariable(w, a);
  if (a.kind === "member" && b.kind === "member")
    return a.name.name === b.name.name && a.arrow === b.arrow && sameExpr(w, a.base, b.base);
  if (a.kind === "index" && b.kind === "index")
    return sameExpr(w, a.base, b.base) && (sameExpr(w, a.index, b.index) || sameConstant(w, a.index, b.index));
  return false;
}

function sameConstant(w: Warner, a: Expr, b: Expr): boolean {
  const value = w.constant(a);
  return value !== undefined && value === w.constant(b);
}

function isVariable(w: Warner, e: Expr): boolean {
  const place = w.place(e);
  return place !== undefined && !place.type.q?.volatile;
}
