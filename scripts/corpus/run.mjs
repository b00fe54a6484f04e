// The corpus: BPF C of other people, built unmodified with bpfasm and clang and loaded in the guest; prints tables.
//
//   run [--build-only] [--no-clang] [--only WORD] [--json] [--keep]
//
// --only takes the files whose path holds WORD; --json prints one object a file instead of tables.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { command, fetch } from "../../test/kernel/harness/paths.mjs";
import { mapLimited } from "../../test/kernel/harness/process.mjs";
import { buildOurs, buildTheirs } from "./build.mjs";
import { judgeAll } from "./load.mjs";
import { corpusFiles, KERNEL } from "./sources.mjs";
import { buildTable, failureTable, loadTable, refusedTable, sizeTable } from "./table.mjs";

const { values: options } = parseArgs({
  options: {
    "build-only": { type: "boolean" },
    clang: { type: "boolean", default: true },
    only: { type: "string" },
    json: { type: "boolean" },
    keep: { type: "boolean" },
  },
  allowNegative: true,
});

async function buildAll(folder) {
  const files = corpusFiles(options.only);
  if (options.clang) fetch("headers", KERNEL);
  return mapLimited(files, availableParallelism(), async (file) => ({
    ...file,
    ours: await buildOurs(file, folder),
    ...(options.clang && { clang: await buildTheirs(file, folder) }),
  }));
}

/** Adds the kernel's verdicts to every object that was built. */
async function loadAll(files) {
  const objects = files.flatMap(({ ours, clang }) => [ours.object, clang?.object].filter(Boolean));
  const judged = await judgeAll(objects);
  const withVerdicts = (built) => built && { ...built, ...judged.get(built.object) };
  return files.map((file) => ({ ...file, ours: withVerdicts(file.ours), clang: withVerdicts(file.clang) }));
}

const plain = (built) => built && { ...built, programs: built.programs && Object.fromEntries(built.programs) };

function print(files) {
  if (options.json) {
    for (const file of files) {
      console.log(JSON.stringify({ path: file.path, ours: plain(file.ours), clang: plain(file.clang) }));
    }
    return;
  }
  buildTable(files);
  failureTable(files);
  if (options["build-only"]) return;
  loadTable(files);
  refusedTable(files);
  sizeTable(files);
}

async function main() {
  if (!existsSync(command)) throw new Error("dist/bpfasm.js is missing: npm run build");
  const folder = mkdtempSync(join(tmpdir(), "bpfasm-corpus-"));
  try {
    const built = await buildAll(folder);
    print(options["build-only"] ? built : await loadAll(built));
  } finally {
    if (options.keep) console.error(`objects are in ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

await main();
