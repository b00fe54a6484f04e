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
  /(?<end>[\n;])|(?<skip>[^\S\n]+|\/\*[\s\S]*?\*\/|\/\/[^\n]*|#[^\n]*)|(?<number>(?:0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)[uUlL]{0,3}(?![0-9a-zA-Z_]))|(?<local>\d+[bf](?!\w))|(?<op>s>>=|s\/=|s%=|s>=|s<=|s[<>]|<<=|>>=|[-+*/%|&^]=|[=!<>]=|<<|>>|[-+*/%&|^~=<>()[\],:])|(?<word>[\p{L}_.$@][\p{L}\p{N}_.$@]*)|(?<bad>\d\w*|[\s\S])/uy;

const kinds: readonly TokenKind[] = ["number", "local", "op", "word", "bad"];

/** The statements that hold any token. Every character is read once. */
export function statementsOf(text: string): readonly (readonly Token[])[] {
  const statements: Token[][] = [];
  let current: Token[] = [];
  const form = new RegExp(TOKEN);
  for (let at = 0; at < text.length; at = form.lastIndex) {
    form.lastIndex = at;
    const groups = form.exec(text)?.groups;
    if (!groups) break;
    const kind = kinds.find((k) => groups[k] !== undefined);
    if (kind) current.push({ kind, text: groups[kind]!, start: at, end: form.lastIndex });
    if (groups.end === undefined || current.length === 0) continue;
    statements.push(current);
    current = [];
  }
  if (current.length > 0) statements.push(current);
  return statements;
}
