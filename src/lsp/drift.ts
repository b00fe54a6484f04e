/**
 * How the text has changed since it was analysed: places in front of the change and behind it have moved as a whole, and what
 * was known of them still holds.
 */
import type { Position, Range } from "vscode-languageserver";
import { type TextLines, wordAt } from "./text.ts";

export class Drift {
  readonly #old: TextLines;
  readonly #now: TextLines;
  /** UTF-16 units that both begin with, and end with. */
  readonly #head: number;
  readonly #tail: number;

  constructor(old: TextLines, now: TextLines) {
    this.#old = old;
    this.#now = now;
    const least = Math.min(old.text.length, now.text.length);
    let head = 0;
    while (head < least && old.text.charCodeAt(head) === now.text.charCodeAt(head)) head++;
    let tail = 0;
    const [oldEnd, nowEnd] = [old.text.length - 1, now.text.length - 1];
    while (tail < least - head && old.text.charCodeAt(oldEnd - tail) === now.text.charCodeAt(nowEnd - tail)) tail++;
    this.#head = head;
    this.#tail = tail;
  }

  /** Where a place of the present text was; undefined in what has changed, and where another word stands now. */
  before(position: Position): Position | undefined {
    const at = this.#now.offset(position);
    const was = shifted(at, this.#now.text.length, this.#old.text.length, this.#head, this.#tail);
    if (was === undefined) return undefined;
    const same = wordAt(this.#now.text, at)?.text === wordAt(this.#old.text, was)?.text;
    return same ? this.#old.position(was) : undefined;
  }

  /** Where a range of the old text is now; undefined where it has changed. */
  after(range: Range): Range | undefined {
    const [start, end] = [this.#old.offset(range.start), this.#old.offset(range.end)];
    if (end <= this.#head) return this.#now.range(start, end);
    const by = this.#now.text.length - this.#old.text.length;
    return start >= this.#old.text.length - this.#tail ? this.#now.range(start + by, end + by) : undefined;
  }
}

function shifted(at: number, from: number, to: number, head: number, tail: number): number | undefined {
  if (at <= head) return at;
  return at >= from - tail ? at + to - from : undefined;
}

/** An answer about the old text with its places in the document `uri` where they are now; those that have changed are left out. */
export function moved(answer: unknown, uri: string, drift: Drift): unknown {
  if (Array.isArray(answer)) return answer.flatMap((one) => moved(one, uri, drift) ?? []);
  if (typeof answer !== "object" || answer === null || !("range" in answer)) return answer;
  if ("uri" in answer && answer.uri !== uri) return answer;
  const { range, ...rest } = answer;
  const now = drift.after(range as Range);
  if (now) return { ...rest, range: now };
  return "contents" in rest ? rest : undefined;
}
