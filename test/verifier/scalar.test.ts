/** Numbers: whatever values go in, the result lies in what is said to be known of it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AluOp, CondOp, Width } from "../../src/isa/insn.ts";
import { decided, refine } from "../../src/verifier/domain/compare.ts";
import {
  type Bounds,
  constant,
  cut,
  includes,
  type Scalar,
  signExtend,
  withBounds,
} from "../../src/verifier/domain/scalar.ts";
import { arithmetic } from "../../src/verifier/domain/scalar-alu.ts";
import { low32, mulBits, mulLow32 } from "../../src/verifier/domain/tnum.ts";

const u64 = (v: bigint): bigint => BigInt.asUintN(64, v);

/** Numbers near the edges of the ranges are likelier than others. */
const edge = fc.constantFrom(0n, 1n, -1n, 255n, 1n << 31n, (1n << 31n) - 1n, (1n << 32n) - 1n, 1n << 32n, 1n << 63n);
const number = fc
  .oneof(edge, fc.bigInt({ min: -64n, max: 64n }), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }))
  .map(u64);

/** Something known of a value, true of the value. */
const known = fc
  .tuple(number, number, number, fc.constantFrom("const", "unsigned", "signed", "low", "bits", "all"))
  .map(([value, a, mask, how]): { readonly value: bigint; readonly about: Scalar } => ({
    value,
    about: aboutOf(value, a, mask, how),
  }));

function aboutOf(value: bigint, a: bigint, mask: bigint, how: string): Scalar {
  const between = (x: bigint, y: bigint): { min: bigint; max: bigint } =>
    x < y ? { min: x, max: y } : { min: y, max: x };
  const signed = (v: bigint): bigint => BigInt.asIntN(64, v);
  switch (how) {
    case "const":
      return constant(value, 0);
    case "unsigned":
      return withBounds({ u: between(value, a) }, 0);
    case "signed":
      return withBounds({ s: between(signed(value), signed(a)) }, 0);
    case "low":
      return withBounds({ u32: between(BigInt.asUintN(32, value), BigInt.asUintN(32, a)) }, 0);
    case "bits":
      return withBounds({ bits: { value: value & ~mask, mask } }, 0);
    default:
      return withBounds({}, 0);
  }
}

const holds = (about: Bounds, value: bigint): boolean => includes(about, constant(value, 0));

const OPS: readonly AluOp[] = [
  "add",
  "sub",
  "mul",
  "div",
  "sdiv",
  "mod",
  "smod",
  "or",
  "and",
  "xor",
  "lsh",
  "rsh",
  "arsh",
  "mov",
  "movs8",
  "movs16",
  "movs32",
];

/** RFC 9669 section 4.1 in plain numbers. */
function run(op: AluOp, w: Width, x: bigint, y: bigint): bigint {
  const s = (v: bigint): bigint => BigInt.asIntN(w, v);
  const u = (v: bigint): bigint => BigInt.asUintN(w, v);
  const by = u(y) & BigInt(w - 1);
  switch (op) {
    case "add":
      return u(x + y);
    case "sub":
      return u(x - y);
    case "mul":
      return u(x * y);
    case "div":
      return u(y) === 0n ? 0n : u(x) / u(y);
    case "sdiv":
      return u(y) === 0n ? 0n : u(s(x) / s(y));
    case "mod":
      return u(y) === 0n ? u(x) : u(x) % u(y);
    case "smod":
      return u(y) === 0n ? u(x) : u(s(x) % s(y));
    case "or":
      return u(x | y);
    case "and":
      return u(x & y);
    case "xor":
      return u(x ^ y);
    case "lsh":
      return u(u(x) << by);
    case "rsh":
      return u(x) >> by;
    case "arsh":
      return u(s(x) >> by);
    case "mov":
      return u(y);
    case "movs8":
      return u(BigInt.asIntN(8, y));
    case "movs16":
      return u(BigInt.asIntN(16, y));
    case "movs32":
      return u(BigInt.asIntN(32, y));
  }
}

const CONDS: readonly CondOp[] = ["eq", "ne", "gt", "ge", "lt", "le", "sgt", "sge", "slt", "sle", "set"];

function compare(op: CondOp, w: Width, x: bigint, y: bigint): boolean {
  const [ux, uy] = [BigInt.asUintN(w, x), BigInt.asUintN(w, y)];
  const [sx, sy] = [BigInt.asIntN(w, x), BigInt.asIntN(w, y)];
  switch (op) {
    case "eq":
      return ux === uy;
    case "ne":
      return ux !== uy;
    case "gt":
      return ux > uy;
    case "ge":
      return ux >= uy;
    case "lt":
      return ux < uy;
    case "le":
      return ux <= uy;
    case "sgt":
      return sx > sy;
    case "sge":
      return sx >= sy;
    case "slt":
      return sx < sy;
    case "sle":
      return sx <= sy;
    case "set":
      return (ux & uy) !== 0n;
  }
}

const width = fc.constantFrom<Width>(32, 64);
const runs = { numRuns: 3000 };

describe("what is known of a number holds", () => {
  test("of the number it was told of", () => {
    fc.assert(
      fc.property(known, ({ value, about }) => holds(about, value)),
      runs,
    );
  });

  test.each(OPS)("after %s", (op) => {
    fc.assert(
      fc.property(width, known, known, (w, a, b) =>
        holds(arithmetic(op, w, a.about, b.about, 0), run(op, w, a.value, b.value)),
      ),
      runs,
    );
  });

  test("after a part was loaded, with zeros or the sign above", () => {
    fc.assert(
      fc.property(known, fc.constantFrom(1, 2, 4), ({ value, about }, size) => {
        const bits = size * 8;
        const extended = u64(BigInt.asIntN(bits, value));
        return (
          holds(cut(about, size, 0), BigInt.asUintN(bits, value)) && holds(signExtend(about, size, 64, 0), extended)
        );
      }),
      runs,
    );
  });

  test.each(CONDS)("on the side of %s that it takes", (op) => {
    fc.assert(
      fc.property(width, known, known, (w, a, b) => {
        const truth = compare(op, w, a.value, b.value);
        const said = decided(op, w, a.about, b.about);
        const pair = refine(op, w, a.about, b.about, truth);
        return (
          (said === undefined || said === truth) &&
          pair !== undefined &&
          holds(pair[0], a.value) &&
          holds(pair[1], b.value)
        );
      }),
      runs,
    );
  });
});

describe("bounds that programs rely on", () => {
  const any = withBounds({}, 0);
  const small = withBounds({ u: { min: 0n, max: 255n } }, 0);
  test.each([
    ["x & 15", arithmetic("and", 64, any, constant(15n, 0), 0), 0n, 15n],
    ["x % 10", arithmetic("mod", 64, any, constant(10n, 0), 0), 0n, 9n],
    ["(u8)x / 17", arithmetic("div", 64, small, constant(17n, 0), 0), 0n, 15n],
    [
      "(u8)x * 8 + 3",
      arithmetic("add", 64, arithmetic("mul", 64, small, constant(8n, 0), 0), constant(3n, 0), 0),
      3n,
      2043n,
    ],
    ["(u8)x - 1", arithmetic("sub", 64, small, constant(1n, 0), 0), -1n, 254n],
    ["x >> 60", arithmetic("rsh", 64, any, constant(60n, 0), 0), 0n, 15n],
    ["(s8)x", signExtend(any, 1, 64, 0), -128n, 127n],
  ])("%s", (_, value, min, max) => {
    expect(value.s).toEqual({ min, max });
  });
});

test("the low half of a product turns on the low halves", () => {
  fc.assert(
    fc.property(known, known, (a, b) => {
      const [x, y] = [a.about.bits, b.about.bits];
      expect(mulLow32(x, y)).toEqual(low32(mulBits(low32(x), low32(y))));
    }),
    { numRuns: 2000 },
  );
});
