/** Spans of a compilation as places that an editor can open. */
import type { Location } from "vscode-languageserver";
import type { Span } from "../support/span.ts";
import { type Analysis, MAIN } from "./analysis.ts";
import type { TypeDocument } from "./kernel-text.ts";
import { TextLines } from "./text.ts";

/** How the files of a compilation are called in the editor. */
export interface Uris {
  /** Of the document itself. */
  readonly main: string;
  /** Of a file that was read. */
  file(name: string): string;
  /** Of a read-only document with that text about the kernel; `name` such as `struct sk_buff`. */
  kernel(name: string, document: TypeDocument): string;
}

/** Undefined for what is built in: it cannot be opened. */
export function locationOf(a: Analysis, span: Span | undefined, uris: Uris): Location | undefined {
  if (!span) return undefined;
  if (span.file === MAIN) return { uri: uris.main, range: a.lines.range(span.start, span.end) };
  const file = a.made.files.file(span.file);
  if (file.builtin || file.name.startsWith("<")) return undefined;
  return { uri: uris.file(file.name), range: new TextLines(file.text).range(span.start, span.end) };
}
