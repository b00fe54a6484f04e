/**
 * In long functions the way that ends far sooner comes first. The kernel's verifier follows what falls through to its end,
 * and only then the other way: what it has seen on a short way changed least, so it covers the same end of longer ones,
 * and the next round of a loop around them (kernel/bpf/states.c:is_state_visited).
 */
import type { BlockId } from "../ir/model.ts";
import { reversePostOrder } from "./layout.ts";
import { type Placed, type PlacedTerm, successorsOf } from "./placed.ts";
import { oppositeOf } from "./select-branch.ts";
import type { Target } from "./target.ts";

type Branch = Extract<PlacedTerm, { readonly kind: "branch" }>;

/** Branches from which on the order of blocks is for the verifier: a jump more is nothing to a function of that size. */
const manyBranches = 32;
/** How many times as long the other way is. */
const farSooner = 3;

/** Relies on: everything is reachable. Keeps: everything but the hints, and those that the source gave. */
export function preferShortWays(blocks: readonly Placed[], target: Target): readonly Placed[] {
  if (blocks.filter(({ term }) => term.kind === "branch").length < manyBranches) return blocks;
  const order = reversePostOrder(blocks);
  const length = longestWays(order);
  const rounds = loopBlocks(order);
  return blocks.map((block) => {
    const { term } = block;
    if (term.kind !== "branch" || term.likely !== undefined || rounds.has(block.id)) return block;
    const likely = shorter(term, length);
    if (likely === undefined || (likely && oppositeOf(term.cond, target) === undefined)) return block;
    return { ...block, term: { ...term, likely } };
  });
}

/** True if the way of `yes` ends far sooner, false if that of `no` does. */
function shorter({ yes, no }: Branch, length: ReadonlyMap<BlockId, number>): boolean | undefined {
  const [ofYes, ofNo] = [length.get(yes)!, length.get(no)!];
  if (ofYes * farSooner < ofNo) return true;
  return ofNo * farSooner < ofYes ? false : undefined;
}

/** Instructions on the longest way from each block to the end that goes no loop round again. */
function longestWays(order: readonly Placed[]): ReadonlyMap<BlockId, number> {
  const length = new Map<BlockId, number>();
  for (const { id, items, term } of [...order].reverse()) {
    const rest = successorsOf(term).reduce((most, to) => Math.max(most, length.get(to) ?? 0), 0);
    length.set(id, items.length + 1 + rest);
  }
  return length;
}

/** Blocks between where a loop begins and where it goes back: what is short there is only a round. */
function loopBlocks(order: readonly Placed[]): ReadonlySet<BlockId> {
  const index = new Map(order.map(({ id }, i) => [id, i]));
  const first = new Map<number, number>();
  order.forEach(({ term }, from) => {
    for (const id of successorsOf(term)) {
      const to = index.get(id)!;
      if (to <= from) first.set(from, Math.min(to, first.get(from) ?? to));
    }
  });
  const inside = new Set<BlockId>();
  let reach = order.length;
  for (let i = order.length - 1; i >= 0; i--) {
    reach = Math.min(reach, first.get(i) ?? reach);
    if (i >= reach) inside.add(order[i]!.id);
    if (i === reach) reach = order.length;
  }
  return inside;
}
