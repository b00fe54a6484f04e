/** Makes the edits that diagnostics carry, one diagnostic at a time, and keeps those after which it is gone. */

import type { Diagnostic } from "../diag/diagnostic.ts";
import { applyEdits } from "../diag/edits.ts";
import type { SourceMap } from "../diag/source.ts";
import { type Compilation, compile } from "./compile.ts";
import { Memory } from "./memory.ts";
import type { CompileOptions } from "./options.ts";

/** A diagnostic that was mended, with the files it points into. */
export interface Fixed {
  readonly diagnostic: Diagnostic;
  readonly files: SourceMap;
}

export interface FixedSource {
  readonly text: string;
  readonly fixed: readonly Fixed[];
  /** The compilation of `text`: what is left to say. */
  readonly left: Compilation;
}

/** Mends at most; each costs a compilation. */
const MOST = 100;

/** The source with every edit made that mends what it hangs on. Pure; the main file alone is changed. */
export function fixSource(source: string, given: CompileOptions): FixedSource {
  const options = { memory: new Memory(), ...given };
  const fixed: Fixed[] = [];
  const hopeless = new Set<string>();
  let text = source;
  let left = compile(text, options);
  for (let tries = 0; tries < MOST; tries++) {
    const next = left.diagnostics.find((d) => isMendable(d) && !hopeless.has(keyOf(d)));
    if (!next) break;
    const edited = applyEdits(text, next.edits!);
    const made = edited === undefined ? undefined : compile(edited, options);
    if (edited === undefined || !made || !isBetter(left, made, next)) {
      hopeless.add(keyOf(next));
      continue;
    }
    fixed.push({ diagnostic: next, files: left.files });
    text = edited;
    left = made;
  }
  return { text, fixed, left };
}

/** All its edits are of the main file, which is the first of a compilation. */
const isMendable = ({ edits }: Diagnostic): boolean =>
  edits !== undefined && edits.length > 0 && edits.every(({ span }) => span.file === 0);

const keyOf = (d: Diagnostic): string => `${d.code} ${d.text}`;

/** The diagnostic is told less often, and nothing that comes earlier in a compilation has gone wrong. */
function isBetter(before: Compilation, after: Compilation, mended: Diagnostic): boolean {
  const count = (c: Compilation) => c.diagnostics.filter((d) => keyOf(d) === keyOf(mended)).length;
  if (count(after) >= count(before)) return false;
  const isVerdict = (d: Diagnostic) => /^E05/.test(d.code);
  const broken = (c: Compilation) => c.diagnostics.filter((d) => d.severity === "error" && !isVerdict(d)).length;
  return broken(after) <= broken(before);
}
