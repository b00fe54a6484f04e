/** Assembly text to statements of tokens: comments are dropped, line ends and `;` end a statement. */

export type TokenKind = "word" | "number" | "local" | "op" | "bad";

/** `start` and `end` are UTF-16 offsets into the text. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A word may hold dots and dollars, as sections and compiler-made names do; `1f` and `1b` name local labels; a number may have C's suffix. */
const TOKEN =
  /([\n;])|([^\S\n]+|\/\*[\s\S]*?\*\/|\/\/[^\n]*|#[^\n]*)|((?:0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)[uUlL]{0,3}(?![0-9a-zA-Z_]))|(\d+[bf](?!\w))|(s>>=|s\/=|s%=|s>=|s<=|s[<>]|<<=|>>=|[-+*/%|&^]=|[=!<>]=|<<|>>|[-+*/%&|^~=<>()[\],:])|([\p{L}_.$@][\p{L}\p{N}_.$@]*)|(\d\w*|[\s\S])/uy;

/** What each group of the form stands for: first the end of a statement and what is skipped. */
const END = 1;
const SKIP = 2;
const kinds: readonly TokenKind[] = ["number", "local", "op", "word", "bad"];

/** The statements that hold any token. Every character is read once, and equal texts are one string. */
export function statementsOf(text: string): readonly (readonly Token[])[] {
  const statements: Token[][] = [];
  const texts = new Map<string, string>();
  let current: Token[] = [];
  const form = new RegExp(TOKEN);
  for (let at = 0; at < text.length; at = form.lastIndex) {
    form.lastIndex = at;
    const groups = form.exec(text);
    if (!groups) break;
    if (groups[SKIP] !== undefined) continue;
    if (groups[END] === undefined) {
      current.push({ kind: kindOf(groups), text: once(texts, groups[0]), start: at, end: form.lastIndex });
      continue;
    }
    if (current.length > 0) statements.push(current.slice());
    current = [];
  }
  if (current.length > 0) statements.push(current);
  return statements;
}

const kindOf = (groups: RegExpExecArray): TokenKind => kinds.find((_, i) => groups[SKIP + 1 + i] !== undefined)!;

function once(texts: Map<string, string>, text: string): string {
  const known = texts.get(text);
  if (known !== undefined) return known;
  texts.set(text, text);
  return text;
}
