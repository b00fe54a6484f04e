/** Places: members, elements and what pointers point at, flattened so that constant offsets add up; CO-RE paths. */

import type { LocalTypeRef } from "../../btf/core.ts";
import { nearestOf } from "../../btf/nearest.ts";
import { didYouMean } from "../../kernel/problem.ts";
import type { Span } from "../../support/span.ts";
import type { Ident } from "../syntax/ast.ts";
import type { Sema } from "./context.ts";
import { errorValue, isError } from "./convert.ts";
import { constant } from "./fold.ts";
import { type FoundField, fieldNames, layoutOf, sizeOf, storageUnit } from "./layout.ts";
import { findMember } from "./observer.ts";
import type { CorePath, TExpr, TPlace } from "./tree.ts";
import { longType, ptrTo, qualify, sameType, typeText, unqualified } from "./type-ops.ts";
import type { CType, PtrType, RecordDecl, RecordType } from "./types.ts";

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
  if (array.type.kind !== "array" || !sameType(array.type.elem, type) || type.mayAlias) return undefined;
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
    ...(inner?.shared && { shared: true }),
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
  const found = findMember(cx, record.decl, name);
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
  const bits =
    last.bitSize === undefined ? undefined : storageUnit(found.bitOff, last.type, last.bitSize, sizeOf(record));
  const off = bits ? (found.bitOff - bits.bitOff) / 8 : found.bitOff / 8;
  const core = corePath(cx, base, record, found);
  const outer = continued(base, core);
  return {
    kind: "field",
    base: outer ? outer.base : base,
    off: (outer?.off ?? 0) + off,
    ...(bits && { bits }),
    ...(core && { core }),
    ...(sharesBytes(base, record, found) && { shared: true }),
    type: record.q ? qualify(last.type, record.q) : last.type,
    span,
  };
}

/** Whether a union, or a record that says it, is on the way to a member. */
function sharesBytes(base: TPlace, record: RecordType, found: FoundField): boolean {
  const loose = (t: CType): boolean => t.mayAlias === true || (t.kind === "record" && isLoose(t.decl));
  return (
    (base.kind === "field" && base.shared === true) ||
    loose(record) ||
    found.path.slice(0, -1).some((f) => loose(f.type))
  );
}

const isLoose = (decl: RecordDecl): boolean => decl.of === "union" || decl.mayAlias === true;

/** The field whose offset goes into that of a field in it: both relocate in one path, or neither relocates. */
function continued(base: TPlace, core: FieldPlace["core"]): FieldPlace | undefined {
  if (base.kind !== "field") return undefined;
  return base.core ? core && base : core ? undefined : base;
}

/**
 * The relocatable path of an access: begins where a member of a kernel (or marked) record is named, wherever that record
 * lies, and goes on through such records inside. A record that is not marked ends it: its layout is the program's own
 * (clang, CGExpr.cpp:EmitLValueForField).
 */
function corePath(cx: Sema, base: TPlace, record: RecordType, found: FoundField): FieldPlace["core"] {
  const indices = found.path.map((f) => f.index);
  return pathInto(cx, base.kind === "field" ? base.core : undefined, record, indices);
}

/** The path to a member of `record`, which `outer` leads to or a new path begins at. */
export function pathInto(
  cx: Sema,
  outer: CorePath | undefined,
  record: RecordType,
  indices: readonly number[],
): CorePath | undefined {
  if (!relocates(cx, record)) return undefined;
  if (outer) return { root: outer.root, path: [...outer.path, ...indices] };
  const root = rootOf(cx, record);
  return root === undefined ? undefined : { root, path: [0, ...indices] };
}

const relocates = (cx: Sema, type: CType): type is RecordType =>
  type.kind === "record" && (type.decl.core || cx.preserving > 0);

/** `ptr[index]`: of kernel records, `index` sizes on as the running kernel has them; otherwise what the moved pointer points at. */
export function indexedPlace(cx: Sema, ptr: TExpr, index: TExpr, span: Span): TPlace {
  const type = (ptr.type as PtrType).to;
  const steps = index.kind === "const" && index.value > 0n && index.value < 1n << 31n ? Number(index.value) : 0;
  const root = steps > 0 && relocates(cx, type) && !knownTarget(ptr) ? rootOf(cx, type) : undefined;
  const size = stepSize(cx, ptr);
  if (root === undefined) return derefPlace(cx, ptrAdd(ptr, index, size, span), span);
  const base = derefPlace(cx, ptr, span);
  return { kind: "field", base, off: steps * size, core: { root, path: [steps] }, type, span };
}

/**
 * Where an access path starts. The loader finds types by name: the first typedef's that the kernel knows, as clang takes
 * typedefs, else the tag, else the typedef in use; undefined for a record that has none of them.
 */
function rootOf(cx: Sema, record: RecordType): LocalTypeRef | undefined {
  const { decl } = record;
  const type = knownTypedef(cx, record) ?? (decl.tag === "" ? record : undefined);
  if (!type) return cx.localType({ kind: "record", decl }, decl);
  return type.sugar && cx.localType(unqualified(type), `${type.sugar.name} ${placeOfDecl(decl)}`);
}

function knownTypedef(cx: Sema, record: CType): CType | undefined {
  for (let at = record; at.sugar; at = at.sugar.of) if (cx.types.isTypedef(at.sugar.name)) return at;
  return undefined;
}

const placeOfDecl = ({ kernelType, span }: RecordDecl): string => `${kernelType ?? `${span?.file} ${span?.start}`}`;

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
