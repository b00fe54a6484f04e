/** Calls of every kind: what they need, and what they do. */
import type { Callee } from "../../isa/insn.ts";
import type { Cx } from "../cx.ts";
import type { State } from "../domain/state.ts";
import { type Outcome, unmodelled } from "../outcome.ts";
import { callbackOf, checkCallback } from "./callback.ts";
import { checkHelper, checkResult, runHelper } from "./helper.ts";
import { checkKfunc, runKfunc } from "./kfunc.ts";
import { checkSubprog, runSubprog } from "./subprog.ts";

export function checkCall(cx: Cx, state: State, callee: Callee): Outcome {
  switch (callee.kind) {
    case "helper":
      return checkHelperCall(cx, state, callee.id);
    case "kfunc_id":
      return checkKfunc(cx, state, callee.btfId, callee.off);
    case "subprog_off":
      return checkSubprog(cx, state);
    default:
      return unmodelled(`a call of '${callee.name}' that is not linked`);
  }
}

function checkHelperCall(cx: Cx, state: State, id: number): Outcome {
  const refused = checkHelper(cx, state, id);
  if (refused) return refused;
  const helper = cx.facts.helper(id);
  if ("missing" in helper) return undefined;
  return checkCallback(cx, state, helper) ?? checkResult(cx, state, helper);
}

/**
 * Runs a checked call: the state goes on behind it, or in the callee. Where a helper calls a function of the program,
 * the second state is inside it.
 */
export function runCall(cx: Cx, state: State, callee: Callee): State | undefined {
  switch (callee.kind) {
    case "helper": {
      const helper = cx.facts.helper(callee.id);
      if ("missing" in helper) return undefined;
      const inside = callbackOf(cx, state, helper);
      runHelper(cx, state, helper);
      state.at++;
      return inside;
    }
    case "kfunc_id": {
      const other = runKfunc(cx, state, callee.btfId, callee.off);
      state.at++;
      return other;
    }
    case "subprog_off":
      runSubprog(cx, state);
      return undefined;
    default:
      return undefined;
  }
}
