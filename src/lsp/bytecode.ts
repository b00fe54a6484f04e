/** Listings for views beside the source: text, and which line of it belongs to which line of the source. */
import { disassemble, listing } from "../driver/disassemble.ts";
import { ElfError } from "../elf/object-file.ts";
import { type Analysis, MAIN } from "./analysis.ts";

export interface Bytecode {
  readonly text: string;
  /** For each line of the text, the line of the source (from 0) that it came from, or -1. */
  readonly sourceLines: readonly number[];
}

/** Undefined where the document does not compile. */
export function bytecode(a: Analysis): Bytecode | undefined {
  const object = a.object();
  if (!object) return undefined;
  const name = a.made.files.file(MAIN).name;
  const text = listing(disassemble(object));
  return { text, sourceLines: linesIn(text, name.slice(name.lastIndexOf("/") + 1)) };
}

/** `; probe.bpf:12: text` begins what belongs to line 12. */
function linesIn(text: string, file: string): number[] {
  let line = -1;
  return text.split("\n").map((row) => {
    const match = /^; (.*?):(\d+): /.exec(row);
    if (match) line = match[1] === file ? Number(match[2]) - 1 : -1;
    else if (/^(;|$)/.test(row)) line = -1;
    return line;
  });
}

/** Any object's listing, or why there is none. */
export function objectText(bytes: Uint8Array): string {
  try {
    return listing(disassemble(bytes));
  } catch (error) {
    if (!(error instanceof ElfError)) throw error;
    return `; no BPF object: ${error.message}\n`;
  }
}
