import { expect, test } from "vitest";
import { checkSsa } from "../../../src/asm/ir/check.ts";
import { parseIr } from "../../../src/asm/ir/parse.ts";
import { sameAnyway } from "../../../src/asm/ir/passes/same-anyway.ts";
import { printIr } from "../../../src/asm/ir/print.ts";

/** What is returned behind `br`, of a function that brings `args` together. */
function returned(branch: string, args: string, ty = "i32"): string {
  const fn = parseIr(`static auto f(${ty}) ${ty}
b10:
  %0 = param ${ty} 0
  %1 = const ${ty} 0
  %2 = const ${ty} 7
  br ${branch}
b11:
  %3 = call i64 helper 5()
  jump b12
b12:
  %4 = phi ${ty} ${args}
  ret %4
`);
  const after = sameAnyway.run(fn);
  checkSsa(after, "same-anyway");
  return /ret (%\d+)/.exec(printIr(after))![1]!;
}

test.each([
  ["an error or 0", "eq %0, %1, b12, b11", "b10: %1, b11: %0"],
  ["asked the other way round", "ne %0, %1, b11, b12", "b10: %1, b11: %0"],
  ["another number", "eq %0, %2, b12, b11", "b10: %2, b11: %0"],
])("is what it was: %s", (_, branch, args) => expect(returned(branch, args)).toBe("%0"));

test.each([
  ["another number than was asked", "eq %0, %1, b12, b11", "b10: %2, b11: %0"],
  ["where it is not that", "ne %0, %1, b12, b11", "b10: %1, b11: %0"],
  ["less or equal", "ule %0, %2, b12, b11", "b10: %2, b11: %0"],
])("may be another: %s", (_, branch, args) => expect(returned(branch, args)).toBe("%4"));

test("null is no pointer", () => expect(returned("eq %0, %1, b12, b11", "b10: %1, b11: %0", "ptr")).toBe("%4"));
