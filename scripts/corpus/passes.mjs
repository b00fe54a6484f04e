// What each pass of the optimizer is worth: the corpus compiled without it, beside the corpus compiled with all.
//
//   passes [--only WORD] [--pass NAME]... [--jobs N]
//
// Prints a table in Markdown: instructions in slots of 8 bytes over the files that both ways build, the geometric mean of
// the ratio by file, how many files become longer and shorter without the pass, and which do not build without it.
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { geometricMean, slotsIn } from "../../bench/measure.mjs";
import { optionalPasses } from "../../dist/index.js";
import { compileFile } from "./in-process.mjs";
import { corpusFiles } from "./sources.mjs";

/** Slots of one file; undefined if it does not build. */
function slots(file, withoutPasses) {
  const { object } = compileFile(file, { verify: false, withoutPasses });
  return object && slotsIn(Buffer.from(object));
}

/** In a worker: sizes of every `step`th file without each pass of `rows`. */
function work({ only, rows, at, step }) {
  const files = corpusFiles(only).filter((_, index) => index % step === at);
  return rows.map((without) => files.map((file) => slots(file, without) ?? 0));
}

const inWorker = (data) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: data });
    worker.on("message", resolve).on("error", reject);
  });

function row(name, without, all) {
  const built = all.flatMap((size, i) => (size && without[i] ? [[size, without[i]]] : []));
  const sum = (side) => built.reduce((total, pair) => total + pair[side], 0);
  const mean = geometricMean(built.map(([a, b]) => b / a));
  const lost = all.filter((size, i) => size && !without[i]).length;
  const changed = (test) => built.filter(([a, b]) => test(b - a)).length;
  const cells = [sum(1) - sum(0), mean.toFixed(4), changed((d) => d > 0), changed((d) => d < 0), lost];
  console.log(`| \`${name}\` | ${cells.join(" | ")} |`);
}

async function main() {
  const { values: options } = parseArgs({
    options: {
      only: { type: "string", default: "" },
      pass: { type: "string", multiple: true, default: [...optionalPasses] },
      jobs: { type: "string", default: "2" },
    },
  });
  const rows = [[], ...options.pass.map((name) => [name])];
  const step = Number(options.jobs);
  const parts = await Promise.all(
    Array.from({ length: step }, (_, at) => inWorker({ only: options.only, rows, at, step })),
  );
  const [all, ...without] = rows.map((_, i) => parts.flatMap((part) => part[i]));
  const built = all.filter(Boolean);
  console.log(`${built.length} files, ${built.reduce((sum, size) => sum + size, 0)} slots with all passes\n`);
  console.log("| without | slots more | mean ratio | files longer | shorter | not built |");
  console.log("| --- | --: | --: | --: | --: | --: |");
  for (const [i, name] of options.pass.entries()) row(name, without[i], all);
}

if (isMainThread) await main();
else parentPort.postMessage(work(workerData));
