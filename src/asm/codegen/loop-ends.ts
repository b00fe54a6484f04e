/**
 * `for (...; i < n && can_loop; )`: at the end of a loop the question that has an opposite comes last, so that it is the
 * jump back. `may_goto` has none, and behind the other question needed a jump of its own. The kernel forgets there what
 * it knew of numbers that nothing depended on yet (kernel/bpf/verifier.c:widen_imprecise_scalars): `i < n` is asked anew.
 */
import type { BlockId } from "../ir/model.ts";
import { type Placed, type PlacedTerm, successorsOf } from "./placed.ts";

type Branch = Extract<PlacedTerm, { readonly kind: "branch" }>;

/** Relies on: empty blocks are passed by. Keeps: blocks; where both questions lead is one place, so their order is free. */
export function askMayGotoFirst(blocks: readonly Placed[]): readonly Placed[] {
  if (!blocks.some(({ items, term }) => items.length === 0 && isMayGoto(term))) return blocks;
  const byId = new Map(blocks.map((block) => [block.id, block]));
  const entries = new Map<BlockId, number>();
  for (const { term } of blocks) for (const to of successorsOf(term)) entries.set(to, (entries.get(to) ?? 0) + 1);
  for (const { id } of blocks) {
    const { term, ...first } = byId.get(id)!;
    if (term.kind !== "branch" || isMayGoto(term)) continue;
    const second = secondOf(term, byId);
    if (!second || entries.get(second.id) !== 1) continue;
    const asked = second.term as Branch;
    const onward = (to: BlockId): BlockId => (to === second.id ? asked.no : to);
    byId.set(id, { ...first, term: { ...asked, no: second.id } });
    byId.set(second.id, { ...second, term: { ...term, yes: onward(term.yes), no: onward(term.no) } });
  }
  return blocks.map(({ id }) => byId.get(id)!);
}

const isMayGoto = (term: PlacedTerm): boolean => term.kind === "branch" && term.cond === "may_goto";

/** The block of nothing but a `may_goto` on one way, if it ends the loop where the other way does. */
function secondOf({ yes, no }: Branch, byId: ReadonlyMap<BlockId, Placed>): Placed | undefined {
  const ends = (id: BlockId, other: BlockId): Placed | undefined => {
    const block = byId.get(id)!;
    const { items, term } = block;
    return items.length === 0 && term.kind === "branch" && isMayGoto(term) && term.yes === other ? block : undefined;
  };
  return ends(no, yes) ?? ends(yes, no);
}
