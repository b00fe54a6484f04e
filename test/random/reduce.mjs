// Cuts a program down to the few statements that still show a difference. Every round tries many single changes in one
// boot, then how many of those that keep the difference can be made together.
import { sourceOf } from "./program.mjs";
import { changesOf, rebuilt } from "./tree.mjs";
import { buildPrograms, runPrograms } from "./trial.mjs";
import { differenceOf } from "./verdict.mjs";

const TRIES = 96;
const ROUNDS = 14;

/** Which of some trees still show the difference `why`; what no boot is needed for is not booted. */
async function stillDiffer(pool, kernel, program, roots, why) {
  // each in a file of its own: one that does not build must not make the others slower
  const programs = roots.map((root) => ({ prefix: program.prefix, cpu: program.cpu, text: sourceOf({ root }) }));
  const built = await buildPrograms(pool, programs);
  const outcomes = await runPrograms(kernel, built);
  return programs.map((one) => differenceOf(outcomes.get(one)) === why);
}

const together = (changes) => new Map(changes.map(({ node, other }) => [node, other]));

/** Prefixes of 1, 2, 4, ... changes and all. */
function prefixes(changes) {
  const sizes = [];
  for (let size = 1; size < changes.length; size *= 2) sizes.push(size, Math.floor(size * 1.5));
  return [...new Set([...sizes, changes.length])].filter((size) => size > 0 && size <= changes.length);
}

/** One change a node, the largest. */
function withoutRepeats(changes) {
  const seen = new Set();
  return changes.filter(({ node }) => !seen.has(node) && seen.add(node));
}

async function round(root, differs, offset) {
  const all = changesOf(root);
  const from = all.length > TRIES ? offset % all.length : 0;
  const tries = [...all.slice(from), ...all.slice(0, from)].slice(0, TRIES);
  const kept = await differs(tries.map((change) => rebuilt(root, together([change]))));
  const good = withoutRepeats(tries.filter((_, at) => kept[at]));
  if (good.length === 0)
    return { root, done: all.length <= TRIES || from + TRIES >= all.length, offset: offset + TRIES };
  if (good.length === 1) return { root: rebuilt(root, together(good)), done: false, offset: 0 };
  const candidates = prefixes(good).map((size) => rebuilt(root, together(good.slice(0, size))));
  const best = (await differs(candidates)).lastIndexOf(true);
  return { root: candidates[Math.max(0, best)], done: false, offset: 0 };
}

/** The source of a smaller program with the same difference. */
export async function reduce(pool, kernel, program, why) {
  const differs = (roots) => stillDiffer(pool, kernel, program, roots, why);
  let state = { root: program.root, done: false, offset: 0 };
  for (let count = 0; count < ROUNDS && !state.done; count++) state = await round(state.root, differs, state.offset);
  return sourceOf(state);
}
