import type { FileId, Span } from "../support/span.ts";
import { type ErrorCode, errorTexts, type WarningName, warningTexts } from "./catalogue.ts";
import { type WarningLevel, WarningLevels } from "./warning-levels.ts";

export interface Note {
  readonly text: string;
  readonly span?: Span;
}

/** Replaces the text of `span` by `text`: an edit that mends the diagnostic it hangs on. */
export interface Edit {
  readonly span: Span;
  readonly text: string;
}

/** What is wrong, where, why, and how to mend it. Rendering happens at the edge. */
export interface Diagnostic {
  /** `E0203` for an error, `-Wname` for a warning. */
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly text: string;
  /** Missing where the trouble has no place in a source file (an object, an option). */
  readonly span?: Span;
  readonly notes: readonly Note[];
  /** The way that control takes to the trouble: places where it parted from others, first to last. */
  readonly path?: readonly Span[];
  readonly help?: string;
  readonly edits?: readonly Edit[];
  /** Other edits that mend it instead of `edits`, the better ones first. */
  readonly alternatives?: readonly (readonly Edit[])[];
}

/** Adds to the diagnostic that was just reported. */
export interface DiagBuilder {
  note(text: string, span?: Span): this;
  help(text: string): this;
  edit(span: Span, text: string): this;
  path(spans: readonly Span[]): this;
  /** Edits to be made instead of those that `edit` adds. */
  alternative(edits: readonly Edit[]): this;
}

type ErrorArgs<C extends ErrorCode> = Parameters<(typeof errorTexts)[C]>;
type WarningArgs<W extends WarningName> = Parameters<(typeof warningTexts)[W]>;

interface Draft {
  code: string;
  severity: "error" | "warning";
  text: string;
  span?: Span;
  notes: Note[];
  path?: readonly Span[];
  help?: string;
  edits?: Edit[];
  alternatives?: (readonly Edit[])[];
}

class Builder implements DiagBuilder {
  readonly #draft: Draft;
  constructor(draft: Draft) {
    this.#draft = draft;
  }
  note(text: string, span?: Span): this {
    this.#draft.notes.push(span ? { text, span } : { text });
    return this;
  }
  help(text: string): this {
    this.#draft.help = text;
    return this;
  }
  edit(span: Span, text: string): this {
    this.#draft.edits ??= [];
    this.#draft.edits.push({ span, text });
    return this;
  }
  path(spans: readonly Span[]): this {
    if (spans.length > 0) this.#draft.path = spans;
    return this;
  }
  alternative(edits: readonly Edit[]): this {
    this.#draft.alternatives = [...(this.#draft.alternatives ?? []), edits];
    return this;
  }
}

/** Collects diagnostics in the order in which stages report them; stages report and carry on. */
export class DiagSink {
  readonly #all: Draft[] = [];
  #errors = 0;
  #reports = 0;
  /** What the source itself says of a warning at a place; the parser sets it. */
  settingAt: (name: string, span: Span) => WarningLevel | undefined = () => undefined;
  /** Whether a file is the system's or built in: it is not warned about. */
  isSystem: (file: FileId) => boolean = () => false;
  readonly #levels: WarningLevels;

  constructor(levels: WarningLevels = new WarningLevels()) {
    this.#levels = levels;
  }

  get hasErrors(): boolean {
    return this.#errors > 0;
  }

  get errorCount(): number {
    return this.#errors;
  }

  /** How often something was reported, warnings that are switched off among them. */
  get reports(): number {
    return this.#reports;
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.#all;
  }

  error<C extends ErrorCode>(code: C, span: Span | undefined, ...args: ErrorArgs<C>): DiagBuilder {
    this.#errors++;
    this.#reports++;
    return this.#push(code, "error", (errorTexts[code] as (...a: unknown[]) => string)(...args), span);
  }

  /** Whether nothing asks for warnings (`-w`). */
  get isQuiet(): boolean {
    return this.#levels.none;
  }

  /** What the options, the source and the kind of file make of a warning at a place. */
  levelAt(name: WarningName, span?: Span): WarningLevel {
    if (span && this.isSystem(span.file)) return "ignored";
    return this.#levels.of(name, span && this.settingAt(name, span));
  }

  /** Whether the source or the options switch the warning off at the place. */
  isIgnored(name: WarningName, span: Span): boolean {
    return this.levelAt(name, span) === "ignored";
  }

  warn<W extends WarningName>(name: W, span: Span | undefined, ...args: WarningArgs<W>): DiagBuilder {
    this.#reports++;
    const level = this.levelAt(name, span);
    if (level === "ignored") return new Builder({ code: `-W${name}`, severity: "warning", text: "", notes: [] });
    if (level === "error") this.#errors++;
    const text = (warningTexts[name] as (...a: unknown[]) => string)(...args);
    return this.#push(`-W${name}`, level, text, span);
  }

  /** Takes over a diagnostic that was made elsewhere, as by the verifier. */
  add(diagnostic: Diagnostic): void {
    if (diagnostic.severity === "error") this.#errors++;
    const { notes, edits = [], alternatives, ...rest } = diagnostic;
    const others = alternatives && { alternatives: [...alternatives] };
    this.#all.push({ ...rest, notes: [...notes], edits: [...edits], ...others });
  }

  #push(code: string, severity: "error" | "warning", text: string, span: Span | undefined): DiagBuilder {
    const draft: Draft = { code, severity, text, notes: [], ...(span && { span }) };
    this.#all.push(draft);
    return new Builder(draft);
  }
}
