/** What can be folded: blocks in braces, comments, runs of includes, conditional parts. Needs no tree. */
import type { FoldingRange } from "vscode-languageserver";
import { type Lexeme, lex } from "./lexical.ts";
import { TextLines } from "./text.ts";

export function foldingRanges(text: string): FoldingRange[] {
  const lines = new TextLines(text);
  const lexemes = lex(text);
  return [...blocks(text, lines, lexemes), ...comments(lines, lexemes), ...directives(text, lines, lexemes)];
}

const fold = (startLine: number, endLine: number, kind?: "comment" | "imports" | "region"): FoldingRange[] =>
  endLine > startLine ? [{ startLine, endLine, ...(kind && { kind }) }] : [];

/** The line with the closing brace stays in sight. */
function blocks(text: string, lines: TextLines, lexemes: readonly Lexeme[]): FoldingRange[] {
  const open: number[] = [];
  return lexemes.flatMap(({ kind, start }) => {
    if (kind !== "mark") return [];
    if (text[start] === "{") open.push(lines.lineAt(start));
    const from = text[start] === "}" ? open.pop() : undefined;
    return from === undefined ? [] : fold(from, lines.lineAt(start) - 1);
  });
}

/** A comment of several lines, or line comments one below the other. */
function comments(lines: TextLines, lexemes: readonly Lexeme[]): FoldingRange[] {
  const found: FoldingRange[] = [];
  for (const { kind, start, end } of lexemes) {
    if (kind !== "comment") continue;
    const [from, to] = [lines.lineAt(start), lines.lineAt(end)];
    const alone = lines.text.slice(lines.startOf(from), start).trim() === "";
    const last = found.at(-1);
    if (alone && last?.endLine === from - 1) last.endLine = to;
    else found.push({ startLine: from, endLine: to, kind: "comment" });
  }
  return found.filter(({ startLine, endLine }) => endLine > startLine);
}

function directives(text: string, lines: TextLines, lexemes: readonly Lexeme[]): FoldingRange[] {
  const found: FoldingRange[] = [];
  const open: number[] = [];
  const includes: number[] = [];
  for (const { kind, start, end } of lexemes) {
    if (kind !== "directive") continue;
    const line = lines.lineAt(start);
    const word = /^#\s*(\w+)/.exec(text.slice(start, end))?.[1] ?? "";
    if (word === "include") includes.push(line);
    if (/^(elif|else|endif)/.test(word)) {
      const from = open.pop();
      if (from !== undefined) found.push(...fold(from, line - 1, "region"));
    }
    if (/^(if|elif|else)/.test(word)) open.push(line);
  }
  return [...found, ...includeRuns(includes)];
}

function includeRuns(lines: readonly number[]): FoldingRange[] {
  const runs: [number, number][] = [];
  for (const line of lines) {
    const last = runs.at(-1);
    if (last && line - last[1] <= 2) last[1] = line;
    else runs.push([line, line]);
  }
  return runs.flatMap(([from, to]) => fold(from, to, "imports"));
}
