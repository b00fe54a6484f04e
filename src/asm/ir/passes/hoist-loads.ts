/**
 * Two loads of one global, one on each way of a branch with nothing before it that may change the bytes, become one
 * before the branch: a global can be read anywhere. `reuseLoads` may find there what it could not behind the branch.
 * Relies on: nothing. Keeps: order of stores, calls and volatile accesses; the rest of the control flow.
 */
import { predecessors } from "../cfg.ts";
import { blockMap, Ids, type Pass, Replacements, substitute } from "../edit.ts";
import type { InstOf } from "../inst.ts";
import { needsNoGuard } from "../kernel-rules.ts";
import { withCode, withInsts } from "../layout.ts";
import { Memory, sameBytes, touchesMemory } from "../memory.ts";
import type { Block, BlockId, Inst, IrFunction } from "../model.ts";
import { reread } from "../reread.ts";

/** Instructions of a way that are looked at. */
const maxInsts = 32;

type Load = InstOf<"load">;

export const hoistLoads: Pass = {
  name: "hoist-loads",
  run(fn) {
    const blocks = blockMap(fn);
    const preds = predecessors(fn.blocks);
    const alone = (id: BlockId): boolean => preds.get(id)!.length === 1;
    const ids = new Ids(fn);
    const replaced = new Replacements();
    let memory: Memory | undefined;
    for (const block of fn.blocks) {
      const { term } = block;
      if (term.op !== "br" || !alone(term.then) || !alone(term.else)) continue;
      memory ??= new Memory(fn);
      const pairs = commonLoads(memory, blocks.get(term.then)!, blocks.get(term.else)!);
      for (const [a, b] of pairs) hoist(memory, blocks, { block: block.id, a, b, ids, replaced });
    }
    if (replaced.size === 0) return fn;
    return substitute(withAll(fn, blocks, ids), replaced);
  },
};

const withAll = (fn: IrFunction, blocks: ReadonlyMap<BlockId, Block>, ids: Ids): IrFunction =>
  withCode(
    fn,
    fn.blocks.map(({ id }) => blocks.get(id)!),
    ids.next,
  );

/** Loads of the same bytes of a global near the start of both blocks, each of them once. */
function commonLoads(memory: Memory, then: Block, other: Block): [Load, Load][] {
  const left = firstLoads(memory, other);
  return firstLoads(memory, then).flatMap((a): [Load, Load][] => {
    const { at } = memory.wanted(a);
    const index = left.findIndex((b) => sameBytes(memory.wanted(b).at, at) && sameKind(a, b));
    return index === -1 ? [] : [[a, left.splice(index, 1)[0]!]];
  });
}

const sameKind = (a: Load, b: Load): boolean =>
  a.tag === b.tag && a.align === b.align && !reread({ value: a.id, ty: a.ty, signed: a.signed }, b);

/** Loads of globals at the start of a block, before anything that may change what they read. */
function firstLoads(memory: Memory, block: Block): Load[] {
  const before: Inst[] = [];
  const found: Load[] = [];
  for (const inst of block.insts.slice(0, maxInsts)) {
    if (!touchesMemory(inst)) continue;
    if (inst.op === "load" && mayMoveUp(memory, inst)) {
      const wanted = memory.wanted(inst);
      if (before.every((earlier) => memory.effect(earlier, wanted) === undefined)) found.push(inst);
    }
    if (inst.op !== "load") before.push(inst);
  }
  return found;
}

const mayMoveUp = (memory: Memory, { base, volatile, core }: Load): boolean =>
  !volatile && !core && needsNoGuard(memory.def(base));

interface Move {
  readonly block: BlockId;
  readonly a: Load;
  readonly b: Load;
  readonly ids: Ids;
  readonly replaced: Replacements;
}

function hoist(memory: Memory, blocks: Map<BlockId, Block>, { block, a, b, ids, replaced }: Move): void {
  const home = blocks.get(block)!;
  const { id: _, ...address } = memory.def(a.base);
  const { id: __, ...body } = a;
  const base = ids.inst(address, a.span);
  const load = ids.inst({ ...body, base: base.id }, a.span);
  blocks.set(block, withInsts(home, [...home.insts, base, load]));
  replaced.set(a.id, load.id);
  replaced.set(b.id, load.id);
}
