/** One token, from the scanner through macro expansion to the grammar, and how its place becomes a `Span`. */
import type { IToken, TokenType } from "chevrotain";
import type { Expansion, FileId, Span } from "../../support/span.ts";
import type { Macro } from "./macro.ts";
import { Identifier, wordMeanings } from "./tokens.ts";

/** First token of its line. */
export const AT_LINE_START = 1;
/** White space stands before it. */
export const AFTER_SPACE = 2;
/** Names a macro that must not expand it any more (C11 6.10.3.4p2). */
export const NO_EXPAND = 4;

/** A name or reserved word: one object for each spelling in a compilation, so that a macro is one step away. */
export interface Word {
  readonly name: string;
  readonly type: TokenType;
  readonly canonical: string;
  /** Its macro; `null` for none, `undefined` while nobody has asked for an ambient one. */
  macro: Macro | null | undefined;
}

/** The words of one compilation. */
export class WordTable {
  readonly #words = new Map<string, Word>();
  readonly #macroOf: (name: string) => Macro | null | undefined;

  /** `macroOf` says what a word's macro is before anything is defined here. */
  constructor(macroOf: (name: string) => Macro | null | undefined = () => undefined) {
    this.#macroOf = macroOf;
  }

  /** The word spelled `name`, if it has been read. */
  met(name: string): Word | undefined {
    return this.#words.get(name);
  }

  /** The word spelled `name`. */
  get(name: string): Word {
    let word = this.#words.get(name);
    if (!word) {
      const meaning = wordMeanings.get(name);
      const [type, canonical] = meaning ? [meaning.type, meaning.canonical] : [Identifier, name];
      word = { name, type, canonical, macro: this.#macroOf(name) };
      this.#words.set(name, word);
    }
    return word;
  }
}

/** One use of a macro: the tokens that it produced share this object. */
export class Origin {
  /** The use that stands in the user's text. */
  readonly outermost: Origin;
  readonly macro: string;
  readonly call: Tok;
  /** Where the invocation ends in `call`'s file, its closing parenthesis included. */
  readonly end: number;
  #outer: Expansion | undefined;

  constructor(macro: string, call: Tok, end: number) {
    this.macro = macro;
    this.call = call;
    this.end = end;
    this.outermost = call.origin?.outermost ?? this;
  }

  /** How the use itself came about, where it lies in another macro. */
  get outer(): Expansion | undefined {
    this.#outer ??= this.call.origin && expansionOf(this.call, this.call.origin);
    return this.#outer;
  }
}

/** `start` and `end` are where it is spelled; inside a macro's definition where `origin` is set. */
export class Tok implements IToken {
  readonly tokenType: TokenType;
  readonly tokenTypeIdx: number;
  readonly image: string;
  readonly file: FileId;
  readonly startOffset: number;
  readonly end: number;
  readonly flags: number;
  readonly word: Word | undefined;
  readonly origin: Origin | undefined;

  constructor(
    type: TokenType,
    image: string,
    file: FileId,
    start: number,
    end: number,
    flags: number,
    word?: Word,
    origin?: Origin,
  ) {
    this.tokenType = type;
    this.tokenTypeIdx = type.tokenTypeIdx!;
    this.image = image;
    this.file = file;
    this.startOffset = start;
    this.end = end;
    this.flags = flags;
    this.word = word;
    this.origin = origin;
  }
}

/** The same token with other flags. */
export function withFlags(tok: Tok, flags: number): Tok {
  if (tok.flags === flags) return tok;
  return new Tok(tok.tokenType, tok.image, tok.file, tok.startOffset, tok.end, flags, tok.word, tok.origin);
}

/** The place in the user's text, with the macros in between. */
export function spanOf(tok: Tok): Span {
  if (!tok.origin) return { file: tok.file, start: tok.startOffset, end: tok.end };
  const { call, end } = tok.origin.outermost;
  return { file: call.file, start: call.startOffset, end, via: expansionOf(tok, tok.origin) };
}

function expansionOf(tok: Tok, origin: Origin): Expansion {
  const spelled = { file: tok.file, start: tok.startOffset, end: tok.end };
  const { outer } = origin;
  return outer ? { macro: origin.macro, spelled, outer } : { macro: origin.macro, spelled };
}

/** From the start of `first` to the end of `last`; within one macro use, the trail of `first`. */
export function spanBetween(first: Tok, last: Tok): Span {
  if (!first.origin && !last.origin && first.file === last.file)
    return { file: first.file, start: first.startOffset, end: Math.max(first.end, last.end) };
  return coverSpans(spanOf(first), spanOf(last));
}

/** The smallest span over both, with the macro trail of `a` where both came out of one use of a macro. */
export function coverSpans(a: Span, b: Span): Span {
  if (a.file !== b.file || b.start < a.start) return a;
  const same = a.start === b.start && a.end === b.end;
  if (same && a.via && b.via) return a;
  return { file: a.file, start: a.start, end: Math.max(a.end, b.end) };
}
