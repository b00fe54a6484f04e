/** Builtins on the bits of integers: counting, swapping, rotating, reversing, absolute values. */
import { arg, type Builtin, type Call, kept, type Maker, make } from "./builtin-call.ts";
import { errorValue, isError, type Operand, value } from "./convert.ts";
import { checkValue } from "./expr.ts";
import { arith, compare, constant, convert, unary } from "./fold.ts";
import type { CountKind, TExpr } from "./tree.ts";
import { intType, intTypes, longType, typeText, uintType, ulongType } from "./type-ops.ts";
import type { CType, IntType } from "./types.ts";

/** The forms for `int`, `long` and `long long`: what a name's ending says. */
export const lengths = { "": "int", l: "long", ll: "long long" } as const;
export const unsigned = { int: uintType, long: ulongType, "long long": intTypes["unsigned long long"] } as const;

const forms = (stem: string, form: (length: "int" | "long" | "long long") => Builtin) =>
  Object.fromEntries(Object.entries(lengths).map(([end, name]) => [`${stem}${end}`, form(name)] as const));

/** Unsigned integers by their bits. */
const words = {
  8: intTypes["unsigned char"],
  16: intTypes["unsigned short"],
  32: uintType,
  64: ulongType,
} as const;
type Bits = keyof typeof words;

// ---- bytes ----

function swapped(c: Call, v: TExpr, bits: 16 | 32 | 64): TExpr {
  const type = words[bits];
  if (v.kind !== "const") return { kind: "builtin", builtin: { kind: "bswap", bits, value: v }, type, span: c.span };
  let out = 0n;
  for (let i = 0; i < bits; i += 8) out = (out << 8n) | ((v.value >> BigInt(i)) & 0xffn);
  return constant(out, type, c.span);
}

const bswap =
  (bits: 16 | 32 | 64): Maker =>
  (c) =>
    value(swapped(c, arg(c, 0, words[bits]), bits));

// ---- counts ----

const count =
  (kind: CountKind, type: CType): Maker =>
  (c) => {
    const v = arg(c, 0, type);
    const bits = type === uintType || type === intType ? 32 : 64;
    if (v.kind === "const") return value(constant(BigInt(counted(kind, v.value, bits)), intType, c.span));
    return make(c, { kind, value: v }, intType);
  };

function counted(kind: CountKind, v: bigint, bits: number): number {
  const text = BigInt.asUintN(bits, v).toString(2).padStart(bits, "0");
  const ones = text.replaceAll("0", "").length;
  if (kind === "popcount") return ones;
  if (kind === "parity") return ones & 1;
  if (kind === "ffs") return ones === 0 ? 0 : bits - text.lastIndexOf("1");
  if (kind === "clrsb") return (text[0] === "0" ? /^0*/ : /^1*/).exec(text)![0].length - 1;
  const at = kind === "clz" ? text.indexOf("1") : [...text].reverse().indexOf("1");
  return at === -1 ? bits : at;
}

/** `kind` of a value of `bits` bits, counted in a register of 32 or 64. */
function countedIn(c: Call, kind: "clz" | "ctz" | "popcount", v: TExpr, bits: number): TExpr {
  const type = bits > 32 ? ulongType : uintType;
  const wide = convert(v, type, c.span);
  const all: TExpr =
    wide.kind === "const"
      ? constant(BigInt(counted(kind, wide.value, type.size * 8)), intType, c.span)
      : { kind: "builtin", builtin: { kind, value: wide }, type: intType, span: c.span };
  if (kind !== "clz") return all;
  return arith("sub", all, constant(BigInt(type.size * 8 - bits), intType, c.span), intType, c.span);
}

/** For an unsigned integer of any type; a second argument is the count of zero. */
const general =
  (kind: "clz" | "ctz" | "popcount"): Maker =>
  (c) => {
    const v = checkValue(c.cx, c.args[0]!);
    if (isError(v)) return value(v);
    const type = v.type;
    if (type.kind === "int" && type.size > 8) {
      c.cx.sink.error("E0407", v.span, `the argument of '${c.name}'`).help("count in each half of 64 bits");
      return value(errorValue(c.span));
    }
    if (type.kind !== "int" || type.signed) {
      c.cx.sink.error("E0203", v.span, `argument 1 of '${c.name}'`, "an unsigned integer", typeText(type));
      return value(errorValue(c.span));
    }
    if (c.args.length === 1) return value(countedIn(c, kind, v, type.size * 8));
    const other = arg(c, 1, intType);
    return value(kept(c.cx, other, (zero) => kept(c.cx, v, (one) => unlessZero(c, kind, one, zero, type))));
  };

function unlessZero(c: Call, kind: "clz" | "ctz" | "popcount", v: TExpr, zero: TExpr, type: IntType): TExpr {
  const { span } = c;
  const made = countedIn(c, kind, v, type.size * 8);
  if (v.kind === "const") return v.value === 0n ? zero : made;
  const cond = compare("ne", v, constant(0n, type, span), span);
  return { kind: "cond", cond, then: made, else: zero, type: intType, span };
}

const short =
  (kind: "clz" | "ctz"): Maker =>
  (c) =>
    value(countedIn(c, kind, arg(c, 0, words[16]), 16));

// ---- rotation, reversal, sign ----

/** Arithmetic on fewer than 32 bits is done in 32. */
const wordOf = (bits: Bits): IntType => (bits === 64 ? ulongType : uintType);

const rotate =
  (bits: Bits, isLeft: boolean): Maker =>
  (c) => {
    const { span } = c;
    const word = wordOf(bits);
    const mask = constant(BigInt(bits - 1), word, span);
    const by = convert(arg(c, 1, words[bits]), word, span);
    const turned = (v: TExpr, n: TExpr): TExpr => {
      const some = arith("and", n, mask, word, span);
      const rest = arith("and", unary("neg", n, word, span), mask, word, span);
      const up = arith("shl", v, isLeft ? some : rest, word, span);
      const down = arith("shr", v, isLeft ? rest : some, word, span);
      return convert(arith("or", up, down, word, span), words[bits], span);
    };
    const v = convert(arg(c, 0, words[bits]), word, span);
    return value(kept(c.cx, v, (one) => kept(c.cx, by, (n) => turned(one, n))));
  };

/** Neighbouring groups of so many bits, and which bits are the lower ones. */
const groups = [
  [1n, 0x5555_5555_5555_5555n],
  [2n, 0x3333_3333_3333_3333n],
  [4n, 0x0f0f_0f0f_0f0f_0f0fn],
] as const;

const reverse =
  (bits: Bits): Maker =>
  (c) => {
    const { cx, span } = c;
    const word = wordOf(bits);
    const step = (v: TExpr, at: number): TExpr => {
      const group = groups[at];
      if (!group) return bits === 8 ? convert(v, words[8], span) : swapped(c, convert(v, words[bits], span), bits);
      const [by, low] = [constant(group[0], word, span), constant(BigInt.asUintN(bits, group[1]), word, span)];
      const up = (one: TExpr) => arith("shl", arith("and", one, low, word, span), by, word, span);
      const down = (one: TExpr) => arith("and", arith("shr", one, by, word, span), low, word, span);
      return kept(cx, v, (one) => step(arith("or", up(one), down(one), word, span), at + 1));
    };
    return value(step(convert(arg(c, 0, words[bits]), word, span), 0));
  };

const absolute =
  (type: IntType): Maker =>
  (c) =>
    value(kept(c.cx, arg(c, 0, type), (v) => withoutSign(v, type)));

function withoutSign(v: TExpr, type: IntType): TExpr {
  const { span } = v;
  const negated = unary("neg", v, type, span);
  if (v.kind === "const") return v.value < 0n ? negated : v;
  const cond = compare("lt", v, constant(0n, type, span), span);
  return { kind: "cond", cond, then: negated, else: v, type, span };
}

// ---- alignment ----

/** The number of bytes that is asked about, less one; a power of two. */
function alignmentMask(c: Call, type: CType): TExpr | undefined {
  const by = arg(c, 1, longType);
  if (isError(by)) return undefined;
  if (by.kind === "const" && by.value > 0n && (by.value & (by.value - 1n)) === 0n)
    return constant(by.value - 1n, type, c.span);
  c.cx.sink.error("E0211", by.span, `argument 2 of '${c.name}', a power of two,`);
  return undefined;
}

const aligned =
  (make: (v: TExpr, mask: TExpr, type: CType, c: Call) => TExpr): Maker =>
  (c): Operand => {
    const v = checkValue(c.cx, c.args[0]!);
    if (isError(v)) return value(v);
    if (v.type.kind !== "int") {
      c.cx.sink.error("E0203", v.span, `argument 1 of '${c.name}'`, "an integer", typeText(v.type));
      return value(errorValue(c.span));
    }
    const type: CType = v.type.size === 8 ? v.type : v.type.signed ? intType : uintType;
    const mask = alignmentMask(c, type);
    if (!mask) return value(errorValue(c.span));
    return value(convert(make(convert(v, type, c.span), mask, type, c), v.type, c.span));
  };

const down = (v: TExpr, mask: TExpr, type: CType, { span }: Call): TExpr =>
  arith("and", v, unary("not", mask, type, span), type, span);

export const bitBuiltins: Readonly<Record<string, Builtin>> = {
  __builtin_bswap16: [1, bswap(16)],
  __builtin_bswap32: [1, bswap(32)],
  __builtin_bswap64: [1, bswap(64)],
  ...forms("__builtin_clz", (length) => [1, count("clz", unsigned[length])]),
  ...forms("__builtin_ctz", (length) => [1, count("ctz", unsigned[length])]),
  ...forms("__builtin_popcount", (length) => [1, count("popcount", unsigned[length])]),
  ...forms("__builtin_parity", (length) => [1, count("parity", unsigned[length])]),
  ...forms("__builtin_ffs", (length) => [1, count("ffs", intTypes[length])]),
  ...forms("__builtin_clrsb", (length) => [1, count("clrsb", intTypes[length])]),
  __builtin_clzs: [1, short("clz")],
  __builtin_ctzs: [1, short("ctz")],
  __builtin_clzg: [1, general("clz"), 2],
  __builtin_ctzg: [1, general("ctz"), 2],
  __builtin_popcountg: [1, general("popcount")],
  __builtin_abs: [1, absolute(intTypes.int)],
  __builtin_labs: [1, absolute(intTypes.long)],
  __builtin_llabs: [1, absolute(intTypes["long long"])],
  ...Object.fromEntries(
    ([8, 16, 32, 64] as const).flatMap((bits): [string, Builtin][] => [
      [`__builtin_rotateleft${bits}`, [2, rotate(bits, true)]],
      [`__builtin_rotateright${bits}`, [2, rotate(bits, false)]],
      [`__builtin_bitreverse${bits}`, [1, reverse(bits)]],
    ]),
  ),
  __builtin_align_down: [2, aligned(down)],
  __builtin_align_up: [2, aligned((v, mask, type, c) => down(arith("add", v, mask, type, c.span), mask, type, c))],
  __builtin_is_aligned: [
    2,
    (c) => {
      const rest = aligned((v, mask, type) => arith("and", v, mask, type, c.span))(c);
      if (rest.kind !== "value" || isError(rest.expr)) return rest;
      const { expr } = rest;
      return value(compare("eq", expr, constant(0n, expr.type, c.span), c.span));
    },
  ],
};
