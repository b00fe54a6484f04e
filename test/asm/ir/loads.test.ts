import { describe, expect, test } from "vitest";
import type { Pass } from "../../../src/asm/ir/edit.ts";
import { parseIr } from "../../../src/asm/ir/parse.ts";
import { dropDeadStores } from "../../../src/asm/ir/passes/dead-stores.ts";
import { forwardMemory } from "../../../src/asm/ir/passes/forward-memory.ts";
import { hoistLoads } from "../../../src/asm/ir/passes/hoist-loads.ts";
import { reuseLoads } from "../../../src/asm/ir/passes/reuse-loads.ts";
import { printIr } from "../../../src/asm/ir/print.ts";
import { through } from "./through.ts";

/** The lines of a function of two pointers and a number after one pass. */
function behind(pass: Pass, body: string): string[] {
  const fn = parseIr(
    `global auto f(ptr, ptr, i64) i64\nb0:\n%1 = param ptr 0\n%2 = param ptr 1\n%3 = param i64 2\n${body}`,
  );
  const made = through(fn, pass);
  expect(printIr(parseIr(printIr(made)))).toBe(printIr(made));
  return printIr(made)
    .split("\n")
    .slice(1)
    .map((line) => line.trim());
}

const withLoads = (lines: readonly string[]): string[] => lines.filter((line) => line.includes("load"));

describe("accesses that cannot meet", () => {
  test.each([
    ["beside each other", "store u64 [%1], %3\nstore u64 [%1 + 8], %3\n%9 = load i64 u64 [%1]", 0],
    ["one in the other", "store u64 [%1], %3\nstore u32 [%1 + 4], %3\n%9 = load i64 u64 [%1]", 1],
    [
      "moved by the loader",
      "store u64 [%1], %3\nstore u64 [%1 + 8], %3 core(field_byte_offset 0:0:1)\n%9 = load i64 u64 [%1]",
      1,
    ],
    [
      "of different types",
      "store u64 [%1], %3 as int64\nstore u64 [%2], %3 as ptr\n%9 = load i64 u64 [%1] as int64",
      0,
    ],
    ["of one type", "store u64 [%1], %3 as int64\nstore u64 [%2], %3 as int64\n%9 = load i64 u64 [%1] as int64", 1],
    ["a store of any type", "store u64 [%1], %3 as int64\nstore u64 [%2], %3\n%9 = load i64 u64 [%1] as int64", 1],
    ["a load of any type", "store u64 [%1], %3 as int64\nstore u64 [%2], %3 as ptr\n%9 = load i64 u64 [%1]", 1],
    [
      "a copy",
      "store u64 [%1], %3 as int64\n%4 = const i64 0\nfill [%2], 0, 8 align 8\n%9 = load i64 u64 [%1] as int64",
      1,
    ],
  ])("%s", (_, body, want) => {
    expect(withLoads(behind(forwardMemory, `${body}\nret %9`))).toHaveLength(want);
  });

  test("a load that stands for one of any type is one itself", () => {
    const lines = behind(
      forwardMemory,
      "%4 = load i64 u64 [%1] as int64\n%5 = load i64 u64 [%1]\n%9 = add i64 %4, %5\nret %9",
    );
    expect(withLoads(lines)).toEqual(["%4 = load i64 u64 [%1]"]);
  });
});

describe("reuse-loads", () => {
  const merge = (left: string, right: string, end: string): string =>
    `%4 = const i64 0\nbr eq %3, %4, b10, b11\nb10:\n${left}\njump b12\nb11:\n${right}\njump b12\nb12:\n${end}\nret %9`;

  test("what is known on both ways is known behind them", () => {
    const lines = behind(reuseLoads, merge("store u64 [%1], %3", "%5 = load i64 u64 [%1]", "%9 = load i64 u64 [%1]"));
    expect(withLoads(lines)).toHaveLength(1);
    expect(lines.some((line) => /phi i64 b10: %3, b11: %5/.test(line))).toBe(true);
  });

  test("one value on both ways needs no phi", () => {
    const both = merge("store u64 [%2 + 8], %5 as ptr", "barrier", "%9 = load i64 u64 [%1] as int64");
    const once = both.replace("barrier", "%6 = neg i64 %3");
    const lines = behind(reuseLoads, `%5 = load i64 u64 [%1] as int64\n${once}`);
    expect(lines.join("\n")).not.toContain("phi");
    expect(lines).toContain("ret %5");
  });

  test("the load moves to the one way where it is unknown", () => {
    const lines = behind(reuseLoads, merge("store u64 [%1], %3", "call void helper 1()", "%9 = load i64 u64 [%1]"));
    const call = lines.findIndex((line) => line.startsWith("call"));
    expect(lines[call + 1]).toMatch(/= load i64 u64 \[%1\]$/);
    expect(withLoads(lines)).toHaveLength(1);
  });

  test.each([
    ["two ways are unknown", "barrier", "call void helper 1()", "%9 = load i64 u64 [%1]"],
    ["something between may change it", "store u64 [%1], %3", "store u64 [%2], %3", "barrier\n%9 = load i64 u64 [%1]"],
    ["it is volatile", "store u64 [%1], %3", "store u64 [%1], %3", "%9 = load i64 u64 [%1] volatile"],
  ])("not where %s", (_, left, right, end) => {
    const lines = behind(reuseLoads, merge(left, right, end));
    expect(lines.findIndex((line) => line.includes("load"))).toBeGreaterThan(lines.indexOf("b12:"));
  });

  const loop = (body: string): string =>
    `%4 = const i64 0\njump b10\nb10:\n%5 = phi i64 b0: %4, b11: %6\n%7 = load i64 u64 [%1]\nbr ult %5, %7, b11, b12\nb11:\n%6 = add i64 %5, %3\n${body}\njump b10\nb12:\nret %7`;

  test("a loop that does not change it reads once", () => {
    const lines = behind(reuseLoads, loop("store u64 [%1 + 8], %6"));
    expect(lines.findIndex((line) => line.includes("load"))).toBeLessThan(lines.indexOf("b10:"));
    expect(withLoads(lines)).toHaveLength(1);
  });
  test("a loop that may change it reads each time", () => {
    const lines = behind(reuseLoads, loop("store u64 [%2], %6"));
    expect(lines.findIndex((line) => line.includes("load"))).toBeGreaterThan(lines.indexOf("b10:"));
  });

  test("a way of its own is made only to read a global", () => {
    const cross = (address: string): string =>
      `%8 = ${address}\n%4 = const i64 0\n%5 = load i64 u64 [%8]\nbr eq %3, %4, b10, b12\nb10:\n%6 = call i64 helper 1()\nbr eq %6, %4, b11, b12\nb11:\nret %6\nb12:\n%9 = load i64 u64 [%8]\nret %9`;
    const ofGlobal = behind(reuseLoads, cross("addr global g"));
    expect(ofGlobal.filter((line) => line.endsWith(":"))).toHaveLength(5);
    expect(ofGlobal.join("\n")).toMatch(/phi i64 b0: %5, b\d+: %\d+/);
    expect(behind(reuseLoads, cross("add ptr %1, %3")).filter((line) => line.endsWith(":"))).toHaveLength(4);
  });
});

describe("hoist-loads", () => {
  const arms = (address: string, left: string, right: string): string =>
    `%8 = ${address}\n%4 = const i64 0\nbr eq %3, %4, b10, b11\nb10:\n${left}\n%5 = load i64 u64 [%8]\nret %5\nb11:\n${right}\n%6 = load i64 u64 [%8]\nret %6`;
  const nothing = "%7 = neg i64 %3";

  test("a global that both ways read is read before them", () => {
    const lines = behind(
      hoistLoads,
      arms("addr global g", nothing, "store u64 [%1], %3 as ptr").replaceAll("[%8]", "[%8] as int64"),
    );
    expect(withLoads(lines)).toHaveLength(1);
    expect(lines.findIndex((line) => line.includes("load"))).toBeLessThan(lines.indexOf("b10:"));
  });
  test.each([
    ["other memory", "add ptr %1, %3", "%9 = neg i64 %3"],
    ["what is changed first", "addr global g", "call void helper 1()"],
  ])("not %s", (_, address, right) => {
    expect(withLoads(behind(hoistLoads, arms(address, nothing, right)))).toHaveLength(2);
  });
});

describe("dead stores before the address is given away", () => {
  const body = (between: string): string =>
    `s0: 8 align 8 key\nb0:\n%1 = param ptr 0\n%3 = param i64 1\n%4 = slot s0\n%5 = const i64 0\nstore u64 [%4], %5\n${between}\nstore u64 [%4], %3\n%9 = call i64 helper 1(%4)\nret %9`;
  const storesOf = (between: string): number => {
    const fn = parseIr(`global auto f(ptr, i64) i64\n${body(between)}`);
    const made = printIr(through(fn, dropDeadStores));
    return made.split("\n").filter((line) => line.includes("store")).length;
  };

  test.each([
    ["a call that cannot know the object", "%6 = call i64 helper 7()", 1],
    ["a load by another pointer", "%6 = load i64 u64 [%1]", 1],
    ["a call that is given the object", "%6 = call i64 helper 7(%4)", 2],
    ["a pointer to it kept elsewhere", "store u64 [%1], %4\n%6 = load i64 u64 [%1]", 3],
  ])("%s", (_, between, want) => {
    expect(storesOf(between)).toBe(want);
  });

  test("in a loop, what comes later has run before", () => {
    const loop = parseIr(
      "global auto f(ptr, i64) i64\ns0: 8 align 8 key\nb0:\n%1 = param ptr 0\n%3 = param i64 1\n%4 = slot s0\n%5 = const i64 0\njump b10\nb10:\nstore u64 [%4], %5\n%6 = call i64 helper 7()\nstore u64 [%4], %3\n%7 = call i64 helper 1(%4)\nbr eq %6, %5, b10, b11\nb11:\nret %7",
    );
    expect(dropDeadStores.run(loop)).toBe(loop);
  });
});

test("an address made of a value of this round, by however many steps, does not move before the loop", () => {
  const steps = [
    "%11 = lshr i64 %10, %4",
    "%12 = add i64 %11, %4",
    "%13 = mul i64 %12, %4",
    "%14 = sub i64 %13, %4",
    "%15 = or i64 %14, %4",
    "%16 = and i64 %15, %5",
    "%17 = shl i64 %16, %4",
    "%18 = add ptr %1, %17",
  ];
  const body = [
    "%4 = const i64 3\n%5 = const i64 7\n%6 = const i64 0\njump b31\nb31:\n%10 = load i64 u64 [%2] volatile",
    ...steps,
    "%19 = load i64 u64 [%18]\n%20 = mul i64 %19, %3\nstore u64 [%18], %20\nbr ne %20, %6, b31, b32\nb32:\nret %20",
  ];
  expect(withLoads(behind(reuseLoads, body.join("\n")))).toHaveLength(2);
});
