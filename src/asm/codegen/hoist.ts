/**
 * `if (c) x = 1; else ...x = y...`: a way of nothing but constants moves above the branch and saves a jump. Where the
 * other way ends up setting x to the same, that goes too, in `dropKnownMoves`.
 */
import type { BlockId } from "../ir/model.ts";
import { livenessOf, predecessors } from "./liveness.ts";
import { defOf, eachTermUse, type MBlock, type MFunction, type MInst, successors } from "./machine.ts";

/** The most instructions that are worth running in vain for the sake of a jump. */
const MAX_HOISTED = 2;

/** A way that could move up, out of `arm` to before the branch of `block`. */
interface Candidate {
  readonly block: MBlock;
  readonly arm: MBlock;
}

/** Relies on: recipes are materialised. Keeps: blocks and edges; emptied blocks vanish in layout. */
export function hoistConstants(fn: MFunction): MFunction {
  const preds = predecessors(fn.blocks);
  const groups = new Map<string, Candidate[]>();
  for (const candidate of candidatesIn(fn, preds)) {
    const key = wayKey(candidate.arm);
    groups.set(key, [...(groups.get(key) ?? []), candidate]);
  }
  const added = new Map<BlockId, readonly MInst[]>();
  const emptied = new Set<BlockId>();
  for (const group of groups.values()) {
    if (!staysSet(group, preds)) continue;
    for (const { block, arm } of group) {
      added.set(block.id, arm.insts);
      emptied.add(arm.id);
    }
  }
  if (emptied.size === 0) return fn;
  const blocks = fn.blocks.map((block) => ({
    ...block,
    insts: [...(emptied.has(block.id) ? [] : block.insts), ...(added.get(block.id) ?? [])],
  }));
  return { ...fn, blocks };
}

type Preds = ReadonlyMap<BlockId, readonly BlockId[]>;

function candidatesIn(fn: MFunction, preds: Preds): readonly Candidate[] {
  const byId = new Map(fn.blocks.map((b) => [b.id, b]));
  const { liveIn } = livenessOf(fn);
  const copied = copiesOf(fn);
  /** A variable is copied to the register elsewhere, of a loop perhaps, that only the other way needs from here on. */
  const parts = (inst: MInst, arm: MBlock, other: MBlock): boolean =>
    copied.get(defOf(inst)!)?.some((src) => liveIn.get(other.id)!.has(src) && !liveIn.get(arm.id)!.has(src)) ?? false;
  const hoistable = (block: MBlock, arm: MBlock, other: MBlock): boolean =>
    preds.get(arm.id)!.length === 1 &&
    isConstants(arm) &&
    successors(arm.term).every((to) => preds.get(to)!.length > 1) &&
    !(sameJump(arm, other) && onlyCopies(other)) &&
    arm.insts.every((inst) => isFree(inst, block, liveIn.get(other.id)!) && !parts(inst, arm, other));
  return fn.blocks.flatMap((block) => {
    if (block.term.kind !== "branch") return [];
    const [yes, no] = [byId.get(block.term.yes)!, byId.get(block.term.no)!];
    if (hoistable(block, no, yes)) return [{ block, arm: no }];
    return hoistable(block, yes, no) ? [{ block, arm: yes }] : [];
  });
}

/** Equal for ways that tail merging would make one. */
const wayKey = (arm: MBlock): string =>
  JSON.stringify([successors(arm.term), arm.insts.map((inst) => inst.kind === "make" && [inst.dst, inst.recipe])]);

/**
 * Several equal ways move up only where the first setting lasts, from branch to branch without a call between: else they
 * would be set again and again, and had better share one block.
 */
function staysSet(group: readonly Candidate[], preds: Preds): boolean {
  const branches = new Set(group.map(({ block }) => block.id));
  const again = group.filter(({ block }) => {
    const [pred, ...others] = preds.get(block.id)!;
    const follows = pred !== undefined && others.length === 0 && branches.has(pred);
    return !follows || block.insts.some((inst) => inst.kind === "call");
  });
  return again.length <= 1;
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

type Copies = ReadonlyMap<number, readonly number[]>;

/** By register: what is copied to it anywhere. Set too early it could not be one with that. */
function copiesOf({ blocks }: MFunction): Copies {
  const sources = new Map<number, number[]>();
  for (const { insts } of blocks) {
    for (const inst of insts) {
      if (inst.kind !== "copy") continue;
      const known = sources.get(inst.dst);
      if (known) known.push(inst.src);
      else sources.set(inst.dst, [inst.src]);
    }
  }
  return sources;
}

function isFree(inst: MInst, branch: MBlock, liveOther: ReadonlySet<number>): boolean {
  const reg = defOf(inst)!;
  let asked = false;
  eachTermUse(branch.term, (r) => {
    if (r === reg) asked = true;
  });
  return !asked && !liveOther.has(reg);
}
