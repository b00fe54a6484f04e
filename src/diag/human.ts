/** Diagnostics for people: place, text, the source line with a caret, notes, and how to mend it. */
import type { Span } from "../support/span.ts";
import type { Diagnostic, Note } from "./diagnostic.ts";
import type { Place, SourceMap } from "./source.ts";

export interface HumanOptions {
  readonly color: boolean;
}

const codes = { bold: "1", red: "1;31", magenta: "1;35", cyan: "1;36", green: "1;32" } as const;
type Paint = (color: keyof typeof codes, text: string) => string;

const painter =
  (on: boolean): Paint =>
  (color, text) =>
    on ? `\u001b[${codes[color]}m${text}\u001b[0m` : text;

/** One diagnostic, in several lines, with a newline at its end. */
export function renderHuman(d: Diagnostic, files: SourceMap, options: HumanOptions): string {
  const paint = painter(options.color);
  const word = d.severity === "error" ? paint("red", "error:") : paint("magenta", "warning:");
  const head = `${prefix(d.span, files, paint)}${word} ${paint("bold", d.text)} [${d.code}]`;
  const parts = [head, ...excerpt(d.span, files, paint), ...trail(d.span, files, paint)];
  for (const note of d.notes) parts.push(...renderNote(note, files, paint));
  parts.push(...way(d.path ?? [], files, paint));
  if (d.help !== undefined) parts.push(`  ${paint("cyan", "help:")} ${d.help}`);
  return `${parts.join("\n")}\n`;
}

const placeText = (p: Place): string => `${p.file}:${p.line}:${p.column}`;

function prefix(span: Span | undefined, files: SourceMap, paint: Paint): string {
  return span ? `${paint("bold", `${placeText(files.place(span))}:`)} ` : paint("bold", "bpfasm: ");
}

function renderNote(note: Note, files: SourceMap, paint: Paint): string[] {
  if (!note.span) return [`  ${paint("cyan", "note:")} ${note.text}`];
  return [
    `${prefix(note.span, files, paint)}${paint("cyan", "note:")} ${note.text}`,
    ...excerpt(note.span, files, paint),
  ];
}

/** The lines of a path, one below the other; a line that leaves the file names its own. */
function way(path: readonly Span[], files: SourceMap, paint: Paint): string[] {
  if (path.length === 0) return [];
  const first = path[0]!.file;
  const line = (span: Span): string => {
    const { file, line: number } = files.place(span);
    const text = files.lineText(span.file, number).trim().slice(0, MAX_WIDTH);
    return `${`${number}`.padStart(5)} | ${span.file === first ? "" : `${file}: `}${text}`;
  };
  return [`  ${paint("cyan", "path:")}`, ...path.map(line)];
}

const MAX_WIDTH = 160;

/** The source line and what of it is meant; nothing for text that is not the user's. */
function excerpt(span: Span | undefined, files: SourceMap, paint: Paint): string[] {
  if (!span || files.file(span.file).builtin) return [];
  const { line, column } = files.place(span);
  const text = files.lineText(span.file, line);
  const from = text.length > MAX_WIDTH ? Math.max(0, column - MAX_WIDTH / 2) : 0;
  const shown = text.slice(from, from + MAX_WIDTH);
  const length = Math.max(1, Math.min(span.end - span.start, shown.length - (column - 1 - from)));
  const indent = text.slice(from, column - 1).replace(/[^\t]/g, " ");
  const number = `${line}`.padStart(5);
  return [`${number} | ${shown}`, `      | ${indent}${paint("green", `^${"~".repeat(length - 1)}`)}`];
}

/** The macros that a place came through, innermost first. */
function trail(span: Span | undefined, files: SourceMap, paint: Paint): string[] {
  const lines: string[] = [];
  for (let via = span?.via; via && lines.length < 8; via = via.outer) {
    if (files.file(via.spelled.file).builtin) continue;
    lines.push(
      `${prefix(via.spelled, files, paint)}${paint("cyan", "note:")} in the expansion of macro '${via.macro}'`,
    );
    lines.push(...excerpt(via.spelled, files, paint));
  }
  return lines;
}

/** `2 errors and 1 warning`, or nothing. */
export function renderCount(all: readonly Diagnostic[]): string {
  const count = (severity: Diagnostic["severity"]) => all.filter((d) => d.severity === severity).length;
  const word = (n: number, what: string) => (n === 0 ? [] : [`${n} ${what}${n === 1 ? "" : "s"}`]);
  return [...word(count("error"), "error"), ...word(count("warning"), "warning")].join(" and ");
}
