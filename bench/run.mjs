// The bench: prints tables in Markdown, with ratios. Exit status 1 if a bar is missed. `--quick` takes fewer rounds, too few
// to hold times against bars: then only the bars of instructions count.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bpfasmArguments, clangArguments } from "../test/kernel/harness/compiler.mjs";
import { project } from "../test/kernel/harness/paths.mjs";
import { programNamed, programs } from "../test/kernel/harness/programs.mjs";
import { geometricMean, interleaved, slotsOf, warm } from "./measure.mjs";

const quick = process.argv.includes("--quick");
const COLD_ROUNDS = quick ? 9 : 31;
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

function cold() {
  const [alone, headers, clang] = interleaved(
    [
      ours("cookie", join(folder, "cold-1.o")),
      ours("cookie-headers", join(folder, "cold-2.o")),
      theirs("cookie-headers", join(folder, "cold-3.o")),
    ],
    COLD_ROUNDS,
  );
  head("Cold build of the cookie example, whole process", "", "median", "of clang's", "bar 0.75");
  row("clang-19 -O2 -g, vmlinux.h", ms(clang), "1.00", "");
  row("bpfasm build", ms(alone), ratio(alone, clang), timeBar("cold build", alone / clang <= 0.75));
  row("bpfasm build, with the includes", ms(headers), ratio(headers, clang), "");
}

async function warmApi() {
  const { compile } = await import("../dist/index.js");
  const { embeddedKernel } = await import("../dist/node.js");
  const kernel = embeddedKernel();
  head("Warm compilation through the API", "program", "median", "bar 5 ms");
  for (const name of ["cookie", "latency", "packet-record"]) {
    const source = readFileSync(sourceOf(name), "utf8");
    const compileOnce = () => compile(source, { kernel, fileName: name });
    if (!compileOnce().object) {
      row(name, "", bar(`${name} does not compile`, false));
      continue;
    }
    const time = warm(compileOnce, WARM_ROUNDS);
    row(name, ms(time), name === "cookie" ? timeBar("warm compilation", time < 5) : "");
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
  if (haveClang) code();
  if (!haveClang) console.log("\nskipped: clang-19 is missing, so there is no comparison");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(missed.length ? `\nbars missed: ${missed.join("; ")}` : "\nall bars kept");
process.exitCode = missed.length ? 1 : 0;
