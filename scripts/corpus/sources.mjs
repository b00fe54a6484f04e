// The files of the corpus: which there are, where they lie, and the options that both compilers build them with.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fetch, project } from "../../test/kernel/harness/paths.mjs";

export const KERNEL = "7.2";

const SELFTESTS = "tools/testing/selftests/bpf";
const SCHED_EXT = "tools/sched_ext";

const folders = (names) => names.flatMap((name) => ["-I", name]);

/** Options by where a file lies, beyond those that every file gets. Folders are relative to the source tree. */
const GROUPS = [
  {
    name: "selftests",
    under: `${SELFTESTS}/`,
    dialect: ["-fms-extensions", "-std=gnu11"],
    options: ["-DENABLE_ATOMICS_TESTS"],
    include: [SELFTESTS, `${SELFTESTS}/libarena/include`, "tools/include/uapi", "tools/include"],
  },
  {
    name: "tools",
    under: `${SCHED_EXT}/`,
    dialect: [],
    options: [],
    include: [`${SCHED_EXT}/include`, `${SCHED_EXT}/include/bpf-compat`],
  },
  { name: "tools", under: "", dialect: [], options: [], include: [] },
];

/** [{ path, group, source, dialect, options }] of the files whose path holds `only`; `source` is absolute. */
export const corpusFiles = (only = "") => filesOf("test/corpus/files.txt", only);

/** The same for any list of paths in the source tree, a line each; the list is a file of the project. */
export function filesOf(listed, only = "") {
  const tree = fetch("source", KERNEL);
  const list = readFileSync(join(project, listed), "utf8").split("\n");
  return list
    .filter((path) => path !== "" && !path.startsWith("#") && path.includes(only))
    .map((path) => {
      const group = GROUPS.find(({ under }) => path.startsWith(under));
      const include = folders([join(tree, "libbpf"), ...group.include.map((name) => join(tree, name))]);
      const options = ["-D__TARGET_ARCH_x86", ...group.options, ...include];
      return { path, group: group.name, source: join(tree, path), dialect: group.dialect, options };
    });
}

/** What clang needs besides: its own kernel types, the folder of the file, and the system's headers last. */
export const clangOnly = ({ source, dialect }) => [
  ...dialect,
  ...["-iquote", dirname(source), "-I", fetch("headers", KERNEL)],
  ...["-idirafter", "/usr/include/x86_64-linux-gnu", "-idirafter", "/usr/include"],
];
