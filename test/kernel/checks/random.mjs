// Random programs of fixed seeds: what bpfasm makes of them does in the kernel what clang's objects do.
import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { Pool } from "../../random/pool.mjs";
import { makeProgram, sourceOf } from "../../random/program.mjs";
import { buildPrograms, runPrograms } from "../../random/trial.mjs";
import { differenceOf, isRefused } from "../../random/verdict.mjs";

const SEED = 1_000_000;
const COUNT = 200;
/** Programs that the kernel refuses from clang, too, say nothing; most have to say something. */
const MOST_REFUSED = COUNT / 4;

function programs() {
  return Array.from({ length: COUNT }, (_, at) => {
    const program = makeProgram(SEED + at, `p${SEED + at}`);
    return { ...program, text: sourceOf(program) };
  });
}

async function outcomesOfAll() {
  const pool = new Pool(availableParallelism());
  try {
    return await runPrograms("7.2-amd64", await buildPrograms(pool, programs()));
  } finally {
    pool.close();
  }
}

export default [
  {
    name: `random programs: ${COUNT} do what clang's do`,
    compilers: ["bpfasm"],
    host: async () => {
      const all = [...(await outcomesOfAll())];
      const found = all.flatMap(([{ seed }, outcomes]) => {
        const why = differenceOf(outcomes);
        return why ? [`seed ${seed}: ${why}`] : [];
      });
      assert.deepEqual(found, [], "npm run random -- --count 1 --seed SEED shows a small program");
      const refused = all.filter(([, outcomes]) => isRefused(outcomes)).length;
      assert.ok(refused <= MOST_REFUSED, `${refused} of ${COUNT} are refused from clang, too`);
    },
  },
];
