// Calls of a program's own functions, only where C says when they happen: no other part of the expression has a side
// effect or reads what the call may change.
import { expression, variableWhere } from "./expressions.mjs";
import { body, statement, withVariable } from "./statements.mjs";
import { ex, fixed, stmt, word } from "./tree.mjs";
import { intType } from "./types.mjs";
import { wideExpression } from "./wide.mjs";

const HEAVIEST_CALLS = 400;

/** The functions that a scope can afford and has arguments for. */
const candidates = (g, scope) =>
  g.functions.filter(
    (one) => one.cost * scope.weight <= HEAVIEST_CALLS && one.params.every((param) => argumentOf(g, scope, param)),
  );

export const calls = (g, scope) => candidates(g, scope).length > 0;

function argumentOf(g, scope, param) {
  if (param.pointer) {
    const found = scope.variables.filter(
      ({ reg, volatile, readonly, type }) =>
        !reg &&
        !volatile &&
        !readonly &&
        (type === param.pointer || (type.kind === "array" && type.of === param.pointer)),
    );
    if (found.length === 0) return undefined;
    const { name, type } = g.rng.pick(found);
    return word(type === param.pointer ? `&${name}` : `&${name}[${g.rng.below(type.len)}]`);
  }
  if (param.type.kind === "struct") {
    const variable = variableWhere(g, scope, ({ type, volatile }) => type === param.type && !volatile);
    return variable && word(variable.name);
  }
  if (param.wide) return wideExpression(g, () => expression(g, scope, 1), 1);
  return expression(g, scope, 2);
}

/** The text of a call: an integer expression with side effects, or a struct where the function returns one. */
function callOf(g, scope, one) {
  const parts = one.params.flatMap((param, at) => {
    const value = argumentOf(g, scope, param);
    const kind = param.pointer || param.wide || param.type.kind === "struct" ? "fixed" : "expr";
    return [at > 0 ? ", " : "", { ...value, kind }];
  });
  return { kind: one.result.kind === "struct" ? "fixed" : "expr", parts: [`${one.name}(`, ...parts, ")"] };
}

/** A condition; now and then one that calls. */
export function condition(g, scope) {
  const able = candidates(g, scope).filter(({ result }) => result.kind === "int");
  if (able.length === 0 || g.rng.chance(80)) return expression(g, scope, 2);
  const made = () => callOf(g, scope, g.rng.pick(able));
  return g.rng.weighted([
    [3, () => made()],
    [2, () => ex`(${made()} && ${expression(g, scope, 2)})`],
    [2, () => ex`(${expression(g, scope, 2)} || ${made()})`],
    [1, () => ex`(${expression(g, scope, 1)} ? ${made()} : ${expression(g, scope, 1)})`],
    [1, () => ex`(${made()} ${g.rng.pick(["<", "==", ">"])} ${g.rng.range(0, 100)})`],
    [1, () => ex`((${intType(g).name})${made()})`],
  ])();
}

/** A statement that calls a function and uses what it returns; a callback is called by bpf_loop. */
export function call(g, scope) {
  const one = g.rng.pick(candidates(g, scope));
  if (one.callback) return looped(g, scope, one);
  const name = g.fresh("r");
  const struct = one.result.kind === "struct";
  const type = struct ? one.result : g.rng.chance(60) ? one.result : intType(g);
  const inner = withVariable(scope, { name, type, reg: !struct });
  if (!struct && g.rng.chance(15)) return stmt`${callOf(g, scope, one)};`;
  return stmt`{\n${type.name} ${name} = ${callOf(g, scope, one)};\n${body(g, { ...inner, depth: Math.min(inner.depth, 2) }, 2)}\n}`;
}

function looped(g, scope, one) {
  const name = g.fresh("c");
  const values = one.callback.fields.flatMap((field) =>
    field.type.kind === "int" ? [`.${field.name} = `, expression(g, scope, 1), ", "] : [],
  );
  const inner = withVariable(scope, { name, type: one.callback });
  const rounds = g.rng.range(1, 5);
  return stmt`{\n${one.callback.name} ${name} = { ${{ kind: "fixed", parts: values }} };\n${fixed`bpf_loop(${rounds}, ${one.name}, &${name}, 0);`}\n${[statement(g, { ...inner, depth: 0 }), statement(g, { ...inner, depth: 0 })]}\n}`;
}
