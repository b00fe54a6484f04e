/** Walks over graphs of numbers, depth first. */

const OPEN = 1;
const DONE = 2;

/**
 * Calls `found` with each edge that leads back to a node which the walk is still inside of, until it gives true. Nodes are
 * 0 to `count` - 1, the walk begins at each of `starts` in turn; `way(node, n)` is where the nth edge of a node leads, below
 * 0 behind the last.
 */
export function eachBackEdge(
  count: number,
  starts: Iterable<number>,
  way: (node: number, n: number) => number,
  found: (from: number, to: number) => boolean,
): void {
  const state = new Uint8Array(count);
  for (const start of starts) {
    if (state[start] !== 0) continue;
    const stack = [{ at: start, next: 0 }];
    state[start] = OPEN;
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const to = way(top.at, top.next++);
      if (to < 0) {
        state[top.at] = DONE;
        stack.pop();
      } else if (state[to] === 0) {
        state[to] = OPEN;
        stack.push({ at: to, next: 0 });
      } else if (state[to] === OPEN && found(top.at, to)) return;
    }
  }
}
