/**
 * Diagnostics as one SARIF 2.1.0 document (OASIS, Static Analysis Results Interchange Format), for code scanning and
 * editors: rules, places, notes as related locations, the path as a code flow, and edits as fixes.
 */
import type { Span } from "../support/span.ts";
import type { Diagnostic, Edit } from "./diagnostic.ts";
import type { SourceMap } from "./source.ts";

/** What was said of one input. */
export interface Reported {
  readonly diagnostics: readonly Diagnostic[];
  readonly files: SourceMap;
}

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

/** The document for all inputs of a run; `version` is the tool's. */
export function renderSarif(all: readonly Reported[], version: string): string {
  const codes = [...new Set(all.flatMap(({ diagnostics }) => diagnostics.map((d) => d.code)))].sort();
  const ruleIndex = new Map(codes.map((code, i) => [code, i]));
  const results = all.flatMap(({ diagnostics, files }) => diagnostics.map((d) => result(d, files, ruleIndex)));
  const driver = { name: "bpfasm", version, rules: codes.map(rule) };
  const document = {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [{ tool: { driver }, columnKind: "utf16CodeUnits", results }],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

const rule = (code: string) => ({
  id: code,
  defaultConfiguration: { level: code.startsWith("-W") ? "warning" : "error" },
  help: { text: `bpfasm explain ${code} tells what it means, with an example` },
});

function result(d: Diagnostic, files: SourceMap, ruleIndex: ReadonlyMap<string, number>) {
  const related = d.notes.filter((n) => n.span);
  const path = d.path ?? [];
  return {
    ruleId: d.code,
    ruleIndex: ruleIndex.get(d.code) ?? -1,
    level: d.severity,
    message: { text: messageOf(d) },
    ...(d.span && { locations: [{ physicalLocation: physical(d.span, files) }] }),
    ...(related.length > 0 && {
      relatedLocations: related.map((n, id) => ({
        id,
        physicalLocation: physical(n.span!, files),
        message: { text: n.text },
      })),
    }),
    ...(path.length > 0 && { codeFlows: [{ threadFlows: [{ locations: path.map((span) => step(span, files)) }] }] }),
    ...(d.edits?.length && { fixes: [d.edits, ...(d.alternatives ?? [])].map((edits) => fix(d, edits, files)) }),
  };
}

/** The text with what has no place of its own: notes and help. */
function messageOf(d: Diagnostic): string {
  const more = d.notes.filter((n) => !n.span).map((n) => `note: ${n.text}`);
  return [d.text, ...more, ...(d.help === undefined ? [] : [`help: ${d.help}`])].join("\n");
}

const step = (span: Span, files: SourceMap) => ({ location: { physicalLocation: physical(span, files) } });

const artifact = (span: Span, files: SourceMap) => ({ uri: uriOf(files.file(span.file).name) });

const physical = (span: Span, files: SourceMap) => ({
  artifactLocation: artifact(span, files),
  region: regionOf(span, files),
});

/** Lines and columns from 1; the end column is behind the last character. SARIF 3.30 */
function regionOf(span: Span, files: SourceMap) {
  const start = files.place(span);
  const end = files.place({ ...span, start: span.end });
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}

/** A relative file name stays relative to where the command ran. SARIF 3.4.3 */
function uriOf(name: string): string {
  const path = name.split("/").map(encodeURIComponent).join("/");
  return name.startsWith("/") ? `file://${path}` : path;
}

function fix(d: Diagnostic, edits: readonly Edit[], files: SourceMap) {
  const byFile = new Map<number, Edit[]>();
  for (const edit of edits) byFile.set(edit.span.file, [...(byFile.get(edit.span.file) ?? []), edit]);
  return {
    description: { text: d.help ?? d.text },
    artifactChanges: [...byFile.values()].map((some) => ({
      artifactLocation: artifact(some[0]!.span, files),
      replacements: some.map(({ span, text }) => ({
        deletedRegion: regionOf(span, files),
        ...(text !== "" && { insertedContent: { text } }),
      })),
    })),
  };
}
