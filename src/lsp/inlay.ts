/** Hints at the ends of lines: instructions that the line became, and which run of a session its code belongs to. */
import type { InlayHint, Range } from "vscode-languageserver";
import { type Analysis, MAIN } from "./analysis.ts";
import { insnsByLine } from "./instructions.ts";
import { sessionParts } from "./session.ts";

export interface InlayOptions {
  readonly instructions: boolean;
  readonly sessions: boolean;
}

export const allHints: InlayOptions = { instructions: true, sessions: true };

export function inlayHints(a: Analysis, range: Range, options: InlayOptions = allHints): InlayHint[] {
  const labels = new Map<number, string[]>();
  const add = (line: number, label: string): void => {
    if (line < range.start.line || line > range.end.line) return;
    labels.set(line, [...(labels.get(line) ?? []), label]);
  };
  if (options.sessions) {
    for (const { run, span, rest } of sessionParts(a))
      if (span.file === MAIN && !span.via)
        add(a.lines.lineAt(span.start), rest ? `${run} only from here` : `${run} only`);
  }
  if (options.instructions)
    for (const [line, { slots }] of insnsByLine(a)) add(line, `${slots} insn${slots === 1 ? "" : "s"}`);
  return [...labels]
    .sort(([x], [y]) => x - y)
    .map(([line, texts]) => ({
      position: a.lines.position(a.lines.endOf(line)),
      label: texts.join(", "),
      paddingLeft: true,
    }));
}
