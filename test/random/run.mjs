// Random programs: bpfasm -O0, bpfasm -O2 and clang -O2 have to agree on what each of them does in the kernel.
//
//   run [--count N] [--seed S] [--jobs N] [--kernel NAME] [--show] [--quick] [--no-reduce] [--alone]
//
// --quick runs them in an interpreter of eBPF instead of the guest: soon done, but nobody judges them.
// --alone gives bpfasm -O2 one pass of those that can be left out, another for each program in turn.
// Programs have the seeds S, S + 1, ...; --show prints the source of program S and runs nothing. A difference is cut
// down to a small program, which is printed. Exit status 1 if there is a difference.
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { command } from "../kernel/harness/paths.mjs";
import { Pool } from "./pool.mjs";
import { makeProgram, sourceOf } from "./program.mjs";
import { reduce } from "./reduce.mjs";
import { buildPrograms, runPrograms, runQuickly } from "./trial.mjs";
import { differenceOf, isLimited, isRefused, reasonOf, tooMuchOf } from "./verdict.mjs";

const PER_BOOT = 250;
const REDUCED = 12;

const { values: options } = parseArgs({
  options: {
    count: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    jobs: { type: "string", default: "2" },
    kernel: { type: "string", default: "7.2-amd64" },
    show: { type: "boolean" },
    quick: { type: "boolean" },
    alone: { type: "boolean" },
    reduce: { type: "boolean", default: true },
  },
  allowNegative: true,
});

const passes = options.alone ? (await import("../../dist/index.js")).optionalPasses : [];

const programOf = (seed) => {
  const program = makeProgram(seed, `p${seed}`);
  return { ...program, text: sourceOf(program), alone: passes[seed % passes.length] };
};

function report({ seed, cpu, alone }, why, outcomes) {
  console.log(`seed ${seed} (-mcpu=${cpu}${alone ? `, ${alone} alone` : ""}): ${why}`);
  for (const [variant, outcome] of Object.entries(outcomes)) {
    const text = (outcome.value ?? outcome.text).slice(-400).replaceAll("\n", "\n    ");
    console.log(`  ${variant}: ${outcome.kind} ${text}`);
  }
}

/** { found, refused, limited, tooMuch, reasons } of programs `seed` to `seed + count - 1`; builds for a boot while the one before runs. */
async function sweep(pool, seed, count) {
  const sum = { found: [], refused: 0, limited: 0, tooMuch: { ours: [], clang: [] }, reasons: new Map() };
  let running = Promise.resolve();
  for (let at = 0; at < count; at += PER_BOOT) {
    const programs = Array.from({ length: Math.min(PER_BOOT, count - at) }, (_, i) => programOf(seed + at + i));
    const built = await buildPrograms(pool, programs);
    await running;
    running = (options.quick ? runQuickly(built) : runPrograms(options.kernel, built)).then((all) => {
      for (const [program, outcomes] of all) {
        if (isRefused(outcomes)) {
          sum.refused++;
          const reason = reasonOf(outcomes.clang);
          sum.reasons.set(reason, (sum.reasons.get(reason) ?? 0) + 1);
        }
        if (isLimited(outcomes, program.alone)) sum.limited++;
        sum.tooMuch[tooMuchOf(outcomes)]?.push(program.seed);
        const why = differenceOf(outcomes, program.alone);
        if (!why) continue;
        report(program, why, outcomes);
        sum.found.push({ program, why });
      }
      console.log(
        `     ${at + all.size} of ${count}, ${sum.found.length} differences, ${sum.refused} refused from clang`,
      );
    });
  }
  await running;
  return sum;
}

/** One of each kind of difference, made small. */
async function reduceAll(pool, found) {
  const kinds = new Map(found.map((one) => [one.why, one]));
  for (const { program, why } of [...kinds.values()].slice(0, REDUCED)) {
    const small = await reduce(pool, options.kernel, program, why);
    console.log(`\nseed ${program.seed} (-mcpu=${program.cpu}): ${why}\n${small}`);
  }
}

async function main() {
  const [seed, count] = [Number(options.seed), Number(options.count)];
  if (options.show) return console.log(programOf(seed).text);
  if (!existsSync(command)) throw new Error("dist/bpfasm.js is missing: npm run build");
  const pool = new Pool(Number(options.jobs));
  try {
    const { found, refused, limited, tooMuch, reasons } = await sweep(pool, seed, count);
    if (options.reduce) await reduceAll(pool, found);
    for (const [reason, times] of reasons) console.log(`${String(times).padStart(5)} refused from clang: ${reason}`);
    console.log(`${refused} refused from clang, too; ${limited} over a limit with little or no optimisation`);
    for (const [whose, seeds] of Object.entries(tooMuch))
      console.log(`${seeds.length} more than the kernel looks at, of ${whose} alone ${seeds.join(" ")}`);
    console.log(`${count} programs, ${found.length} differences`);
    process.exitCode = found.length > 0 ? 1 : 0;
  } finally {
    pool.close();
  }
}

await main();
