import { describe, expect, test } from "vitest";
import { slotRegion } from "../../../src/asm/ir/aliases.ts";
import { Replacements } from "../../../src/asm/ir/edit.ts";
import { loopsOf, mayLoop } from "../../../src/asm/ir/loops.ts";
import type { BlockId, IrFunction, SlotId, ValueId } from "../../../src/asm/ir/model.ts";
import { parseIr } from "../../../src/asm/ir/parse.ts";
import { valueKey } from "../../../src/asm/ir/passes/number-values.ts";
import { definitions, Homes, OwnDefinitions, useCounts } from "../../../src/asm/ir/uses.ts";

const v = (n: number): ValueId => n as ValueId;

const loop: IrFunction = parseIr(`global auto f(i32) i32
b0:
%1 = param i32 0
%2 = const i32 1
jump b3
b3:
%4 = phi i32 b0: %2, b3: %5
%5 = add i32 %4, %2
br ult %5, %1, b3, b6
b6:
ret %5`);

describe("definitions of a function", () => {
  test("by value, and in the order of the blocks", () => {
    const defs = definitions(loop);
    expect(defs.get(v(4))?.op).toBe("phi");
    expect(defs.get(v(3))).toBeUndefined();
    expect(defs.get(v(1000))).toBeUndefined();
    expect([...defs.keys()]).toEqual([1, 2, 4, 5]);
    expect([...defs].map(([id, inst]) => id === inst.id)).toEqual([true, true, true, true]);
    expect(defs.size).toBe(4);
  });

  test("what a pass makes is its own", () => {
    const own = new OwnDefinitions(loop);
    const made = { op: "const", ty: "i32", value: 7n, id: v(50) } as const;
    own.set(v(50), made);
    expect(own.get(v(50))).toBe(made);
    expect(own.get(v(2))).toBe(definitions(loop).get(v(2)));
    expect(definitions(loop).get(v(50))).toBeUndefined();
    expect(new OwnDefinitions(loop).get(v(50))).toBeUndefined();
  });

  test("uses are counted, terminators' among them", () => {
    const uses = useCounts(loop);
    expect([1, 2, 4, 5].map((id) => uses.get(v(id)))).toEqual([1, 2, 1, 3]);
    expect(uses.get(v(3))).toBeUndefined();
    expect(uses.has(v(3))).toBe(false);
  });

  test("homes grow with what is added", () => {
    const homes = new Homes(loop);
    expect([1, 4, 3, 999].map((id) => homes.get(v(id)))).toEqual([0, 3, undefined, undefined]);
    homes.set(v(999), 6 as BlockId);
    expect(homes.get(v(999))).toBe(6);
    expect(homes.get(v(998))).toBeUndefined();
  });
});

test("replacements follow chains, whatever order they come in", () => {
  const replaced = new Replacements();
  expect(replaced.get(v(7))).toBe(7);
  replaced.set(v(900), v(3));
  replaced.set(v(3), v(0));
  replaced.set(v(1), v(900));
  expect([900, 3, 1, 0, 5000].map((id) => replaced.get(v(id)))).toEqual([0, 0, 0, 0, 5000]);
  expect(replaced.size).toBe(3);
  expect(replaced.has(v(0))).toBe(false);
  replaced.set(v(0), v(8));
  expect([900, 3, 1, 0].map((id) => replaced.get(v(id)))).toEqual([8, 8, 8, 8]);
});

test("a loop is seen before it is looked for", () => {
  expect(mayLoop(loop)).toBe(true);
  expect(loopsOf(loop)).toHaveLength(1);
  const straight = { ...loop, blocks: [loop.blocks[0]!, { ...loop.blocks[2]!, id: 3 as BlockId }] };
  expect(mayLoop(straight)).toBe(false);
});

test("a region is one string, however it is made", () => {
  expect(slotRegion(5 as SlotId)).toBe("slot 5");
  expect(slotRegion(123_456 as SlotId)).toBe("slot 123456");
});

test("keys of different instructions differ, also where operands have large numbers", () => {
  const sizes = [8, 16, 32] as const;
  const operands = [0, 1, 2 ** 22 - 1, 2 ** 22, 2 ** 30].map(v);
  const types = ["i32", "i64"] as const;
  const keys = types.flatMap((ty) =>
    operands.flatMap((a) => [
      ...(["neg", "cast"] as const).map((op) => valueKey({ op, ty: "i64", a, id: v(0) } as never)),
      ...sizes.flatMap((from) =>
        (["zext", "sext"] as const).map((op) => valueKey({ op, ty, from, a, id: v(0) } as never)),
      ),
      ...([16, 32, 64] as const).map((bits) => valueKey({ op: "bswap", ty, bits, a, id: v(0) } as never)),
      ...operands.flatMap((b) => [
        ...(["sub", "udiv", "shl", "ashr"] as const).map((fn) => valueKey({ op: "bin", ty, fn, a, b, id: v(0) })),
        ...(["eq", "ult", "set"] as const).map((fn) => valueKey({ op: "cmp", ty, fn, a, b, id: v(0) })),
      ]),
    ]),
  );
  const perOperand = 6 + 3 + 7 * operands.length;
  expect(new Set(keys).size).toBe(operands.length * (2 * perOperand + 2));
});
