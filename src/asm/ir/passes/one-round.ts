/**
 * A loop whose exit is taken in the first round, as constants tell, goes round once: the branch becomes a jump out of it.
 * Relies on: nothing. Keeps: instructions.
 */
import { dominators } from "../dominators.ts";
import { blockMap, type Pass, withBlocks } from "../edit.ts";
import { jumpTo, withTerm } from "../layout.ts";
import { loopsOf, mayLoop } from "../loops.ts";
import type { Block } from "../model.ts";
import { tripsOf } from "../trip-count.ts";
import { definitions } from "../uses.ts";

export const oneRound: Pass = {
  name: "one-round",
  run(fn) {
    if (!mayLoop(fn)) return fn;
    const doms = dominators(fn);
    const loops = loopsOf(fn, doms);
    if (loops.length === 0) return fn;
    const blocks = blockMap(fn);
    const cx = { blocks: blockMap(fn), defs: definitions(fn), doms };
    let changed = false;
    for (const loop of loops) {
      const trips = tripsOf(loop, 0, cx);
      const exit = trips && leaving(cx.blocks.get(trips.exit)!, loop.blocks);
      if (!exit) continue;
      blocks.set(exit.id, exit);
      changed = true;
    }
    return changed ? withBlocks(fn, blocks) : fn;
  },
};

/** The block with the way that stays in the loop cut off. */
function leaving(block: Block, loop: ReadonlySet<Block["id"]>): Block | undefined {
  const { term } = block;
  if (term.op !== "br") return undefined;
  const to = loop.has(term.then) ? term.else : term.then;
  return withTerm(block, jumpTo(to, term.span));
}
