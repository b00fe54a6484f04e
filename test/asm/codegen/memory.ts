/** What both interpreters of these tests share: values, memory with pointers in it, and functions to call. */

export interface Pointer {
  readonly region: Region;
  readonly off: number;
}
/** Numbers are unsigned 64 bits. */
export type Value = bigint | Pointer;

export const isPointer = (v: Value): v is Pointer => typeof v !== "bigint";

/** Bytes that know whether they were written, and pointers that are only whole. */
export class Region {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly #written: Uint8Array;
  readonly #pointers = new Map<number, Pointer>();

  constructor(name: string, size: number, written: boolean) {
    this.name = name;
    this.bytes = new Uint8Array(size);
    this.#written = new Uint8Array(size).fill(written ? 1 : 0);
  }

  load(off: number, size: number): Value {
    this.#check(off, size);
    const pointer = this.#pointers.get(off);
    if (pointer && size === 8) return pointer;
    let value = 0n;
    for (let i = size - 1; i >= 0; i--) {
      if (!this.#written[off + i]) throw new Error(`read of unwritten ${this.name}+${off + i}`);
      value = (value << 8n) | BigInt(this.bytes[off + i]!);
    }
    for (let i = off - 7; i < off + size; i++) {
      if (this.#pointers.has(i)) throw new Error(`part of a pointer read at ${this.name}+${off}`);
    }
    return value;
  }

  store(off: number, size: number, value: Value): void {
    this.#check(off, size);
    for (let i = off - 7; i < off + size; i++) this.#pointers.delete(i);
    this.#written.fill(1, off, off + size);
    if (isPointer(value)) {
      if (size !== 8) throw new Error("narrow store of a pointer");
      this.#pointers.set(off, value);
      return;
    }
    for (let i = 0; i < size; i++) this.bytes[off + i] = Number((value >> BigInt(8 * i)) & 0xffn);
  }

  #check(off: number, size: number): void {
    if (off < 0 || off + size > this.bytes.length) throw new Error(`${this.name}+${off} is outside`);
    if (off % size !== 0) throw new Error(`${this.name}+${off} is not aligned to ${size}`);
  }
}

/** Where a run takes place: memory that outlives it, and the calls it made. */
export class World {
  readonly memory = new Region("param", 64, true);
  readonly globals = new Map<string, Region>();
  readonly calls: string[] = [];

  constructor() {
    for (let i = 0; i < 64; i++) this.memory.bytes[i] = (i * 37 + 11) & 0xff;
    this.global("g");
  }

  global(name: string): Region {
    const known = this.globals.get(name);
    if (known) return known;
    const made = new Region(name, 32, true);
    this.globals.set(name, made);
    return made;
  }

  /** Bit n of `id` says that argument n counts with its low half only. */
  call(id: number, args: readonly Value[]): bigint {
    const seen = args.map((v, i) => {
      if (isPointer(v)) return `${v.region.name}+${v.off}`;
      return String((id >> i) & 1 ? BigInt.asUintN(32, v) : v);
    });
    this.calls.push(`${id}(${seen.join()})`);
    return mix(`${this.calls.length} ${this.calls.at(-1)}`);
  }

  outcome(result: Value | undefined) {
    const bytes = [this.memory, ...[...this.globals.values()].sort((a, b) => (a.name < b.name ? -1 : 1))];
    return { result, calls: this.calls, memory: bytes.map((r) => `${r.name} ${r.bytes.join()}`) };
  }
}

/** Some 64-bit number that depends on all of `text`. */
export function mix(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const c of text) hash = BigInt.asUintN(64, (hash ^ BigInt(c.charCodeAt(0))) * 0x100000001b3n);
  return BigInt.asUintN(64, hash * 0x9e3779b97f4a7c15n) ^ (hash >> 29n);
}

/** Arithmetic as RFC 9669 defines it, on unsigned numbers of `bits` bits. */
export function compute(op: string, a: bigint, b: bigint, bits: 32 | 64): bigint {
  const signed = (v: bigint) => BigInt.asIntN(bits, v);
  const shift = b & BigInt(bits - 1);
  const rows: Readonly<Record<string, () => bigint>> = {
    add: () => a + b,
    sub: () => a - b,
    mul: () => a * b,
    div: () => (b === 0n ? 0n : a / b),
    mod: () => (b === 0n ? a : a % b),
    sdiv: () => (b === 0n ? 0n : signed(a) / signed(b)),
    smod: () => (b === 0n ? a : signed(a) % signed(b)),
    and: () => a & b,
    or: () => a | b,
    xor: () => a ^ b,
    lsh: () => a << shift,
    rsh: () => a >> shift,
    arsh: () => signed(a) >> shift,
  };
  return BigInt.asUintN(bits, rows[op]!());
}

export function holds(op: string, a: bigint, b: bigint, bits: 32 | 64): boolean {
  const [x, y] = op.startsWith("s") && op !== "set" ? [BigInt.asIntN(bits, a), BigInt.asIntN(bits, b)] : [a, b];
  switch (op.replace(/^[su](?!et)/, "")) {
    case "eq":
      return x === y;
    case "ne":
      return x !== y;
    case "gt":
      return x > y;
    case "ge":
      return x >= y;
    case "lt":
      return x < y;
    case "le":
      return x <= y;
    default:
      return (x & y) !== 0n;
  }
}

export function swapBytes(value: bigint, bits: number): bigint {
  let out = 0n;
  for (let i = 0; i < bits; i += 8) out = (out << 8n) | ((value >> BigInt(i)) & 0xffn);
  return out;
}

/** The new contents of memory after an atomic operation; undefined: unchanged. */
export function atomicResult(op: string, old: bigint, value: bigint, expected: bigint, bits: 32 | 64) {
  if (op === "xchg") return value;
  if (op === "cmpxchg") return old === expected ? value : undefined;
  return compute(op, old, value, bits);
}
