/** Bit-fields: the storage unit is read whole, the bits cut out or put in. */
import type { Size } from "../../isa/insn.ts";
import type { IrBuilder } from "../ir/builder.ts";
import { bitsOf } from "../ir/inst.ts";
import type { IrType, ValueId } from "../ir/model.ts";
import { layoutOf, sizeOf } from "../sema/layout.ts";
import type { BitField } from "../sema/tree.ts";
import type { CType, RecordDecl } from "../sema/types.ts";
import type { FunctionContext } from "./context.ts";
import { type Address, accessCore, coreNumber, pointerTo, reachable, unaligned } from "./place.ts";
import { resize, scalarSize } from "./scalars.ts";

const unitType = (bits: BitField): IrType => (bits.size === 8 ? "i64" : "i32");
const ones = (bits: number): bigint => (1n << BigInt(bits)) - 1n;

const loadUnit = (cx: FunctionContext, address: Address, bits: BitField): ValueId =>
  cx.b.load({
    ty: unitType(bits),
    size: bits.size,
    signed: false,
    base: address.base,
    off: address.off,
    volatile: address.volatile,
    ...accessCore(address),
    ...unaligned(address, bits.size),
  });

const shift = (b: IrBuilder, fn: "shl" | "lshr" | "ashr", value: ValueId, by: number): ValueId =>
  by === 0 ? value : b.bin(fn, value, b.const(b.typeOf(value), BigInt(by)));

const mask = (b: IrBuilder, value: ValueId, bits: bigint): ValueId =>
  b.bin("and", value, b.const(b.typeOf(value), bits));

/** The value of a bit-field, in its declared type. */
export function loadBits(cx: FunctionContext, address: Address, bits: BitField, type: CType): ValueId {
  if (address.core) return loadCoreBits(cx, address, bits, type);
  if (isBytewise(bits)) return loadBytewise(cx, address, bits, type);
  const unit = loadUnit(cx, reachable(cx, address), bits);
  const value = cutOut(cx.b, unit, bits, bits.bitOff);
  return resize(cx.b, value, { size: bits.size === 8 ? 8 : 4, signed: bits.signed }, wide(type));
}

/** Bits `at` and up of `unit`, extended over its width. */
function cutOut(b: IrBuilder, unit: ValueId, bits: BitField, at: number): ValueId {
  const width = bitsOf(b.typeOf(unit));
  if (bits.signed) return shift(b, "ashr", shift(b, "shl", unit, width - at - bits.bitSize), width - bits.bitSize);
  const low = shift(b, "lshr", unit, at);
  return at + bits.bitSize === bits.size * 8 ? low : mask(b, low, ones(bits.bitSize));
}

/** A bit-field's value fits its type already: only the width of the SSA value counts. */
const wide = (type: CType): { size: number; signed: boolean } => ({
  size: scalarSize(type) === 8 ? 8 : 4,
  signed: false,
});

/**
 * Puts `value` into the bits; gives the value that the field now has. Of a kernel type's field only the unit's offset
 * is the running kernel's, as clang has it.
 */
export function storeBits(cx: FunctionContext, address: Address, bits: BitField, type: CType, value: ValueId): ValueId {
  const { b } = cx;
  const place = reachable(cx, address);
  if (isBytewise(bits)) return storeBytewise(cx, place, bits, type, value);
  const fits = { size: bits.size === 8 ? 8 : 4, signed: bits.signed };
  const wanted = resize(b, value, { size: scalarSize(type) === 8 ? 8 : 4, signed: bits.signed }, fits);
  const field = mask(b, wanted, ones(bits.bitSize));
  const whole = bits.bitSize === bits.size * 8;
  const unit = whole ? field : merge(b, loadUnit(cx, place, bits), field, bits);
  b.store({
    size: bits.size,
    base: place.base,
    off: place.off,
    value: unit,
    volatile: place.volatile,
    ...accessCore(place),
    ...unaligned(place, bits.size),
  });
  return resize(b, cutOut(b, field, { ...bits, size: 8 }, 0), fits, wide(type));
}

function merge(b: IrBuilder, unit: ValueId, field: ValueId, bits: BitField): ValueId {
  const hole = ~(ones(bits.bitSize) << BigInt(bits.bitOff));
  const rest = mask(b, unit, BigInt.asUintN(bitsOf(b.typeOf(unit)), hole));
  return b.bin("or", rest, shift(b, "shl", field, bits.bitOff));
}

/** Packed bits that no single access holds: they go on in the bytes behind the unit. */
const isBytewise = (bits: BitField): boolean => bits.bitOff + bits.bitSize > bits.size * 8;

/** The bytes that hold a field: where each lies, and where its lowest bit is in the field (negative in the first). */
const bytesOf = (bits: BitField): readonly { readonly at: number; readonly bit: number }[] =>
  Array.from({ length: Math.ceil((bits.bitOff + bits.bitSize) / 8) }, (_, at) => ({ at, bit: 8 * at - bits.bitOff }));

function loadBytewise(cx: FunctionContext, address: Address, bits: BitField, type: CType): ValueId {
  const { b } = cx;
  const { base, off, volatile } = reachable(cx, address);
  const parts = bytesOf(bits).map(({ at, bit }) => {
    const byte = b.load({ ty: "i64", size: 1, signed: false, base, off: off + at, volatile });
    return bit < 0 ? shift(b, "lshr", byte, -bit) : shift(b, "shl", byte, bit);
  });
  const joined = parts.reduce((sum, part) => b.bin("or", sum, part));
  const value = cutOut(b, joined, { ...bits, size: 8 }, 0);
  return resize(b, value, { size: 8, signed: bits.signed }, wide(type));
}

function storeBytewise(cx: FunctionContext, place: Address, bits: BitField, type: CType, value: ValueId): ValueId {
  const { b } = cx;
  const { base, volatile } = place;
  const field = mask(b, resize(b, value, wide(type), { size: 8, signed: bits.signed }), ones(bits.bitSize));
  for (const { at, bit } of bytesOf(bits)) {
    const off = place.off + at;
    const moved = bit < 0 ? shift(b, "shl", field, -bit) : shift(b, "lshr", field, bit);
    const own = (ones(bits.bitSize) << BigInt(bits.bitOff)) >> BigInt(8 * at);
    const taken = own & 0xffn;
    const whole = taken === 0xffn;
    const rest = whole ? undefined : b.load({ ty: "i64", size: 1, signed: false, base, off, volatile });
    const byte = rest === undefined ? moved : b.bin("or", mask(b, rest, 0xffn & ~taken), moved);
    b.store({ size: 1, base, off, value: byte, volatile });
  }
  return resize(b, cutOut(b, field, { ...bits, size: 8 }, 0), { size: 8, signed: bits.signed }, wide(type));
}

const unitSizes: readonly Size[] = [1, 2, 4, 8];

/**
 * A bit-field whose place the running kernel knows: the unit's offset and size, and the two shifts that cut the bits
 * out of 64, are relocated numbers (as in libbpf's BPF_CORE_READ_BITFIELD).
 */
function loadCoreBits(cx: FunctionContext, address: Address, bits: BitField, type: CType): ValueId {
  const { b } = cx;
  const core = address.core!;
  const unit = isRoomy(cx, address)
    ? b.load({ ty: "i64", size: 8, signed: false, base: address.base, off: address.off, ...accessCore(address) })
    : loadSized(cx, pointerTo(cx, address, b.span ?? cx.fn.span), coreNumber(cx, core, "field_byte_size", bits.size));
  const left = coreNumber(cx, core, "field_lshift_u64", 64 - bits.bitOff - bits.bitSize);
  const right = coreNumber(cx, core, "field_rshift_u64", 64 - bits.bitSize);
  const value = b.bin(bits.signed ? "ashr" : "lshr", b.bin("shl", unit, left), right);
  return resize(b, value, { size: 8, signed: bits.signed }, wide(type));
}

/**
 * Eight bytes from the unit on may be read whatever its size: the shifts count from the unit's first byte, and what lies
 * behind it falls out. The kernel lets one load cover a bit-field and more (btf.c:btf_struct_walk), as long as it stays
 * in the struct. A struct without pointers may lie in a packet or a buffer, where only its checked part can be read.
 */
function isRoomy(cx: FunctionContext, { core, off, volatile }: Address): boolean {
  const root = core && core.path[0] === 0 ? cx.localTypes[core.root] : undefined;
  if (root?.kind !== "record" || volatile) return false;
  const size = sizeOf(root);
  return size !== undefined && off + 8 <= size && holdsPointer(root);
}

const holders = new WeakMap<RecordDecl, boolean>();

function holdsPointer(type: CType): boolean {
  if (type.kind === "array") return holdsPointer(type.elem);
  if (type.kind !== "record") return type.kind === "ptr";
  const known = holders.get(type.decl);
  if (known !== undefined) return known;
  const found = layoutOf(type.decl)?.fields.some((field) => holdsPointer(field.type)) ?? false;
  holders.set(type.decl, found);
  return found;
}

/** 1, 2, 4 or 8 bytes at `pointer`, as `size` says at load time, in 64 bits. */
function loadSized(cx: FunctionContext, pointer: ValueId, size: ValueId): ValueId {
  const { b } = cx;
  const end = b.block();
  const args = unitSizes.map((bytes) => {
    const found = b.block();
    const next = b.block();
    if (bytes === 8) b.jump(found);
    else b.branch("eq", size, b.const("i64", BigInt(bytes)), found, next);
    b.enter(found);
    const value = b.load({ ty: "i64", size: bytes, signed: false, base: pointer, off: 0 });
    b.jump(end);
    b.enter(next);
    return { block: found, value };
  });
  b.enter(end);
  return b.phi("i64", args);
}
