/** Where code runs on into the start of a loop that it is in: what older kernels take only by a jump. */
import type { BlockId } from "../ir/model.ts";
import { type Placed, successorsOf } from "./placed.ts";

const OPEN = 1;
const DONE = 2;

/**
 * Blocks, in their order in memory, that go on to the next while a walk from the entry, as the kernel makes it, is still
 * inside that one. Keeps to check_cfg of verifier.c: what comes next is walked before what a branch leads to.
 */
export function fallingBack(blocks: readonly Placed[]): ReadonlySet<BlockId> {
  const places = new Map(blocks.map(({ id }, i) => [id, i]));
  const ways = blocks.map(({ term }) => successorsOf(term).map((id) => places.get(id)!));
  const found = new Set<BlockId>();
  if (!ways.some((list, from) => list.some((to) => to <= from))) return found;
  const state = new Uint8Array(blocks.length);
  const stack = [{ at: 0, next: 0 }];
  state[0] = OPEN;
  while (stack.length > 0) {
    const top = stack.at(-1)!;
    const list = ways[top.at]!;
    const to = list.length === 2 && list[0] !== top.at + 1 ? list[1 - top.next++] : list[top.next++];
    if (to === undefined) {
      state[top.at] = DONE;
      stack.pop();
    } else if (state[to] === 0) {
      state[to] = OPEN;
      stack.push({ at: to, next: 0 });
    } else if (state[to] === OPEN && list.length === 1 && to === top.at + 1) {
      found.add(blocks[top.at]!.id);
    }
  }
  return found;
}
