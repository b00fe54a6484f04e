/** Packet data that was not compared with the packet's end: a check before the statement that reads it. */
import type { Expr, FunctionDef } from "../../asm/syntax/ast.ts";
import { before } from "./insert.ts";
import { allExpressions, type SourceTree } from "./source-tree.ts";
import { type Mender, spotAt } from "./trouble.ts";
import { leave } from "./way-out.ts";

export const packetEnd: Mender = ({ tree, at, section }) => {
  const spot = spotAt(tree, at);
  if (!spot || /^(for|while|do)$/.test(spot.step.item.kind)) return [];
  const covering = [...allExpressions(spot.step.item)].filter(
    ({ span }) => !span.via && span.start <= at.start && at.start < span.end,
  );
  const behind = covering.map((e) => endOf(tree, e)).find((text) => text !== undefined);
  const end = behind && packetEndIn(tree, spot.fn);
  if (!end) return [];
  const unit = tree.unit(spot.fn);
  const check = [`if ((void *)(${behind}) > ${end})`, `${unit}${leave(spot.fn, section)}`];
  return [before(tree, spot.fn, spot.step, check)];
};

/** The address behind what an expression accesses, in the source's words. */
function endOf(tree: SourceTree, e: Expr): string | undefined {
  if (e.kind === "unary" && e.op === "*") return `${operand(tree, e.operand)} + 1`;
  if (e.kind === "member" && e.arrow) return `${operand(tree, e.base)} + 1`;
  if (e.kind !== "index") return undefined;
  return `${operand(tree, e.base)} + ${operand(tree, e.index)} + 1`;
}

const operand = (tree: SourceTree, e: Expr): string =>
  /^(name|member|index|call|int)$/.test(e.kind) ? tree.text(e.span) : `(${tree.text(e.span)})`;

/** The variable that holds the packet's end, or the context's member as it is cast there. */
function packetEndIn(tree: SourceTree, fn: FunctionDef): string | undefined {
  const text = tree.text(fn.body.span);
  const named = /(\w+)\s*=\s*\(void \*\)\s*\(\w+\)\s*\w+->data_end\s*[;,]/.exec(text)?.[1];
  if (named !== undefined) return named;
  const ctx = fn.type.kind === "func" ? fn.type.params[0]?.name?.name : undefined;
  return ctx === undefined ? undefined : `(void *)(long)${ctx}->data_end`;
}
