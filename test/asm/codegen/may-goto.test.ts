import { describe, expect, test } from "vitest";
import { askMayGotoFirst } from "../../../src/asm/codegen/loop-ends.ts";
import type { Placed } from "../../../src/asm/codegen/placed.ts";
import type { BlockId } from "../../../src/asm/ir/model.ts";
import { compileIr, printSubprog } from "./listing.ts";

const loop = (header: string) => `static auto sum(i64) i64
b0:
  %0 = param i64 0
  %1 = const i64 0
  %2 = const i64 1
  %3 = const i32 0
  %4 = const i32 1
  jump b1
b1:
  %5 = phi i64 b0: %1, b3: %8
  %6 = phi i64 b0: %1, b3: %7
${header}
b3:
  %7 = add i64 %6, %5
  %8 = add i64 %5, %2
  jump b1
b4:
  ret %6
`;

describe("a branch that asks whether the loop may go on", () => {
  test.each([
    ["goes on where it is not 0", "ne %9, %3, b3, b4"],
    ["ends where it is 0", "eq %9, %3, b4, b3"],
    ["goes on where it is 1", "eq %9, %4, b3, b4"],
  ])("is one instruction: %s", (_, branch) => {
    const { subprog } = compileIr(loop(`  %9 = may_goto i32\n  br ${branch}`));
    expect(printSubprog(subprog)).toEqual([
      "r1 = 0",
      "r0 = 0",
      "goto b1",
      "b3: r0 += r1",
      "r1 += 1",
      "b1: may_goto b10",
      "goto b3",
      "b10: exit",
    ]);
  });

  test("another reader of the answer needs it as a number", () => {
    const { subprog } = compileIr(`static auto f() i32
b0:
  %0 = may_goto i32
  %1 = const i32 0
  br ne %0, %1, b1, b2
b1:
  %2 = call i64 helper 5()
  jump b2
b2:
  ret %0
`);
    expect(printSubprog(subprog).slice(0, 3)).toEqual(["w6 = 0", "may_goto s0", "w6 = 1"]);
  });

  test("at the end of a loop it is asked before what can be the jump back", () => {
    const { subprog } = compileIr(loop("  br ult %5, %0, b2, b4\nb2:\n  %9 = may_goto i32\n  br ne %9, %3, b3, b4"));
    expect(printSubprog(subprog).slice(-4)).toEqual(["r2 += 1", "b1: may_goto b10", "if r2 < r1 goto b3", "b10: exit"]);
  });

  test("two questions that lead to different places keep their order", () => {
    const id = (n: number) => n as BlockId;
    const blocks = (leaving: number): readonly Placed[] => [
      {
        id: id(0),
        items: [],
        term: {
          kind: "branch",
          cond: { op: "ge", width: 64, dst: 1, src: { reg: 2 } },
          yes: id(2),
          no: id(1),
        },
      },
      { id: id(1), items: [], term: { kind: "branch", cond: "may_goto", yes: id(leaving), no: id(3) } },
      { id: id(2), items: [], term: { kind: "exit" } },
      { id: id(3), items: [], term: { kind: "exit" } },
    ];
    expect(askMayGotoFirst(blocks(3))).toEqual(blocks(3));
    expect(askMayGotoFirst(blocks(2)).slice(0, 2)).toMatchObject([
      { id: 0, term: { cond: "may_goto", yes: 2, no: 1 } },
      { id: 1, term: { cond: { op: "ge" }, yes: 2, no: 3 } },
    ]);
  });
});
