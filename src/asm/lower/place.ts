/** Where lvalues live: addresses, loads and stores of scalars, CO-RE offsets. */
import type { CoreAccess, CoreKind } from "../../btf/core.ts";
import type { Size } from "../../isa/insn.ts";
import { fitsS16 } from "../../support/int.ts";
import type { Span } from "../../support/span.ts";
import type { AddrSymbol } from "../ir/inst.ts";
import type { AccessTag, ValueId } from "../ir/model.ts";
import { alignOf, sizeOf } from "../sema/layout.ts";
import type { BitField, TExpr, TPlace } from "../sema/tree.ts";
import { spaceOf } from "../sema/type-ops.ts";
import type { CType } from "../sema/types.ts";
import { accessTag } from "./access-tag.ts";
import { loadBits, storeBits } from "./bitfield.ts";
import { at, type FunctionContext, globalAlign, sizeDividing, slotAlign, slotOf } from "./context.ts";
import { evaluate } from "./expr.ts";
import { isSigned, scalarSize, scalarType } from "./scalars.ts";

export interface Address {
  readonly base: ValueId;
  /** Bytes; with `core` what the offset is in the build's kernel. */
  readonly off: number;
  /** Known alignment of the address. */
  readonly align: Size;
  readonly core?: Omit<CoreAccess, "kind">;
  readonly bits?: BitField;
  readonly volatile: boolean;
  /** What the access says of the object's type. */
  readonly tag?: AccessTag;
  /** Address space of the object, if not 0: a pointer there is no pointer to read and write through. */
  readonly space?: number;
}

const isVolatileType = (type: CType): boolean => type.q?.volatile === true;

/** The address of a place; what it contains is evaluated once. */
export function addressOf(cx: FunctionContext, place: TPlace): Address {
  const space = spaceOf(place.type);
  const address = plainAddress(cx, place);
  const tag = cx.strictAliasing ? accessTag(place) : undefined;
  return { ...address, ...(tag && { tag }), ...(space !== 0 && { space }) };
}

function plainAddress(cx: FunctionContext, place: TPlace): Address {
  const volatile = isVolatileType(place.type);
  switch (place.kind) {
    case "local": {
      const slot = slotOf(cx, place.local);
      const base = at(cx, place.span, () => cx.b.emit({ op: "slot", ty: "ptr", slot }));
      return { base, off: 0, align: slotAlign(place.local), volatile };
    }
    case "global": {
      const base = at(cx, place.span, () => cx.b.emit({ op: "addr", ty: "ptr", symbol: symbolOf(cx, place.name) }));
      return { base, off: 0, align: globalAlign(cx, place.name, place.type), volatile };
    }
    case "deref":
      return { base: evaluate(cx, place.addr), off: 0, align: placeAlign(place), volatile };
    case "field":
      return fieldAddress(cx, place);
  }
}

/** What is known of a place's alignment: an element of a packed record's array has no more than the array. */
function placeAlign(place: TPlace): Size {
  const natural = sizeDividing(Math.min(8, alignOf(place.type)));
  switch (place.kind) {
    case "local":
      return slotAlign(place.local);
    case "global":
      return natural;
    case "deref":
      return Math.min(natural, elementAlign(place.addr)) as Size;
    case "field":
      if (place.core) return natural;
      return Math.min(placeAlign(place.base), place.off === 0 ? 8 : sizeDividing(place.off)) as Size;
  }
}

/** That of what a pointer into a named place points at; of other pointers only their type tells. */
function elementAlign(e: TExpr): Size {
  if (e.kind === "addr") return placeAlign(e.place);
  if (e.kind !== "ptr_add" || e.type.kind !== "ptr") return 8;
  return Math.min(elementAlign(e.ptr), sizeDividing(sizeOf(e.type.to) ?? 1)) as Size;
}

function fieldAddress(cx: FunctionContext, place: Extract<TPlace, { kind: "field" }>): Address {
  const outer = plainAddress(cx, place.base);
  const volatile = outer.volatile || isVolatileType(place.type);
  const bits = place.bits && { bits: place.bits };
  if (place.core) {
    const base = outer.core || outer.off !== 0 ? pointerTo(cx, outer, place.span) : outer.base;
    const natural = sizeDividing(Math.min(8, place.bits?.size ?? alignOf(place.type)));
    const align = Math.min(natural, place.off === 0 ? 8 : sizeDividing(place.off)) as Size;
    return { base, off: place.off, align, core: place.core, volatile, ...bits };
  }
  const inner = outer.core ? { base: pointerTo(cx, outer, place.span), off: 0 } : outer;
  const align = Math.min(outer.align, place.off === 0 ? 8 : sizeDividing(place.off)) as Size;
  return { base: inner.base, off: inner.off + place.off, align, volatile, ...bits };
}

/** What a name of the unit stands for, as an address constant. */
export function symbolOf(cx: FunctionContext, name: string): AddrSymbol {
  const kind = cx.symbols.get(name) ?? "extern";
  return kind === "global" ? { kind, name, addend: 0 } : { kind, name };
}

/** A number about a CO-RE field, which the loader computes. */
export function coreNumber(
  cx: FunctionContext,
  core: NonNullable<Address["core"]>,
  kind: CoreKind,
  guess: number,
): ValueId {
  return cx.b.emit({ op: "core", ty: "i64", access: { kind, ...core }, guess: BigInt(guess) });
}

/** The address as one pointer value. */
export function pointerTo(cx: FunctionContext, address: Address, span: Span): ValueId {
  if (!address.core && address.off === 0) return address.base;
  return at(cx, span, () => {
    const off = address.core
      ? coreNumber(cx, address.core, "field_byte_offset", address.off)
      : cx.b.const("i64", BigInt(address.off));
    return cx.b.bin("add", address.base, off);
  });
}

/** An address in a space of its own as one to read and write through. */
export function inProgram(cx: FunctionContext, address: Address): Address {
  if (!address.space) return address;
  const { space, ...rest } = address;
  return { ...rest, base: cx.b.emit({ op: "space_cast", ty: "ptr", toSpace: 0, fromSpace: space, a: address.base }) };
}

/** The address in the form that an access takes: in the program's own space, the offset in 16 bits. */
export function reachable(cx: FunctionContext, named: Address): Address {
  const address = inProgram(cx, named);
  if (fitsS16(address.off) && fitsS16(address.off + 8)) return address;
  const { core: _, ...rest } = address;
  return { ...rest, base: pointerTo(cx, address, cx.b.span ?? cx.fn.span), off: 0 };
}

/** What makes the offset of an access the running kernel's, where the place asks for it. */
export const accessCore = (address: Address): { readonly core?: CoreAccess } =>
  address.core ? { core: { kind: "field_byte_offset", ...address.core } } : {};

/** What is known of an address, for an access that would need more. */
export const unaligned = (address: Address, size: Size): { readonly align?: Size } =>
  address.align < size && !address.core ? { align: address.align } : {};

/** The scalar of `type` that lives at `address`. */
export function loadScalar(cx: FunctionContext, address: Address, type: CType): ValueId {
  if (address.bits) return loadBits(cx, address, address.bits, type);
  const place = reachable(cx, address);
  const size = scalarSize(type);
  return cx.b.load({
    ty: scalarType(cx, type),
    size,
    signed: size < 4 && isSigned(type),
    base: place.base,
    off: place.off,
    volatile: place.volatile,
    ...(place.tag && { tag: place.tag }),
    ...accessCore(place),
    ...unaligned(place, size),
  });
}

/** Stores a scalar of `type`; gives the value that the place now has. */
export function storeScalar(cx: FunctionContext, address: Address, type: CType, value: ValueId): ValueId {
  scalarType(cx, type);
  if (address.bits) return storeBits(cx, address, address.bits, type, value);
  const place = reachable(cx, address);
  cx.b.store({
    size: scalarSize(type),
    base: place.base,
    off: place.off,
    value,
    volatile: place.volatile,
    ...(place.tag && { tag: place.tag }),
    ...accessCore(place),
    ...unaligned(place, scalarSize(type)),
  });
  return value;
}
