import { expect, test } from "vitest";
import { parseIr } from "../../../src/asm/ir/parse.ts";
import { quickWays } from "../../../src/asm/ir/passes/quick-ways.ts";
import { printIr } from "../../../src/asm/ir/print.ts";

/** A loop of so many rounds; in each, three branches and a way back that does nothing. */
const loop = (rounds: number): string => `global auto f(i64, i64) i64
b0:
  %1 = param i64 0
  %2 = param i64 1
  %3 = const i64 0
  %4 = const i64 1
  %5 = const i64 ${rounds}
  jump b1
b1:
  %6 = phi i64 b0: %3, b4: %7
  br eq %1, %3, b4, b2
b2:
  %8 = call i64 helper 7()
  %9 = call i64 helper 7()
  %10 = call i64 helper 7()
  %12 = call i64 helper 7()
  %13 = call i64 helper 7()
  br eq %8, %9, b3, b4
b3:
  %11 = call i64 helper 7()
  br eq %11, %10, b5, b4
b4:
  %7 = add i64 %6, %4
  br ult %7, %5, b1, b5
b5:
  ret %2`;

test("in a loop of many rounds and branches, the way back to its start is the usual one", () => {
  const before = parseIr(loop(5000));
  expect(printIr(quickWays.run(before))).toContain("br eq %1, %3, b4, b2 likely");
});

test("a loop of few rounds stays as it is", () => {
  const before = parseIr(loop(100));
  expect(quickWays.run(before)).toBe(before);
});
