import { describe, expect, test } from "vitest";
import type { Cpu } from "../../../src/asm/codegen/target.ts";
import { compileIr, listing, printSubprog } from "./listing.ts";

/** Without labels: skipping one instruction is all that targets do here. */
const plain = (line: string) => line.replace(/^\w+: /, "").replace(/ goto \w+$/, "");

/** Parameters: %0 ptr, %1 and %2 i64, %3 and %4 i32; the last two have rubbish in their upper halves. */
describe("one operation", () => {
  test.each<[string, string, readonly string[], Cpu?]>([
    ["a constant as immediate", "%5 = const i64 -8\n%6 = and i64 %1, %5", ["r2 &= -8", "r0 = r2"]],
    ["subtracting a constant", "%5 = const i64 9\n%6 = sub i64 %1, %5", ["r2 += -9", "r0 = r2"]],
    ["a mask of 32 bits", "%5 = const i64 4294967295\n%6 = and i64 %1, %5", ["w0 = w2"]],
    ["a mask of fewer", "%5 = const i64 4026531840\n%6 = and i64 %1, %5", ["w2 &= -268435456", "r0 = r2"]],
    [
      "a wide constant",
      "%5 = const i64 81985529216486895\n%6 = xor i64 %5, %1",
      ["r1 = 0x123456789abcdef ll", "r2 ^= r1", "r0 = r2"],
    ],
    ["32 bits in one slot", "%6 = const i64 3735928559", ["w0 = -559038737"]],
    ["division by a zero constant", "%5 = const i64 0\n%6 = udiv i64 %1, %5", ["r1 = 0", "r2 /= r1", "r0 = r2"]],
    ["a difference from 0", "%5 = const i64 0\n%6 = sub i64 %5, %1", ["r2 = -r2", "r0 = r2"]],
    ["a parameter widened", "%6 = zext i64 32 %3", ["w0 = w4"]],
    ["a sum widened for free", "%5 = add i32 %3, %4\n%6 = zext i64 32 %5", ["w5 += w4", "r0 = r5"]],
    ["a sign spread", "%6 = sext i64 32 %3", ["r4 <<= 32", "r4 s>>= 32", "r0 = r4"]],
    ["a sign spread by a move", "%6 = sext i64 32 %3", ["r0 = (s32)r4"], "v4"],
    ["a signed byte", "%6 = load i64 s8 [%0 + 3]", ["w0 = *(u8 *)(r1 + 3)", "r0 <<= 56", "r0 s>>= 56"]],
    ["a signed byte in one", "%6 = load i64 s8 [%0 + 3]", ["r0 = *(s8 *)(r1 + 3)"], "v4"],
    ["bytes reversed", "%6 = bswap i64 64 %1", ["r2 = be64 r2", "r0 = r2"]],
    ["bytes reversed by name", "%6 = bswap i64 64 %1", ["r2 = bswap64 r2", "r0 = r2"], "v4"],
    ["a comparison as a number", "%6 = cmp i64 ult %1, %2", ["w0 = 1", "if r2 < r3", "w0 = 0"]],
    ["not being 0 as a number", "%5 = const i64 0\n%6 = cmp i64 ne %1, %5", ["if r2 == 0", "w2 = 1", "r0 = r2"]],
    ["with rubbish above", "%5 = const i32 0\n%6 = cmp i64 ne %3, %5", ["w0 = 1", "if w4 != 0", "w0 = 0"]],
    ["of a pointer", "%5 = const ptr 0\n%6 = cmp i64 ne %0, %5", ["w0 = 1", "if r1 != 0", "w0 = 0"]],
    ["a sign as a number", "%5 = const i64 0\n%6 = cmp i64 slt %1, %5", ["r2 >>= 63", "r0 = r2"]],
    ["a global", "%6 = addr global g + 4", ["r0 = g + 4 ll"]],
    ["the loader's number", "%5 = core(field_byte_offset 3:0:1) i64 24\n%6 = add ptr %0, %5", ["r1 += 24", "r0 = r1"]],
    [
      "an atomic sum",
      "%6 = atomic i64 add fetch u64 [%0 + 8], %1",
      ["r2 = atomic_fetch_add((u64 *)(r1 + 8), r2)", "r0 = r2"],
    ],
    [
      "compare and exchange",
      "%6 = atomic i64 cmpxchg fetch u64 [%0], %1, %2",
      ["r0 = r3", "r0 = cmpxchg_64(r1 + 0, r0, r2)"],
    ],
    [
      "a quotient without 32-bit operations",
      "%5 = udiv i32 %3, %4\n%6 = zext i64 32 %5",
      ["r4 <<= 32", "r4 >>= 32", "r5 <<= 32", "r5 >>= 32", "r4 /= r5", "r4 <<= 32", "r4 >>= 32", "r0 = r4"],
      "v2",
    ],
  ])("%s", (_, body, expected, cpu) => {
    expect(listing(`${body}\nret %6`, cpu).map(plain)).toEqual([...expected, "exit"]);
  });
});

describe("one condition", () => {
  test.each<[string, string, string, string, Cpu?]>([
    ["32 bits wide", "%5 = const i32 -1", "ult %3, %5", "if w4 < -1"],
    ["a constant on the left", "%5 = const i64 7", "ult %5, %1", "if r2 > 7"],
    ["bits of a mask", "%5 = const i64 6\n%7 = and i64 %1, %5\n%8 = const i64 0", "ne %7, %8", "if r2 & 6"],
    ["a byte of a result", "%5 = zext i32 8 %3\n%8 = const i32 0", "ne %5, %8", "if w4 & 255"],
    ["a comparison of a comparison", "%5 = cmp i32 slt %1, %2\n%8 = const i32 0", "eq %5, %8", "if r2 s>= r3"],
    ["a widened value", "%5 = zext i64 32 %3\n%8 = const i64 9", "ugt %5, %8", "if w4 > 9"],
    ["a spread sign", "%5 = sext i64 32 %3\n%8 = const i64 -9", "slt %5, %8", "if w4 s< -9"],
    ["without less", "%8 = const i64 5", "ult %1, %8", "if r2 < 5", "v1"],
  ])("%s", (_, body, compare, expected, cpu) => {
    const lines = listing(
      `${body}\nbr ${compare}, b1, b2\nb1:\n%20 = call i64 helper 1()\nret %20\nb2:\n%21 = call i64 helper 2()\nret %21`,
      cpu,
    );
    const [first, ...calls] = lines.map(plain).filter((line) => /^(if|call)/.test(line));
    const opposite: Record<string, string> = { "<": ">=", ">": "<=", "s<": "s>=", "s>=": "s<", ">=": "<" };
    const inverted = expected.replace(/ (s?[<>]=?) /, (_all, op) => ` ${opposite[op]} `);
    // Either way round, as long as the right call follows.
    if (calls[0] === "call 2") expect(first).toBe(expected);
    else expect(first).toBe(inverted);
  });
});

describe("memory", () => {
  test("constants are stored as immediates, objects of the frame addressed through r10", () => {
    const text = `static auto f() i32
  s0: 4 align 4 key
  s1: 8 align 8 value
b0:
  %1 = const i32 7
  %2 = const i64 -1
  %3 = slot s0
  %4 = slot s1
  store u32 [%3], %1
  store u64 [%4], %2
  %5 = addr map counts
  %6 = call i64 helper 2(%5, %3, %4)
  ret %1
`;
    const { subprog } = compileIr(text);
    expect(printSubprog(subprog)).toEqual([
      "*(u32 *)(r10 - 8) = 7",
      "*(u64 *)(r10 - 16) = -1",
      "r1 = counts ll",
      "r2 = r10",
      "r2 += -8",
      "r3 = r10",
      "r3 += -16",
      "call 2",
      "w0 = 7",
      "exit",
    ]);
    expect(subprog.stackSize).toBe(16);
  });

  test("small objects have 8 bytes each while there is room, empty ones an address of the frame", () => {
    const offsets = (sizes: readonly number[]) => {
      const slots = sizes.map((size, i) => `  s${i}: ${size} align ${size < 4 ? 1 : 4} o${i}\n`).join("");
      const uses = sizes.map((_, i) => `%${i} = slot s${i}\n%${i + 500} = call i64 helper 1(%${i})\n`).join("");
      const { subprog } = compileIr(`static auto f() void\n${slots}b0:\n${uses}ret\n`);
      return printSubprog(subprog).flatMap((line) => /r1 \+= (-\d+)/.exec(line)?.[1] ?? []);
    };
    expect(offsets([4, 0, 12, 0])).toEqual(["-8", "-24", "-24", "-24"]);
    expect(offsets([0])).toEqual(["-8"]);
    expect(offsets(Array.from({ length: 100 }, () => 4)).slice(-2)).toEqual(["-396", "-400"]);
  });

  test("parts of a variable share its address", () => {
    const { subprog } = compileIr(
      "static auto f() i64\nb0:\n%0 = addr global g + 8\n%1 = addr global g + 16\n%2 = load i64 u64 [%0]\nstore u64 [%1], %2\nret %2",
    );
    expect(printSubprog(subprog)).toEqual(["r1 = g ll", "r0 = *(u64 *)(r1 + 8)", "*(u64 *)(r1 + 16) = r0", "exit"]);
  });

  test("a load that the loader patches keeps its access and its offset", () => {
    const { subprog } = compileIr(
      "static auto f(ptr) i64\nb0:\n%0 = param ptr 0\n%1 = load i64 u64 [%0 + 24] core(field_byte_offset 3:0:1)\nret %1",
    );
    expect(subprog.lines[0]).toMatchObject({ core: { kind: "field_byte_offset", root: 3, path: [0, 1] } });
    expect(printSubprog(subprog)).toEqual(["r0 = *(u64 *)(r1 + 24)", "exit"]);
  });

  test("a number of the loader goes into a register by a 64-bit move", () => {
    const { subprog } = compileIr("static auto f() i32\nb0:\n%0 = core(type_size 3:0) i32 64\nret %0");
    expect(subprog.lines[0]).toMatchObject({ core: { kind: "type_size" } });
    expect(printSubprog(subprog)).toEqual(["r0 = 64", "exit"]);
  });
});
