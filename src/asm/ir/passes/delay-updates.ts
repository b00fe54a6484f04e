/**
 * A value made of another one and a constant waits until the other one has been read for the last time: then both can
 * share a register, and `i + 1` is one addition instead of a copy and an addition.
 * Relies on: nothing. Keeps: control flow, the order of everything that has an effect or reads memory.
 */
import type { Pass } from "../edit.ts";
import { isFree, operands, termOperands } from "../inst.ts";
import { withCode, withInsts } from "../layout.ts";
import { liveOuts } from "../live-values.ts";
import type { Block, Inst, IrFunction, ValueId } from "../model.ts";
import { definitions } from "../uses.ts";

export const delayUpdates: Pass = {
  name: "delay-updates",
  run(fn) {
    const defs = definitions(fn);
    const found = updatedIn(fn, defs);
    if (found.size === 0) return fn;
    const live = liveOuts(fn, found);
    let changed = false;
    const blocks = fn.blocks.map((block) => {
      const after = delayed(block, defs, live.get(block.id)!);
      changed ||= after !== block;
      return after;
    });
    return changed ? withCode(fn, blocks) : fn;
  },
};

/** Farther down than this nothing is moved: keeps the pass linear. */
const maxDistance = 64;

/** The value that `inst` changes by a constant, or negates. */
function updated(inst: Inst, defs: ReadonlyMap<ValueId, Inst>): ValueId | undefined {
  if (inst.op === "neg") return inst.a;
  if (inst.op !== "bin" || defs.get(inst.b)!.op !== "const") return undefined;
  return isFree(defs.get(inst.a)!) ? undefined : inst.a;
}

function updatedIn(fn: IrFunction, defs: ReadonlyMap<ValueId, Inst>): ReadonlySet<ValueId> {
  const found = new Set<ValueId>();
  for (const { insts } of fn.blocks) {
    for (const inst of insts) {
      const value = updated(inst, defs);
      if (value !== undefined) found.add(value);
    }
  }
  return found;
}

function delayed(block: Block, defs: ReadonlyMap<ValueId, Inst>, liveOut: ReadonlySet<ValueId>): Block {
  const mayMove = (inst: Inst): boolean => {
    const from = updated(inst, defs);
    return from !== undefined && !liveOut.has(from);
  };
  if (!block.insts.some(mayMove)) return block;
  const insts = [...block.insts];
  const atEnd = new Set(termOperands(block.term));
  /** Reads of each value below the instruction at hand. */
  const reads = new Map<ValueId, number>();
  let changed = false;
  for (let i = insts.length - 1; i >= 0; i--) {
    const inst = insts[i]!;
    const from = updated(inst, defs);
    const count = from === undefined || liveOut.has(from) || atEnd.has(from) ? 0 : (reads.get(from) ?? 0);
    const to = count === 0 ? undefined : lastRead(insts, i, from!, count);
    for (const value of operands(inst)) reads.set(value, (reads.get(value) ?? 0) + 1);
    if (to === undefined) continue;
    insts.splice(i, 1);
    insts.splice(to, 0, inst);
    changed = true;
  }
  return changed ? withInsts(block, insts) : block;
}

/**
 * Where `value` is read for the last of `count` times behind `at`; undefined where that is far away, or what `at` makes
 * is read before.
 */
function lastRead(insts: readonly Inst[], at: number, value: ValueId, count: number): number | undefined {
  const { id } = insts[at]!;
  let left = count;
  for (let i = at + 1; i <= at + maxDistance && i < insts.length; i++) {
    const read = operands(insts[i]!);
    if (read.includes(id)) return undefined;
    for (const other of read) if (other === value) left--;
    if (left === 0) return i;
  }
  return undefined;
}
