/** Renaming: only where every place of the name is known and can be changed. */
import type { Position, Range, TextEdit } from "vscode-languageserver";
import { checkSource } from "../driver/compile.ts";
import { type Analysis, MAIN } from "./analysis.ts";
import { Names, type Occurrence } from "./names.ts";

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
  const whose = ownerOf(a, named);
  if (whose !== undefined) return { why: `'${name}' is a name of ${whose}` };
  const outside = places.find((one) => one.span.file !== MAIN);
  if (outside)
    return {
      why: `'${name}' stands in ${a.made.files.file(outside.span.file).name}, too, which other files may include`,
    };
  const macro = places.find((one) => one.macro !== undefined)?.macro;
  if (macro !== undefined) return { why: `'${name}' stands in the definition of the macro ${macro}` };
  return { range: a.lines.range(span.start, span.end), name, places };
}

/** Whose name it is although the file declares it: who reads it would not find what it means. */
function ownerOf(a: Analysis, { meaning }: Occurrence): string | undefined {
  if (meaning.kind === "entity") return meaning.entity.kind === "extern" ? "what the loader binds" : undefined;
  if (meaning.kind === "tag") return "core" in meaning.decl && meaning.decl.core ? "a kernel's type" : undefined;
  if (meaning.record.core) return "a kernel's field";
  return mapRecords(a).has(meaning.record) ? "a map's definition, which the loader reads" : undefined;
}

/** The anonymous structs that define maps. */
function mapRecords(a: Analysis): ReadonlySet<object> {
  const found = new Set<object>();
  for (const { meaning } of a.names.all) {
    const entity = meaning.kind === "entity" ? meaning.entity : undefined;
    if (entity?.kind === "map" && entity.type.kind === "record") found.add(entity.type.decl);
  }
  return found;
}

/** The edits that give another name. */
export function rename(a: Analysis, position: Position, newName: string): { why: string } | { edits: TextEdit[] } {
  if (!/^[A-Za-z_]\w*$/.test(newName)) return { why: `'${newName}' is no name` };
  const found = renaming(a, position);
  if ("why" in found) return found;
  if (!keepsMeaning(a, found.places, newName)) return { why: `'${newName}' stands for something here already` };
  const edits = found.places.map(({ span }) => ({ range: a.lines.range(span.start, span.end), newText: newName }));
  return { edits };
}

/** Whether the new name stands for the same in each of its places, and in no other: asks the checker of the new text. */
function keepsMeaning(a: Analysis, places: readonly Occurrence[], newName: string): boolean {
  const sorted = [...places].sort((x, y) => x.span.start - y.span.start);
  const starts: number[] = [];
  let text = "";
  let end = 0;
  for (const { span } of sorted) {
    text += a.text.slice(end, span.start);
    starts.push(text.length);
    text += newName;
    end = span.end;
  }
  text += a.text.slice(end);
  const after = new Names(text);
  checkSource(text, { ...a.options, observer: after });
  const one = after.at(MAIN, starts[0]!);
  const now = one ? after.of(one.key).map(({ span }) => span.start) : [];
  return now.length === starts.length && now.sort((x, y) => x - y).every((start, i) => start === starts[i]);
}
