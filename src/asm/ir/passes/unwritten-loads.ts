/**
 * A load of bytes of the stack that nothing can have written yet is undefined: the first bit-field of a unit is set
 * without reading the others, which kernels before 6.3 refuse to read.
 * Relies on: copies and fills expanded; objects do not share their place yet. Keeps: volatile accesses, control flow.
 */
import { aliasesOf, canMeet, type Region, slotRegion } from "../aliases.ts";
import { type BlockSet, blocksBehind } from "../cfg.ts";
import type { Pass } from "../edit.ts";
import { escapesOf } from "../escapes.ts";
import type { InstOf } from "../inst.ts";
import { withCode, withInsts } from "../layout.ts";
import type { Block, BlockId, Inst, IrFunction } from "../model.ts";
import { definitions } from "../uses.ts";

export const unwrittenLoads: Pass = {
  name: "unwritten-loads",
  run(fn) {
    if (fn.slots.length === 0) return fn;
    const isUnwritten = unwrittenIn(fn);
    let changed = false;
    const blocks = fn.blocks.map((block): Block => {
      const insts = block.insts.map((inst, index): Inst => {
        if (inst.op !== "load" || !isUnwritten(inst, block.id, index)) return inst;
        changed = true;
        return { op: "undef", ty: inst.ty, id: inst.id, ...(inst.span && { span: inst.span }) };
      });
      return withInsts(block, insts);
    });
    return changed ? withCode(fn, blocks) : fn;
  },
};

type Write = InstOf<"store" | "atomic" | "copy" | "fill">;

interface Writer {
  readonly inst: Write;
  readonly block: BlockId;
  readonly index: number;
}

/** Tells of a load by an object's own address whether any write to its bytes can have run before. */
function unwrittenIn(fn: IrFunction): (load: InstOf<"load">, block: BlockId, index: number) => boolean {
  const defs = definitions(fn);
  const aliases = aliasesOf(fn, defs);
  const escapes = escapesOf(fn, defs, aliases);
  const writers = new Map<Region, Writer[]>();
  for (const { id, insts } of fn.blocks) {
    insts.forEach((inst, index) => {
      if (!isWrite(inst)) return;
      const region = aliases.regionOf(inst.op === "copy" || inst.op === "fill" ? inst.dst : inst.base);
      writers.set(region, [...(writers.get(region) ?? []), { inst, block: id, index }]);
    });
  }
  const behind = reachability(fn);
  return (load, block, index) => {
    const object = defs.get(load.base)!;
    if (load.volatile || object.op !== "slot") return false;
    const region = slotRegion(object.slot);
    if (escapes.hasEscaped(region, block, index)) return false;
    const ran = (w: Writer) => (w.block === block && w.index < index) || behind(w.block).has(block);
    return !(writers.get(region) ?? []).some((w) => reaches(w.inst, load) && ran(w));
  };
}

const isWrite = (inst: Inst): inst is Write =>
  inst.op === "store" || inst.op === "atomic" || inst.op === "copy" || inst.op === "fill";

/** Whether a write may be to bytes of the load; types tell nothing here, as C reads any object by its bytes. */
function reaches(write: Write, { base, off, size }: InstOf<"load">): boolean {
  if (write.op !== "store") return true;
  return canMeet(
    { base: write.base, off: write.off, size: write.size, ...(write.core && { core: write.core }) },
    { base, off, size },
  );
}

/** `blocksBehind` one block, worked out once for each. */
function reachability({ blocks }: IrFunction): (from: BlockId) => BlockSet {
  const known = new Map<BlockId, BlockSet>();
  return (from) => {
    const made = known.get(from) ?? blocksBehind(blocks, [from]);
    known.set(from, made);
    return made;
  };
}
