/**
 * Leaves out stores of spilled values that nothing brings back: every use between two calls was served by a register
 * that stood in.
 */
import { flatMap } from "../../support/lists.ts";
import { livenessOf } from "./liveness.ts";
import { FIRST_VIRTUAL, type MBlock, type MFunction, type MInst } from "./machine.ts";

/** Relies on: registers are given out; slots of spilled values are reached by loads and stores of whole slots only. */
export function dropDeadSpills(fn: MFunction): MFunction {
  if (!fn.slots.some((slot) => slot.spill)) return fn;
  const { liveOut } = livenessOf(slotsAsRegisters(fn));
  const blocks = fn.blocks.map((block) => keepLive(fn, block, liveOut.get(block.id)!));
  return { ...fn, blocks };
}

function keepLive(fn: MFunction, block: MBlock, liveOut: ReadonlySet<number>): MBlock {
  const live = new Set(liveOut);
  const kept: MInst[] = [];
  for (let i = block.insts.length - 1; i >= 0; i--) {
    const inst = block.insts[i]!;
    const slot = spillSlot(fn, inst);
    if (slot !== undefined) {
      if (inst.kind === "store" && !live.delete(slot)) continue;
      if (inst.kind === "load") live.add(slot);
    }
    kept.push(inst);
  }
  return kept.length === block.insts.length ? block : { ...block, insts: kept.reverse() };
}

/** The number of the spilled value's slot, as a register. */
function spillSlot(fn: MFunction, inst: MInst): number | undefined {
  if (inst.kind !== "load" && inst.kind !== "store") return undefined;
  return inst.slot !== undefined && fn.slots[inst.slot]!.spill ? FIRST_VIRTUAL + inst.slot : undefined;
}

/** A condition that reads no register. */
const noRegisters = "may_goto" as const;

/**
 * Code of the same shape that does to registers what `fn` does to the slots of spilled values, so that one analysis
 * answers for both.
 */
export function slotsAsRegisters(fn: MFunction): MFunction {
  const accesses = (inst: MInst): MInst[] => {
    const reg = spillSlot(fn, inst);
    if (reg === undefined) return [];
    if (inst.kind === "load") return [{ kind: "copy", width: 64, dst: 0, src: reg }];
    return [{ kind: "make", dst: reg, recipe: { kind: "imm", width: 64, imm: 0 } }];
  };
  const blocks = fn.blocks.map((block) => {
    const { term } = block;
    const insts = flatMap(block.insts, accesses);
    if (term.kind !== "branch") return { ...block, insts };
    return { ...block, insts, term: { ...term, cond: noRegisters } };
  });
  return { ...fn, blocks, nextReg: FIRST_VIRTUAL + fn.slots.length };
}
