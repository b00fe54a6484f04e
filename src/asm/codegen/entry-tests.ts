/** Loops that begin with a question: who enters asks it himself, instead of going to where the rounds ask. */
import type { BlockId } from "../ir/model.ts";
import { reversePostOrder } from "./layout.ts";
import { type Placed, successorsOf } from "./placed.ts";

/**
 * The only jump from outside to a block that just asks whether its loop goes on becomes that question. It is as long as
 * the jump; the rounds then end with their question, which is the jump back.
 * Keeps: what runs. Relies on: a block without instructions changes nothing that is asked.
 */
export function askAtEntries(blocks: readonly Placed[]): readonly Placed[] {
  const asking = new Map(blocks.filter(isQuestion).map((block) => [block.id, block]));
  if (asking.size === 0) return blocks;
  const index = new Map(reversePostOrder(blocks).map(({ id }, i) => [id, i]));
  const entries = new Map<BlockId, number>();
  const headers = new Set<BlockId>();
  for (const { id, term } of blocks)
    for (const to of successorsOf(term)) {
      if (index.get(id)! < index.get(to)!) entries.set(to, (entries.get(to) ?? 0) + 1);
      else if (term.kind === "jump") headers.add(to);
    }
  return blocks.map((block) => {
    const to = block.term.kind === "jump" ? block.term.to : undefined;
    const header = to === undefined || !headers.has(to) || entries.get(to) !== 1 ? undefined : asking.get(to);
    return header && index.get(block.id)! < index.get(header.id)! ? { ...block, term: header.term } : block;
  });
}

const isQuestion = ({ items, term }: Placed): boolean =>
  items.length === 0 && term.kind === "branch" && term.cond !== "may_goto";
