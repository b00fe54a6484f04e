// The kind of a program: the row of libbpf's section table that its section falls under.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { project } from "../../test/kernel/harness/paths.mjs";

const { sections } = JSON.parse(readFileSync(join(project, "data/facts/sections.json"), "utf8"));

/** Every kind, in the table's order. */
export const allKinds = sections.map(({ section }) => section);

/** The first row that matches is it; undefined where none does. */
export const kindOf = (name) =>
  sections.find(
    ({ section, match }) => name === section || (match === "exact_or_slash" && name.startsWith(`${section}/`)),
  )?.section;

/** Whether a `counted` line of bpfrun shows that its program ran; one that replaces another is not counted itself. */
const hasRun = ({ runs, section }) => runs > 0 || section.startsWith("freplace");

/** The kinds of the programs that ran, of the lines that bpfrun printed. */
export const kindsOf = (lines) => [
  ...new Set(
    lines
      .filter((line) => line.counted !== undefined && hasRun(line))
      .map((line) => kindOf(line.section.replace("?", ""))),
  ),
];
