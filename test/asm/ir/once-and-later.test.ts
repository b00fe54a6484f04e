import { describe, expect, test } from "vitest";
import type { Pass } from "../../../src/asm/ir/edit.ts";
import { delayUpdates } from "../../../src/asm/ir/passes/delay-updates.ts";
import { oneRound } from "../../../src/asm/ir/passes/one-round.ts";
import { simplify } from "../../../src/asm/ir/passes/simplify.ts";
import { simplifyCfg } from "../../../src/asm/ir/passes/simplify-cfg.ts";
import { printIr } from "../../../src/asm/ir/print.ts";
import { through } from "./through.ts";

function run(passes: readonly Pass[], body: string): string {
  return printIr(through(`global auto f(i64, i64) i64\n${body}`, ...passes));
}

describe("one-round", () => {
  const loop = (step: string): string => `b100:
%1 = param i64 0
%2 = const i64 14
%3 = const i64 ${step}
%4 = const i64 12
jump b101
b101:
%5 = phi i64 b100: %2, b101: %6
%6 = sub i64 %5, %3
%7 = call i64 helper 7()
br ugt %6, %4, b101, b102
b102:
ret %6`;
  test("a loop that is left after the first round is none", () =>
    expect(run([oneRound, simplifyCfg], loop("12"))).not.toContain("br "));
  test("one that goes round twice stays", () => expect(run([oneRound], loop("1"))).toContain("br ugt"));
});

describe("delay-updates", () => {
  const order = (text: string): readonly string[] => text.match(/%(\d+)(?= = (add|mul|call))/g) ?? [];
  const body = (reads: string, back = "%9"): string => `b100:
%1 = param i64 0
%2 = param i64 1
%3 = const i64 1
%5 = add i64 %1, %3
${reads}
ret ${back}`;
  test("an increment waits for the last reader of what it counts up", () => {
    expect(
      order(run([delayUpdates], body("%6 = mul i64 %2, %1\n%7 = call i64 helper 5()\n%9 = add i64 %5, %6"))),
    ).toEqual(["%6", "%5", "%7", "%9"]);
  });
  test.each([
    ["it is read before", body("%6 = mul i64 %2, %5\n%9 = mul i64 %6, %1")],
    ["what it counts up lives on", body("%6 = mul i64 %2, %1\n%9 = add i64 %5, %6", "%1")],
    ["nobody reads on", body("%9 = mul i64 %2, %5")],
  ])("stays: %s", (_, text) => expect(order(run([delayUpdates], text))[0]).toBe("%5"));
});

test("sums of small numbers keep their bound, however many", () => {
  const count = 60;
  const steps = Array.from({ length: count }, (_, i) => {
    const before = i === 0 ? "%3" : `%${9 + i}`;
    return `%${10 + i} = add i32 ${before}, %3\n%${1000 + i} = sext i64 32 %${10 + i}\n%${2000 + i} = call i64 helper 5(%${1000 + i})`;
  });
  const text = run(
    [simplify()],
    `b100000:\n%3 = opaque i32 %4\n${steps.join("\n")}\nret %2000`.replace(
      "%3 = opaque i32 %4",
      "%4 = param i64 0\n%5 = const i64 1\n%6 = and i64 %4, %5\n%3 = trunc i32 %6",
    ),
  );
  expect(text).not.toContain("sext");
});
