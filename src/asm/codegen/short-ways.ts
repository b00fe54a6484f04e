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
  const length = longestWays(blocks);
  return blocks.map((block) => {
    const { term } = block;
    if (term.kind !== "branch" || term.likely !== undefined) return block;
    const likely = shorter(term, length);
    if (likely === undefined || (likely && oppositeOf(term.cond.op, target) === undefined)) return block;
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
function longestWays(blocks: readonly Placed[]): ReadonlyMap<BlockId, number> {
  const length = new Map<BlockId, number>();
  for (const { id, items, term } of [...reversePostOrder(blocks)].reverse()) {
    const rest = successorsOf(term).reduce((most, to) => Math.max(most, length.get(to) ?? 0), 0);
    length.set(id, items.length + 1 + rest);
  }
  return length;
}
