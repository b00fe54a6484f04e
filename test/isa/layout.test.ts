import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { add64, exit, if32, if64, jump, jumpLong, ldInt, mayGoto } from "../../src/isa/build.ts";
import { decodeInsns } from "../../src/isa/decode.ts";
import { encodeInsns } from "../../src/isa/encode.ts";
import type { Insn, Line } from "../../src/isa/insn.ts";
import { layoutLines } from "../../src/isa/layout.ts";
import { printInsn } from "../../src/isa/print.ts";
import { InternalError } from "../../src/support/bug.ts";

const line = (insn: Insn, ...labels: string[]): Line => (labels.length ? { insn, labels } : { insn });
const listing = (lines: readonly Line[], options = {}) =>
  layoutLines(lines, options).lines.map(({ slot, insn }) => `${slot}: ${printInsn(insn)}`);

test("labels become distances in slots, and ld_imm64 counts two", () => {
  const lines = [
    line(if64("eq").imm(1, 0, "out")),
    line(ldInt(0, 5n), "again"),
    line(if32("lt").imm(0, 3, "again")),
    line(mayGoto("out")),
    line(exit(), "out", "end"),
  ];
  expect(listing(lines)).toEqual([
    "0: if r1 == 0 goto +4",
    "1: r0 = 0x5 ll",
    "3: if w0 < 3 goto -3",
    "4: may_goto +0",
    "5: exit",
  ]);
});

describe("a branch over more than 32767 slots", () => {
  const filler = Array.from({ length: 40_000 }, () => line(add64.imm(0, 1)));
  const far = (insn: Insn) => [line(insn, "top"), ...filler, line(exit(), "out")];

  test.each([
    [jump("out"), ["0: gotol +40000", "1: r0 += 1"]],
    [jumpLong("out"), ["0: gotol +40000", "1: r0 += 1"]],
    [if64("eq").imm(1, 0, "out"), ["0: if r1 != 0 goto +1", "1: gotol +40000", "2: r0 += 1"]],
    [if64("set").imm(1, 1, "out"), ["0: if r1 & 1 goto +1", "1: goto +1", "2: gotol +40000"]],
  ])("%o becomes gotol", (insn, start) => {
    expect(listing(far(insn)).slice(0, start.length)).toEqual(start);
  });

  test("is reported where gotol may not be used", () => {
    expect(layoutLines(far(jump("out")), { gotol: false }).tooFar).toEqual([
      { lineIdx: 0, label: "out", distance: 40_000 },
    ]);
    expect(layoutLines(far(mayGoto("out"))).tooFar).toHaveLength(1);
  });

  test("growing one can push another out of reach", () => {
    const before = filler.slice(0, 32_766);
    const lines = [line(jump("out")), line(if64("eq").imm(1, 0, "end")), ...before, line(exit(), "out"), ...filler];
    const placed = layoutLines([...lines, line(exit(), "end")]).lines;
    expect(printInsn(placed[0]!.insn)).toBe("gotol +32768");
  });
});

test("an unknown or repeated label is our mistake", () => {
  expect(() => layoutLines([line(jump("nowhere"))])).toThrow(InternalError);
  expect(() => layoutLines([line(exit(), "a"), line(exit(), "a")])).toThrow(InternalError);
});

test("every branch lands on the line with its label", () => {
  const shape = fc.array(fc.record({ kind: fc.constantFrom("jump", "wide", "alu"), to: fc.nat() }), { minLength: 1 });
  fc.assert(
    fc.property(shape, (items) => {
      const lines = items.map(({ kind, to }, i) => {
        const label = `L${to % items.length}`;
        return line(kind === "jump" ? jump(label) : kind === "wide" ? ldInt(1, 1n) : add64.imm(1, i), `L${i}`);
      });
      const { lines: placed, slots } = layoutLines(lines);
      expect(encodeInsns(placed.map((p) => p.insn))).toHaveLength(slots * 8);
      placed.forEach(({ insn, slot }, i) => {
        if (insn.kind !== "jump" || !("off" in insn.target)) return;
        expect(slot + 1 + insn.target.off).toBe(placed[items[i]!.to % items.length]!.slot);
      });
      expect(decodeInsns(encodeInsns(placed.map((p) => p.insn)))).toEqual(placed.map((p) => p.insn));
    }),
  );
});
