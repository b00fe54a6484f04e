/** Loops as kernels before 6.7 ask for them: their ends go back by a jump. kernel/bpf/verifier.c:push_insn, check_cfg */
import type { Prepared } from "./prepare.ts";

const OPEN = 1;
const DONE = 2;

/**
 * An instruction that is no jump and whose next one is the start of a loop that it is in, met in the order of check_cfg;
 * -1 where there is none.
 */
export function fallsBack(prep: Prepared): number {
  const { insns, jumps, falls } = prep;
  const state = new Uint8Array(insns.length);
  for (const { start } of prep.funcs) {
    if (state[start] !== 0) continue;
    const stack = [{ at: start, next: 0 }];
    state[start] = OPEN;
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const to = top.next === 0 ? (falls[top.at] ? top.at + 1 : jumps[top.at]!) : falls[top.at] ? jumps[top.at]! : -1;
      if (top.next++ > 1 || to < 0) {
        state[top.at] = DONE;
        stack.pop();
      } else if (state[to] === 0) {
        state[to] = OPEN;
        stack.push({ at: to, next: 0 });
      } else if (state[to] === OPEN && insns[top.at]!.insn.kind !== "jump") {
        return top.at;
      }
    }
  }
  return -1;
}
