/** Calls that may come back to themselves: states are compared there before the call. kernel/bpf/cfg.c:visit_insn */
import type { Callee } from "../../isa/insn.ts";
import type { Facts } from "../facts.ts";
import { setterOf } from "./async.ts";
import { CALLING_HELPERS } from "./calling-helpers.ts";
import { ordersTree } from "./graph.ts";
import { iterStep } from "./iterators.ts";

/** bpf_timer_set_callback: what it sets off may come back to it. */
const TIMER_SETTER = 170;

export function comesBack(facts: Facts, callee: Callee): boolean {
  if (callee.kind === "helper") return CALLING_HELPERS.has(callee.id) || callee.id === TIMER_SETTER;
  const kfunc = callee.kind === "kfunc_id" ? facts.kfunc(callee.btfId, callee.off) : undefined;
  if (!kfunc) return false;
  return iterStep(kfunc) === "next" || ordersTree(kfunc.name) || setterOf(kfunc.name) !== undefined;
}
