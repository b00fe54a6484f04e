/** What every call does to the caller's registers. */
import type { Reg } from "../../isa/insn.ts";
import { type State, setReg } from "../domain/state.ts";
import { nothing } from "../domain/value.ts";

const CLOBBERED: readonly Reg[] = [0, 1, 2, 3, 4, 5];

/** r0 to r5 hold nothing after a call; the result is put into r0 then. */
export function clobber(state: State): void {
  const gone = nothing(state.at);
  for (const r of CLOBBERED) setReg(state, r, gone);
}
