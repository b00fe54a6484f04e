/**
 * What instructions made of the numbers that they met last. Loops and paths that differ elsewhere bring the same bounds
 * again, as the same objects: then nothing has to be worked out.
 */
import type { AluOp, Condition, CondOp, Width } from "../../isa/insn.ts";
import { decided, refine } from "./compare.ts";
import { mix } from "./need.ts";
import { type Bounds, constant, madeBy, type Range, type Scalar, sameBounds, withBounds } from "./scalar.ts";
import { arithmetic } from "./scalar-alu.ts";
import { sharpen } from "./sharpen.ts";

interface Operands {
  readonly a: Bounds;
  readonly b: Bounds;
}

interface Made extends Operands {
  readonly out: Bounds;
}

interface Moved {
  readonly v: Bounds;
  readonly by: number;
  readonly out: Bounds;
}

interface Given {
  readonly given: Range;
  readonly out: Bounds;
}

/** What a comparison tells: how it goes where that is sure, else what is left of both sides where it holds or not. */
export interface Told extends Operands {
  readonly known: boolean | undefined;
  readonly holds: readonly [Bounds, Bounds] | undefined;
  readonly fails: readonly [Bounds, Bounds] | undefined;
}

/** Pairs of operands that are kept for each instruction. */
const KEPT = 4;

/** For one program; `sharp` as in `Cx`. */
export class Recall {
  readonly #sharp: boolean;
  /** Instructions that came by; nothing is kept of those that do so but once. */
  readonly #came: Uint8Array;
  readonly #made: (Made[] | undefined)[];
  /** The same by operation, for instructions that meet what others have met. */
  readonly #made32 = byOp();
  readonly #made64 = byOp();
  readonly #moved: (Moved[] | undefined)[];
  readonly #signed = new Map<number, Given>();
  readonly #told32 = byCond();
  readonly #told64 = byCond();
  readonly #told: (Told[] | undefined)[];

  /** `count`: of the program's instructions. */
  constructor(count: number, sharp: boolean) {
    this.#sharp = sharp;
    this.#came = new Uint8Array(count);
    this.#made = blank(count);
    this.#moved = blank(count);
    this.#told = blank(count);
  }

  /** `arithmetic` of the instruction `at`, which makes a number that is no copy. */
  arithmetic(op: AluOp, width: Width, a: Scalar, b: Scalar, at: number): Scalar {
    const made = this.#listAt(this.#made, at);
    const known = foundIn(made, a, b);
    if (known) return madeBy(known.out, at, mix(a.origin, b.origin));
    const shared = width === 64 ? this.#made64[op] : this.#made32[op];
    const found = foundIn(shared, a, b) ?? fresh(made, op, width, a, b, at);
    if (made) keep(made, found);
    keep(shared, found);
    return madeBy(found.out, at, mix(a.origin, b.origin));
  }

  /** `v + by`, in 64 bits. */
  moved(v: Scalar, by: number): Scalar {
    const moved = this.#listAt(this.#moved, Math.max(v.at, 0)) ?? [];
    for (let i = 0; i < moved.length; i++) {
      const m = moved[i]!;
      if (m.by === by && isOne(m.v, v)) return madeBy(m.out, v.at, v.origin);
    }
    const out = arithmetic("add", 64, v, constant(BigInt(by), v.at), v.at);
    keep(moved, { v, by, out });
    return out;
  }

  /** A number from `min` to `max`, in 64 and in 32 bits, that the instruction `at` gives. */
  signed(min: bigint, max: bigint, at: number): Scalar {
    const found = this.#signed.get(at);
    if (found && found.given.min === min && found.given.max === max) return madeBy(found.out, at, undefined);
    const given = { min, max };
    const out = withBounds({ s: given, s32: given }, at);
    this.#signed.set(at, { given, out });
    return out;
  }

  /** What the comparison `at` tells of the two. */
  compare({ op, width }: Condition, a: Scalar, b: Scalar, at: number): Told {
    const told = this.#listAt(this.#told, at);
    const before = foundIn(told, a, b);
    if (before) return before;
    const shared = width === 64 ? this.#told64[op] : this.#told32[op];
    const found = foundIn(shared, a, b) ?? this.#tell(op, width, a, b);
    if (told) keep(told, found);
    keep(shared, found);
    return found;
  }

  #tell(op: CondOp, width: Width, a: Scalar, b: Scalar): Told {
    const known = decided(op, width, a, b);
    const undecided = known === undefined;
    const holds = undecided ? this.#sides(refine(op, width, a, b, true)) : undefined;
    const fails = undecided ? this.#sides(refine(op, width, a, b, false)) : undefined;
    return { a, b, known, holds, fails };
  }

  /** Undefined the first time. */
  #listAt<T>(lists: (T[] | undefined)[], at: number): T[] | undefined {
    const found = lists[at];
    if (found) return found;
    if (this.#came[at] === 0) {
      this.#came[at] = 1;
      return undefined;
    }
    const made: T[] = [];
    lists[at] = made;
    return made;
  }

  #sides(pair: readonly [Scalar, Scalar] | undefined): readonly [Bounds, Bounds] | undefined {
    if (!pair || !this.#sharp) return pair;
    const left = sharpen(pair[0]);
    const right = sharpen(pair[1]);
    return left && right && [left, right];
  }
}

/** A list of that length with nothing in it yet. */
export const blank = <T>(count: number): (T | undefined)[] => new Array<T | undefined>(count).fill(undefined);

const byCond = (): Record<CondOp, Told[]> => ({
  eq: [],
  ne: [],
  gt: [],
  ge: [],
  lt: [],
  le: [],
  sgt: [],
  sge: [],
  slt: [],
  sle: [],
  set: [],
});

const byOp = (): Record<AluOp, Made[]> => ({
  add: [],
  sub: [],
  mul: [],
  div: [],
  sdiv: [],
  mod: [],
  smod: [],
  or: [],
  and: [],
  xor: [],
  lsh: [],
  rsh: [],
  arsh: [],
  mov: [],
  movs8: [],
  movs16: [],
  movs32: [],
});

function foundIn<T extends Operands>(list: readonly T[] | undefined, a: Bounds, b: Bounds): T | undefined {
  if (!list) return undefined;
  for (let i = 0; i < list.length; i++) {
    const m = list[i]!;
    if (isOne(m.a, a) && isOne(m.b, b)) return m;
  }
  return undefined;
}

/** Worked out; a result that the instruction had before is the same object. */
function fresh(made: readonly Made[] | undefined, op: AluOp, width: Width, a: Scalar, b: Scalar, at: number): Made {
  const out = arithmetic(op, width, a, b, at);
  const before = made?.[0]?.out;
  return { a, b, out: before && sameBounds(before, out) ? before : out };
}

/** Whether the bounds are the same objects. */
const isOne = (a: Bounds, b: Bounds): boolean =>
  a.u === b.u && a.bits === b.bits && a.s === b.s && a.u32 === b.u32 && a.s32 === b.s32;

/** The newest is the first. */
function keep<T>(list: T[], item: T): void {
  if (list.length < KEPT) list.push(item);
  for (let i = list.length - 1; i > 0; i--) list[i] = list[i - 1]!;
  list[0] = item;
}
