// Cuts a program down to the few statements that still show a difference: one change after the other, each kept where
// the difference stays. Where the difference shows outside of a kernel, too, that is where it is looked for.
import { sourceOf } from "./program.mjs";
import { changesOf, rebuilt } from "./tree.mjs";
import { buildPrograms, runPrograms, runQuickly } from "./trial.mjs";
import { differenceOf } from "./verdict.mjs";

const QUICK_TRIES = 1500;
const BOOTS = 40;

const candidate = ({ prefix, cpu, alone }, root) => ({ prefix, cpu, alone, text: sourceOf({ root }) });

async function differsQuickly(pool, program, root, why) {
  const one = candidate(program, root);
  return differenceOf((await runQuickly(await buildPrograms(pool, [one]))).get(one), one.alone) === why;
}

async function differsInGuest(pool, kernel, program, root, why) {
  const one = candidate(program, root);
  const built = await buildPrograms(pool, [one]);
  return differenceOf((await runPrograms(kernel, built)).get(one), one.alone) === why;
}

/** The smallest tree that `differs`, as far as `tries` single changes get. */
async function shrink(root, tries, differs) {
  let best = root;
  let skip = 0;
  for (let count = 0; count < tries; count++) {
    const change = changesOf(best)[skip];
    if (!change) break;
    const smaller = rebuilt(best, new Map([[change.node, change.other]]));
    if (await differs(smaller)) best = smaller;
    else skip++;
  }
  return best;
}

/** The source of a smaller program with the same difference. */
export async function reduce(pool, kernel, program, why) {
  const quickly = (root) => differsQuickly(pool, program, root, why);
  if (await quickly(program.root)) return sourceOf({ root: await shrink(program.root, QUICK_TRIES, quickly) });
  const inGuest = (root) => differsInGuest(pool, kernel, program, root, why);
  return sourceOf({ root: await shrink(program.root, BOOTS, inGuest) });
}
