/**
 * One external declaration, seen from above: its words and bracketed groups, without making tokens. Whatever is not
 * plain enough to be sure of is refused, and then the grammar reads it.
 */

/** What stands outside of all brackets: a word, `*`, `{...}`, `(...)`, `[...]`. */
export type Piece = "word" | "star" | "brace" | "paren" | "bracket";

/** A place of the text that declares a name inside of braces. */
export interface Inner {
  readonly kind: "struct" | "union" | "enum" | "enumerator";
  readonly start: number;
  readonly end: number;
}

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
  readonly pieces: Piece[] = [];
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly inner: Inner[] = [];
  /** Words that keep a declaration from being skimmed where they stand in brackets: macros. */
  readonly #macros: ReadonlySet<string>;
  /** For each first character of a macro's name, which lengths there are: a bit each. */
  readonly #lengths = new Uint32Array(128);

  constructor(text: string, pos: number, macros: ReadonlySet<string>) {
    this.text = text;
    this.pos = pos;
    this.#macros = macros;
    for (const name of macros) {
      const first = name.charCodeAt(0);
      if (first < 128) this.#lengths[first]! |= 1 << (name.length & 31);
    }
  }

  /** Reads up to the `;` of the next declaration; false at the end, at a directive, and at what is not plain. */
  next(): boolean {
    this.pieces.length = 0;
    this.starts.length = 0;
    this.ends.length = 0;
    this.inner.length = 0;
    for (;;) {
      this.#blanks();
      const start = this.pos;
      const c = this.text.charCodeAt(start);
      if (c === SEMI) {
        this.pos++;
        return true;
      }
      const piece = this.#piece(c);
      if (piece === undefined || this.pieces.length >= MOST_PIECES) return false;
      this.pieces.push(piece);
      this.starts.push(start);
      this.ends.push(this.pos);
    }
  }

  word(i: number): string {
    return this.text.slice(this.starts[i]!, this.ends[i]!);
  }

  isMacro(start: number, end: number): boolean {
    const bits = this.#lengths[this.text.charCodeAt(start)]!;
    return (bits & (1 << ((end - start) & 31))) !== 0 && this.#macros.has(this.text.slice(start, end));
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
    if (c === OPEN_BRACE) return this.#braces(this.#opener(), 0) ? "brace" : undefined;
    if (c === OPEN_PAREN) return this.#group(CLOSE_PAREN, 0) ? "paren" : undefined;
    return c === OPEN_BRACKET && this.#group(CLOSE_BRACKET, 0) ? "bracket" : undefined;
  }

  /** The word that makes the braces ahead a struct, a union or an enum. */
  #opener(): Inner["kind"] | undefined {
    for (let i = this.pieces.length - 1; i >= 0; i--) {
      if (this.pieces[i] !== "word") continue;
      const word = this.word(i);
      if (word === "struct" || word === "union" || word === "enum") return word;
    }
    return undefined;
  }

  #pastWord(): void {
    const { text } = this;
    let p = this.pos + 1;
    for (; ; p++) {
      const c = text.charCodeAt(p);
      const kind = c < 128 ? kinds[c] : 0;
      if (kind !== WORD && kind !== DIGIT) break;
    }
    this.pos = p;
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

  #string(): boolean {
    const close = this.text.indexOf('"', this.pos + 1);
    if (close === -1 || /[\\\n]/.test(this.text.slice(this.pos, close))) return false;
    this.pos = close + 1;
    return true;
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

  /** Passes the members of a struct or union, or the list of an enum; what is declared in it goes to `inner`. */
  #braces(of: Inner["kind"] | undefined, depth: number): boolean {
    if (of === undefined || depth > DEEPEST) return false;
    this.pos++;
    return of === "enum" ? this.#enumerators() : this.#members(depth);
  }

  #enumerators(): boolean {
    const { text } = this;
    for (let isName = true; ; ) {
      this.#blanks();
      const start = this.pos;
      const c = text.charCodeAt(start);
      if (c === CLOSE_BRACE) {
        this.pos++;
        return true;
      }
      if (c === OPEN_PAREN) {
        if (isName || !this.#group(CLOSE_PAREN, 0)) return false;
      } else if (!this.#inside(c)) return false;
      else if (c === COMMA || c === EQUALS) isName = c === COMMA;
      else if (isName) {
        if (kinds[c] !== WORD) return false;
        this.inner.push({ kind: "enumerator", start, end: this.pos });
        isName = false;
      }
    }
  }

  #members(depth: number): boolean {
    const { text } = this;
    let of: Inner["kind"] | undefined;
    let tag = -1;
    for (;;) {
      this.#blanks();
      const start = this.pos;
      const c = text.charCodeAt(start);
      if (c === CLOSE_BRACE) {
        this.pos++;
        return true;
      }
      if (c === OPEN_BRACE) {
        if (of && tag >= 0) this.inner.push({ kind: of, start: tag, end: this.#wordEnd(tag) });
        if (!this.#braces(of, depth + 1)) return false;
        of = undefined;
      } else if (c === OPEN_PAREN || c === OPEN_BRACKET) {
        if (!this.#group(c === OPEN_PAREN ? CLOSE_PAREN : CLOSE_BRACKET, 0)) return false;
      } else if (!this.#inside(c)) return false;
      else if (kinds[c] === WORD) {
        const opener = openerAt(text, start, this.pos);
        if (opener) {
          of = opener;
          tag = -1;
        } else if (of) tag = start;
      } else of = undefined;
    }
  }

  #wordEnd(start: number): number {
    const { pos } = this;
    this.pos = start;
    this.#pastWord();
    const end = this.pos;
    this.pos = pos;
    return end;
  }
}

function openerAt(text: string, start: number, end: number): Inner["kind"] | undefined {
  const length = end - start;
  if (length === 6 && text.startsWith("struct", start)) return "struct";
  if (length === 5 && text.startsWith("union", start)) return "union";
  return length === 4 && text.startsWith("enum", start) ? "enum" : undefined;
}
