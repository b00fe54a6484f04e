/**
 * Numbers without gaps. Inlining gives each copy all numbers of the function copied, and passes give new ones to what they
 * make; what is known by value lies in arrays as long as the greatest number, so large functions get numbers anew where
 * most of theirs are gone. Keeps: everything but the numbers, and which of two is the smaller.
 */
import { copyAs, mapSuccessors, mapTermOperands } from "./inst.ts";
import { blockOf, instOf, withCode } from "./layout.ts";
import type { Block, BlockId, Inst, IrFunction, ValueId } from "./model.ts";

/** Functions of smaller numbers stay as they are. */
const least = 4096;

/** The same object where its numbers are good enough. */
export function compact(fn: IrFunction): IrFunction {
  if (fn.nextId < least) return fn;
  const used = new Uint8Array(fn.nextId);
  let count = fn.blocks.length;
  for (const { id, insts } of fn.blocks) {
    used[id] = 1;
    count += insts.length;
    for (const inst of insts) used[inst.id] = 1;
  }
  return fn.nextId < 2 * count ? fn : renumbered(fn, used, count);
}

function renumbered(fn: IrFunction, used: Uint8Array, count: number): IrFunction {
  const numbers = new Int32Array(fn.nextId);
  let next = 0;
  for (let id = 0; id < used.length; id++) if (used[id]) numbers[id] = next++;
  const value = (id: ValueId): ValueId => numbers[id] as ValueId;
  const block = (id: BlockId): BlockId => numbers[id] as BlockId;
  const moved = (inst: Inst): Inst => {
    if (inst.op !== "phi") return copyAs(inst, value(inst.id), value);
    const args = inst.args.map((arg) => ({ block: block(arg.block), value: value(arg.value) }));
    return instOf({ op: "phi", ty: inst.ty, args }, value(inst.id), inst.span);
  };
  const blocks = fn.blocks.map(({ id, insts, term }): Block => {
    const to = mapSuccessors(mapTermOperands(term, value), block);
    return blockOf(block(id), insts.map(moved), to);
  });
  return withCode(fn, blocks, count);
}
