/** What `__has_builtin` and `__has_attribute` promise is what sema takes. */
import { expect, test } from "vitest";
import { attributeNames } from "../../../src/asm/sema/attributes.ts";
import { builtinNames } from "../../../src/asm/sema/builtins.ts";
import { hasFeature, offeredAttributes, offeredBuiltins } from "../../../src/asm/syntax/features.ts";

test("builtins", () => {
  expect([...offeredBuiltins].sort()).toEqual([...builtinNames()].sort());
});

test("attributes", () => {
  expect([...offeredAttributes].sort()).toEqual([...attributeNames()].sort());
});

test.each([
  ["__has_builtin", "__builtin_offsetof", true],
  ["__has_builtin", "__builtin_types_compatible_p", true],
  ["__has_builtin", "__builtin_alloca", false],
  ["__has_builtin", "__atomic_thread_fence", false],
  ["__has_attribute", "__always_inline__", true],
  ["__has_attribute", "cleanup", true],
])("%s(%s)", (asked, name, answer) => {
  expect(hasFeature(asked, name)).toBe(answer);
});
