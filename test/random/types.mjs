// Types of random programs, their declarations and their initialisers.
//
// A type is { kind: "int", name, bits, signed }, { kind: "array", of, len } or { kind: "struct", name, fields, size },
// a field { name, type, bits? } where `bits` makes it a bit-field. Sizes are upper bounds in bytes.
import { fixed, stmt } from "./tree.mjs";

const int = (name, bits, signed) => ({ kind: "int", name, bits, signed });

export const INTS = [...[8, 16, 32, 64].flatMap((bits) => [int(`u${bits}`, bits, false), int(`s${bits}`, bits, true)])];
export const U32 = int("u32", 32, false);
export const U64 = int("u64", 64, false);
/** Too wide for most of what the others are used for: parameters alone. */
export const WIDE = [int("unsigned __int128", 128, false), int("__int128", 128, true)];
const OTHERS = [
  int("_Bool", 1, false),
  int("char", 8, true),
  int("unsigned char", 8, false),
  int("short", 16, true),
  int("unsigned long", 64, false),
  int("long", 64, true),
  int("int", 32, true),
];

export const arrayOf = (of, len) => ({ kind: "array", of, len });

/** An integer type: mostly the plain ones, now and then an enum or one of C's other names. */
export function intType(g) {
  if (g.rng.chance(78)) return g.rng.pick(INTS);
  return g.enums.length > 0 && g.rng.chance(35) ? g.rng.pick(g.enums) : g.rng.pick(OTHERS);
}

export function sizeOf(type) {
  if (type.kind === "array") return sizeOf(type.of) * type.len;
  if (type.kind === "struct") return type.size;
  return Math.max(8, type.bits) / 8;
}

/** A declaration of a variable without its initialiser. */
export function declared(type, name) {
  return type.kind === "array" ? declared(type.of, `${name}[${type.len}]`) : `${type.name} ${name}`;
}

/** Values that are known for trouble, and any other ones. */
export function literal(g, bits = 64, signed = true) {
  const small = [0n, 1n, 2n, 3n, 5n, 7n, 8n, 15n, 16n, 31n, 63n, 100n, 127n, 128n, 255n];
  const large = [256n, 32767n, 32768n, 65535n, 0x7fffffffn, 0x80000000n, 0xffffffffn, 0x100000000n, 2n ** 63n - 1n];
  const shape = g.rng.below(10);
  const chosen = shape < 5 ? g.rng.pick(small) : shape < 8 ? g.rng.pick(large) : g.rng.wide(g.rng.range(4, 63));
  const value = BigInt.asUintN(Math.min(bits, 63), chosen);
  const suffix = value > 0x7fffffffn ? g.rng.pick(["ull", "ll"]) : g.rng.pick(["", "", "", "u", "ll"]);
  const text = g.rng.chance(25) ? `0x${value.toString(16)}${suffix}` : `${value}${suffix}`;
  return signed && !suffix.startsWith("u") && g.rng.chance(25) ? `(-${text})` : text;
}

/** A constant initialiser; structs name some of their fields, arrays some of their elements. */
export function initialiser(g, type) {
  if (type.kind === "int") return literal(g, Math.max(1, type.bits - 1), type.signed);
  if (type.kind === "array") {
    const items = Array.from({ length: type.len }, () => initialiser(g, type.of));
    const style = g.rng.below(6);
    if (style === 0) return `{ ${items.slice(0, g.rng.range(1, type.len)).join(", ")} }`;
    if (style === 1) return `{ [${g.rng.below(type.len)}] = ${items[0]} }`;
    if (style === 2 && type.len > 2) return `{ [1 ... ${type.len - 1}] = ${items[0]}, [0] = ${items[1]} }`;
    return `{ ${items.join(", ")} }`;
  }
  const fields = type.fields.filter(() => g.rng.chance(85));
  const chosen = type.union ? fields.slice(0, 1) : fields;
  const rows = chosen.map((field) => {
    const width = field.bits ?? field.type.bits;
    const value = field.bits ? literal(g, Math.max(1, width - 1), field.type.signed) : initialiser(g, field.type);
    return `.${field.name} = ${value}`;
  });
  return rows.length > 0 ? `{ ${rows.join(", ")} }` : "{}";
}

export function makeEnum(g, name) {
  const signed = g.rng.chance(40);
  const values = Array.from({ length: g.rng.range(2, 5) }, (_, i) => {
    const value = signed && i === 0 ? -g.rng.range(1, 1000) : g.rng.below(g.rng.pick([8, 256, 100000]));
    return { name: `${name}_${i}`, value };
  });
  const text = values.map((row) => (g.rng.chance(80) ? `${row.name} = ${row.value}` : row.name)).join(", ");
  g.constants.push(...values.map((row) => row.name));
  g.enums.push({ ...int(`enum ${name}`, 32, signed), isEnum: true });
  return stmt`enum ${name} { ${text} };`;
}

/** Unions whose members cover all of their bytes, so that every byte is always known. */
const UNIONS = [
  "u32 a; s32 b; u16 c[2]; u8 d[4]; struct { u16 lo; s16 hi; } e; struct { u32 x : 12, y : 20; } f;",
  "u64 a; s64 b; u32 c[2]; s16 d[4]; struct { u32 lo; s32 hi; } e; struct { u64 x : 33, y : 31; } f;",
];
const member = (name, type, bits) => ({ name, type, ...(bits && { bits }) });
const unionFields = ([a, b, c, d, lo, hi], x, y) => [
  ...[member("a", a), member("b", b), member("c", arrayOf(c, 2)), member("d", arrayOf(d, 4))],
  ...[member("e.lo", lo), member("e.hi", hi), member("f.x", a, x), member("f.y", a, y)],
];
const named = (...names) => names.map((name) => INTS.find((type) => type.name === name));
const UNION_FIELDS = [
  unionFields(named("u32", "s32", "u16", "u8", "u16", "s16"), 12, 20),
  unionFields(named("u64", "s64", "u32", "s16", "u32", "s32"), 33, 31),
];

function makeUnion(g, name) {
  const which = g.rng.below(2);
  g.structs.push({ kind: "struct", union: true, name: `union ${name}`, fields: UNION_FIELDS[which], size: 4 << which });
  return stmt`union ${name} { ${UNIONS[which]} };`;
}

function bitField(g, name) {
  const type = g.rng.weighted([
    [6, g.rng.pick(INTS)],
    [1, OTHERS[0]],
    [1, intType(g)],
  ]);
  const bits = g.rng.range(1, Math.min(type.bits, 63));
  return { name, type, bits, text: `${type.name} ${name} : ${bits};${g.rng.chance(8) ? ` ${type.name} : 0;` : ""}` };
}

function field(g, name) {
  const plain = (type) => ({ name, type, text: `${declared(type, name)};` });
  return g.rng.weighted([
    [6, () => plain(intType(g))],
    [4, () => bitField(g, name)],
    [1, () => plain(arrayOf(g.rng.pick(INTS), g.rng.pick([2, 4])))],
    [g.structs.length > 0 ? 2 : 0, () => plain(g.rng.pick(g.structs))],
  ])();
}

/** A struct or union, which `g.structs` holds from then on. */
export function makeStruct(g, name) {
  if (g.rng.chance(20)) return makeUnion(g, name);
  const fields = Array.from({ length: g.rng.range(2, 5) }, (_, i) => field(g, `f${i}`));
  const size = fields.reduce((sum, { type }) => sum + Math.max(8, sizeOf(type)), 0);
  const attribute = g.rng.weighted([
    [7, ""],
    [3, " __attribute__((packed))"],
    [1, " __attribute__((aligned(8)))"],
  ]);
  const packed = attribute.includes("packed");
  const anonymous = g.rng.chance(20) && fields.length > 2;
  const texts = fields.map(({ text }) => text);
  const body = anonymous ? `${texts[0]} struct { ${texts.slice(1).join(" ")} };` : texts.join(" ");
  g.structs.push({ kind: "struct", name: `struct ${name}`, fields, size, packed });
  return stmt`struct ${name} { ${body} }${attribute};`;
}

/** The compound literal or initialiser of a struct from expressions that `value` makes. */
export function structValue(g, type, value) {
  const fields = type.fields.filter((one) => one.type.kind === "int" && g.rng.chance(70));
  const chosen = type.union ? fields.slice(0, 1) : fields;
  return fixed`{ ${{ kind: "fixed", parts: chosen.flatMap((one) => [`.${one.name} = `, value(), ", "]) }} }`;
}
