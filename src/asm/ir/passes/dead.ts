/**
 * Leaves out instructions whose value nobody needs and that do nothing else; atomics whose old value nobody reads
 * become the form without it.
 * Relies on: nothing. Keeps: control flow.
 */
import type { Pass } from "../edit.ts";
import { eachOperand, eachTermOperand, hasEffect } from "../inst.ts";
import { copyOf, withCode, withInsts } from "../layout.ts";
import type { Inst, IrFunction, ValueId } from "../model.ts";
import { definitions } from "../uses.ts";
import { dropUnusedSlots } from "./promote.ts";

export const dropDead: Pass = {
  name: "drop-dead",
  run(fn) {
    const live = liveValues(fn);
    let changed = false;
    const blocks = fn.blocks.map((block) => {
      if (block.insts.every((inst) => live[inst.id] || (hasEffect(inst) && withoutResult(inst) === inst))) return block;
      changed = true;
      const insts: Inst[] = [];
      for (const inst of block.insts) {
        if (live[inst.id]) insts.push(inst);
        else if (hasEffect(inst)) insts.push(withoutResult(inst));
      }
      return withInsts(block, insts);
    });
    return dropUnusedSlots(changed ? withCode(fn, blocks) : fn);
  },
};

/** By value: whether something with an effect, or a terminator, needs it. */
function liveValues(fn: IrFunction): Uint8Array {
  const defs = definitions(fn);
  const live = new Uint8Array(fn.nextId);
  const work: ValueId[] = [];
  const need = (value: ValueId): void => {
    if (live[value]) return;
    live[value] = 1;
    work.push(value);
  };
  for (const block of fn.blocks) {
    for (const inst of block.insts) if (hasEffect(inst)) eachOperand(inst, need);
    eachTermOperand(block.term, need);
  }
  for (let value = work.pop(); value !== undefined; value = work.pop()) {
    const def = defs.get(value);
    if (def && !hasEffect(def)) eachOperand(def, need);
  }
  return live;
}

/** `add`, `or`, `and` and `xor` exist without fetching; a call's result is just not read. */
function withoutResult(inst: Inst): Inst {
  if (inst.op !== "atomic" || !inst.fetch || inst.fn === "xchg" || inst.fn === "cmpxchg") return inst;
  const made = copyOf(inst);
  made.fetch = false;
  made.ty = "void";
  return made;
}
