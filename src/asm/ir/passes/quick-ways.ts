/**
 * Long loops whose branches would pile up: the kernel's verifier follows the way that falls through and keeps the other
 * for later, 8192 of them at most ("The sequence of 8193 jumps is too complex", kernel/bpf/verifier.c: push_stack). Where
 * rounds times branches are more, the way that is soon back at the start of the loop becomes the usual one.
 * Relies on: loops that can be unrolled are. Keeps: everything but the hints.
 */
import { dominators } from "../dominators.ts";
import { blockMap, type Pass, withBlocks } from "../edit.ts";
import { type Branch, successors } from "../inst.ts";
import { copyOfTerm, withTerm } from "../layout.ts";
import { type Loop, loopsOf, mayLoop } from "../loops.ts";
import type { Block, BlockId, IrFunction } from "../model.ts";
import { tripsOf } from "../trip-count.ts";
import { definitions } from "../uses.ts";

/** The kernel's limit (BPF_COMPLEXITY_LIMIT_JMP_SEQ): below it the order of blocks is for those who run them. */
const most = 8192;
/** Rounds up to which they are counted. */
const maxTrips = 8192;

export const quickWays: Pass = {
  name: "quick-ways",
  run(fn) {
    const loops = mayLoop(fn) ? longLoops(fn) : [];
    if (loops.length === 0) return fn;
    const blocks = blockMap(fn);
    for (const loop of loops) hurry(loop, blocks);
    return withBlocks(fn, blocks);
  },
};

/** Innermost loops of a known number of rounds, if all together they leave too many ways for later. */
function longLoops(fn: IrFunction): readonly Loop[] {
  const doms = dominators(fn);
  const loops = loopsOf(fn, doms);
  if (loops.length === 0) return [];
  const cx = { blocks: blockMap(fn), defs: definitions(fn), doms };
  const seen = new Set<BlockId>();
  let pending = 0;
  const counted = loops.filter((loop) => {
    const inner = ![...loop.blocks].some((id) => seen.has(id));
    for (const id of loop.blocks) seen.add(id);
    const trips = inner ? tripsOf(loop, maxTrips, cx) : undefined;
    const branches = [...loop.blocks].filter((id) => cx.blocks.get(id)!.term.op === "br").length - 1;
    pending += (trips?.count ?? 0) * branches;
    return trips && branches > 0;
  });
  return pending > most ? counted : [];
}

/** Of two ways that stay in the loop, the one with far less before the next round is the usual one. */
function hurry(loop: Loop, blocks: Map<BlockId, Block>): void {
  const cost = distances(loop, blocks);
  for (const id of loop.blocks) {
    const block = blocks.get(id)!;
    const { term } = block;
    if (term.op !== "br" || term.likely !== undefined) continue;
    const [then, other] = [cost.get(term.then), cost.get(term.else)];
    if (then === undefined || other === undefined || Math.max(then, other) < 4 * Math.min(then, other)) continue;
    blocks.set(id, withTerm(block, copyOfTerm({ ...term, likely: then < other } satisfies Branch)));
  }
}

/** Instructions on the shortest way from each block of the loop to its start. */
function distances(loop: Loop, blocks: ReadonlyMap<BlockId, Block>): ReadonlyMap<BlockId, number> {
  const cost = new Map<BlockId, number>();
  for (let changed = true; changed; ) {
    changed = false;
    for (const id of loop.blocks) {
      const { insts, term } = blocks.get(id)!;
      const ways = successors(term).map((to) => (to === loop.header ? 0 : (cost.get(to) ?? Number.POSITIVE_INFINITY)));
      const least = insts.length + 1 + Math.min(...ways);
      if (least >= (cost.get(id) ?? Number.POSITIVE_INFINITY)) continue;
      cost.set(id, least);
      changed = true;
    }
  }
  return cost;
}
