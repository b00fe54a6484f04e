/**
 * The fast lane: declarations laid out as bpftool writes them, which most of a kernel's header is. Whatever is laid
 * out otherwise is left to the scanner that reads piece by piece.
 */
import type { AddName } from "./skim.ts";
import { openerAt } from "./skim-body.ts";
import { wordMeanings } from "./tokens.ts";

const record = /[ \t\r\n]*(?:struct|union) \w+ \{[^{}"'\\#/@`]*/y;
const recordEnd = /\}(?: __attribute__\(\(\w+\)\))?;/y;
const enumHead = /[ \t\r\n]*enum(?: \w+)? \{/y;
const enumerator = /[ \t\r\n]*[A-Za-z_]\w*(?: = -?\w+)?(?=[, \t\r\n])/y;
const enumEnd = /[ \t\r\n]*\};/y;
const forward = /[ \t\r\n]*(?:struct|union) \w+;/y;
const alias = /[ \t\r\n]*typedef (?:(?:struct|union|enum) )?(?:\w+ )+\**\w+;/y;

/** Tests a sticky expression at `at`; gives the end of the match, -1 where there is none. */
function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

export class FastLane {
  readonly #text: string;
  readonly #isMacro: (start: number, end: number) => boolean;
  readonly #add: AddName;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  /** `isMacro` says which names must be left to the scanner. */
  constructor(text: string, isMacro: (start: number, end: number) => boolean, add: AddName) {
    this.#text = text;
    this.#isMacro = isMacro;
    this.#add = add;
  }

  /** The end of the declaration behind `pos`, or -1 where it is not one of those; nothing is added then. */
  leap(pos: number): number {
    let start = pos;
    while (isBlank(this.#text.charCodeAt(start))) start++;
    const c = this.#text.charCodeAt(start);
    if (c === 115 || c === 117) return this.#record(start, c === 115);
    if (c === 101) return this.#enum(start);
    return c === 116 ? this.#typedef(start) : -1;
  }

  #record(start: number, isStruct: boolean): number {
    const text = this.#text;
    const tag = start + (isStruct ? 7 : 6);
    const body = match(record, text, start);
    const end = body === -1 ? match(forward, text, start) : match(recordEnd, text, body);
    if (end === -1) return -1;
    const tagEnd = body === -1 ? end - 1 : text.indexOf(" ", tag);
    if (this.#isMacro(tag, tagEnd)) return -1;
    this.#add(body === -1 ? "forward" : isStruct ? "struct" : "union", tag, tagEnd);
    return end;
  }

  #enum(start: number): number {
    const text = this.#text;
    let p = match(enumHead, text, start);
    if (p === -1) return -1;
    let count = 0;
    for (;;) {
      const next = match(enumerator, text, p);
      if (next === -1) break;
      while (isBlank(text.charCodeAt(p))) p++;
      this.#starts[count] = p;
      while (isWordPart(text.charCodeAt(p))) p++;
      if (this.#isMacro(this.#starts[count]!, p)) return -1;
      this.#ends[count++] = p;
      p = next;
      if (text.charCodeAt(p) !== COMMA) break;
      p++;
    }
    const end = match(enumEnd, text, p);
    if (end === -1 || count === 0) return -1;
    const tag = start + 5;
    if (text.charCodeAt(tag) !== OPEN_BRACE) {
      const tagEnd = text.indexOf(" ", tag);
      if (this.#isMacro(tag, tagEnd)) return -1;
      this.#add("enum", tag, tagEnd);
    }
    for (let i = 0; i < count; i++) this.#add("value", this.#starts[i]!, this.#ends[i]!);
    return end;
  }

  /** `typedef int name;`, pointers as well. */
  #typedef(start: number): number {
    const text = this.#text;
    const end = match(alias, text, start);
    if (end === -1) return -1;
    const name = wordStart(text, end - 1);
    const before = wordStart(text, name - 1);
    if (openerAt(text, before, name - 1) || wordMeanings.has(text.slice(name, end - 1))) return -1;
    if (this.#isMacro(name, end - 1)) return -1;
    this.#add("type", name, end - 1);
    return end;
  }
}

function wordStart(text: string, end: number): number {
  let p = end;
  while (isWordPart(text.charCodeAt(p - 1))) p--;
  return p;
}

const [COMMA, OPEN_BRACE] = [44, 123];
const isBlank = (c: number): boolean => c === 32 || c === 9 || c === 10 || c === 13;
const isWordPart = (c: number): boolean =>
  (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 95 || (c >= 48 && c <= 57);
