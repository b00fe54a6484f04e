/** Conditions as branches: `&&`, `||`, `!` and comparisons become control flow, not values. */

import type { BlockId, CmpOp, ValueId } from "../ir/model.ts";
import type { CompareOp, TExpr } from "../sema/tree.ts";
import { hasCleanup } from "./cleanup.ts";
import { at, type FunctionContext } from "./context.ts";
import { evaluate, runEffects } from "./expr.ts";
import { isSigned } from "./scalars.ts";
import { lowerAll } from "./stmt.ts";
import { isWide } from "./wide.ts";
import { branchOnAnyBit, branchOnWide } from "./wide-expr.ts";

const compareOps: Readonly<Record<CompareOp, { readonly signed: CmpOp; readonly unsigned: CmpOp }>> = {
  eq: { signed: "eq", unsigned: "eq" },
  ne: { signed: "ne", unsigned: "ne" },
  lt: { signed: "slt", unsigned: "ult" },
  le: { signed: "sle", unsigned: "ule" },
  gt: { signed: "sgt", unsigned: "ugt" },
  ge: { signed: "sge", unsigned: "uge" },
};

interface Sides {
  readonly fn: CmpOp;
  readonly left: ValueId;
  readonly right: ValueId;
}

function sides(cx: FunctionContext, e: Extract<TExpr, { kind: "compare" }>): Sides {
  const fn = compareOps[e.op][isSigned(e.left.type) ? "signed" : "unsigned"];
  return { fn, left: evaluate(cx, e.left), right: evaluate(cx, e.right) };
}

/** A comparison as 0 or 1. */
export function comparison(cx: FunctionContext, e: Extract<TExpr, { kind: "compare" }>): ValueId {
  const { fn, left, right } = sides(cx, e);
  return cx.b.cmp(fn, left, right);
}

/** Whether converting a value of `from` cannot turn something else than zero into zero. */
function keepsTruth(from: TExpr, to: TExpr["type"]): boolean {
  if (to.kind === "bool") return true;
  if (from.kind === "compare" || from.kind === "logical" || from.type.kind === "bool") return true;
  if (from.kind === "unary" && from.op === "lnot") return true;
  return from.type.kind === "int" && to.kind === "int" && to.size >= from.type.size;
}

/**
 * Goes to `yes` if `e` is not zero, else to `no`, and leaves the current block sealed. `likely` is what the source says
 * about the outcome.
 */
export function branchOn(cx: FunctionContext, e: TExpr, yes: BlockId, no: BlockId, likely?: boolean): void {
  at(cx, e.span, () => branch(cx, e, yes, no, likely));
}

function branch(cx: FunctionContext, e: TExpr, yes: BlockId, no: BlockId, likely?: boolean): void {
  const { b } = cx;
  switch (e.kind) {
    case "const":
      b.jump(e.value === 0n ? no : yes);
      return;
    case "compare": {
      if (isWide(e.left.type)) {
        branchOnWide(cx, e, { yes, no, likely });
        return;
      }
      const { fn, left, right } = sides(cx, e);
      b.branch(fn, left, right, yes, no, likely);
      return;
    }
    case "logical": {
      const second = b.block();
      if (e.op === "and") branchOn(cx, e.left, second, no, likely === true ? true : undefined);
      else branchOn(cx, e.left, yes, second, likely === false ? false : undefined);
      b.enter(second);
      branchOn(cx, e.right, yes, no, likely);
      return;
    }
    case "unary":
      if (e.op === "lnot") {
        branchOn(cx, e.operand, no, yes, likely === undefined ? undefined : !likely);
        return;
      }
      break;
    case "convert":
      if (keepsTruth(e.operand, e.type)) {
        branchOn(cx, e.operand, yes, no, likely);
        return;
      }
      break;
    case "comma":
      runEffects(cx, e.left);
      branchOn(cx, e.right, yes, no, likely);
      return;
    case "stmt_expr":
      if (!e.value || e.body.some(hasCleanup)) break;
      lowerAll(cx, e.body);
      branchOn(cx, e.value, yes, no, likely);
      return;
    case "builtin":
      if (e.builtin.kind === "expect") {
        branchOn(cx, e.builtin.value, yes, no, e.builtin.likely !== 0n);
        return;
      }
      break;
    default:
      break;
  }
  if (isWide(e.type)) {
    branchOnAnyBit(cx, e, { yes, no, likely });
    return;
  }
  const value = evaluate(cx, e);
  b.branch("ne", value, b.const(b.typeOf(value), 0n), yes, no, likely);
}
