// Whether programs do the same when bpfasm builds them as when clang does: both objects run in the guest under the same
// activity, and what they leave behind is compared.
//
//   behave [--only WORD] [--file PATH] [--lines] [--keep]
//
// The files are those of test/corpus/behaviour.json; --file, which may be given several times, takes any of the corpus.
// clang's object runs twice: what differs between its two runs is chance, and is masked. A file that still differs runs
// again with its masks added to, as what two runs do not show a third may. --lines prints to stderr what bpfrun printed.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "../../test/kernel/harness/compiler.mjs";
import { fetch, project } from "../../test/kernel/harness/paths.mjs";
import { mapLimited } from "../../test/kernel/harness/process.mjs";
import { runAll } from "./activity.mjs";
import { buildOurs, buildTheirs } from "./build.mjs";
import { allKinds, kindsOf } from "./kinds.mjs";
import { compare, learnMasks, observe, observedBytes } from "./observe.mjs";
import { corpusFiles, KERNEL } from "./sources.mjs";

const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    file: { type: "string", multiple: true },
    lines: { type: "boolean" },
    keep: { type: "boolean" },
  },
});

const ROUNDS = 3;
const OWN = "test/kernel/";

const table = () => JSON.parse(readFileSync(join(project, "test/corpus/behaviour.json"), "utf8"));
const nameOf = (path) => path.split("/").at(-1);

/** Builds a program of our own with one compiler. */
async function buildOwn(path, folder, compiler) {
  const object = join(folder, `${path.replaceAll("/", "-")}.${compiler}.o`);
  const { status, stderr } = await build(join(project, path), object, {}, compiler);
  if (status !== 0) throw new Error(`${path} does not build with ${compiler}: ${stderr}`);
  return object;
}

async function buildCorpus(file, folder) {
  const built = [await buildOurs(file, folder), await buildTheirs(file, folder)];
  const failed = built.find(({ object }) => !object);
  if (failed) throw new Error(`${file.path} does not build: ${JSON.stringify(failed.problems)}`);
  return built.map(({ object }) => object);
}

/** A row with its objects: clang's first, then ours, then clang's again. */
async function buildRow(row, corpus, folder) {
  const both = async (path) =>
    path.startsWith(OWN)
      ? [await buildOwn(path, folder, "bpfasm"), await buildOwn(path, folder, "clang")]
      : buildCorpus(corpus.get(path), folder);
  const [ours, clang] = await both(row.path);
  const [ourTarget, clangTarget] = row.beside ? await both(row.beside) : [];
  const targets = row.beside && { "target-1.o": clangTarget, "target-2.o": ourTarget, "target-3.o": clangTarget };
  return { ...row, objects: { "1.o": clang, "2.o": ours, "3.o": clang, ...targets } };
}

/** Runs of one file so far: { clang, ours } are lists of what a run printed; `problem` says why there is none. */
function addRuns(known, [first, own, second]) {
  const problem =
    !second || first.problem || second.problem
      ? `clang's did not run: ${first?.problem ?? second?.problem ?? "no end"}`
      : own.problem;
  if (problem) return known.clang.length > 0 ? known : { ...known, problem: problem.replaceAll("\n", " ") };
  return { clang: [...known.clang, first.lines, second.lines], ours: [...known.ours, own.lines] };
}

/** Masks of the runs and those of the table: what no second run of the same object could show. */
function allMasks(learned, fixed) {
  const isList = (item) => Array.isArray(learned[item]) && Array.isArray(fixed[item]);
  const both = (item) => (isList(item) ? [...learned[item], ...fixed[item]] : fixed[item]);
  return { ...learned, ...Object.fromEntries(Object.keys(fixed).map((item) => [item, both(item)])) };
}

/** { word, compared, masked, bytes, kinds, differing } of all runs of a file. */
function judge({ clang, ours, problem }, fixed = {}) {
  if (problem) return { word: problem, failed: true, differing: [], kinds: [] };
  const seen = clang.map(observe);
  const masks = allMasks(learnMasks(seen), fixed);
  const results = ours.map((lines) => compare(observe(lines), seen[0], masks));
  const differing = results.flatMap((result) => result.differing);
  const bytes = Math.min(...[...clang, ...ours].map((lines) => observedBytes(lines, masks)));
  const word =
    differing.length > 0 ? differing.map(({ item }) => item).join(", ") : bytes > 0 ? "same" : "nothing seen";
  const { compared } = results[0];
  return {
    ...{ word, compared, bytes, differing, failed: differing.length > 0 },
    ...{ masked: Object.keys(masks).length, kinds: kindsOf(clang[0]) },
  };
}

/** Runs all rows, and those that differ again; Map from path to what `judge` says. */
async function judgeAll(rows) {
  const runs = new Map(rows.map(({ path }) => [path, { clang: [], ours: [] }]));
  const verdicts = new Map();
  let open = rows;
  for (let round = 0; round < ROUNDS && open.length > 0; round++) {
    for (const [path, parts] of await runAll(open)) runs.set(path, addRuns(runs.get(path), parts));
    for (const { path, masks } of open) verdicts.set(path, judge(runs.get(path), masks));
    if (round > 0) console.error(`round ${round + 1}: ${open.map(({ path }) => nameOf(path)).join(" ")}`);
    open = open.filter(({ path }) => verdicts.get(path).failed);
  }
  if (options.lines) for (const [path, run] of runs) console.error(JSON.stringify({ path, ...run }));
  return verdicts;
}

const line = (...cells) => console.log(`| ${cells.join(" | ")} |`);

function tellDifferences(path, differing) {
  for (const { item, ours, clang } of differing) {
    const cut = (values) => values.join(" ").slice(0, 500);
    console.error(`${nameOf(path)}: ${item}\n  ours  ${cut(ours)}\n  clang ${cut(clang)}`);
  }
}

function print(verdicts) {
  const all = [...verdicts];
  const same = all.filter(([, { word }]) => word === "same");
  const nothing = all.filter(([, { word }]) => word === "nothing seen");
  console.log("\n### Same behaviour\n");
  line("file", "program kinds that ran", "items", "masked", "bytes that programs made", "result");
  line("---", "---", "--:", "--:", "--:", "---");
  for (const [path, { kinds, compared, masked, bytes, word, differing }] of all) {
    line(nameOf(path), kinds.join(", "), compared ?? "", masked ?? "", bytes ?? "", word);
    tellDifferences(path, differing);
  }
  console.log(`\n${same.length} of ${all.length} files the same; in ${nothing.length} there was nothing to see`);
  console.log("\n### Kinds\n");
  line("kind", "files that are the same");
  line("---", "---");
  for (const kind of allKinds) {
    const files = same.filter(([, { kinds }]) => kinds.includes(kind));
    if (files.length > 0) line(kind, files.map(([path]) => nameOf(path)).join(", "));
  }
  const absent = allKinds.filter((kind) => !same.some(([, { kinds }]) => kinds.includes(kind)));
  console.log(`\nno file of: ${absent.join(", ") || "none"}`);
}

/** Resolves to the number of files whose objects differ. */
async function behave(folder) {
  const rows = options.file
    ? options.file.map((path) => table().find((row) => row.path.endsWith(path)) ?? corpusFiles(path)[0])
    : table().filter(({ path }) => path.includes(options.only));
  const corpus = new Map(corpusFiles().map((file) => [file.path, file]));
  fetch("headers", KERNEL);
  const built = await mapLimited(rows, availableParallelism(), (row) => buildRow(row, corpus, folder));
  const verdicts = await judgeAll(built);
  print(verdicts);
  return [...verdicts.values()].filter(({ failed }) => failed).length;
}

const folder = mkdtempSync(join(tmpdir(), "bpfasm-behave-"));
try {
  process.exitCode = (await behave(folder)) > 0 ? 1 : 0;
} finally {
  if (options.keep) console.error(`objects are in ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}
