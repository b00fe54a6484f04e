// Integers of 128 bits inside of expressions: what clang compiles for BPF without a library. A wide expression is a
// `fixed` node, so that nothing narrow takes its place; the 64-bit ones in it are `expr` nodes as any other.
import { ex, fixed } from "./tree.mjs";

const NAMES = ["unsigned __int128", "__int128"];
const POWERS = [1, 2, 8, 64, 4096];

/** A wide value of narrower ones that `e` makes. */
function leaf(g, e) {
  const name = g.rng.pick(NAMES);
  return g.rng.weighted([
    [3, () => fixed`(${name})${ex`(${e()})`}`],
    [2, () => fixed`((unsigned __int128)${ex`(${e()})`} << 64 | (u64)${ex`(${e()})`})`],
    [1, () => fixed`((__int128)${ex`(${e()})`} << ${g.rng.range(1, 127)})`],
    [1, () => fixed`((unsigned __int128)${g.rng.wide(63)}ull << ${g.rng.range(1, 127)} | ${g.rng.below(1000)})`],
  ])();
}

/** An expression of of 128 bits, with at most `depth` operators above each other. */
export function wideExpression(g, e, depth) {
  if (depth <= 0 || g.rng.chance(20)) return leaf(g, e);
  const w = () => wideExpression(g, e, depth - 1);
  return g.rng.weighted([
    [8, () => fixed`(${w()} ${g.rng.pick(["+", "-", "&", "|", "^"])} ${w()})`],
    [4, () => fixed`(${w()} ${g.rng.pick(["<<", ">>"])} ${g.rng.pick([1, 8, 31, 63, 64, 65, 96, 127])})`],
    [2, () => fixed`(${g.rng.pick(["-", "~", "+"])}${w()})`],
    [1, () => fixed`(${w()} * ${g.rng.pick(POWERS)})`],
    [1, () => fixed`((unsigned __int128)${w()} ${g.rng.pick(["/", "%"])} ${g.rng.pick(POWERS)}u)`],
    [2, () => fixed`(${ex`(${e()})`} ? ${w()} : ${w()})`],
    [1, () => fixed`(${w()} ?: ${w()})`],
    [1, () => fixed`((${g.rng.pick(NAMES)})${w()})`],
    [2, () => fixed`(${w()} + ${ex`(${e()})`})`],
  ])();
}

/** A variable that changes before it is read. */
function stepped(g, w) {
  const name = g.fresh("w");
  const steps = Array.from({ length: g.rng.range(1, 3) }, () =>
    g.rng.weighted([
      [4, () => fixed`${name} ${g.rng.pick(["+=", "-=", "&=", "|=", "^=", "="])} ${w()};`],
      [2, () => fixed`${g.rng.pick([`${name}++`, `--${name}`, `${name} >>= 7`, `${name} <<= 66`])};`],
      [1, () => fixed`if (${name} ${g.rng.pick(["<", ">=", "=="])} ${w()}) ${name} -= 3;`],
    ])(),
  );
  const read = `(u64)(${name} >> ${g.rng.pick([0, 5, 64, 100])})`;
  return ex`({ ${g.rng.pick(NAMES)} ${name} = ${w()}; ${{ kind: "fixed", parts: steps }} ${read}; })`;
}

/** An expression of at most 64 bits that a wide one is computed for. */
export function throughWide(g, e, depth) {
  const w = () => wideExpression(g, e, depth);
  return g.rng.weighted([
    [3, () => ex`((${g.rng.pick(["u64", "s64", "u32", "s16", "_Bool"])})${w()})`],
    [3, () => ex`((u64)(${w()} >> ${g.rng.pick([1, 60, 64, 90, 127])}))`],
    [4, () => ex`(${w()} ${g.rng.pick(["<", ">", "<=", ">=", "==", "!="])} ${w()})`],
    [1, () => ex`(!${w()})`],
    [2, () => ex`(${w()} ? ${e()} : ${e()})`],
    [1, () => ex`(${w()} && ${e()})`],
    [3, () => stepped(g, w)],
  ])();
}
