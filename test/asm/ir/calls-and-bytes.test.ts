import { describe, expect, test } from "vitest";
import { checkSsa } from "../../../src/asm/ir/check.ts";
import { parseProgram } from "../../../src/asm/ir/parse.ts";
import { dropDead } from "../../../src/asm/ir/passes/dead.ts";
import { knownArguments } from "../../../src/asm/ir/passes/known-arguments.ts";
import { simplify } from "../../../src/asm/ir/passes/simplify.ts";
import { printIr } from "../../../src/asm/ir/print.ts";
import { through } from "./through.ts";

describe("known-arguments", () => {
  const callee = (head: string) => `${head} g(i64, i64, i64) i64
b100:
%1 = param i64 0
%2 = param i64 1
%3 = param i64 2
%4 = add i64 %1, %2
ret %4
`;
  const caller = (second: string, more = "") => `global auto f(i64) i64
b100:
%1 = param i64 0
%2 = const i64 14
%3 = const i64 7
%5 = call i64 function g(%1, %2, %3)
%6 = call i64 function g(%5, ${second}, %1)
${more}ret %6
`;
  const outcome = (head: string, text: string): readonly string[] => {
    const made = knownArguments(parseProgram(`${callee(head)}\n${text}`));
    for (const fn of made.functions) checkSsa(fn, "known-arguments");
    return made.functions.map(printIr);
  };

  test("what all calls pass alike is known, what is not read is not passed", () => {
    const [g, f] = outcome("static never", caller("%2"));
    expect(g).toContain("g(i64) i64");
    expect(g).toMatch(/%2 = const i64 14/);
    expect(f).toContain("g(%1)");
    expect(f).toContain("g(%5)");
  });
  test("an argument that differs stays, in its new place", () => {
    const [g, f] = outcome("static never", caller("%3"));
    expect(g).toContain("g(i64, i64) i64");
    expect(f).toContain("g(%5, %3)");
  });
  test.each([
    ["global", "global never", caller("%2")],
    ["address taken", "static never", caller("%2", "%8 = addr func g\n%9 = cast i64 %8\n%10 = opaque i64 %9\n")],
  ])("others are left alone: %s", (_, head, text) => expect(outcome(head, text)[0]).toContain("g(i64, i64, i64)"));
});

describe("bytes put together in the other order are a swap", () => {
  const swap32 = `%2 = trunc i32 %1
%10 = const i32 24
%11 = const i32 8
%12 = const i32 65280
%13 = const i32 16711680
%20 = shl i32 %2, %10
%21 = and i32 %2, %12
%22 = shl i32 %21, %11
%23 = and i32 %2, %13
%24 = lshr i32 %23, %11
%25 = lshr i32 %2, %10
%26 = or i32 %20, %22
%27 = OP i32 %26, %24
%28 = OP i32 %27, %LAST
%29 = zext i64 32 %28
ret %29`;
  const outcome = (body: string): string => {
    return printIr(through(`global auto f(i64) i64\nb100:\n%1 = param i64 0\n${body}`, simplify(), dropDead));
  };
  test.each(["or", "add", "xor"])("joined by %s", (op) => {
    const text = outcome(swap32.replaceAll("OP", op).replace("LAST", "25"));
    expect(text).toContain("bswap i32 32");
    expect(text).not.toContain("shl");
  });
  test("not where a byte comes twice", () => {
    expect(outcome(swap32.replaceAll("OP", "or").replace("LAST", "20"))).not.toContain("bswap");
  });
});
