/** What is known of one version of a document: everything that the features answer from. */
import type { Diagnostic } from "../diag/diagnostic.ts";
import { SourceMap } from "../diag/source.ts";
import { type Compilation, checkSource, compile } from "../driver/compile.ts";
import type { Memory } from "../driver/memory.ts";
import type { CompileOptions } from "../driver/options.ts";
import type { Kernel } from "../kernel/model.ts";
import { InternalError } from "../support/bug.ts";
import { type Lexeme, lex } from "./lexical.ts";
import { MAIN, Names } from "./names.ts";
import { TextLines } from "./text.ts";

export { MAIN };

export interface Analysis {
  readonly text: string;
  readonly lines: TextLines;
  readonly lexemes: readonly Lexeme[];
  readonly names: Names;
  readonly made: Compilation;
  readonly options: CompileOptions;
  readonly kernel: Kernel;
  /** A bug of ours that ended the compilation. */
  readonly crash?: string;
  /** The object of the text whatever the verifier says; made when it is first asked for. */
  object(): Uint8Array | undefined;
}

/** Thrown from a pulse: nobody wants to know any more what is being found out. */
export class Outdated extends Error {}

/**
 * Compiles and verifies a text. A bug of ours is told as one; what `pulse` throws, which is called all the while, passes.
 * `memory` is of earlier texts of the same document.
 */
export function analyse(text: string, options: CompileOptions, pulse?: () => void, memory?: Memory): Analysis {
  const names = new Names(text, pulse);
  const told = { ...options, observer: names, ...(pulse && { pulse }), ...(memory && { memory }) };
  const { made, crash } = tryCompile(text, told);
  let object: { readonly bytes: Uint8Array | undefined } | undefined;
  return {
    text,
    lines: new TextLines(text),
    lexemes: lex(text),
    names,
    made,
    options,
    kernel: options.kernel,
    ...(crash !== undefined && { crash }),
    object: () => {
      object ??= { bytes: made.object ?? tryCompile(text, { ...options, verify: false }).made.object };
      return object.bytes;
    },
  };
}

function tryCompile(text: string, options: CompileOptions): { readonly made: Compilation; readonly crash?: string } {
  try {
    return { made: compile(text, options) };
  } catch (error) {
    if (!(error instanceof InternalError) && !(error instanceof RangeError)) throw error;
    return { made: checkedAlone(text, options), crash: error.message };
  }
}

/** What the front end says, where the rest failed. */
function checkedAlone(text: string, options: CompileOptions): Compilation {
  const nothing = { verdicts: [], subprogs: [], ir: () => "" };
  try {
    return { ...checkSource(text, options), ...nothing };
  } catch (error) {
    if (error instanceof Outdated) throw error;
    const files = new SourceMap();
    files.add(options.fileName ?? "", text);
    const diagnostics: readonly Diagnostic[] = [];
    return { diagnostics, files, ...nothing };
  }
}
