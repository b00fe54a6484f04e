/** The control-flow graph seen from its edges: predecessors and reverse post-order. */
import { successors } from "./inst.ts";
import type { Block, BlockId } from "./model.ts";

/** Predecessors by block, each once, in block order. */
export function predecessors(blocks: readonly Block[]): Map<BlockId, BlockId[]> {
  const preds = new Map<BlockId, BlockId[]>(blocks.map((block) => [block.id, []]));
  for (const block of blocks) {
    for (const next of new Set(successors(block.term))) preds.get(next)?.push(block.id);
  }
  return preds;
}

/**
 * Blocks that `entry` reaches, in reverse post-order. A branch's `then` way comes right after it where it can, so that
 * the order is close to the source's.
 */
export function reversePostOrder<B extends Pick<Block, "id" | "term">>(
  entry: BlockId,
  blocks: ReadonlyMap<BlockId, B>,
): B[] {
  const seen = new Set<BlockId>([entry]);
  const order: B[] = [];
  const stack: { block: B; next: BlockId[] }[] = [];
  const push = (id: BlockId): void => {
    const block = blocks.get(id);
    if (block) stack.push({ block, next: [...successors(block.term)] });
  };
  push(entry);
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    const next = top.next.pop();
    if (next === undefined) {
      order.push(top.block);
      stack.pop();
    } else if (!seen.has(next)) {
      seen.add(next);
      push(next);
    }
  }
  return order.reverse();
}
