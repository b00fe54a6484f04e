/** Shifts and masks that only move whole bytes: where the result is a value with its bytes reversed, one swap does it. */
import { bitsOf, type InstOf } from "../inst.ts";
import type { ValueId } from "../model.ts";
import { instead, type Rewrite, type RuleContext } from "./rule.ts";

/** A byte of the result: byte `index` of `value`, or zero. */
type Byte = { readonly value: ValueId; readonly index: number } | "zero";

/** What lies deeper counts as a value of its own. */
const maxDepth = 8;

const joins: ReadonlySet<string> = new Set(["or", "add", "xor"]);

/** A swap instead of `inst`, which puts bytes together. */
export function simplifyBytes(inst: InstOf<"bin">, cx: RuleContext): Rewrite {
  if (!joins.has(inst.fn) || inst.ty === "ptr" || !(shiftsUp(inst.a, cx, 0) || shiftsUp(inst.b, cx, 0)))
    return undefined;
  const bytes = joined(inst, cx, 0, swapped);
  const first = bytes?.[0];
  if (!bytes || !first || first === "zero") return undefined;
  for (const count of [2, 4, 8]) {
    if (isSwap(bytes, first.value, count)) return swapOf(first.value, count, inst, cx);
  }
  return undefined;
}

/** Whether the operand may hold the bytes that go up: one of the two does, else there is nothing to swap. */
function shiftsUp(value: ValueId, cx: RuleContext, depth: number): boolean {
  const def = cx.def(value);
  if (def.op !== "bin" || depth > maxDepth) return false;
  if (joins.has(def.fn)) return shiftsUp(def.a, cx, depth + 1) || shiftsUp(def.b, cx, depth + 1);
  if (def.fn !== "shl" && def.fn !== "lshr" && def.fn !== "and") return false;
  const by = cx.constant(def.b);
  if (by === undefined) return false;
  return def.fn === "shl" ? by % 8n === 0n : shiftsUp(def.a, cx, depth + 1);
}

const isSwap = (bytes: readonly Byte[], value: ValueId, count: number): boolean =>
  bytes.every((byte, i) =>
    i < count ? byte !== "zero" && byte.value === value && byte.index === count - 1 - i : byte === "zero",
  );

function swapOf(value: ValueId, count: number, { ty }: InstOf<"bin">, cx: RuleContext): Rewrite {
  const bits = (count * 8) as 16 | 32 | 64;
  const from = cx.type(value);
  if (from === "ptr" || (ty === "i32" && bits === 64)) return undefined;
  if (from === ty) return instead({ op: "bswap", ty, bits, a: value });
  const a =
    from === "i64"
      ? cx.emit({ op: "trunc", ty: "i32", a: value })
      : cx.emit({ op: "zext", ty: "i64", from: 32, a: value });
  return instead({ op: "bswap", ty, bits, a });
}

type BytesOf = (value: ValueId, cx: RuleContext, depth: number) => Byte[] | undefined;

/** What two values that hold different bytes make together; `of` gives the bytes of each. */
function joined({ a: one, b: other }: InstOf<"bin">, cx: RuleContext, depth: number, of: BytesOf): Byte[] | undefined {
  const a = of(one, cx, depth + 1);
  const b = a && of(other, cx, depth + 1);
  if (!a || !b) return undefined;
  for (let i = 0; i < a.length; i++) {
    if (a[i] === "zero") a[i] = b[i]!;
    else if (b[i] !== "zero") return undefined;
  }
  return a;
}

/**
 * `bytesOf` a value that is joined with others and no more, if those may be part of a swap: byte `i` then is byte
 * `count - 1 - i` of the one value. Undefined as soon as one is not, which spares most values all the rest.
 */
function swapped(value: ValueId, cx: RuleContext, depth: number): Byte[] | undefined {
  const def = cx.def(value);
  const isJoin = def.op === "bin" && def.ty !== "ptr" && depth <= maxDepth && joins.has(def.fn);
  if (isJoin && cx.constant(def.b) === undefined) return joined(def, cx, depth, swapped);
  const bytes = bytesOf(value, cx, depth);
  return bytes && mayBeSwapped(bytes) ? bytes : undefined;
}

function mayBeSwapped(bytes: readonly Byte[]): boolean {
  let from: ValueId | undefined;
  let last: number | undefined;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === "zero") continue;
    from ??= byte.value;
    last ??= byte.index + i;
    if (byte.value !== from || byte.index + i !== last) return false;
  }
  return last === undefined || last === 1 || last === 3 || last === 7;
}

/** The bytes of a value, lowest first; undefined where bits of several come together in one. */
function bytesOf(value: ValueId, cx: RuleContext, depth: number): Byte[] | undefined {
  const def = cx.def(value);
  const count = def.ty === "i32" ? 4 : 8;
  if (depth > maxDepth || def.ty === "ptr") return itself(value, count, cx);
  switch (def.op) {
    case "bin":
      return ofBin(def, cx, depth) ?? itself(value, count, cx);
    case "zext": {
      const inner = bytesOf(def.a, cx, depth + 1);
      return inner && fill(inner.slice(0, def.from / 8), count);
    }
    case "trunc":
      return cx.type(def.a) === "ptr" ? itself(value, count, cx) : bytesOf(def.a, cx, depth + 1)?.slice(0, 4);
    case "bswap": {
      const inner = bytesOf(def.a, cx, depth + 1);
      return inner && fill(inner.slice(0, def.bits / 8).reverse(), count);
    }
    default:
      return itself(value, count, cx);
  }
}

function ofBin(def: InstOf<"bin">, cx: RuleContext, depth: number): Byte[] | undefined {
  const count = def.ty === "i32" ? 4 : 8;
  const c = cx.constant(def.b);
  if (c === undefined) return joins.has(def.fn) ? joined(def, cx, depth, bytesOf) : undefined;
  const inner = () => bytesOf(def.a, cx, depth + 1);
  if (def.fn === "and") return masked(inner(), c);
  if ((def.fn !== "shl" && def.fn !== "lshr") || c % 8n !== 0n || c >= BigInt(bitsOf(def.ty))) return undefined;
  const by = Number(c / 8n);
  const bytes = inner();
  if (!bytes) return undefined;
  return def.fn === "lshr" ? fill(bytes.slice(by), count) : [...fill([], by), ...bytes.slice(0, count - by)];
}

/** Where the mask keeps or clears whole bytes. */
function masked(bytes: readonly Byte[] | undefined, mask: bigint): Byte[] | undefined {
  const made = bytes?.map((byte, i): Byte | undefined => {
    const part = (mask >> BigInt(8 * i)) & 0xffn;
    if (part === 0n || byte === "zero") return "zero";
    return part === 0xffn ? byte : undefined;
  });
  return made?.every((byte) => byte !== undefined) ? made : undefined;
}

/** `bytes`, which are nobody else's, with zeros behind them. */
function fill(bytes: Byte[], count: number): Byte[] {
  while (bytes.length < count) bytes.push("zero");
  return bytes;
}

function itself(value: ValueId, count: number, cx: RuleContext): Byte[] {
  const { zeros } = cx.bits(value);
  const low = zeros === 0n ? 0 : Number(zeros & 0xffff_ffffn);
  const high = zeros === 0n || count <= 4 ? 0 : Number((zeros >> 32n) & 0xffff_ffffn);
  const bytes: Byte[] = [];
  for (let index = 0; index < count; index++) {
    const isZero = (((index < 4 ? low : high) >>> (8 * (index & 3))) & 0xff) === 0xff;
    bytes.push(isZero ? "zero" : { value, index });
  }
  return bytes;
}
