/** Diagnostics as workflow commands of GitHub Actions, which show them at the lines of a change. */
import type { Span } from "../support/span.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { SourceMap } from "./source.ts";

/** One diagnostic as one command: `::error file=...,line=...,col=...,title=CODE::text`. */
export function renderGithub(d: Diagnostic, files: SourceMap): string {
  const place = d.span ? placeOf(d.span, files) : [];
  const properties = [...place, `title=${property(d.code)}`].join(",");
  return `::${d.severity} ${properties}::${data(wholeText(d, files))}\n`;
}

function placeOf(span: Span, files: SourceMap): readonly string[] {
  const start = files.place(span);
  const end = files.place({ ...span, start: span.end });
  const oneLine = start.line === end.line ? [`endColumn=${end.column}`] : [];
  return [
    `file=${property(start.file)}`,
    `line=${start.line}`,
    `endLine=${end.line}`,
    `col=${start.column}`,
    ...oneLine,
  ];
}

function wholeText(d: Diagnostic, files: SourceMap): string {
  const at = (span: Span | undefined) => (span ? `line ${files.place(span).line}: ` : "");
  const notes = d.notes.map((n) => `note: ${at(n.span)}${n.text}`);
  const path = (d.path ?? []).map((span) => `${files.place(span).line}`);
  return [
    d.text,
    ...notes,
    ...(path.length > 0 ? [`path: lines ${path.join(", ")}`] : []),
    ...(d.help === undefined ? [] : [`help: ${d.help}`]),
  ].join("\n");
}

const data = (text: string): string => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
