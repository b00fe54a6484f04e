/** Diagnostics in GCC's style, one line each, for editors and CI that read compilers' output. */

import type { Span } from "../support/span.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { SourceMap } from "./source.ts";

/** One diagnostic with its notes, a line each. */
export function renderGcc(d: Diagnostic, files: SourceMap): string {
  const at = (span: Span | undefined) => {
    if (!span) return "bpfasm";
    const p = files.place(span);
    return `${p.file}:${p.line}:${p.column}`;
  };
  const lines = [`${at(d.span)}: ${d.severity}: ${d.text} [${d.code}]`];
  for (const note of d.notes) lines.push(`${at(note.span ?? d.span)}: note: ${note.text}`);
  for (const [i, span] of (d.path ?? []).entries())
    lines.push(`${at(span)}: note: (${i + 1}) the path comes through here`);
  if (d.help !== undefined) lines.push(`${at(d.span)}: note: ${d.help}`);
  return `${lines.join("\n")}\n`;
}
