/** `disasm --html`: the page, with the sources that lie beside the object. */
import { basename, dirname, join } from "node:path";
import type { DiagSink } from "../diag/diagnostic.ts";
import type { Disassembly } from "../driver/disassemble.ts";
import { page } from "../view/page.ts";
import { readHeader, writeWhole } from "./files.ts";

export interface PageFiles {
  readonly object: string;
  /** `-` for standard output. */
  readonly html: string;
  /** For the head of the page. */
  readonly kernel: string;
}

/** Writes the page; reports where it cannot. */
export function writePage(made: Disassembly, { object, html, kernel }: PageFiles, sink: DiagSink): void {
  const text = page({ made, title: basename(object), kernel, sources: sourcesOf(made, dirname(object)) });
  if (html === "-") process.stdout.write(text);
  else writeWhole(html, new TextEncoder().encode(text), sink);
}

/** Texts of the files that line info names, by path from the object's folder; only those that say what the object says. */
function sourcesOf(made: Disassembly, folder: string): ReadonlyMap<string, string> {
  const lines = made.funcs.flatMap(({ insns }) => insns.flatMap(({ line }) => line ?? []));
  const sources = new Map<string, string>();
  for (const file of new Set(lines.map((line) => line.file))) {
    const text = readHeader(join(folder, file)) ?? readHeader(file);
    const rows = text?.split(/\r?\n/);
    const fits = rows && lines.every((line) => line.file !== file || rows[line.line - 1]?.trim() === line.text.trim());
    if (fits) sources.set(file, text!);
  }
  return sources;
}
