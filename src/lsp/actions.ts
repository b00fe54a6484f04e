/** Code actions: the mends that diagnostics carry. */
import type { CodeAction, Range, TextEdit } from "vscode-languageserver";
import type { Diagnostic, Edit } from "../diag/diagnostic.ts";
import type { Span } from "../support/span.ts";
import { type Analysis, MAIN } from "./analysis.ts";
import { diagnosticsOf, rangeIn } from "./diagnostics.ts";
import type { Uris } from "./locations.ts";

/** Edits that belong together, and what they do in words. */
export interface Mend {
  readonly title: string;
  readonly edits: readonly Edit[];
}

/** A diagnostic's own edits, what may be done instead, and names that its help proposes in place of the wrong one. */
export function mendsOf(a: Analysis, d: Diagnostic): readonly Mend[] {
  const all = [d.edits ?? [], ...(d.alternatives ?? [])].filter((edits) => edits.length > 0);
  const own = all.map((edits, nth) => ({
    title: all.length === 1 ? (d.help ?? `mend ${d.code}`) : `${nth === 0 ? "" : "or: "}${inWords(a, edits)}`,
    edits,
  }));
  return [...own, ...proposals(a, d)];
}

/** What edits do, as far as a line can hold it. */
function inWords(a: Analysis, edits: readonly Edit[]): string {
  const words = edits.map(({ span, text }) => {
    const [old, put] = [a.text.slice(span.start, span.end), text].map((t) => t.trim().replace(/\s+/g, " "));
    // What begins with a new line comes behind the line where it is put.
    const line = a.lines.lineAt(span.start) + (/^\s*\n/.test(text) ? 2 : 1);
    if (old === "") return `insert '${put}' at line ${line}`;
    return put === "" ? `drop '${old}'` : `change '${old}' to '${put}'`;
  });
  const said = words.join(", ");
  return said.length > LONGEST_TITLE ? `${said.slice(0, LONGEST_TITLE - 1)}…` : said;
}

const LONGEST_TITLE = 100;

/** "did you mean 'a', 'b' or 'c'?": each quoted name instead of the wrong one. */
function proposals(a: Analysis, d: Diagnostic): readonly Mend[] {
  const { help = "" } = d;
  const wrong = help.startsWith("did you mean") ? wrongName(a, d) : undefined;
  if (!wrong) return [];
  const written = a.text.slice(wrong.start, wrong.end);
  const names = [...help.matchAll(/'([^']+)'/g)].map((m) => m[1]!);
  return names.map((text) => ({ title: `change '${written}' to '${text}'`, edits: [{ span: wrong, text }] }));
}

/** The name that a diagnostic quotes first: at its place, or in the section's string above it. */
function wrongName(a: Analysis, { span, text }: Diagnostic): Span | undefined {
  const name = /'([^']+)'/.exec(text)?.[1];
  if (name === undefined || !span || span.via || span.file !== MAIN) return undefined;
  if (a.text.slice(span.start, span.end) === name) return { ...span };
  const string = a.lexemes.findLast(
    ({ kind, start, end }) => kind === "string" && end <= span.start && a.text.slice(start, end).includes(name),
  );
  if (!string || a.lines.lineAt(string.end) < a.lines.lineAt(span.start) - MAX_LINES_UP) return undefined;
  const start = a.text.indexOf(name, string.start);
  return { file: MAIN, start, end: start + name.length };
}

/** A section stands that far above its function's name at most. */
const MAX_LINES_UP = 3;

const touches = (a: Range, b: Range): boolean =>
  !(a.end.line < b.start.line || b.end.line < a.start.line) &&
  !(a.end.line === b.start.line && a.end.character < b.start.character) &&
  !(b.end.line === a.start.line && b.end.character < a.start.character);

/** The mends of what is wrong within a range. Edits of other files, or inside of macros, are left alone. */
export function codeActions(a: Analysis, range: Range, uris: Uris): CodeAction[] {
  const shown = diagnosticsOf(a, uris);
  return a.made.diagnostics.flatMap((d, index) => {
    if (!touches(rangeIn(a, d.span), range)) return [];
    return mendsOf(a, d).flatMap(({ title, edits }, nth) => {
      if (edits.some(({ span }) => span.file !== MAIN || span.via)) return [];
      const changes: TextEdit[] = edits.map(({ span, text }) => ({
        range: a.lines.range(span.start, span.end),
        newText: text,
      }));
      const edit = { changes: { [uris.main]: changes } };
      return [{ title, kind: "quickfix", diagnostics: [shown[index]!], edit, ...(nth === 0 && { isPreferred: true }) }];
    });
  });
}
