/** Critical edges: from a block with two ways out to one with phis and several ways in. Each gets a block for copies. */
import { branchTo } from "../ir/inst.ts";
import type { Block, BlockId, Inst, IrFunction, PhiArg } from "../ir/model.ts";

const hasPhi = (block: Block): boolean => block.insts[0]?.op === "phi";

/** A branch whose two targets are one block is a jump. */
function straighten(block: Block): Block {
  const { term } = block;
  if (term.op !== "br" || term.then !== term.else) return block;
  return { ...block, term: { op: "jump", to: term.then, ...(term.span && { span: term.span }) } };
}

/** Relies on: one phi argument per predecessor. Gives: every edge into a block with phis has room for copies. */
export function splitEdges(fn: IrFunction): IrFunction {
  const blocks = fn.blocks.map(straighten);
  const byId = new Map(blocks.map((b) => [b.id, b]));
  const moved = new Map<BlockId, Map<BlockId, BlockId>>();
  let nextId = fn.nextId;
  const split = (from: Block, to: BlockId): BlockId | undefined => {
    const target = byId.get(to);
    if (!target || !hasPhi(target)) return undefined;
    const id = nextId++ as BlockId;
    const ways = moved.get(to) ?? new Map<BlockId, BlockId>();
    moved.set(to, ways.set(from.id, id));
    return id;
  };
  const laid = blocks.flatMap((block) => {
    if (block.term.op !== "br") return [block];
    const { term } = block;
    const added: Block[] = [];
    const redirect = (to: BlockId): BlockId => {
      const id = split(block, to);
      if (id === undefined) return to;
      added.push({ id, insts: [], term: { op: "jump", to, ...(term.span && { span: term.span }) } });
      return id;
    };
    const changed = { ...block, term: branchTo(term, redirect(term.then), redirect(term.else)) };
    return [changed, ...added];
  });
  const repaired = laid.map((block) => {
    const ways = moved.get(block.id);
    return ways ? { ...block, insts: block.insts.map((inst) => redirectPhi(inst, ways)) } : block;
  });
  return { ...fn, blocks: repaired, nextId };
}

function redirectPhi(inst: Inst, ways: ReadonlyMap<BlockId, BlockId>): Inst {
  if (inst.op !== "phi") return inst;
  const args = inst.args.map((arg): PhiArg => ({ ...arg, block: ways.get(arg.block) ?? arg.block }));
  return { ...inst, args };
}
