/**
 * Copies and fills become loads and stores of the greatest size that is aligned, or need not be.
 * Relies on: nothing. Keeps: block order and control flow.
 */

import type { Size } from "../../../isa/insn.ts";
import { fitsS16, u64 } from "../../../support/int.ts";
import { flatMap } from "../../../support/lists.ts";
import { alignedTo, slotAligns } from "../alignment.ts";
import { type Emit, Ids, type Pass } from "../edit.ts";
import type { InstOf } from "../inst.ts";
import { withCode, withInsts } from "../layout.ts";
import type { Inst, IrFunction, SlotId, ValueId } from "../model.ts";
import { definitions } from "../uses.ts";

interface Chunk {
  readonly at: number;
  readonly size: Size;
}

export const expand: Pass = {
  name: "expand",
  run(fn) {
    if (!fn.blocks.some((block) => block.insts.some((inst) => inst.op === "copy" || inst.op === "fill"))) return fn;
    const expander = new Expander(fn);
    const blocks = fn.blocks.map((block) =>
      withInsts(
        block,
        flatMap(block.insts, (inst) => expander.expand(inst)),
      ),
    );
    return withCode(fn, blocks, expander.ids.next);
  },
};

class Expander {
  readonly ids: Ids;
  readonly #defs: ReadonlyMap<ValueId, Inst>;
  readonly #aligns: ReadonlyMap<SlotId, Size>;

  constructor(fn: IrFunction) {
    this.ids = new Ids(fn);
    this.#defs = definitions(fn);
    this.#aligns = slotAligns(fn);
  }

  expand(inst: Inst): readonly Inst[] {
    if (inst.op === "copy") return this.#copy(inst);
    return inst.op === "fill" ? this.#fill(inst) : [inst];
  }

  /**
   * What an access at `base + off` may assume: the alignment that the instruction says, or the stack object's own. In
   * globals any address will do: only of the stack the kernel wants alignment (verifier.c: check_ptr_alignment).
   */
  #alignOf(base: ValueId, off: number, said: Size): Size {
    const def = this.#defs.get(base);
    if (def?.op === "addr" && def.symbol.kind === "global") return 8;
    const slot = def?.op === "slot" ? this.#aligns.get(def.slot) : undefined;
    return slot === undefined ? said : alignedTo(slot, off);
  }

  #copy(inst: InstOf<"copy">): readonly Inst[] {
    const made: Inst[] = [];
    const align = Math.min(
      this.#alignOf(inst.dst, inst.dstOff, inst.align),
      this.#alignOf(inst.src, inst.srcOff, inst.align),
    ) as Size;
    const emit = this.ids.emitter(made, inst.span);
    const from = reach(inst.src, inst.srcOff, inst.length, emit);
    const to = reach(inst.dst, inst.dstOff, inst.length, emit);
    const { volatile } = inst;
    for (const { at, size } of chunks(inst.length, align)) {
      const ty = size === 8 ? "i64" : "i32";
      const value = emit({ op: "load", ty, size, signed: false, base: from.base, off: from.off + at, volatile });
      emit({ op: "store", ty: "void", size, base: to.base, off: to.off + at, value, volatile });
    }
    return made;
  }

  #fill(inst: InstOf<"fill">): readonly Inst[] {
    const made: Inst[] = [];
    const emit = this.ids.emitter(made, inst.span);
    const to = reach(inst.dst, inst.dstOff, inst.length, emit);
    const align = this.#alignOf(inst.dst, inst.dstOff, inst.align);
    // A 64-bit constant other than 0 and -1 costs more than two stores of its halves.
    const most = inst.byte === 0 || inst.byte === 0xff ? align : (Math.min(4, align) as Size);
    for (const { at, size } of chunks(inst.length, most)) {
      const value = emit({ op: "const", ty: size === 8 ? "i64" : "i32", value: repeat(inst.byte, size) });
      emit({ op: "store", ty: "void", size, base: to.base, off: to.off + at, value, volatile: false });
    }
    return made;
  }
}

/** An address whose `length` bytes can all be reached by 16-bit offsets. */
function reach(base: ValueId, off: number, length: number, emit: Emit): { base: ValueId; off: number } {
  if (fitsS16(off) && fitsS16(off + length)) return { base, off };
  const by = emit({ op: "const", ty: "i64", value: u64(BigInt(off)) });
  return { base: emit({ op: "bin", ty: "ptr", fn: "add", a: base, b: by }), off: 0 };
}

const repeat = (byte: number, size: Size): bigint => {
  let value = 0n;
  for (let i = 0; i < size; i++) value = (value << 8n) | BigInt(byte);
  return value;
};

/** `length` bytes in pieces of at most `most`, each aligned to its size where the start is aligned to `most`. */
export function chunks(length: number, most: Size): Chunk[] {
  const list: Chunk[] = [];
  let size = most;
  for (let at = 0; at < length; at += size) {
    while (at + size > length) size = (size / 2) as Size;
    list.push({ at, size });
  }
  return list;
}
