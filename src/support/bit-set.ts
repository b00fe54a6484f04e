/** Sets of small numbers, for data flow: each is as many words as the largest number asks for. */

export class BitSet {
  readonly #words: Uint32Array;

  /** The empty set of numbers below `size`. */
  constructor(size: number) {
    this.#words = new Uint32Array((size + 31) >>> 5);
  }

  has(n: number): boolean {
    return (this.#words[n >>> 5]! & (1 << (n & 31))) !== 0;
  }

  add(n: number): void {
    this.#words[n >>> 5]! |= 1 << (n & 31);
  }

  delete(n: number): void {
    this.#words[n >>> 5]! &= ~(1 << (n & 31));
  }

  /** Takes in what `other`, of the same size, holds; whether that changed anything. */
  addAll(other: BitSet): boolean {
    let changed = false;
    for (let i = 0; i < this.#words.length; i++) {
      const before = this.#words[i]!;
      const after = (before | other.#words[i]!) >>> 0;
      if (after === before) continue;
      this.#words[i] = after;
      changed = true;
    }
    return changed;
  }

  /** Leaves out what `other`, of the same size, does not hold. */
  keepAll(other: BitSet): void {
    for (let i = 0; i < this.#words.length; i++) this.#words[i]! &= other.#words[i]!;
  }

  copy(): BitSet {
    const made = new BitSet(this.#words.length * 32);
    made.#words.set(this.#words);
    return made;
  }

  /** Smallest first. */
  *[Symbol.iterator](): Iterator<number> {
    for (let i = 0; i < this.#words.length; i++) {
      for (let rest = this.#words[i]!; rest !== 0; rest &= rest - 1) yield i * 32 + 31 - Math.clz32(rest & -rest);
    }
  }
}
