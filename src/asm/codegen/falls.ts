/** Where code runs on into the start of a loop that it is in: what older kernels take only by a jump. */
import { eachBackEdge } from "../../support/back-edges.ts";
import type { BlockId } from "../ir/model.ts";
import { type Placed, successorsOf } from "./placed.ts";

/**
 * Blocks, in their order in memory, that go on to the next while a walk from the entry, as the kernel makes it, is still
 * inside that one. Keeps to check_cfg of verifier.c: what comes next is walked before what a branch leads to.
 */
export function fallingBack(blocks: readonly Placed[]): ReadonlySet<BlockId> {
  const places = new Map(blocks.map(({ id }, i) => [id, i]));
  const ways = blocks.map(({ term }) => successorsOf(term).map((id) => places.get(id)!));
  const found = new Set<BlockId>();
  if (!ways.some((list, from) => list.some((to) => to <= from))) return found;
  const way = (at: number, n: number): number => {
    const list = ways[at]!;
    const nextIsSecond = list.length === 2 && list[0] !== at + 1;
    return list[nextIsSecond ? 1 - n : n] ?? -1;
  };
  eachBackEdge(blocks.length, [0], way, (from, to) => {
    if (ways[from]!.length === 1 && to === from + 1) found.add(blocks[from]!.id);
    return false;
  });
  return found;
}
