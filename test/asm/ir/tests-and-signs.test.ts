import { describe, expect, test } from "vitest";
import type { Pass } from "../../../src/asm/ir/edit.ts";
import { dropDead } from "../../../src/asm/ir/passes/dead.ts";
import { followBranches } from "../../../src/asm/ir/passes/known-branches.ts";
import { mergeTests } from "../../../src/asm/ir/passes/merge-tests.ts";
import { simplify } from "../../../src/asm/ir/passes/simplify.ts";
import { printIr } from "../../../src/asm/ir/print.ts";
import { through } from "./through.ts";

/** The body after the passes, without its head, one line each. */
function run(passes: readonly Pass[], body: string, head = "global auto f(i64, i64) i64"): string {
  return printIr(through(`${head}\n${body}`, ...passes, dropDead));
}

/** A chain of branches over %1 that all go to b109 where their test holds. */
const chain = (...tests: readonly string[]): string => {
  const blocks = tests.map((line, i) => {
    const next = i + 1 === tests.length ? "b108" : `b${101 + i}`;
    return `b${100 + i}:\n${i === 0 ? "%1 = param i64 0\n%2 = trunc i32 %1\nCONSTS" : ""}br ${line.replace("NEXT", next)}`;
  });
  const constants = [-1, 0, 1, 2, 3, 4, 16, 64].map((n) => `%${20 + n} = const i32 ${n}\n`).join("");
  const ends = "b108:\n%90 = const i64 1\nret %90\nb109:\n%91 = const i64 2\nret %91";
  return `${blocks.join("\n").replace("CONSTS", constants)}\n${ends}`;
};
const branches = (text: string): string[] =>
  text.split("\n").flatMap((line) => /^\s*(br .*)/.exec(line)?.slice(1) ?? []);

describe("merge-tests", () => {
  test("bits that must be clear become one mask", () => {
    const after = run([mergeTests], chain("set %2, %21, b109, NEXT", "set %2, %24, b109, NEXT"));
    expect(branches(after)).toHaveLength(1);
    expect(after).toMatch(/const i32 5\n/);
  });
  test("bits clear and bits set become one comparison, from three on", () => {
    const three = ["set %2, %21, NEXT, b109", "set %2, %22, b109, NEXT", "set %2, %24, NEXT, b109"];
    const after = run([mergeTests], chain(...three));
    expect(branches(after)).toEqual([expect.stringContaining("br ne")]);
    expect(after).toMatch(/const i32 7\n/);
    expect(after).toMatch(/const i32 5\n/);
    expect(branches(run([mergeTests], chain(...three.slice(0, 2))))).toHaveLength(2);
  });
  test("a condition that implies the next one is not asked", () => {
    const after = run([mergeTests], chain("slt %2, %20, b109, NEXT", "ne %2, %36, b109, NEXT"));
    expect(branches(after)).toEqual([expect.stringContaining("br ne")]);
  });
  test.each([
    ["neither implies the other", "slt %2, %21, b109, NEXT", "sgt %2, %84, b109, NEXT"],
    ["bits that contradict", "set %2, %23, NEXT, b109", "set %2, %21, b109, NEXT"],
  ])("stays: %s", (_, first, second) => {
    expect(branches(run([mergeTests], chain(first, second)))).toHaveLength(2);
  });
  test("targets that see different values stay apart", () => {
    const body = `b100:
%1 = param i64 0
%2 = param i64 1
%3 = const i64 1
%4 = const i64 2
br set %1, %3, b109, b101
b101:
br set %1, %4, b109, b108
b108:
ret %3
b109:
%5 = phi i64 b100: %3, b101: %2
ret %5`;
    expect(branches(run([mergeTests], body))).toHaveLength(2);
  });
});

test("fields are compared where they lie", () => {
  const body = `b0:
%1 = param i64 0
%2 = const i64 9
%3 = const i64 3
%4 = lshr i64 %1, %2
%5 = and i64 %4, %3
br eq %5, %3, b11, b12
b11:
ret %3
b12:
ret %2`;
  const after = run([simplify()], body);
  expect(after).not.toContain("lshr");
  expect(after).toMatch(/const i64 1536\n/);
});

describe("signs and limits", () => {
  test.each([
    ["below 0 or above", "slt %2, %20, b109, NEXT", "sgt %2, %36, b109, NEXT", "br ugt"],
    ["above or at", "ugt %2, %36, b109, NEXT", "eq %2, %36, b109, NEXT", "br ugt"],
    ["above or below 0", "sge %2, %36, b109, NEXT", "sgt %2, %19, NEXT, b109", "br ugt"],
  ])("%s a limit is one unsigned test", (_, first, second, one) => {
    const made = branches(run([mergeTests], chain(first, second)));
    expect(made).toEqual([expect.stringContaining(one)]);
  });
  const range = (made: string, rest = ""): string => {
    const body = `b100:
%1 = param ptr 0
%2 = ${made}
%20 = const i64 -22
%21 = const i64 -2
br slt %2, %20, b109, b101
b101:
br sgt %2, %21, b109, b108
b108:
${rest}
%8 = const i64 8
ret %8
b109:
ret %20`;
    return run([mergeTests], body, "global auto f(ptr) i64");
  };
  test("a range of what nobody reads behind it is one unsigned test of the difference", () => {
    const made = range("call i64 helper 5()");
    expect(branches(made)).toEqual([expect.stringContaining("br ugt")]);
    expect(made).toMatch(/const i64 22\n(.*\n)*?.*const i64 20\n/);
  });
  test.each([
    ["it is read behind", "call i64 helper 5()", "store u64 [%1 + 0], %2"],
    ["it is another's copy", "cast i64 %1", ""],
  ])("stays: %s", (_, made, rest) => expect(branches(range(made, rest))).toHaveLength(2));
  test.each([
    ["the limit is negative", "slt %2, %20, b109, NEXT", "sgt %2, %19, b109, NEXT"],
    ["one number in the middle", "uge %2, %36, b109, NEXT", "eq %2, %24, b109, NEXT"],
    ["from 1 on", "slt %2, %21, b109, NEXT", "sgt %2, %36, b109, NEXT"],
    ["no lower end", "sgt %2, %36, b109, NEXT", "sgt %2, %84, b109, NEXT"],
  ])("stays: %s", (_, first, second) => {
    expect(run([mergeTests], chain(first, second))).not.toContain("br ugt");
  });
  test("what is known not to be negative is extended without its sign", () => {
    const body = (fn: string): string => `b100:
%1 = param i64 0
%2 = trunc i32 %1
%3 = const i32 64
br ${fn} %2, %3, b101, b102
b101:
%4 = sext i64 32 %2
ret %4
b102:
ret %1`;
    expect(run([followBranches], body("ult"))).toContain("zext i64 32 %2");
    expect(run([followBranches], body("slt"))).toContain("sext i64 32 %2");
  });
  test("equal bytes are equal however they are extended", () => {
    const body = (from: number, to: number): string => `b100:
%1 = param i64 0
%2 = param i64 1
%13 = cast ptr %1
%14 = cast ptr %2
%3 = load i32 u${to} [%13 + 0]
%4 = load i32 u${to} [%14 + 0]
%5 = sext i32 ${from} %3
%6 = sext i32 ${from} %4
br eq %5, %6, b101, b102
b101:
ret %1
b102:
ret %2`;
    expect(run([simplify()], body(8, 8))).not.toContain("sext");
    expect(run([simplify()], body(16, 16))).not.toContain("sext");
    expect(run([simplify()], body(8, 16))).toContain("sext");
  });
});
