/** What a register or a spilled stack slot holds: nothing yet, a number, or a pointer into some region. */
import type { BtfSpec, TypeId } from "../../btf/type.ts";
import type { LinkedMap } from "../../link/model.ts";
import { constant, constOf, includes, type Scalar, sameBounds } from "./scalar.ts";

/**
 * How far the kernel trusts a pointer to one of its own structs: `plain` is what tracing programs get for arguments,
 * `rcu` and `trusted` may be handed to kfuncs, `untrusted` may only be read through.
 */
export type Trust = "plain" | "trusted" | "rcu" | "untrusted";

/** What a pointer points into. */
export type Region =
  | { readonly kind: "ctx" }
  /** The map itself; `uid` tells inner maps of one outer map apart, where that matters. */
  | { readonly kind: "map"; readonly map: LinkedMap; readonly uid?: number }
  | { readonly kind: "map_value"; readonly map: LinkedMap; readonly uid?: number }
  | { readonly kind: "map_key"; readonly map: LinkedMap; readonly uid?: number }
  /** Frame number, the entry program's being 0. */
  | { readonly kind: "stack"; readonly frame: number }
  | {
      readonly kind: "btf";
      readonly btf: BtfSpec;
      readonly type: TypeId;
      readonly trust: Trust;
      /** Memory of user space or of one processor: no direct loads. */
      readonly space?: "user" | "percpu";
      /**
       * An object of one of the program's own types (MEM_ALLOC): `owned` by the program, `lent` by a list, tree or map
       * (NON_OWN_REF), or `seen` in a map while RCU protects it.
       */
      readonly alloc?: "owned" | "lent" | "seen";
    }
  | {
      readonly kind: "mem";
      readonly size: number;
      readonly readOnly: boolean;
      readonly ringbuf: boolean;
      /** A slice of packet data, gone as soon as the packet may move. */
      readonly packet?: boolean;
    }
  /** An address that a kernel struct holds of something that is no struct: reads may fail, and there are no bounds. */
  | { readonly kind: "address" }
  | { readonly kind: "func"; readonly func: number }
  /** Packet data, or what lies before it; `range`: bytes from the pointer's base that were compared with the end. */
  | { readonly kind: "packet"; readonly meta: boolean; readonly range: number }
  | { readonly kind: "packet_end" }
  /** A socket as programs see it, through the fields of `struct bpf_sock` and its kin. */
  | { readonly kind: "sock"; readonly sort: SockSort }
  | { readonly kind: "flow_keys"; readonly size: number }
  /** Memory that the program shares with user space: any address in it will do. */
  | { readonly kind: "arena" }
  /** What the kernel keeps on a program's stack: one slot of an iterator, a dynptr or saved interrupt flags. */
  | {
      readonly kind: "object";
      /** `bpf_iter_num`, or `bpf_dynptr`. */
      readonly name: string;
      /** An iterator is drained once it gave NULL; a dynptr is of a kind. */
      readonly mode: string;
      /** Which slot of it this is, from the lowest address. */
      readonly nth: number;
    }
  /** A dynptr that somebody else keeps: the argument of a global function or of a callback. */
  | { readonly kind: "dynptr"; readonly mode: string };

/** A struct of the kernel, or an object of the program. */
export type Struct = Region & { readonly kind: "btf" };

export type SockSort = "sock" | "sock_common" | "tcp_sock" | "xdp_sock";

/** In place of the range of a packet pointer: it lies beyond the end, or at it or beyond. kernel/bpf/verifier.c:mark_pkt_end */
export const BEYOND_END = -2;
export const AT_END = -1;

export interface Pointer {
  readonly kind: "ptr";
  readonly to: Region;
  /** Bytes from the start of the region, for what is known; the frame's end for the stack. */
  readonly off: number;
  /** What is added to `off` and not known exactly. */
  readonly varying?: Scalar | undefined;
  readonly nullable: boolean;
  /** Copies of one nullable pointer share it; 0 where it does not matter. */
  readonly id: number;
  /** The id stays once the pointer is known not to be null: a lock may lie in what it points to. */
  readonly keepsId?: boolean | undefined;
  /** The reference that the pointer stands for; 0 if it owns none. */
  readonly ref: number;
  /** The id or reference of what it was made from: it is gone when that is. */
  readonly parent?: number | undefined;
  readonly at: number;
}

export interface Nothing {
  readonly kind: "nothing";
  /** The call that made the register unreadable, or -1. */
  readonly at: number;
}

export type Value = Nothing | Scalar | Pointer;

export const nothing = (at: number): Nothing => ({ kind: "nothing", at });

/** NULL for sure. */
export const isNull = (v: Value): boolean => v.kind === "scalar" && constOf(v) === 0n;
/** NULL, or a pointer that was not compared with it. */
export const mayBeNull = (v: Value): boolean => isNull(v) || (v.kind === "ptr" && v.nullable);

export function pointer(
  to: Region,
  at: number,
  more: Partial<Pick<Pointer, "off" | "nullable" | "id" | "ref" | "keepsId" | "parent">> = {},
): Pointer {
  const keepsId = more.keepsId || undefined;
  const parent = more.parent || undefined;
  return make(to, more.off ?? 0, undefined, more.nullable ?? false, more.id ?? 0, keepsId, more.ref ?? 0, parent, at);
}

/** All pointers are made here, with all members in one order, so that they are of one shape for the engine. */
const make = (
  to: Region,
  off: number,
  varying: Scalar | undefined,
  nullable: boolean,
  id: number,
  keepsId: boolean | undefined,
  ref: number,
  parent: number | undefined,
  at: number,
): Pointer => ({ kind: "ptr", to, off, varying, nullable, id, keepsId, ref, parent, at });

/** The same pointer, at another distance from the start of the region. */
export const placed = (p: Pointer, off: number, varying: Scalar | undefined): Pointer =>
  make(p.to, off, varying, p.nullable, p.id, p.keepsId, p.ref, p.parent, p.at);
/** The same pointer into a region of which something else is known. */
export const into = (p: Pointer, to: Region, id: number): Pointer =>
  make(to, p.off, p.varying, p.nullable, id, p.keepsId, p.ref, p.parent, p.at);
/** The same pointer once it is known not to be null. */
export const notNull = (p: Pointer): Pointer =>
  make(p.to, p.off, p.varying, false, p.keepsId ? p.id : 0, p.keepsId, p.ref, p.parent, p.at);

/** The kernel's name of the kind of value, as its messages print it. kernel/bpf/log.c:reg_type_str */
export function kernelName(v: Value): string {
  if (v.kind === "nothing") return "?";
  if (v.kind === "scalar") return "scalar";
  const orNull = v.nullable ? "_or_null" : "";
  switch (v.to.kind) {
    case "ctx":
    case "func":
    case "map_value":
    case "map_key":
      return v.to.kind + orNull;
    case "address":
      return "rdonly_untrusted_mem";
    case "packet":
      return v.to.meta ? "pkt_meta" : "pkt";
    case "packet_end":
      return "pkt_end";
    case "sock":
      return v.to.sort + orNull;
    case "flow_keys":
      return "flow_keys";
    case "arena":
      return "arena";
    case "object":
      return v.to.name;
    case "dynptr":
      return "dynptr_ptr";
    case "map":
      return `map_ptr${orNull}`;
    case "stack":
      return "fp";
    case "btf":
      return `${trustPrefix(v.to)}ptr_${v.nullable ? "or_null_" : ""}`;
    case "mem":
      return `${v.to.readOnly ? "rdonly_" : ""}${v.to.ringbuf ? "ringbuf_" : ""}mem${orNull}`;
  }
}

function trustPrefix(to: Struct): string {
  const trust = to.trust === "plain" || (to.alloc && to.trust === "trusted") ? "" : `${to.trust}_`;
  return to.space ? `${to.space}_${trust}` : trust;
}

function sameRegion(a: Region, b: Region): boolean {
  switch (a.kind) {
    case "ctx":
    case "address":
    case "packet_end":
    case "flow_keys":
    case "arena":
      return b.kind === a.kind;
    case "packet":
      return b.kind === "packet" && b.meta === a.meta && b.range === a.range;
    case "sock":
      return b.kind === "sock" && b.sort === a.sort;
    case "object":
      return b.kind === "object" && b.name === a.name && b.mode === a.mode && b.nth === a.nth;
    case "dynptr":
      return b.kind === "dynptr" && b.mode === a.mode;
    case "map":
    case "map_value":
    case "map_key":
      return b.kind === a.kind && b.map === a.map && b.uid === a.uid;
    case "stack":
      return b.kind === "stack" && b.frame === a.frame;
    case "btf":
      return b.kind === "btf" && sameStruct(a, b);
    case "mem":
      return b.kind === "mem" && sameMemory(a, b);
    case "func":
      return b.kind === "func" && b.func === a.func;
  }
}

type Memory = Region & { readonly kind: "mem" };

const sameMemory = (a: Memory, b: Memory): boolean =>
  b.size === a.size && b.readOnly === a.readOnly && b.ringbuf === a.ringbuf && b.packet === a.packet;

const sameStruct = (a: Struct, b: Struct): boolean =>
  b.btf === a.btf && b.type === a.type && b.trust === a.trust && b.space === a.space && b.alloc === a.alloc;

const FIRST_SPARE = 2 ** 50;

/** Pairs the ids of two states: equal copies on one side must be equal copies on the other. Numbers below 0 are fixed. */
export class IdPairs {
  /** One after the other; made for the first, because most comparisons end before. */
  #pairs: number[] | undefined;
  /** Stand-ins for ids that `now` has not: above all that are given. */
  #spare = FIRST_SPARE;

  match(a: number, b: number): boolean {
    if (a <= 0 || b <= 0) return a === b;
    this.#pairs ??= [];
    for (let i = 0; i < this.#pairs.length; i += 2) {
      if (this.#pairs[i] === a) return this.#pairs[i + 1] === b;
      if (this.#pairs[i + 1] === b) return false;
    }
    this.#pairs.push(a, b);
    return true;
  }

  /** The same for numbers, where what is no copy of anything stands for itself. kernel/bpf/states.c:check_scalar_ids */
  matchLinked(a: number, b: number): boolean {
    return b === 0 && a > 0 ? this.match(a, this.#spare++) : this.match(a, b);
  }
}

/** How a state must fit into one that was seen: be the same, lie within it, or lie within it where that mattered. */
export type Fit = "same" | "within" | "needed";

/**
 * Whether everything that `now` may be, `seen` may be too, so that what was found for `seen` holds for `now`.
 * kernel/bpf/states.c:regsafe
 */
export function coversValue(seen: Value, now: Value, ids: IdPairs, fit: Fit): boolean {
  if (seen.kind === "nothing") return fit !== "same" || now.kind === "nothing";
  if (seen.kind === "scalar") return now.kind === "scalar" && coversScalar(seen, now, ids, fit);
  return now.kind === "ptr" && coversPointer(seen, now, ids, fit);
}

function coversScalar(seen: Scalar, now: Scalar, ids: IdPairs, fit: Fit): boolean {
  if (fit === "needed" && !seen.origin?.needed) return true;
  if (seen === now) return seen.id === 0 || ids.match(seen.id, seen.id);
  if (fit === "same") return sameBounds(seen, now) && seen.delta === now.delta && ids.match(seen.id, now.id);
  if (!includes(seen, now)) return false;
  // What was learnt through a link between copies is only true where they are linked.
  return seen.id === 0 || (seen.delta === now.delta && ids.matchLinked(seen.id, now.id));
}

/** More bytes of a packet may be known than were. */
function coversRegion(seen: Region, now: Region, fit: Fit): boolean {
  if (fit === "same" || seen.kind !== "packet" || now.kind !== "packet") return sameRegion(seen, now);
  const known = seen.range >= 0 && now.range >= 0;
  return seen.meta === now.meta && (known ? seen.range <= now.range : seen.range === now.range);
}

function coversPointer(seen: Pointer, now: Pointer, ids: IdPairs, fit: Fit): boolean {
  if (!coversRegion(seen.to, now.to, fit) || seen.nullable !== now.nullable) return false;
  if (!ids.match(seen.ref, now.ref) || !ids.match(seen.id, now.id)) return false;
  if (!ids.match(seen.parent ?? 0, now.parent ?? 0)) return false;
  return coversOffset(seen, now, fit);
}

/** In memory of a known size, a known distance may be one of those that were possible. */
function coversOffset(seen: Pointer, now: Pointer, fit: Fit): boolean {
  if (seen.off === now.off) {
    if (seen.varying && now.varying)
      return fit === "same" ? sameBounds(seen.varying, now.varying) : includes(seen.varying, now.varying);
    if (!seen.varying && !now.varying) return true;
  }
  if (fit === "same" || !seen.varying || now.varying || !isRanged(seen.to)) return false;
  return includes(seen.varying, constant(BigInt(now.off - seen.off), -1));
}

const isRanged = ({ kind }: Region): boolean => kind === "map_value" || kind === "map_key" || kind === "mem";
