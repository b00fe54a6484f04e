/**
 * Directives of headers that an earlier compilation has read, in a form that needs no reading: where they end, and what
 * they say. They are obeyed as if they had been read here; only an `#if` is decided as it was, where all that it asked
 * of macros has the same answers.
 */
import type { Span } from "../../support/span.ts";
import { isDefined } from "./directives.ts";
import type { Plain } from "./lazy-macro.ts";
import type { Macro } from "./macro.ts";
import type { Preprocessor } from "./preprocess.ts";
import type { Tok, Word } from "./token.ts";

/** What an `#if` asked of macros: whether there is one, and the numbers they stand for. */
export class Asked {
  readonly #words = new Map<string, string | null>();
  readonly #defined = new Map<string, boolean>();
  /** Something was asked that cannot be asked again. */
  isSpoilt = false;

  /** The macro of a word is about to take its place. */
  word({ name }: Word, macro: Macro | null, pp: Preprocessor): void {
    const text = spelled(macro, pp);
    if (text === undefined) this.isSpoilt = true;
    else this.#words.set(name, text);
  }

  defined(name: string, isDefined: boolean): void {
    this.#defined.set(name, isDefined);
  }

  /** Whether all answers are still the same. */
  holds(pp: Preprocessor): boolean {
    for (const [name, yes] of this.#defined) if (isDefined(pp, pp.words.get(name)) !== yes) return false;
    for (const [name, text] of this.#words) if (spelled(pp.macroOf(pp.words.get(name)), pp) !== text) return false;
    return true;
  }
}

/** The body of a macro; `null` for no macro, undefined for one that has parameters, may give way or is made at its use. */
function spelled(macro: Macro | null, pp: Preprocessor): string | null | undefined {
  if (!macro) return null;
  if (macro.ambient && pp.declared.isDeclared(macro.name)) return undefined;
  if (macro.params || macro.dynamic || macro.hasOperators) return undefined;
  return macro.body.map(({ image }) => image).join(" ");
}

export interface HeaderName {
  readonly name: string;
  readonly angled: boolean;
}

/** What a directive says. */
export type Said =
  | { readonly kind: "define"; readonly start: number; readonly definition: Plain }
  | { readonly kind: "undef"; readonly name: string }
  | { readonly kind: "include"; readonly header: HeaderName; readonly at: Span; readonly next: boolean }
  | { readonly kind: "ifdef"; readonly name: string; readonly wanted: boolean; readonly hash: Tok; readonly as: string }
  | {
      readonly kind: "if";
      readonly asked: Asked;
      readonly holds: boolean;
      readonly hash: Tok;
      readonly expanded: number;
    }
  | { readonly kind: "endif" };

/** The same, and where the directive ends. */
export type KnownDirective = Said & { readonly end: number };

/** How the groups that an `#if` switches off end: at its `#endif`, or at an `#else` whose group is read. */
export interface KnownSkip {
  readonly end: number;
  readonly atElse: boolean;
}
