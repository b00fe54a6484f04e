// Every program kind of libbpf's section table: one program of each reads its context, and the kernel accepts it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { project } from "../harness/paths.mjs";
import { programsIn } from "../harness/programs.mjs";

const { sections } = JSON.parse(readFileSync(join(project, "data/facts/sections.json"), "utf8"));
const PAIR = ["replaced.bpf.c", "replacement.bpf.c"];

/** Kinds that Debian's kernel is built without, by architecture, so that it refuses the program type. */
const NOT_BUILT = { amd64: ["lirc_mode2"], arm64: ["lirc_mode2"] };

const sources = programsIn("kinds");
const judged = sources.map((path) => basename(path)).filter((name) => !PAIR.includes(name));
const objectName = (name) => name.replace(".bpf.c", ".o");

/** The row of the table that a section name falls under; the first that matches is it. */
const rowOf = (name) =>
  sections.find(
    ({ section, match }) => name === section || (match === "exact_or_slash" && name.startsWith(`${section}/`)),
  )?.section;

const script = `
${judged.map((name) => `bpfrun open ${objectName(name)} judge`).join("\n")}
bpfrun open replaced.o load open replacement.o target weigh load || exit 1
echo '{"verdict":"accepted","section":"freplace/weigh"}'
`;

const reasonOf = ({ log = "", said = "" }) => `${said}\n${log}`.trim().slice(-1000);

const checkOf = (arch) => ({
  name: "every program kind of the section table loads",
  kernels: [`7.2-${arch}`],
  objects: Object.fromEntries(sources.map((path) => [objectName(basename(path)), path])),
  script,
  expect: (output) => {
    const verdicts = output.json.filter((line) => line.verdict !== undefined);
    const refused = verdicts
      .filter(({ verdict, section }) => verdict !== "accepted" && !NOT_BUILT[arch].includes(rowOf(section)))
      .map((line) => `${line.section}: ${line.verdict}\n${reasonOf(line)}`);
    assert.equal(refused.join("\n"), "");
    const covered = new Set(verdicts.map(({ section }) => rowOf(section)));
    const absent = sections.map(({ section }) => section).filter((section) => !covered.has(section));
    assert.deepEqual(absent, [], "kinds without a program");
  },
});

export default ["amd64", "arm64"].map(checkOf);
