// Every BPF source of the examples and of these tests, with what it needs to be built beyond the usual.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { project } from "./paths.mjs";

const FOLDERS = ["examples", "test/kernel/programs"];
const NEEDS = {
  "signed-division.bpf.c": { cpu: "v4" },
  "preprocessor.bpf.c": { flags: ["-DCOMMAND_LINE=12"] },
};

const isProgram = (path) => path.endsWith(".bpf") || path.endsWith(".bpf.c");

/** [{ name, source, cpu?, flags? }], by path; `source` is relative to the project. */
export const programs = FOLDERS.flatMap((folder) =>
  readdirSync(join(project, folder), { recursive: true })
    .filter(isProgram)
    .sort()
    .map((path) => {
      const name = path.split("/").at(-1);
      return { name: name.replace(/\.bpf(\.c)?$/, ""), source: `${folder}/${path}`, ...NEEDS[name] };
    }),
);

export const programNamed = (name) => programs.find((program) => program.name === name);
