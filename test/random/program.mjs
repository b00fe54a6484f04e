// One random program of a seed: types, globals, maps, functions, and an entry program that calls them.

import { expression } from "./expressions.mjs";
import { Rng } from "./rng.mjs";
import { body, statement, withVariable } from "./statements.mjs";
import { indented, stmt, textOf, word } from "./tree.mjs";
import {
  arrayOf,
  declared,
  INTS,
  initialiser,
  intType,
  makeEnum,
  makeStruct,
  sizeOf,
  U32,
  U64,
  WIDE,
} from "./types.mjs";

const CPUS = [
  [14, "v3"],
  [4, "v4"],
  [1, "v2"],
  [1, "v1"],
];

function context(rng, prefix, cpu) {
  let count = 0;
  const g = {
    rng,
    prefix,
    cpu,
    enums: [],
    structs: [],
    constants: [],
    macros: [],
    functions: [],
    maps: [],
    globals: [],
  };
  g.fresh = (letter) => `${letter}${++count}`;
  g.typeNamed = (name) => INTS.find((type) => type.name === name) ?? g.enums.find((type) => type.name === name) ?? U64;
  return g;
}

const times = (count, make) => Array.from({ length: count }, (_, at) => make(at));

const PLAIN = { before: "", after: "" };

/** Where a global lies: its words before and after the declaration, and what may be done with it. */
const SECTIONS = [
  [10, PLAIN],
  [3, { before: "", after: "", zero: true }],
  [3, { before: "static ", after: "", hidden: true }],
  [2, { before: "const ", after: "", readonly: true }],
  [2, { before: "const volatile ", after: "", readonly: true, volatile: true }],
  [1, { before: "static const ", after: "", readonly: true, hidden: true }],
  [1, { before: "volatile ", after: "", volatile: true }],
  [1, { before: "", after: ' SEC(".data.more")' }],
  [1, { before: "const ", after: ' SEC(".rodata.more")', readonly: true }],
];

function globalType(g) {
  const shape = g.rng.below(10);
  if (shape < 3) return intType(g);
  if (shape < 6) return arrayOf(intType(g), g.rng.pick([2, 3, 4, 8]));
  if (shape < 7) return arrayOf(arrayOf(g.rng.pick(INTS), g.rng.pick([2, 4])), 2);
  if (g.structs.length === 0) return U32;
  const struct = g.rng.pick(g.structs);
  return shape < 9 ? struct : arrayOf(struct, 2);
}

function global(g, at) {
  // there is always something to store to
  const where = at === 0 ? PLAIN : g.rng.weighted(SECTIONS);
  const type = globalType(g);
  // what begins with the program's name and _g is what is compared
  const name = `${g.prefix}_${where.hidden ? "h" : "g"}${at}`;
  const value = where.zero ? "" : ` = ${initialiser(g, type)}`;
  g.globals.push({ name, type, shared: true, readonly: where.readonly, volatile: where.volatile });
  return stmt`${where.before}${declared(type, name)}${where.after}${value};`;
}

function map(g, at) {
  const name = `${g.prefix}_gm${at}`;
  const type = g.structs.length > 0 && g.rng.chance(60) ? g.rng.pick(g.structs) : g.rng.pick([U32, U64]);
  const entries = g.rng.range(1, 4);
  g.maps.push({ name, type, entries });
  return stmt`struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, ${entries}); __type(key, u32); __type(value, ${type.name}); } ${name} SEC(".maps");`;
}

const MACROS = [
  "((a) + (b))",
  "((a) > (b) ? (a) : (b))",
  "(((a) ^ (b)) & 0xffff)",
  "({ typeof((a) + 0) m_ = (a); m_ - (b); })",
];

function macro(g, at) {
  const name = `${g.prefix}_M${at}`;
  g.macros.push(name);
  return stmt`\n#define ${name}(a, b) ${g.rng.pick(MACROS)}\n`;
}

const KINDS = [
  [6, { before: "static __noinline ", most: 5, structs: 16, pointers: true }],
  [3, { before: "static ", most: 5, structs: 16, pointers: true }],
  [3, { before: "static __always_inline ", most: 7, structs: 64, pointers: true }],
  [3, { before: "__noinline ", most: 5, structs: 0, pointers: false }],
];

function parameter(g, kind, at) {
  const name = `q${at}`;
  if (kind.pointers && g.rng.chance(20)) {
    const pointer = g.rng.chance(50) && g.structs.length > 0 ? g.rng.pick(g.structs) : g.rng.pick(INTS);
    return { pointer, text: `${pointer.name} *${name}`, variable: { name: `(*${name})`, type: pointer } };
  }
  if (kind.pointers && g.rng.chance(4)) {
    const type = g.rng.pick(WIDE);
    const half = {
      name: g.rng.pick([`((u64)${name})`, `((s64)(${name} >> 64))`]),
      type: U64,
      reg: true,
      readonly: true,
    };
    return { type, wide: true, text: declared(type, name), variable: half };
  }
  const fitting = g.structs.filter((struct) => sizeOf(struct) <= kind.structs);
  const type = fitting.length > 0 && g.rng.chance(15) ? g.rng.pick(fitting) : intType(g);
  return { type, text: declared(type, name), variable: { name, type, reg: type.kind === "int" } };
}

const scopeOf = (g, variables, more) => ({
  variables: [...g.globals, ...variables],
  ...{ counters: [], labels: [], weight: 1, inLoop: false, inSwitch: false, depth: 3 },
  ...more,
});

/** Statements of a function with some locals before them. */
function functionBody(g, scope, size) {
  let inner = scope;
  const heads = times(g.rng.range(0, 3), () => {
    const name = g.fresh("l");
    const type = intType(g);
    const head = stmt`${type.name} ${name} = ${expression(g, inner, 2)};`;
    inner = withVariable(inner, { name, type, reg: true });
    return head;
  });
  const statements = times(size, () => statement(g, inner));
  return { statements: [...heads, ...statements], scope: inner };
}

const lines = (statements) => textOf({ kind: "stmt", parts: [statements] }).split("\n").length;

function procedure(g, at) {
  if (g.rng.chance(12)) return callback(g, at);
  const kind = g.rng.weighted(KINDS);
  const name = `${g.prefix}_f${at}`;
  const params = times(g.rng.range(0, kind.most), (i) => parameter(g, kind, i));
  const structs = g.structs.filter((struct) => sizeOf(struct) <= (kind.structs > 16 ? 64 : 8));
  const result = kind.structs > 0 && structs.length > 0 && g.rng.chance(15) ? g.rng.pick(structs) : intType(g);
  const returnsInt = result.kind === "int";
  const scope = scopeOf(
    g,
    params.map(({ variable }) => variable),
    { weight: 2 },
  );
  const extra = returnsInt ? [] : [{ name: "result", type: result }];
  const made = functionBody(
    g,
    { ...withVariable(scope, ...extra), ...(!returnsInt && { result: "result" }) },
    g.rng.range(1, 4),
  );
  const end = returnsInt ? stmt`return ${expression(g, made.scope, 3)};` : word("return result;");
  const first = returnsInt ? [] : [word(`${result.name} result = ${initialiser(g, result)};`)];
  const text = params.map((one) => one.text).join(", ") || "void";
  g.functions.push({ name, params, result, cost: lines(made.statements) });
  const last = { ...end, kind: "fixed" };
  return stmt`${kind.before}${result.name} ${name}(${text})\n{\n${[...first, ...made.statements, last]}\n}`;
}

function callback(g, at) {
  const able = g.structs.filter((struct) => !struct.packed && sizeOf(struct) <= 32);
  if (able.length === 0) return stmt``;
  const struct = g.rng.pick(able);
  const name = `${g.prefix}_f${at}`;
  const scope = scopeOf(g, [{ name: "(*c)", type: struct }], { weight: 6, depth: 2, isCallback: true });
  const statements = [...body(g, scope, 2), stmt`if (${expression(g, scope, 2)})\nreturn 1;`];
  g.functions.push({ name, params: [], result: struct, callback: struct, cost: 6 * lines(statements) });
  return stmt`static int ${name}(u32 at, void *pointer)\n{\n${struct.name} *c = pointer;\n${statements}\nreturn 0;\n}`;
}

const ENTRIES = [
  [7, { section: "tc", context: "struct __sk_buff", fields: ["len", "mark", "protocol"] }],
  [2, { section: "syscall", context: "void", fields: [] }],
  [1, { section: "xdp", context: "struct xdp_md", fields: ["ingress_ifindex"] }],
];

function entry(g) {
  const { section, context: type, fields } = g.rng.weighted(ENTRIES);
  const inputs = fields.map((field) => ({ name: `ctx->${field}`, type: U32, reg: true, readonly: true }));
  // context fields first: the choice of variables prefers what comes last
  const scope = scopeOf(g, [...inputs], { weight: 1 });
  const made = functionBody(g, scope, g.rng.range(2, 6));
  const end = { ...stmt`return ${expression(g, made.scope, 3)};`, kind: "fixed" };
  return stmt`SEC("${section}")\nint ${g.prefix}(${type} *ctx)\n{\n${[...made.statements, end]}\n}`;
}

/** { seed, prefix, cpu, root }: a program as a tree; the seed decides all of it but the prefix of its names. */
export function makeProgram(seed, prefix = "p") {
  const rng = new Rng(seed);
  const cpu = rng.weighted(CPUS);
  const g = context(rng, prefix, cpu);
  const parts = [
    ...times(rng.below(3), (at) => makeEnum(g, `${prefix}_e${at}`)),
    ...times(rng.range(0, 3), (at) => makeStruct(g, `${prefix}_s${at}`)),
    ...times(rng.range(3, 8), (at) => global(g, at)),
    ...times(rng.below(2), (at) => map(g, at)),
    ...times(rng.below(3), (at) => macro(g, at)),
    ...times(rng.range(1, 4), (at) => procedure(g, at)),
  ];
  const root = { kind: "fixed", parts: [[...parts, { ...entry(g), kind: "fixed" }]] };
  return { seed, prefix, cpu, root };
}

/** The source of a program as it stands in a file with others. */
export const sourceOf = ({ root }, changes) => `${indented(textOf(root, changes))}\n`;
