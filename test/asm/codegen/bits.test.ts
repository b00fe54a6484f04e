import { expect, test } from "vitest";
import { listing } from "./listing.ts";

const bit = (x: string, ty: string, mask: string): readonly string[] =>
  listing(`%5 = const ${ty} ${mask}
%6 = cmp i64 set ${x}, %5
ret %6`);

test.each([
  ["%1", "i64", "512", ["r >>= 9", "w &= 1"]],
  ["%1", "i64", "1", ["w &= 1"]],
  ["%1", "i64", `${1n << 63n}`, ["r >>= 63"]],
  ["%3", "i32", `${1n << 31n}`, ["w >>= 31"]],
])("bit of %s %s: %s is shifted down, without a branch", (x, ty, mask, expected) => {
  const code = bit(x, ty, mask).map((line) => line.replace(/\b([rw])\d/g, "$1"));
  expect(code.filter((line) => !/^[rw] = [rw]$|^exit$/.test(line))).toEqual(expected);
});
test("several bits, or those of a pointer, are asked for", () => {
  expect(bit("%1", "i64", "3").join()).toContain("if r2 & 3");
  expect(bit("%0", "ptr", "4").join()).toContain("if r1 & 4");
});
test("the highest bit of what was loaded needs no mask", () => {
  const code = listing(`%5 = load i32 u8 [%0]
%6 = const i32 128
%7 = cmp i64 set %5, %6
ret %7`);
  expect(code).toEqual(["w0 = *(u8 *)(r1 + 0)", "w0 >>= 7", "exit"]);
});
