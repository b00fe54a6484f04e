/** Critical edges: from a block with two ways out to one with phis and several ways in. Each gets a block for copies. */
import { flatMap } from "../../support/lists.ts";
import { branchTo } from "../ir/inst.ts";
import { jumpTo, withArgs, withCode, withInsts, withTerm } from "../ir/layout.ts";
import type { Block, BlockId, Inst, IrFunction, PhiArg } from "../ir/model.ts";

const hasPhi = (block: Block): boolean => block.insts[0]?.op === "phi";

/** A branch whose two targets are one block is a jump. */
function straighten(block: Block): Block {
  const { term } = block;
  if (term.op !== "br" || term.then !== term.else) return block;
  return withTerm(block, jumpTo(term.then, term.span));
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
  const laid = flatMap(blocks, (block): Block[] => {
    if (block.term.op !== "br") return [block];
    const { term } = block;
    const added: Block[] = [];
    const redirect = (to: BlockId): BlockId => {
      const id = split(block, to);
      if (id === undefined) return to;
      added.push({ id, insts: [], term: jumpTo(to, term.span) });
      return id;
    };
    const [yes, no] = [redirect(term.then), redirect(term.else)];
    if (added.length === 0) return [block];
    return [withTerm(block, branchTo(term, yes, no)), ...added];
  });
  const repaired = laid.map((block) => {
    const ways = moved.get(block.id);
    if (!ways) return block;
    const insts = block.insts.map((inst) => redirectPhi(inst, ways));
    return withInsts(block, insts);
  });
  return withCode(fn, repaired, nextId);
}

function redirectPhi(inst: Inst, ways: ReadonlyMap<BlockId, BlockId>): Inst {
  if (inst.op !== "phi") return inst;
  const args = inst.args.map((arg): PhiArg => ({ block: ways.get(arg.block) ?? arg.block, value: arg.value }));
  return withArgs(inst, args);
}
