// Numbers without gaps: the same code, in the same order of numbers.
import { expect, test } from "vitest";
import { checkSsa } from "../../../src/asm/ir/check.ts";
import { compact } from "../../../src/asm/ir/compact.ts";
import { parseProgram } from "../../../src/asm/ir/parse.ts";
import { printIr } from "../../../src/asm/ir/print.ts";

const text = (first: number) => `
  global never main(i64) i64 section "fentry/f"
  b0:
  %${first} = param i64 0
  %${first + 70} = const i64 1
  br eq %${first}, %${first + 70}, b1, b2
  b1:
  %${first + 80} = add i64 %${first}, %${first + 70}
  jump b2
  b2:
  %${first + 90} = phi i64 b0: %${first + 70}, b1: %${first + 80}
  ret %${first + 90}
`;

test("small numbers stay", () => {
  const fn = parseProgram(text(7)).functions[0]!;
  expect(compact(fn)).toBe(fn);
});

test("large ones are given anew, smaller ones before greater ones", () => {
  const fn = parseProgram(text(9000)).functions[0]!;
  const made = compact(fn);
  checkSsa(made, "compact");
  expect(made.nextId).toBe(7);
  expect(made.blocks.map(({ id }) => id)).toEqual([0, 1, 2]);
  expect(made.blocks.flatMap(({ insts }) => insts.map(({ id, op }) => `${id} ${op}`))).toEqual([
    "3 param",
    "4 const",
    "5 bin",
    "6 phi",
  ]);
  expect(printIr(made).replace(/%\d+/g, "%")).toBe(printIr(fn).replace(/%\d+/g, "%"));
  expect(compact(made)).toBe(made);
});
