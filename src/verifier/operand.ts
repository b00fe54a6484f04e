/** The second operand of an instruction. */
import type { Src } from "../isa/insn.ts";
import type { Cx } from "./cx.ts";
import { constant, type Scalar } from "./domain/scalar.ts";
import { reg as regOf, type State } from "./domain/state.ts";
import type { Value } from "./domain/value.ts";

/** The source of the instruction at `state.at`; an immediate is sign-extended. */
export const operand = (cx: Cx, state: State, src: Src): Value =>
  "reg" in src ? regOf(state, src.reg) : (cx.immediates[state.at] ?? immediate(cx, src.imm, state.at));

function immediate(cx: Cx, imm: number, at: number): Scalar {
  const made = constant(BigInt(imm), at);
  cx.immediates[at] = made;
  return made;
}
