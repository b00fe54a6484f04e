// The bench: prints tables in Markdown, with ratios. Exit status 1 if a bar is missed. `--quick` takes fewer rounds, too few
// to hold times against bars: then only the bars of instructions count. `--corpus` measures that, too; BENCH_NODE names
// another Node to measure whole processes with.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bpfasmArguments, clangArguments } from "../test/kernel/harness/compiler.mjs";
import { command, project } from "../test/kernel/harness/paths.mjs";
import { programNamed, programs } from "../test/kernel/harness/programs.mjs";
import { corpus } from "./corpus.mjs";
import { growth } from "./growth.mjs";
import { geometricMean, interleaved, slotsOf, warm } from "./measure.mjs";

const quick = process.argv.includes("--quick");
const COLD_ROUNDS = quick ? 5 : 15;
const WARM_ROUNDS = quick ? 300 : 500;
/** The programs that have to be no longer than clang's, whatever the mean is. */
const NO_LONGER = ["entry-exit", "cookie"];

const folder = mkdtempSync(join(tmpdir(), "bpfasm-bench-"));
const missed = [];
const ms = (value) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
const ratio = (ours, theirs) => (ours / theirs).toFixed(2);
const row = (...cells) => console.log(`| ${cells.join(" | ")} |`);
const head = (title, ...cells) => {
  console.log(`\n### ${title}\n`);
  row(...cells);
  row(...cells.map((_, index) => (index === 0 ? "---" : "--:")));
};

/** Says whether a figure keeps its bar; one that does not makes the bench fail. */
function bar(what, kept) {
  if (!kept) missed.push(what);
  return kept ? "kept" : "**missed**";
}

/** A bar for a time: told, but not held against a quick run. */
const timeBar = (what, kept) => (quick ? (kept ? "kept" : "missed") : bar(what, kept));

const sourceOf = (name) => join(project, programNamed(name).source);
const ours = (name, output, how) => [process.execPath, ...bpfasmArguments(sourceOf(name), output, how)];
const theirs = (name, output, how) => ["clang-19", ...clangArguments(sourceOf(name), output, how)];

const NO_CACHE = { NODE_DISABLE_COMPILE_CACHE: "1" };
const COLD_BAR = 0.6;
const START_BAR = 1.3;

/** Rows of one Node: the start alone, and builds with and without what V8 compiled at an earlier start. */
const startsOf = (node) => [
  { name: "node -e 0", words: [node, "-e", "0"] },
  { name: "bpfasm --version", words: [node, command, "--version"] },
  { name: "bpfasm build", words: [node, ...ours("cookie", join(folder, "cold-1.o")).slice(1)] },
  {
    name: "the same, no code cache",
    words: [node, ...ours("cookie", join(folder, "cold-2.o")).slice(1)],
    env: NO_CACHE,
  },
  {
    name: "bpfasm build, with the includes",
    words: [node, ...ours("cookie-headers", join(folder, "cold-3.o")).slice(1)],
  },
];

/** This Node, and the one that BENCH_NODE names. */
const nodes = () =>
  [process.execPath, process.env.BENCH_NODE].filter(Boolean).map((node) => {
    const { stdout } = spawnSync(node, ["--version"], { encoding: "utf8" });
    return { node, version: stdout.trim() };
  });

/** Whole processes on each Node. */
function cold() {
  for (const { node, version } of nodes()) {
    const starts = startsOf(node);
    const [clang, ...best] = interleaved(
      [{ words: theirs("cookie-headers", join(folder, "cold.o")) }, ...starts],
      COLD_ROUNDS,
    );
    head(`Whole processes, the cookie example, Node ${version}`, "", "best", "of clang's", "of node -e 0", "bar");
    row("clang-19 -O2 -g, vmlinux.h", ms(clang), "1.00", "", "");
    const bars = {
      1: () => `${START_BAR} of node: ${timeBar("start-up", best[1] / best[0] <= START_BAR)}`,
      2: () => `${COLD_BAR} of clang: ${timeBar("cold build", best[2] / clang <= COLD_BAR)}`,
    };
    starts.forEach(({ name }, i) => {
      row(name, ms(best[i]), ratio(best[i], clang), ratio(best[i], best[0]), bars[i]?.() ?? "");
    });
  }
}

const GROWTH_BAR = 1.2;
const MEMORY_BAR = 1024;

function sizesOfInput() {
  for (const { name, rows } of growth(folder, quick, haveClang)) {
    head(`Growth: ${name}`, "count", "user time", "an item", "of the row before", "memory", "llvm-mc-19", "bar");
    for (const { size, ms: time, mb, perItem, growth: more, theirs: mc } of rows) {
      const kept = (more ?? 0) <= GROWTH_BAR && mb < MEMORY_BAR;
      const cells = [`${(perItem * 1000).toFixed(1)} µs`, more?.toFixed(2) ?? "", `${mb.toFixed(0)} MB`];
      row(size, ms(time), ...cells, mc === undefined ? "" : ms(mc), timeBar(`${size} ${name}`, kept));
    }
  }
}

const CORPUS_BAR = 0.15;

function wholeCorpus() {
  const { files, runs, clang } = corpus(folder, nodes());
  head(`The corpus, ${files.length} files`, "", "time", "of clang's", "all processors", "of clang's", "memory", "bar");
  row("clang-19, a process a file", ms(clang.wall), "1.00", ms(clang.cpu), "1.00", "", "");
  runs.forEach(({ name, wall, cpu, mb }, i) => {
    const told = i > 0 ? "" : `${CORPUS_BAR}: ${timeBar("the corpus", wall / clang.wall <= CORPUS_BAR)}`;
    row(name, ms(wall), ratio(wall, clang.wall), ms(cpu), ratio(cpu, clang.cpu), `${mb.toFixed(0)} MB`, told);
  });
  head("The slowest files", "", "compiled", "clang", "of clang's");
  for (const { path, ms: own, clang: their } of files.sort((a, b) => b.ms - a.ms).slice(0, 10))
    row(path, ms(own), ms(their.wall), ratio(own, their.wall));
}

async function warmApi() {
  const { compile } = await import("../dist/index.js");
  const { embeddedKernel } = await import("../dist/node.js");
  const kernel = embeddedKernel();
  head("Warm compilation through the API", "program", "median", "bar 3 ms");
  for (const name of ["cookie", "latency", "packet-record"]) {
    const source = readFileSync(sourceOf(name), "utf8");
    const compileOnce = () => compile(source, { kernel, fileName: name });
    if (!compileOnce().object) {
      row(name, "", bar(`${name} does not compile`, false));
      continue;
    }
    const time = warm(compileOnce, WARM_ROUNDS);
    row(name, ms(time), name === "cookie" ? timeBar("warm compilation", time < 3) : "");
  }
}

function sizes({ name, source, ...how }) {
  const [mine, clangs] = [join(folder, `${name}.o`), join(folder, `${name}.clang.o`)];
  for (const [file, ...words] of [ours(name, mine, how), theirs(name, clangs, how), ["llvm-strip-19", "-g", clangs]]) {
    const { status, stderr } = spawnSync(file, words, { encoding: "utf8", timeout: 60_000 });
    if (status !== 0) return { name, source, problem: stderr.split("\n")[0] || `status ${status}` };
  }
  const [slots, clangSlots] = [slotsOf(mine), slotsOf(clangs)];
  return { name, source, slots, clangSlots, bytes: statSync(mine).size, clangBytes: statSync(clangs).size };
}

function code() {
  head("Instructions and objects", "program", "slots", "clang v3", "ratio", "bytes", "clang, stripped", "ratio", "bar");
  const rows = programs.map(sizes);
  for (const { name, problem, slots, clangSlots, bytes, clangBytes } of rows) {
    if (problem !== undefined) row(name, bar(`${name}: ${problem}`, false), "", "", "", "", "", "");
    else {
      const kept = NO_LONGER.includes(name) ? bar(`slots of ${name}`, slots <= clangSlots) : "";
      row(name, slots, clangSlots, ratio(slots, clangSlots), bytes, clangBytes, ratio(bytes, clangBytes), kept);
    }
  }
  const good = rows.filter(({ problem }) => problem === undefined);
  const mean = (ratioOf) => (good.length ? geometricMean(good.map(ratioOf)).toFixed(2) : "");
  row(
    "geometric mean",
    "",
    "",
    mean((r) => r.slots / r.clangSlots),
    "",
    "",
    mean((r) => r.bytes / r.clangBytes),
    "",
  );
}

const haveClang = spawnSync("clang-19", ["--version"]).status === 0;
try {
  console.log(`## Bench (Node ${process.versions.node}${quick ? ", quick" : ""})`);
  if (haveClang) cold();
  else bar("clang-19 is missing: nothing to compare with", !process.env.CI);
  await warmApi();
  sizesOfInput();
  if (haveClang && process.argv.includes("--corpus")) wholeCorpus();
  if (haveClang) code();
  if (!haveClang) console.log("\nskipped: clang-19 is missing, so there is no comparison");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(missed.length ? `\nbars missed: ${missed.join("; ")}` : "\nall bars kept");
process.exitCode = missed.length ? 1 : 0;
