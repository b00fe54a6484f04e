/** The names closest to a misspelt one, by edit distance, without making strings of those that cannot be. */
import { nameBytes, textAt } from "./name.ts";

export interface Candidate {
  readonly bytes: Uint8Array;
  /** Where a NUL-terminated name starts. */
  readonly from: number;
}

/** How many edits a name of that length may be away: a third of it, at least 1. */
const allowed = (length: number): number => Math.max(1, Math.min(4, Math.floor(length / 3)));

/** At most `max` names, best first, ties in alphabetical order. */
export function nearestNames(name: string, candidates: Iterable<Candidate>, max: number): readonly string[] {
  const wanted = nameBytes(name);
  if (wanted.length === 0 || wanted.length > 128 || max < 1) return [];
  const wantedBits = letterCounts(wanted, 0, wanted.length);
  const found = new Map<string, number>();
  const limit = allowed(wanted.length);
  for (const { bytes, from } of candidates) {
    const length = lengthWithin(bytes, from, wanted.length + limit);
    if (length < wanted.length - limit || length > wanted.length + limit) continue;
    if (differingLetters(wantedBits, letterCounts(bytes, from, length)) > 2 * limit) continue;
    const distance = editDistance(wanted, bytes, from, length, limit);
    if (distance <= limit) found.set(textAt(bytes, from), distance);
  }
  return [...found]
    .sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))
    .slice(0, max)
    .map(([text]) => text);
}

/** The same over plain strings. */
export function nearestOf(name: string, names: Iterable<string>, max: number): readonly string[] {
  const terminated = function* (): Generator<Candidate> {
    for (const text of names) yield { bytes: nameBytes(`${text}\0`), from: 0 };
  };
  return nearestNames(name, terminated(), max);
}

/** Whether `name` is most likely a slip of the keyboard for `other`: few edits, for its length and at all. */
export function isSlipOf(name: string, other: string): boolean {
  const [a, b] = [nameBytes(name), nameBytes(other)];
  const limit = Math.min(2, allowed(a.length));
  return Math.abs(a.length - b.length) <= limit && editDistance(a, b, 0, b.length, limit) <= limit;
}

function lengthWithin(bytes: Uint8Array, from: number, most: number): number {
  let length = 0;
  while (length <= most && bytes[from + length]) length++;
  return length;
}

/** How often each of 32 classes of characters occurs. One edit changes at most two of the counts by one. */
function letterCounts(bytes: Uint8Array, from: number, length: number): Uint8Array {
  const counts = new Uint8Array(32);
  for (let i = from; i < from + length; i++) counts[bytes[i]! & 31]!++;
  return counts;
}

function differingLetters(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < 32; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum;
}

/** Insertions, deletions, substitutions and swaps of neighbours; gives up with `limit + 1` when it is past `limit`. */
function editDistance(a: Uint8Array, b: Uint8Array, from: number, length: number, limit: number): number {
  let before = new Uint8Array(length + 1);
  let row = Uint8Array.from({ length: length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = new Uint8Array(length + 1);
    next[0] = i;
    let least = i;
    for (let j = 1; j <= length; j++) {
      const same = a[i - 1] === b[from + j - 1];
      let cost = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[from + j - 2] && a[i - 2] === b[from + j - 1])
        cost = Math.min(cost, before[j - 2]! + 1);
      next[j] = cost;
      least = Math.min(least, cost);
    }
    if (least > limit) return limit + 1;
    before = row;
    row = next;
  }
  return row[length]!;
}
