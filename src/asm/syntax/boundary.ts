/**
 * What the preprocessor does between two declarations at file scope: it passes those that need not be read, being
 * skimmed or known from other compilations, and notes how the next one is read if that is worth keeping.
 */
import type { SourceFile } from "../../diag/source.ts";
import type { ExternalItem } from "./ast.ts";
import { constantMayFollow } from "./deferred.ts";
import { obeyKnown } from "./directives.ts";
import {
  isSameMacro,
  type KnownHeader,
  type KnownHeaders,
  type KnownItem,
  type Progress,
  Trace,
} from "./known-headers.ts";
import { NO_STATE, SkimLog } from "./known-skims.ts";
import type { Macro } from "./macro.ts";
import type { FileLevel, Preprocessor } from "./preprocess.ts";
import type { Scanner } from "./scan.ts";

export class Boundary {
  /** What other compilations know of headers; undefined where nothing is taken from them. */
  headers: KnownHeaders | undefined;
  /** Set while a declaration is read that may be kept. */
  trace: Trace | undefined;
  /** Directives obeyed so far. */
  directives = 0;
  readonly #pp: Preprocessor;
  /** Of headers that are skimmed: the state of the macros that they spell. */
  readonly #states = new Map<KnownHeader, number>();
  readonly #known = new Map<SourceFile, KnownHeader>();
  /** A declaration is taken once in a compilation: one that stands twice in it has two trees. */
  readonly #taken = new Set<KnownItem>();

  constructor(pp: Preprocessor) {
    this.#pp = pp;
  }

  /** The `SourceFile` of a header that is included for the first time. */
  meet(name: string, text: string): SourceFile {
    const { files, ambientMacros } = this.#pp.input;
    const known = ambientMacros.key === undefined ? undefined : this.headers?.meet(name, text, ambientMacros.key);
    if (!known) return files.add(name, text);
    this.#known.set(known.file, known);
    return files.adopt(known.file);
  }

  /** The `SourceFile` of an ambient macro. */
  builtin(name: string, text: string): SourceFile {
    const { files } = this.#pp.input;
    return this.headers ? files.adopt(this.headers.builtin(name, text)) : files.add(name, text, true);
  }

  known(file: SourceFile): KnownHeader | undefined {
    return this.#known.get(file);
  }

  /** Passes what need not be read. A known `#include` leaves another level on top. */
  pass(level: FileLevel): void {
    const { known, scanner } = level;
    do {
      this.#skim(level);
      if (!known || this.#pp.stopped) return;
    } while (this.#takeItems(known, scanner) || this.#obey(level, known));
  }

  #skim(level: FileLevel): void {
    const pp = this.#pp;
    const { scanner, file, isDeferred } = level;
    if (!isDeferred && (pp.levels.length === 1 || !constantMayFollow(file.text, scanner.pos))) return;
    const before = pp.deferred.count;
    const wanted = isDeferred ? "all" : "constants";
    const state = level.known ? this.#stateOf(level.known) : NO_STATE;
    const known = level.known?.skims.at(state, scanner.pos, wanted);
    if (known?.undeclared.every((name) => !pp.declared.isDeclared(name))) {
      pp.deferred.take(pp, file, known);
      scanner.pos = known.end;
    } else {
      const start = scanner.pos;
      const log = state === NO_STATE ? undefined : new SkimLog();
      scanner.pos = pp.deferred.skim(pp, file, start, wanted, (name) => pp.macroKind(name), log);
      if (log) level.known?.keepSkim(state, start, wanted, scanner.pos, log);
    }
    if (pp.deferred.count > before) pp.onSkimmed?.();
  }

  /** The state of the macros that a header spells. */
  #stateOf(header: KnownHeader): number {
    let state = this.#states.get(header);
    if (state === undefined) {
      state = 0;
      for (const name of [...this.#pp.userMacros.names()].filter((one) => header.skims.spells(one)).sort())
        state = header.skims.next(state, name, this.#pp.words.get(name).macro);
      this.#states.set(header, state);
    }
    return state;
  }

  /** A macro of the user's has changed. */
  changed(name: string, macro: Macro | null | undefined): void {
    for (const [header, state] of this.#states) this.#states.set(header, header.skims.next(state, name, macro));
  }

  /** Takes the declarations that come next; false where not even the first is known as it would be here. */
  #takeItems(header: KnownHeader, scanner: Scanner): boolean {
    const pp = this.#pp;
    const start = scanner.pos;
    for (;;) {
      const known = header.at(scanner.pos)?.find((one) => this.#stillHolds(one) && pp.declared.takeKnown(one));
      if (!known) return scanner.pos !== start;
      this.#taken.add(known);
      pp.expand(known.expanded);
      scanner.resume(known.end);
    }
  }

  #stillHolds(known: KnownItem): boolean {
    const pp = this.#pp;
    if (pp.pack || this.#taken.has(known) || pp.expanded + known.expanded > pp.limits.expandedTokens) return false;
    for (const [name, place] of known.macros) {
      // A name that nobody has met here is no macro of the file's: it is what it was.
      const word = place ? pp.words.get(name) : pp.words.met(name);
      if (word && !isSameMacro(pp.macroOf(word), place, pp)) return false;
    }
    return true;
  }

  /** Obeys the directives that come next, as far as they are known; true where a declaration may follow. */
  #obey(level: FileLevel, header: KnownHeader): boolean {
    const start = level.scanner.pos;
    for (;;) {
      const known = header.directive(level.scanner.pos);
      if (!known || !obeyKnown(this.#pp, level, known)) return level.scanner.pos !== start;
      if (this.#pp.level !== level) return false;
    }
  }

  /** The declaration behind `start` is about to be read. */
  begin({ known }: FileLevel, start: number): void {
    if (known?.wants(start)) this.trace = new Trace(known, start, this.#progress);
  }

  /** The declaration that `trace` follows has been read as `item`, to its last token. */
  finish(trace: Trace, item: ExternalItem | undefined): void {
    const pp = this.#pp;
    const { known, scanner } = pp.level;
    if (known !== trace.header || !pp.isInFile || pp.pack || pp.stopped) return;
    const made = trace.finish(item, scanner.pos, this.#progress);
    if (made) this.#taken.add(made);
  }

  get #progress(): Progress {
    return { reports: this.#pp.sink.reports, directives: this.directives, expanded: this.#pp.expanded };
  }
}
