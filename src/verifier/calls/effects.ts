/** What a function may do beyond its result, with all that it calls: known without following it. kernel/bpf/cfg.c:merge_callee_effects */
import type { LinkedFunc } from "../../link/model.ts";
import type { Cx } from "../cx.ts";
import { calledFunc } from "../prepare.ts";

/** A helper or kfunc that is called somewhere. */
interface Called {
  readonly name: string;
  readonly sleeps: boolean;
  readonly movesPackets: boolean;
}

/** Whether any call in the function, or in one that it calls, is of that kind. */
function callsAny(cx: Cx, func: LinkedFunc, is: (called: Called) => boolean, seen = new Set<LinkedFunc>()): boolean {
  if (seen.has(func)) return false;
  seen.add(func);
  for (let at = func.start; at < func.end; at++) {
    const called = calledAt(cx, at);
    if (called && is(called)) return true;
    const callee = cx.prep.funcs[calledFunc(cx.prep, at)];
    if (callee && callsAny(cx, callee, is, seen)) return true;
  }
  return false;
}

function calledAt(cx: Cx, at: number): Called | undefined {
  const { insn } = cx.prep.insns[at]!;
  if (insn.kind !== "call") return undefined;
  if (insn.callee.kind === "helper") {
    const helper = cx.facts.helper(insn.callee.id);
    if ("missing" in helper) return undefined;
    return { name: helper.name, sleeps: helper.mightSleep, movesPackets: helper.changesPacket ?? false };
  }
  if (insn.callee.kind !== "kfunc_id") return undefined;
  const kfunc = cx.facts.kfunc(insn.callee.btfId, insn.callee.off);
  // kernel/bpf/verifier.c:bpf_is_kfunc_pkt_changing
  const movesPackets = kfunc?.name === "bpf_xdp_pull_data";
  return kfunc && { name: kfunc.name, sleeps: kfunc.flags.includes("SLEEPABLE"), movesPackets };
}

export const mayMovePackets = (cx: Cx, func: LinkedFunc): boolean => callsAny(cx, func, (c) => c.movesPackets);
export const mayThrow = (cx: Cx, func: LinkedFunc): boolean => callsAny(cx, func, (c) => c.name === "bpf_throw");
export const maySleep = (cx: Cx, func: LinkedFunc): boolean => callsAny(cx, func, (c) => c.sleeps);
