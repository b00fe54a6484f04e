/**
 * A table from names to numbers where the names are places in a text: a large header declares tens of thousands of
 * names, of which a program uses a few dozen, so no string is made of one before it is asked for.
 */

const EMPTY = -1;
const FIRST_SIZE = 1024;

export class NameTable {
  readonly #text: string;
  /** Slots of an open hash table: indices into the arrays below, or `EMPTY`. */
  #slots = new Int32Array(FIRST_SIZE).fill(EMPTY);
  #hashes = new Int32Array(FIRST_SIZE >> 1);
  #starts = new Int32Array(FIRST_SIZE >> 1);
  #ends = new Int32Array(FIRST_SIZE >> 1);
  #values = new Int32Array(FIRST_SIZE >> 1);
  #count = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Enters the name from `start` to `end`, unless it is known. Gives the value that then stands. */
  add(start: number, end: number, value: number): number {
    const hash = hashOf(this.#text, start, end);
    const slot = this.#slotOf(hash, this.#text, start, end);
    const known = this.#slots[slot]!;
    if (known !== EMPTY) return this.#values[known]!;
    const i = this.#count++;
    this.#slots[slot] = i;
    this.#hashes[i] = hash;
    this.#starts[i] = start;
    this.#ends[i] = end;
    this.#values[i] = value;
    if (this.#count === this.#values.length) this.#grow();
    return value;
  }

  /** Gives a known name another value. */
  replace(start: number, end: number, value: number): void {
    const i = this.#slots[this.#slotOf(hashOf(this.#text, start, end), this.#text, start, end)]!;
    if (i !== EMPTY) this.#values[i] = value;
  }

  /** The value of a name; -1 where it is not known. */
  find(name: string): number {
    if (this.#count === 0) return -1;
    const i = this.#slots[this.#slotOf(hashOf(name, 0, name.length), name, 0, name.length)]!;
    return i === EMPTY ? -1 : this.#values[i]!;
  }

  /** All names, in the order of the text. */
  all(): string[] {
    return Array.from({ length: this.#count }, (_, i) => this.#text.slice(this.#starts[i]!, this.#ends[i]!));
  }

  /** Where the name is, or would be. */
  #slotOf(hash: number, text: string, start: number, end: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const i = this.#slots[slot]!;
      if (i === EMPTY || (this.#hashes[i] === hash && this.#isAt(i, text, start, end))) return slot;
    }
  }

  #isAt(i: number, text: string, start: number, end: number): boolean {
    const from = this.#starts[i]!;
    if (this.#ends[i]! - from !== end - start) return false;
    for (let k = end - start - 1; k >= 0; k--)
      if (this.#text.charCodeAt(from + k) !== text.charCodeAt(start + k)) return false;
    return true;
  }

  #grow(): void {
    const capacity = this.#values.length * 2;
    this.#hashes = enlarged(this.#hashes, capacity);
    this.#starts = enlarged(this.#starts, capacity);
    this.#ends = enlarged(this.#ends, capacity);
    this.#values = enlarged(this.#values, capacity);
    this.#slots = new Int32Array(capacity * 2).fill(EMPTY);
    const mask = this.#slots.length - 1;
    for (let i = 0; i < this.#count; i++) {
      let slot = this.#hashes[i]! & mask;
      while (this.#slots[slot] !== EMPTY) slot = (slot + 1) & mask;
      this.#slots[slot] = i;
    }
  }
}

function enlarged(array: Int32Array<ArrayBuffer>, capacity: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(capacity);
  larger.set(array);
  return larger;
}

function hashOf(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let p = start; p < end; p++) hash = Math.imul(hash ^ text.charCodeAt(p), 0x01000193);
  return hash ^ (hash >>> 15);
}
