/** The abstract machine at one point of one path: call frames with registers and stacks, and the references it holds. */
import type { Reg } from "../../isa/insn.ts";
import { markMaybeNeeded, markNeeded, mix, rooted } from "./need.ts";
import type { Scalar } from "./scalar.ts";
import { coversStack, type Slot, type Stack } from "./stack.ts";
import { coversValue, type Fit, IdPairs, nothing, type Pointer, pointer, type Value } from "./value.ts";

/** Why a frame was entered. */
export type FrameKind =
  | { readonly kind: "entry" }
  | { readonly kind: "call" }
  /** A global function, looked at on its own; `catches`: bpf_throw calls it, and its result is the program's. */
  | { readonly kind: "global"; readonly catches?: boolean }
  /** A function that a helper calls any number of times; it returns `min` to `max`, and holds as many references as it found. */
  | {
      readonly kind: "callback";
      readonly helper: string;
      readonly min: bigint;
      readonly max: bigint;
      readonly refs: number;
      /** Sections that were open when it was called; nothing if undefined. */
      readonly held?: Held;
    }
  /** A function that the kernel calls later, by itself; whether it may sleep does not turn on the program. */
  | {
      readonly kind: "async";
      readonly setter: string;
      readonly sleepable: boolean;
      readonly min: bigint;
      readonly max: bigint;
    };

/** Registers r0 to r9; r10 follows from the frame number. Owned by one state and changed in place. */
export interface Frame {
  readonly func: number;
  readonly why: FrameKind;
  /** Index of the call instruction in the caller; -1 for the entry. */
  readonly callsite: number;
  readonly regs: Value[];
  stack: Stack;
  /** Times that a helper which this frame called has called a function. */
  callbacks: number;
}

export interface Ref {
  readonly id: number;
  /** Instruction that acquired it. */
  readonly at: number;
  /** The reference that must be released after this one. */
  readonly parent?: number;
}

/** A branch that was taken, newest first. */
export interface Turn {
  readonly at: number;
  readonly taken: boolean;
  readonly before: Turn | undefined;
}

/** Sections that a program has entered and must leave. Never changed in place. */
export interface Held {
  readonly rcu: number;
  readonly preempt: number;
  /** The lock that was taken last. */
  readonly lock: Lock | undefined;
  /** The interrupt flags that were saved last: interrupts are off. */
  readonly irq: SavedFlags | undefined;
}

/** A held lock: the map or types that it lies in, and the id of the value or object. */
export interface Lock {
  readonly kind: "bpf_spin_lock" | "bpf_res_spin_lock" | "bpf_res_spin_lock_irqsave";
  readonly in: object;
  readonly id: number;
  readonly before: Lock | undefined;
}

export interface SavedFlags {
  readonly id: number;
  readonly before: SavedFlags | undefined;
}

export const nothingHeld: Held = { rcu: 0, preempt: 0, lock: undefined, irq: undefined };

/** Whether the same sections are open. */
export const sameHeld = (a: Held, b: Held): boolean =>
  a === b || (a.rcu === b.rcu && a.preempt === b.preempt && a.lock === b.lock && a.irq === b.irq);

/** Changed in place along a path and copied where paths part. */
export interface State {
  readonly frames: Frame[];
  refs: readonly Ref[];
  held: Held;
  /** Index of the next instruction. */
  at: number;
  path: Turn | undefined;
  /** Times that a callback or iterator went round: the same state in two rounds is no endless loop. */
  rounds: number;
  /** Loops were summarised by forgetting: a refusal may be ours alone. */
  widened: boolean;
}

export function copyState(state: State): State {
  return {
    frames: state.frames.map((f) => ({ ...f, regs: f.regs.slice() })),
    refs: state.refs,
    held: state.held,
    at: state.at,
    path: state.path,
    rounds: state.rounds,
    widened: state.widened,
  };
}

export const topFrame = (state: State): Frame => state.frames[state.frames.length - 1]!;

/** r0 to r9 where a function begins: `args` in r1 and on, nothing in the others. */
export const entryRegs = (args: readonly (Value | undefined)[]): Value[] =>
  Array.from({ length: 10 }, (_, r) => args[r - 1] ?? nothing(-1));

/** What a register of the running frame holds. */
export function reg(state: State, r: Reg): Value {
  if (r === 10) return pointer({ kind: "stack", frame: state.frames.length - 1 }, -1);
  return topFrame(state).regs[r]!;
}

export function setReg(state: State, r: Reg, value: Value): void {
  topFrame(state).regs[r] = value;
}

/** Replaces values in all registers and spilled slots of all frames; `change` returns its argument where nothing changes. */
export function mapValues(state: State, change: (v: Value) => Value): void {
  for (const frame of state.frames) {
    for (let r = 0; r < frame.regs.length; r++) frame.regs[r] = change(frame.regs[r]!);
    frame.stack = mapStack(frame.stack, change);
  }
}

function mapStack(stack: Stack, change: (v: Value) => Value): Stack {
  let next: (Slot | undefined)[] | undefined;
  for (let i = 0; i < stack.length; i++) {
    const slot = stack[i];
    if (!slot?.spill) continue;
    const value = change(slot.spill.value);
    if (value === slot.spill.value) continue;
    next ??= stack.slice();
    next[i] = { ...slot, spill: { ...slot.spill, value } };
  }
  return next ?? stack;
}

/** Which registers of a frame are read later; bit n for rn. */
export type LiveRegs = (frame: Frame, index: number) => number;

/** Whether what was found for `seen` holds for `now`, both about to run the same instruction. kernel/bpf/states.c:states_equal */
export function coversState(seen: State, now: State, live: LiveRegs, fit: Fit): boolean {
  if (seen.frames.length !== now.frames.length || seen.refs.length !== now.refs.length) return false;
  const ids = new IdPairs();
  if (!coversHeld(seen.held, now.held, ids)) return false;
  for (let i = 0; i < seen.refs.length; i++) {
    if (!ids.match(seen.refs[i]!.id, now.refs[i]!.id)) return false;
    if (!ids.match(seen.refs[i]!.parent ?? 0, now.refs[i]!.parent ?? 0)) return false;
  }
  // The newest frame is the likeliest to differ.
  for (let i = seen.frames.length - 1; i >= 0; i--) {
    if (!coversFrame(seen.frames[i]!, now.frames[i]!, live(now.frames[i]!, i), ids, fit)) return false;
  }
  return true;
}

function coversHeld(a: Held, b: Held, ids: IdPairs): boolean {
  if (a === b && !a.lock && !a.irq) return true;
  if (a.rcu !== b.rcu || a.preempt !== b.preempt) return false;
  return coversLock(a.lock, b.lock, ids) && coversFlags(a.irq, b.irq, ids);
}

function coversLock(a: Lock | undefined, b: Lock | undefined, ids: IdPairs): boolean {
  if (!a || !b) return a === b;
  return a.kind === b.kind && a.in === b.in && ids.match(a.id, b.id) && coversLock(a.before, b.before, ids);
}

function coversFlags(a: SavedFlags | undefined, b: SavedFlags | undefined, ids: IdPairs): boolean {
  if (!a || !b) return a === b;
  return ids.match(a.id, b.id) && coversFlags(a.before, b.before, ids);
}

function coversFrame(seen: Frame, now: Frame, live: number, ids: IdPairs, fit: Fit): boolean {
  if (seen.callsite !== now.callsite || seen.func !== now.func || seen.callbacks > now.callbacks) return false;
  if (!sameReason(seen.why, now.why)) return false;
  for (let r = 0; r < now.regs.length; r++) {
    if (live & (1 << r) && !coversValue(seen.regs[r]!, now.regs[r]!, ids, fit)) return false;
  }
  return coversStack(seen.stack, now.stack, ids, fit);
}

/** The callsite tells the other kinds apart. */
function sameReason(a: FrameKind, b: FrameKind): boolean {
  if (a.kind !== "async" || b.kind !== "async") return a.kind === b.kind;
  return a.sleepable === b.sleepable && a.min === b.min && a.max === b.max;
}

/** Drops ids that only one value carries: they link nothing. kernel/bpf/states.c:clear_singular_ids */
export function forgetLonelyIds(state: State): void {
  const count = new Map<number, number>();
  mapValues(state, (v) => {
    if (v.kind === "scalar" && v.id !== 0) count.set(v.id, (count.get(v.id) ?? 0) + 1);
    return v;
  });
  if (count.size === 0) return;
  mapValues(state, (v) => (v.kind === "scalar" && count.get(v.id) === 1 ? { ...v, id: 0, delta: 0n } : v));
}

/** Replaces all copies of the scalar `old` by what is known now. kernel/bpf/verifier.c:sync_linked_regs */
export function relearn(state: State, old: Scalar, now: Scalar, shifted: (v: Scalar, delta: bigint) => Scalar): void {
  if (old.id === 0) return;
  mapValues(state, (v) => {
    if (v.kind !== "scalar" || v.id !== old.id || v === now) return v;
    const origin = mix(v.origin, now.origin);
    if (v.delta === now.delta) return { ...now, at: v.at, origin };
    return { ...shifted(now, v.delta), id: v.id, delta: v.delta, at: v.at, origin };
  });
}

/** The nullable pointers with that id become numbers 0 or proper pointers. kernel/bpf/verifier.c:mark_ptr_or_null_regs */
export function settleNull(state: State, id: number, isNull: boolean, zero: Scalar): void {
  mapValues(state, (v) => {
    if (v.kind !== "ptr" || v.id !== id || !v.nullable) return v;
    return isNull ? zero : { ...v, nullable: false, id: v.keepsId ? v.id : 0, at: v.at };
  });
  if (isNull) state.refs = state.refs.filter((r) => r.id !== id);
}

/** A released reference: pointers to it, and what was made from it, become unreadable numbers. kernel/bpf/verifier.c:release_reference */
export function release(state: State, ref: number, gone: (v: Pointer) => Value): void {
  state.refs = state.refs.filter((r) => r.id !== ref);
  mapValues(state, (v) => (v.kind === "ptr" && v.ref === ref ? gone(v) : v));
  dropMade(state, new Set([ref]), gone);
}

/** What was made from any of `parents` is gone, and what was made from that. */
export function dropMade(state: State, parents: ReadonlySet<number>, gone: (v: Pointer) => Value): void {
  const dead = new Set<number>();
  mapValues(state, (v) => {
    if (v.kind !== "ptr" || v.parent === undefined || !parents.has(v.parent)) return v;
    if (v.id !== 0) dead.add(v.id);
    return gone(v);
  });
  if (dead.size > 0) dropMade(state, dead, gone);
}

/** Every number becomes its own root: from now on it is told which of them something turns on. */
export function rootNumbers(state: State): void {
  mapValues(state, (v) => (v.kind === "scalar" ? { ...v, origin: rooted(v.origin) } : v));
}

/** What something turned on behind `seen` it turns on behind `now` as well. kernel/bpf/states.c:propagate_precision */
export function passNeeds(seen: State, now: State): void {
  now.frames.forEach((frame, i) => {
    const old = seen.frames[i];
    if (!old) return;
    frame.regs.forEach((v, r) => {
      passNeed(old.regs[r]!, v);
    });
    frame.stack.forEach((slot, s) => {
      const spill = old.stack[s]?.spill;
      if (spill && slot?.spill) passNeed(spill.value, slot.spill.value);
    });
  });
}

function passNeed(seen: Value, now: Value): void {
  if (seen.kind !== "scalar" || now.kind !== "scalar") return;
  if (seen.origin?.used) markNeeded(now.origin);
  else if (seen.origin?.needed) markMaybeNeeded(now.origin);
}

/** Anything may turn on any of the numbers. */
export function needAll(state: State): void {
  mapValues(state, (v) => {
    if (v.kind === "scalar") markMaybeNeeded(v.origin);
    return v;
  });
}
