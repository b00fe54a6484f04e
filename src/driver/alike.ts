/** Whether plain data is built alike, wherever in the source it comes from; and the same data with other places in it. */
import type { Span } from "../support/span.ts";

/** Asked about two places that stand where the data is alike: spans, and lines of an object's line info. */
export type SamePlace = (a: object, b: object) => boolean;

const isPlace = (key: string): boolean => key === "span" || key === "line";

/**
 * Compares primitives, arrays, bytes, maps and plain objects by what they hold; of places, the properties `span` and
 * `line`, `samePlace` decides. What is built otherwise is alike only to itself.
 */
export function alike(a: unknown, b: unknown, samePlace: SamePlace): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  const shape = Object.getPrototypeOf(a);
  if (shape !== Object.getPrototypeOf(b)) return false;
  if (shape === Array.prototype) return alikeLists(a as readonly unknown[], b as readonly unknown[], samePlace);
  if (shape === Object.prototype) return alikeObjects(a as Plain, b as Plain, samePlace);
  if (shape === Uint8Array.prototype) return sameBytes(a as Uint8Array, b as Uint8Array);
  if (a instanceof Map) return alikeLists([...a], [...(b as ReadonlyMap<unknown, unknown>)], samePlace);
  return a === b;
}

type Plain = Readonly<Record<string, unknown>>;

function alikeLists(a: readonly unknown[], b: readonly unknown[], samePlace: SamePlace): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!alike(a[i], b[i], samePlace)) return false;
  return true;
}

function alikeObjects(a: Plain, b: Plain, samePlace: SamePlace): boolean {
  let more = 0;
  for (const key in a) {
    more++;
    const [one, other] = [a[key], b[key]];
    const placed = isPlace(key) && typeof one === "object" && typeof other === "object" && one && other;
    if (placed ? !samePlace(one, other) : !alike(one, other, samePlace)) return false;
  }
  for (const _ in b) more--;
  return more === 0;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Which span of one text stands for which of another: each for one, or the two are not alike. */
export class Shift {
  readonly #spans = new Map<Span, Span>();
  readonly #there = new Map<string, string>();
  readonly #back = new Map<string, string>();
  /** No span is another than it was. */
  isNone = true;

  readonly note: SamePlace = (from, to) => {
    const [a, b] = [from as Span, to as Span];
    const known = this.#spans.get(a);
    if (known === b) return true;
    const [here, there] = [keyOf(a), keyOf(b)];
    if ((this.#there.get(here) ?? there) !== there || (this.#back.get(there) ?? here) !== here) return false;
    this.#there.set(here, there);
    this.#back.set(there, here);
    this.#spans.set(a, b);
    if (here !== there) this.isNone = false;
    return true;
  };

  /** What stands for a span of the first text; undefined for one that was not compared. */
  of(span: Span): Span | undefined {
    return this.#spans.get(span);
  }
}

function keyOf({ file, start, end, via }: Span): string {
  let key = `${file} ${start} ${end}`;
  for (let at = via; at; at = at.outer) key += ` ${at.macro} ${at.spelled.file} ${at.spelled.start}`;
  return key;
}

/** Thrown where data holds a span that the shift does not know. */
export class Unplaced extends Error {}

/** The same data with the spans of the second text. Throws `Unplaced`. */
export function shifted<T>(value: T, shift: Shift): T {
  return shift.isNone ? value : (moved(value, shift) as T);
}

function moved(value: unknown, shift: Shift): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => moved(one, shift));
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const made: Record<string, unknown> = {};
  for (const key in value) {
    const one = (value as Plain)[key];
    made[key] = key === "span" && one ? placed(one as Span, shift) : moved(one, shift);
  }
  return made;
}

function placed(span: Span, shift: Shift): Span {
  const to = shift.of(span);
  if (!to) throw new Unplaced();
  return to;
}
