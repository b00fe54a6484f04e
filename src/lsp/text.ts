/** Places in a document: offsets, and lines and characters as the protocol counts them, both from 0, in UTF-16 units. */
import type { Position, Range } from "vscode-languageserver";

export class TextLines {
  readonly text: string;
  readonly #starts: number[] = [0];

  constructor(text: string) {
    this.text = text;
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  get count(): number {
    return this.#starts.length;
  }

  /** Without the end of the line; empty for lines that are not there. */
  line(line: number): string {
    const start = this.#starts[line];
    if (start === undefined) return "";
    return this.text.slice(start, this.endOf(line));
  }

  /** Offset of a line's start; the end of the text for lines behind it. */
  startOf(line: number): number {
    return this.#starts[line] ?? this.text.length;
  }

  /** Offset behind a line's last character. */
  endOf(line: number): number {
    const next = this.#starts[line + 1];
    if (next === undefined) return this.text.length;
    return this.text[next - 2] === "\r" ? next - 2 : next - 1;
  }

  lineAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const mid = (low + high + 1) >> 1;
      if (this.#starts[mid]! <= offset) low = mid;
      else high = mid - 1;
    }
    return low;
  }

  position(offset: number): Position {
    const at = Math.max(0, Math.min(offset, this.text.length));
    const line = this.lineAt(at);
    return { line, character: at - this.#starts[line]! };
  }

  /** A character behind the end of its line is the line's end. */
  offset({ line, character }: Position): number {
    return Math.max(0, Math.min(this.startOf(line) + character, this.endOf(line)));
  }

  range(start: number, end: number): Range {
    return { start: this.position(start), end: this.position(end) };
  }
}

export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const isWordChar = (c: string | undefined): boolean => c !== undefined && /\w/.test(c);

/** The identifier that an offset lies in or at the end of. */
export function wordAt(text: string, offset: number): Word | undefined {
  let start = offset;
  let end = offset;
  while (start > 0 && isWordChar(text[start - 1])) start--;
  while (isWordChar(text[end])) end++;
  return end > start && !/\d/.test(text[start]!) ? { text: text.slice(start, end), start, end } : undefined;
}
