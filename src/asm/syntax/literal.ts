/** What constants spell: numbers (C11 6.4.4.1), characters (6.4.4.4) and strings (6.4.5), decoded to values and bytes. */
import type { WidePrefix } from "./ast.ts";

export type NumberValue =
  | { readonly kind: "int"; readonly value: bigint; readonly suffix: string; readonly decimal: boolean }
  | { readonly kind: "float" }
  | { readonly kind: "bad"; readonly why: string }
  | { readonly kind: "too_large" };

const integer = /^(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0([0-7]*)|([1-9][0-9]*))([uUlL]*)$/;
const shortDecimal = /^[1-9]\d{0,14}$/;
const decimalFloat = /^(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d+)?(?:[fFlL]|[fF](?:16|32|64|128)x?)?$/;
const hexFloat = /^0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?\d+[fFlL]?$/;
/** Integer suffixes by their lower-case spelling. */
const suffixes: Readonly<Record<string, string>> = {
  "": "",
  u: "u",
  l: "l",
  ul: "ul",
  lu: "ul",
  ll: "ll",
  ull: "ull",
  llu: "ull",
};
const MAX_U64 = (1n << 64n) - 1n;

/** The value of a preprocessing number. */
export function parseNumber(image: string): NumberValue {
  if (image.length === 1 && image >= "0" && image <= "9")
    return { kind: "int", value: BigInt(image), suffix: "", decimal: image !== "0" };
  if (shortDecimal.test(image)) return { kind: "int", value: BigInt(image), suffix: "", decimal: true };
  const match = integer.exec(image);
  if (!match)
    return decimalFloat.test(image) || hexFloat.test(image) ? { kind: "float" } : { kind: "bad", why: whyBad(image) };
  const [, hex, binary, octal, decimal, written = ""] = match;
  const mixed = /lL|Ll/.test(written);
  const suffix = mixed ? undefined : suffixes[written.toLowerCase()];
  if (suffix === undefined) return { kind: "bad", why: `'${written}' is no suffix of an integer` };
  const digits =
    hex !== undefined ? `0x${hex}` : binary !== undefined ? `0b${binary}` : octal ? `0o${octal}` : (decimal ?? "0");
  if (digits.length > 66 + 2 && digits.replace(/^0[xbo]0*/, "").length > 64) return { kind: "too_large" };
  const value = BigInt(digits);
  if (value > MAX_U64) return { kind: "too_large" };
  return { kind: "int", value, suffix, decimal: decimal !== undefined };
}

function whyBad(image: string): string {
  if (image.includes("'")) return "digit separators are not part of this C";
  if (/^0[xX]/.test(image)) return /^0[xX][0-9a-fA-F]/.test(image) ? "wrong suffix or digit" : "no digit after '0x'";
  if (/^0[bB]/.test(image)) return "a binary constant holds the digits 0 and 1";
  if (/^0\d/.test(image) && !/[.eE]/.test(image)) return "an octal constant holds the digits 0 to 7";
  const suffix = /^[\d.]+(?:[eE][+-]?\d+)?(.*)$/.exec(image)?.[1];
  return suffix ? `'${suffix}' is no suffix of a number` : "it is not a number of C";
}

/** Hears of what is wrong in a constant and carries on. */
export interface LiteralErrors {
  /** An escape that C refuses. */
  badEscape(text: string, why: string): void;
  /** An escape without a meaning, which stands for its character. */
  unknownEscape(text: string): void;
}

const simpleEscapes: Readonly<Record<string, number>> = {
  n: 10,
  t: 9,
  r: 13,
  a: 7,
  b: 8,
  f: 12,
  v: 11,
  e: 27,
  E: 27,
  "\\": 92,
  "'": 39,
  '"': 34,
  "?": 63,
};

const encoder = new TextEncoder();
const escapeForm = /\\(?:x([0-9a-fA-F]*)|([0-7]{1,3})|u([0-9a-fA-F]{0,4})|U([0-9a-fA-F]{0,8})|([\s\S]))/gy;

/** The bytes between the quotes of a string or character constant, escapes resolved, text as UTF-8. */
export function decodeText(inner: string, errors: LiteralErrors): Uint8Array {
  if (!inner.includes("\\")) return encoder.encode(inner);
  const bytes: number[] = [];
  for (let at = 0; at < inner.length; ) {
    const next = inner.indexOf("\\", at);
    if (next !== at) {
      for (const byte of encoder.encode(inner.slice(at, next === -1 ? inner.length : next))) bytes.push(byte);
      at = next === -1 ? inner.length : next;
      continue;
    }
    escapeForm.lastIndex = at;
    const match = escapeForm.exec(inner);
    if (!match) break;
    for (const byte of escapeBytes(match, errors)) bytes.push(byte);
    at += match[0].length;
  }
  return Uint8Array.from(bytes);
}

function escapeBytes(
  [text, hex, octal, short, long, simple]: RegExpExecArray,
  errors: LiteralErrors,
): Iterable<number> {
  if (hex !== undefined || octal !== undefined) {
    const value = hex !== undefined ? Number.parseInt(hex || "0", 16) : Number.parseInt(octal!, 8);
    if (hex === "") errors.badEscape(text, "needs a hexadecimal digit");
    else if (value > 255) errors.badEscape(text, "does not fit in a byte");
    return [value & 255];
  }
  const point = short ?? long;
  if (point !== undefined) return codePointBytes(text, point, short !== undefined ? 4 : 8, errors);
  const value = simpleEscapes[simple!];
  if (value !== undefined) return [value];
  errors.unknownEscape(text);
  return encoder.encode(simple!);
}

function codePointBytes(text: string, digits: string, want: number, errors: LiteralErrors): Iterable<number> {
  const value = Number.parseInt(digits || "0", 16);
  if (digits.length !== want) errors.badEscape(text, `needs ${want} hexadecimal digits`);
  else if (value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) errors.badEscape(text, "names no character");
  else return encoder.encode(String.fromCodePoint(value));
  return [63];
}

/** The units of a wide literal, `size` bytes each: UTF-16 or UTF-32 (C11 6.4.5p6), escapes resolved. */
export function decodeUnits(inner: string, size: 2 | 4, errors: LiteralErrors): number[] {
  const units: number[] = [];
  const text = (part: string): void => {
    if (size === 4) for (const char of part) units.push(char.codePointAt(0)!);
    else for (let i = 0; i < part.length; i++) units.push(part.charCodeAt(i));
  };
  for (let at = 0; at < inner.length; ) {
    const next = inner.indexOf("\\", at);
    const end = next === -1 ? inner.length : next;
    text(inner.slice(at, end));
    if (next === -1) break;
    escapeForm.lastIndex = next;
    const match = escapeForm.exec(inner);
    if (!match) break;
    const raw = rawUnit(match, size, errors);
    if (raw !== undefined) units.push(raw);
    else text(new TextDecoder().decode(Uint8Array.from(escapeBytes(match, errors))));
    at = next + match[0].length;
  }
  return units;
}

/** What a hexadecimal or octal escape says is a unit as it stands; undefined for other escapes. */
function rawUnit([text, hex, octal]: RegExpExecArray, size: 2 | 4, errors: LiteralErrors): number | undefined {
  if (hex === undefined && octal === undefined) return undefined;
  const value = hex !== undefined ? Number.parseInt(hex || "0", 16) : Number.parseInt(octal!, 8);
  if (hex === "") errors.badEscape(text, "needs a hexadecimal digit");
  else if (value >= 2 ** (size * 8)) errors.badEscape(text, `does not fit in ${size} bytes`);
  return value % 2 ** (size * 8);
}

/** Units as little-endian bytes. */
export function unitBytes(units: readonly number[], size: 2 | 4): Uint8Array {
  const bytes = new Uint8Array(units.length * size);
  const view = new DataView(bytes.buffer);
  for (const [i, unit] of units.entries())
    if (size === 2) view.setUint16(i * 2, unit, true);
    else view.setUint32(i * 4, unit, true);
  return bytes;
}

/** The prefix of a literal, if it makes wide characters. */
export function widePrefix(literal: string, quote: string): WidePrefix | undefined {
  const prefix = literal.slice(0, literal.indexOf(quote));
  return prefix === "L" || prefix === "u" || prefix === "U" ? prefix : undefined;
}

/** Bytes of a unit, by the prefix of the literal. */
export const unitSizes = { L: 4, u: 2, U: 4 } as const;

/** The value of a character constant's bytes: one is a signed `char`, up to four make an `int` (as clang and GCC do). */
export function charValue(bytes: Uint8Array): number | undefined {
  if (bytes.length === 0 || bytes.length > 4) return undefined;
  if (bytes.length === 1) return (bytes[0]! << 24) >> 24;
  return bytes.reduce((value, byte) => (value << 8) | byte, 0);
}

/** The bytes of several literals, one behind the other. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
