/**
 * Straightens control flow: decided branches become jumps, a block with one way in joins the block before it, blocks
 * that only jump are passed by, branches to where both ways return at once are none.
 * Relies on: nothing. Keeps: instructions.
 */
import { flatMap } from "../../../support/lists.ts";
import { predecessors } from "../cfg.ts";
import { blockMap, type Pass, Replacements, substitute, withBlocks } from "../edit.ts";
import { mapSuccessors } from "../inst.ts";
import { withArgs, withInsts, withTerm } from "../layout.ts";
import type { Block, BlockId, Inst, IrFunction, PhiArg, ValueId } from "../model.ts";

export const simplifyCfg: Pass = {
  name: "simplify-cfg",
  run: (fn) => mergeChains(skipEmpty(sameEnds(fn))),
};

/** A branch whose ways both do nothing but return one value asks for nothing. */
function sameEnds(fn: IrFunction): IrFunction {
  const byId = blockMap(fn);
  const endOf = (id: BlockId): ValueId | "nothing" | undefined => {
    const { insts, term } = byId.get(id)!;
    return insts.length === 0 && term.op === "ret" ? (term.value ?? "nothing") : undefined;
  };
  let changed = false;
  for (const block of fn.blocks) {
    const { term } = block;
    if (term.op !== "br") continue;
    const end = endOf(term.then);
    if (end === undefined || end !== endOf(term.else)) continue;
    byId.set(
      block.id,
      withTerm(
        block,
        mapSuccessors(term, () => term.then),
      ),
    );
    changed = true;
  }
  return changed ? withBlocks(fn, byId) : fn;
}

/** Jumps over blocks that hold nothing but a jump, where no phi would see two ways from one block. */
function skipEmpty(fn: IrFunction): IrFunction {
  if (!fn.blocks.some(({ insts, term }, i) => i > 0 && insts.length === 0 && term.op === "jump")) return fn;
  const blocks = blockMap(fn);
  const preds = new Map([...predecessors(fn.blocks)].map(([id, list]) => [id, new Set(list)]));
  let changed = false;
  // From the end, so that chains of empty blocks collapse in one go.
  for (const { id } of [...fn.blocks].reverse()) {
    const block = blocks.get(id)!;
    const { term } = block;
    if (id === fn.blocks[0]!.id || block.insts.length > 0 || term.op !== "jump" || term.to === id) continue;
    const next = blocks.get(term.to)!;
    const from = [...preds.get(id)!];
    const into = preds.get(next.id)!;
    const hasPhis = next.insts[0]?.op === "phi";
    if (hasPhis && from.some((pred) => into.has(pred))) continue;
    if (hasPhis)
      blocks.set(
        next.id,
        withInsts(
          next,
          next.insts.map((inst) => splitPhiArg(inst, id, from)),
        ),
      );
    for (const pred of from) {
      const before = blocks.get(pred)!;
      blocks.set(
        pred,
        withTerm(
          before,
          mapSuccessors(before.term, (to) => (to === id ? next.id : to)),
        ),
      );
      into.add(pred);
    }
    into.delete(id);
    preds.get(id)!.clear();
    changed = true;
  }
  return changed ? withBlocks(fn, blocks) : fn;
}

/** The value that came by `via` now comes from each block of `from` at once. */
function splitPhiArg(inst: Inst, via: BlockId, from: readonly BlockId[]): Inst {
  if (inst.op !== "phi") return inst;
  const args = flatMap(inst.args, (arg): PhiArg[] =>
    arg.block === via ? from.map((block) => ({ block, value: arg.value })) : [arg],
  );
  return withArgs(inst, args);
}

/** Joins each block that jumps to a block which nothing else reaches with that block. */
function mergeChains(fn: IrFunction): IrFunction {
  const preds = predecessors(fn.blocks);
  const entry = fn.blocks[0]!.id;
  const joins = ({ id, term }: Block): boolean =>
    term.op === "jump" && preds.get(term.to)!.length === 1 && term.to !== id && term.to !== entry;
  if (!fn.blocks.some(joins)) return fn;
  const blocks = blockMap(fn);
  const replaced = new Replacements();
  const renamed = new Map<BlockId, BlockId>();
  const gone = new Set<BlockId>();
  for (const { id } of fn.blocks) {
    if (gone.has(id)) continue;
    const insts: Inst[] = [];
    let last = blocks.get(id)!;
    insts.push(...last.insts);
    let merged = false;
    while (last.term.op === "jump") {
      const next: Block = blocks.get(last.term.to)!;
      if (preds.get(next.id)!.length !== 1 || next.id === id || next.id === entry) break;
      for (const inst of next.insts) {
        if (inst.op === "phi") replaced.set(inst.id, inst.args[0]!.value);
        else insts.push(inst);
      }
      gone.add(next.id);
      renamed.set(next.id, id);
      last = next;
      merged = true;
    }
    if (merged) blocks.set(id, { id, insts, term: last.term });
  }
  if (gone.size === 0) return fn;
  const rename = (arg: PhiArg): PhiArg => {
    const block = renamed.get(arg.block);
    return block === undefined ? arg : { block, value: arg.value };
  };
  for (const [id, block] of blocks) {
    if (gone.has(id)) blocks.delete(id);
    else if (block.insts[0]?.op === "phi")
      blocks.set(
        id,
        withInsts(
          block,
          block.insts.map((inst) => (inst.op === "phi" ? withArgs(inst, inst.args.map(rename)) : inst)),
        ),
      );
  }
  return substitute(withBlocks(fn, blocks), replaced);
}
