import { describe, expect, test } from "vitest";
import type { Pass } from "../../../src/asm/ir/edit.ts";
import type { IrFunction } from "../../../src/asm/ir/model.ts";
import { parseIr } from "../../../src/asm/ir/parse.ts";
import { dropDead } from "../../../src/asm/ir/passes/dead.ts";
import { oneReturn } from "../../../src/asm/ir/passes/one-return.ts";
import { simplifyCfg } from "../../../src/asm/ir/passes/simplify-cfg.ts";
import { printIr } from "../../../src/asm/ir/print.ts";
import { run } from "./interpreter.ts";
import { through } from "./through.ts";

/** Blocks are numbered apart from values. */
const parsed = (text: string): IrFunction => parseIr(text.replace(/\bb(\d)\b/g, "b10$1"));

function made(pass: Pass, text: string): IrFunction {
  return through(parsed(text), pass, dropDead, simplifyCfg);
}

const resultOf = (fn: IrFunction, a: bigint, b: bigint): bigint | undefined =>
  run({ functions: [fn] }, fn.name, [a, b]).result;

describe("one-return", () => {
  const text = (third: string): string => `global auto f(i64, i64) i64
b0:
%1 = param i64 0
%2 = param i64 1
%3 = const i64 3
br eq %1, %3, b1, b2
b1:
br ult %2, %3, b3, b4
b3:
%4 = mul i64 %1, %2
jump b4
b4:
%5 = phi i64 b1: %1, b3: %4
ret %5
b2:
br ult %2, %1, b5, b6
b5:
%6 = add i64 %1, %2
jump b6
b6:
%7 = phi i64 b2: %3, b5: %6
${third}ret %7`;

  test("blocks that return a phi become one", () => {
    const after = made(oneReturn, text(""));
    expect(printIr(after).split("ret ")).toHaveLength(2);
    for (const a of [3n, 5n])
      for (const b of [2n, 4n, 6n]) expect(resultOf(after, a, b)).toBe(resultOf(parsed(text("")), a, b));
  });
  test("those that do more stay", () => {
    expect(printIr(made(oneReturn, text("%8 = call i64 helper 5()\n"))).split("ret ")).toHaveLength(3);
  });
});
