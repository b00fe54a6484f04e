/** A write to an argument of the context becomes one to a local copy. */
import type { Expr } from "../../asm/syntax/ast.ts";
import { before, freshName, replace } from "./insert.ts";
import { allExpressions } from "./source-tree.ts";
import { type Mender, spotAt } from "./trouble.ts";

export const localCopy: Mender = ({ tree, at }) => {
  const spot = spotAt(tree, at);
  if (spot?.step.item.kind !== "expr") return [];
  const target = [...allExpressions(spot.step.item)].map(written).find((e) => e !== undefined);
  if (!target || target.span.via) return [];
  const name = freshName(tree, "copy");
  const edits = before(tree, spot.fn, spot.step, [`u64 ${name} = ${tree.text(target.span)};`]);
  return edits.length > 0 ? [[...edits, replace(target.span, name)]] : [];
};

/** What an expression changes, if it is an element or a member. */
function written(e: Expr): Expr | undefined {
  const target = e.kind === "assign" ? e.target : e.kind === "incdec" ? e.operand : undefined;
  return target?.kind === "index" || target?.kind === "member" ? target : undefined;
}
