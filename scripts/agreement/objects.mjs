// Groups (a) and (b): programs in objects. Ours and clang's of the corpus, our examples and tests; the kernel's own tests.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { build } from "../../test/kernel/harness/compiler.mjs";
import { fetch, project } from "../../test/kernel/harness/paths.mjs";
import { mapLimited } from "../../test/kernel/harness/process.mjs";
import { programs } from "../../test/kernel/harness/programs.mjs";
import { buildOurs, buildTheirs } from "../corpus/build.mjs";
import { judgeAll } from "../corpus/load.mjs";
import { corpusFiles, filesOf, KERNEL } from "../corpus/sources.mjs";
import { judged, linked } from "./engine.mjs";

const KERNEL_TESTS = "test/verifier/kernel-tests.txt";

/** Objects of a group, built into `folder`: { name, object }; a file that does not build is left out and named. */
export async function objectsOf(group, { folder, only, clang, foreign }) {
  mkdirSync(folder, { recursive: true });
  if (clang) fetch("headers", KERNEL);
  const theirs = foreign === false ? [] : group === "b" ? kernelTests(only, clang) : corpus(only, clang);
  const makers = group === "b" ? theirs : [...theirs, ...own(only)];
  const made = await mapLimited(makers, availableParallelism(), async ({ name, make }) => {
    const object = join(folder, `${name.replaceAll("/", "-")}.o`);
    const problem = existsSync(object) ? undefined : await make(folder, object);
    return { name, object, problem };
  });
  const failed = made.filter(({ problem }) => problem);
  for (const { name, problem } of failed) console.error(`not built: ${name}: ${problem}`);
  return made.filter(({ problem }) => !problem);
}

const withCompilers = (files, clang) =>
  files.flatMap((file) => {
    const unverified = { ...file, options: [...file.options, "--no-verify"] };
    const ours = { name: `${file.path}.bpfasm`, make: (folder) => problemOf(buildOurs(unverified, folder)) };
    const theirs = { name: `${file.path}.clang`, make: (folder) => problemOf(buildTheirs(file, folder)) };
    return clang ? [ours, theirs] : [ours];
  });

const corpus = (only, clang) => withCompilers(corpusFiles(only), clang);
const kernelTests = (only, clang) => withCompilers(filesOf(KERNEL_TESTS, only), clang);

async function problemOf(building) {
  const { object, problems } = await building;
  return object ? undefined : `${problems[0]?.code} ${problems[0]?.text ?? ""}`.slice(0, 200);
}

const own = (only = "") =>
  programs
    .filter(({ source }) => source.includes(only))
    .map((program) => ({
      name: program.source,
      make: async (_, object) => {
        const { status, stderr } = await build(join(project, program.source), object, program, "bpfasm");
        return status === 0 ? undefined : stderr.slice(0, 200);
      },
    }));

/** That kernel's answers by object and program; those in the file `kept` are not asked for again. */
export async function truthOf(objects, release, kept) {
  const known = existsSync(kept) ? JSON.parse(readFileSync(kept, "utf8")) : {};
  const open = objects.filter(({ name }) => !(name in known));
  if (open.length > 0) {
    const answers = await judgeAll(
      open.map(({ object }) => object),
      release,
    );
    for (const { name, object } of open) {
      const found = answers.get(object)?.programs ?? new Map();
      known[name] = Object.fromEntries([...found].map(([program, line]) => [program, truthIn(line)]));
    }
    writeFileSync(kept, JSON.stringify(known));
  }
  return known;
}

/** A program that went through counts as accepted, though the loader failed after it (at a map, at another program). */
function truthIn({ verdict, program, processed, insns, log = "", said = "" }) {
  const refused = said.includes(`prog '${program}': BPF program load failed`);
  if (verdict === "accepted" || (verdict === "rejected" && !refused)) return { verdict: "accepted", processed, insns };
  return { verdict, processed, insns, why: lastWord(log) || lastWord(said) };
}

const STATISTICS = /^(insns )?processed \d|^verification time|^stack depth|^-- /;

/** The last line of a log that is no statistics. */
const lastWord = (log) =>
  log
    .split("\n")
    .filter((line) => line !== "" && !STATISTICS.test(line))
    .at(-1) ?? "";

/** Rows { name, truth, ours } of all programs in the objects that the kernel judged. */
export function compareObjects(engine, objects, truth) {
  return objects.flatMap(({ name, object }) => {
    const byName = truth[name] ?? {};
    return programsIn(engine, object).flatMap((program) => {
      const answer = byName[program.name];
      if (!answer || answer.verdict === "not judged") return [];
      return [
        { name: `${name}:${program.name}`, section: program.section, truth: answer, ours: judged(engine, program) },
      ];
    });
  });
}

function programsIn(engine, object) {
  try {
    return linked(engine, object);
  } catch (error) {
    console.error(`${object}: ${error.stack}`);
    return [];
  }
}
