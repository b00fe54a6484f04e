import { describe, expect, test } from "vitest";
import { parseIr } from "../../../src/asm/ir/parse.ts";
import { dropDead } from "../../../src/asm/ir/passes/dead.ts";
import { knownQuotients } from "../../../src/asm/ir/passes/known-quotients.ts";
import { simplify } from "../../../src/asm/ir/passes/simplify.ts";
import { printIr } from "../../../src/asm/ir/print.ts";
import { run } from "./interpreter.ts";
import { through } from "./through.ts";

const numbers = [0n, 1n, 5n, 9n, 10n, 11n, 63n, 100n, (1n << 63n) + 5n, (1n << 64n) - 1n];

/** `%9`, made of parameters %1 and %2, before and after. */
function made(body: string): string {
  const fn = parseIr(`static auto f(i64, i64) i64
b10:
  %1 = param i64 0
  %2 = param i64 1
  %3 = const i64 10
${body}
  ret %9
`);
  const after = through(fn, knownQuotients, dropDead);
  for (const a of numbers)
    for (const b of numbers) {
      const result = (of: typeof fn) => run({ functions: [of] }, "f", [a, b]).result;
      expect(result(after)).toBe(result(fn));
    }
  return printIr(after);
}

/** %5: the greater of %2 and 10. */
const atLeastTen = "br ugt %2, %3, b11, b12\nb11:\njump b12\nb12:\n%5 = phi i64 b10: %3, b11: %2\n";
const behind = (asked: string, then: string): string => `${asked}, b11, b12\nb12:\nret %3\nb11:\n${then}`;

describe("known-quotients", () => {
  test.each([
    ["a truth by what is at least 10 is 0", `${atLeastTen}%6 = cmp i64 ult %1, %2\n%9 = udiv i64 %6, %5`],
    ["its remainder is itself", `${atLeastTen}%6 = cmp i64 ult %1, %2\n%9 = umod i64 %6, %5`],
    ["what a branch found below the divisor", behind("br ult %1, %3", "%9 = umod i64 %1, %3")],
    [
      "what another branch found",
      behind("br ugt %1, %3", "%4 = const i64 5\n%6 = umod i64 %2, %4\n%9 = udiv i64 %6, %1"),
    ],
    [
      "a quotient by a quotient's range",
      "%4 = const i64 63\n%6 = and i64 %1, %4\n%7 = udiv i64 %6, %3\n%9 = umod i64 %7, %3",
    ],
  ])("%s", (_, body) => {
    expect(made(body).match(/u(div|mod)/g)?.length ?? 0).toBeLessThan(body.match(/u(div|mod)/g)!.length);
  });
  test.each([
    ["the divisor may be equal", behind("br ule %1, %3", "%9 = umod i64 %1, %3")],
    ["the divisor may be 0", "%4 = const i64 1\n%6 = and i64 %1, %4\n%7 = and i64 %2, %4\n%9 = umod i64 %6, %7"],
    ["the branch leads elsewhere", `br ult %1, %3, b11, b12\nb11:\njump b12\nb12:\n%9 = udiv i64 %1, %3`],
  ])("not where %s", (_, body) => {
    expect(made(body)).toMatch(/u(div|mod)/);
  });
  test("signed division of what is not negative is unsigned", () => {
    const after = made(behind("br ult %1, %3", "%9 = sdiv i64 %3, %1"));
    expect(after).toContain("udiv");
    expect(made("%9 = sdiv i64 %1, %3")).toContain("sdiv");
  });
  test("by a power of two that is a shift: a shift", () => {
    const fn = parseIr(`static auto f(i32, i32) i32
b10:
  %1 = param i32 0
  %2 = param i32 1
  %3 = const i32 1
  %4 = shl i32 %3, %2
  %5 = udiv i32 %1, %4
  ret %5
`);
    const after = simplify().run(fn);
    expect(printIr(after)).toMatch(/lshr i32 %1, %2/);
    for (const n of [0n, 3n, 31n, 32n]) {
      const result = (of: typeof fn) => run({ functions: [of] }, "f", [0xf234_5678n, n]).result;
      expect(result(after)).toBe(result(fn));
    }
  });
});
