import { describe, expect, test } from "vitest";
import { parseIr } from "../../../src/asm/ir/parse.ts";
import { addBits } from "../../../src/asm/ir/passes/add-bits.ts";
import { dropDead } from "../../../src/asm/ir/passes/dead.ts";
import { simplifyCfg } from "../../../src/asm/ir/passes/simplify-cfg.ts";
import { printIr } from "../../../src/asm/ir/print.ts";
import { run } from "./interpreter.ts";
import { through } from "./through.ts";

/** `if (x & mask) n = change(n);` or, with the ways the other way round, `if (!(x & mask))`. */
const source = (mask: number, change: string, ways = "b101, b102", rest = "", x = "add i64 %8, %8") =>
  parseIr(`global auto f(i64, i64) i64
b100:
%8 = param i64 0
%9 = cast ptr %8
%1 = ${x}
%2 = param i64 1
%3 = const i64 ${mask}
%4 = const i64 4
%5 = const i32 4
%7 = trunc i32 %2
br set %1, %3, ${ways}
b101:
%10 = ${change}
jump b102
b102:
%11 = phi ${change.includes("i32") ? "i32 b100: %7" : "i64 b100: %2"}, b101: %10
%12 = ${change.includes("i32") ? "zext i64 32 %11" : "add i64 %11, %4"}
${rest}
ret %12`);

function made(fn: ReturnType<typeof source>): string {
  const after = through(fn, addBits);
  for (const x of [0n, 2n, 4n, 3n, 7n, 2n ** 64n - 1n, 2n ** 63n + 4n])
    for (const n of [0n, 4n, 9n, 2n ** 64n - 2n]) {
      const result = (of: typeof fn) => run({ functions: [of] }, "f", [x, n]).result;
      expect(result(after)).toBe(result(fn));
    }
  return printIr(simplifyCfg.run(dropDead.run(after)));
}

describe("add-bits", () => {
  for (const fn of ["add", "sub", "or", "xor"])
    for (const ways of ["b101, b102", "b102, b101"])
      test.each([`${fn} i64 %2, %4`, `${fn} i32 %7, %5`])(`no branch for %s, ${ways}`, (change) =>
        expect(made(source(4, change, ways))).not.toContain("br "),
      );

  test.each([
    ["another bit", source(8, "add i64 %2, %4")],
    ["more bits than one", source(12, "add i64 %2, %4")],
    ["another operation", source(4, "mul i64 %2, %4")],
    ["of a pointer", source(4, "add i64 %2, %4", undefined, "", "cast i64 %9")],
    ["of another number", source(4, "add i64 %4, %4")],
    ["x is read again", source(4, "add i64 %2, %4", "b101, b102", "%50 = cast ptr %1\nstore u64 [%50 + 0], %4")],
  ])("stays: %s", (_, fn) => expect(printIr(addBits.run(fn))).toContain("br "));
});
