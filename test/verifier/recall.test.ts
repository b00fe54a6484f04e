/** Short ways give what the long ones give: small numbers, and what was worked out before. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AluOp, CondOp } from "../../src/isa/insn.ts";
import { decided, refine } from "../../src/verifier/domain/compare.ts";
import { Recall } from "../../src/verifier/domain/recall.ts";
import {
  type Bounds,
  constant,
  includes,
  type Scalar,
  unknownScalar,
  withBounds,
} from "../../src/verifier/domain/scalar.ts";
import { arithmetic } from "../../src/verifier/domain/scalar-alu.ts";
import { addSmall, settleSmall } from "../../src/verifier/domain/small.ts";

const small = fc
  .tuple(fc.nat(2 ** 31 - 1), fc.nat(2 ** 31 - 1), fc.nat(2 ** 31 - 1))
  .map(([value, other, mask]): { readonly value: number; readonly about: Scalar } => {
    const u = { min: BigInt(Math.min(value, other)), max: BigInt(Math.max(value, other)) };
    return { value, about: withBounds({ u, bits: { value: BigInt(value & ~mask), mask: BigInt(mask) } }, 0) };
  });

const told = ({ bits, u, s, u32, s32 }: Bounds): readonly bigint[] =>
  [u, s, u32, s32].flatMap(({ min, max }) => [min, max]).concat(bits.value, bits.mask);

describe("numbers below 2^31", () => {
  test("are one range, which holds the value", () => {
    fc.assert(
      fc.property(small, ({ value, about }) => {
        expect(includes(about, constant(BigInt(value), 0))).toBe(true);
        expect(about.s).toBe(about.u);
        expect(about.s32).toBe(about.u);
        expect(includes(settleSmall(about)!, constant(BigInt(value), 0))).toBe(true);
      }),
    );
  });

  test("their sums hold the sum of the values", () => {
    fc.assert(
      fc.property(small, small, (a, b) => {
        const sum = addSmall(a.about, b.about);
        if (a.about.u.max + b.about.u.max >= 1n << 31n) expect(sum).toBeUndefined();
        else expect(includes(sum!, constant(BigInt(a.value + b.value), 0))).toBe(true);
      }),
    );
  });

  test.each<[string, Partial<Bounds>]>([
    ["negative ones", { s: { min: -1n, max: 1n } }],
    ["2^31", { u: { min: 0n, max: 1n << 31n } }],
    ["contradictions", { u: { min: 9n, max: 10n }, bits: { value: 0n, mask: 3n } }],
  ])("%s are not among them", (_, b) => {
    const all = unknownScalar(0);
    expect(settleSmall({ bits: all.bits, u: all.u, s: all.s, u32: all.u32, s32: all.s32, ...b })).toBeUndefined();
  });
});

describe("what was worked out before", () => {
  const OPS: readonly AluOp[] = ["add", "sub", "mul", "and", "or", "xor", "lsh", "rsh", "arsh"];
  const CONDS: readonly CondOp[] = ["eq", "ne", "gt", "le", "slt", "sge", "set"];

  test("is what is worked out now", () => {
    const recall = new Recall(65, false);
    const numbers = [unknownScalar(0), constant(4n, 0), constant(-1n, 0), withBounds({ u: { min: 1n, max: 40n } }, 0)];
    for (let round = 0; round < 3; round++)
      for (const width of [32, 64] as const)
        for (const a of numbers)
          for (const b of numbers) {
            for (const [i, op] of OPS.entries())
              expect(told(recall.arithmetic(op, width, a, b, width - i))).toEqual(told(arithmetic(op, width, a, b, 1)));
            for (const [i, op] of CONDS.entries()) {
              const found = recall.compare({ op, width, dst: 1, src: { imm: 0 } }, a, b, width - 10 - i);
              expect(found.known).toBe(decided(op, width, a, b));
              if (found.known !== undefined) continue;
              expect(found.holds?.map(told)).toEqual(refine(op, width, a, b, true)?.map(told));
              expect(found.fails?.map(told)).toEqual(refine(op, width, a, b, false)?.map(told));
            }
          }
  });

  test("is made of the operands of now", () => {
    const recall = new Recall(4, false);
    const [old, now] = [0, 1].map(() => ({
      needed: false,
      used: false,
      from: undefined,
      and: undefined,
      left: undefined,
    }));
    const sum = (origin: typeof old): Scalar =>
      recall.arithmetic("add", 64, { ...unknownScalar(0), origin }, constant(1n, 0), 3);
    for (let round = 0; round < 3; round++) sum(old);
    expect(sum(now).origin).toBe(now);
  });

  test("is not taken for the sum with another number", () => {
    const recall = new Recall(4, false);
    const v = withBounds({ s: { min: -4n, max: 4n } }, 0);
    for (let round = 0; round < 3; round++) {
      expect(recall.moved(v, 8).s).toEqual({ min: 4n, max: 12n });
      expect(recall.moved(v, -8).s).toEqual({ min: -12n, max: -4n });
      expect(recall.signed(-4095n, BigInt(round), 1).s).toEqual({ min: -4095n, max: BigInt(round) });
    }
  });
});
