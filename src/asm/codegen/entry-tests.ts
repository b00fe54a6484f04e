/** Loops that begin with a question: who enters asks it himself, instead of going to where the rounds ask. */
import { reversePostOrder } from "./layout.ts";
import type { Placed } from "./placed.ts";

/**
 * A jump from outside to a block that only asks whether its loop goes on becomes that question. It is as long as the jump;
 * the rounds then end with their question, which is the jump back.
 * Keeps: what runs. Relies on: a block without instructions changes nothing that is asked.
 */
export function askAtEntries(blocks: readonly Placed[]): readonly Placed[] {
  const index = new Map(reversePostOrder(blocks).map(({ id }, i) => [id, i]));
  const asking = new Map(blocks.filter(isQuestion).map((block) => [block.id, block]));
  const isBack = (from: Placed, to: Placed): boolean => index.get(from.id)! >= index.get(to.id)!;
  const questionBehind = ({ term }: Placed) => (term.kind === "jump" ? asking.get(term.to) : undefined);
  const headers = new Set(
    blocks
      .map((block) => ({ block, to: questionBehind(block) }))
      .flatMap(({ block, to }) => (to && isBack(block, to) ? [to] : [])),
  );
  if (headers.size === 0) return blocks;
  return blocks.map((block) => {
    const header = questionBehind(block);
    return header && headers.has(header) && !isBack(block, header) ? { ...block, term: header.term } : block;
  });
}

const isQuestion = ({ items, term }: Placed): boolean =>
  items.length === 0 && term.kind === "branch" && term.cond !== "may_goto";
