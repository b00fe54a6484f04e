/** Whether a state gives what an instruction needs. Changes nothing. */

import type { Reg } from "../isa/insn.ts";
import { assertNever } from "../support/bug.ts";
import { checkAccess } from "./access.ts";
import { checkAddress } from "./address.ts";
import { checkCall } from "./calls/call.ts";
import { checkSections } from "./calls/sections.ts";
import type { Cx } from "./cx.ts";
import { reg as regOf, type State } from "./domain/state.ts";
import { checkAbnormalReturn, checkLeave } from "./leave.ts";
import type { Need } from "./needs.ts";
import { checkOperands } from "./operands.ts";
import { type Outcome, refuse, unmodelled } from "./outcome.ts";
import { makerOf, regName } from "./words.ts";

/** Undefined if `need` is met in `state`; else why not, or what is not modelled. */
export function holds(cx: Cx, state: State, need: Need): Outcome {
  switch (need.kind) {
    case "readable":
      return checkReadable(cx, state, need.reg);
    case "changeable":
      if (need.reg === 11) return unmodelled("arguments on the stack (r11)");
      return need.reg === 10 ? refuse("E0508", []) : undefined;
    case "operands":
      return checkOperands(cx, state, need);
    case "access":
      return checkAccess(cx, state, need);
    case "address":
      return checkAddress(cx, state, need.value);
    case "callable":
      return checkCall(cx, state, need.callee);
    case "arena":
      return usesArena(cx) ? undefined : refuse("E0574", ["it casts an address, and it has no arena"]);
    case "packet":
      return checkPacketLoad(cx, state);
    case "leave":
      return checkLeave(cx, state);
    case "known":
      return unmodelled(need.what);
    default:
      return assertNever(need);
  }
}

const ARENA = 33;

/** Whether an instruction of the program refers to an arena. kernel/bpf/verifier.c:check_alu_op, for addr_space_cast */
const usesArena = (cx: Cx): boolean =>
  cx.prep.insns.some(({ insn }) => {
    if (insn.kind !== "ld_imm64" || !("fd" in insn.value)) return false;
    return cx.prep.program.maps[insn.value.fd]?.type === ARENA;
  });

/** kernel/bpf/verifier.c:check_ld_abs */
function checkPacketLoad(cx: Cx, state: State): Outcome {
  if (!cx.facts.loadsPackets) return refuse("E0581", [`${cx.facts.programKind} programs have none`]);
  if (checkSections(state)) return refuse("E0581", ["a section is open, and it may end the program"]);
  if (state.refs.length > 0)
    return refuse("E0581", ["something that was acquired is not released, and it may end the program"]);
  const base = regOf(state, 6);
  const isContext = base.kind === "ptr" && base.to.kind === "ctx" && base.off === 0 && !base.varying;
  if (!isContext) return refuse("E0581", ["r6 is not the context"], { about: [base] });
  return checkAbnormalReturn(cx, state, "a load from the packet by number");
}

export function checkReadable(cx: Cx, state: State, r: Reg): Outcome {
  if (r === 11) return unmodelled("arguments on the stack (r11)");
  const value = regOf(state, r);
  if (value.kind !== "nothing") return undefined;
  const by = makerOf(cx, value.at);
  const call = value.at >= 0 ? ` (the call${by ? ` of ${by}` : ""} before it leaves nothing there)` : "";
  const help = call ? "registers r1 to r5 do not survive a call" : "give it a value on every path that leads here";
  return refuse("E0507", [`${regName(r)}${call}`], { help, about: [value] });
}
