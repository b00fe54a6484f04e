/** `#pragma GCC diagnostic`: which warnings are switched off or made errors, by place of the text. */
import { allWarnings, warningsOf } from "../../diag/warning-names.ts";
import type { Expansion, FileId, Span } from "../../support/span.ts";
import type { Tok } from "./token.ts";

export type WarningSetting = "ignored" | "warning" | "error";
type Settings = ReadonlyMap<string, WarningSetting>;

/** From `at` on, in one file, these settings hold. */
interface Change {
  readonly at: number;
  readonly settings: Settings;
}

export class WarningState {
  #now: Settings = new Map();
  readonly #stack: Settings[] = [];
  /** Changes by file, in the order of reading; and those within macro definitions, by where they are spelled. */
  readonly #inFiles = new Map<FileId, Change[]>();
  readonly #inMacros = new Map<FileId, Map<number, Settings>>();

  /** Obeys `push`, `pop`, or a setting of the warnings that `name` stands for; `at` is the pragma. False for anything else. */
  obey(word: string, name: string | undefined, at: Tok): boolean {
    if (word === "push") this.#stack.push(this.#now);
    else if (word === "pop") this.#now = this.#stack.pop() ?? this.#now;
    else if ((word === "ignored" || word === "warning" || word === "error") && name !== undefined) {
      const names = name === "everything" ? allWarnings() : warningsOf(name);
      if (names.length === 0) return true;
      const now = new Map(this.#now);
      for (const one of names) now.set(one, word);
      this.#now = now;
    } else return false;
    const outer = at.origin?.outermost.call ?? at;
    this.note(outer.file, outer.startOffset);
    const use = at.origin?.call;
    if (use?.origin) this.#noteSpelled(use.file, use.startOffset);
    return true;
  }

  /** Says that reading goes on in a file at an offset: what holds now holds there. */
  note(file: FileId, at: number): void {
    let changes = this.#inFiles.get(file);
    if (!changes) {
      if (this.#now.size === 0 && this.#inFiles.size === 0) return;
      changes = [];
      this.#inFiles.set(file, changes);
    }
    changes.push({ at, settings: this.#now });
  }

  #noteSpelled(file: FileId, at: number): void {
    const changes = this.#inMacros.get(file) ?? new Map<number, Settings>();
    this.#inMacros.set(file, changes.set(at, this.#now));
  }

  /** What the pragmas say of a warning at a place; undefined where they say nothing. */
  at(name: string, span: Span): WarningSetting | undefined {
    for (let via: Expansion | undefined = span.via; via; via = via.outer) {
      const found = this.#spelledAt(via.spelled)?.get(name);
      if (found) return found;
    }
    const before = this.#inFiles.get(span.file)?.findLast(({ at }) => at <= span.start);
    return before?.settings.get(name);
  }

  #spelledAt({ file, start }: { readonly file: FileId; readonly start: number }): Settings | undefined {
    let best: { readonly at: number; readonly settings: Settings } | undefined;
    for (const [at, settings] of this.#inMacros.get(file) ?? [])
      if (at <= start && (!best || at > best.at)) best = { at, settings };
    return best?.settings;
  }
}
