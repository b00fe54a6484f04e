/** The words of a document as they stand, without macros or grammar: what must work on any text, however broken. */

export type LexKind = "comment" | "string" | "directive" | "word" | "number" | "mark";

export interface Lexeme {
  readonly kind: LexKind;
  readonly start: number;
  readonly end: number;
}

/** Comments, literals, directives (a whole one each, with its continued lines), words, numbers, single marks. */
const pattern =
  /(?<comment>\/\/(?:\\\r?\n|[^\n])*|\/\*[\s\S]*?(?:\*\/|(?![\s\S])))|(?<string>"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\[\s\S]|[^'\\\n])*'?)|(?<directive>(?<=^[ \t]*)#(?:\\\r?\n|\/\*[\s\S]*?\*\/|(?!\/\/)[^\n])*)|(?<word>[A-Za-z_]\w*)|(?<number>\.?\d[\w.]*)|(?<mark>[^\s])/gm;

const kinds: readonly LexKind[] = ["comment", "string", "directive", "word", "number", "mark"];

export function lex(text: string): readonly Lexeme[] {
  const found: Lexeme[] = [];
  for (const match of text.matchAll(pattern)) {
    const kind = kinds.find((name) => match.groups![name] !== undefined)!;
    found.push({ kind, start: match.index, end: match.index + match[0].length });
  }
  return found;
}

/** Whether nothing that is written at an offset is code. */
export function isProse(text: string, lexemes: readonly Lexeme[], offset: number): boolean {
  return lexemes.some(({ kind, start, end }) => {
    if ((kind !== "comment" && kind !== "string") || start >= offset || offset > end) return false;
    return offset < end || text.startsWith("//", start);
  });
}

/** A definition of an object-like or function-like macro that stands in the text, its continued lines joined. */
export interface MacroText {
  readonly name: string;
  /** Behind `#define `. */
  readonly definition: string;
  readonly start: number;
  readonly end: number;
}

/** The macros that a document itself defines. */
export function macrosIn(text: string, lexemes: readonly Lexeme[]): readonly MacroText[] {
  return lexemes.flatMap(({ kind, start, end }) => {
    if (kind !== "directive") return [];
    const match = /^#\s*define\s+(\w+)/.exec(text.slice(start, end));
    if (!match) return [];
    const at = start + match[0].length - match[1]!.length;
    const definition = text
      .slice(at, end)
      .replace(/\\\r?\n\s*/g, " ")
      .trim();
    return [{ name: match[1]!, definition, start: at, end: at + match[1]!.length }];
  });
}
