/**
 * The braces of a struct, union or enum at a glance: most of a large header lies in them, so they are passed in leaps
 * from one brace to the next. Gives up at whatever needs a closer look.
 */

/** What braces make of the words before them; `enumerator` is what stands in an enum's. */
export type InnerKind = "struct" | "union" | "enum" | "enumerator";

/** What can be leapt over: no brace, and nothing that could hide one. */
const plainRun = /[^{}"'\\#/@`]*/y;
const enumeratorLead = /\s*/y;
/** With more macros than this it is cheaper to look at each word. */
const MOST_MACROS = 32;

const [TAB, NEWLINE, SPACE, COMMA, EQUALS, OPEN_BRACE, CLOSE_BRACE] = [9, 10, 32, 44, 61, 123, 125];

type AddInner = (kind: InnerKind, start: number, end: number) => void;

/** Where a word comes next, seen from `from`. */
interface Seen {
  readonly from: number;
  readonly at: number;
}
/** What one text has been searched for: searches of its further stretches begin with it. */
export type SeenNames = Map<string, Seen>;

/** Where a text next spells the names of macros, found as reading goes on. */
export class MacroFinder {
  readonly #text: string;
  readonly #names: readonly string[];
  readonly #seen: SeenNames;
  readonly #next: number[];
  #nearest = -1;

  constructor(text: string, macros: ReadonlySet<string>, seen: SeenNames = new Map()) {
    this.#text = text;
    this.#names = macros.size > MOST_MACROS ? [] : [...macros];
    this.#seen = seen;
    this.#next = this.#names.map(() => -1);
    if (macros.size > MOST_MACROS) this.isPractical = false;
  }

  readonly isPractical: boolean = true;

  /** Whether one may stand between `from` and `to`; asked for places ever further on. */
  between(from: number, to: number): boolean {
    if (this.#nearest >= to) return false;
    this.#nearest = this.#text.length;
    for (let i = 0; i < this.#names.length; i++) {
      if (this.#next[i]! < from) this.#next[i] = this.#find(this.#names[i]!, from);
      this.#nearest = Math.min(this.#nearest, this.#next[i]!);
    }
    return this.#nearest < to;
  }

  #find(name: string, from: number): number {
    const seen = this.#seen.get(name);
    if (seen && seen.from <= from && seen.at >= from) return seen.at;
    const found = this.#text.indexOf(name, from);
    const at = found === -1 ? this.#text.length : found;
    this.#seen.set(name, { from, at });
    return at;
  }
}

/** The end of the braces that open at `open`, or -1; what is declared in them goes to `add`. */
export function leapBraces(text: string, open: number, of: InnerKind, add: AddInner): number {
  if (of === "enum") return leapEnumerators(text, open, add);
  let depth = 1;
  for (let p = open + 1; ; ) {
    plainRun.lastIndex = p;
    plainRun.test(text);
    p = plainRun.lastIndex;
    const c = text.charCodeAt(p);
    if (c === CLOSE_BRACE) {
      p++;
      if (--depth === 0) return p;
    } else if (c === OPEN_BRACE) {
      const inside = nested(text, p, add);
      if (inside === -1) return -1;
      if (inside === p + 1) depth++;
      p = inside;
    } else return -1;
  }
}

/** Enters the braces at `at`, or passes them where they are an enum's; -1 where it is not clear whose they are. */
function nested(text: string, at: number, add: AddInner): number {
  const end = backOverBlanks(text, at);
  const start = backOverWord(text, end);
  let of = openerAt(text, start, end);
  if (!of) {
    const outerEnd = backOverBlanks(text, start);
    of = openerAt(text, backOverWord(text, outerEnd), outerEnd);
    if (!of || start === end || outerEnd === start) return -1;
    add(of, start, end);
  }
  return of === "enum" ? leapEnumerators(text, at, add) : at + 1;
}

function backOverBlanks(text: string, from: number): number {
  for (let p = from; ; p--) {
    const c = text.charCodeAt(p - 1);
    if (c !== SPACE && c !== TAB && c !== NEWLINE) return p;
  }
}

function backOverWord(text: string, from: number): number {
  let p = from;
  while (isWordPart(text.charCodeAt(p - 1))) p--;
  return p;
}

/** `{ A, B = 1, }` with plain values. */
function leapEnumerators(text: string, open: number, add: AddInner): number {
  for (let p = open + 1; ; ) {
    let c = text.charCodeAt(p);
    while (c === NEWLINE || c === TAB || c === SPACE) c = text.charCodeAt(++p);
    if (c === CLOSE_BRACE) return p + 1;
    const start = p;
    while (isWordPart(c)) c = text.charCodeAt(++p);
    if (p === start) return -1;
    add("enumerator", start, p);
    while (c === SPACE || c === EQUALS || c === MINUS || isWordPart(c)) c = text.charCodeAt(++p);
    if (c === COMMA) p++;
    else if (c !== NEWLINE && c !== CLOSE_BRACE) return -1;
    else {
      enumeratorLead.lastIndex = p;
      enumeratorLead.test(text);
      p = enumeratorLead.lastIndex;
      if (text.charCodeAt(p) !== CLOSE_BRACE) return -1;
    }
  }
}

const MINUS = 45;
const isWordPart = (c: number): boolean =>
  (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 95 || (c >= 48 && c <= 57);

/** Which of the words that braces follow stands from `start` to `end`. */
export function openerAt(text: string, start: number, end: number): "struct" | "union" | "enum" | undefined {
  const length = end - start;
  if (length === 6 && text.startsWith("struct", start)) return "struct";
  if (length === 5 && text.startsWith("union", start)) return "union";
  return length === 4 && text.startsWith("enum", start) ? "enum" : undefined;
}
