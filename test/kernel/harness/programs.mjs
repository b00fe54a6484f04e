// Every BPF source of the examples and of these tests, with what it needs to be built beyond the usual; the folders
// `behaviour`, `core`, `kinds` and `language` have checks of their own.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { project } from "./paths.mjs";

const FOLDERS = ["examples", "test/kernel/programs"];
const NEEDS = {
  "signed-division.bpf.c": { cpu: "v4" },
  "preprocessor.bpf.c": { flags: ["-DCOMMAND_LINE=12"] },
};

const isProgram = (path) => /\.bpf(\.c)?$/.test(path);
const hasOwnChecks = (path) => /^(behaviour|core|kinds|language)\//.test(path);

/** The sources in a folder of test/kernel/programs, relative to the project, by path. */
export const programsIn = (name) =>
  readdirSync(join(project, "test/kernel/programs", name))
    .filter(isProgram)
    .sort()
    .map((path) => `test/kernel/programs/${name}/${path}`);

/** [{ name, source, cpu?, flags? }], by path; `source` is relative to the project. */
export const programs = FOLDERS.flatMap((folder) =>
  readdirSync(join(project, folder), { recursive: true })
    .filter((path) => isProgram(path) && !hasOwnChecks(path))
    .sort()
    .map((path) => {
      const name = path.split("/").at(-1);
      return { name: name.replace(/\.bpf(\.c)?$/, ""), source: `${folder}/${path}`, ...NEEDS[name] };
    }),
);

export const programNamed = (name) => programs.find((program) => program.name === name);
