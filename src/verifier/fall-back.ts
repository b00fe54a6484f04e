/** Loops as kernels before 6.7 ask for them: their ends go back by a jump. kernel/bpf/verifier.c:push_insn, check_cfg */
import { eachBackEdge } from "../support/back-edges.ts";
import type { Prepared } from "./prepare.ts";

/**
 * An instruction that is no jump and whose next one is the start of a loop that it is in, met in the order of check_cfg;
 * -1 where there is none.
 */
export function fallsBack({ insns, funcs, jumps, falls }: Prepared): number {
  const way = (at: number, n: number): number => {
    if (n === 0 && falls[at]) return at + 1;
    return n === (falls[at] ? 1 : 0) ? jumps[at]! : -1;
  };
  let end = -1;
  eachBackEdge(
    insns.length,
    funcs.map(({ start }) => start),
    way,
    (from) => {
      if (insns[from]!.insn.kind === "jump") return false;
      end = from;
      return true;
    },
  );
  return end;
}
