/**
 * Dynptrs: two slots of the stack that the kernel keeps, of a kind, with an id of their own. Clones of a counted one share
 * its reference; slices hang on the id of the dynptr that gave them. kernel/bpf/verifier.c:process_dynptr_func
 */
import type { Cx } from "../cx.ts";
import { unknownScalar } from "../domain/scalar.ts";
import { isKept, isRoom, type Kept, placeOf, SLOT, type Stack, slotAt, write } from "../domain/stack.ts";
import { dropMade, release, type State, topFrame } from "../domain/state.ts";
import { pointer, type Region, type Value } from "../domain/value.ts";
import { type Outcome, refuse, unmodelled } from "../outcome.ts";

export type DynptrKind = "local" | "ringbuf" | "skb" | "xdp" | "skb_meta" | "file";

export const DYNPTR = "bpf_dynptr";
const SIZE = 2 * SLOT;

/** Kinds that must be given back. kernel/bpf/verifier.c:dynptr_type_refcounted */
const COUNTED: ReadonlySet<string> = new Set(["ringbuf", "file"]);
const PACKET: ReadonlySet<string> = new Set(["skb", "xdp", "skb_meta"]);

/** Slices of such a dynptr are gone as soon as the packet may move. */
const isOfPacket = (kind: string): boolean => PACKET.has(kind);

/** A dynptr that an argument names. */
export interface Dynptr {
  readonly kind: DynptrKind;
  readonly id: number;
  readonly ref: number;
  /** What it was made from, where that can be released. */
  readonly parent: number;
  /** The program does not own it. */
  readonly isConst: boolean;
}

/** A half of a dynptr. */
const isHalf = (v: Value | undefined): v is Kept => isKept(v) && v.to.name === DYNPTR;

/** The dynptr that the value points to, if it was made and is whole. kernel/bpf/verifier.c:is_dynptr_reg_valid_init */
export function dynptrAt(state: State, v: Value): Dynptr | undefined {
  if (v.kind !== "ptr" || v.varying) return undefined;
  if (v.to.kind === "dynptr") {
    const kind = v.to.mode as DynptrKind;
    return v.off === 0 ? { kind, id: v.id, ref: 0, parent: 0, isConst: true } : undefined;
  }
  if (!isRoom(v, SIZE)) return undefined;
  const stack = state.frames[v.to.frame]?.stack ?? [];
  const [low, high] = [slotAt(stack, v.off), slotAt(stack, v.off + SLOT)];
  if (!isHalf(low) || !isHalf(high) || low.to.nth !== 0 || high.to.nth !== 1 || low.id !== high.id) return undefined;
  return { kind: low.to.mode as DynptrKind, id: low.id, ref: low.ref, parent: low.parent ?? 0, isConst: false };
}

/** What is asked of an argument that is a dynptr. */
export interface DynptrUse {
  /** It is made by the call. */
  readonly makes?: boolean;
  readonly releases?: boolean;
  readonly kind?: DynptrKind;
}

/** What the argument should be instead, in words; an outcome where that does not say it; undefined if it suits. */
export function checkDynptr(cx: Cx, state: State, v: Value, use: DynptrUse): string | NonNullable<Outcome> | undefined {
  const own = v.kind === "ptr" && v.to.kind === "stack";
  const given = v.kind === "ptr" && v.to.kind === "dynptr";
  if (v.kind !== "ptr" || (!own && !given)) return "a pointer to a dynptr on the stack";
  if (use.makes)
    return isRoom(v, SIZE)
      ? checkOverwrite(cx, state, v.to.frame, v.off, v.off + SIZE)
      : "16 aligned bytes of the stack";
  const found = dynptrAt(state, v);
  if (!found) return "a dynptr that was made before";
  if (found.isConst && use.releases) return "a dynptr that the program owns";
  if (use.kind && found.kind !== use.kind) return `a dynptr of kind ${use.kind}`;
  if (use.releases && found.ref === 0) return "a dynptr that holds a reference";
  return undefined;
}

/** The dynptrs with a part in the bytes from `from` up to `to` of a stack, one half of each. */
function halvesIn(stack: Stack, from: number, to: number): readonly Kept[] {
  let found: Map<number, Kept> | undefined;
  const last = placeOf(from).slot;
  for (let slot = placeOf(to - 1).slot; slot <= last; slot++) {
    const value = stack[slot]?.spill?.value;
    if (!isHalf(value)) continue;
    found ??= new Map();
    found.set(value.id, value);
  }
  return found ? [...found.values()] : NONE;
}

const NONE: readonly Kept[] = [];

export const hasDynptr = (stack: Stack, from: number, to: number): boolean => halvesIn(stack, from, to).length > 0;

/** Ids of the dynptrs, clones among them, that hold the reference. */
function holders(state: State, ref: number): ReadonlySet<number> {
  const ids = new Set<number>();
  for (const { stack } of state.frames)
    for (const slot of stack) {
      const value = slot?.spill?.value;
      if (isHalf(value) && value.ref === ref) ids.add(value.id);
    }
  return ids;
}

/** Whether the bytes may be written: the last one that holds a reference may not be lost. kernel/bpf/verifier.c:destroy_if_dynptr_stack_slot */
export function checkOverwrite(cx: Cx, state: State, frame: number, from: number, to: number): Outcome {
  const halves = halvesIn(state.frames[frame]?.stack ?? [], from, to);
  const lost = halves.find(
    ({ to: { mode }, ref }) =>
      COUNTED.has(mode) && holders(state, ref).size <= halves.filter((h) => h.ref === ref).length,
  );
  const counted = halves.some(({ to: { mode } }) => COUNTED.has(mode));
  if (!lost) return counted && !cx.facts.countsClones ? unmodelled("overwriting one of several clones") : undefined;
  return refuse("E0560", ["the dynptr that this overwrites"], {
    about: [lost],
    marks: [{ at: lost.at, text: "made here" }],
    help: "release it first, or keep it in bytes of its own",
  });
}

/** Dynptrs with a part in the bytes are no more, nor are their slices. */
export function overwrite(state: State, frame: number, from: number, to: number): void {
  const halves = halvesIn(state.frames[frame]?.stack ?? [], from, to);
  if (halves.length > 0) destroy(state, new Set(halves.map(({ id }) => id)));
}

function destroy(state: State, ids: ReadonlySet<number>): void {
  for (const frame of state.frames) {
    frame.stack = frame.stack.map((slot) => {
      const value = slot?.spill?.value;
      return isHalf(value) && ids.has(value.id) ? undefined : slot;
    });
  }
  dropMade(state, ids, () => unknownScalar(state.at));
}

export interface Made {
  readonly kind: DynptrKind;
  /** Of what it is a clone, so that it shares the reference. */
  readonly ref?: number;
  /** The reference that it was made from. */
  readonly parent?: number;
}

/** A new dynptr where the checked argument points; a counted one holds a reference. kernel/bpf/verifier.c:mark_stack_slots_dynptr */
export function makeDynptr(cx: Cx, state: State, v: Value, made: Made): void {
  if (v.kind !== "ptr" || v.to.kind !== "stack") return;
  overwrite(state, v.to.frame, v.off, v.off + SIZE);
  const parent = made.parent ?? 0;
  const ref = COUNTED.has(made.kind) ? made.ref || newRef(cx, state, parent) : 0;
  const id = cx.newId();
  const frame = state.frames[v.to.frame] ?? topFrame(state);
  for (const nth of [0, 1]) {
    const half = pointer({ kind: "object", name: DYNPTR, mode: made.kind, nth }, state.at, { id, ref, parent });
    frame.stack = write(frame.stack, v.off + nth * SLOT, SLOT, half);
  }
}

function newRef(cx: Cx, state: State, parent: number): number {
  const id = cx.newId();
  state.refs = [...state.refs, { id, at: state.at, ...(parent !== 0 && { parent }) }];
  return id;
}

/** The dynptr gives its reference back: it and its clones are no more. */
export function releaseDynptr(state: State, v: Value): void {
  const found = dynptrAt(state, v);
  if (!found || found.ref === 0) return;
  destroy(state, holders(state, found.ref));
  release(state, found.ref, () => unknownScalar(state.at));
}

/** The kernel keeps sizes in 32 bits. */
const MOST = 1n << 31n;

/** A part of what a dynptr stands for, as memory; undefined for a size that is none. */
export function sliceOf(cx: Cx, state: State, of: Dynptr, size: bigint, readOnly: boolean): Value | undefined {
  if (size >= MOST) return undefined;
  const packet = isOfPacket(of.kind) && { packet: true };
  const to: Region = { kind: "mem", size: Number(size), readOnly, ringbuf: false, ...packet };
  return pointer(to, state.at, { nullable: true, id: cx.newId(), parent: of.id });
}

/** What a global function or a callback gets for a dynptr. kernel/bpf/verifier.c:mark_dynptr_cb_reg */
export const givenDynptr = (cx: Cx, at: number): Value =>
  pointer({ kind: "dynptr", mode: "local" }, at, { id: cx.newId() });

/** The reference that was made from `ref` and is still held. */
export const heldChild = (state: State, ref: number): { readonly at: number } | undefined =>
  ref === 0 ? undefined : state.refs.find((r) => r.parent === ref);
