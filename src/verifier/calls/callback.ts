/** Functions that a helper calls: what they are given, and how often. kernel/bpf/verifier.c:push_callback_call */
import type { Helper } from "../../kernel/model.ts";
import type { Cx } from "../cx.ts";
import { unknownScalar } from "../domain/scalar.ts";
import { copyState, entryRegs, reg as regOf, type State, topFrame } from "../domain/state.ts";
import { pointer, type Value } from "../domain/value.ts";
import { type Outcome, refuse, unmodelled } from "../outcome.ts";
import { checkSetter, laterState, setterOf } from "./async.ts";
import { givenDynptr } from "./dynptr.ts";
import { argReg, mapOf } from "./helper-args.ts";
import { structNamed } from "./structs.ts";

/** Arguments r1 to r5 of the called function; missing ones hold nothing. */
type Given = (cx: Cx, state: State, helper: Helper) => readonly Value[];

const GIVEN: Readonly<Record<string, Given>> = {
  bpf_find_vma: (cx, state) => {
    const vma = structNamed(cx.facts.kernelBtf, "vm_area_struct");
    if (vma === undefined) return [];
    const to = { kind: "btf", btf: cx.facts.kernelBtf, type: vma, trust: "plain" } as const;
    return [regOf(state, 1), pointer(to, state.at), regOf(state, 4)];
  },
  bpf_user_ringbuf_drain: (cx, state) => [givenDynptr(cx, state.at), regOf(state, 3)],
  bpf_loop: (_cx, state) => [unknownScalar(state.at), regOf(state, 3)],
  bpf_for_each_map_elem: (_cx, state, helper) => {
    const map = mapOf(state, helper);
    if (!map) return [];
    const { at } = state;
    const to = (kind: "map" | "map_key" | "map_value"): Value => pointer({ kind, map }, at);
    return [to("map"), to("map_key"), to("map_value"), regOf(state, 3)];
  },
};

function calledBack(state: State, helper: Helper): number | undefined {
  const index = helper.args.findIndex((a) => a.kind.base === "ARG_PTR_TO_FUNC");
  const value = index < 0 ? undefined : regOf(state, argReg(index));
  return value?.kind === "ptr" && value.to.kind === "func" ? value.to.func : undefined;
}

export function checkCallback(cx: Cx, state: State, helper: Helper): Outcome {
  if (!helper.args.some((a) => a.kind.base === "ARG_PTR_TO_FUNC")) return undefined;
  const setter = setterOf(helper.name);
  if (setter) return checkSetter(state, setter, helper.name);
  if (!Object.hasOwn(GIVEN, helper.name)) return unmodelled(`callbacks of ${helper.name}`);
  if (calledBack(state, helper) === undefined) return unmodelled(`the callback of ${helper.name}`);
  const depth = state.frames.length + 1;
  return depth > cx.facts.maxFrames ? refuse("E0564", [depth, cx.facts.maxFrames]) : undefined;
}

/** bpf_loop calls no more often than it was told. */
function isDone(state: State, helper: Helper): boolean {
  const count = regOf(state, 1);
  return helper.name === "bpf_loop" && count.kind === "scalar" && BigInt(topFrame(state).callbacks) >= count.u.max;
}

/** The state at the start of the function that the helper calls; undefined for helpers that call none. */
export function callbackOf(cx: Cx, state: State, helper: Helper): State | undefined {
  const func = calledBack(state, helper);
  const setter = setterOf(helper.name);
  if (setter) return laterState(cx, state, setter, helper.name);
  const given = GIVEN[helper.name];
  if (func === undefined || !given) return undefined;
  const inside = isDone(state, helper) ? undefined : copyState(state);
  topFrame(state).callbacks = 0;
  if (!inside) return undefined;
  topFrame(inside).callbacks++;
  const args = given(cx, state, helper);
  enterCallback(cx, inside, func, helper.name, args);
  return inside;
}

/** `state` begins the function that `helper` calls with `args` in r1 and on. It returns 0 or 1, and holds what it found. */
export function enterCallback(
  cx: Cx,
  state: State,
  func: number,
  helper: string,
  args: readonly (Value | undefined)[],
): void {
  const regs = entryRegs(args);
  const { refs, held } = state;
  const why = { kind: "callback", helper, min: 0n, max: 1n, refs: refs.length, held } as const;
  state.frames.push({ func, why, callsite: state.at, regs, stack: [], callbacks: 0 });
  state.at = cx.prep.funcs[func]!.start;
}
