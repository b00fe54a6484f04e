/**
 * `if (c) x = 1; else ...x = y...`: a way of nothing but constants moves above the branch and saves a jump. Where the
 * other way ends up setting x to the same, that goes too, in `dropKnownMoves`.
 */
import type { BlockId } from "../ir/model.ts";
import { livenessOf, predecessors } from "./liveness.ts";
import { defOf, eachTermUse, type MBlock, type MFunction, type MInst, successors } from "./machine.ts";

/** The most instructions that are worth running in vain for the sake of a jump. */
const MAX_HOISTED = 2;

/** Relies on: recipes are materialised. Keeps: blocks and edges; emptied blocks vanish in layout. */
export function hoistConstants(fn: MFunction): MFunction {
  const byId = new Map(fn.blocks.map((b) => [b.id, b]));
  const preds = predecessors(fn.blocks);
  const { liveIn } = livenessOf(fn);
  const added = new Map<BlockId, readonly MInst[]>();
  const emptied = new Set<BlockId>();
  for (const block of fn.blocks) {
    if (block.term.kind !== "branch") continue;
    const { yes, no } = block.term;
    const hoistable = (arm: BlockId, other: BlockId): boolean => {
      const way = byId.get(arm)!;
      const rest = byId.get(other)!;
      return (
        preds.get(arm)!.length === 1 &&
        isConstants(way) &&
        successors(way.term).every((to) => preds.get(to)!.length > 1) &&
        !(sameJump(way, rest) && onlyCopies(rest)) &&
        way.insts.every((inst) => isFree(inst, block, liveIn.get(other)!))
      );
    };
    const arm = hoistable(no, yes) ? no : hoistable(yes, no) ? yes : undefined;
    if (arm === undefined) continue;
    added.set(block.id, byId.get(arm)!.insts);
    emptied.add(arm);
  }
  if (emptied.size === 0) return fn;
  const blocks = fn.blocks.map((block) => ({
    ...block,
    insts: [...(emptied.has(block.id) ? [] : block.insts), ...(added.get(block.id) ?? [])],
  }));
  return { ...fn, blocks };
}

const isConstants = (block: MBlock): boolean =>
  block.term.kind === "jump" &&
  block.insts.length > 0 &&
  block.insts.length <= MAX_HOISTED &&
  block.insts.every((inst) => inst.kind === "make" && inst.recipe.kind === "imm");

const sameJump = (a: MBlock, b: MBlock): boolean =>
  a.term.kind === "jump" && b.term.kind === "jump" && a.term.to === b.term.to;

/** Copies will be coalesced away, so that nothing would be saved beside them. */
const onlyCopies = (block: MBlock): boolean => block.insts.every((inst) => inst.kind === "copy");

function isFree(inst: MInst, branch: MBlock, liveOther: ReadonlySet<number>): boolean {
  const reg = defOf(inst)!;
  let asked = false;
  eachTermUse(branch.term, (r) => {
    if (r === reg) asked = true;
  });
  return !asked && !liveOther.has(reg);
}
