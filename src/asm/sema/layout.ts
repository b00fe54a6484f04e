/** Sizes, alignments and member places, as clang lays them out for the BPF target (LP64, little-endian). */
import { alignUp } from "../../support/int.ts";
import type { BitField } from "./tree.ts";
import { enumUnderlying } from "./type-ops.ts";
import type { CType, Field, RecordDecl, RecordLayout } from "./types.ts";

/** The layout of a struct or union, made on first use for types of the kernel and of skimmed headers; undefined while it is incomplete. */
export function layoutOf(decl: RecordDecl): RecordLayout | undefined {
  if (decl.layout) return decl.layout;
  const made = decl.complete?.();
  if (made) decl.layout = made;
  return made;
}

/** Bytes of a type; undefined for incomplete types, functions and void. */
export function sizeOf(type: CType): number | undefined {
  switch (type.kind) {
    case "bool":
      return 1;
    case "int":
    case "float":
      return type.size;
    case "ptr":
      return 8;
    case "enum":
      return type.decl.size;
    case "array": {
      const elem = sizeOf(type.elem);
      return elem === undefined || type.length === undefined ? undefined : elem * type.length;
    }
    case "record":
      return layoutOf(type.decl)?.size;
    case "void":
    case "func":
      return undefined;
  }
}

/** Alignment in bytes; 1 where the type has none. */
export function alignOf(type: CType): number {
  if (type.align !== undefined) return type.align;
  switch (type.kind) {
    case "int":
      return type.size;
    case "float":
      return Math.min(type.size, 8);
    case "ptr":
      return 8;
    case "enum":
      return type.decl.size;
    case "array":
      return alignOf(type.elem);
    case "record":
      return layoutOf(type.decl)?.align ?? 1;
    default:
      return 1;
  }
}

/** A member before it has a place. */
export interface MemberDraft {
  readonly name: string;
  readonly type: CType;
  readonly bits?: number;
  /** From `__attribute__((aligned(n)))`. */
  readonly align?: number;
  readonly packed?: boolean;
  readonly declTags?: readonly string[];
}

export interface RecordRules {
  readonly packed: boolean;
  /** Least alignment of the whole. */
  readonly align: number;
  /** What no member is aligned beyond (`#pragma pack`). */
  readonly pack?: number | undefined;
}

/** Gives members their places (System V rules, bit-fields packed into units of their type). */
export function layOut(of: "struct" | "union", members: readonly MemberDraft[], rules: RecordRules): RecordLayout {
  const fields: Field[] = [];
  let bitEnd = 0;
  let size = 0;
  let align = rules.align;
  for (const member of members) {
    const packed = rules.packed || member.packed === true;
    const natural = packed ? 1 : alignOf(member.type);
    const memberAlign = Math.min(Math.max(natural, member.align ?? 1), rules.pack ?? MAX_ALIGN);
    const start = of === "union" ? 0 : bitEnd;
    const place =
      member.bits === undefined
        ? plain(member, start, memberAlign)
        : bitField(member, start, packed || rules.pack !== undefined);
    if (member.name !== "" || member.bits === undefined) fields.push(fieldOf(member, place.bitOff, fields.length));
    if (member.name !== "" || member.bits === undefined) align = Math.max(align, memberAlign);
    bitEnd = place.end;
    size = Math.max(size, Math.ceil(place.end / 8));
  }
  return { size: alignUp(size, align), align, fields };
}

function fieldOf({ name, type, bits, declTags }: MemberDraft, bitOff: number, index: number): Field {
  if (bits === undefined && !declTags) return { name, type, bitOff, index };
  return { name, type, bitOff, ...(bits !== undefined && { bitSize: bits }), index, ...(declTags && { declTags }) };
}

const MAX_ALIGN = 2 ** 28;

interface MemberPlace {
  readonly bitOff: number;
  /** Bit behind the member. */
  readonly end: number;
}

function plain(member: MemberDraft, start: number, align: number): MemberPlace {
  const bitOff = alignUp(start, align * 8);
  return { bitOff, end: bitOff + (sizeOf(member.type) ?? 0) * 8 };
}

function bitField(member: MemberDraft, start: number, packed: boolean): MemberPlace {
  const unit = (sizeOf(member.type) ?? 4) * 8;
  const bits = member.bits!;
  if (bits === 0) return { bitOff: alignUp(start, unit), end: alignUp(start, unit) };
  const crosses = Math.floor(start / unit) !== Math.floor((start + bits - 1) / unit);
  const wanted = (member.align ?? 1) * 8;
  const bitOff = !packed && crosses ? alignUp(start, Math.max(unit, wanted)) : alignUp(start, wanted > 8 ? wanted : 1);
  return { bitOff, end: bitOff + bits };
}

/** A member found by name, with the anonymous members on the way; offsets are bits from the record's start. */
export interface FoundField {
  readonly path: readonly Field[];
  readonly bitOff: number;
}

/** Looks a name up, through anonymous structs and unions. */
export function findField(decl: RecordDecl, name: string): FoundField | undefined {
  for (const field of layoutOf(decl)?.fields ?? []) {
    if (field.name === name) return { path: [field], bitOff: field.bitOff };
    if (field.name === "" && field.type.kind === "record") {
      const inner = findField(field.type.decl, name);
      if (inner) return { path: [field, ...inner.path], bitOff: field.bitOff + inner.bitOff };
    }
  }
  return undefined;
}

/** Every name that `.` and `->` would find, for suggestions. */
export function fieldNames(decl: RecordDecl): string[] {
  return (layoutOf(decl)?.fields ?? []).flatMap((f) =>
    f.name === "" && f.type.kind === "record" ? fieldNames(f.type.decl) : [f.name],
  );
}

/** Signedness of a bit-field's type. */
export const isSignedField = (type: CType): boolean =>
  type.kind === "int" ? type.signed : type.kind === "enum" ? enumUnderlying(type.decl).signed : false;

/**
 * The storage unit of a bit-field: of its type's size, or larger where a packed field crosses it; bytes where such a
 * unit would not do or not lie inside of the record.
 */
export function storageUnit(bitOff: number, type: CType, bitSize: number, recordSize: number | undefined): BitField {
  const signed = isSignedField(type);
  const within = (size: number): number => bitOff % (size * 8);
  let size = (sizeOf(type) ?? 4) as BitField["size"];
  while (size < 8 && within(size) + bitSize > size * 8) size = (size * 2) as BitField["size"];
  const end = (bitOff - within(size)) / 8 + size;
  if (within(size) + bitSize <= size * 8 && end <= (recordSize ?? end))
    return { size, bitOff: within(size), bitSize, signed };
  return { size: 1, bitOff: bitOff % 8, bitSize, signed };
}
