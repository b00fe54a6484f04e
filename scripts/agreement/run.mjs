// Our verifier and the guest's over the same programs: where do they agree?
//
//   run [--group abcd] [--only WORD] [--seed N] [--count N] [--no-clang] [--no-foreign] [--release 7.2] [--keep FOLDER]
//       [--json FILE] [--names]
//
// Groups: a, examples, tests and the corpus; b, the kernel's verifier tests; c, small programs made from tables; d, random
// mutations of accepted programs. --only: files of a and b, rules of c. --seed and --count are for c and d. --release: the
// kernel that judges, and that ours judges for. In FOLDER objects and the kernel's answers stay and are not made again.
// --no-foreign leaves the corpus out, so that no kernel source is fetched. --names tells each program that is not judged,
// too. Exit status 1 where a bar is missed.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { KERNEL } from "../corpus/sources.mjs";
import { engine } from "./engine.mjs";
import { compareObjects, objectsOf, truthOf } from "./objects.mjs";
import { comparePatched } from "./patched.mjs";
import { smallObjects } from "./small.mjs";
import { confusion, disagreements, processedTable, unknowns } from "./table.mjs";

const { values: options } = parseArgs({
  options: {
    group: { type: "string", default: "ab" },
    only: { type: "string" },
    seed: { type: "string", default: "1" },
    count: { type: "string" },
    clang: { type: "boolean", default: true },
    foreign: { type: "boolean", default: true },
    release: { type: "string", default: KERNEL },
    keep: { type: "string" },
    json: { type: "string" },
    names: { type: "boolean" },
  },
  allowNegative: true,
});

const TITLES = {
  a: "(a) examples, tests and the corpus",
  b: "(b) the kernel's verifier tests",
  c: "(c) small programs from tables",
  d: "(d) accepted programs with one instruction changed",
};
const UNKNOWN_ALLOWED = { a: 3, b: 10, c: 3, d: 3 };

async function rowsOf(group, parts, folder) {
  if (group === "d") return patchedRows(parts, folder);
  const own = join(folder, group);
  const objects =
    group === "c"
      ? await smallObjects(Number(options.seed), Number(options.count ?? 1500), own, options.only)
      : await objectsOf(group, { folder: own, only: options.only, clang: options.clang, foreign: options.foreign });
  return compareObjects(parts, objects, await truthOf(objects, options.release, join(folder, `${group}.json`)));
}

/** Changes to programs of group (a), then a second look with the kernel's log at those on which the two differ. */
async function patchedRows(parts, folder) {
  const objects = await objectsOf("a", {
    folder: join(folder, "a"),
    only: options.only,
    clang: options.clang,
    foreign: options.foreign,
  });
  const truth = await truthOf(objects, options.release, join(folder, "a.json"));
  const task = {
    objects,
    truth,
    folder: join(folder, "d"),
    release: options.release,
    seed: Number(options.seed),
    count: Number(options.count ?? 20_000),
  };
  const rows = await comparePatched(parts, task);
  const differ = new Set(rows.filter(differs).map(({ name }) => name));
  if (differ.size === 0) return rows;
  const again = await comparePatched(parts, { ...task, verbose: true, pick: differ });
  const reasons = new Map(again.map(({ name, truth: told }) => [name, told.why]));
  return rows.map((row) =>
    reasons.has(row.name) ? { ...row, truth: { ...row.truth, why: reasons.get(row.name) } } : row,
  );
}

const differs = ({ truth, ours }) => ours.verdict !== "unknown" && ours.verdict !== truth.verdict;

function print(group, rows) {
  const met = confusion(TITLES[group], rows, UNKNOWN_ALLOWED[group]);
  processedTable(rows);
  disagreements(rows);
  console.log("\nnot judged because of");
  unknowns(rows);
  if (options.names) {
    for (const { name, truth, ours } of rows) {
      if (ours.verdict === "unknown") console.log(`${name}: ${truth.verdict}; ${ours.why}`);
    }
  }
  return met;
}

async function main() {
  const folder = options.keep ?? mkdtempSync(join(tmpdir(), "bpfasm-agreement-"));
  mkdirSync(folder, { recursive: true });
  try {
    const parts = await engine(options.release);
    const all = {};
    for (const group of options.group) all[group] = await rowsOf(group, parts, folder);
    const met = Object.entries(all).map(([group, rows]) => print(group, rows));
    if (options.json) writeFileSync(options.json, JSON.stringify(all));
    process.exitCode = met.every(Boolean) ? 0 : 1;
  } finally {
    if (!options.keep) rmSync(folder, { recursive: true, force: true });
  }
}

await main();
