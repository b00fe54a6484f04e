/** Which bits of a value are certain. Pointers and what memory holds are not. */
import { bitLength } from "../../support/int.ts";
import type { Counters } from "./counters.ts";
import { bitsOf, type InstOf } from "./inst.ts";
import type { Inst, IrType, ValueId } from "./model.ts";

export interface KnownBits {
  /** Bits that are 0, over the width of the type. */
  readonly zeros: bigint;
  /** Bits that are 1. */
  readonly ones: bigint;
  /** The greatest unsigned value, where bits alone would allow a greater one. */
  readonly most?: bigint;
  /** The greatest value that counting alone tells. The kernel may not know it: masks and checks have to stay. */
  readonly counted?: bigint;
}

const unknown: KnownBits = { zeros: 0n, ones: 0n };
const fullMask = { 32: 0xffff_ffffn, 64: 0xffff_ffff_ffff_ffffn } as const;
const masks = Array.from({ length: 65 }, (_, bits) => (1n << BigInt(bits)) - 1n);
const below = (bits: bigint): bigint => masks[Number(bits)] ?? (1n << bits) - 1n;

export const maskOf = (ty: IrType): bigint => fullMask[bitsOf(ty)];
/** The greatest unsigned value that `known` allows. */
export const greatest = (known: KnownBits, ty: IrType): bigint => maskOf(ty) & ~known.zeros;
export const isNonNegative = (known: KnownBits, ty: IrType): boolean =>
  ((known.zeros >> BigInt(bitsOf(ty) - 1)) & 1n) === 1n;

/** The greatest value, by bits or by the bound beside them. */
const top = (known: KnownBits, full: bigint): bigint => known.most ?? full & ~known.zeros;

/** Recursion ends here: what lies deeper counts as unknown. */
const maxDepth = 6;
/** Phis of more arguments count as unknown. */
const maxArgs = 16;

/** Answers for one function; `def` gives the instruction that makes a value. */
export class BitFacts {
  readonly #def: (value: ValueId) => Inst;
  readonly #counters: Counters | undefined;
  readonly #memo = new Map<ValueId, KnownBits>();

  constructor(def: (value: ValueId) => Inst, counters?: Counters) {
    this.#def = def;
    this.#counters = counters;
  }

  of(value: ValueId, depth = 0): KnownBits {
    const known = this.#memo.get(value);
    if (known) return known;
    if (depth > maxDepth) return unknown;
    this.#memo.set(value, unknown);
    const made = this.#compute(this.#def(value), depth);
    this.#memo.set(value, made);
    return made;
  }

  #compute(inst: Inst, depth: number): KnownBits {
    if (inst.ty === "void" || inst.ty === "ptr") return unknown;
    const counted = inst.op === "phi" ? this.#counted(inst, 0n) : undefined;
    if (counted) return counted;
    const full = maskOf(inst.ty);
    const of = (value: ValueId): KnownBits => this.of(value, depth + 1);
    switch (inst.op) {
      case "const":
        return { zeros: full & ~inst.value, ones: inst.value };
      case "cmp":
        return { zeros: full & ~1n, ones: 0n };
      case "load":
        return inst.signed || inst.size * 8 >= bitsOf(inst.ty)
          ? unknown
          : { zeros: full & ~below(BigInt(inst.size * 8)), ones: 0n };
      case "zext":
      case "sext":
        return extend(inst.op, inst.from, full, of(inst.a));
      case "trunc": {
        const { zeros, ones, most } = of(inst.a);
        return { zeros: zeros & full, ones: ones & full, ...(most !== undefined && most <= full && { most }) };
      }
      case "bswap":
        // which bits come from where the kernel's verifier may have lost: a mask behind it has to stay
        return { zeros: full & ~below(BigInt(inst.bits)), ones: 0n };
      case "bin":
        return this.#bin(inst, full, depth);
      case "phi":
        return inst.args.length > maxArgs
          ? unknown
          : join(
              inst.args.map((arg) => this.of(arg.value, depth + 2)),
              full,
            );
      default:
        return unknown;
    }
  }

  /** A counter that is never negative, even `by` later: that is all that is said of its bits. */
  #counted(phi: InstOf<"phi">, by: bigint): KnownBits | undefined {
    const moves = phi.args.some(({ value }) => isSumOf(this.#def(value), phi.id));
    const range = moves ? this.#counters?.of(phi) : undefined;
    const bits = phi.ty === "i32" ? 32 : 64;
    const sign = 1n << BigInt(bits - 1);
    if (!range || range.least + by < 0n || range.most + by >= sign) return undefined;
    return { zeros: sign, ones: 0n, counted: range.most + by };
  }

  /** What is a constant more than a counter. */
  #moved({ ty, a, b }: InstOf<"bin">): KnownBits | undefined {
    const [from, by] = [this.#def(a), this.#def(b)];
    if (from.op !== "phi" || by.op !== "const" || from.ty !== ty) return undefined;
    return this.#counted(from, BigInt.asIntN(ty === "i32" ? 32 : 64, by.value));
  }

  #bin(inst: InstOf<"bin">, full: bigint, depth: number): KnownBits {
    const moved = inst.fn === "add" && inst.ty !== "ptr" ? this.#moved(inst) : undefined;
    if (moved) return moved;
    const a = this.of(inst.a, depth + 1);
    const b = this.of(inst.b, depth + 1);
    switch (inst.fn) {
      case "and":
        return { zeros: a.zeros | b.zeros, ones: a.ones & b.ones };
      case "or":
        return { zeros: a.zeros & b.zeros, ones: a.ones | b.ones };
      case "xor":
        return { zeros: (a.zeros & b.zeros) | (a.ones & b.ones), ones: (a.zeros & b.ones) | (a.ones & b.zeros) };
      case "shl":
      case "lshr":
      case "ashr":
        return shift(inst.fn, full, a, this.#def(inst.b), bitsOf(inst.ty as IrType));
      case "add":
        return bounded(full, top(a, full) + top(b, full), trailing(a, b));
      case "mul":
        return bounded(full, top(a, full) * top(b, full), 0n);
      // Quotients and remainders have bounds, but most kernels' verifiers do not see them: a mask or a check behind a
      // division is what makes the value bounded for them.
      default:
        return unknown;
    }
  }
}

const isSumOf = (inst: Inst, value: ValueId): boolean => inst.op === "bin" && inst.fn === "add" && inst.a === value;

/** A value of at most `most` (which may not fit: then nothing), whose bits `low` are zero. */
function bounded(full: bigint, most: bigint, low: bigint): KnownBits {
  if (most > full) return { zeros: low, ones: 0n };
  return { zeros: (full & ~masks[most === 0n ? 1 : bitLength(most)]!) | low, ones: 0n, most };
}

/** Bits below the lowest that either side may have. */
function trailing(a: KnownBits, b: KnownBits): bigint {
  const both = a.zeros & b.zeros;
  const lowest = ~both & (both + 1n);
  return lowest - 1n;
}

function extend(op: "zext" | "sext", from: number, full: bigint, a: KnownBits): KnownBits {
  const low = below(BigInt(from));
  const high = full & ~low;
  const sign = 1n << BigInt(from - 1);
  const zeros = a.zeros & low;
  const ones = a.ones & low;
  const most = a.most !== undefined && a.most <= low ? { most: a.most } : {};
  if (op === "zext" || zeros & sign) return { zeros: zeros | high, ones, ...most };
  return ones & sign ? { zeros, ones: ones | high } : { zeros, ones };
}

function shift(fn: "shl" | "lshr" | "ashr", full: bigint, a: KnownBits, count: Inst, bits: number): KnownBits {
  if (count.op !== "const" || count.value >= BigInt(bits)) return unknown;
  const by = count.value;
  if (fn === "shl") return { zeros: ((a.zeros << by) | below(by)) & full, ones: (a.ones << by) & full };
  const high = full & ~(full >> by);
  const sign = 1n << BigInt(bits - 1);
  const zeros = a.zeros >> by;
  const ones = a.ones >> by;
  if (fn === "lshr" || a.zeros & sign) return { zeros: zeros | high, ones };
  return a.ones & sign ? { zeros, ones: ones | high } : { zeros, ones };
}

function join(all: readonly KnownBits[], full: bigint): KnownBits {
  let most = 0n;
  for (const known of all) if (top(known, full) > most) most = top(known, full);
  const zeros = all.reduce((known, { zeros: other }) => known & other, full);
  const ones = all.reduce((known, { ones: other }) => known & other, full);
  return { zeros, ones, ...(most < (full & ~zeros) && { most }) };
}
