/** Programs with many paths that are judged in few steps, because what differs between the paths does not matter. */
import { describe, expect, test } from "vitest";
import { answer, judge, type Source } from "./program.ts";

const each = (text: (i: number) => string): string => Array.from({ length: 20 }, (_, i) => text(i)).join(" ");

/** Two ways, twenty times over, of which one does something more: a million paths if all are followed. */
const ways = (more: (i: number) => string): string =>
  each((i) => `call 7; r7 = 0; r7 = 0; if r0 > ${i} goto l${i}; ${more(i)} l${i}: r8 = 0;`);

/** r9 points into the stack, each time elsewhere. */
const POINTER = (i: number): string => `r9 = r10; r9 += ${-64 - 8 * i};`;

const LOOKUP = "r2 = r10; r2 += -8; r1 = array ll; call 1;";

const few: readonly (readonly [string, Source | string])[] = [
  ["a slot that nobody reads", `${ways((i) => `${POINTER(i)} *(u64 *)(r10 - 8) = r9;`)} r0 = 0; exit`],
  [
    "a slot that is written before it is read",
    `${ways((i) => `${POINTER(i)} *(u64 *)(r10 - 8) = r9;`)} *(u64 *)(r10 - 8) = 0; r1 = *(u64 *)(r10 - 8); r0 = 0; exit`,
  ],
  [
    "a slot that a function writes before it is read",
    {
      main: `${ways((i) => `${POINTER(i)} *(u64 *)(r10 - 8) = r9;`)} r1 = r10; r1 += -16; call f; r1 = *(u64 *)(r10 - 8); r0 = 0; exit`,
      f: "*(u64 *)(r1 + 8) = 0; r0 = 0; exit",
    },
  ],
  [
    "a slot beside the one that a function reads",
    {
      main: `*(u64 *)(r10 - 16) = 0; ${ways((i) => `${POINTER(i)} *(u64 *)(r10 - 8) = r9;`)} r1 = r10; r1 += -16; call f; r0 = 0; exit`,
      f: "r0 = *(u64 *)(r1 + 0); exit",
    },
  ],
  [
    "a slot beside a key",
    `*(u32 *)(r10 - 16) = 1; ${ways((i) => `${POINTER(i)} *(u64 *)(r10 - 8) = r9;`)} r2 = r10; r2 += -16; r1 = hash ll; call 1; r0 = 0; exit`,
  ],
  [
    "a slot that a helper fills",
    `${ways((i) => `${POINTER(i)} *(u64 *)(r10 - 8) = r9;`)} r1 = r10; r1 += -8; r2 = 8; r3 = 0; call 113; r1 = *(u64 *)(r10 - 8); r0 = 0; exit`,
  ],
  [
    "a slot of a caller, while a function runs",
    {
      main: `*(u64 *)(r10 - 8) = r10; call f; r0 = 0; exit`,
      f: `${ways((i) => `${POINTER(i)} *(u64 *)(r10 - 8) = r9;`)} r0 = 0; exit`,
    },
  ],
  ["a register that nobody reads", `${ways((i) => POINTER(i))} r9 = 0; r0 = r9; exit`],
  [
    "a known distance that was possible before",
    `*(u32 *)(r10 - 8) = 1; ${LOOKUP} if r0 == 0 goto out; *(u64 *)(r10 - 16) = r0; call 7; r0 &= 7; r9 = r0; ${each((i) => `r6 = *(u64 *)(r10 - 16); call 7; if r0 > ${i} goto l${i}; r6 += r9; l${i}: *(u64 *)(r10 - ${24 + 8 * i}) = r6;`)} ${each((i) => `r6 = *(u64 *)(r10 - ${24 + 8 * i}); r1 = *(u8 *)(r6 + 0);`)} out: r0 = 0; exit`,
  ],
  [
    "a key that is not constant",
    `r6 = 0; ${ways((i) => `r6 += ${i};`)} call 7; r0 &= 7; r0 += r6; *(u32 *)(r10 - 8) = r0; ${LOOKUP} r0 = 0; exit`,
  ],
  [
    "what is stored behind the start of a slot",
    `r6 = 1; ${ways((i) => `r6 += ${i};`)} *(u32 *)(r10 - 4) = r6; r0 = 0; exit`,
  ],
];

describe("paths that differ in what does not matter are followed once", () => {
  test.each(few)("%s", (_, source) => {
    const { verdict, processed } = judge(source);
    expect(verdict).toBe("accepted");
    expect(processed).toBeLessThan(500);
  });
});

test("what a callback counts up is forgotten after one round", () => {
  const main =
    "*(u64 *)(r10 - 8) = 0; call 7; r1 = r0; r2 = f ll; r3 = r10; r3 += -8; r4 = 0; call 181; r1 = *(u64 *)(r10 - 8); r0 = 0; exit";
  const { verdict, processed } = judge({
    main,
    f: "r3 = *(u64 *)(r2 + 0); r3 += 1; *(u64 *)(r2 + 0) = r3; r0 = 1; if r1 > 9 goto out; r0 = 0; out: exit",
  });
  expect(verdict).toBe("accepted");
  expect(processed).toBeLessThan(40);
});

/** Where one way is safe and the other is not, both are followed. */
const unsafe: readonly (readonly [string, string, Source])[] = [
  [
    "a number that a helper weighs",
    "E0549",
    {
      section: "cgroup/dev",
      main: "r6 = -1; call 7; r7 = 0; r8 = 0; if r0 > 5 goto meet; call 7; r6 = r0; r7 = 0; goto meet2; meet: r6 = -2; meet2: r7 = 0; call 7; r1 = r6; call 187; r0 = 0; exit",
    },
  ],
  [
    "a slot that a function reads through a pointer that was saved",
    "E0509",
    {
      main: `r1 = r10; r1 += -8; *(u64 *)(r10 - 16) = r1; *(u64 *)(r10 - 8) = r10; call 7; r7 = 0; r8 = 0; r9 = 0; if r0 > 5 goto meet; call 7; *(u64 *)(r10 - 8) = r0; r7 = 0; meet: call 7; r7 = 0; r1 = r10; r1 += -16; call f; r0 = 0; exit`,
      f: "r1 = *(u64 *)(r1 + 0); r1 = *(u64 *)(r1 + 0); r0 = *(u64 *)(r1 - 8); exit",
    },
  ],
  [
    "a slot that a callback reads",
    "E0509",
    {
      main: `*(u64 *)(r10 - 8) = r10; call 7; r7 = 0; r8 = 0; r9 = 0; if r0 > 5 goto meet; call 7; *(u64 *)(r10 - 8) = r0; r7 = 0; meet: call 7; r7 = 0; r1 = 1; r2 = f ll; r3 = r10; r3 += -8; r4 = 0; call 181; r0 = 0; exit`,
      f: "r1 = *(u64 *)(r2 + 0); r0 = *(u64 *)(r1 - 8); r0 = 0; exit",
    },
  ],
  [
    "a slot that is written on one way only",
    "E0509",
    {
      main: `*(u64 *)(r10 - 8) = r10; call 7; r7 = 0; r8 = 0; r9 = 0; if r0 > 5 goto meet; call 7; *(u64 *)(r10 - 8) = r0; r7 = 0; meet: call 7; r7 = 0; r8 = 0; call 7; r1 = r10; r1 += -16; if r0 > 5 goto wide; r1 += 8; wide: *(u64 *)(r1 + 0) = r10; r1 = *(u64 *)(r10 - 8); r0 = *(u64 *)(r1 - 8); r0 = 0; exit`,
    },
  ],
];

describe("what matters is compared", () => {
  test.each(unsafe)("%s", (_, code, source) => {
    expect(answer(source)).toBe(code);
  });
});
