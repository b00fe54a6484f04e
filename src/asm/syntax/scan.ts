/**
 * Source text to preprocessing tokens (C11 5.1.1.2 phases 2 and 3): line splices, comments, names, numbers, constants
 * and punctuators. Pull by pull, so that a file costs only as far as it is read.
 */
import type { TokenType } from "chevrotain";
import type { SourceFile } from "../../diag/source.ts";
import type { FileId } from "../../support/span.ts";
import { isDigit, isHexDigit, isIdentPart, isIdentStart, wideIdentLength } from "./chars.ts";
import { AFTER_SPACE, AT_LINE_START, Tok, type WordTable } from "./token.ts";
import { CharLit, EndOfFile, EndOfLine, NumberLit, OpenQuote, punctuators, Stray, StringLit } from "./tokens.ts";

const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const DOUBLE_QUOTE = 34;
const SINGLE_QUOTE = 39;
const STAR = 42;
const DOT = 46;
const SLASH = 47;
const BACKSLASH = 92;

/** A token that line splices cut up is put together from at most this much text. */
const SPLICED_TOKEN_LIMIT = 256;

const isBlank = (c: number): boolean => c === SPACE || c === TAB || c === 11 || c === 12 || c === RETURN;
/** By a punctuator's first character: the length of the longest that begins so. */
const longestFrom: readonly number[] = (() => {
  const longest = new Array<number>(128).fill(0);
  for (const text of punctuators.keys()) {
    const first = text.charCodeAt(0);
    longest[first] = Math.max(longest[first]!, text.length);
  }
  return longest;
})();

const encodingPrefix = /^(?:L|u8|u|U)$/;

/** Reads one file, or one stretch of it. */
export class Scanner {
  readonly file: SourceFile;
  /** Offset of the next unread character. */
  pos = 0;
  /** While set, the end of the line is a token and is not passed. */
  inDirective = false;
  readonly #id: FileId;
  readonly #text: string;
  readonly #words: WordTable;
  readonly #onOpenComment: (start: number) => void;
  #atLineStart = true;
  #openComment = -1;

  /** `onOpenComment` hears where a comment begins that never ends. */
  constructor(file: SourceFile, words: WordTable, onOpenComment: (start: number) => void, text = file.text) {
    this.file = file;
    this.#id = file.id;
    this.#text = text;
    this.#words = words;
    this.#onOpenComment = onOpenComment;
    if (text.charCodeAt(0) === 0xfeff) this.pos = 1;
  }

  /** Goes on behind a declaration that ends at `pos`. */
  resume(pos: number): void {
    this.pos = pos;
    this.#atLineStart = false;
  }

  /** The next token; `EndOfFile` again and again at the end. */
  next(): Tok {
    let flags = this.#skipSpace();
    const start = this.pos;
    if (start >= this.#text.length) return this.#end(EndOfFile, flags);
    const c = this.#text.charCodeAt(start);
    if (c === NEWLINE) return this.#end(EndOfLine, flags);
    if (this.#atLineStart) flags |= AT_LINE_START;
    this.#atLineStart = false;
    if (isIdentStart(c)) return this.#identifier(start, flags);
    if (isDigit(c) || (c === DOT && isDigit(this.#text.charCodeAt(start + 1)))) return this.#number(start, flags);
    if (c === DOUBLE_QUOTE || c === SINGLE_QUOTE) return this.#quoted(start, start, flags);
    if (c >= 128 && wideIdentLength(this.#text, start, true)) return this.#identifier(start, flags);
    return this.#punctuator(start, flags);
  }

  /** Where the next token of the line stands, with no more than spaces and tabs before it. */
  afterBlanks(): number {
    let at = this.pos;
    for (let c = this.#text.charCodeAt(at); c === SPACE || c === TAB; c = this.#text.charCodeAt(at)) at++;
    return at;
  }

  /** Whether the next token is `(`, without reading it. */
  peekIsLParen(): boolean {
    const { pos } = this;
    const wasAtLineStart = this.#atLineStart;
    this.#skipSpace();
    const found = this.#text.charCodeAt(this.pos) === 40;
    this.pos = pos;
    this.#atLineStart = wasAtLineStart;
    return found;
  }

  /** The file name of an `#include` at the reading position, or nothing where there is none. */
  headerName(): { readonly name: string; readonly angled: boolean; readonly start: number } | undefined {
    this.#skipSpace();
    const start = this.pos;
    const open = this.#text[start];
    if (open !== "<" && open !== '"') return undefined;
    const close = this.#text.indexOf(open === "<" ? ">" : '"', start + 1);
    if (close === -1 || close > this.#lineEnd(start)) return undefined;
    this.pos = close + 1;
    return { name: this.#text.slice(start + 1, close), angled: open === "<", start };
  }

  /** The rest of the line as it is written, comments included; reads up to its end. */
  restOfLine(): string {
    const start = this.pos;
    this.pos = this.#lineEnd(start);
    return this.#text
      .slice(start, this.pos)
      .replace(/\\\r?\n/g, "")
      .trim();
  }

  /** Skips lines that a condition switched off: to the next line that begins with `#`, or to the end. */
  skipToDirective(): void {
    this.#atLineStart = true;
    while (this.pos < this.#text.length) {
      this.#skipSpace();
      if (this.pos >= this.#text.length || this.#text.charCodeAt(this.pos) === 35 || this.#startsDigraphHash()) return;
      this.#skipLine();
    }
  }

  #startsDigraphHash(): boolean {
    return this.#text.charCodeAt(this.pos) === 37 && this.#text.charCodeAt(this.pos + 1) === 58;
  }

  /** Passes the rest of a line; a comment or a constant in it may hide its end or what looks like a comment. */
  #skipLine(): void {
    const text = this.#text;
    while (this.pos < text.length) {
      const c = text.charCodeAt(this.pos);
      if (c === NEWLINE) return;
      if (c === SLASH && text.charCodeAt(this.pos + 1) === STAR) this.#skipBlockComment();
      else if (c === SLASH && text.charCodeAt(this.pos + 1) === SLASH) this.pos = this.#lineEnd(this.pos);
      else if (c === DOUBLE_QUOTE || c === SINGLE_QUOTE) this.#quoted(this.pos, this.pos, 0);
      else this.pos += this.#spliceLength(this.pos) || 1;
    }
  }

  /** Passes blanks, comments and splices; newlines too, but for one that ends a directive. */
  #skipSpace(): number {
    const text = this.#text;
    let flags = 0;
    for (;;) {
      const c = text.charCodeAt(this.pos);
      if (c === SPACE || c === TAB) this.pos++;
      else if (c === NEWLINE) {
        if (this.inDirective) return flags;
        this.pos++;
        this.#atLineStart = true;
      } else if (isBlank(c)) this.pos++;
      else if (c === SLASH) {
        const d = text.charCodeAt(this.pos + 1);
        if (d === SLASH) this.pos = this.#lineEnd(this.pos);
        else if (d === STAR) this.#skipBlockComment();
        else return flags;
      } else {
        const splice = c === BACKSLASH ? this.#spliceLength(this.pos) : 0;
        if (!splice) return flags;
        this.pos += splice;
        continue;
      }
      flags = AFTER_SPACE;
    }
  }

  #skipBlockComment(): void {
    const close = this.#text.indexOf("*/", this.pos + 2);
    if (close === -1 && this.#openComment !== this.pos) {
      this.#openComment = this.pos;
      this.#onOpenComment(this.pos);
    }
    this.pos = close === -1 ? this.#text.length : close + 2;
  }

  /** Where the logical line that holds `from` ends: the newline after its last splice. */
  #lineEnd(from: number): number {
    let at = this.#text.indexOf("\n", from);
    while (at !== -1 && at > from) {
      const before = this.#text.charCodeAt(at - 1) === RETURN ? at - 2 : at - 1;
      if (before < from || this.#text.charCodeAt(before) !== BACKSLASH) break;
      at = this.#text.indexOf("\n", at + 1);
    }
    return at === -1 ? this.#text.length : at;
  }

  /** Length of the line splice at `at`, 0 where there is none. */
  #spliceLength(at: number): number {
    if (this.#text.charCodeAt(at) !== BACKSLASH) return 0;
    if (this.#text.charCodeAt(at + 1) === NEWLINE) return 2;
    return this.#text.charCodeAt(at + 1) === RETURN && this.#text.charCodeAt(at + 2) === NEWLINE ? 3 : 0;
  }

  #end(type: TokenType, flags: number): Tok {
    return new Tok(type, "", this.#id, this.pos, this.pos, flags | AT_LINE_START);
  }

  #make(type: TokenType, image: string, start: number, flags: number): Tok {
    return new Tok(type, image, this.#id, start, this.pos, flags);
  }

  #identifier(start: number, flags: number): Tok {
    const text = this.#text;
    let p = start;
    for (;;) {
      const c = text.charCodeAt(p);
      if (isIdentPart(c)) p++;
      else {
        const wide = c >= 128 ? wideIdentLength(text, p, p === start) : 0;
        if (!wide) break;
        p += wide;
      }
    }
    if (this.#spliceLength(p)) return this.#spliced(start, flags);
    const quote = text.charCodeAt(p);
    const image = text.slice(start, p);
    if ((quote === DOUBLE_QUOTE || quote === SINGLE_QUOTE) && encodingPrefix.test(image))
      return this.#quoted(start, p, flags);
    this.pos = p;
    const word = this.#words.get(image);
    return new Tok(word.type, word.name, this.#id, start, p, flags, word);
  }

  /** A preprocessing number (C11 6.4.8); one with digit separators stays whole, to be refused as such. */
  #number(start: number, flags: number): Tok {
    const text = this.#text;
    let p = start + 1;
    for (;;) {
      const c = text.charCodeAt(p);
      if (isIdentPart(c) || c === DOT) {
        const sign = text.charCodeAt(p + 1);
        p += (sign === 43 || sign === 45) && /[eEpP]/.test(text[p]!) ? 2 : 1;
      } else if (c === SINGLE_QUOTE && isHexDigit(text.charCodeAt(p + 1)) && text.charCodeAt(p + 2) !== SINGLE_QUOTE)
        p += 2;
      else break;
    }
    if (this.#spliceLength(p)) return this.#spliced(start, flags);
    this.pos = p;
    return this.#make(NumberLit, text.slice(start, p), start, flags);
  }

  /** A string or character constant whose quote stands at `open`. */
  #quoted(start: number, open: number, flags: number): Tok {
    const text = this.#text;
    const quote = text.charCodeAt(open);
    let p = open + 1;
    let hasSplice = false;
    for (;;) {
      const c = text.charCodeAt(p);
      if (c === BACKSLASH) {
        const splice = this.#spliceLength(p);
        if (splice) hasSplice = true;
        p += splice || (text.charCodeAt(p + 1) === NEWLINE ? 1 : 2);
      } else if (p >= text.length || c === NEWLINE || c === quote) break;
      else p++;
    }
    const closed = p < text.length && text.charCodeAt(p) === quote;
    this.pos = closed ? p + 1 : this.#openEnd(open, Math.min(p, text.length));
    const raw = text.slice(start, this.pos);
    const image = hasSplice ? raw.replace(/\\\r?\n/g, "") : raw;
    const type = quote === DOUBLE_QUOTE ? StringLit : CharLit;
    return this.#make(closed ? type : OpenQuote, image, start, flags);
  }

  /** Where a constant without a closing quote is taken to end: before the brackets and `;` that end its line. */
  #openEnd(open: number, lineEnd: number): number {
    let at = lineEnd;
    while (at > open + 1 && /[)\]};,\s]/.test(this.#text[at - 1]!)) at--;
    return at;
  }

  #punctuator(start: number, flags: number): Tok {
    const text = this.#text;
    for (let length = longestFrom[text.charCodeAt(start)] ?? 0; length >= 1; length--) {
      const image = text.slice(start, start + length);
      const type = image.length === length ? punctuators.get(image) : undefined;
      if (!type) continue;
      if (length < longestFrom[text.charCodeAt(start)]! && this.#spliceLength(start + length))
        return this.#spliced(start, flags);
      this.pos = start + length;
      return this.#make(type, image, start, flags);
    }
    const char = String.fromCodePoint(text.codePointAt(start)!);
    this.pos = start + char.length;
    return this.#make(Stray, char, start, flags);
  }

  /** A token that line splices may cut up: scanned again from the text without them. */
  #spliced(start: number, flags: number): Tok {
    const offsets: number[] = [];
    let clean = "";
    let p = start;
    while (p < this.#text.length && clean.length < SPLICED_TOKEN_LIMIT) {
      const splice = this.#spliceLength(p);
      if (!splice && this.#text.charCodeAt(p) === NEWLINE) break;
      if (!splice) {
        offsets.push(p);
        clean += this.#text[p];
      }
      p += splice || 1;
    }
    offsets.push(p);
    const inner = new Scanner(this.file, this.#words, () => {}, clean);
    const tok = inner.next();
    this.pos = offsets[inner.pos] ?? p;
    if (tok.tokenType === EndOfFile) return this.next(); // it was a comment, whose slashes were cut apart
    return new Tok(tok.tokenType, tok.image, this.#id, start, this.pos, flags, tok.word);
  }
}
