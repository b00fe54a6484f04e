// Loads objects in the guest, many in one boot, and says what the kernel's verifier thinks of each program.
import { boot } from "../../test/kernel/harness/guest.mjs";
import { mapLimited } from "../../test/kernel/harness/process.mjs";
import { KERNEL } from "./sources.mjs";

const OBJECTS_PER_BOOT = 60;
const BOOTS_AT_ONCE = 2;
const BOOT_SECONDS = 1500;

const chunks = (items, size) =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));

const programsOf = ({ json }) =>
  new Map(json.filter((line) => line.verdict !== undefined).map((line) => [line.program, line]));

/** Why the kernel or the loader refused: the last line of what it said that is no statistics. */
export const reasonOf = ({ log = "", said = "" }) =>
  `${said}\n${log}`
    .split("\n")
    .filter((line) => line !== "" && !/^processed \d|^verification time|^stack depth|^-- /.test(line))
    .at(-1) ?? "";

/** Judges every object by a release of Linux; Map from its path to { programs: Map of name to verdict, problem? }. */
export async function judgeAll(objects, release = KERNEL) {
  const judged = new Map();
  await mapLimited(chunks(objects, OBJECTS_PER_BOOT), BOOTS_AT_ONCE, async (group) => {
    const jobs = group.map((object) => ({ script: "bpfrun open x.o judge", objects: { "x.o": object } }));
    const outputs = await boot(`${release}-amd64`, jobs, { seconds: BOOT_SECONDS });
    for (const [index, output] of outputs.entries()) {
      const problem = output.status === 0 ? {} : { problem: output.text.trim().slice(-600) };
      judged.set(group[index], { programs: programsOf(output), ...problem });
    }
  });
  return judged;
}
