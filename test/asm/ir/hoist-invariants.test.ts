import { describe, expect, test } from "vitest";
import type { IrFunction } from "../../../src/asm/ir/model.ts";
import { parseIr } from "../../../src/asm/ir/parse.ts";
import { hoistInvariants } from "../../../src/asm/ir/passes/hoist-invariants.ts";
import { printIr } from "../../../src/asm/ir/print.ts";
import { run } from "./interpreter.ts";
import { through } from "./through.ts";

/** A loop over i that adds what `body` makes of parameters %1 and %2 in %20. */
const loop = (body: string, end = "br ult %8, %2, b12, b13"): IrFunction =>
  parseIr(`static auto f(i64, i64) i64
b10:
  %1 = param i64 0
  %2 = param i64 1
  %3 = const i64 0
  %4 = const i64 1
  br eq %2, %3, b11, b12
b11:
  ret %3
b12:
  %5 = phi i64 b10: %3, b12: %8
  %6 = phi i64 b10: %3, b12: %7
${body}
  %7 = add i64 %6, %20
  %8 = add i64 %5, %4
  ${end}
b13:
  ret %7
`);

function made(fn: IrFunction): string {
  const after = through(fn, hoistInvariants);
  for (const [a, b] of [
    [3n, 4n],
    [0n, 1n],
    [7n, 0n],
  ] as const) {
    const result = (of: IrFunction) => run({ functions: [of] }, "f", [a, b]).result;
    expect(result(after)).toBe(result(fn));
  }
  return printIr(after);
}

/** The block that goes back to itself. */
const bodyOf = (text: string): string => text.slice(text.indexOf("phi"));

describe("hoist-invariants", () => {
  test("what is the same in every round is done on the way into the loop", () => {
    const after = made(loop("%9 = const i64 24\n%20 = mul i64 %1, %9"));
    expect(bodyOf(after)).not.toContain("mul");
    expect(after).toContain("mul");
  });
  test("and what is made of that", () => {
    const after = made(loop("%9 = const i64 24\n%21 = mul i64 %1, %9\n%20 = xor i64 %21, %9"));
    expect(bodyOf(after)).not.toMatch(/mul|xor/);
  });
  test("not what the round changes, nor what takes a register more", () => {
    expect(bodyOf(made(loop("%20 = mul i64 %1, %5")))).toContain("mul");
    expect(bodyOf(made(loop("%21 = mul i64 %1, %1\n%20 = add i64 %21, %1")))).toContain("mul");
  });
  test("not what the loop asks about: the check comes first", () => {
    expect(bodyOf(made(loop("%9 = const i64 24\n%20 = mul i64 %2, %9")))).toContain("mul");
  });
  test("addresses stay", () => {
    const text = loop("%9 = const i64 24\n%21 = cast ptr %1\n%22 = add ptr %21, %9\n%20 = cast i64 %22");
    expect(bodyOf(made(text))).toContain("add ptr");
  });
});
