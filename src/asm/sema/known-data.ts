/** What is known of addresses when compiling: the constant data behind them, how two of them compare. */
import type { ConstAddress } from "./constants.ts";
import type { Sema } from "./context.ts";
import { compares, constant, wrapTo } from "./fold.ts";
import { sizeOf } from "./layout.ts";
import type { GlobalDraft } from "./scope.ts";
import type { CompareOp, TExpr, TPlace } from "./tree.ts";
import { isInteger } from "./type-ops.ts";

const globalOf = (cx: Sema, name: string): GlobalDraft | undefined => cx.globals.find((one) => one.name === name);

/** A global that holds what its initialiser says for as long as a program runs. */
function constantObject(cx: Sema, name: string): GlobalDraft | undefined {
  const global = globalOf(cx, name);
  return global?.constant && !global.weak && (global.bytes || global.relocs.length > 0) ? global : undefined;
}

/** The address that a pointer is known to be, those that constant data holds among them. */
export function knownAddress(cx: Sema, e: TExpr): ConstAddress | undefined {
  switch (e.kind) {
    case "addr":
      return placeOf(cx, e.place);
    case "func_addr":
      return { symbol: e.name, addend: 0 };
    case "convert":
      return e.type.kind === "ptr" && e.operand.type.kind === "ptr" ? knownAddress(cx, e.operand) : undefined;
    case "ptr_add": {
      const base = e.offset.kind === "const" ? knownAddress(cx, e.ptr) : undefined;
      return base && e.offset.kind === "const" ? moved(base, Number(e.offset.value)) : undefined;
    }
    case "load": {
      const at = e.type.kind === "ptr" ? placeOf(cx, e.place) : undefined;
      const reloc = at && constantObject(cx, at.symbol)?.relocs.find(({ off }) => off === at.addend);
      return reloc && { symbol: reloc.symbol, addend: reloc.addend };
    }
    default:
      return undefined;
  }
}

const moved = (at: ConstAddress, by: number): ConstAddress => ({ symbol: at.symbol, addend: at.addend + by });

function placeOf(cx: Sema, p: TPlace): ConstAddress | undefined {
  if (p.kind === "global") return { symbol: p.name, addend: 0 };
  if (p.kind === "deref") return knownAddress(cx, p.addr);
  const base = p.kind === "field" && !p.core ? placeOf(cx, p.base) : undefined;
  return base && p.kind === "field" ? moved(base, p.off) : undefined;
}

/** The bytes from an address to the end of the constant object that it lies in. */
export function constantBytesAt(cx: Sema, e: TExpr): Uint8Array | undefined {
  const at = knownAddress(cx, e);
  const bytes = at && constantObject(cx, at.symbol)?.bytes;
  return bytes && at.addend >= 0 ? bytes.subarray(at.addend) : undefined;
}

/** Whether an address is stored in some of these bytes. */
const overlaps = (object: GlobalDraft, start: number, size: number): boolean =>
  object.relocs.some(({ off }) => off < start + size && start < off + 8);

/** The number that constant data holds at a place. */
export function loadedConstant(cx: Sema, e: Extract<TExpr, { kind: "load" }>): TExpr | undefined {
  const { place, type } = e;
  const at = isInteger(type) && !place.type.q?.volatile ? placeOf(cx, place) : undefined;
  const bits = place.kind === "field" ? place.bits : undefined;
  const size = bits ? Math.ceil((bits.bitOff + bits.bitSize) / 8) : (sizeOf(type) ?? 0);
  const object = at && constantObject(cx, at.symbol);
  if (!at || !object || at.addend < 0 || at.addend + size > object.size) return undefined;
  if (overlaps(object, at.addend, size)) return undefined;
  const bytes = (object.bytes ?? new Uint8Array(object.size)).subarray(at.addend, at.addend + size);
  const raw = bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  if (!bits) return constant(wrapTo(raw, type), type, e.span);
  const field = raw >> BigInt(bits.bitOff);
  return constant(bits.signed ? BigInt.asIntN(bits.bitSize, field) : BigInt.asUintN(bits.bitSize, field), type, e.span);
}

/** Whether an address is that of an object or a function that is there for certain, and so not null. */
const isThere = (cx: Sema, { symbol }: ConstAddress): boolean => {
  const global = globalOf(cx, symbol);
  if (global) return !global.weak;
  const entity = cx.fileScope.own(symbol);
  return entity?.kind === "function" && !entity.fn.weak;
};

/** A pointer as a truth value, where that is known. */
export function knownTruth(cx: Sema, e: TExpr): boolean | undefined {
  if (e.kind === "const") return e.value !== 0n;
  const at = e.type.kind === "ptr" ? knownAddress(cx, e) : undefined;
  return at && isThere(cx, at) ? true : undefined;
}

/** What a comparison says of two addresses, or of one and null; undefined where only a linker knows. */
export function comparedAddresses(cx: Sema, op: CompareOp, left: TExpr, right: TExpr): boolean | undefined {
  const [a, b] = [knownAddress(cx, left), knownAddress(cx, right)];
  const equality = op === "eq" || op === "ne";
  if (a && b && a.symbol === b.symbol && !mayBeShared(cx, a)) return compares[op](a.addend, b.addend);
  if (!equality) return undefined;
  const isNull = (e: TExpr): boolean => e.kind === "const" && e.value === 0n;
  const apart =
    a && b
      ? isApart(cx, a) && isApart(cx, b)
      : (a && isNull(right) && isThere(cx, a)) || (b && isNull(left) && isThere(cx, b));
  return apart ? op === "ne" : undefined;
}

/** Equal strings may share their bytes. */
const mayBeShared = (cx: Sema, { symbol }: ConstAddress): boolean => {
  const global = globalOf(cx, symbol);
  return global?.anonymous === true && global.constant;
};

/** The end of one object may be the start of another. */
function isApart(cx: Sema, at: ConstAddress): boolean {
  const global = globalOf(cx, at.symbol);
  if (!isThere(cx, at) || mayBeShared(cx, at)) return false;
  return at.addend >= 0 && (!global || at.addend < Math.max(1, global.size));
}
