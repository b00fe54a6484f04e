/**
 * Blocks that only return what a phi gives become one: what ends alike before them then goes on to one place, and can be
 * shared.
 * Relies on: nothing. Keeps: instructions other than these phis.
 */
import { blockMap, type Pass, withBlocks } from "../edit.ts";
import { type InstOf, mapSuccessors, successors } from "../inst.ts";
import { withArgs, withInsts, withTerm } from "../layout.ts";
import type { Block, BlockId, IrFunction } from "../model.ts";

interface End {
  readonly block: Block;
  readonly phi: InstOf<"phi">;
}

export const oneReturn: Pass = {
  name: "one-return",
  run(fn) {
    const ends = fn.blocks.flatMap(endOf);
    const [kept] = ends;
    if (!kept || ends.length < 2) return fn;
    return joined(fn, kept, ends);
  },
};

function endOf(block: Block): End[] {
  const [phi] = block.insts;
  const { term } = block;
  if (block.insts.length !== 1 || phi?.op !== "phi" || term.op !== "ret" || term.value !== phi.id) return [];
  return [{ block, phi }];
}

/** Sends the ways into `ends` to the first of them; one that shares a way in with those before stays. */
function joined(fn: IrFunction, kept: End, ends: readonly End[]): IrFunction {
  const args = [...kept.phi.args];
  const from = new Set(args.map((arg) => arg.block));
  const gone = new Set<BlockId>();
  for (const { block, phi } of ends.slice(1)) {
    if (phi.args.some((arg) => from.has(arg.block))) continue;
    for (const arg of phi.args) {
      args.push(arg);
      from.add(arg.block);
    }
    gone.add(block.id);
  }
  if (gone.size === 0) return fn;
  const blocks = blockMap(fn);
  for (const [id, block] of blocks) {
    if (!successors(block.term).some((to) => gone.has(to))) continue;
    blocks.set(
      id,
      withTerm(
        block,
        mapSuccessors(block.term, (to) => (gone.has(to) ? kept.block.id : to)),
      ),
    );
  }
  blocks.set(kept.block.id, withInsts(kept.block, [withArgs(kept.phi, args)]));
  return withBlocks(fn, blocks);
}
