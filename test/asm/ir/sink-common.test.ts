import { describe, expect, test } from "vitest";
import { parseIr } from "../../../src/asm/ir/parse.ts";
import { dropDead } from "../../../src/asm/ir/passes/dead.ts";
import { simplifyCfg } from "../../../src/asm/ir/passes/simplify-cfg.ts";
import { sinkCommon } from "../../../src/asm/ir/passes/sink-common.ts";
import { printIr } from "../../../src/asm/ir/print.ts";
import { through } from "./through.ts";

/** Three ways, of which `a` and `b` go on to the same place with their own instructions. */
function outcome(a: string, b: string, result = "%90"): string {
  const fn = parseIr(`global auto f(ptr, i64) i64
b100:
%1 = param ptr 0
%2 = param i64 1
%3 = const i64 0
%90 = const i64 1
br eq %2, %3, b101, b102
b101:
${a}
jump b103
b102:
${b}
jump b103
b103:
ret ${result}`);
  return printIr(through(fn, sinkCommon, dropDead, simplifyCfg));
}

const count = (text: string, word: string): number => text.split(word).length - 1;
const increment = (first: number, symbol: string, off = 0): string => `%${first} = addr global ${symbol}
%${first + 1} = load i64 u64 [%${first} + ${off}]
%${first + 2} = add i64 %${first + 1}, %90
store u64 [%${first} + ${off}], %${first + 2}`;

describe("sink-common", () => {
  test("counters that differ in their address are counted in one place", () => {
    const text = outcome(increment(10, "a"), increment(20, "b"));
    expect(count(text, "store")).toBe(1);
    expect(count(text, "load")).toBe(1);
    expect(text).toMatch(/phi ptr b\d+: %10, b\d+: %20/);
  });
  test("equal ends need no phi", () => {
    const text = outcome(increment(10, "a"), increment(20, "a"));
    expect(count(text, "store")).toBe(1);
    expect(text).not.toContain("phi");
  });
  test("values that a phi behind takes, row by row", () => {
    const text = outcome("%10 = load i64 u64 [%1 + 8]", "%20 = load i64 u64 [%1 + 8]").replace("ret %90", "");
    expect(count(text, "load")).toBeLessThan(2);
  });
  test.each([
    ["different places", increment(10, "a"), increment(20, "b", 8)],
    [
      "pointers that are no globals",
      "%10 = load ptr u64 [%1 + 0]\nstore u64 [%10 + 0], %2",
      "%20 = load ptr u64 [%1 + 8]\nstore u64 [%20 + 0], %2",
    ],
    ["constants of a call", "%10 = call i64 helper 5()\nstore u8 [%1 + 0], %3", "store u8 [%1 + 0], %90"],
  ])("stays: %s", (_, a, b) => expect(count(outcome(a, b), "store")).toBe(2));
  test("a call with other arguments stays, its argument's work is not moved behind it", () => {
    const call = (first: number, value: string): string => `%${first} = call i64 helper 44(%1, ${value})`;
    const text = outcome(call(10, "%3"), call(20, "%90"));
    expect(count(text, "call")).toBe(2);
    expect(count(outcome(call(10, "%3"), call(20, "%3")), "call")).toBe(1);
  });
});
