/** The function of the program that bpf_throw calls instead of ending it. kernel/bpf/verifier.c:bpf_find_exception_callback_insn_off */
import type { LinkedFunc } from "../../link/model.ts";
import type { Cx } from "../cx.ts";
import { type Outcome, refuse, unmodelled } from "../outcome.ts";
import { calledFunc } from "../prepare.ts";
import { mayThrow } from "./effects.ts";
import { signatureOf } from "./subprog.ts";

/** Whether bpf_throw calls this function. */
export function isCatcher(cx: Cx, func: LinkedFunc): boolean {
  return func !== cx.prep.funcs[0] && (cx.prep.program.exceptionCallbacks?.includes(func.name) ?? false);
}

/** Whether the program's exception callback can be one; its instructions are looked at with those of global functions. */
export function checkCatcher(cx: Cx): Outcome {
  const names = cx.prep.program.exceptionCallbacks ?? [];
  if (names.length === 0) return undefined;
  if (names.length > 1) return refuse("E0573", [`the program names ${names.length} exception callbacks`]);
  const index = cx.prep.funcs.findIndex((func) => isCatcher(cx, func));
  const func = cx.prep.funcs[index];
  if (!func) return unmodelled(`the exception callback '${names[0]}', which is no function of the object`);
  if (func.linkage !== "global") return refuse("E0573", [`the exception callback '${func.name}' is static`]);
  const { kind } = cx.facts.returns;
  if (kind !== "range" && kind !== "number")
    return unmodelled("an exception callback of a program without a number as its result");
  const sig = signatureOf(cx, func);
  if (sig.unclear) return unmodelled(`the exception callback '${func.name}' (${sig.unclear})`);
  if (!sig.returns || sig.params.length !== 1 || sig.params[0]?.kind !== "number")
    return refuse("E0573", [`the exception callback '${func.name}' must take one number and return one`]);
  if (mayThrow(cx, func))
    return refuse("E0558", ["bpf_throw", `it can be reached from the exception callback '${func.name}'`]);
  return referred(cx, index)
    ? refuse("E0573", [`the program itself refers to the exception callback '${func.name}'`])
    : undefined;
}

function referred(cx: Cx, index: number): boolean {
  return cx.prep.insns.some(({ insn }, at) => {
    const refers = insn.kind === "call" || insn.kind === "ld_imm64";
    return refers && calledFunc(cx.prep, at) === index;
  });
}
