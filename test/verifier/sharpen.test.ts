/** A number known by several readings: none of its values may get lost, and nothing may become known less. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Bounds,
  constant,
  includes,
  S32,
  S64,
  settle,
  U32,
  U64,
  withBounds,
} from "../../src/verifier/domain/scalar.ts";
import { sharpen } from "../../src/verifier/domain/sharpen.ts";
import { unknownBits } from "../../src/verifier/domain/tnum.ts";

const u64 = fc.oneof(
  fc.bigInt(0n, U64.max),
  fc.bigInt(0n, 40n),
  fc.bigInt(U64.max - 40n, U64.max),
  fc.bigInt(2n ** 32n - 9n, 2n ** 32n + 9n),
);
const slack = fc.oneof(fc.bigInt(0n, 20n), fc.bigInt(0n, 2n ** 33n));

const clamp = (v: bigint, r: { min: bigint; max: bigint }): bigint => (v < r.min ? r.min : v > r.max ? r.max : v);
const around = (v: bigint, below: bigint, above: bigint, full: { min: bigint; max: bigint }) => ({
  min: clamp(v - below, full),
  max: clamp(v + above, full),
});

test("keeps the number, and forgets nothing", () => {
  fc.assert(
    fc.property(u64, fc.array(slack, { minLength: 8, maxLength: 8 }), u64, (v, d, mask) => {
      const b: Bounds = {
        bits: { value: v & ~mask, mask },
        u: around(v, d[0]!, d[1]!, U64),
        s: around(BigInt.asIntN(64, v), d[2]!, d[3]!, S64),
        u32: around(BigInt.asUintN(32, v), d[4]!, d[5]!, U32),
        s32: around(BigInt.asIntN(32, v), d[6]!, d[7]!, S32),
      };
      const sharp = sharpen(b);
      expect(sharp && includes(sharp, constant(v, -1))).toBe(true);
      expect(includes(settle(b)!, sharp!)).toBe(true);
    }),
  );
});

test("ranges that meet in one end only", () => {
  const all = { bits: unknownBits, u: U64, s: S64, u32: U32, s32: S32 };
  const low = sharpen({
    ...all,
    u: { min: 0x100000008n, max: 0x300000001n },
    u32: { min: 2n, max: 5n },
    s32: { min: 2n, max: 5n },
  });
  expect(low?.u).toEqual({ min: 0x200000002n, max: 0x200000005n });
  const odd = sharpen({ ...withBounds({}, -1), bits: { value: 0xe1n, mask: 0x10n }, u: { min: 0xe1n, max: 0xf0n } });
  expect(odd?.u).toEqual({ min: 0xe1n, max: 0xe1n });
});
