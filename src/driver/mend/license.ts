/** A license that forbids what the program does: another text in the variable that says it. */
import { replace } from "./insert.ts";
import type { Mender } from "./trouble.ts";

/** The string behind `SEC("license")` or the attribute that it stands for. */
const DECLARED = /(?:SEC|section)\s*\(\s*"license"[^;"]*=\s*\{?\s*("(?:[^"\\\n]|\\.)*")/g;

/** The kernel's names of two licenses of which a user may choose one, by what the present one is called. */
const both: readonly (readonly [present: RegExp, license: string])[] = [
  [/\bBSD\b/i, "Dual BSD/GPL"],
  [/\bMIT\b/i, "Dual MIT/GPL"],
  [/\bMPL\b/i, "Dual MPL/GPL"],
];

export const gplLicense: Mender = ({ tree }) => {
  const [found, ...others] = tree.file.text.matchAll(DECLARED);
  if (!found || others.length > 0) return [];
  const text = found[1]!;
  const end = found.index + found[0].length;
  const span = { file: tree.file.id, start: end - text.length, end };
  const names = [...both.flatMap(([present, license]) => (present.test(text) ? [license] : [])), "GPL"];
  return names.map((name) => [replace(span, `"${name}"`)]);
};
