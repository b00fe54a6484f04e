/**
 * Timers, work queues and task work: a member of a map value at a place of its own, the map beside it, and a function that
 * the kernel calls later. kernel/bpf/verifier.c:check_map_field_pointer and set_timer_callback_state
 */
import type { Reg } from "../../isa/insn.ts";
import type { Cx } from "../cx.ts";
import { entryRegs, nothingHeld, reg as regOf, type State } from "../domain/state.ts";
import { type Pointer, pointer, type Value } from "../domain/value.ts";
import { specialFields } from "../map-fields.ts";
import { type Outcome, unmodelled } from "../outcome.ts";

/** The members that hold what is called later. */
export const ASYNC_FIELDS: ReadonlySet<string> = new Set(["bpf_timer", "bpf_wq", "bpf_task_work"]);

/** A function that takes a callback for later: where the map and the callback are, and what the callback may do. */
export interface Setter {
  /** The map, or a pointer to a value of it. */
  readonly map: Reg;
  readonly func: Reg;
  readonly sleepable: boolean;
  readonly min: bigint;
  readonly max: bigint;
}

const ANY32 = { min: -(1n << 31n), max: (1n << 31n) - 1n };
const ZERO = { min: 0n, max: 0n };
const taskWork: Setter = { map: 3, func: 4, sleepable: true, ...ANY32 };

const SETTERS: Readonly<Record<string, Setter>> = {
  bpf_timer_set_callback: { map: 1, func: 2, sleepable: false, ...ZERO },
  bpf_wq_set_callback: { map: 1, func: 2, sleepable: true, ...ZERO },
  bpf_task_work_schedule_signal: taskWork,
  bpf_task_work_schedule_resume: taskWork,
};

export const setterOf = (name: string): Setter | undefined =>
  Object.hasOwn(SETTERS, name) ? SETTERS[name] : undefined;

/** Functions that take such a member and the map that it lies in. */
const BINDS: ReadonlySet<string> = new Set([
  "bpf_timer_init",
  "bpf_wq_init",
  "bpf_task_work_schedule_signal",
  "bpf_task_work_schedule_resume",
]);
export const bindsMap = (name: string): boolean => BINDS.has(name);

/** What the argument should be instead, in words; undefined if it is the member called `field` of a map value. */
export function checkField(cx: Cx, v: Value, field: string): string | NonNullable<Outcome> | undefined {
  const want = `a pointer to the ${field} of a map value`;
  if (v.kind !== "ptr" || v.to.kind !== "map_value" || v.nullable || v.varying) return want;
  const fields = specialFields(cx, v.to.map).filter((f) => f.name === field);
  if (fields.length > 1) return unmodelled(`more than one ${field} in the values of map '${v.to.map.name}'`);
  return fields[0]?.off === v.off ? undefined : want;
}

/** What the map beside such a member should be instead. */
export function checkOwnMap(field: Value, map: Value): string | undefined {
  const isOwn =
    field.kind === "ptr" &&
    field.to.kind === "map_value" &&
    map.kind === "ptr" &&
    map.to.kind === "map" &&
    !map.nullable &&
    field.to.map === map.to.map &&
    field.to.uid === map.to.uid;
  return isOwn ? undefined : "the map that the value is of";
}

const funcOf = (v: Value): number | undefined => (v.kind === "ptr" && v.to.kind === "func" ? v.to.func : undefined);

export const checkSetter = (state: State, setter: Setter, name: string): Outcome =>
  funcOf(regOf(state, setter.func)) === undefined || !mapIn(regOf(state, setter.map))
    ? unmodelled(`the callback of ${name}`)
    : undefined;

type OfMap = Pointer["to"] & { readonly kind: "map" | "map_value" };

const mapIn = (v: Value): OfMap | undefined =>
  v.kind === "ptr" && (v.to.kind === "map" || v.to.kind === "map_value") ? v.to : undefined;

/** The state in which the kernel calls the function later: nothing of the caller's is left. kernel/bpf/verifier.c:push_async_cb */
export function laterState(cx: Cx, state: State, setter: Setter, name: string): State | undefined {
  const func = funcOf(regOf(state, setter.func));
  const of = mapIn(regOf(state, setter.map));
  if (func === undefined || !of) return undefined;
  const { map } = of;
  const to = (kind: "map" | "map_key" | "map_value"): Value => pointer({ kind, map }, state.at);
  const regs = entryRegs([to("map"), to("map_key"), to("map_value")]);
  const { sleepable, min, max } = setter;
  const why = { kind: "async", setter: name, sleepable, min, max } as const;
  return {
    frames: [{ func, why, callsite: -1, regs, stack: [], callbacks: 0 }],
    refs: [],
    held: nothingHeld,
    at: cx.prep.funcs[func]!.start,
    path: state.path,
    rounds: state.rounds + 1, // another entry: the same state again is no endless loop
    widened: state.widened,
  };
}

/** Whether the instruction sets off a function that may come back to it: states are kept there. */
export function setsLater(cx: Cx, at: number): boolean {
  const { insn } = cx.prep.insns[at]!;
  if (insn.kind !== "call") return false;
  const { callee } = insn;
  if (callee.kind === "helper") return setterOf(cx.facts.helper(callee.id).name ?? "") !== undefined;
  if (callee.kind !== "kfunc_id") return false;
  return setterOf(cx.facts.kfunc(callee.btfId, callee.off)?.name ?? "") !== undefined;
}

/** Whether a call began a way of its own: a function that is called later. */
export function beginsLater(cx: Cx, at: number, other: State): boolean {
  const [frame] = other.frames;
  if (other.frames.length !== 1 || frame?.why.kind !== "async") return false;
  return cx.prep.insns[at]!.insn.kind === "call" && other.at === cx.prep.funcs[frame.func]!.start;
}
