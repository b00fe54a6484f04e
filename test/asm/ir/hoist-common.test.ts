import { describe, expect, test } from "vitest";
import { parseIr } from "../../../src/asm/ir/parse.ts";
import { dropDead } from "../../../src/asm/ir/passes/dead.ts";
import { hoistCommon } from "../../../src/asm/ir/passes/hoist-common.ts";
import { hoistLoads } from "../../../src/asm/ir/passes/hoist-loads.ts";
import { simplifyCfg } from "../../../src/asm/ir/passes/simplify-cfg.ts";
import { printIr } from "../../../src/asm/ir/print.ts";
import { through } from "./through.ts";

/** A branch whose ways are `a` and `b`; both hand %10 and %20 on to a phi. */
function made(a: string, b: string, question = "eq %2, %3", pass = hoistCommon): string {
  const fn = parseIr(`global auto f(ptr, i64, i64) i64
s0: 16 align 8 x
b100:
%1 = param ptr 0
%2 = param i64 1
%4 = param i64 2
%3 = const i64 0
%5 = const i64 7
%6 = slot s0
%7 = call ptr helper 1(%1)
%8 = const ptr 0
%9 = load i64 u64 [%1 + 24]
br ${question}, b101, b102
b101:
${a}
jump b103
b102:
${b}
jump b103
b103:
%90 = phi i64 b101: %10, b102: %20
store u64 [%1 + 32], %9
ret %90`);
  return printIr(through(fn, pass, dropDead, simplifyCfg));
}

/** What is left of the branch where all that its ways do is alike. */
const straight = (text: string): boolean => !text.includes("br ");
const both = (text: (first: number) => string, question?: string): string => made(text(10), text(20), question);

describe("hoist-common", () => {
  test.each([
    ["arithmetic", (n: number) => `%${n} = add i64 %4, %5`],
    ["a chain", (n: number) => `%${n + 1} = mul i64 %4, %5\n%${n} = xor i64 %${n + 1}, %4`],
    [
      "what takes the register of its operand across a call",
      (n: number) => `%${n + 1} = call i64 helper 5()\n%${n} = add i64 %4, %5`,
    ],
    ["a comparison", (n: number) => `%${n} = cmp i64 ult %4, %5`],
    ["a constant of its own", (n: number) => `%${n + 1} = const i64 9\n%${n} = mul i64 %4, %${n + 1}`],
    ["a load", (n: number) => `%${n} = load i64 u64 [%1 + 8]`],
    ["a load from the stack behind other stores", (n: number) => `store u64 [%1 + 8], %5\n%${n} = load i64 u64 [%6]`],
    ["a load of a global", (n: number) => `%${n + 1} = addr global g\n%${n} = load i64 u64 [%${n + 1}]`],
  ])("once: %s", (_, text) => {
    const lines = both(text).split("\n");
    const branch = lines.findIndex((line) => line.includes("br "));
    const phi = lines.some((line) => line.includes("phi"));
    expect(phi).toBe(false);
    expect(branch === -1 || lines.slice(branch).every((line) => !/= (load|add|mul|cmp)/.test(line))).toBe(true);
  });

  test.each([
    ["what the branch asks about", (n: number) => `%${n} = add i64 %2, %5`, undefined],
    ["what that is made of", (n: number) => `%${n + 1} = mul i64 %2, %5\n%${n} = add i64 %${n + 1}, %4`, undefined],
    ["a load behind a null check", (n: number) => `%${n} = load i64 u64 [%7 + 8]`, "eq %7, %8"],
    ["a load behind a packet's end", (n: number) => `%${n} = load i64 u64 [%7 + 8]`, "ugt %1, %6"],
    ["a load behind a store", (n: number) => `store u64 [%1 + 8], %5\n%${n} = load i64 u64 [%1 + 8]`, undefined],
    [
      "a load behind a call",
      (n: number) => `%${n + 1} = call i64 helper 5()\n%${n} = load i64 u64 [%1 + 8]`,
      undefined,
    ],
    ["a volatile load", (n: number) => `%${n} = load i64 u64 [%1 + 8] volatile`, undefined],
    [
      "what would live across a call",
      (n: number) => `%${n + 1} = call i64 helper 5()\n%${n} = add i64 %9, %5`,
      undefined,
    ],
    [
      "what comes from the stack",
      (n: number) => `%${n + 1} = load i64 u64 [%6]\n%${n} = mul i64 %${n + 1}, %5`,
      undefined,
    ],
  ])("stays: %s", (_, text, question) => {
    expect(both(text, question)).toContain("phi");
  });

  test("another operand, another size, another place", () => {
    expect(made("%10 = add i64 %4, %5", "%20 = add i64 %4, %4")).toContain("phi");
    expect(made("%10 = load i64 u64 [%1]", "%20 = load i64 u32 [%1]")).toContain("phi");
    expect(made("%10 = load i64 u64 [%1]", "%20 = load i64 u64 [%1 + 8]")).toContain("phi");
  });
  test("the store of one way is not passed by the other's load", () => {
    const ways = ["store u64 [%1 + 8], %5\n%10 = load i64 u64 [%1 + 8]", "%20 = load i64 u64 [%1 + 8]"] as const;
    expect(made(...ways)).toContain("phi");
    const global = ways.map((way, i) => `%${30 + i} = addr global g\n${way.replaceAll("%1 + 8", `%${30 + i}`)}`);
    expect(made(global[0]!, global[1]!)).toContain("phi");
    expect(made(global[0]!, global[1]!, undefined, hoistLoads).split("= load").length).toBe(4);
  });
  test("inner branches hand up what they have", () => {
    const inner = (n: number): string => `%${n} = mul i64 %4, %5`;
    const fn = parseIr(`global auto f(ptr, i64, i64) i64
b100:
%1 = param ptr 0
%2 = param i64 1
%4 = param i64 2
%3 = const i64 0
%5 = const i64 7
br eq %2, %3, b101, b102
b101:
${inner(10)}
ret %10
b102:
br eq %2, %5, b103, b104
b103:
${inner(20)}
ret %20
b104:
${inner(30)}
ret %30`);
    const after = through(fn, hoistCommon);
    expect(printIr(after).split("mul").length).toBe(2);
    expect(straight(printIr(simplifyCfg.run(simplifyCfg.run(after))))).toBe(true);
  });
});
