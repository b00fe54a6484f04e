// Builds a file of several programs with bpfasm -O0, bpfasm -O2 and clang -O2, in a worker thread of its own.
//
// A request is { programs: [{ prefix, text }], cpu, alone?, folder }, the answer { objects: { variant: [path] }, problems:
// { variant: { prefix: text } }, rejected: { variant: { prefix: text } } }: `problems` hinder an object, `rejected` is
// what our verifier says where the object exists all the same. `alone` names the one pass that bpfasm -O2 has of those
// that can be left out. A file that does not build is built program by program.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parentPort } from "node:worker_threads";
import { project } from "../kernel/harness/paths.mjs";
import { run } from "../kernel/harness/process.mjs";

export const VARIANTS = ["O0", "O2", "clang"];

const here = dirname(fileURLToPath(import.meta.url));
const LICENSE = 'char _license[] SEC("license") = "GPL";\n';

export const fileOf = (programs) => `${LICENSE}${programs.map(({ text }) => text).join("\n")}`;

const clangArguments = (source, output, cpu) => [
  ...["-O2", "-g", "-w", "-target", "bpf", `-mcpu=${cpu}`, "-fwrapv", "-fno-strict-aliasing", "-std=gnu11"],
  ...["-Wno-error", "-include", join(here, "clang.h"), "-x", "c", "-c", source, "-o", output],
];

async function withClang(programs, cpu, stem) {
  writeFileSync(`${stem}.c`, fileOf(programs));
  const limit = { timeout: 300_000, killSignal: "SIGKILL" };
  const { status, stderr } = await run("clang-19", clangArguments(`${stem}.c`, `${stem}.o`, cpu), limit);
  return status === 0 ? { object: `${stem}.o` } : { problem: stderr.slice(0, 600) || `status ${status}` };
}

let compiler;

async function library() {
  if (!compiler) {
    const [{ compile, optionalPasses }, { embeddedKernel }] = await Promise.all([
      import(join(project, "dist", "index.js")),
      import(join(project, "dist", "node.js")),
    ]);
    compiler = { compile, optionalPasses, kernel: embeddedKernel() };
  }
  return compiler;
}

const errorsOf = ({ diagnostics }) =>
  diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ code, text }) => `${code}: ${text}`)
    .join("; ");

async function withOurs(programs, { cpu, alone }, level, stem) {
  const { compile, kernel, optionalPasses } = await library();
  const withoutPasses = alone ? optionalPasses.filter((name) => name !== alone) : [];
  const options = {
    kernel,
    fileName: `${stem}.bpf.c`,
    cpu,
    level,
    withoutPasses,
    checkPasses: true,
    warnings: { none: true },
  };
  try {
    let made = compile(fileOf(programs), options);
    const findings = made.verdicts.filter(({ verdict }) => verdict === "rejected");
    const rejected = findings.map((one) => [
      one.program,
      one.findings.map(({ code, text }) => `${code}: ${text}`).join("; "),
    ]);
    if (!made.object && findings.length > 0) made = compile(fileOf(programs), { ...options, verify: false });
    if (!made.object) return { problem: errorsOf(made) };
    writeFileSync(`${stem}.o`, made.object);
    return { object: `${stem}.o`, rejected: Object.fromEntries(rejected) };
  } catch (error) {
    return { problem: `crash: ${error.stack}` };
  }
}

const buildWith = (variant, programs, how, stem) =>
  variant === "clang" ? withClang(programs, how.cpu, stem) : withOurs(programs, how, Number(variant[1]), stem);

async function buildVariant({ programs, folder, ...how }, variant) {
  const whole = await buildWith(variant, programs, how, join(folder, variant));
  if (whole.object) return { objects: [whole.object], problems: {}, rejected: whole.rejected ?? {} };
  if (programs.length === 1) return { objects: [], problems: { [programs[0].prefix]: whole.problem }, rejected: {} };
  const result = { objects: [], problems: {}, rejected: {} };
  for (const program of programs) {
    const alone = await buildWith(variant, [program], how, join(folder, `${variant}-${program.prefix}`));
    if (alone.object) result.objects.push(alone.object);
    else result.problems[program.prefix] = alone.problem;
    Object.assign(result.rejected, alone.rejected);
  }
  return result;
}

async function buildAll(request) {
  const answer = { objects: {}, problems: {}, rejected: {} };
  for (const variant of VARIANTS) {
    const made = await buildVariant(request, variant);
    for (const key of Object.keys(answer)) answer[key][variant] = made[key];
  }
  return answer;
}

parentPort?.on("message", async (request) => parentPort.postMessage(await buildAll(request)));
