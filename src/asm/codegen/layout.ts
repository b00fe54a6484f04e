/** Block order: chains of blocks that fall through, built along the edges that cost most when they jump. */
import type { BlockId } from "../ir/model.ts";
import { type Placed, successorsOf } from "./placed.ts";
import { oppositeOf } from "./select-branch.ts";
import type { Target } from "./target.ts";

interface Edge {
  readonly from: number;
  readonly to: number;
  readonly weight: number;
  /** The only way out: without a fall-through it needs a jump of its own. */
  readonly only: boolean;
  /** One of two ways out, to a block that others may fall into: no hint says that this one should. */
  readonly contested: boolean;
}

/** Keeps: the first block. Relies on: everything is reachable. */
export function orderBlocks(blocks: readonly Placed[], target: Target): readonly Placed[] {
  const sorted = reversePostOrder(blocks);
  const chains = buildChains(sorted, edgesOf(sorted, target));
  return chains.flat().map((i) => sorted[i]!);
}

/** Tail merging made new blocks; this gives all a natural order. The way not taken comes first. */
export function reversePostOrder(blocks: readonly Placed[]): readonly Placed[] {
  const byId = new Map(blocks.map((b) => [b.id, b]));
  const seen = new Set<BlockId>([blocks[0]!.id]);
  const post: Placed[] = [];
  const stack = [{ block: blocks[0]!, next: 0 }];
  while (stack.length > 0) {
    const top = stack.at(-1)!;
    const to = successorsOf(top.block.term)[top.next++];
    if (to === undefined) {
      post.push(top.block);
      stack.pop();
    } else if (!seen.has(to)) {
      seen.add(to);
      stack.push({ block: byId.get(to)!, next: 0 });
    }
  }
  return post.reverse();
}

const LOOP_FACTOR = 8;
const LIKELY = 0.95;
const MAX_FREQUENCY = 1e9;

function edgesOf(blocks: readonly Placed[], target: Target): readonly Edge[] {
  const index = new Map(blocks.map((b, i) => [b.id, i]));
  const headers = new Set<number>();
  blocks.forEach((block, i) => {
    for (const to of successorsOf(block.term)) if (index.get(to)! <= i) headers.add(index.get(to)!);
  });
  const freq = new Float64Array(blocks.length);
  freq[0] = 1;
  const entries = new Uint32Array(blocks.length);
  for (const { term } of blocks) for (const to of successorsOf(term)) entries[index.get(to)!]! += 1;
  const edges: Edge[] = [];
  blocks.forEach(({ term }, from) => {
    const own = Math.min(freq[from]! * (headers.has(from) ? LOOP_FACTOR : 1), MAX_FREQUENCY);
    const add = (id: BlockId, chance: number, only: boolean, jumps = false) => {
      const to = index.get(id)!;
      if (to > from) freq[to]! += own * chance;
      const contested = !only && chance === 0.5 && entries[to]! > 1;
      if (!jumps) edges.push({ from, to, weight: own * chance, only, contested });
    };
    if (term.kind === "jump") add(term.to, 1, true);
    if (term.kind === "branch") {
      const yes = term.likely === undefined ? 0.5 : term.likely ? LIKELY : 1 - LIKELY;
      // A bit test and `may_goto` have no opposite: their yes cannot be the way that falls through.
      add(term.yes, yes, false, oppositeOf(term.cond, target) === undefined);
      add(term.no, 1 - yes, false);
    }
  });
  return edges;
}

/** Which of two edges may fall through first. Of equal jumps the last, so that joins come after all that join there. */
function byClaim(x: Edge, y: Edge): number {
  const later = x.only && y.only ? y.from - x.from : x.from - y.from || x.to - y.to;
  return Number(x.contested) - Number(y.contested) || y.weight - x.weight || Number(y.only) - Number(x.only) || later;
}

/** Chains of block numbers, entry first, then in the order of their first blocks. */
function buildChains(blocks: readonly Placed[], edges: readonly Edge[]): readonly (readonly number[])[] {
  const chainOf = blocks.map((_, i) => [i]);
  const order = [...edges].sort(byClaim);
  for (const { from, to } of order) {
    const head = chainOf[from]!;
    const tail = chainOf[to]!;
    if (head === tail || head.at(-1) !== from || tail[0] !== to || to === 0) continue;
    head.push(...tail);
    for (const i of tail) chainOf[i] = head;
  }
  const chains = [...new Set(chainOf)];
  return chains.sort((a, b) => Number(b[0] === 0) - Number(a[0] === 0) || Math.min(...a) - Math.min(...b));
}
