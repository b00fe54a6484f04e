/** Bytecode beside the source: as text for any editor, and as the component that pages show, for editors that show pages. */
import { disassemble, listing } from "../driver/disassemble.ts";
import { ElfError } from "../elf/object-file.ts";
import type { Kernel } from "../kernel/model.ts";
import { bytecodeView } from "../view/bytecode-view.ts";
import { viewScript } from "../view/view-script.ts";
import { viewStyle } from "../view/view-style.ts";
import { type Analysis, MAIN } from "./analysis.ts";

export interface Bytecode {
  readonly text: string;
  /** For each line of the text, the line of the source (from 0) that it came from, or -1. */
  readonly sourceLines: readonly number[];
}

/** The component (docs/api.md, Views): markup, and what goes with it. */
export interface View {
  readonly markup: string;
  readonly style: string;
  readonly script: string;
  /** What the object calls the document; empty for one that is only looked at. */
  readonly file: string;
}

/** Undefined where the document does not compile. */
export function bytecode(a: Analysis): Bytecode | undefined {
  const object = a.object();
  if (!object) return undefined;
  const text = listing(disassemble(object));
  return { text, sourceLines: linesIn(text, nameInObject(a)) };
}

/** The same as a view, without the source, which the editor shows; undefined where the document does not compile. */
export function bytecodeViewOf(a: Analysis): View | undefined {
  const object = a.object();
  if (!object) return undefined;
  const made = disassemble(object, { kernel: a.kernel, states: true });
  return {
    markup: bytecodeView({ made, isBeside: true }),
    style: viewStyle,
    script: viewScript,
    file: nameInObject(a),
  };
}

function nameInObject(a: Analysis): string {
  const { name } = a.made.files.file(MAIN);
  return name.slice(name.lastIndexOf("/") + 1);
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
  const made = readable(() => listing(disassemble(bytes)));
  return typeof made === "string" ? made : `; ${made.why}\n`;
}

/** Any object's view, or why there is none. */
export function objectView(bytes: Uint8Array, kernel: Kernel): View | { readonly why: string } {
  return readable(() => {
    const made = disassemble(bytes, { kernel, states: true });
    return { markup: bytecodeView({ made }), style: viewStyle, script: viewScript, file: "" };
  });
}

function readable<T>(read: () => T): T | { readonly why: string } {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ElfError)) throw error;
    return { why: `no BPF object: ${error.message}` };
  }
}
