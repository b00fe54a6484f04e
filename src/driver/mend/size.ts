/** A size that may be more than the buffer holds, or nothing: cut to the buffer, or checked. */
import type { Expr } from "../../asm/syntax/ast.ts";
import { helperByName } from "../../kernel/helpers.ts";
import { before, freshName, replace } from "./insert.ts";
import { callOf, type Mender, type Spot, spotAt, type Trouble } from "./trouble.ts";
import { leaveLoop } from "./way-out.ts";

export const boundSize: Mender = (t) => {
  const spot = spotAt(t.tree, t.at);
  const { callee } = t.finding.cause;
  if (!spot || callee === undefined || /^(for|while|do)$/.test(spot.step.item.kind)) return [];
  const call = callOf(spot.step.item, callee, t.at.start);
  const nth = t.finding.code === "E0551" ? t.finding.cause.arg : sizeArg(callee);
  const size = nth === undefined ? undefined : call?.args[nth];
  const memory = nth === undefined ? undefined : call?.args[nth - 1];
  if (!size || !memory || size.span.via || memory.span.via) return [];
  return [/may be zero/.test(t.finding.text) ? notZero(t, spot, size) : cut(t, spot, size, memory)];
};

/** Place of the argument that is a size behind memory. */
function sizeArg(name: string): number | undefined {
  const at = helperByName(name)?.args.findIndex(({ kind }) => kind.base.startsWith("ARG_CONST_SIZE")) ?? -1;
  return at < 1 ? undefined : at;
}

function cut(t: Trouble, spot: Spot, size: Expr, memory: Expr) {
  const room = roomOf(t, spot, memory);
  const unit = t.tree.unit(spot.fn);
  if (size.kind === "name" && !declaredHere(spot, size.name)) {
    const lines = [`if (${size.name} > ${room})`, `${unit}${size.name} = ${room};`];
    if (!/negative/.test(t.finding.text)) return before(t.tree, spot.fn, spot.step, lines);
  }
  const name = freshName(t.tree, "size");
  const lines = [`u32 ${name} = ${t.tree.text(size.span)};`, `if (${name} > ${room})`, `${unit}${name} = ${room};`];
  const edits = before(t.tree, spot.fn, spot.step, lines);
  return edits.length > 0 ? [...edits, replace(size.span, name)] : [];
}

const declaredHere = ({ step }: Spot, name: string): boolean =>
  step.item.kind === "declaration" && step.item.declarators.some((d) => d.name.name === name);

function notZero(t: Trouble, spot: Spot, size: Expr) {
  const text = t.tree.text(size.span);
  const lines = (name: string) => [
    `if (!${name})`,
    `${t.tree.unit(spot.fn)}${leaveLoop(spot.fn, t.section, spot.way)}`,
  ];
  if (size.kind === "name") return before(t.tree, spot.fn, spot.step, lines(size.name));
  const name = freshName(t.tree, "size");
  const edits = before(t.tree, spot.fn, spot.step, [`u32 ${name} = ${text};`, ...lines(name)]);
  return edits.length > 0 ? [...edits, replace(size.span, name)] : [];
}

/** `sizeof(buf)` for `buf` and `&buf`, `sizeof(*p)` for a pointer. */
function roomOf({ tree }: Trouble, { fn }: Spot, memory: Expr): string {
  if (memory.kind === "unary" && memory.op === "&") return `sizeof(${tree.text(memory.operand.span)})`;
  const type = memory.kind === "name" ? tree.variables(fn).find((v) => v.name.name === memory.name)?.type : undefined;
  const isArray = memory.kind === "name" ? type?.kind === "array" : memory.kind === "member";
  return isArray ? `sizeof(${tree.text(memory.span)})` : `sizeof(*(${tree.text(memory.span)}))`;
}
