import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Counters, type Range } from "../../../src/asm/ir/counters.ts";
import { foldCmp } from "../../../src/asm/ir/evaluate.ts";
import type { CmpOp } from "../../../src/asm/ir/model.ts";
import { parseIr } from "../../../src/asm/ir/parse.ts";
import { dropDead } from "../../../src/asm/ir/passes/dead.ts";
import { simplify } from "../../../src/asm/ir/passes/simplify.ts";
import { printIr } from "../../../src/asm/ir/print.ts";

interface Loop {
  readonly start: bigint;
  readonly step: bigint;
  readonly limit: bigint;
  readonly fn: CmpOp;
  /** The test comes last and asks about the moved value. */
  readonly last: boolean;
  /** The limit stands on the left. */
  readonly swapped: boolean;
}

const u32 = (n: bigint): bigint => BigInt.asUintN(32, n);

function loopText({ start, step, limit, fn, last, swapped }: Loop, more = ""): string {
  const ask = (value: string): string => `br ${fn} ${swapped ? `%3, ${value}` : `${value}, %3`}`;
  const body = last
    ? `b1:\n%4 = phi i32 b0: %1, b1: %5\n${more}%5 = add i32 %4, %2\n${ask("%5")}, b1, b3`
    : `b1:\n%4 = phi i32 b0: %1, b2: %5\n${ask("%4")}, b2, b3\nb2:\n${more}%5 = add i32 %4, %2\njump b1`;
  const head = [start, step, limit].map((n, i) => `%${i + 1} = const i32 ${u32(n)}`).join("\n");
  return `global auto f(i64) i64\nb0:\n%9 = param i64 0\n${head}\njump b1\n${body}\nb3:\nret %9`;
}

function rangeIn(text: string): Range | undefined {
  const fn = parseIr(text);
  const phi = fn.blocks[1]!.insts[0]!;
  return phi.op === "phi" ? new Counters(fn).of(phi) : undefined;
}

/** The values that the counter has in the first rounds. */
function visited({ start, step, limit, fn, last, swapped }: Loop): bigint[] {
  const goesOn = (n: bigint): boolean =>
    swapped ? foldCmp(fn, 32, u32(limit), u32(n)) : foldCmp(fn, 32, u32(n), u32(limit));
  const seen: bigint[] = [];
  for (let at = BigInt.asIntN(32, start); seen.length < 200; ) {
    seen.push(at);
    const next = BigInt.asIntN(32, at + step);
    if (!goesOn(last ? next : at)) break;
    at = next;
  }
  return seen;
}

const top = (1n << 31n) - 1n;
const near = fc
  .tuple(fc.constantFrom(0n, top, -top - 1n, 1000n), fc.bigInt(-70n, 70n))
  .map(([a, b]) => BigInt.asIntN(32, a + b));
const orders: CmpOp[] = ["eq", "ne", "slt", "sle", "sgt", "sge", "ult", "ule", "ugt", "uge"];

describe("counters", () => {
  test("every value a loop's counter has lies in its range", () => {
    const loops = fc.record({
      start: near,
      step: fc.bigInt(-5n, 5n).filter((n) => n !== 0n),
      limit: near,
      fn: fc.constantFrom(...orders),
      last: fc.boolean(),
      swapped: fc.boolean(),
    });
    let known = 0;
    const property = fc.property(loops, (loop) => {
      const range = rangeIn(loopText(loop));
      if (!range) return;
      known++;
      for (const value of visited(loop)) expect(value >= range.least && value <= range.most).toBe(true);
    });
    fc.assert(property, { numRuns: 3000 });
    expect(known).toBeGreaterThan(500);
  });
  test.each<[string, Partial<Loop>, Range | undefined]>([
    ["up to a limit", {}, { least: 0n, most: 64n }],
    ["tested last", { last: true }, { least: 0n, most: 63n }],
    ["by several", { last: true, step: 3n }, { least: 0n, most: 63n }],
    ["until it meets a number", { fn: "ne", last: true }, { least: 0n, most: 63n }],
    ["that it misses", { fn: "ne", last: true, step: 3n }, undefined],
    ["down to zero", { start: 64n, step: -1n, limit: 0n, fn: "sgt" }, { least: 0n, most: 64n }],
    ["away from its limit", { step: -1n }, undefined],
    ["one step from overflow", { limit: top, fn: "sle" }, undefined],
    ["unsigned", { fn: "ult" }, { least: 0n, most: 64n }],
  ])("%s", (_, how, range) => {
    const loop: Loop = { start: 0n, step: 1n, limit: 64n, fn: "slt", last: false, swapped: false, ...how };
    expect(rangeIn(loopText(loop))).toEqual(range);
  });
  test("a limit that nobody knows still leaves no overflow", () => {
    const text = loopText({ start: 0n, step: 1n, limit: 0n, fn: "slt", last: false, swapped: false });
    const unknown = text.replace("%3 = const i32 0", "%3 = trunc i32 %9");
    expect(rangeIn(unknown)).toEqual({ least: 0n, most: top });
    expect(rangeIn(unknown.replace("br slt", "br sle"))).toBeUndefined();
    expect(rangeIn(unknown.replace("br slt", "br ult"))).toBeUndefined();
  });
  test("of what comes from several places every one counts", () => {
    const body = (from: string): string => `global auto f(i64) i64
b0:
%9 = param i64 0
%1 = const i32 0
%2 = const i32 1
%3 = const i32 64
%7 = trunc i32 %9
%8 = zext i32 8 %7
jump b1
b1:
%4 = phi i32 b0: %1, b2: %5, b4: ${from}
br slt %4, %3, b2, b3
b2:
%5 = add i32 %4, %2
br slt %5, %2, b1, b4
b4:
br slt %5, %3, b1, b3
b3:
ret %9`;
    expect(rangeIn(body("%5"))).toEqual({ least: 0n, most: 63n });
    expect(rangeIn(body("%4"))).toEqual({ least: 0n, most: 0n });
    expect(rangeIn(body("%8"))).toEqual({ least: 0n, most: 255n });
    expect(rangeIn(body("%7"))).toBeUndefined();
  });
});

describe("what is made of counters", () => {
  const loop: Loop = { start: 0n, step: 1n, limit: 64n, fn: "slt", last: true, swapped: false };
  const made = (how: Partial<Loop>, more: string): string =>
    printIr(
      dropDead.run(simplify().run(parseIr(loopText({ ...loop, ...how }, `${more}%6 = call i64 helper 5(%8)\n`)))),
    );

  test("no sign is extended of what is never negative", () => {
    expect(made({}, "%8 = sext i64 32 %4\n")).toContain("zext i64");
    expect(made({ start: -1n }, "%8 = sext i64 32 %4\n")).toContain("sext i64");
    expect(made({ limit: top, fn: "sle" }, "%8 = sext i64 32 %4\n")).toContain("sext i64");
  });
  test("a constant more is added after the extension", () => {
    const more = "%20 = const i32 5\n%21 = add i32 %4, %20\n%8 = sext i64 32 %21\n";
    expect(made({}, more)).toMatch(/zext i64 32 %4[\s\S]*add i64/);
    expect(made({ fn: "ne", limit: top }, more)).toContain("sext i64");
  });
  test("masks and checks stay, for the kernel to see them", () => {
    expect(made({}, "%20 = const i32 127\n%21 = and i32 %4, %20\n%8 = zext i64 32 %21\n")).toContain("and i32");
  });
});
