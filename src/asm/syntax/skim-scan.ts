/**
 * One external declaration, seen from above: its words and bracketed groups, without making tokens. Whatever is not
 * plain enough to be sure of is refused, and then the grammar reads it.
 */

import type { MacroNames } from "./macro-names.ts";
import { type InnerKind, leapBraces, MacroFinder, openerAt, type SeenNames } from "./skim-body.ts";

/** What stands outside of all brackets: a word, `*`, `{...}`, `(...)`, `[...]`. */
export type Piece = "word" | "star" | "brace" | "paren" | "bracket";

const BLANK = 1;
const WORD = 2;
const DIGIT = 3;
/** Passed over inside of brackets. */
const PLAIN = 4;

const kinds = new Uint8Array(128);
for (const c of " \t\n\r\v\f") kinds[c.charCodeAt(0)] = BLANK;
for (let c = 0; c < 128; c++) if (/[A-Za-z_]/.test(String.fromCharCode(c))) kinds[c] = WORD;
for (let c = 48; c < 58; c++) kinds[c] = DIGIT;
for (const c of "*,;:=+-<>|&~!()[]{}.?^") kinds[c.charCodeAt(0)] = PLAIN;

const [QUOTE, SLASH, STAR, SEMI, EQUALS] = [34, 47, 42, 59, 61];
/** What makes a pointer a constant: `= (void *) 1;`. */
const constantAddress = /=\s*\(\s*void\s*\*\s*\)\s*\d+\s*;/y;
const [OPEN_PAREN, CLOSE_PAREN, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE, COMMA] = [
  40, 41, 91, 93, 123, 125, 44,
];
/** Declarations with more pieces than this are left to the grammar. */
const MOST_PIECES = 48;
const DEEPEST = 100;

/** Reads declarations one after the other; `pieces` and `inner` hold what the last one is made of. */
export class SkimScanner {
  readonly text: string;
  pos: number;
  /** How many pieces there are: `pieces`, `starts` and `ends` hold as many, and old ones behind. */
  count = 0;
  readonly pieces = new Array<Piece>(MOST_PIECES).fill("word");
  readonly starts = new Int32Array(MOST_PIECES);
  readonly ends = new Int32Array(MOST_PIECES);
  /** The pieces are followed by `= (void *) N`. */
  isConstant = false;
  /** The same for names declared inside of braces. */
  innerCount = 0;
  readonly innerKinds: InnerKind[] = [];
  readonly innerStarts: number[] = [];
  readonly innerEnds: number[] = [];
  readonly #macros: MacroNames;
  readonly #finder: MacroFinder;
  readonly #add = (kind: InnerKind, start: number, end: number): void => {
    const i = this.innerCount++;
    this.innerKinds[i] = kind;
    this.innerStarts[i] = start;
    this.innerEnds[i] = end;
    if (this.isMacro(start, end)) this.#hasMacro = true;
  };
  /** A name that braces declare is a macro. */
  #hasMacro = false;

  constructor(text: string, pos: number, macros: MacroNames, seen?: SeenNames) {
    this.text = text;
    this.pos = pos;
    this.#macros = macros;
    this.#finder = new MacroFinder(text, macros.shaping, seen);
  }

  /** Reads up to the `;` of the next declaration; false at the end, at a directive, and at what is not plain. */
  next(): boolean {
    this.count = 0;
    this.innerCount = 0;
    this.isConstant = false;
    for (;;) {
      this.#blanks();
      const start = this.pos;
      const c = this.text.charCodeAt(start);
      if (c === SEMI) {
        this.pos++;
        return true;
      }
      if (c === EQUALS) return this.#constant();
      const piece = this.#piece(c);
      if (piece === undefined || this.count >= MOST_PIECES) return false;
      this.pieces[this.count] = piece;
      this.starts[this.count] = start;
      this.ends[this.count++] = this.pos;
    }
  }

  word(i: number): string {
    return this.text.slice(this.starts[i]!, this.ends[i]!);
  }

  isMacro(start: number, end: number): boolean {
    return this.#macros.isSpelled(this.text, start, end);
  }

  #constant(): boolean {
    constantAddress.lastIndex = this.pos;
    this.isConstant = constantAddress.test(this.text);
    if (this.isConstant) this.pos = constantAddress.lastIndex;
    return this.isConstant;
  }

  #piece(c: number): Piece | undefined {
    if (c < 128 && kinds[c] === WORD) {
      this.#pastWord();
      return "word";
    }
    if (c === STAR) {
      this.pos++;
      return "star";
    }
    if (c === OPEN_BRACE) return this.#braces(this.#opener()) ? "brace" : undefined;
    if (c === OPEN_PAREN) return this.#group(CLOSE_PAREN, 0) ? "paren" : undefined;
    return c === OPEN_BRACKET && this.#group(CLOSE_BRACKET, 0) ? "bracket" : undefined;
  }

  /** The word that makes the braces ahead a struct, a union or an enum. */
  #opener(): InnerKind | undefined {
    for (let i = this.count - 1; i >= 0; i--) {
      const opener = this.pieces[i] === "word" ? openerAt(this.text, this.starts[i]!, this.ends[i]!) : undefined;
      if (opener) return opener;
    }
    return undefined;
  }

  #pastWord(): void {
    this.pos = wordEnd(this.text, this.pos);
  }

  /** Passes blanks and comments. */
  #blanks(): void {
    const { text } = this;
    for (;;) {
      const c = text.charCodeAt(this.pos);
      if (c < 128 && kinds[c] === BLANK) this.pos++;
      else if (c !== SLASH) return;
      else {
        const end = this.#commentEnd();
        if (end === -1) return;
        this.pos = end;
      }
    }
  }

  /** Where the comment at the reading position ends; -1 where there is none, or one that is not plain. */
  #commentEnd(): number {
    const { text, pos } = this;
    const kind = text.charCodeAt(pos + 1);
    if (kind !== STAR && kind !== SLASH) return -1;
    const close = text.indexOf(kind === STAR ? "*/" : "\n", pos + 2);
    if (close === -1) return -1;
    if (kind === STAR) return close + 2;
    return /\\\r?$/.test(text.slice(close - 2, close)) ? -1 : close;
  }

  #stringEnd(): number {
    const close = this.text.indexOf('"', this.pos + 1);
    return close === -1 || /[\\\n]/.test(this.text.slice(this.pos, close)) ? -1 : close + 1;
  }

  #string(): boolean {
    const end = this.#stringEnd();
    if (end !== -1) this.pos = end;
    return end !== -1;
  }

  /** Passes a group without braces. */
  #group(closing: number, depth: number): boolean {
    if (depth > DEEPEST) return false;
    this.pos++;
    for (;;) {
      this.#blanks();
      const c = this.text.charCodeAt(this.pos);
      if (c === closing) {
        this.pos++;
        return true;
      }
      if (c === OPEN_PAREN || c === OPEN_BRACKET) {
        if (!this.#group(c === OPEN_PAREN ? CLOSE_PAREN : CLOSE_BRACKET, depth + 1)) return false;
      } else if (!this.#inside(c)) return false;
    }
  }

  /** Passes one token that is no bracket. */
  #inside(c: number): boolean {
    const kind = c < 128 ? kinds[c] : 0;
    if (kind === WORD || kind === DIGIT) {
      const start = this.pos;
      this.#pastWord();
      return kind === DIGIT || !this.isMacro(start, this.pos);
    }
    if (c === QUOTE) return this.#string();
    if (kind !== PLAIN || c === CLOSE_PAREN || c === CLOSE_BRACKET || c === OPEN_BRACE || c === CLOSE_BRACE)
      return false;
    this.pos++;
    return true;
  }

  /** Passes the members of a struct or union, or the list of an enum, with all braces inside. */
  #braces(of: InnerKind | undefined): boolean {
    if (of === undefined) return false;
    this.#hasMacro = false;
    const end = this.#finder.isPractical ? leapBraces(this.text, this.pos, of, this.#add) : -1;
    if (this.#hasMacro) return false;
    if (end !== -1 && !this.#finder.between(this.pos, end)) {
      this.pos = end;
      return true;
    }
    this.innerCount = 0;
    return this.#lookInto(of);
  }

  /** The same, word by word. */
  #lookInto(of: InnerKind): boolean {
    const { text } = this;
    const outer: InnerKind[] = [];
    let top = of;
    /** Of the braces that may come next. */
    let next: InnerKind | undefined;
    let tag = -1;
    let tagEnd = -1;
    let parens = 0;
    let atName = top === "enum";
    for (let p = this.pos + 1; ; ) {
      const c = text.charCodeAt(p);
      const kind = c < 128 ? kinds[c] : 0;
      if (kind === BLANK) {
        p++;
        continue;
      }
      if (kind === WORD || kind === DIGIT) {
        const start = p;
        p = wordEnd(text, p);
        if (kind === DIGIT) {
          if (atName) return false;
          continue;
        }
        if (this.isMacro(start, p)) return false;
        if (top === "enum") {
          if (atName) this.#add("enumerator", start, p);
          atName = false;
          continue;
        }
        const opener = openerAt(text, start, p);
        if (opener) {
          next = opener;
          tag = -1;
        } else if (next) {
          tag = start;
          tagEnd = p;
        }
        continue;
      }
      if (c === SLASH || c === QUOTE) {
        this.pos = p;
        p = c === SLASH ? this.#commentEnd() : this.#stringEnd();
        if (p === -1) return false;
        continue;
      }
      if (kind !== PLAIN) return false;
      p++;
      if (c === CLOSE_BRACE) {
        const below = outer.pop();
        if (parens > 0) return false;
        this.pos = p;
        if (below === undefined) return true;
        top = below;
        next = undefined;
        atName = false;
      } else if (c === OPEN_BRACE) {
        if (next === undefined || parens > 0 || top === "enum") return false;
        if (tag >= 0) this.#add(next, tag, tagEnd);
        outer.push(top);
        top = next;
        next = undefined;
        atName = top === "enum";
      } else if (c === OPEN_PAREN || c === OPEN_BRACKET) {
        if (atName) return false;
        parens++;
      } else if (c === CLOSE_PAREN || c === CLOSE_BRACKET) {
        if (--parens < 0) return false;
      } else if (top === "enum") {
        if (atName) return false;
        atName = c === COMMA && parens === 0;
      } else next = undefined;
    }
  }
}

function wordEnd(text: string, from: number): number {
  for (let p = from + 1; ; p++) {
    const c = text.charCodeAt(p);
    const kind = c < 128 ? kinds[c] : 0;
    if (kind !== WORD && kind !== DIGIT) return p;
  }
}
