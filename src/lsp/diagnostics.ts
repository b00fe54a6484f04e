/** Diagnostics of compiler and verifier as an editor takes them. */
import type { DiagnosticRelatedInformation, Diagnostic as LspDiagnostic } from "vscode-languageserver";
import type { Diagnostic, Note } from "../diag/diagnostic.ts";
import type { Span } from "../support/span.ts";
import { type Analysis, MAIN } from "./analysis.ts";
import { locationOf, type Uris } from "./locations.ts";

/** Severities of the protocol. */
const ERROR = 1;
const WARNING = 2;

/** Those of a document and of what it includes; what has no place in the document stands at its first line. */
export function diagnosticsOf(a: Analysis, uris: Uris): LspDiagnostic[] {
  const found = a.made.diagnostics.map((d) => toLsp(a, d, uris));
  if (a.crash === undefined) return found;
  const message = `this is a bug of bpfasm, not of your program: ${a.crash}`;
  return [...found, { range: a.lines.range(0, 0), severity: WARNING, source: "bpfasm", message }];
}

function toLsp(a: Analysis, d: Diagnostic, uris: Uris): LspDiagnostic {
  const related = relatedOf(a, d, uris);
  return {
    range: rangeIn(a, d.span),
    severity: d.severity === "error" ? ERROR : WARNING,
    code: d.code,
    source: "bpfasm",
    message: d.help === undefined ? d.text : `${d.text}\nhelp: ${d.help}`,
    ...(/unused/.test(d.code) && { tags: [1] }),
    ...(related.length > 0 && { relatedInformation: related }),
  };
}

/** Where it is in the document; what an included file holds is shown where that is included. */
export function rangeIn(a: Analysis, span: Span | undefined): LspDiagnostic["range"] {
  if (!span) return a.lines.range(0, a.lines.endOf(0));
  if (span.file === MAIN) return a.lines.range(span.start, Math.max(span.end, span.start + 1));
  const name = a.made.files.file(span.file).name;
  const include = a.lexemes.find(({ kind, start, end }) => {
    const path = kind === "directive" ? /^#\s*include\s*["<]([^">]+)/.exec(a.text.slice(start, end))?.[1] : undefined;
    return path !== undefined && name.endsWith(path);
  });
  return include ? a.lines.range(include.start, include.end) : a.lines.range(0, a.lines.endOf(0));
}

function relatedOf(a: Analysis, d: Diagnostic, uris: Uris): DiagnosticRelatedInformation[] {
  const elsewhere: Note[] = d.span && d.span.file !== MAIN ? [{ text: d.text, span: d.span }] : [];
  const way: Note[] = (d.path ?? []).map((span, i) => ({ text: `(${i + 1}) the path comes through here`, span }));
  return [...elsewhere, ...d.notes, ...way].flatMap(({ text, span }) => {
    const location = locationOf(a, span ?? d.span, uris);
    return location ? [{ location, message: text }] : [];
  });
}
