// Builds a file of the corpus, unmodified, with bpfasm and with clang.
import { join } from "node:path";
import { command } from "../../test/kernel/harness/paths.mjs";
import { run } from "../../test/kernel/harness/process.mjs";
import { clangOnly } from "./sources.mjs";

const LIMIT = { timeout: 60_000, killSignal: "SIGKILL" };
const CRASH = 70;

const objectName = (folder, path, compiler) => join(folder, `${path.replaceAll("/", "-")}.${compiler}.o`);

async function timed(file, args) {
  const started = performance.now();
  const result = await run(file, args, LIMIT);
  return { ...result, ms: performance.now() - started };
}

const parseLine = (line) => {
  try {
    return [JSON.parse(line)];
  } catch {
    return []; // not a diagnostic: a stack trace, or clang's
  }
};

/** { object?, ms, crashed, problems }: an object that could be written, or the errors that stood in the way. */
export async function buildOurs(file, folder) {
  const object = objectName(folder, file.path, "bpfasm");
  const args = [command, "build", file.source, ...file.options, "-w", "--message-format", "json", "-o", object];
  const { status, stderr, ms } = await timed(process.execPath, args);
  if (status === 0) return { object, ms, crashed: false, problems: [] };
  const errors = stderr
    .split("\n")
    .flatMap(parseLine)
    .filter((line) => line.severity === "error");
  const crashed = status === CRASH || status === -1 || errors.length === 0;
  return { ms, crashed, problems: crashed ? [{ code: "crash", text: stderr.trim().slice(0, 400) }] : errors };
}

/** The same with clang-19, without DWARF in the object. */
export async function buildTheirs(file, folder) {
  const object = objectName(folder, file.path, "clang");
  const fixed = ["-target", "bpf", "-mcpu=v3", "-O2", "-g", "-w"];
  const args = [...fixed, ...file.options, ...clangOnly(file), "-c", file.source, "-o", object];
  const { status, stderr, ms } = await timed("clang-19", args);
  if (status !== 0) return { ms, crashed: false, problems: [{ code: "clang", text: stderr.trim().slice(0, 400) }] };
  await run("llvm-strip-19", ["-g", object]);
  return { object, ms, crashed: false, problems: [] };
}
