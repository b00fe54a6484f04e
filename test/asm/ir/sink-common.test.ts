import { expect, test } from "vitest";
import { checkSsa } from "../../../src/asm/ir/check.ts";
import { parseIr } from "../../../src/asm/ir/parse.ts";
import { sinkCommon } from "../../../src/asm/ir/passes/sink-common.ts";
import { printIr } from "../../../src/asm/ir/print.ts";

const head = "global auto f(ptr, i64) i64\n";

function sunk(body: string): string[] {
  const fn = parseIr(head + body);
  checkSsa(fn, "the test");
  const made = sinkCommon.run(fn);
  checkSsa(made, "sink-common");
  return printIr(made)
    .split("\n")
    .slice(1)
    .map((line) => line.trim())
    .filter(Boolean);
}

const count = (lines: readonly string[], word: string): number => lines.filter((line) => line.includes(word)).length;

const entry = `b100:
%0 = param ptr 0
%1 = param i64 1
%2 = const i32 1
%3 = const i32 2
%4 = const i64 0
%5 = load ptr u64 [%0]
%6 = load ptr u64 [%0 + 8]
br eq %1, %4, b101, b102
`;
const meet = "b103:\nret %4";

test("stores of different numbers to one variable become one, of a phi", () => {
  const lines = sunk(
    `${entry}b101:\n%10 = addr global err\nstore u32 [%10], %2\njump b103\nb102:\n%11 = addr global err\nstore u32 [%11], %3\njump b103\n${meet}`,
  );
  expect([count(lines, "store"), count(lines, "phi i32")]).toEqual([1, 1]);
});

test("what feeds a phi behind moves with it", () => {
  const lines = sunk(
    `${entry}b101:\n%10 = load i32 u32 [%5 + 4]\n%12 = sext i64 32 %10\njump b103\nb102:\n%11 = load i32 u32 [%5 + 4]\n%13 = sext i64 32 %11\njump b103\nb103:\n%14 = phi i64 b101: %12, b102: %13\nret %14`,
  );
  expect([count(lines, "load i32"), count(lines, "sext"), count(lines, "phi")]).toEqual([1, 1, 1]);
});

test.each([
  ["through two pointers", "store u32 [%5], %2", "store u32 [%6], %2"],
  ["that are volatile", "store u32 [%5], %2 volatile", "store u32 [%5], %2 volatile"],
  ["of two sizes", "store u32 [%5], %2", "store u16 [%5], %2"],
])("accesses %s stay apart", (_, left, right) => {
  const lines = sunk(`${entry}b101:\n${left}\njump b103\nb102:\n${right}\njump b103\n${meet}`);
  expect(count(lines, "store")).toBe(2);
});

test("calls move only with the same arguments", () => {
  const body = (left: string, right: string) =>
    `${entry}b101:\n%10 = call i64 helper 7(${left})\njump b103\nb102:\n%11 = call i64 helper 7(${right})\njump b103\nb103:\n%14 = phi i64 b101: %10, b102: %11\nret %14`;
  expect(count(sunk(body("%5", "%5")), "call")).toBe(1);
  expect(count(sunk(body("%5", "%6")), "call")).toBe(2);
  expect(count(sunk(body("%1", "%4")), "call")).toBe(2);
});

test("a load does not move past a store that stays", () => {
  const lines = sunk(
    `${entry}b101:\n%10 = load i64 u64 [%5]\nstore u64 [%6], %4\njump b103\nb102:\n%11 = load i64 u64 [%5]\nstore u32 [%6 + 8], %2\njump b103\nb103:\n%14 = phi i64 b101: %10, b102: %11\nret %14`,
  );
  expect(count(lines, "load i64")).toBe(2);
});
