// Integer expressions without side effects, and the places they read. All of it is defined by C (with -fwrapv): counts
// of shifts and divisors are guarded by `fixed` nodes, indices are masked.
import { ex, fixed, word } from "./tree.mjs";
import { intType, literal } from "./types.mjs";
import { throughWide } from "./wide.mjs";

const isPower = (n) => (n & (n - 1)) === 0;

/** Indices within indices. */
const DEEPEST_INDEX = 1;

/** An index into an array of `len` elements, a power of two: a constant, a loop's counter, or anything masked. */
function index(g, scope, len) {
  const counters = scope.counters.filter(({ bound }) => bound <= len);
  if (counters.length > 0 && g.rng.chance(50)) return word(g.rng.pick(counters).name);
  const nested = scope.nested ?? 0;
  if (!isPower(len) || nested > DEEPEST_INDEX || g.rng.chance(50)) return word(String(g.rng.below(len)));
  return fixed`(${expression(g, { ...scope, nested: nested + 1 }, 1)}) & ${len - 1}`;
}

/** An integer inside of a variable: { node, type, bits?, plain } where `plain` says that it has an aligned address. */
export function placeIn(g, scope, variable) {
  let { type } = variable;
  let node = word(variable.name);
  let bits;
  let plain = !variable.reg;
  while (type.kind !== "int") {
    if (type.kind === "array") {
      node = fixed`${node}[${index(g, scope, type.len)}]`;
      type = type.of;
    } else {
      const field = g.rng.pick(type.fields);
      if (type.packed || field.bits) plain = false;
      node = fixed`${node}.${field.name}`;
      type = field.type;
      bits = field.bits;
    }
  }
  return { node, type, bits, plain, shared: variable.shared };
}

/** A variable of the scope that `holds` likes, or undefined. */
export function variableWhere(g, scope, holds) {
  const found = scope.variables.filter(holds);
  if (found.length === 0) return undefined;
  // half of all choices among the newest, which are the locals
  return g.rng.chance(50) ? g.rng.pick(found.slice(-4)) : g.rng.pick(found);
}

function leaf(g, scope) {
  const shape = g.rng.below(20);
  if (shape < 3) return word(literal(g));
  if (shape < 4 && g.constants.length > 0) return word(g.rng.pick(g.constants));
  if (shape < 7 && scope.counters.length > 0) return word(g.rng.pick(scope.counters).name);
  const variable = variableWhere(g, scope, () => true);
  return variable ? { ...placeIn(g, scope, variable).node, kind: "expr" } : word(literal(g));
}

const UNSIGNED = ["u32", "u64"];
const SIGNED = ["s32", "s64"];

function division(g, e) {
  const op = g.rng.pick(["/", "%"]);
  const type = g.rng.pick(UNSIGNED);
  if (g.cpu === "v4" && g.rng.chance(50)) {
    const signed = g.rng.pick(SIGNED);
    return g.rng.chance(50)
      ? ex`((${signed})${e()} ${op} ${g.rng.range(2, 1000) * (g.rng.chance(30) ? -1 : 1)})`
      : ex`((${signed})${e()} ${op} ${fixed`(${signed})((${e()} & 63) + 1)`})`;
  }
  return g.rng.chance(40)
    ? ex`((${type})${e()} ${op} ${g.rng.range(1, 1000)}u)`
    : ex`((${type})${e()} ${op} ${fixed`((${type})${e()} | 1)`})`;
}

function shift(g, e) {
  const op = g.rng.pick(["<<", ">>"]);
  const [type, mask] = g.rng.pick([
    ["", 31],
    ["", 7],
    ["(u64)", 63],
    ["(s64)", 63],
    ["(u32)", 31],
    ["(s32)", 31],
  ]);
  return g.rng.chance(40)
    ? ex`(${type}${e()} ${op} ${g.rng.range(0, mask)})`
    : ex`(${type}${e()} ${op} ${fixed`(${e()} & ${mask})`})`;
}

const bits = (g, e) =>
  g.rng.pick([
    () => ex`__builtin_bswap16(${e()})`,
    () => ex`__builtin_bswap32(${e()})`,
    () => ex`__builtin_bswap64(${e()})`,
    () => ex`__builtin_popcountll(${e()})`,
    () => ex`__builtin_popcount(${e()})`,
    () => ex`__builtin_clz(${fixed`((u32)${e()} | 1)`})`,
    () => ex`__builtin_clzll(${fixed`((u64)${e()} | 1)`})`,
    () => ex`__builtin_ctz(${fixed`((u32)${e()} | 0x80000000u)`})`,
    () => ex`__builtin_ctzll(${fixed`((u64)${e()} | (1ull << 63))`})`,
  ])();

function block(g, scope, depth) {
  const name = g.fresh("t");
  const { name: type } = intType(g);
  const inner = { ...scope, variables: [...scope.variables, { name, type: g.typeNamed(type), reg: true }] };
  const [first, second] = [expression(g, scope, depth - 1), expression(g, inner, depth - 1)];
  if (g.rng.chance(30)) {
    const op = g.rng.pick(["add", "sub", "mul"]);
    // clang makes 64-bit products a call
    const whole = g.rng.pick(op === "mul" ? ["u32", "s32"] : ["u32", "s32", "u64", "s64"]);
    const call = fixed`__builtin_${op}_overflow((${whole})${first}, (${whole})${expression(g, scope, depth - 1)}, &${name})`;
    return ex`({ ${whole} ${name}; ${call} ? ${second} : ${name}; })`;
  }
  const op = g.rng.pick(["+=", "^=", "-=", "|=", "="]);
  return ex`({ ${type} ${name} = ${first}; ${name} ${op} ${second}; ${name}; })`;
}

const compareMemory = (g, scope) => {
  const variable = variableWhere(g, scope, ({ type, reg }) => !reg && type.kind === "array" && type.of.kind === "int");
  if (!variable) return word("0");
  const [a, b] = [variable.name, variable.name].map((name) => `&${name}[${g.rng.below(variable.type.len)}]`);
  return ex`(__builtin_memcmp(${a}, ${b}, sizeof(${variable.type.of.name})) ${g.rng.pick(["==", "!="])} 0)`;
};

const operators = (g, scope, depth, e) => [
  [20, () => ex`(${e()} ${g.rng.pick(["+", "-", "*", "&", "|", "^", "+", "-"])} ${e()})`],
  [9, () => shift(g, e)],
  [5, () => division(g, e)],
  [9, () => ex`(${e()} ${g.rng.pick(["<", ">", "<=", ">=", "==", "!="])} ${e()})`],
  [5, () => ex`(${e()} ? ${e()} : ${e()})`],
  [1, () => ex`(${e()} ?: ${e()})`],
  [6, () => ex`(${e()} ${g.rng.pick(["&&", "||"])} ${e()})`],
  [9, () => ex`((${intType(g).name})${e()})`],
  [6, () => ex`(${g.rng.pick(["-", "~", "!", "+", "!!"])}${e()})`],
  [1, () => ex`(${e()}, ${e()})`],
  [2, () => bits(g, e)],
  [2, () => block(g, scope, depth)],
  [g.macros.length > 0 ? 2 : 0, () => ex`${g.rng.pick(g.macros)}(${e()}, ${e()})`],
  [1, () => compareMemory(g, scope)],
  [1, () => ex`sizeof(+${e()})`],
  [depth > 1 ? 1 : 0, () => throughWide(g, () => expression(g, scope, depth - 2), 2)],
];

/** A pure integer expression of at most `depth` operators above each other. */
export function expression(g, scope, depth) {
  if (depth <= 0 || g.rng.chance(22)) return leaf(g, scope);
  return g.rng.weighted(operators(g, scope, depth, () => expression(g, scope, depth - 1)))();
}
