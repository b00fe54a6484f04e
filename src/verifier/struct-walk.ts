/** What lies at an offset of a kernel struct: a number, the next struct pointer, or nothing that may be read. kernel/bpf/btf.c:btf_struct_walk */
import { BtfError } from "../btf/format.ts";
import { sizeOf as resolvedSize } from "../btf/resolve.ts";
import { type BtfSpec, type BtfType, type Member, type RecordType, type TypeId, VOID } from "../btf/type.ts";

export type Walk =
  | { readonly kind: "scalar" }
  /** A pointer to something that is no struct. */
  | { readonly kind: "address" }
  | {
      readonly kind: "pointer";
      /** Struct or union that the member points to. */
      readonly type: TypeId;
      readonly member: string;
      /** Struct that holds the member itself. */
      readonly owner: string;
      readonly tags: readonly string[];
      /** Read through a union of several members: the kernel cannot tell which one is valid. */
      readonly untrusted: boolean;
    }
  | { readonly kind: "beyond"; readonly struct: string; readonly size: number }
  | { readonly kind: "hole"; readonly struct: string; readonly off: number }
  | { readonly kind: "part_of_pointer"; readonly struct: string; readonly member: string; readonly off: number }
  | { readonly kind: "past_member"; readonly struct: string; readonly member: string; readonly end: number }
  /** The BTF does not say. */
  | { readonly kind: "unclear" };

const MODIFIERS: ReadonlySet<string> = new Set(["typedef", "const", "volatile", "restrict", "type_tag"]);
const MAX_DEPTH = 64;

export interface Stripped {
  readonly id: TypeId;
  readonly type: BtfType;
  /** Type tags that were passed on the way. */
  readonly tags: readonly string[];
}

/** The type below typedefs, qualifiers and tags; `void` if there is no end to them. */
export function strip(btf: BtfSpec, id: TypeId): Stripped {
  const tags: string[] = [];
  let at = id;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const type = btf.type(at);
    if (!MODIFIERS.has(type.kind) || !("type" in type)) return { id: at, type, tags };
    if (type.kind === "type_tag") tags.push(type.name);
    at = type.type;
  }
  return { id: VOID, type: { kind: "void" }, tags };
}

/** Bytes that a value of the type takes; undefined for types without a size, and for BTF that has no end. */
export function sizeOf(btf: BtfSpec, id: TypeId): number | undefined {
  try {
    return resolvedSize(btf, id);
  } catch (error) {
    if (!(error instanceof BtfError)) throw error;
    return undefined;
  }
}

/** Answers by BTF, then by struct, size and offset. */
const walked = new WeakMap<BtfSpec, Map<number, Walk>>();
const MOST_OFF = 2 ** 24;

/** What `size` bytes (1 to 8) at `off` (not below 0) of the struct `id` are. */
export function walkStruct(btf: BtfSpec, id: TypeId, off: number, size: number): Walk {
  if (off < 0 || off >= MOST_OFF) return walk(btf, id, off, size);
  let known = walked.get(btf);
  if (!known) {
    known = new Map();
    walked.set(btf, known);
  }
  const key = (id * 16 + size) * MOST_OFF + off;
  let found = known.get(key);
  if (!found) {
    found = walk(btf, id, off, size);
    known.set(key, found);
  }
  return found;
}

function walk(btf: BtfSpec, id: TypeId, off: number, size: number): Walk {
  let at = strip(btf, id);
  let rest = off;
  let untrusted = false;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const { type } = at;
    if (type.kind !== "struct" && type.kind !== "union") return { kind: "unclear" };
    if (type.kind === "union" && type.members.length !== 1) untrusted = true;
    if (rest + size > type.size) {
      const tail = flexibleTail(btf, type, rest);
      if (tail === "numbers") return { kind: "scalar" };
      if (!tail) return { kind: "beyond", struct: type.name, size: type.size };
      [at, rest] = tail;
      continue;
    }
    const found = memberAt(btf, type, rest, size, untrusted);
    if (found.kind !== "inside") return found.kind === "pointer" ? { ...found, untrusted } : found;
    [at, rest] = [found.at, found.off];
  }
  return { kind: "unclear" };
}

/** An access behind the struct lands in its flexible array, if that holds structs or numbers (these since Linux 6.5). */
function flexibleTail(btf: BtfSpec, type: RecordType, off: number): [Stripped, number] | "numbers" | undefined {
  const last = type.members[type.members.length - 1];
  if (!last) return undefined;
  const array = strip(btf, last.type).type;
  if (array.kind !== "array" || array.nelems !== 0) return undefined;
  const start = last.bitOff / 8;
  const elem = strip(btf, array.elem);
  if (off < start) return undefined;
  if (elem.type.kind === "int") return "numbers";
  if ((elem.type.kind !== "struct" && elem.type.kind !== "union") || elem.type.size === 0) return undefined;
  return [elem, (off - start) % elem.type.size];
}

type Found = Walk | { readonly kind: "inside"; readonly at: Stripped; readonly off: number };

function memberAt(btf: BtfSpec, type: RecordType, off: number, size: number, untrusted: boolean): Found {
  for (const member of type.members) {
    const start = Math.floor(member.bitOff / 8);
    if (off + size <= start) break;
    if (member.bitSize) {
      if (off <= start && Math.ceil((member.bitOff + member.bitSize) / 8) <= off + size) return { kind: "scalar" };
      continue;
    }
    if (off < start) break;
    const whole = sizeOf(btf, member.type);
    if (whole === undefined) return { kind: "unclear" };
    if (off >= start + whole) continue;
    return intoMember(btf, type, member, start, whole, off, size, untrusted);
  }
  return { kind: "hole", struct: type.name, off };
}

function intoMember(
  btf: BtfSpec,
  owner: RecordType,
  member: Member,
  start: number,
  whole: number,
  off: number,
  size: number,
  untrusted: boolean,
): Found {
  let inner = strip(btf, member.type);
  let from = start;
  let elems = 1;
  while (inner.type.kind === "array") {
    elems *= inner.type.nelems;
    inner = strip(btf, inner.type.elem);
  }
  const unit = elems > 0 ? whole / elems : whole;
  if (elems > 1) from += Math.floor((off - start) / unit) * unit;
  const { type } = inner;
  if (type.kind === "struct" || type.kind === "union") return { kind: "inside", at: inner, off: off - from };
  if (type.kind === "ptr") {
    if (off !== from || size !== 8) {
      return { kind: "part_of_pointer", struct: owner.name, member: member.name, off: start };
    }
    const target = strip(btf, type.type);
    if (target.type.kind === "struct" || target.type.kind === "union") {
      const found = { type: target.id, member: member.name, owner: owner.name, tags: target.tags };
      return { kind: "pointer", ...found, untrusted: false };
    }
    return { kind: "address" };
  }
  // In a union of several members the kernel does not insist on one of them.
  if (off + size > start + whole && !untrusted) {
    return { kind: "past_member", struct: owner.name, member: member.name, end: start + whole };
  }
  return { kind: "scalar" };
}
