/** Kfuncs with rules of their own, beyond the types of their parameters. */
import type { Cx } from "../cx.ts";
import type { State } from "../domain/state.ts";
import type { KfuncFacts } from "../facts.ts";
import type { Outcome } from "../outcome.ts";

export interface OwnKfunc {
  /** The arguments; that the program may call it at all is known. */
  check(cx: Cx, state: State, kfunc: KfuncFacts): Outcome;
  /** A checked call, with r0 and what becomes of r1 to r5; returns a second way to go. */
  run(cx: Cx, state: State, kfunc: KfuncFacts): State | undefined;
}
