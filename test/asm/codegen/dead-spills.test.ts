import { expect, test } from "vitest";
import { dropDeadSpills } from "../../../src/asm/codegen/dead-spills.ts";
import type { MBlock, MFunction, MInst } from "../../../src/asm/codegen/machine.ts";
import type { BlockId } from "../../../src/asm/ir/model.ts";

const save = (slot: number, r = 1): MInst => ({
  kind: "store",
  size: 8,
  base: 10,
  slot,
  off: 0,
  src: { reg: r },
  spill: true,
});
const back = (slot: number, r = 2): MInst => ({
  kind: "load",
  size: 8,
  signed: false,
  dst: r,
  base: 10,
  slot,
  off: 0,
  reload: true,
});
const call: MInst = { kind: "call", callee: { kind: "helper", id: 5 }, args: 0 };
const b = (id: number): BlockId => id as BlockId;

function kept(blocks: readonly MBlock[]): readonly string[] {
  const slot = (name: string, spill: boolean) => ({ size: 8, align: 8 as const, name, spill });
  const fn: MFunction = {
    blocks,
    slots: [slot("x", false), slot("", true), slot("", true)],
    recipes: new Map(),
    nextReg: 16,
  };
  return dropDeadSpills(fn).blocks.flatMap((block) =>
    block.insts.map((inst) => ("slot" in inst ? `${inst.kind} ${inst.slot}` : inst.kind)),
  );
}

const exit = { kind: "exit", value: true } as const;
const branch = (yes: number, no: number): MBlock["term"] => ({
  kind: "branch",
  cond: { op: "eq", width: 64, a: 1, b: { imm: 0 } },
  yes: b(yes),
  no: b(no),
});

test("a spilled value that nothing brings back is not saved", () => {
  expect(kept([{ id: b(0), insts: [save(1), save(2), call, back(2)], term: exit }])).toEqual([
    "store 2",
    "call",
    "load 2",
  ]);
});
test("nor one that is saved again before", () => {
  expect(kept([{ id: b(0), insts: [save(1), call, save(1), back(1)], term: exit }])).toEqual([
    "call",
    "store 1",
    "load 1",
  ]);
});
test("one that some way brings back is, in loops as well", () => {
  const blocks: MBlock[] = [
    { id: b(0), insts: [save(1), save(2)], term: { kind: "jump", to: b(1) } },
    { id: b(1), insts: [back(1), save(1)], term: branch(1, 2) },
    { id: b(2), insts: [call], term: exit },
  ];
  expect(kept(blocks)).toEqual(["store 1", "load 1", "store 1", "call"]);
});
test("the program's own objects are left alone", () => {
  expect(kept([{ id: b(0), insts: [save(0), call], term: exit }])).toEqual(["store 0", "call"]);
});
