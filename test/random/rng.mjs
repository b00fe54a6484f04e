// Random choices that a seed alone decides: the same on every machine and in every version of Node.

/** The SplitMix32 generator: small, and good enough to choose with. */
export class Rng {
  #state;

  constructor(seed) {
    this.#state = (seed * 0x9e3779b1) >>> 0;
    for (let i = 0; i < 4; i++) this.bits32();
  }

  bits32() {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  }

  /** A number from 0 to `end - 1`. */
  below(end) {
    return this.bits32() % end;
  }

  /** A number from `low` to `high`, both included. */
  range(low, high) {
    return low + this.below(high - low + 1);
  }

  /** True in `percent` of 100 cases. */
  chance(percent) {
    return this.below(100) < percent;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  /** One of `[[weight, value], ...]`. */
  weighted(rows) {
    let at = this.below(rows.reduce((sum, [weight]) => sum + weight, 0));
    return rows.find(([weight]) => {
      at -= weight;
      return at < 0;
    })[1];
  }

  /** An unsigned number of this many bits. */
  wide(bits) {
    const value = (BigInt(this.bits32()) << 32n) | BigInt(this.bits32());
    return BigInt.asUintN(bits, value);
  }
}
