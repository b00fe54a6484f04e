/** The abstract machine at one point of one path: call frames with registers and stacks, and the references it holds. */
import type { Reg } from "../../isa/insn.ts";
import { markMaybeNeeded, markNeeded, mix, needWith, rooted } from "./need.ts";
import { copyOf, madeOf, type Scalar, unlinked } from "./scalar.ts";
import { coversSlotAt, holding, type Slot, type Stack } from "./stack.ts";
import { coversValue, type Fit, IdPairs, nothing, notNull, type Pointer, pointer, type Value } from "./value.ts";

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
  // One by one: what `map` makes is another kind of array to the engine.
  const frames: Frame[] = [];
  for (let i = 0; i < state.frames.length; i++) frames.push(copyFrame(state.frames[i]!));
  return {
    frames,
    refs: state.refs,
    held: state.held,
    at: state.at,
    path: state.path,
    rounds: state.rounds,
    widened: state.widened,
  };
}

const copyFrame = ({ func, why, callsite, regs, stack, callbacks }: Frame): Frame => ({
  func,
  why,
  callsite,
  regs: regs.slice(),
  stack,
  callbacks,
});

export const topFrame = (state: State): Frame => state.frames[state.frames.length - 1]!;

/** r0 to r9 where a function begins: `args` in r1 and on, nothing in the others. */
export const entryRegs = (args: readonly (Value | undefined)[]): Value[] =>
  Array.from({ length: 10 }, (_, r) => args[r - 1] ?? nothing(-1));

/** What a register of the running frame holds. */
export function reg(state: State, r: Reg): Value {
  if (r === 10) return framePointer(state.frames.length - 1);
  return topFrame(state).regs[r]!;
}

/** r10 by frame: it never changes. */
const framePointers: Pointer[] = [];

function framePointer(frame: number): Pointer {
  framePointers[frame] ??= pointer({ kind: "stack", frame }, -1);
  return framePointers[frame];
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
    next[i] = holding(slot, slot.spill.size, value);
  }
  return next ?? stack;
}

/** In place of a place: nothing differs, or something that is no register and no slot. */
export const NOWHERE = -1;
const ELSEWHERE = -2;

/** A register or slot of a frame as one number: slots follow the registers. */
const PLACES = 128;
const FIRST_SLOT = 16;

/**
 * The place where what was found for `seen` need not hold for `now`; `NOWHERE` if it holds. Both are about to run the same
 * instruction, and hold nothing that is not read any more. kernel/bpf/states.c:states_equal
 */
export function differenceOf(seen: State, now: State, fit: Fit): number {
  if (seen.frames.length !== now.frames.length || seen.refs.length !== now.refs.length) return ELSEWHERE;
  const ids = new IdPairs();
  if (!coversHeld(seen.held, now.held, ids)) return ELSEWHERE;
  for (let i = 0; i < seen.refs.length; i++) {
    if (!ids.match(seen.refs[i]!.id, now.refs[i]!.id)) return ELSEWHERE;
    if (!ids.match(seen.refs[i]!.parent ?? 0, now.refs[i]!.parent ?? 0)) return ELSEWHERE;
  }
  // The newest frame is the likeliest to differ.
  for (let i = seen.frames.length - 1; i >= 0; i--) {
    const place = differenceIn(seen.frames[i]!, now.frames[i]!, ids, fit);
    if (place !== NOWHERE) return place === ELSEWHERE ? ELSEWHERE : i * PLACES + place;
  }
  return NOWHERE;
}

/** A number that is the same for states that are the same: a quick look before all is compared. */
export function digestOf(state: State): number {
  const top = state.frames.length - 1;
  const { regs, stack } = state.frames[top]!;
  let sum = 0;
  for (let r = 0; r < regs.length; r++) sum += digestAt(regs[r]!, r);
  for (let i = 0; i < stack.length; i++) {
    const spill = stack[i]?.spill;
    if (spill) sum += digestAt(spill.value, FIRST_SLOT + i);
  }
  return sum | 0;
}

function digestAt(v: Value, place: number): number {
  const part = v.kind === "scalar" ? Number(v.u.min) : v.kind === "ptr" ? v.off : -1;
  return Math.imul(part + 2, 2 * place + 3);
}

/** Whether the two differ at a place where they did before: most that do not fit do not fit in the same thing. */
export function differAt(seen: State, now: State, place: number, fit: Fit): boolean {
  if (seen.frames.length !== now.frames.length) return true;
  if (place < 0) return false;
  const index = Math.floor(place / PLACES);
  const a = seen.frames[index];
  const b = now.frames[index];
  if (!a || !b) return false;
  const at = place % PLACES;
  const ids = new IdPairs();
  if (at >= FIRST_SLOT) return !coversSlotAt(a.stack, b.stack, at - FIRST_SLOT, ids, fit);
  return !coversValue(a.regs[at]!, b.regs[at]!, ids, fit);
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

function differenceIn(seen: Frame, now: Frame, ids: IdPairs, fit: Fit): number {
  if (seen.callsite !== now.callsite || seen.func !== now.func || seen.callbacks > now.callbacks) return ELSEWHERE;
  if (!sameReason(seen.why, now.why)) return ELSEWHERE;
  for (let r = 0; r < now.regs.length; r++) {
    if (!coversValue(seen.regs[r]!, now.regs[r]!, ids, fit)) return r;
  }
  const count = Math.max(seen.stack.length, now.stack.length);
  for (let slot = 0; slot < count; slot++) {
    if (!coversSlotAt(seen.stack, now.stack, slot, ids, fit)) return FIRST_SLOT + slot;
  }
  return NOWHERE;
}

/** The callsite tells the other kinds apart. */
function sameReason(a: FrameKind, b: FrameKind): boolean {
  if (a.kind !== "async" || b.kind !== "async") return a.kind === b.kind;
  return a.sleepable === b.sleepable && a.min === b.min && a.max === b.max;
}

/** Drops ids that only one value carries: they link nothing. kernel/bpf/states.c:clear_singular_ids */
export function forgetLonelyIds(state: State): void {
  const once = new Set<number>();
  const more = new Set<number>();
  eachValue(state, (v) => {
    if (v.kind !== "scalar" || v.id === 0 || more.has(v.id)) return;
    if (!once.delete(v.id)) once.add(v.id);
    else more.add(v.id);
  });
  if (once.size > 0) mapValues(state, (v) => (v.kind === "scalar" && once.has(v.id) ? unlinked(v) : v));
}

/** Shows all registers and spilled values of all frames. */
function eachValue(state: State, look: (v: Value) => void): void {
  for (const { regs, stack } of state.frames) {
    for (let r = 0; r < regs.length; r++) look(regs[r]!);
    for (let i = 0; i < stack.length; i++) {
      const spill = stack[i]?.spill;
      if (spill) look(spill.value);
    }
  }
}

/** Replaces all copies of the scalar `old` by what is known now. kernel/bpf/verifier.c:sync_linked_regs */
export function relearn(state: State, old: Scalar, now: Scalar, shifted: (v: Scalar, delta: bigint) => Scalar): void {
  if (old.id === 0) return;
  mapValues(state, (v) => {
    if (v.kind !== "scalar" || v.id !== old.id || v === now) return v;
    const origin = mix(v.origin, now.origin);
    if (v.delta === now.delta) return copyOf(now, v, origin);
    return copyOf(shifted(now, v.delta), v, origin);
  });
}

/** The nullable pointers with that id become numbers 0 or proper pointers. kernel/bpf/verifier.c:mark_ptr_or_null_regs */
export function settleNull(state: State, id: number, isNull: boolean, zero: Scalar): void {
  mapValues(state, (v) => {
    if (v.kind !== "ptr" || v.id !== id || !v.nullable) return v;
    return isNull ? zero : notNull(v);
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
  for (const frame of state.frames) {
    const { regs } = frame;
    for (let r = 0; r < regs.length; r++) regs[r] = root(regs[r]!);
    frame.stack = rootStack(frame.stack);
  }
}

const root = (v: Value): Value => (v.kind === "scalar" ? madeOf(v, rooted(v.origin)) : v);

const rootStack = (stack: Stack): Stack => mapStack(stack, root);

/** What something turned on behind `seen` it turns on behind `now` as well. kernel/bpf/states.c:propagate_precision */
export const passNeeds = (seen: State, now: State): void => eachPair(seen, now, passNeed);

/** The same, and of what something will turn on: not all is known of `seen` yet. kernel/bpf/states.c:propagate_backedges */
export const shareNeeds = (seen: State, now: State): void => eachPair(seen, now, shareNeed);

/** All values that both states hold in the same place. */
function eachPair(seen: State, now: State, visit: (seen: Value, now: Value) => void): void {
  for (let i = 0; i < now.frames.length; i++) {
    const old = seen.frames[i];
    if (old) eachInFrame(old, now.frames[i]!, visit);
  }
}

/** Zeros that `old` knows of bytes turn on the number that is saved there now. */
function eachInFrame(old: Frame, { regs, stack }: Frame, visit: (seen: Value, now: Value) => void): void {
  for (let r = 0; r < regs.length; r++) visit(old.regs[r]!, regs[r]!);
  for (let s = 0; s < stack.length; s++) {
    const before = old.stack[s];
    const spill = stack[s]?.spill;
    if (!before || !spill) continue;
    if (before.spill) visit(before.spill.value, spill.value);
    if (before.zeros !== 0 && spill.value.kind === "scalar") markNeeded(spill.value.origin);
  }
}

function shareNeed(seen: Value, now: Value): void {
  if (seen.kind === "scalar" && now.kind === "scalar") needWith(seen.origin, now.origin);
}

function passNeed(seen: Value, now: Value): void {
  if (seen.kind !== "scalar" || now.kind !== "scalar") return;
  if (seen.origin?.used) markNeeded(now.origin);
  else if (seen.origin?.needed) markMaybeNeeded(now.origin);
}

/** Anything may turn on any of the numbers. */
export function needAll(state: State): void {
  eachValue(state, (v) => {
    if (v.kind === "scalar") markMaybeNeeded(v.origin);
  });
}
