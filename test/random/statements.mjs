// Statements of random programs. A scope says what a statement may use:
//   variables  [{ name, type, reg?, shared?, readonly?, volatile? }]: `reg` has no pointer to it, `shared` is global
//   counters   [{ name, bound }] of the loops around, which nothing assigns to
//   weight     how often the statement runs at most; inLoop: whether `break` and `continue` mean something
//   labels     labels further down that `goto` may name

import { call, calls, condition } from "./calls.mjs";
import { expression, placeIn, variableWhere } from "./expressions.mjs";
import { ex, fixed, stmt, word } from "./tree.mjs";
import { arrayOf, declared, initialiser, intType, sizeOf, structValue } from "./types.mjs";

const HEAVIEST = 24;

export const withVariable = (scope, ...variables) => ({ ...scope, variables: [...scope.variables, ...variables] });

const writable = ({ readonly }) => !readonly;

function target(g, scope) {
  const variable = variableWhere(g, scope, writable);
  return placeIn(g, scope, variable);
}

const ASSIGNMENTS = ["=", "=", "=", "+=", "-=", "*=", "^=", "|=", "&="];

function assignment(g, scope) {
  const { node } = target(g, scope);
  if (g.rng.chance(12)) return stmt`${node}${g.rng.pick(["++", "--"])};`;
  if (g.rng.chance(6)) return stmt`${node} ${g.rng.pick(["<<=", ">>="])} ${fixed`(${expression(g, scope, 1)}) & 7`};`;
  if (g.rng.chance(4)) return stmt`${node} ${g.rng.pick(["/=", "%="])} ${g.rng.range(1, 300)}ull;`;
  return stmt`${node} ${g.rng.pick(ASSIGNMENTS)} ${expression(g, scope, 3)};`;
}

/** A variable without pointers to it changes inside of an expression that does not name it otherwise. */
function stepping(g, scope) {
  const variable = variableWhere(g, scope, ({ reg, readonly, type }) => reg && !readonly && type.kind === "int");
  if (!variable) return assignment(g, scope);
  const rest = { ...scope, variables: scope.variables.filter((one) => one !== variable) };
  const { name } = variable;
  const step = g.rng.pick([`${name}++`, `--${name}`, `++${name}`, `${name}--`]);
  const place = rest.variables.some(writable) ? target(g, rest).node : undefined;
  if (!place || g.rng.chance(30))
    return stmt`if (${step} ${g.rng.pick(["&&", "||"])} ${expression(g, scope, 2)}) { ${body(g, scope)} }`;
  if (g.rng.chance(40))
    return stmt`${place} = (${name} ${g.rng.pick(ASSIGNMENTS)} ${expression(g, rest, 2)}, ${name} + 1);`;
  return stmt`${place} ${g.rng.pick(ASSIGNMENTS)} (${step} ${g.rng.pick(["+", "^", "-"])} ${expression(g, rest, 1)});`;
}

/** [{ name, type }]: the structs and arrays that lie in a variable. */
function aggregatesIn(variable) {
  const { name, type, volatile, pointer } = variable;
  if (type.kind === "int" || volatile || pointer) return [];
  const own = [{ ...variable, name, type }];
  if (type.kind === "array")
    return [...own, ...aggregatesIn({ ...variable, name: `${name}[${type.len - 1}]`, type: type.of })];
  const fields = type.fields.flatMap((field) =>
    aggregatesIn({ ...variable, name: `${name}.${field.name}`, type: field.type }),
  );
  return [...own, ...fields];
}

const sameType = (a, b) =>
  a === b || (a.kind === "array" && b.kind === "array" && a.len === b.len && sameType(a.of, b.of));

function copying(g, scope) {
  const all = scope.variables.flatMap(aggregatesIn);
  const targets = all.filter(writable);
  if (targets.length === 0) return assignment(g, scope);
  const to = g.rng.pick(targets);
  const from = g.rng.pick(all.filter(({ type }) => sameType(type, to.type)));
  const value = () => expression(g, scope, 2);
  if (to.type.kind === "struct") {
    if (g.rng.chance(35)) return stmt`${to.name} = (${to.type.name})${structValue(g, to.type, value)};`;
    if (g.rng.chance(20)) return stmt`${to.name} = ${expression(g, scope, 2)} ? ${from.name} : ${to.name};`;
    if (g.rng.chance(85)) return stmt`${to.name} = ${from.name};`;
    return stmt`__builtin_memset(&${to.name}, 0, sizeof(${to.name}));`;
  }
  // values of _Bool other than 0 and 1 mean nothing
  const byte = to.type.of.kind === "int" && to.type.of.bits > 1 ? g.rng.pick([0, 0, 1, 255, 90]) : 0;
  if (g.rng.chance(50)) return stmt`__builtin_memset(${to.name}, ${byte}, sizeof(${to.name}));`;
  const size = g.rng.chance(70) ? `sizeof(${to.name})` : `sizeof(${to.name}[0])`;
  const function_ = to.name === from.name ? "memmove" : g.rng.pick(["memcpy", "memmove"]);
  // the two may overlap only where they are one, and then memmove has to be told so
  return stmt`__builtin_${function_}(${to.name}, ${from.name}, ${size});`;
}

function sliding(g, scope) {
  const found = scope.variables
    .flatMap(aggregatesIn)
    .filter((one) => writable(one) && one.type.kind === "array" && one.type.len > 1);
  if (found.length === 0) return copying(g, scope);
  const { name, type } = g.rng.pick(found);
  const count = g.rng.range(1, type.len - 1);
  const [a, b] = g.rng.chance(50) ? [1, 0] : [0, 1];
  return stmt`__builtin_memmove(&${name}[${a}], &${name}[${b}], ${count} * sizeof(${name}[0]));`;
}

export function body(g, scope, most = 3) {
  const count = g.rng.range(1, most);
  return Array.from({ length: count }, () => statement(g, { ...scope, depth: scope.depth - 1 }));
}

const branch = (g, scope) => {
  const head = condition(g, scope);
  const hint = g.rng.chance(6) ? ["__builtin_expect(!!(", "), 1)"] : ["", ""];
  const then = body(g, scope);
  if (g.rng.chance(50)) return stmt`if (${hint[0]}${head}${hint[1]}) {\n${then}\n}`;
  return stmt`if (${hint[0]}${head}${hint[1]}) {\n${then}\n} else {\n${body(g, scope)}\n}`;
};

function loop(g, scope) {
  const rounds = g.rng.range(1, Math.max(1, Math.min(6, Math.floor(HEAVIEST / scope.weight))));
  const name = g.fresh("i");
  const inner = {
    ...scope,
    inLoop: true,
    weight: scope.weight * rounds,
    counters: [...scope.counters, { name, bound: rounds }],
  };
  const type = g.rng.pick(["u32", "int", "u64", "u8", "long"]);
  const pragma = g.rng.chance(10) ? '_Pragma("unroll")\n' : "";
  const extra = g.rng.chance(15) ? ex` && ${expression(g, inner, 2)}` : word("");
  return g.rng.weighted([
    [
      6,
      () =>
        stmt`${pragma}for (${type} ${name} = 0; ${name} < ${rounds}${{ ...extra, kind: "fixed" }}; ${name}++) {\n${body(g, inner, 2)}\n}`,
    ],
    [2, () => stmt`${pragma}for (${type} ${name} = ${rounds}; ${name}-- > 0;) {\n${body(g, inner, 2)}\n}`],
    [
      2,
      () =>
        stmt`{\n${type} ${name} = 0;\nwhile (${name}++ < ${rounds}) {\n${body(g, { ...inner, counters: scope.counters }, 2)}\n}\n}`,
    ],
    [2, () => stmt`{\n${type} ${name} = 0;\ndo {\n${body(g, inner, 2)}\n} while (++${name} < ${rounds});\n}`],
    [1, () => jumpingLoop(g, inner, type, name, rounds)],
  ])();
}

function jumpingLoop(g, inner, type, name, rounds) {
  const label = g.fresh("again");
  const statements = body(g, { ...inner, inLoop: false }, 2);
  return stmt`{\n${type} ${name} = 0;\n${label}:;\n${statements}\nif (++${name} < ${rounds})\ngoto ${label};\n}`;
}

function selection(g, scope) {
  const inner = { ...scope, inSwitch: true };
  const type = g.rng.pick(["", "(s8)", "(u64)", "(s64)", "(u8)"]);
  const wide = g.rng.chance(25);
  const head = wide ? fixed`${type}${expression(g, scope, 2)}` : fixed`(${type}${expression(g, scope, 2)} & 7)`;
  const parts = [];
  let next = wide ? -g.rng.range(0, 3) : 0;
  const cases = g.rng.range(2, 5);
  for (let i = 0; i < cases; i++) {
    next += g.rng.range(0, wide ? 40 : 1);
    const last = g.rng.chance(20) ? next + g.rng.range(0, wide ? 20 : 2) : next;
    const label = last > next ? `case ${next} ... ${last}:` : `case ${next}:`;
    parts.push(stmt`${label}\n${body(g, inner, 2)}\n${g.rng.chance(70) ? stmt`break;` : stmt``}`);
    next = last + 1;
  }
  if (g.rng.chance(60)) parts.splice(g.rng.below(parts.length + 1), 0, stmt`default:\n${body(g, inner, 2)}\nbreak;`);
  return stmt`switch (${head}) {\n${parts}\n}`;
}

function skipping(g, scope) {
  const label = g.fresh("out");
  const inner = { ...scope, labels: [...scope.labels, label] };
  const statements = [stmt`if (${expression(g, scope, 2)})\ngoto ${label};`, ...body(g, inner)];
  return stmt`{\n${statements}\n${label}:;\n}`;
}

const MAX_LOCAL = 32;

/** A local in a block of its own. */
function local(g, scope) {
  const name = g.fresh("v");
  const struct = g.rng.pick([undefined, ...g.structs]);
  const type = g.rng.weighted([
    [6, () => intType(g)],
    [2, () => arrayOf(intType(g), g.rng.pick([2, 4]))],
    [3, () => (struct && sizeOf(struct) <= MAX_LOCAL ? struct : intType(g))],
  ])();
  const isStatic = g.rng.chance(8);
  const volatile = !isStatic && type.kind === "int" && g.rng.chance(10);
  const reg = type.kind === "int" && !volatile && g.rng.chance(70);
  const value =
    type.kind === "int" && !isStatic
      ? expression(g, scope, 3)
      : type.kind === "struct" && !isStatic && g.rng.chance(60)
        ? structValue(g, type, () => expression(g, scope, 2))
        : word(initialiser(g, type));
  const inner = withVariable(scope, { name, type, reg, volatile, shared: isStatic });
  const head = `${isStatic ? "static " : ""}${volatile ? "volatile " : ""}${declared(type, name)}`;
  return stmt`{\n${head} = ${{ ...value, kind: value.kind === "expr" && type.kind === "int" ? "expr" : "fixed" }};\n${body(g, inner, 4)}\n}`;
}

/** A pointer to something in memory, and statements that use what it points to. */
export function pointed(g, scope) {
  const inMemory = scope.variables.filter(({ reg, volatile }) => !reg && !volatile);
  if (inMemory.length === 0) return local(g, scope);
  const variable = g.rng.pick(inMemory);
  const name = g.fresh("p");
  const constant = variable.readonly ? "const " : "";
  const row = { readonly: variable.readonly, shared: variable.shared };
  if (variable.type.kind === "array" && g.rng.chance(60)) {
    const { of, len } = variable.type;
    if (of.kind === "array") return local(g, scope);
    const inner = withVariable(
      scope,
      g.rng.chance(50)
        ? { ...row, name, type: arrayOf(of, len), pointer: true }
        : { ...row, name: `(*(${name} + ${g.rng.below(len)}))`, type: of },
    );
    return stmt`{\n${constant}${of.name} *${name} = ${variable.name};\n${body(g, inner)}\n}`;
  }
  const place =
    variable.type.kind === "struct"
      ? { node: word(variable.name), type: variable.type, plain: true }
      : placeIn(g, scope, variable);
  if (!place.plain) return local(g, scope);
  const inner = withVariable(scope, { ...row, name: `(*${name})`, type: place.type });
  return stmt`{\n${constant}${place.type.name} *${name} = &${{ ...place.node, kind: "fixed" }};\n${body(g, inner)}\n}`;
}

function looked(g, scope) {
  if (g.maps.length === 0) return local(g, scope);
  const map = g.rng.pick(g.maps);
  const [key, name] = [g.fresh("k"), g.fresh("e")];
  const inner = withVariable(scope, { name: `(*${name})`, type: map.type, shared: true });
  const value = g.rng.chance(50) ? word(String(g.rng.below(map.entries + 1))) : expression(g, scope, 2);
  return stmt`{\nu32 ${key} = ${value};\n${map.type.name} *${name} = bpf_map_lookup_elem(&${map.name}, &${key});\nif (${name}) {\n${body(g, inner)}\n}\n}`;
}

const ATOMICS = [
  "fetch_and_add",
  "fetch_and_sub",
  "fetch_and_or",
  "fetch_and_and",
  "fetch_and_xor",
  "lock_test_and_set",
];

function atomic(g, scope) {
  const variable = variableWhere(g, scope, (one) => one.shared && writable(one) && !one.volatile);
  if (!variable) return assignment(g, scope);
  const place = placeIn(g, scope, variable);
  if (!place.plain || place.type.bits < 32 || place.type.isEnum) return assignment(g, scope);
  const value = expression(g, scope, 2);
  if (g.cpu < "v3") return stmt`__sync_fetch_and_add(&${place.node}, ${value});`;
  const name = g.fresh("a");
  const inner = withVariable(scope, { name, type: place.type, reg: true });
  const made = g.rng.chance(25)
    ? fixed`__sync_val_compare_and_swap(&${place.node}, ${value}, ${expression(g, scope, 1)})`
    : fixed`__sync_${g.rng.pick(ATOMICS)}(&${place.node}, ${value})`;
  if (g.rng.chance(40)) return stmt`${made};`;
  return stmt`{\n${place.type.name} ${name} = ${made};\n${body(g, inner, 2)}\n}`;
}

function leaving(g, scope) {
  const ways = [
    ...(scope.inLoop && !scope.inSwitch ? ["break;", "continue;"] : []),
    ...(scope.inLoop ? ["continue;"] : []),
    ...scope.labels.map((label) => `goto ${label};`),
  ];
  if (g.rng.chance(15) || ways.length === 0) {
    const given = scope.result === undefined ? expression(g, scope, 2) : fixed`${scope.result}`;
    const value = scope.isCallback ? fixed`(${given}) & 1` : given;
    return stmt`if (${expression(g, scope, 2)})\nreturn ${value};`;
  }
  return stmt`if (${expression(g, scope, 2)})\n${g.rng.pick(ways)}`;
}

/** One statement; small ones only where the scope's depth is used up. */
export function statement(g, scope) {
  const small = [
    [30, assignment],
    [4, stepping],
    [5, copying],
    [1, sliding],
    [4, atomic],
  ];
  if (scope.depth <= 0) return g.rng.weighted(small)(g, scope);
  return g.rng.weighted([
    ...small,
    [12, branch],
    [scope.weight < HEAVIEST ? 8 : 0, loop],
    [5, selection],
    [3, skipping],
    [9, local],
    [5, pointed],
    [5, looked],
    [4, leaving],
    [calls(g, scope) ? 9 : 0, call],
  ])(g, scope);
}
