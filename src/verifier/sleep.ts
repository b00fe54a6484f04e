/** Whether what runs now may sleep: the program's kind tells, but for functions that the kernel calls later. kernel/bpf/verifier.c:in_sleepable */
import type { Cx } from "./cx.ts";
import type { State } from "./domain/state.ts";

export function canSleep(cx: Cx, state: State): boolean {
  const why = state.frames[0]?.why;
  return why?.kind === "async" ? why.sleepable : cx.facts.sleepable;
}
