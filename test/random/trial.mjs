// Builds and runs programs by the hundred in one boot of the guest, and says of each what came of its three objects.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { boot } from "../kernel/harness/guest.mjs";
import { fetch } from "../kernel/harness/paths.mjs";
import { VARIANTS } from "./build.mjs";
import { runAlone } from "./machine.mjs";

const BOOT_SECONDS = 2400;
const OBJECT_SECONDS = 400;
const PROGRAMS_PER_OBJECT = 8;

/** Groups of programs for one file: of one -mcpu and passes, few enough, no two of one name. */
function groupsOf(programs) {
  const groups = [];
  for (const program of programs) {
    const fits = (group) =>
      group.length < PROGRAMS_PER_OBJECT &&
      group[0].cpu === program.cpu &&
      group[0].alone === program.alone &&
      group.every(({ prefix }) => prefix !== program.prefix);
    const group = groups.find(fits);
    if (group) group.push(program);
    else groups.push([program]);
  }
  return groups;
}

/** Builds programs ({ prefix, cpu, text }); resolves to groups { programs, built } to be run, in a folder of their own. */
export async function buildPrograms(pool, programs) {
  const folder = mkdtempSync(join(tmpdir(), "bpfasm-random-"));
  const groups = await Promise.all(
    groupsOf(programs).map(async (group, index) => {
      const own = join(folder, String(index));
      mkdirSync(own);
      const { cpu, alone } = group[0];
      const request = { programs: group.map(({ prefix, text }) => ({ prefix, text })), cpu, alone, folder: own };
      return { programs: group, built: await pool.build(request) };
    }),
  );
  return { folder, groups };
}

const objectsOf = ({ built }) => Object.values(built.objects).flat();

/** A job for each object, so that none takes long; the first one's folder has the tool. */
function jobsOf(groups) {
  const rows = groups.flatMap((group, index) => objectsOf(group).map((path) => ({ group: index, path })));
  return rows.map(({ group, path }, at) => {
    const tool = at === 0 ? { sweep: fetch("sweep") } : {};
    const name = basename(path);
    return { group, job: { script: `../0/sweep ${name}`, objects: { [name]: path, ...tool } } };
  });
}

const unbuilt = (problem) => ({ kind: problem.startsWith("crash") ? "crash" : "unbuilt", text: problem });

function outcomeOf({ built }, outputs, variant, { prefix }) {
  const problem = built.problems[variant][prefix];
  if (problem) return unbuilt(problem);
  const names = built.objects[variant].map((path) => basename(path));
  const lines = outputs.flatMap(({ json }) => json);
  const line = lines.find(({ object, program }) => program === prefix && names.includes(object));
  if (!line) return { kind: "lost", text: outputs.map(({ text }) => text.slice(-200)).join("") };
  if (line.log !== undefined) return { kind: "refused", text: line.log };
  const rejected = built.rejected[variant][prefix];
  const value = `${line.error} ${line.retval} ${line.hash}`;
  return { kind: "ran", value, processed: line.processed, ...(rejected && { rejected }) };
}

async function outcomesIn({ folder, groups }, outcomeIn) {
  try {
    const outcomes = new Map();
    for (const group of groups)
      for (const program of group.programs) {
        const rows = VARIANTS.map((variant) => [variant, outcomeIn(group, variant, program)]);
        outcomes.set(program, Object.fromEntries(rows));
      }
    return outcomes;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs what was built in one boot; resolves to a Map of program to { O0, O2, clang } of outcomes. Removes the folder. */
export async function runPrograms(kernel, made) {
  const rows = jobsOf(made.groups);
  const jobs = rows.map(({ job }) => job);
  const outputs =
    jobs.length > 0 ? await boot(kernel, jobs, { seconds: BOOT_SECONDS, checkSeconds: OBJECT_SECONDS }) : [];
  const outputsOf = (group) => outputs.filter((_, index) => made.groups[rows[index].group] === group);
  return outcomesIn(made, (group, variant, program) => outcomeOf(group, outputsOf(group), variant, program));
}

/** The same without a kernel: what would be refused there is not noticed. */
export function runQuickly(made) {
  return outcomesIn(made, ({ built }, variant, { prefix, text }) => {
    const problem = built.problems[variant][prefix];
    if (problem) return unbuilt(problem);
    const rejected = built.rejected[variant][prefix];
    const paths = built.objects[variant];
    const path = paths.find((one) => one.endsWith(`-${prefix}.o`)) ?? paths[0];
    const value = runAlone(readFileSync(path), text, prefix);
    return { kind: "ran", value, ...(rejected && { rejected }) };
  });
}
