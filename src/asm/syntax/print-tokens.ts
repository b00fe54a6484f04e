/** The output of `-E`: tokens as text again, spaced so that they would be read back as the same tokens. */
import type { Preprocessor } from "./preprocess.ts";
import { AFTER_SPACE, AT_LINE_START, type Tok } from "./token.ts";
import { EndOfFile, NumberLit, PragmaEnd, PragmaPop, PragmaPush, PragmaUnroll } from "./tokens.ts";

/** Reads `pp` to its end. */
export function printTokens(pp: Preprocessor): string {
  let text = "";
  let previous: Tok | undefined;
  for (let tok = pp.pull(); tok.tokenType !== EndOfFile; tok = pp.pull()) {
    text += separator(previous, tok) + shown(tok);
    previous = tok;
  }
  return text === "" ? "" : `${text}\n`;
}

function separator(previous: Tok | undefined, tok: Tok): string {
  if (!previous) return "";
  if (tok.tokenType === PragmaEnd || previous.tokenType === PragmaPush) return "";
  if (tok.flags & AT_LINE_START || isPragma(tok) || isPragma(previous)) return "\n";
  return tok.flags & AFTER_SPACE || wouldJoin(previous, tok) ? " " : "";
}

const isPragma = ({ tokenType }: Tok): boolean =>
  tokenType === PragmaUnroll || tokenType === PragmaPush || tokenType === PragmaPop || tokenType === PragmaEnd;

/** Whether the two, written without a space, could be read as other tokens. */
function wouldJoin(left: Tok, right: Tok): boolean {
  const last = left.image.at(-1) ?? "";
  const first = right.image[0] ?? "";
  const isWordy = (c: string): boolean => /[\w$."'\u0080-\uffff]/.test(c);
  if (left.word || left.tokenType === NumberLit)
    return isWordy(first) || (left.tokenType === NumberLit && /[+-]/.test(first));
  if (last === "." && /\d/.test(first)) return true;
  return /[-+*/%<>=!&|^#:.]/.test(last) && /[-+*/%<>=!&|^#:.]/.test(first);
}

function shown(tok: Tok): string {
  if (tok.tokenType === PragmaUnroll) {
    if (tok.image === "disable") return "#pragma nounroll";
    return tok.image === "full" ? "#pragma unroll" : `#pragma unroll ${tok.image}`;
  }
  if (tok.tokenType === PragmaPush) return "#pragma clang attribute push ";
  return tok.tokenType === PragmaPop ? "#pragma clang attribute pop" : tok.image;
}
