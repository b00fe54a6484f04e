/** A pointer that may be null gets a check: behind the statement that makes it, else before the one that uses it. */
import { before, behind } from "./insert.ts";
import { allExpressions, type Item, within } from "./source-tree.ts";
import { callOf, holderOf, type Mender, type Spot, spotAt, type Trouble } from "./trouble.ts";
import { leaveLoop } from "./way-out.ts";

export const nullCheck: Mender = (t) => [afterMaker(t) ?? [], beforeUse(t) ?? []];

const lines = (name: string, t: Trouble, { fn, way }: Spot): readonly string[] => [
  `if (!${name})`,
  `${t.tree.unit(fn)}${leaveLoop(fn, t.section, way)}`,
];

function afterMaker(t: Trouble) {
  const spot = spotAt(t.tree, t.made);
  const name = spot && holderOf(spot.step.item, t.made!.start);
  if (!spot || name === undefined || !/^(expr|declaration)$/.test(spot.step.item.kind)) return undefined;
  const edits = behind(t.tree, spot.step, lines(name, t, spot));
  return edits.length > 0 ? edits : undefined;
}

function beforeUse(t: Trouble) {
  const spot = spotAt(t.tree, t.at);
  const name = spot && usedPointer(spot.step.item, t);
  if (
    !spot ||
    name === undefined ||
    spot.step.item.kind === "declaration" ||
    /^(for|while|do)$/.test(spot.step.item.kind)
  )
    return undefined;
  return before(t.tree, spot.fn, spot.step, lines(name, t, spot));
}

/** The variable that is followed, or handed on. */
function usedPointer(item: Item, { finding, at }: Trouble): string | undefined {
  const { callee, arg } = finding.cause;
  if (callee !== undefined && arg !== undefined) {
    const given = callOf(item, callee, at.start)?.args[arg];
    return given?.kind === "name" ? given.name : undefined;
  }
  for (const e of allExpressions(item)) {
    if (e.span.via || e.span.start > at.start || at.start >= e.span.end) continue;
    const base =
      e.kind === "unary" && e.op === "*" ? e.operand : e.kind === "member" || e.kind === "index" ? e.base : undefined;
    if (!base) continue;
    const name = [...within(base)].find((x) => x.kind === "name");
    if (name?.kind === "name") return name.name;
  }
  return undefined;
}
