// The kernel tests: builds the programs of all checks, boots each kernel once, prints a line for each check and a sum.
//
//   run [--kernel NAME] [--list] [--keep] [WORD...]
//
// WORDs choose the checks whose name contains one of them; --kernel chooses by place (7.2-amd64, host, ...).
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { build, compilerName } from "./harness/compiler.mjs";
import { boot } from "./harness/guest.mjs";
import { command, kernelTests, project } from "./harness/paths.mjs";
import { mapLimited } from "./harness/process.mjs";
import { skipReason } from "./harness/skip.mjs";

const AT_ONCE = 2;

const { values: options, positionals: words } = parseArgs({
  allowPositionals: true,
  options: { kernel: { type: "string" }, list: { type: "boolean" }, keep: { type: "boolean" } },
});

async function readChecks() {
  const files = readdirSync(join(kernelTests, "checks")).filter((name) => name.endsWith(".mjs"));
  const modules = await Promise.all(files.sort().map((name) => import(join(kernelTests, "checks", name))));
  return modules.flatMap((module) => module.default);
}

/** One row for each check and place: { check, place, id }. */
const rowsOf = (checks) =>
  checks
    .flatMap((check) => (check.kernels ?? ["host"]).map((place) => ({ check, place, id: `${place} ${check.name}` })))
    .filter(({ check }) => !check.compilers || check.compilers.includes(compilerName))
    .filter(({ place }) => !options.kernel || place.startsWith(options.kernel))
    .filter(({ check }) => words.length === 0 || words.some((word) => check.name.includes(word)));

const score = { passed: 0, failed: 0 };
const indent = (text) => text.replace(/^/gm, "    ");

function report(id, problem) {
  score[problem ? "failed" : "passed"]++;
  console.log(`${problem ? "FAIL" : "ok  "} ${id}${problem ? `\n${indent(problem.slice(0, 4000))}` : ""}`);
}

async function attempt(id, work) {
  try {
    await work();
    report(id);
  } catch (error) {
    const reason = skipReason(error);
    if (!reason) report(id, error instanceof assert.AssertionError ? error.message : String(error.stack ?? error));
    else if (process.env.CI) report(id, `skipped: ${reason}`);
    else console.log(`skip ${id}: ${reason}`);
  }
}

const builds = new Map();

/** Builds each program once for an architecture, however many checks and kernels use it. */
function buildOnce(folder, arch, program) {
  const { source, name: _, compiler, ...given } = typeof program === "string" ? { source: program } : program;
  const how = { ...given, flags: typeof given.flags === "function" ? given.flags() : given.flags };
  const key = JSON.stringify([arch, source, how, compiler]);
  if (!builds.has(key)) {
    const output = join(folder, `${builds.size}.o`);
    const done = build(resolve(project, source), output, { arch, ...how }, compiler).then((result) => ({
      ...result,
      output,
      source,
    }));
    builds.set(key, done);
  }
  return builds.get(key);
}

/** Builds the objects of a row; its problem is the compiler's complaint. */
async function prepare(folder, row) {
  const arch = row.place.split("-")[1];
  const objects = {};
  for (const [name, program] of Object.entries(row.check.objects ?? {})) {
    const built = await buildOnce(folder, arch, program);
    if (built.status !== 0)
      return { ...row, problem: `${built.source} does not build\n${built.stderr}${built.stdout}` };
    objects[name] = built.output;
  }
  try {
    return { ...row, job: { script: row.check.script, objects: { ...objects, ...(await row.check.files?.()) } } };
  } catch (error) {
    return { ...row, problem: skipReason(error) ?? String(error.stack) };
  }
}

async function runInGuest(kernel, rows, folder) {
  const prepared = await mapLimited(rows, AT_ONCE, (row) => prepare(folder, row));
  const ready = prepared.filter((row) => !row.problem);
  for (const row of prepared) if (row.problem) report(row.id, row.problem);
  if (ready.length === 0) return;
  const outputs = await boot(
    kernel,
    ready.map((row) => row.job),
  );
  for (const [index, row] of ready.entries()) {
    await attempt(row.id, async () => {
      if (!row.check.mayFail) outputs[index].assertDone();
      outputs[index].assertTypesTaken();
      await row.check.expect(outputs[index]);
    });
  }
}

async function main() {
  const rows = rowsOf(await readChecks());
  if (options.list) return rows.forEach((row) => void console.log(row.id));
  if (compilerName === "bpfasm" && !existsSync(command)) throw new Error("dist/bpfasm.js is missing: npm run build");
  const folder = mkdtempSync(join(tmpdir(), "bpfasm-kernel-"));
  const guests = [...new Set(rows.map((row) => row.place))].filter((place) => place !== "host");
  await mapLimited(guests, AT_ONCE, async (kernel) => {
    const started = Date.now();
    await runInGuest(
      kernel,
      rows.filter((row) => row.place === kernel),
      folder,
    );
    console.log(`     ${kernel}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
  });
  for (const [index, { check, id }] of rows.filter((row) => row.place === "host").entries()) {
    const own = join(folder, `host-${index}`);
    mkdirSync(own);
    await attempt(id, () => check.host({ folder: own }));
  }
  if (options.keep) console.log(`objects are in ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
  console.log(`${score.passed} passed, ${score.failed} failed`);
  process.exitCode = score.failed || score.passed === 0 ? 1 : 0;
}

await main();
