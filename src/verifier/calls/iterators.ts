/**
 * Open-coded iterators: made on the stack, asked until they give NULL, destroyed. kernel/bpf/verifier.c:process_iter_arg and
 * process_iter_next_call
 */
import type { Cx } from "../cx.ts";
import { constant } from "../domain/scalar.ts";
import { forget, isIterator, isKept, isRoom, type Kept, SLOT, type Stack, slotAt, write } from "../domain/stack.ts";
import { copyState, reg as regOf, type State, setReg } from "../domain/state.ts";
import { type Pointer, pointer, type Value } from "../domain/value.ts";
import type { KfuncFacts } from "../facts.ts";
import { type Outcome, refuse, unmodelled } from "../outcome.ts";
import { canSleep } from "../sleep.ts";
import { sizeOf, strip } from "../struct-walk.ts";
import { valueWords } from "../words.ts";
import { checkOverwrite, DYNPTR, overwrite } from "./dynptr.ts";
import type { Proto } from "./kfunc.ts";
import { STALE } from "./sections.ts";

export type IterStep = "new" | "next" | "destroy";

/** What the kfunc does with an iterator; undefined for others. */
export function iterStep(kfunc: KfuncFacts): IterStep | undefined {
  if (kfunc.flags.includes("ITER_NEW")) return "new";
  if (kfunc.flags.includes("ITER_NEXT")) return "next";
  return kfunc.flags.includes("ITER_DESTROY") ? "destroy" : undefined;
}

interface Shape {
  readonly name: string;
  readonly slots: number;
}

function shapeOf(kfunc: KfuncFacts, proto: Proto): Shape | undefined {
  const first = proto.params[0];
  const ptr = first && strip(kfunc.btf, first.type).type;
  if (ptr?.kind !== "ptr") return undefined;
  const to = strip(kfunc.btf, ptr.type);
  const size = sizeOf(kfunc.btf, to.id);
  return to.type.kind === "struct" && size ? { name: to.type.name, slots: size / SLOT } : undefined;
}

/** The first argument: room for an iterator, or one that was made. */
export function checkIterator(cx: Cx, state: State, kfunc: KfuncFacts, proto: Proto, step: IterStep): Outcome {
  const shape = shapeOf(kfunc, proto);
  if (!shape) return unmodelled(`iterators (${kfunc.name})`);
  const value = regOf(state, 1);
  const wrong = (want: string): Outcome =>
    refuse("E0559", ["r1", kfunc.name, want, valueWords(cx, value)], { about: [value] });
  if (!isRoom(value, shape.slots * SLOT)) return wrong("an iterator on the stack");
  const stack = state.frames[value.to.frame]?.stack ?? [];
  if (step !== "new" && !isWhole(stack, value.off, shape)) return wrong(`a ${shape.name} that was made before`);
  if (step === "next" && isStale(slotAt(stack, value.off)))
    return refuse("E0558", [kfunc.name, "the RCU section in which the iterator was made has ended"]);
  if (step !== "new") return undefined;
  if (shape.name === "bpf_iter_css_task" && !walksTasks(cx, state))
    return refuse("E0558", [kfunc.name, "only lsm, iter and sleepable programs walk the tasks of a cgroup"]);
  const taken = slots(value.off, shape)
    .map((off) => slotAt(stack, off))
    .filter(isKept);
  if (taken.some(isIterator)) return wrong("room for an iterator");
  if (taken.some((v) => v.to.name !== DYNPTR)) return unmodelled("an iterator over another object of the kernel");
  return checkOverwrite(cx, state, value.to.frame, value.off, value.off + shape.slots * SLOT);
}

/** kernel/bpf/verifier.c:check_css_task_iter_allowlist */
const walksTasks = (cx: Cx, state: State): boolean => canSleep(cx, state) || /^(lsm|iter)/.test(cx.facts.programKind);

const isStale = (v: Value | undefined): boolean => isKept(v) && v.to.mode === STALE;

const slots = (off: number, { slots: count }: Shape): readonly number[] =>
  Array.from({ length: count }, (_, i) => off + i * SLOT);

function isWhole(stack: Stack, off: number, shape: Shape): boolean {
  return slots(off, shape).every((at, nth) => {
    const found = slotAt(stack, at);
    return isKept(found) && found.to.name === shape.name && found.to.nth === nth;
  });
}

const ACTIVE = "active";
const DRAINED = "drained";

function put(state: State, at: Pointer, shape: Shape, mode: string, ref: number, made: number): void {
  if (at.to.kind !== "stack") return;
  const frame = state.frames[at.to.frame]!;
  slots(at.off, shape).forEach((off, nth) => {
    const to = { kind: "object", name: shape.name, mode, nth } as const;
    frame.stack = write(frame.stack, off, SLOT, pointer(to, made, { ref: nth === 0 ? ref : 0 }));
  });
}

interface Found {
  readonly at: Pointer;
  readonly shape: Shape;
  readonly first: Kept;
}

/** The iterator in r1; `checkIterator` let it through. */
function iteratorIn(state: State, kfunc: KfuncFacts, proto: Proto): Found | undefined {
  const at = regOf(state, 1);
  const shape = shapeOf(kfunc, proto);
  if (at.kind !== "ptr" || at.to.kind !== "stack" || !shape) return undefined;
  const first = slotAt(state.frames[at.to.frame]?.stack ?? [], at.off);
  return isKept(first) ? { at, shape, first } : undefined;
}

/** Whether the call at `state.at` asks an iterator that may still give something. */
export function asksIterator(cx: Cx, state: State): boolean {
  const insn = cx.prep.insns[state.at]!.insn;
  if (insn.kind !== "call" || insn.callee.kind !== "kfunc_id") return false;
  const kfunc = cx.facts.kfunc(insn.callee.btfId, insn.callee.off);
  if (!kfunc || iterStep(kfunc) !== "next") return false;
  const at = regOf(state, 1);
  if (at.kind !== "ptr" || at.to.kind !== "stack" || at.varying || at.off >= 0) return false;
  const first = slotAt(state.frames[at.to.frame]?.stack ?? [], at.off);
  return isKept(first) && first.to.mode === ACTIVE;
}

export function makeIterator(cx: Cx, state: State, kfunc: KfuncFacts, proto: Proto): void {
  const at = regOf(state, 1);
  const shape = shapeOf(kfunc, proto);
  if (at.kind !== "ptr" || !shape) return;
  if (at.to.kind === "stack") overwrite(state, at.to.frame, at.off, at.off + shape.slots * SLOT);
  const id = cx.newId();
  put(state, at, shape, ACTIVE, id, state.at);
  state.refs = [...state.refs, { id, at: state.at }];
}

export function destroyIterator(state: State, kfunc: KfuncFacts, proto: Proto): void {
  const found = iteratorIn(state, kfunc, proto);
  if (found?.at.to.kind !== "stack") return;
  const frame = state.frames[found.at.to.frame]!;
  frame.stack = forget(frame.stack, found.at.off, found.at.off + found.shape.slots * SLOT);
  state.refs = state.refs.filter((r) => r.id !== found.first.ref);
}

/**
 * Asks for the next element: the state goes on with none, and is drained; the other one has `element` in r0. Both still
 * stand before the call.
 */
export function askIterator(state: State, kfunc: KfuncFacts, proto: Proto, element: Value): State | undefined {
  const found = iteratorIn(state, kfunc, proto);
  if (!found) return undefined;
  const other = found.first.to.mode === ACTIVE ? copyState(state) : undefined;
  if (other) {
    other.rounds++;
    setReg(other, 0, element);
  }
  put(state, found.at, found.shape, DRAINED, found.first.ref, found.first.at);
  setReg(state, 0, constant(0n, state.at));
  return other;
}
