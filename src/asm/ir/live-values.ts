/** Which values are still read behind each block. */
import { predecessors } from "./cfg.ts";
import { eachOperand, eachTermOperand } from "./inst.ts";
import type { BlockId, IrFunction, ValueId } from "./model.ts";
import { Homes } from "./uses.ts";

/**
 * Which values of `of` some block after each one reads, those that phis take from it among them. Walks up from each use
 * to the definition: the cost is the size of the answer.
 */
export function liveOuts(fn: IrFunction, of: ReadonlySet<ValueId>): ReadonlyMap<BlockId, ReadonlySet<ValueId>> {
  const preds = predecessors(fn.blocks);
  const home = new Homes(fn);
  const outs = new Map<BlockId, Set<ValueId>>(fn.blocks.map(({ id }) => [id, new Set()]));
  const enter = (block: BlockId, value: ValueId): void => {
    if (!of.has(value)) return;
    const work = [block];
    for (let at = work.pop(); at !== undefined; at = work.pop()) {
      if (home.get(value) === at) continue;
      for (const pred of preds.get(at)!) {
        const out = outs.get(pred)!;
        if (out.has(value)) continue;
        out.add(value);
        work.push(pred);
      }
    }
  };
  for (const block of fn.blocks) {
    const read = (value: ValueId): void => enter(block.id, value);
    for (const inst of block.insts) {
      if (inst.op !== "phi") eachOperand(inst, read);
      else {
        for (const { block: from, value } of inst.args) {
          const out = outs.get(from)!;
          if (out.has(value) || !of.has(value)) continue;
          out.add(value);
          enter(from, value);
        }
      }
    }
    eachTermOperand(block.term, read);
  }
  return outs;
}
