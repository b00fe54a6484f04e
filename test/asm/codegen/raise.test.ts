import { expect, test } from "vitest";
import type { Placed } from "../../../src/asm/codegen/placed.ts";
import { raiseResults } from "../../../src/asm/codegen/raise.ts";
import { targets } from "../../../src/asm/codegen/target.ts";
import type { BlockId } from "../../../src/asm/ir/model.ts";
import { compileIr, printSubprog } from "./listing.ts";

const f = (condition: string, other = "%4 = load i64 u64 [%0]") => `static auto f(ptr, i64) i64
b10:
  %0 = param ptr 0
  %1 = param i64 1
  %2 = const i64 5
  %3 = const i64 0
  br ${condition}, b11, b12
b11:
  ret %2
b12:
  ${other}
  ret %4
`;
const printed = (text: string): readonly string[] => printSubprog(compileIr(text).subprog);

test("a constant result is set before its branch, and its exit goes", () => {
  expect(printed(f("eq %1, %3"))).toEqual(["r0 = 5", "if r2 == 0 goto b13", "r0 = *(u64 *)(r1 + 0)", "b13: exit"]);
});
test("not where a hint says that the other way is the usual one", () => {
  expect(printed(f("eq %1, %3").replace("b11, b12", "b11, b12 unlikely"))).toHaveLength(5);
});

const b = (id: number): BlockId => id as BlockId;
const mov = (dst: 0 | 1, src: { reg: 0 | 1 } | { imm: number }) =>
  ({ insn: { kind: "alu", op: "mov", width: 64, dst, src } }) as const;

function raised(asked: 0 | 1, other: Placed["items"], extra: readonly Placed[] = []): readonly number[] {
  const term = {
    kind: "branch",
    cond: { op: "eq", width: 64, dst: asked, src: { imm: 0 } },
    yes: b(1),
    no: b(2),
  } as const;
  const blocks: readonly Placed[] = [
    { id: b(0), items: [], term },
    { id: b(1), items: [mov(0, { imm: 1 })], term: { kind: "jump", to: b(3) } },
    { id: b(2), items: other, term: { kind: "jump", to: b(3) } },
    { id: b(3), items: [], term: { kind: "exit" } },
    ...extra,
  ];
  return raiseResults(blocks, targets.v3).map(({ items }) => items.length);
}

test("not where the branch, or the other way, asks r0", () => {
  expect(raised(1, [mov(0, { imm: 2 })])).toEqual([1, 0, 1, 0]);
  expect(raised(0, [mov(0, { imm: 2 })])).toEqual([0, 1, 1, 0]);
  expect(raised(1, [mov(1, { reg: 0 }), mov(0, { imm: 2 })])).toEqual([0, 1, 2, 0]);
  expect(raised(1, [])).toEqual([0, 1, 0, 0]);
});
test("not where others come to the same way", () => {
  expect(
    raised(1, [mov(0, { imm: 2 }), mov(1, { imm: 0 })], [{ id: b(4), items: [], term: { kind: "jump", to: b(1) } }])[0],
  ).toBe(0);
});
