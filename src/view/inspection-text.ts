/** What `inspect` found, as text for a terminal. */
import type {
  InspectedCore,
  InspectedExtern,
  InspectedFunction,
  InspectedGlobal,
  InspectedMap,
  InspectedProgram,
  Inspection,
} from "../driver/inspection.ts";

/** The whole, a heading for each kind of thing; `types` leaves the C at its end out or in. */
export function inspectionText(made: Inspection, { types }: { readonly types: boolean }): string {
  const parts = [
    `license: ${made.license === "" ? "none" : JSON.stringify(made.license)}\n${made.kernel === undefined ? "" : `kernel:  ${made.kernel}\n`}`,
    section("programs", made.programs.map(programText)),
    section("functions", made.functions.map(functionText)),
    section("maps", made.maps.map(mapText)),
    section("globals", made.globals.map(globalText)),
    section("kfuncs and symbols of the kernel", made.externs.map(externText)),
    section("CO-RE relocations", coreTexts(made.core)),
    section("problems", made.problems),
    types && made.types !== "" ? `types\n\n${made.types}` : "",
  ];
  return parts.filter((part) => part !== "").join("\n");
}

/** Rows under a heading, indented; rows may have several lines. */
const section = (title: string, rows: readonly string[]): string =>
  rows.length === 0 ? "" : `${title}\n${rows.map((row) => `  ${row.replaceAll("\n", "\n      ")}\n`).join("")}`;

const sizeText = ({ insns, slots }: InspectedFunction): string =>
  `${insns} instruction${insns === 1 ? "" : "s"}, ${slots * 8} bytes`;

function programText(program: InspectedProgram): string {
  const { name, section, type, attachType, sleepable, optional } = program;
  const kind =
    type === undefined ? "a section that loaders do not know" : [type, attachType].filter(Boolean).join(", ");
  const more = [kind, sleepable ? "sleepable" : "", optional ? "optional" : "", sizeText(program)].filter(Boolean);
  const rows = [`${name}  SEC("${section}")`, more.join(", ")];
  if (program.prototype !== undefined) rows.push(program.prototype);
  if (program.targetPrototype !== undefined) rows.push(`on ${program.targetPrototype}`);
  return rows.join("\n");
}

const functionText = (func: InspectedFunction): string =>
  `${func.prototype ?? func.name}  ${func.linkage}, ${sizeText(func)}`;

function mapText(map: InspectedMap): string {
  const side = (type: string | undefined, size: number) => type ?? (size === 0 ? "none" : `${size} bytes`);
  const flags = map.flags === 0 ? "" : `, flags 0x${map.flags.toString(16)}`;
  const sides = `${side(map.key, map.keySize)} -> ${side(map.value, map.valueSize)}`;
  const inner = map.inner ? `\nof ${mapText(map.inner)}` : "";
  return `${map.name}  ${map.type}, ${sides}, ${map.maxEntries} entries${flags}${inner}`;
}

function globalText({ section, declaration, off, size, linkage, value }: InspectedGlobal): string {
  const initial = value === undefined ? "" : ` = ${value}`;
  return `${section} +${off}  ${linkage === "static" ? "static " : ""}${declaration}${initial}  (${size} bytes)`;
}

const hereTexts: Readonly<Record<NonNullable<InspectedExtern["here"]>, string>> = {
  found: "id",
  missing: "not in this kernel",
  "other type": "has another type in this kernel",
  given: "known when it is loaded",
};

function externText({ name, kind, declaration, weak, id, here }: InspectedExtern): string {
  const found = here === undefined ? "" : `, ${id === undefined ? hereTexts[here] : `id ${id}`}`;
  return `${declaration ?? name}  ${weak ? "weak " : ""}${kind}${found}`;
}

/** The same sentence for several places is told once. */
function coreTexts(core: readonly InspectedCore[]): readonly string[] {
  const places = new Map<string, string[]>();
  for (const { words, function: func, slot } of core) {
    const list = places.get(words) ?? [];
    list.push(`${func}+${slot}`);
    places.set(words, list);
  }
  return [...places].map(([words, at]) => {
    const shown = at.slice(0, 4).join(", ");
    return `${words}  (${shown}${at.length > 4 ? ` and ${at.length - 4} more` : ""})`;
  });
}
