/** Places: members, elements and what pointers point at, flattened so that constant offsets add up; CO-RE paths. */

import { nearestOf } from "../../btf/nearest.ts";
import { didYouMean } from "../../kernel/problem.ts";
import type { Span } from "../../support/span.ts";
import type { Ident } from "../syntax/ast.ts";
import type { Sema } from "./context.ts";
import { errorValue, isError } from "./convert.ts";
import { constant } from "./fold.ts";
import { type FoundField, fieldNames, findField, isSignedField, layoutOf, sizeOf } from "./layout.ts";
import type { BitField, TExpr, TPlace } from "./tree.ts";
import { longType, ptrTo, qualify, sameType, typeText, unqualified } from "./type-ops.ts";
import type { CType, PtrType, RecordType } from "./types.ts";

type FieldPlace = Extract<TPlace, { kind: "field" }>;

/** Stands for a place that was refused. */
export const errorPlace = (span: Span): TPlace => {
  const e = errorValue(span);
  return { kind: "deref", addr: { ...e, type: ptrTo(e.type) } as TExpr, type: e.type, span };
};
export const isErrorPlace = (p: TPlace): boolean => isError(p);

/** What a pointer value points at; `&x` behind it folds away. */
export function derefPlace(cx: Sema, ptr: TExpr, span: Span): TPlace {
  const type = (ptr.type as PtrType).to;
  const target = knownTarget(ptr);
  if (target) {
    if (sameType(target.place.type, type) && target.off === 0) return { ...target.place, type, span };
    const elem = elementAt(cx, target.place, type, target.off, span);
    if (elem) return elem;
  }
  return { kind: "deref", addr: ptr, type, span };
}

/** The place and byte offset of an address that is known. */
function knownTarget(ptr: TExpr): { place: TPlace; off: number } | undefined {
  if (ptr.kind === "addr") return { place: ptr.place, off: 0 };
  if (ptr.kind !== "ptr_add" || ptr.offset.kind !== "const") return undefined;
  const inner = knownTarget(ptr.ptr);
  return inner && { place: inner.place, off: inner.off + Number(ptr.offset.value) };
}

/** The element of an array place that starts `off` bytes in, if one of that type does. */
function elementAt(cx: Sema, array: TPlace, type: CType, off: number, span: Span): TPlace | undefined {
  if (array.type.kind !== "array" || !sameType(array.type.elem, type)) return undefined;
  const size = sizeOf(type);
  if (!size || off < 0 || off % size !== 0) return undefined;
  return elementPlace(cx, array, off / size, span);
}

/** Element `index` of an array place, a constant number of elements on. */
export function elementPlace(_cx: Sema, array: TPlace, index: number, span: Span): TPlace {
  const elem = array.type.kind === "array" ? array.type.elem : array.type;
  const off = index * (sizeOf(elem) ?? 0);
  const inner = array.kind === "field" ? array : undefined;
  const core = inner?.core && { root: inner.core.root, path: [...inner.core.path, index] };
  return {
    kind: "field",
    base: inner ? inner.base : array,
    off: (inner?.off ?? 0) + off,
    ...(core && { core }),
    type: elem,
    span,
  };
}

/** `base.name`: reports what is not there, with the nearest names. */
export function memberPlace(cx: Sema, base: TPlace, name: Ident, span: Span): TPlace {
  if (isErrorPlace(base)) return errorPlace(span);
  const record = base.type;
  if (record.kind !== "record") {
    cx.sink.error("E0207", name.span, ".", typeText(record));
    return errorPlace(span);
  }
  if (!layoutOf(record.decl)) {
    cx.sink.error("E0212", name.span, typeText(record), `its field '${name.name}' is unknown here`);
    return errorPlace(span);
  }
  const found = findField(record.decl, name.name);
  if (!found) {
    const report = cx.sink.error("E0206", name.span, name.name, typeText(record));
    const help = didYouMean(nearestOf(name.name, fieldNames(record.decl), 3));
    if (help) report.help(help);
    return errorPlace(span);
  }
  return fieldPlace(cx, base, record, found, span);
}

function fieldPlace(cx: Sema, base: TPlace, record: RecordType, found: FoundField, span: Span): FieldPlace {
  const last = found.path.at(-1)!;
  const bits = last.bitSize === undefined ? undefined : bitField(found.bitOff, last.type, last.bitSize);
  const off = bits ? (found.bitOff - bits.bitOff) / 8 : found.bitOff / 8;
  const inner = base.kind === "field" ? base : undefined;
  const core = corePath(cx, base, record, found);
  return {
    kind: "field",
    base: inner ? inner.base : base,
    off: (inner?.off ?? 0) + off,
    ...(bits && { bits }),
    ...(core && { core }),
    type: record.q ? qualify(last.type, record.q) : last.type,
    span,
  };
}

/** The storage unit of a bit-field: of its type's size, or larger where a packed field crosses it. */
export function bitField(bitOff: number, type: CType, bitSize: number): BitField {
  let size = (sizeOf(type) ?? 4) as BitField["size"];
  while (size < 8 && (bitOff % (size * 8)) + bitSize > size * 8) size = (size * 2) as BitField["size"];
  return { size, bitOff: bitOff % (size * 8), bitSize, signed: isSignedField(type) };
}

/**
 * The relocatable path of an access: begins where a pointer to a kernel (or marked) record is followed or a kernel
 * variable is named, goes on through the records inside. Own variables are laid out by us and do not relocate.
 */
function corePath(cx: Sema, base: TPlace, record: RecordType, found: FoundField): FieldPlace["core"] {
  const indices = found.path.map((f) => f.index);
  if (base.kind === "field") return base.core && { root: base.core.root, path: [...base.core.path, ...indices] };
  if (base.kind !== "deref" && !isKernels(cx, base)) return undefined;
  if (!record.decl.core && cx.preserving === 0) return undefined;
  const root = namedRoot(record);
  return root && { root: cx.localType(root, record.decl), path: [0, ...indices] };
}

/** A variable of the kernel: an extern. */
const isKernels = (cx: Sema, base: TPlace): boolean =>
  base.kind === "global" && cx.externs.some((e) => e.name === base.name && e.kind === "ksym_var");

/** The loader finds types by name: a struct's tag, or the typedef of one without; undefined where there is neither. */
function namedRoot(record: RecordType): RecordType | undefined {
  if (record.decl.tag !== "") return { kind: "record", decl: record.decl };
  return record.sugar && (unqualified(record) as RecordType);
}

/** The address of a place, as `&` gives it. */
export const addressOf = (p: TPlace, span: Span): TExpr =>
  p.kind === "deref" && !p.type.q
    ? { ...p.addr, type: ptrTo(p.type) }
    : { kind: "addr", place: p, type: ptrTo(p.type), span };

/** Pointer plus a number of elements, in bytes; constant steps add up. */
export function ptrAdd(ptr: TExpr, index: TExpr, elemSize: number, span: Span): TExpr {
  const offset = scaled(index, elemSize, span);
  if (offset.kind === "const" && offset.value === 0n) return ptr;
  if (ptr.kind === "const" && offset.kind === "const") return constant(ptr.value + offset.value, ptr.type, span);
  if (ptr.kind === "ptr_add" && ptr.offset.kind === "const" && offset.kind === "const")
    return { ...ptr, offset: constant(ptr.offset.value + offset.value, longType, span), span };
  return { kind: "ptr_add", ptr, offset, type: ptr.type, span };
}

function scaled(index: TExpr, elemSize: number, span: Span): TExpr {
  const wide: TExpr =
    index.kind === "const"
      ? constant(index.value, longType, span)
      : { kind: "convert", operand: index, type: longType, span };
  if (wide.kind === "const") return constant(wide.value * BigInt(elemSize), longType, span);
  if (elemSize === 1) return wide;
  return {
    kind: "arith",
    op: "mul",
    left: wide,
    right: constant(BigInt(elemSize), longType, span),
    type: longType,
    span,
  };
}

/** Bytes that one step of a pointer moves: void and functions count as 1, as in GNU C. Reports incomplete types. */
export function stepSize(cx: Sema, ptr: TExpr): number {
  const to = (ptr.type as PtrType).to;
  if (to.kind === "void" || to.kind === "func") return 1;
  const size = sizeOf(to);
  if (size !== undefined) return size;
  cx.sink.error("E0212", ptr.span, typeText(to), "a pointer to it cannot be moved");
  return 1;
}
