/** An index that may leave its array: masked where the array's length is a power of two, else checked before it is used. */
import type { Expr } from "../../asm/syntax/ast.ts";
import { before, freshName, replace } from "./insert.ts";
import { innermost, type Mender, type Spot, spotAt, type Trouble } from "./trouble.ts";
import { leaveLoop } from "./way-out.ts";

type IndexExpr = Expr & { readonly kind: "index" };

export const boundIndex: Mender = (t) => {
  const spot = spotAt(t.tree, t.at);
  const found = spot && innermost(spot.step.item, "index", t.at.start);
  if (!spot || !found || found.index.span.via || found.index.kind === "int") return [];
  const length = lengthOf(t, spot, found);
  if (length === undefined) return [];
  const index = t.tree.text(found.index.span);
  const check = guarded(t, spot, found.index, index, `${length}`);
  if (typeof length !== "bigint" || (length & (length - 1n)) !== 0n) return [check];
  return [[replace(found.index.span, `${isSimple(found.index) ? index : `(${index})`} & ${length - 1n}`)], check];
};

const isSimple = (e: Expr): boolean => /^(name|member|index|call|unary)$/.test(e.kind);

/** Elements of the array: a number where the source says one, else an expression; undefined where neither is known. */
function lengthOf({ tree, finding }: Trouble, { fn }: Spot, { base }: IndexExpr): bigint | string | undefined {
  const text = tree.text(base.span);
  const type = base.kind === "name" ? tree.variables(fn).find(({ name }) => name.name === base.name)?.type : undefined;
  if (type?.kind === "array" && type.length?.kind === "int") return type.length.value;
  if (type && type.kind !== "array") {
    const { room } = finding.cause;
    return room === undefined ? undefined : `${room} / sizeof(${text}[0])`;
  }
  return `sizeof(${text}) / sizeof(${text}[0])`;
}

function guarded(t: Trouble, spot: Spot, index: Expr, text: string, length: string) {
  const { item } = spot.step;
  if (/^(for|while|do)$/.test(item.kind)) return [];
  const local = index.kind === "name" && t.tree.variables(spot.fn).some((v) => v.local && v.name.name === index.name);
  const name = local ? text : freshName(t.tree, "index");
  const negative = local && t.finding.code === "E0525" ? `${name} < 0 || ` : "";
  const check = [
    ...(local ? [] : [`u32 ${name} = ${text};`]),
    `if (${negative}${name} >= ${length})`,
    `${t.tree.unit(spot.fn)}${leaveLoop(spot.fn, t.section, spot.way)}`,
  ];
  const edits = before(t.tree, spot.fn, spot.step, check);
  if (edits.length === 0) return [];
  return local ? edits : [...edits, replace(index.span, name)];
}
