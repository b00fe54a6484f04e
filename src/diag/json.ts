/** Diagnostics as JSON lines: one object each, `version` 1. */
import type { Span } from "../support/span.ts";
import type { Diagnostic, Edit } from "./diagnostic.ts";
import type { SourceMap } from "./source.ts";

const VERSION = 1;

/** Lines and columns count from 1; `end` is behind the last character. */
function range(span: Span, files: SourceMap) {
  const start = files.place(span);
  const end = files.place({ ...span, start: span.end });
  return { file: start.file, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
}

/** One diagnostic as one line of JSON. */
export function renderJson(d: Diagnostic, files: SourceMap): string {
  const place = (span: Span | undefined) => (span ? { place: range(span, files) } : {});
  const edits = (all: readonly Edit[]) => all.map((e) => ({ ...place(e.span), text: e.text }));
  return `${JSON.stringify({
    version: VERSION,
    code: d.code,
    severity: d.severity,
    text: d.text,
    ...place(d.span),
    notes: d.notes.map((n) => ({ text: n.text, ...place(n.span) })),
    ...(d.path?.length && { path: d.path.map((span) => range(span, files)) }),
    ...(d.help !== undefined && { help: d.help }),
    ...(d.edits?.length && { edits: edits(d.edits) }),
    ...(d.alternatives?.length && { alternatives: d.alternatives.map(edits) }),
  })}\n`;
}
