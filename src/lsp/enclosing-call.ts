/** The call whose parentheses an offset lies in, found in the text alone. */
import { lex } from "./lexical.ts";

export interface EnclosingCall {
  readonly name: string;
  /** Offset of the name. */
  readonly start: number;
  /** From 0. */
  readonly argument: number;
}

export function enclosingCall(text: string, offset: number): EnclosingCall | undefined {
  const before = lex(text.slice(0, offset)).filter(({ kind }) => kind !== "comment" && kind !== "directive");
  let depth = 0;
  let argument = 0;
  for (let i = before.length - 1; i >= 0; i--) {
    const { kind, start, end } = before[i]!;
    const mark = kind === "mark" ? text[start] : "";
    if (mark === ";" || mark === "{" || mark === "}") return undefined;
    if (mark === ")" || mark === "]") depth++;
    else if (mark === "," && depth === 0) argument++;
    else if (mark === "(" || mark === "[") {
      const callee = before[i - 1];
      if (depth > 0) depth--;
      else if (mark === "(" && callee?.kind === "word" && !words.has(text.slice(callee.start, callee.end)))
        return { name: text.slice(callee.start, callee.end), start: callee.start, argument };
      else argument = 0;
    }
    if (end > offset) return undefined;
  }
  return undefined;
}

/** Words before a parenthesis that call nothing. */
const words = new Set(["if", "while", "for", "switch", "return", "sizeof", "typeof", "__typeof__", "__attribute__"]);
