/** Where values come from and how often they are read. */
import { operands, termOperands } from "./inst.ts";
import type { Inst, IrFunction, ValueId } from "./model.ts";

/** The instruction that makes each value. */
export function definitions(fn: IrFunction): Map<ValueId, Inst> {
  const defs = new Map<ValueId, Inst>();
  for (const block of fn.blocks) for (const inst of block.insts) defs.set(inst.id, inst);
  return defs;
}

/** How many operands read each value; values that nobody reads are missing. */
export function useCounts(fn: IrFunction): Map<ValueId, number> {
  const counts = new Map<ValueId, number>();
  const count = (value: ValueId): void => {
    counts.set(value, (counts.get(value) ?? 0) + 1);
  };
  for (const block of fn.blocks) {
    for (const inst of block.insts) operands(inst).forEach(count);
    termOperands(block.term).forEach(count);
  }
  return counts;
}
