import { expect, test } from "vitest";
import { orderBlocks } from "../../../src/asm/codegen/layout.ts";
import type { Placed } from "../../../src/asm/codegen/placed.ts";
import { preferShortWays } from "../../../src/asm/codegen/short-ways.ts";
import { targets } from "../../../src/asm/codegen/target.ts";
import type { BlockId } from "../../../src/asm/ir/model.ts";

const b = (id: number): BlockId => id as BlockId;
const item = { insn: { kind: "alu", op: "add", width: 64, dst: 1, src: { imm: 1 } } } as const;

/** Tests in a row, each of which may end at once in a block of its own. */
function ladder(length: number, likely?: boolean): readonly Placed[] {
  const hint = likely === undefined ? {} : { likely };
  const rungs = Array.from({ length }, (_, i): Placed[] => [
    {
      id: b(2 * i),
      items: [item, item],
      term: {
        kind: "branch",
        cond: { op: "gt", width: 64, dst: 1, src: { imm: i } },
        yes: b(2 * i + 1),
        no: b(2 * i + 2),
        ...hint,
      },
    },
    { id: b(2 * i + 1), items: [item], term: { kind: "exit" } },
  ]);
  return [...rungs.flat(), { id: b(2 * length), items: [item], term: { kind: "exit" } }];
}

const order = (blocks: readonly Placed[]): readonly BlockId[] => orderBlocks(blocks, targets.v3).map(({ id }) => id);
const hints = (blocks: readonly Placed[]) =>
  preferShortWays(blocks, targets.v3).flatMap(({ term }) => (term.kind === "branch" ? [term.likely] : []));

test("in a long function each early end comes right behind its test", () => {
  const first = order(preferShortWays(ladder(40), targets.v3)).slice(0, 5);
  expect(first).toEqual([0, 1, 2, 3, 4]);
  expect(order(ladder(40)).slice(0, 3)).toEqual([0, 2, 4]);
});
test("not near the end, where neither way is far longer", () => {
  expect(hints(ladder(40)).slice(0, 38)).not.toContain(undefined);
  expect(hints(ladder(40)).at(-1)).toBeUndefined();
});
test("a short function keeps its order, and a hint of the source stays", () => {
  expect(hints(ladder(31))).toEqual(Array(31).fill(undefined));
  expect(hints(ladder(40, false))).toEqual(Array(40).fill(false));
});
