/** Natural loops: what each contains, where it is entered and left. */
import { flatMap } from "../../support/lists.ts";
import { predecessors } from "./cfg.ts";
import { type Dominators, dominators } from "./dominators.ts";
import { successors } from "./inst.ts";
import type { BlockId, IrFunction } from "./model.ts";

export interface Loop {
  /** The one block by which it is entered. */
  readonly header: BlockId;
  readonly blocks: ReadonlySet<BlockId>;
  /** Blocks of it that go back to the header. */
  readonly latches: readonly BlockId[];
}

/** Whether a way leads back to a block that comes no later, which there is in every loop. */
export function mayLoop({ blocks }: IrFunction): boolean {
  const seen = new Set<BlockId>();
  for (const { id, term } of blocks) {
    seen.add(id);
    if (successors(term).some((to) => seen.has(to))) return true;
  }
  return false;
}

/** Loops of `fn`, inner ones before those around them. Cycles with several entries are none. */
export function loopsOf(fn: IrFunction, doms: Dominators = dominators(fn)): Loop[] {
  const preds = predecessors(fn.blocks);
  const loops = flatMap(fn.blocks, ({ id }): Loop[] => {
    const latches = preds.get(id)!.filter((pred) => doms.dominates(id, pred));
    return latches.length === 0 ? [] : [{ header: id, latches, blocks: bodyOf(id, latches, preds) }];
  });
  return loops.sort((a, b) => a.blocks.size - b.blocks.size);
}

/** The blocks from which a latch is reached without passing the header. */
function bodyOf(
  header: BlockId,
  latches: readonly BlockId[],
  preds: ReadonlyMap<BlockId, readonly BlockId[]>,
): Set<BlockId> {
  const body = new Set<BlockId>([header]);
  const work = [...latches];
  for (let at = work.pop(); at !== undefined; at = work.pop()) {
    if (body.has(at)) continue;
    body.add(at);
    work.push(...preds.get(at)!);
  }
  return body;
}
