/** Runs the verifier over a finished object and turns its findings into diagnostics in the user's files. */
import type { Diagnostic, DiagSink, Note } from "../diag/diagnostic.ts";
import type { SourceMap } from "../diag/source.ts";
import type { SourceLine } from "../elf/model.ts";
import { readObject } from "../elf/reader.ts";
import type { Kernel } from "../kernel/model.ts";
import { linkObject } from "../link/link.ts";
import type { Span } from "../support/span.ts";
import type { Finding, ProgramVerdict } from "../verifier/model.ts";
import { verify } from "../verifier/verify.ts";
import type { Memory } from "./memory.ts";
import type { Mend } from "./mend/mend.ts";

/** Who takes part in a verification. */
export interface Verifying {
  /** Is told which program is next. */
  readonly begins?: (program: string, index: number, count: number) => void;
  /** Called before each program and each instruction that is followed. */
  readonly pulse?: (() => void) | undefined;
  /** Of earlier verdicts for the same kernel. */
  readonly memory?: Memory | undefined;
}

/** Links an object as a loader would and verifies every program in it. */
export function verifyObject(
  bytes: Uint8Array,
  kernel: Kernel,
  sink: DiagSink,
  { begins, pulse, memory }: Verifying = {},
): readonly ProgramVerdict[] {
  const verdicts = linkObject(readObject(bytes), kernel, sink).map((program, i, all) => {
    begins?.(program.name, i, all.length);
    pulse?.();
    const judge = () => verify(program, kernel, pulse && { trace: pulse });
    return memory ? memory.verdict(program, judge) : judge();
  });
  memory?.judged();
  return verdicts;
}

/** Operators before it, a name with its members and indices: what of a text is shown for an expression that starts there. */
const EXPRESSION = /[*&!~-]*[A-Za-z_]\w*(?:(?:->|\.)\w+|\[[^\][\n]*\])*/y;

function expressionLength(text: string, at: number): number {
  EXPRESSION.lastIndex = at;
  return EXPRESSION.exec(text)?.[0].length ?? 1;
}

export type SpanOf = (line: SourceLine) => Span | undefined;

/** Where line info points, in the files of this compilation. */
export function spanFinder(files: SourceMap, nameInObject: (name: string) => string): SpanOf {
  const byName = new Map(files.files.filter((f) => !f.builtin).map((f) => [nameInObject(f.name), f.id]));
  return (line) => {
    const id = byName.get(line.file);
    const at = id === undefined ? undefined : files.spanAt(id, line.line, line.column);
    return at && { ...at, end: at.start + expressionLength(files.file(at.file).text, at.start) };
  };
}

/** Edits of the source that mend a finding, and a better place for it, where they are known. */
export type MendOf = (finding: Finding, verdict: ProgramVerdict) => Mend;

/** References that another kernel may have: fields, types and enumerators by CO-RE, weak functions. */
const UNRESOLVED: ReadonlySet<string> = new Set(["E0568", "E0569"]);

/**
 * What a build says of a program that is refused. The object is still of use, so it is a warning, where the loader leaves
 * the program out (a section with `?`) and where the reason is what this one kernel lacks.
 */
export function reportVerdict(verdict: ProgramVerdict, spanOf: SpanOf, sink: DiagSink, mendOf: MendOf): void {
  for (const finding of verdict.findings) {
    const made = findingDiagnostic(finding, spanOf, mendOf(finding, verdict));
    const name = verdict.section.startsWith("?")
      ? "optional-programs"
      : UNRESOLVED.has(finding.code)
        ? "unresolved"
        : undefined;
    if (!name) {
      sink.add(made);
      continue;
    }
    const warning = sink.warn(name, made.span, verdict.program, `${made.text} [${made.code}]`);
    for (const note of made.notes) warning.note(note.text, note.span);
    if (made.path) warning.path(made.path);
    for (const edit of made.edits ?? []) warning.edit(edit.span, edit.text);
    for (const edits of made.alternatives ?? []) warning.alternative(edits);
    if (made.help !== undefined) warning.help(made.help);
  }
}

/** A finding as a diagnostic; without a place in a file, its text names the source line. */
function findingDiagnostic(finding: Finding, spanOf: SpanOf, { edits, alternatives, at }: Mend): Diagnostic {
  const span = at ?? (finding.line && spanOf(finding.line));
  const notes: Note[] = finding.notes.map((note) => {
    const at = note.line && spanOf(note.line);
    return at ? { text: note.text, span: at } : { text: note.text };
  });
  const path = finding.path.flatMap((line) => spanOf(line) ?? []);
  return {
    code: finding.code,
    severity: "error",
    text: finding.text,
    ...(span && { span }),
    notes,
    ...(path.length > 0 && { path }),
    help: finding.help,
    ...(edits.length > 0 && { edits }),
    ...(alternatives && { alternatives }),
  };
}
