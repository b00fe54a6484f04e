// The verifier at length: objects of the corpus whose programs the kernel follows for long, each read and linked once in a
// process of its own and verified until a million instructions are followed, beside what the kernel processed of the same
// object. What counts for the bar is the verifying, the first time included. Exit status 1 if a bar is missed.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildOurs } from "../scripts/corpus/build.mjs";
import { judgeAll } from "../scripts/corpus/load.mjs";
import { corpusFiles } from "../scripts/corpus/sources.mjs";
import { optionsOf } from "./v8-options.mjs";

/** Some that take most, by paths and by sheer size. */
const FILES =
  /\/progs\/(?:test_verif_scale[12]|core_kern|pyperf(?:600_nounroll|100)|loop1|strobemeta(?:_nounroll2)?)\.c$/;
/** Seconds for a million instructions, and megabytes. */
const SECONDS = 3;
const MEGABYTES = 1024;

const worker = fileURLToPath(new URL("./verify-one.mjs", import.meta.url));
const options = optionsOf(process.execPath);

function verified(object) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...options, worker, object], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

const sum = (numbers) => numbers.reduce((all, n) => all + n, 0);

async function measured(folder) {
  const built = [];
  for (const file of corpusFiles().filter(({ path }) => FILES.test(path)))
    built.push({ path: file.path, ...(await buildOurs(file, folder)) });
  const judged = await judgeAll(built.map(({ object }) => object));
  return built.map(({ path, object }) => {
    const ours = verified(object);
    const theirs = [...judged.get(object).programs.values()];
    const processed = sum(ours.programs.map((p) => p.processed));
    return {
      name: path.split("/").at(-1),
      verdicts: [...new Set(ours.programs.map(({ verdict }) => verdict))].join(", "),
      kernel: sum(theirs.map((p) => p.processed ?? 0)),
      processed,
      read: ours.read,
      first: ours.first,
      perMillion: ours.ms / 1000 / (ours.followed / 1e6),
      mb: ours.mb,
    };
  });
}

const folder = mkdtempSync(join(tmpdir(), "bpfasm-bench-"));
try {
  const rows = await measured(folder);
  console.log("| Object | kernel processed | ours | verdict | reading | first time | s a million | MB |");
  console.log("| --- | --: | --: | --- | --: | --: | --: | --: |");
  for (const r of rows) {
    const cells = [
      r.name,
      r.kernel,
      r.processed,
      r.verdicts,
      `${r.read.toFixed(0)} ms`,
      `${r.first.toFixed(0)} ms`,
      r.perMillion.toFixed(2),
      r.mb.toFixed(0),
    ];
    console.log(`| ${cells.join(" | ")} |`);
  }
  const slow = rows.filter((r) => r.perMillion > SECONDS);
  const large = rows.filter((r) => r.mb > MEGABYTES);
  console.log(`\nBar of ${SECONDS} s a million instructions: ${slow.length === 0 ? "kept" : "**missed**"}`);
  console.log(`Bar of ${MEGABYTES} MB: ${large.length === 0 ? "kept" : "**missed**"}`);
  process.exitCode = slow.length + large.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
