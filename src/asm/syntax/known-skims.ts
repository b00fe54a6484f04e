/**
 * Stretches of a header that were skimmed in an earlier compilation: where their declarations lie and what names these
 * declare. Skimming asks of a word whether it is a macro, and which; so a stretch is known for the state of those
 * macros whose names the header spells. States are numbered as they are met: the same changes give the same number.
 */
import { isShared } from "../../diag/source.ts";
import type { Macro } from "./macro.ts";
import type { SkimmedKind } from "./skim.ts";

/** What is skimmed: as in `deferred.ts`. */
type Wanted = "all" | "constants";

/** A name that a skimmed declaration declares; declarations are counted from 0 in a stretch. */
export interface SkimmedName {
  readonly chunk: number;
  readonly kind: SkimmedKind;
  readonly start: number;
  readonly end: number;
}

export interface KnownSkim {
  /** Where reading goes on. */
  readonly end: number;
  /** Where the declarations begin and end. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly names: readonly SkimmedName[];
  /** Names that must not be declared before. */
  readonly undeclared: readonly string[];
}

/** Notes what one stretch is found to be. */
export class SkimLog {
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly names: SkimmedName[] = [];
  readonly undeclared: string[] = [];
  /** A name was declared before: another time it may not be. */
  isSpoilt = false;

  add(chunk: number, kind: SkimmedKind, start: number, end: number): void {
    this.names.push({ chunk, kind, start, end });
  }

  asked(name: string, isDeclared: boolean): void {
    if (isDeclared) this.isSpoilt = true;
    else this.undeclared.push(name);
  }
}

/** The state of macros of which nothing is known. */
export const NO_STATE = -1;

/** So many states and names are kept of one header, a stretch counting as one more. */
const MOST_STATES = 20_000;
const MOST_NAMES = 250_000;

export class KnownSkims {
  readonly #text: string;
  #words: ReadonlySet<string> | undefined;
  readonly #states = new Map<string, number>();
  readonly #stretches = new Map<string, KnownSkim>();
  #names = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Whether the header spells the name of a macro. */
  spells(name: string): boolean {
    this.#words ??= new Set(this.#text.match(/[A-Za-z_]\w*/g));
    return this.#words.has(name);
  }

  /** The state behind a change of a macro. A macro of the program's own, which may be any, leads to none. */
  next(state: number, name: string, macro: Macro | null | undefined): number {
    if (state === NO_STATE || !this.spells(name)) return state;
    const span = macro && !macro.ambient ? macro.span : undefined;
    if (span && !isShared(span.file)) return NO_STATE;
    const key = span ? `${state} ${name} ${span.file} ${span.start}` : `${state} ${name}`;
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    if (this.#states.size >= MOST_STATES) return NO_STATE;
    this.#states.set(key, this.#states.size + 1);
    return this.#states.size;
  }

  at(state: number, pos: number, wanted: Wanted): KnownSkim | undefined {
    return this.#stretches.get(`${state} ${pos} ${wanted}`);
  }

  /** Keeps a stretch; gives how many names that takes, and one. */
  keep(state: number, pos: number, wanted: Wanted, end: number, log: SkimLog): number {
    if (log.isSpoilt || this.#names + log.names.length > MOST_NAMES) return 0;
    this.#names += log.names.length + 1;
    const { starts, ends, names, undeclared } = log;
    this.#stretches.set(`${state} ${pos} ${wanted}`, { end, starts, ends, names, undeclared });
    return names.length + 1;
  }
}
