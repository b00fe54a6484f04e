import { describe, expect, test } from "vitest";
import type { Pass } from "../../../src/asm/ir/edit.ts";
import { bitsOfTests } from "../../../src/asm/ir/passes/bits-of-tests.ts";
import { dropDead } from "../../../src/asm/ir/passes/dead.ts";
import { simplify } from "../../../src/asm/ir/passes/simplify.ts";
import { sinkUses } from "../../../src/asm/ir/passes/sink-uses.ts";
import { unwrittenLoads } from "../../../src/asm/ir/passes/unwritten-loads.ts";
import { printIr } from "../../../src/asm/ir/print.ts";
import { through } from "./through.ts";

function run(pass: Pass, body: string, head = "global auto f(i64, ptr) i64"): string {
  return printIr(through(`${head}\n${body}`, pass, dropDead));
}

/** The lines of one block. */
const block = (text: string, id: string): string[] =>
  (text.split(`\n${id}:\n`)[1] ?? "")
    .split(/\nb\d+:\n/)[0]!
    .split("\n")
    .map((line) => line.trim());

describe("bits-of-tests", () => {
  const choice = (test: string, yes: number, no: number, last = "ret %9") => `b100:
%1 = param i64 0
%2 = const i64 2048
%3 = const i64 0
%4 = const i64 ${yes}
%5 = const i64 ${no}
%7 = param ptr 1
br ${test}, b101, b102
b101:
jump b102
b102:
%9 = phi i64 b101: %4, b100: %5
${last}`;

  test.each([
    ["a bit as a truth value", choice("set %1, %2", 1, 0), ["lshr i64 %1", "and i64"]],
    ["a bit at another place", choice("set %1, %2", 0x8000, 0), ["shl i64 %1", "and i64"]],
    ["the sign", choice("slt %1, %3", 1, 0), ["lshr i64 %1"]],
  ])("%s", (_, body, expected) => {
    const after = run(bitsOfTests, body);
    expect(after).not.toContain("br ");
    for (const line of expected) expect(after).toContain(line);
  });
  test.each([
    ["two bits", choice("set %1, %2", 3, 0)],
    ["the bit clear", choice("set %1, %2", 0, 1)],
    ["several bits asked", choice("set %1, %4", 3, 0)],
    ["an offset", choice("set %1, %2", 8, 0, "%10 = add ptr %7, %9\n%11 = load i64 u64 [%10]\nret %11")],
    ["an argument", choice("set %1, %2", 8, 0, "%10 = call i64 helper 5(%9)\nret %10")],
  ])("stays: %s", (_, body) => {
    expect(run(bitsOfTests, body)).toContain("br ");
  });
});

const PHI = `b100:
%1 = param i64 0
%2 = const i64 8
%3 = param ptr 1
%5 = add i64 %1, %2
br ult %1, %2, b101, b102
b101:
%6 = sub i64 %5, %1
jump b102
b102:
%9 = phi i64 b100: %5, b101: %6
ret %9`;

describe("sink-uses", () => {
  const way = (between: string, other = "ret %2", last = "%1") => `b100:
%1 = param i64 0
%2 = const i64 8
%3 = param ptr 1
%4 = load i64 u64 [%3]
%5 = add i64 %4, %1
${between}br ult %1, %2, b101, b102
b101:
%6 = xor i64 %5, ${last}
ret %6
b102:
${other}`;

  test("goes where it is used, with what it is made of", () => {
    const after = run(sinkUses, way(""));
    expect(block(after, "b101").slice(0, 2)).toEqual([
      expect.stringContaining("load i64 u64 [%3]"),
      expect.stringContaining("add i64 %4, %1"),
    ]);
  });
  test("a load stays before a store and before a call", () => {
    for (const change of ["store u64 [%3], %2\n", "%8 = call i64 helper 5()\n"]) {
      const after = run(sinkUses, way(change));
      expect(block(after, "b100").join("\n")).toContain("load i64");
      expect(block(after, "b101").join("\n")).toContain("add i64");
    }
  });
  test.each([
    ["what both ways use", way("", "ret %5")],
    ["what the branch asks about", way("").replace("ult %1", "ult %5")],
    ["what a phi takes from here", PHI],
    ["what two operands would be kept for", way("", "ret %2", "%2")],
  ])("stays: %s", (_, body) => {
    expect(block(run(sinkUses, body), "b100").join("\n")).toContain("add i64");
  });
});

describe("unwritten-loads", () => {
  const head = "global auto f(i64, ptr) i64\n  s1: 16 align 8 key";
  const read = (before: string) => `b100:
%1 = param i64 0
%2 = const i64 8
%3 = param ptr 1
%4 = slot s1
br ult %1, %2, b101, b102
b101:
${before}jump b102
b102:
%5 = load i64 u8 [%4 + 8]
ret %5`;

  test("of bytes that no way has written", () => {
    expect(run(unwrittenLoads, read(""), head)).toContain("undef i64");
    expect(run(unwrittenLoads, read("store u64 [%4], %1\n"), head)).toContain("undef i64");
  });
  test.each([
    ["written on one way", "store u64 [%4 + 8], %1\n"],
    ["written at an offset that varies", "%8 = add ptr %4, %1\nstore u8 [%8], %1\n"],
    ["given away", "%8 = call i64 helper 5(%4)\n"],
    ["read again in the next round", "%8 = load i64 u8 [%4 + 8]\nstore u64 [%4 + 8], %8\n"],
  ])("stays: %s", (_, before) => {
    const after = run(unwrittenLoads, before.startsWith("%8 = load") ? looped(before) : read(before), head);
    expect(after).not.toContain("undef");
  });

  const looped = (body: string) => `b100:
%1 = param i64 0
%2 = const i64 8
%3 = param ptr 1
%4 = slot s1
jump b101
b101:
${body}br ult %8, %2, b101, b102
b102:
ret %8`;
});

describe("simplify", () => {
  test("phis that take the same on all ways are one", () => {
    const after = run(
      simplify(),
      `b100:
%1 = param i64 0
%2 = const i64 8
br ult %1, %2, b101, b102
b101:
jump b102
b102:
%3 = phi i64 b100: %1, b101: %2
%4 = phi i64 b100: %1, b101: %2
%5 = sub i64 %3, %4
%6 = xor i64 %5, %3
ret %6`,
    );
    expect(after.match(/phi/g)).toHaveLength(1);
  });
  test("what is shifted out is nothing", () => {
    const after = run(
      simplify(),
      "b100:\n%1 = param ptr 1\n%2 = load i64 u32 [%1]\n%3 = const i64 32\n%4 = lshr i64 %2, %3\nret %4",
    );
    expect(after).toMatch(/const i64 0\s+ret/);
  });
  test("a number of the loader's is as wide as it is wanted, and fits", () => {
    const after = run(simplify(), "b100:\n%1 = core(field_byte_offset 0:0:1) i32 16\n%2 = zext i64 32 %1\nret %2");
    expect(after).toContain("i64 16");
    expect(after).not.toContain("zext");
  });
});
