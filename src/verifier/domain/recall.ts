/**
 * What instructions made of the numbers that they met last. Loops and paths that differ elsewhere bring the same bounds
 * again, as the same objects: then nothing has to be worked out.
 */
import type { AluOp, Condition, Width } from "../../isa/insn.ts";
import { decided, refine } from "./compare.ts";
import { mix } from "./need.ts";
import { type Bounds, constant, madeBy, type Range, type Scalar, sameBounds, withBounds } from "./scalar.ts";
import { arithmetic } from "./scalar-alu.ts";
import { sharpen } from "./sharpen.ts";

interface Made {
  readonly a: Bounds;
  readonly b: Bounds;
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
export interface Told {
  readonly a: Bounds;
  readonly b: Bounds;
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
  readonly #moved: (Moved[] | undefined)[];
  readonly #signed = new Map<number, Given>();
  readonly #told: (Told[] | undefined)[];

  /** `count`: of the program's instructions. */
  constructor(count: number, sharp: boolean) {
    this.#sharp = sharp;
    this.#came = new Uint8Array(count);
    this.#made = Array.from({ length: count });
    this.#moved = Array.from({ length: count });
    this.#told = Array.from({ length: count });
  }

  /** `arithmetic` of the instruction `at`, which makes a number that is no copy. */
  arithmetic(op: AluOp, width: Width, a: Scalar, b: Scalar, at: number): Scalar {
    const made = this.#listAt(this.#made, at);
    if (!made) return arithmetic(op, width, a, b, at);
    for (let i = 0; i < made.length; i++) {
      const m = made[i]!;
      if (isOne(m.a, a) && isOne(m.b, b)) return madeBy(m.out, at, mix(a.origin, b.origin));
    }
    const fresh = arithmetic(op, width, a, b, at);
    const [before] = made;
    const out = before && sameBounds(before.out, fresh) ? before.out : fresh;
    keep(made, { a, b, out });
    return out === fresh ? fresh : madeBy(out, at, fresh.origin);
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
    const told = this.#listAt(this.#told, at) ?? [];
    for (let i = 0; i < told.length; i++) {
      const t = told[i]!;
      if (isOne(t.a, a) && isOne(t.b, b)) return t;
    }
    const known = decided(op, width, a, b);
    const undecided = known === undefined;
    const holds = undecided ? this.#sides(refine(op, width, a, b, true)) : undefined;
    const fails = undecided ? this.#sides(refine(op, width, a, b, false)) : undefined;
    const fresh = { a, b, known, holds, fails };
    keep(told, fresh);
    return fresh;
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

/** Whether the bounds are the same objects. */
const isOne = (a: Bounds, b: Bounds): boolean =>
  a.u === b.u && a.bits === b.bits && a.s === b.s && a.u32 === b.u32 && a.s32 === b.s32;

/** The newest is the first. */
function keep<T>(list: T[], item: T): void {
  if (list.length < KEPT) list.push(item);
  for (let i = list.length - 1; i > 0; i--) list[i] = list[i - 1]!;
  list[0] = item;
}
