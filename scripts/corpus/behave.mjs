// Whether programs of the corpus do the same when bpfasm builds them as when clang does: both objects run in the guest
// under the same activity, and what they leave behind is compared.
//
//   behave [--only WORD] [--learn] [--keep]
//
// The files and what may differ between two runs of one object are those of test/corpus/behaviour.json; --learn finds
// out what differs by running clang's object twice, and prints the table anew.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fetch, project } from "../../test/kernel/harness/paths.mjs";
import { mapLimited } from "../../test/kernel/harness/process.mjs";
import { runAll } from "./activity.mjs";
import { buildOurs, buildTheirs } from "./build.mjs";
import { compare, learnMasks } from "./observe.mjs";
import { corpusFiles, KERNEL } from "./sources.mjs";

const { values: options } = parseArgs({
  options: { only: { type: "string" }, learn: { type: "boolean" }, keep: { type: "boolean" } },
});

const table = () => JSON.parse(readFileSync(join(project, "test/corpus/behaviour.json"), "utf8"));

async function buildBoth(files, folder) {
  fetch("headers", KERNEL);
  return mapLimited(files, availableParallelism(), async (file) => ({
    path: file.path,
    ours: await buildOurs(file, folder),
    clang: await buildTheirs(file, folder),
  }));
}

const kindsOf = ({ lines }) => [
  ...new Set(lines.filter((line) => line.counted !== undefined && line.runs > 0).map((line) => line.type)),
];

/** Runs clang's object, ours and clang's again; a row for each file of whose programs at least one ran. */
async function learn(built) {
  const both = built.filter(({ ours, clang }) => ours.object && clang.object);
  const files = both.map(({ path, ours, clang }) => ({
    path,
    objects: { "1.o": clang.object, "2.o": ours.object, "3.o": clang.object },
  }));
  const rows = [];
  for (const [path, parts] of await runAll(files)) {
    const [first, own, second] = parts;
    if (parts.length < 3 || first.problem || second.problem) {
      console.error(`${path}: ${first?.problem ?? second?.problem ?? "did not end"}`);
      if (!own?.problem) continue;
    }
    const masks = learnMasks([first.seen, second.seen]);
    rows.push({ path, kinds: kindsOf(first), masks });
    const { differing } = compare(own.seen, first.seen, masks);
    if (own.problem && !first.problem) console.error(`OURS ${path}: ${own.problem}`);
    for (const { item, ours, clang } of differing)
      console.error(
        `DIFF ${path}: ${item}\n  ours  ${ours.join(" ").slice(0, 300)}\n  clang ${clang.join(" ").slice(0, 300)}`,
      );
  }
  console.log(
    JSON.stringify(
      rows.filter(({ kinds }) => kinds.length > 0),
      null,
      1,
    ),
  );
}

const row = (...cells) => console.log(`| ${cells.join(" | ")} |`);

function verdictOf({ masks }, [ours, clang]) {
  if (!clang || clang.problem) return { word: "clang's did not run", failed: true };
  if (ours.problem) return { word: ours.problem.replaceAll("\n", " "), failed: true };
  const { compared, differing } = compare(ours.seen, clang.seen, masks);
  const word = differing.length === 0 ? "same" : differing.map(({ item }) => item).join(", ");
  return { word, compared, failed: differing.length > 0, differing };
}

async function check(built, rows) {
  const files = built.map(({ path, ours, clang }) => ({ path, objects: { "1.o": ours.object, "2.o": clang.object } }));
  const results = await runAll(files);
  console.log("\n### Same behaviour\n");
  row("file", "program kinds that ran", "compared", "masked", "result");
  row("---", "---", "--:", "--:", "---");
  let failed = 0;
  for (const given of rows) {
    const verdict = verdictOf(given, results.get(given.path) ?? []);
    failed += verdict.failed ? 1 : 0;
    const name = given.path.split("/").at(-1);
    row(name, given.kinds.join(", "), verdict.compared ?? "", Object.keys(given.masks).length, verdict.word);
    for (const { item, ours, clang } of verdict.differing ?? [])
      console.error(
        `${name}: ${item}\n  ours  ${ours.join(" ").slice(0, 500)}\n  clang ${clang.join(" ").slice(0, 500)}`,
      );
  }
  row(`${rows.length - failed} of ${rows.length} the same`, "", "", "", "");
  return failed;
}

/** Resolves to the number of files whose objects differ. */
async function behave(folder) {
  const rows = table().filter(({ path }) => path.includes(options.only ?? ""));
  const wanted = new Set(rows.map(({ path }) => path));
  const built = await buildBoth(
    corpusFiles(options.only).filter(({ path }) => wanted.has(path)),
    folder,
  );
  if (options.learn) {
    await learn(built);
    return 0;
  }
  const unbuilt = built.find(({ ours, clang }) => !ours.object || !clang.object);
  if (unbuilt) throw new Error(`${unbuilt.path} does not build`);
  return check(built, rows);
}

const folder = mkdtempSync(join(tmpdir(), "bpfasm-behave-"));
try {
  process.exitCode = (await behave(folder)) > 0 ? 1 : 0;
} finally {
  if (options.keep) console.error(`objects are in ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}
