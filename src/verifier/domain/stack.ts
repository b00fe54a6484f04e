/**
 * A frame's stack, in slots of eight bytes. A slot holds a spilled value (of which the low bytes may be all that was
 * stored) or bytes, each known to be zero or not known at all. A program with CAP_PERFMON may read bytes that nobody
 * wrote (kernel/bpf/verifier.c:allow_uninit_stack), so these are unknown bytes too.
 */
import {
  constant,
  constOf,
  cut,
  includes,
  isConst,
  linked,
  madeOf,
  type Scalar,
  sameBounds,
  unknownScalar,
  unlinked,
} from "./scalar.ts";
import { coversValue, type Fit, type IdPairs, type Pointer, type Region, type Value } from "./value.ts";

export const STACK_SIZE = 512;
/** Bytes of a slot. */
export const SLOT = 8;

export interface Spill {
  readonly value: Value;
  readonly size: number;
}

export interface Slot {
  readonly spill: Spill | undefined;
  /** Bytes known to be zero, bit 0 for the lowest address; none of the spill's. */
  readonly zeros: number;
}

/** Slot 0 is the one below the frame pointer; missing ones are unknown bytes. */
export type Stack = readonly (Slot | undefined)[];

export interface Place {
  readonly slot: number;
  /** First byte inside the slot. */
  readonly byte: number;
}

/** The slot of the byte at `off` (below 0) from the frame pointer. */
export function placeOf(off: number): Place {
  const slot = Math.ceil(-off / SLOT) - 1;
  return { slot, byte: off + (slot + 1) * SLOT };
}

/** A slot of what the kernel keeps on a stack: an iterator, a dynptr or saved interrupt flags. */
export type Kept = Pointer & { readonly to: Region & { readonly kind: "object" } };
export const isKept = (v: Value | undefined): v is Kept => v?.kind === "ptr" && v.to.kind === "object";
export const isIterator = ({ to }: Kept): boolean => to.name.startsWith("bpf_iter_");

export type StackPointer = Pointer & { readonly to: Region & { readonly kind: "stack" } };

/** Whether the value points to `size` bytes of a stack that are whole slots, at a place that is known. kernel/bpf/verifier.c:stack_slot_obj_get_spi */
export const isRoom = (v: Value, size: number): v is StackPointer =>
  v.kind === "ptr" &&
  v.to.kind === "stack" &&
  !v.varying &&
  v.off % SLOT === 0 &&
  v.off >= -STACK_SIZE &&
  v.off + size <= 0;

const mask = (byte: number, size: number): number => ((1 << size) - 1) << byte;

/**
 * Writes `size` bytes at `off`: spilled if they start a slot, otherwise as bytes, which end a spill that was there. Must
 * not cross a slot. kernel/bpf/verifier.c:check_stack_write_fixed_off
 */
export function write(stack: Stack, off: number, size: number, value: Value): Stack {
  const { slot, byte } = placeOf(off);
  const kept = (stack[slot]?.zeros ?? 0) & ~mask(byte, size);
  if (byte === 0) {
    const spilled = value.kind === "scalar" && size < SLOT ? narrowed(value, size) : value;
    return replace(stack, slot, { spill: { value: spilled, size }, zeros: kept });
  }
  const isZero = value.kind === "scalar" && constOf(value) === 0n;
  return replace(stack, slot, bytesOf(kept | (isZero ? mask(byte, size) : 0)));
}

const bytesOf = (zeros: number): Slot | undefined => (zeros === 0 ? undefined : { spill: undefined, zeros });

/** The same slot with `value` spilled. */
export const holding = (slot: Slot, size: number, value: Value): Slot => ({
  spill: { value, size },
  zeros: slot.zeros,
});

/** Whether bytes of a slot are known to be zero: all marked so, or all of one spilled zero. */
function areZero(slot: Slot | undefined, wanted: number): boolean {
  if (!slot) return false;
  if ((slot.zeros & wanted) === wanted) return true;
  const spill = slot.spill;
  const spilledZero = spill?.value.kind === "scalar" && constOf(spill.value) === 0n;
  return spilledZero && (mask(0, spill.size) & wanted) === wanted;
}

/** A narrowing spill breaks the link to copies in registers. */
function narrowed(value: Scalar, size: number): Scalar {
  return value.u.max < 1n << BigInt(size * 8) ? value : unlinked(value);
}

function replace(stack: Stack, slot: number, with_: Slot | undefined): Stack {
  const next = stack.slice();
  while (next.length <= slot) next.push(undefined);
  next[slot] = with_;
  return next;
}

/** Forgets what is known of the bytes from `from` up to `to` (offsets below 0). */
export function forget(stack: Stack, from: number, to: number): Stack {
  let next: (Slot | undefined)[] | undefined;
  for (let off = from; off < to; ) {
    const { slot, byte } = placeOf(off);
    const size = Math.min(SLOT - byte, to - off);
    const old = stack[slot];
    if (old) {
      next ??= stack.slice();
      next[slot] = clipped(old, byte, size);
    }
    off += size;
  }
  return next ?? stack;
}

/** A spill is gone as soon as one of its bytes is written, and with it what was known of the others. */
function clipped(old: Slot, byte: number, size: number): Slot | undefined {
  const zeros = old.zeros & ~mask(byte, size);
  if (old.spill && byte >= old.spill.size) return { spill: old.spill, zeros };
  return bytesOf(zeros);
}

/** The object of which one of the slots from `from` up to `to` is a part. */
export function objectIn(stack: Stack, from: number, to: number): Kept | undefined {
  for (let slot = placeOf(to - 1).slot; slot <= placeOf(from).slot; slot++) {
    const value = stack[slot]?.spill?.value;
    if (isKept(value)) return value;
  }
  return undefined;
}

/** The value of the whole slot at `off`. */
export const slotAt = (stack: Stack, off: number): Value | undefined => {
  const { slot, byte } = placeOf(off);
  return byte === 0 ? stack[slot]?.spill?.value : undefined;
};

/** What a read finds: a value as it was spilled, or a refusal to read part of a pointer. */
export type Read = { readonly value: Value } | { readonly partOf: Value };

/** What the read would find only a part of: a value that is no number. */
export function partOf(stack: Stack, off: number, size: number): Value | undefined {
  const { slot, byte } = placeOf(off);
  const value = stack[slot]?.spill?.value;
  return !value || value.kind === "scalar" || (size === SLOT && byte === 0) ? undefined : value;
}

/** Reads `size` bytes at `off`; must not cross a slot. `at`: the instruction that reads. */
export function read(stack: Stack, off: number, size: number, at: number): Read {
  const { slot, byte } = placeOf(off);
  const found = stack[slot];
  const spill = found?.spill;
  if (!spill) return { value: bytes(found, byte, size, at) };
  const part = partOf(stack, off, size);
  if (part) return { partOf: part };
  if (spill.value.kind !== "scalar") return { value: spill.value };
  if (byte === 0 && size <= spill.size) return { value: spilledScalar(spill.value, size, at) };
  return { value: bytes(found, byte, size, at) };
}

/** The number spilled at `off` gets an id, so that what is read there stays linked to it. */
export function linkSpill(stack: Stack, off: number, newId: () => number): Stack {
  const { slot, byte } = placeOf(off);
  const found = stack[slot];
  const spill = found?.spill;
  if (!spill || byte !== 0 || spill.value.kind !== "scalar" || spill.value.id !== 0 || isConst(spill.value))
    return stack;
  return replace(stack, slot, holding(found, spill.size, linked(spill.value, newId(), spill.value.delta)));
}

function spilledScalar(value: Scalar, size: number, at: number): Scalar {
  if (size === SLOT) return value;
  if (value.u.max < 1n << BigInt(size * 8)) return value;
  return madeOf(cut(value, size, at), value.origin);
}

function bytes(slot: Slot | undefined, byte: number, size: number, at: number): Scalar {
  if (!areZero(slot, mask(byte, size))) return unknownScalar(at);
  const spilled = slot?.spill?.value;
  return madeOf(constant(0n, at), spilled?.kind === "scalar" ? spilled.origin : undefined);
}

/** Whether all bytes from `from` up to `to` are marked as zero; spilled zeros do not count. */
export function allZero(stack: Stack, from: number, to: number): boolean {
  for (let off = from; off < to; off++) {
    const { slot, byte } = placeOf(off);
    if (!((stack[slot]?.zeros ?? 0) & (1 << byte))) return false;
  }
  return true;
}

/** Whether what was found with that slot of the stack `seen` holds with `now`. kernel/bpf/verifier.c:stacksafe */
export function coversSlotAt(seen: Stack, now: Stack, slot: number, ids: IdPairs, fit: Fit): boolean {
  const a = slot < seen.length ? seen[slot] : undefined;
  const b = slot < now.length ? now[slot] : undefined;
  if (a !== b) return coversSlot(a, b, ids, fit);
  return !a?.spill || coversValue(a.spill.value, a.spill.value, ids, fit);
}

function coversSlot(seen: Slot | undefined, now: Slot | undefined, ids: IdPairs, fit: Fit): boolean {
  const a = seen?.spill;
  const b = now?.spill;
  const zeros = seen?.zeros ?? 0;
  if (fit === "same" && zeros !== (now?.zeros ?? 0)) return false;
  if (a && b && a.size === b.size)
    return (zeros === 0 || areZero(now, zeros)) && coversValue(a.value, b.value, ids, fit);
  if (fit === "same") return !a && !b;
  if (b && b.value.kind !== "scalar") return false;
  if (a && (a.value.kind !== "scalar" || !isAnything(a.value, a.size, now, fit))) return false;
  return zeros === 0 || areZero(now, zeros);
}

/** Whether a spilled number that was seen allows any bytes that are there now. */
function isAnything(value: Scalar, size: number, now: Slot | undefined, fit: Fit): boolean {
  if (fit === "needed" && !value.origin?.needed) return true;
  if (value.id !== 0) return false;
  if (size === SLOT && includes(value, unknownScalar(-1))) return true;
  return areZero(now, mask(0, size)) && sameBounds(value, constant(0n, -1));
}
