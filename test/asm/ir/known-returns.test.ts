import { describe, expect, test } from "vitest";
import { checkSsa } from "../../../src/asm/ir/check.ts";
import type { IrFunction } from "../../../src/asm/ir/model.ts";
import { parseIr } from "../../../src/asm/ir/parse.ts";
import { knownReturns } from "../../../src/asm/ir/passes/known-returns.ts";
import { printIr } from "../../../src/asm/ir/print.ts";

const inner = (name: string, middle: string, second = "%2"): IrFunction =>
  parseIr(`global never ${name}(i64) i32
b10:
  %1 = param i64 0
  %2 = const i32 7
  %3 = const i32 8
  %4 = const i64 0
${middle}  br eq %1, %4, b11, b12
b11:
  ret %2
b12:
  ret ${second}
`);

const outer = (name: string, callee: string): IrFunction =>
  parseIr(`global never ${name}(i64) i32
b10:
  %1 = param i64 0
  %2 = call i32 function ${callee}(%1)
  ret %2
`);

function returns(functions: readonly IrFunction[]): readonly string[] {
  const { functions: after } = knownReturns({ functions });
  for (const fn of after) checkSsa(fn, "known-returns");
  return after.map((fn) => printIr(fn));
}

describe("known-returns", () => {
  test("callers know it, and theirs; the calls stay", () => {
    const [, first, second] = returns([inner("f", ""), outer("g", "f"), outer("h", "g")]);
    expect(first).toMatch(/call i32 f\(%1\)|call i32 function f\(%1\)/);
    expect(first).toMatch(/%2 = const i32 7\n\s+ret %2/);
    expect(second).toMatch(/%2 = const i32 7\n\s+ret %2/);
  });
  test("not where a return gives another number", () => {
    expect(returns([inner("f", "", "%3"), outer("g", "f")])[1]).not.toContain("const");
  });
  test("not of what another object may replace", () => {
    expect(returns([{ ...inner("f", ""), weak: true }, outer("g", "f")])[1]).not.toContain("const");
  });
  test("not where a tail call may return in its place", () => {
    const call = "  %5 = call i64 helper 12(%1, %1, %1)\n";
    expect(returns([inner("f", call), outer("g", "f")])[1]).not.toContain("const");
  });
});
