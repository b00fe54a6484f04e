// What clang-19 warns of in the programs of this folder, for the warnings that bpfasm has too.
//
//   node test/asm/sema/warnings/clang.mjs > test/asm/sema/warnings/answers.json
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const folder = fileURLToPath(new URL(".", import.meta.url));
export const programs = readdirSync(folder).filter((name) => name.endsWith(".bpf.c"));
export const optionSets = ["", "-Wall", "-Wall -Wextra", "-Wconversion", "-Weverything", "-Weverything -Wno-unused"];

export const hasClang = () => spawnSync("clang-19", ["--version"]).status === 0;

const LINE = /:(\d+):\d+: (?:warning|error): .*\[-W([^\],]*).*\]$/gm;

/** `line name` of each warning, in order. */
export function clangAnswer(program, options) {
  const flags = ["-target", "bpf", "-fsyntax-only", "-ferror-limit=0", "-fno-caret-diagnostics"];
  const args = [...flags, ...options.split(" ").filter(Boolean), `${folder}${program}`];
  const { stderr } = spawnSync("clang-19", args, { encoding: "utf8" });
  return inOrder([...stderr.matchAll(LINE)].map(([, line, name]) => `${line} ${name}`));
}

export const inOrder = (answers) =>
  [...new Set(answers)].sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1));

/** { program: { options: ["line name"] } } */
export const clangAnswers = () =>
  Object.fromEntries(
    programs.map((program) => [
      program,
      Object.fromEntries(optionSets.map((options) => [options, clangAnswer(program, options)])),
    ]),
  );

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.stdout.write(`${JSON.stringify(clangAnswers(), null, 1)}\n`);
