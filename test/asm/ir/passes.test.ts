import { describe, expect, test } from "vitest";
import { checkSsa } from "../../../src/asm/ir/check.ts";
import type { Pass } from "../../../src/asm/ir/edit.ts";
import { optimise } from "../../../src/asm/ir/optimise.ts";
import { parseIr, parseProgram } from "../../../src/asm/ir/parse.ts";
import { decideConstants } from "../../../src/asm/ir/passes/constant-p.ts";
import { dropDead } from "../../../src/asm/ir/passes/dead.ts";
import { dropDeadStores } from "../../../src/asm/ir/passes/dead-stores.ts";
import { divideUnsigned } from "../../../src/asm/ir/passes/divide.ts";
import { expand } from "../../../src/asm/ir/passes/expand.ts";
import { forwardMemory } from "../../../src/asm/ir/passes/forward-memory.ts";
import { inlineCalls } from "../../../src/asm/ir/passes/inline.ts";
import { followBranches } from "../../../src/asm/ir/passes/known-branches.ts";
import { numberValues } from "../../../src/asm/ir/passes/number-values.ts";
import { promote } from "../../../src/asm/ir/passes/promote.ts";
import { simplify } from "../../../src/asm/ir/passes/simplify.ts";
import { simplifyCfg } from "../../../src/asm/ir/passes/simplify-cfg.ts";
import { splitSlots } from "../../../src/asm/ir/passes/split-slots.ts";
import { threadJumps } from "../../../src/asm/ir/passes/thread-jumps.ts";
import { printIr } from "../../../src/asm/ir/print.ts";

/** The body of a function of two i64 parameters after some passes, without its head, one line each. */
function run(passes: readonly Pass[], body: string, head = "global auto f(i64, i64) i64"): string[] {
  const fn = parseIr(`${head}\n${body}`);
  checkSsa(fn, "the test");
  const made = passes.reduce((before, pass) => {
    const next = pass.run(before);
    checkSsa(next, pass.name);
    return next;
  }, fn);
  return printIr(made)
    .split("\n")
    .slice(1)
    .map((line) => line.trim())
    .filter(Boolean);
}

describe("constant_p", () => {
  const body = "s0: 8 align 8 x\nb0:\n%1 = param i64 0\n%2 = call i64 helper 7()\n%3 = const i64 5";
  const answers = (pass: Pass, value: string, head?: string) =>
    run([pass], `${body}\n%8 = ${value}\n%9 = constant_p i32 %8\n%10 = zext i64 32 %9\nret %10`, head).find((line) =>
      line.startsWith("%9"),
    );
  const open = "%9 = constant_p i32 %8";
  const entry = 'global auto f(i64, i64) i64 section "xdp"';

  test.each([
    ["add i64 %1, %3", open],
    ["add i64 %2, %3", "%9 = const i32 0"],
    ["opaque i64 %1", "%9 = const i32 0"],
    ["call i64 function g(%1)", "%9 = const i32 0"],
  ])("is left to the callers where they may know: %s", (value, want) =>
    expect(answers(decideConstants("own"), value)).toBe(want),
  );

  test("of a program's own arguments is 0, and of everything in the end", () => {
    expect(answers(decideConstants("own"), "add i64 %1, %3", entry)).toBe("%9 = const i32 0");
    expect(answers(decideConstants("all"), "add i64 %1, %3")).toBe("%9 = const i32 0");
  });
  test("is 1 as soon as the value is known", () => {
    const made = run([simplify()], `${body}\n%9 = constant_p i32 %3\n%10 = zext i64 32 %9\nret %10`);
    expect(made).toContain("%10 = const i64 1");
  });
});

describe("simplify", () => {
  /** What `%9`, made of two parameters %1 and %2, becomes. */
  const value = (text: string, type = "i64"): string => {
    const cast = type === "i32" ? "%1 = trunc i32 %11\n%2 = trunc i32 %12" : "%1 = opaque i64 %11\n%2 = opaque i64 %12";
    const lines = run(
      [simplify(), numberValues, dropDead],
      `b0:\n%11 = param i64 0\n%12 = param i64 1\n${cast}\n${text}\nret %9`,
      `global auto f(i64, i64) ${type}`,
    );
    const kept = lines.slice(1).filter((line) => !/^%1[12]? =|^%2 =/.test(line));
    return kept.join("; ");
  };

  test.each([
    ["%3 = const i64 0\n%9 = add i64 %1, %3", "ret %1"],
    ["%3 = const i64 8\n%9 = mul i64 %1, %3", "%13 = const i64 3; %9 = shl i64 %1, %13; ret %9"],
    ["%3 = const i64 8\n%9 = udiv i64 %1, %3", "%13 = const i64 3; %9 = lshr i64 %1, %13; ret %9"],
    ["%3 = const i64 8\n%9 = umod i64 %1, %3", "%13 = const i64 7; %9 = and i64 %1, %13; ret %9"],
    ["%3 = const i64 3\n%4 = sub i64 %1, %3\n%5 = const i64 3\n%9 = add i64 %4, %5", "ret %1"],
    ["%3 = cast ptr %1\n%4 = add ptr %3, %2\n%5 = cast i64 %4\n%6 = cast i64 %3\n%9 = sub i64 %5, %6", "ret %2"],
    ["%3 = cast ptr %1\n%4 = add ptr %3, %2\n%9 = sub i64 %3, %4", "%9 = neg i64 %2; ret %9"],
    ["%9 = sub i64 %1, %1", "%9 = const i64 0; ret %9"],
    ["%3 = const i64 32\n%4 = shl i64 %1, %3\n%9 = lshr i64 %4, %3", "%9 = zext i64 32 %1; ret %9"],
    ["%3 = const i64 32\n%4 = shl i64 %1, %3\n%9 = ashr i64 %4, %3", "%9 = sext i64 32 %1; ret %9"],
    [
      "%3 = const i64 255\n%4 = and i64 %1, %3\n%5 = const i64 2\n%9 = sdiv i64 %4, %5",
      "%3 = const i64 255; %4 = and i64 %1, %3; %13 = const i64 1; %9 = lshr i64 %4, %13; ret %9",
    ],
    ["%3 = const i64 20\n%4 = shl i64 %1, %3\n%5 = const i64 65535\n%9 = and i64 %4, %5", "%13 = const i64 0; ret %13"],
    ["%3 = const i64 63\n%4 = and i64 %2, %3\n%9 = shl i64 %1, %4", "%9 = shl i64 %1, %2; ret %9"],
    [
      "%3 = const i64 5\n%4 = const i64 0\n%9 = udiv i64 %3, %4",
      "%3 = const i64 5; %4 = const i64 0; %9 = udiv i64 %3, %4; ret %9",
    ],
  ])("%s", (text, want) => {
    expect(value(text)).toBe(want);
  });

  test.each([
    ["%3 = zext i64 32 %1\n%4 = zext i64 32 %2\n%5 = add i64 %3, %4\n%9 = trunc i32 %5", "%9 = add i32 %1, %2; ret %9"],
    [
      "%3 = sext i64 32 %1\n%4 = const i64 -1\n%5 = cmp i32 sgt %3, %4\n%9 = and i32 %5, %5",
      "%14 = const i32 -1; %5 = cmp i32 sgt %1, %14; ret %5",
    ],
    [
      "%3 = bswap i32 16 %1\n%4 = const i32 65535\n%5 = and i32 %1, %4\n%6 = bswap i32 16 %5\n%7 = const i32 2048\n%9 = cmp i32 eq %6, %7",
      "%3 = bswap i32 16 %1; %7 = const i32 2048; %9 = cmp i32 eq %3, %7; ret %9",
    ],
    ["%3 = sext i32 8 %1\n%4 = const i32 255\n%9 = and i32 %3, %4", "%4 = const i32 255; %9 = and i32 %1, %4; ret %9"],
    [
      "%3 = const i32 8\n%4 = sub i32 %3, %1\n%5 = const i32 20\n%9 = sub i32 %5, %4",
      "%13 = const i32 12; %9 = add i32 %1, %13; ret %9",
    ],
    [
      "%3 = const i32 8\n%4 = sub i32 %3, %1\n%5 = const i32 20\n%9 = add i32 %4, %5",
      "%13 = const i32 28; %9 = sub i32 %13, %1; ret %9",
    ],
    ["%3 = cmp i32 ult %1, %2\n%4 = const i32 0\n%9 = cmp i32 eq %3, %4", "%9 = cmp i32 uge %1, %2; ret %9"],
    [
      "%3 = const i32 4\n%4 = and i32 %1, %3\n%5 = const i32 0\n%9 = cmp i32 ne %4, %5",
      "%3 = const i32 4; %9 = cmp i32 set %1, %3; ret %9",
    ],
  ])("in 32 bits: %s", (text, want) => {
    expect(value(text, "i32")).toBe(want);
  });

  test("addresses take constants into their offset, and leave CO-RE offsets alone", () => {
    const lines = run(
      [simplify(), dropDead],
      `b0:
       %1 = param ptr 0
       %2 = const i64 8
       %3 = add ptr %1, %2
       %4 = load i64 u64 [%3 + 4]
       %5 = load i64 u64 [%3 + 4] core(field_byte_offset 0:0:1)
       store u64 [%3 - 8], %4
       ret %5`,
      "global auto f(ptr) i64",
    );
    expect(lines).toContain("%4 = load i64 u64 [%1 + 12]");
    expect(lines).toContain("%5 = load i64 u64 [%3 + 4] core(field_byte_offset 0:0:1)");
    expect(lines).toContain("store u64 [%1], %4");
  });

  test("a variable index is added before the constant", () => {
    const lines = run(
      [simplify(), dropDead],
      `b0:
       %1 = param ptr 0
       %2 = param i64 1
       %3 = const i64 16
       %4 = add ptr %1, %3
       %5 = add ptr %4, %2
       %6 = load i64 u64 [%5]
       ret %6`,
      "global auto f(ptr, i64) i64",
    );
    expect(lines).toEqual([
      "b0:",
      "%1 = param ptr 0",
      "%2 = param i64 1",
      "%7 = add ptr %1, %2",
      "%6 = load i64 u64 [%7 + 16]",
      "ret %6",
    ]);
  });

  test("no 32-bit arithmetic is made of pointers", () => {
    const lines = run(
      [simplify(), dropDead],
      `b0:
       %1 = param ptr 0
       %2 = param ptr 1
       %3 = cast i64 %1
       %4 = cast i64 %2
       %5 = sub i64 %3, %4
       %6 = trunc i32 %5
       ret %6`,
      "global auto f(ptr, ptr) i32",
    );
    expect(lines.some((line) => /(sub|add) i32/.test(line))).toBe(false);
  });
});

test("promote makes phis where values meet, and none where nobody reads", () => {
  const lines = run(
    [promote],
    `s0: 8 align 8 x
     s1: 8 align 8 unread
     b0:
     %1 = param i64 0
     %2 = slot s0
     %3 = slot s1
     store u64 [%2], %1
     %5 = const i64 0
     br eq %1, %5, b10, b11
     b10:
     store u64 [%2], %5
     store u64 [%3], %5
     jump b11
     b11:
     %8 = load i64 u64 [%2]
     ret %8`,
  );
  expect(lines.filter((line) => line.includes("phi"))).toEqual([
    expect.stringMatching(/^%\d+ = phi i64 b0: %1, b10: %5$|^%\d+ = phi i64 b10: %5, b0: %1$/),
  ]);
  expect(lines.some((line) => /store|load|slot/.test(line))).toBe(false);
});

test("promote leaves volatile objects and those whose address goes elsewhere", () => {
  const lines = run(
    [promote],
    `s0: 8 align 8 x
     s1: 8 align 8 y
     b0:
     %1 = slot s0
     %2 = slot s1
     %3 = const i64 1
     store u64 [%1], %3 volatile
     store u64 [%2], %3
     call void helper 5(%2)
     %4 = load i64 u64 [%2]
     ret %4`,
    "global auto f() i64",
  );
  expect(lines.filter((line) => line.startsWith("store"))).toHaveLength(2);
});

test("split-slots makes values of the fields of a copied struct", () => {
  const lines = run(
    [splitSlots, promote, dropDead],
    `s0: 16 align 8 a
     s1: 16 align 8 b
     b0:
     %1 = param i64 0
     %2 = slot s0
     %3 = slot s1
     fill [%2], 0, 16 align 8
     store u64 [%2 + 8], %1
     copy [%3], [%2], 16 align 8
     %4 = load i64 u64 [%3 + 8]
     %5 = load i64 u64 [%3]
     %6 = add i64 %4, %5
     ret %6`,
    "global auto f(i64) i64",
  );
  expect(lines.some((line) => /slot|store|load|copy|fill/.test(line))).toBe(false);
});

test("expand copies in the greatest aligned size, volatile ones too", () => {
  const lines = run(
    [expand],
    `b0:
     %1 = param ptr 0
     %2 = param ptr 1
     copy [%1 + 4], [%2], 7 align 4 volatile
     ret %1`,
    "global auto f(ptr, ptr) ptr",
  );
  expect(lines.filter((line) => line.includes("load")).map((line) => line.replace(/^%\d+ = /, ""))).toEqual([
    "load i32 u32 [%2] volatile",
    "load i32 u16 [%2 + 4] volatile",
    "load i32 u8 [%2 + 6] volatile",
  ]);
});

test("expand takes any address in a global: only the stack is aligned", () => {
  const lines = run(
    [expand],
    "s0: 8 align 8 x\nb0:\n%1 = addr global text + 1\n%2 = slot s0\ncopy [%2], [%1], 4 align 1\n%3 = param i64 0\nret %3",
  );
  expect(lines.filter((line) => line.includes("store"))).toHaveLength(1);
});

describe("forward-memory", () => {
  const bytes = (rest: string): string =>
    `%4 = slot s0\n%10 = const i32 18\n%11 = const i32 172\n%12 = const i64 1\n%5 = add ptr %4, %12
store u8 [%4], %10\nstore u8 [%4 + 1], %11\nstore u8 [%4 + 2], %10\nstore u8 [%4 + 3], %11\n${rest}`;
  const loads = (body: string): number =>
    run(
      [forwardMemory],
      `s0: 8 align 8 x\nb0:\n%1 = param ptr 0\n%2 = param ptr 1\n%3 = param i64 2\n${body}\nret %9`,
      "global auto f(ptr, ptr, i64) i64",
    ).filter((line) => line.includes("load")).length;

  test.each([
    ["what was stored is known", "store u64 [%1], %3\n%9 = load i64 u64 [%1]", 0],
    ["what was loaded is known", "%4 = load i64 u64 [%1]\n%5 = load i64 u64 [%1]\n%9 = add i64 %4, %5", 1],
    ["another pointer may be the same", "store u64 [%1], %3\nstore u64 [%2], %3\n%9 = load i64 u64 [%1]", 1],
    ["a call may change memory", "store u64 [%1], %3\ncall void helper 1()\n%9 = load i64 u64 [%1]", 1],
    ["a barrier ends what is known", "store u64 [%1], %3\nbarrier\n%9 = load i64 u64 [%1]", 1],
    ["volatile loads stay", "%4 = load i64 u64 [%1] volatile\n%5 = load i64 u64 [%1] volatile\n%9 = add i64 %4, %5", 2],
    [
      "globals of other names do not overlap",
      "%4 = addr global a\n%5 = addr global b\nstore u64 [%4], %3\nstore u64 [%5], %3\n%9 = load i64 u64 [%4]",
      0,
    ],
    [
      "stores beside do not matter",
      "%4 = addr global a\nstore u64 [%4], %3\nstore u64 [%4 + 8], %3\n%9 = load i64 u64 [%4]",
      0,
    ],
    [
      "stores across do, by another name of the place",
      "%4 = addr global a\n%5 = addr global a + 3\nstore u64 [%4], %3\nstore u64 [%5], %3\n%9 = load i64 u64 [%4]",
      1,
    ],
    [
      "a place is one by each of its names",
      "%4 = addr global a\n%5 = addr global a + 8\nstore u64 [%5], %3\n%9 = load i64 u64 [%4 + 8]",
      0,
    ],
    ["stores across do", "%4 = addr global a\nstore u64 [%4], %3\nstore u64 [%4 + 4], %3\n%9 = load i64 u64 [%4]", 1],
    [
      "one CO-RE field is one",
      "%4 = load i64 u64 [%1 + 8] core(field_byte_offset 0:0:1)\n%5 = load i64 u64 [%1 + 8] core(field_byte_offset 0:0:2)\n%6 = load i64 u64 [%1 + 8] core(field_byte_offset 0:0:1)\n%7 = add i64 %4, %5\n%9 = add i64 %7, %6",
      2,
    ],
    ["constants stored byte by byte are a number", bytes("%9 = load i64 u32 [%4]"), 0],
    ["all its bytes must be known", bytes("%9 = load i64 u64 [%4]"), 1],
    ["a store between by another pointer", bytes("store u8 [%5 + 1], %3\n%9 = load i64 u32 [%4]"), 1],
    ["calls do not reach what nobody was given", bytes("call void helper 1()\n%9 = load i64 u32 [%4]"), 0],
    [
      "nor before it was",
      bytes("call void helper 1()\n%8 = load i64 u32 [%4]\ncall void helper 1(%4)\n%9 = load i64 u32 [%4]"),
      1,
    ],
  ])("%s", (_, body, want) => {
    expect(loads(body)).toBe(want);
  });
  test("with their sign", () => {
    const made = run([forwardMemory], `s0: 8 align 8 x\nb0:\n${bytes("%9 = load i64 s16 [%4 + 2]")}\nret %9`);
    expect(made.at(-2)).toContain("const i64 -");
  });

  test("loads after a branch are not merged with those of its other way", () => {
    const lines = run(
      [forwardMemory],
      `b0:
       %1 = param ptr 0
       %2 = param ptr 1
       %3 = const ptr 0
       br eq %1, %3, b10, b11
       b10:
       %4 = load i64 u64 [%2]
       jump b12
       b11:
       %5 = load i64 u64 [%2]
       jump b12
       b12:
       %6 = load i64 u64 [%2]
       ret %6`,
      "global auto f(ptr, ptr) i64",
    );
    expect(lines.filter((line) => line.includes("load"))).toHaveLength(3);
  });
});

test("drop-dead-stores keeps what a call can see, and shrinks fills", () => {
  const lines = run(
    [dropDeadStores],
    `s0: 16 align 8 key
     b0:
     %1 = slot s0
     %2 = const i64 1
     fill [%1], 0, 16 align 8
     store u64 [%1 + 8], %2
     call void helper 1(%1)
     store u64 [%1], %2
     ret %2`,
    "global auto f() i64",
  );
  expect(lines.filter((line) => /fill|store/.test(line))).toEqual([
    "fill [%1], 0, 8 align 8",
    "store u64 [%1 + 8], %2",
  ]);
});

test("number-values merges equal arithmetic, not calls or loads", () => {
  const lines = run(
    [numberValues],
    `b0:
     %1 = param i64 0
     %2 = param i64 1
     %3 = add i64 %1, %2
     %4 = add i64 %2, %1
     %5 = call i64 helper 5()
     %6 = call i64 helper 5()
     %7 = xor i64 %3, %4
     %8 = xor i64 %5, %6
     %9 = add i64 %7, %8
     ret %9`,
  );
  expect(lines.filter((line) => line.includes("call"))).toHaveLength(2);
  expect(lines).toContain("%7 = xor i64 %3, %3");
});

test("follow-branches answers what was asked before", () => {
  const lines = run(
    [followBranches, simplifyCfg],
    `b0:
     %1 = param ptr 0
     %2 = const ptr 0
     br eq %1, %2, b10, b11
     b10:
     %3 = const i64 0
     ret %3
     b11:
     br ne %1, %2, b12, b10
     b12:
     %4 = load i64 u64 [%1]
     ret %4`,
    "global auto f(ptr) i64",
  );
  expect(lines.filter((line) => line.startsWith("br"))).toHaveLength(1);
});

test("thread-jumps turns a flag into control flow, and the first test of a loop into none", () => {
  const flag = run(
    [threadJumps, promote, simplify(), simplifyCfg, dropDead],
    `b0:
     %1 = param i64 0
     %2 = param i64 1
     %3 = const i64 0
     br eq %1, %3, b10, b11
     b10:
     %4 = const i32 1
     jump b12
     b11:
     %5 = const i32 0
     jump b12
     b12:
     %6 = phi i32 b10: %4, b11: %5
     %7 = const i32 0
     br ne %6, %7, b13, b14
     b13:
     ret %1
     b14:
     ret %2`,
  );
  expect(flag.filter((line) => /phi|jump/.test(line))).toEqual([]);
  const loop = run(
    [threadJumps, promote, simplifyCfg, dropDead],
    `b0:
     %1 = const i64 0
     %2 = const i64 10
     %3 = const i64 1
     jump b10
     b10:
     %4 = phi i64 b0: %1, b11: %5
     br ult %4, %2, b11, b12
     b11:
     call void helper 1(%4)
     %5 = add i64 %4, %3
     jump b10
     b12:
     ret %4`,
  );
  expect(loop.filter((line) => line.startsWith("br"))).toHaveLength(1);
  expect(loop.filter((line) => line.startsWith("jump"))).toHaveLength(1);
});

test.each([
  ["sgt", -1, "slt", 0, "b15"],
  ["slt", 5, "sge", 5, "b15"],
  ["ult", 10, "ult", 11, "b14"],
  ["ult", 10, "slt", 10, "b14"],
  ["ult", 10, "eq", 10, "b15"],
  ["sle", 10, "ult", 10, undefined],
  ["uge", 3, "ne", 2, "b14"],
  ["ult", 10, "ugt", 3, undefined],
])("x %s %i answers x %s %i: %s", (fn, c, then, d, want) => {
  const lines = run(
    [followBranches],
    `b0:
     %1 = param i64 0
     %2 = const i64 ${c}
     %3 = const i64 ${d}
     br ${fn} %1, %2, b12, b13
     b12:
     br ${then} %1, %3, b14, b15
     b13:
     ret %1
     b14:
     ret %2
     b15:
     ret %3`,
  );
  expect(lines.includes(`br ${then} %1, %3, b14, b15`)).toBe(want === undefined);
  if (want !== undefined) expect(lines).toContain(`jump ${want}`);
});

describe("dead stores across blocks", () => {
  const stores = (rest: string): number =>
    run(
      [dropDeadStores],
      `s0: 8 align 8 a
       b0:
       %1 = param i64 0
       %2 = slot s0
       %3 = const i64 0
       store u64 [%2], %3
       br eq %1, %3, b10, b11
       ${rest}`,
    ).filter((line) => line.startsWith("store")).length;

  test.each([
    [
      "overwritten on one way, gone on the other",
      "b10:\nret %1\nb11:\nstore u64 [%2], %1\ncall void helper 1(%2)\nret %1",
      1,
    ],
    [
      "read on one way",
      "b10:\ncall void helper 1(%2)\nret %1\nb11:\nstore u64 [%2], %1\ncall void helper 1(%2)\nret %1",
      2,
    ],
    [
      "overwritten on both",
      "b10:\nstore u64 [%2], %1\njump b12\nb11:\nstore u64 [%2], %3\njump b12\nb12:\ncall void helper 1(%2)\nret %1",
      2,
    ],
    ["ended, then read", "b10:\nend s0\njump b12\nb11:\nend s0\njump b12\nb12:\ncall void helper 1(%2)\nret %1", 0],
    [
      "read by the next round",
      "b10:\nret %1\nb11:\ncall void helper 1(%2)\nstore u64 [%2], %1\nbr eq %1, %3, b11, b12\nb12:\nret %1",
      2,
    ],
  ])("%s", (_, rest, want) => {
    expect(stores(rest)).toBe(want);
  });
});

test("divide-unsigned leaves no signed division", () => {
  const lines = run(
    [divideUnsigned],
    "b0:\n%1 = param i64 0\n%2 = param i64 1\n%3 = sdiv i64 %1, %2\n%4 = smod i64 %3, %2\nret %4",
  );
  expect(lines.some((line) => /sdiv|smod/.test(line))).toBe(false);
});

describe("inline", () => {
  const program = (kind: string, linkage: string) =>
    parseProgram(`
      ${linkage} ${kind} callee(i64) i64
      b0:
      %1 = param i64 0
      %2 = const i64 0
      br eq %1, %2, b3, b4
      b3:
      ret %2
      b4:
      %5 = add i64 %1, %1
      ret %5

      global never main() i64 section "fentry/f"
      b0:
      %1 = const i64 5
      %2 = call i64 function callee(%1)
      %3 = call i64 function callee(%2)
      ret %3`);

  test.each([
    ["always", "static", true, ["main"]],
    ["always", "static", false, ["main"]],
    ["auto", "static", true, ["main"]],
    ["auto", "static", false, ["callee", "main"]],
    ["never", "static", true, ["callee", "main"]],
    ["auto", "global", true, ["callee", "main"]],
  ])("%s %s, worth it: %s", (kind, linkage, auto, want) => {
    const made = inlineCalls(program(kind, linkage), { auto, optimise: (fn) => fn });
    for (const fn of made.functions) checkSsa(fn, "inline");
    expect(made.functions.map((fn) => fn.name)).toEqual(want);
    const calls = printIr(made.functions.at(-1)!).match(/call i64 function/g)?.length ?? 0;
    expect(calls).toBe(kind === "never" || (kind === "auto" && !auto) ? 2 : 0);
  });

  test("a callback stays", () => {
    const made = optimise(
      parseProgram(`
        static auto step(i64, ptr) i64
        b0:
        %1 = const i64 0
        ret %1

        global never main() i64 section "fentry/f"
        b0:
        %1 = addr func step
        %2 = const i64 5
        %3 = const ptr 0
        %4 = const i64 0
        %5 = call i64 helper 181(%2, %1, %3, %4)
        ret %5`),
      { level: 2, check: true },
    );
    expect(made.functions.map((fn) => fn.name)).toEqual(["step", "main"]);
  });
});

describe("the checker names the guilty", () => {
  test.each([
    ["b0:\nret %1", "not defined"],
    ["b0:\n%1 = const i64 1\n%2 = const i32 1\n%3 = add i64 %1, %2\nret %3", "types"],
    ["b0:\n%1 = const i64 1\nbr eq %1, %1, b10, b11\nb10:\n%2 = const i64 1\njump b11\nb11:\nret %2", "dominate"],
    ["b0:\n%1 = const i64 1\njump b10\nb10:\n%2 = phi i64 b0: %1, b5: %1\nret %2", "arguments"],
    ["b0:\n%1 = const i32 1\nret %1", "returns"],
  ])("%s", (body, want) => {
    expect(() => checkSsa(parseIr(`global auto f() i64\n${body}`), "some pass")).toThrow(
      new RegExp(`after some pass: .*${want}`),
    );
  });
});

test("what is printed can be read", () => {
  const text = `static always f(ptr, i32) i64 section "fentry/x"
  s0: 24 align 8 buffer
b0:
  %1 = param ptr 0
  %2 = load i32 s16 [%1 - 8] volatile
  %3 = core(type_size 4:0) i64 12
  %4 = addr global data + 8
  %5 = call i64 kfunc bpf_session_cookie(%1)
  %6 = call ptr helper 1(%4, %1)
  %7 = const ptr 0
  br ne %6, %7, b8, b9 likely
b8:
  %10 = atomic i64 cmpxchg fetch u64 [%6 + 8], %5, %3
  ret %10
b9:
  unreachable
`;
  expect(printIr(parseIr(text))).toBe(text);
});
