import { describe, expect, test } from "vitest";
import type { Pass } from "../../../src/asm/ir/edit.ts";
import { bareBools } from "../../../src/asm/ir/passes/bare-bools.ts";
import { dropDead } from "../../../src/asm/ir/passes/dead.ts";
import { forwardMemory } from "../../../src/asm/ir/passes/forward-memory.ts";
import { ignoredArguments } from "../../../src/asm/ir/passes/ignored-arguments.ts";
import { knownLengths } from "../../../src/asm/ir/passes/known-lengths.ts";
import { mergeStores } from "../../../src/asm/ir/passes/merge-stores.ts";
import { simplify } from "../../../src/asm/ir/passes/simplify.ts";
import { simplifyCfg } from "../../../src/asm/ir/passes/simplify-cfg.ts";
import { printIr } from "../../../src/asm/ir/print.ts";
import { through } from "./through.ts";

function run(passes: readonly Pass[], body: string): readonly string[] {
  const lines = printIr(through(`global auto f(ptr, i64) i64\n${body}`, ...passes))
    .split("\n")
    .slice(1);
  return lines.map((line) => line.trim()).filter(Boolean);
}

const having = (lines: readonly string[], what: RegExp): readonly string[] => lines.filter((line) => what.test(line));

describe("merge-stores", () => {
  const stores = (body: string, align = 8): readonly string[] =>
    having(
      run(
        [mergeStores, dropDead],
        `s0: 16 align ${align} key\nb0:\n%1 = param ptr 0\n%2 = param i64 1\n%3 = slot s0\n%4 = const i32 1\n%5 = const i32 0
%6 = const i32 -1\n${body}\n%9 = call i64 helper 1(%3)\nret %9`,
      ),
      /store|const/,
    ).map((line) => line.replace(/%\d+ = /, ""));

  test.each<[string, string, readonly string[], number?]>([
    ["two bytes, in either order", "store u8 [%3 + 1], %5\nstore u8 [%3], %4", ["const i32 1", "store u16"]],
    ["halves of a word", "store u16 [%3 + 4], %4\nstore u16 [%3 + 6], %4", ["const i32 65537", "store u32"]],
    [
      "zeros of every size",
      "store u32 [%3], %5\nstore u16 [%3 + 4], %5\nstore u16 [%3 + 6], %5",
      ["const i64 0", "store u64"],
    ],
    [
      "not past the alignment",
      "store u16 [%3], %4\nstore u16 [%3 + 2], %4",
      ["const i32 1", "store u16", "store u16"],
      2,
    ],
    ["not where a gap is", "store u16 [%3], %4\nstore u8 [%3 + 3], %4", ["const i32 1", "store u16", "store u8"]],
    [
      "not what an immediate cannot hold",
      "store u32 [%3], %4\nstore u32 [%3 + 4], %4",
      ["const i32 1", "store u32", "store u32"],
    ],
    [
      "not over a load",
      "store u8 [%3], %4\n%20 = load i32 u8 [%1] volatile\nstore u8 [%3 + 1], %4",
      ["const i32 1", "store u8", "store u8"],
    ],
    [
      "not volatile ones",
      "store u8 [%3], %4 volatile\nstore u8 [%3 + 1], %4 volatile",
      ["const i32 1", "store u8", "store u8"],
    ],
    ["not through other pointers", "store u8 [%1], %4\nstore u8 [%1 + 1], %4", ["const i32 1", "store u8", "store u8"]],
  ])("%s", (_, body, want, align) =>
    expect(stores(body, align).map((line) => line.replace(/ \[.*/, ""))).toEqual(want),
  );
  test("what is overwritten stays in order", () =>
    expect(stores("store u8 [%3], %4\nstore u8 [%3], %5\nstore u8 [%3 + 1], %4").at(-1)).toMatch(/store u16/));
});

describe("bare-bools", () => {
  const head = "b0:\n%1 = param ptr 0\n%2 = param i64 1\n%3 = const i32 0";
  const left = (tag: string, use: string): number =>
    having(run([bareBools], `${head}\n%4 = load i32 u8 [%1] ${tag}\n%5 = cmp i32 ne %4, %3\n${use}`), /cmp/).length;
  const passed = "%9 = call i64 helper 1(%5)\nret %9";

  test.each([
    ["passed to a call", "as bool", passed, 0],
    ["extended and stored", "as bool", "%6 = zext i64 32 %5\nstore u64 [%1 + 8], %6\nret %2", 0],
    ["of other types", "", passed, 1],
    ["volatile", "volatile", passed, 1],
    ["computed with", "as bool", "%6 = add i32 %5, %5\n%9 = call i64 helper 1(%6)\nret %9", 1],
    ["extended and returned", "as bool", "%6 = zext i64 32 %5\nret %6", 1],
  ])("%s", (_, tag, use, want) => expect(left(tag, use)).toBe(want));

  test.each([
    ["a choice of 1 and 0", "%10", "%3", 0],
    ["the other way round", "%3", "%10", 1],
  ])("%s", (_, set, clear, want) => {
    const lines = run(
      [bareBools],
      `${head}\n%10 = const i32 1\n%4 = load i32 u8 [%1] as bool\nbr ne %4, %3, b5, b6\nb5:\njump b6
b6:\n%7 = phi i32 b5: ${set}, b0: ${clear}\n%9 = call i64 helper 1(%7)\nret %9`,
    );
    expect(having(lines, /phi/)).toHaveLength(want);
  });
});

test("ignored-arguments leaves out the last ones that the kernel does not look at", () => {
  const pass = ignoredArguments((name) => (name === "drop" ? 1 : undefined));
  const lines = run(
    [pass],
    "b0:\n%1 = param ptr 0\n%2 = param i64 1\ncall void kfunc drop(%1, %2)\ncall void kfunc other(%1, %2)\nret %2",
  );
  expect(having(lines, /kfunc/)).toEqual(["call void kfunc drop(%1)", "call void kfunc other(%1, %2)"]);
});

test("a branch is none where both its ways return the same", () => {
  const body = (second: string) =>
    `b0:\n%1 = param ptr 0\n%2 = param i64 1\n%3 = const i64 0\nbr eq %2, %3, b4, b5\nb4:\nret %3\nb5:\nret ${second}`;
  expect(having(run([simplifyCfg], body("%3")), /br/)).toHaveLength(0);
  expect(having(run([simplifyCfg], body("%2")), /br/)).toHaveLength(1);
});

test.each([
  ["to a higher place: the end first", 0, 4, [7, 6, 5, 4]],
  ["to a lower place: the start first", 4, 0, [0, 1, 2, 3]],
])("bytes move within an object %s", (_, from, to, order) => {
  const lines = run(
    [knownLengths, simplify()],
    `b0:\n%1 = param ptr 0\n%2 = param i64 1\n%3 = const i64 ${from}\n%4 = const i64 ${to}\n%5 = const i64 4\n%6 = const i64 1
%7 = add ptr %1, %3\n%8 = add ptr %1, %4\ncall void function __builtin_memmove(%8, %7, %5, %6)\nret %2`,
  );
  expect(having(lines, /slot/)).toEqual([]);
  const offsets = having(lines, /store/).map((line) => Number(/\+ (\d+)\]/.exec(line)?.[1] ?? 0));
  expect(offsets).toEqual(order);
});

test.each([
  ["behind a 32-bit number", "%3 = load i32 u32 [%1]\n%4 = zext i64 32 %3", "14", 0],
  ["behind any number", "%4 = load i64 u64 [%1]", "14", 1],
  ["before a 32-bit number", "%3 = load i32 u32 [%1]\n%4 = zext i64 32 %3", "-14", 1],
])("what lies %s that was made a pointer may be null: %s", (_, number, by, want) => {
  const body = `b0:\n%1 = param ptr 0\n%2 = param i64 1\n${number}\n%5 = cast ptr %4\n%6 = const i64 ${by}\n%7 = add ptr %5, %6
%8 = const ptr 0\nbr eq %7, %8, b10, b11\nb10:\nret %2\nb11:\n%9 = call i64 helper 1(%7)\nret %9`;
  expect(having(run([simplify()], body), /^br/)).toHaveLength(want);
});

test("a constant that is there already is not stored again", () => {
  const body = (between: string) =>
    `s0: 8 align 8 x\nb0:\n%1 = param ptr 0\n%2 = param i64 1\n%3 = slot s0\n%4 = const i64 0\n%5 = const i32 0
store u64 [%3], %4\n${between}\nstore u32 [%3 + 4], %5\n%9 = call i64 helper 1(%3)\nret %9`;
  expect(having(run([forwardMemory], body("")), /store/)).toHaveLength(1);
  expect(having(run([forwardMemory], body("store u8 [%3 + 5], %2")), /store/)).toHaveLength(3);
  expect(having(run([forwardMemory], body("call void helper 2(%3)")), /store/)).toHaveLength(2);
  expect(having(run([forwardMemory], body("end s0")), /store/)).toHaveLength(2);
});
