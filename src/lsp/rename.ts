/** Renaming: only where every place of the name is known and can be changed. */
import type { Position, Range, TextEdit } from "vscode-languageserver";
import { type Analysis, MAIN } from "./analysis.ts";
import type { Occurrence } from "./names.ts";

/** Why a name cannot be changed, or what is there to change. */
export type Renaming =
  | { readonly why: string }
  | { readonly range: Range; readonly name: string; readonly places: readonly Occurrence[] };

export function renaming(a: Analysis, position: Position): Renaming {
  const named = a.names.at(MAIN, a.lines.offset(position));
  if (!named) return { why: "there is no name here that stands for something" };
  const { name, span, key } = named;
  const places = a.names.of(key);
  if (!places.some(({ role }) => role === "declaration"))
    return { why: `'${name}' is the kernel's or the language's: the file does not declare it` };
  const outside = places.find((one) => one.span.file !== MAIN);
  if (outside)
    return {
      why: `'${name}' stands in ${a.made.files.file(outside.span.file).name}, too, which other files may include`,
    };
  const macro = places.find((one) => one.macro !== undefined)?.macro;
  if (macro !== undefined) return { why: `'${name}' stands in the definition of the macro ${macro}` };
  return { range: a.lines.range(span.start, span.end), name, places };
}

/** The edits that give another name. */
export function rename(a: Analysis, position: Position, newName: string): { why: string } | { edits: TextEdit[] } {
  if (!/^[A-Za-z_]\w*$/.test(newName)) return { why: `'${newName}' is no name` };
  const found = renaming(a, position);
  if ("why" in found) return found;
  const taken = [...a.names.all].some(
    (one) => one.name === newName && one.meaning.kind === found.places[0]!.meaning.kind,
  );
  if (taken && newName !== found.name) return { why: `'${newName}' stands for something here already` };
  if (found.places.some(({ name }) => name !== found.name)) return { why: `'${found.name}' goes by several names` };
  const edits = found.places.map(({ span }) => ({ range: a.lines.range(span.start, span.end), newText: newName }));
  return { edits };
}
