/**
 * Constants stored side by side to a stack object are stored at once, where the place is aligned and the number needs no
 * instruction of its own. Only the stack: elsewhere the kernel may count fields, not bytes (struct_ops, ctx).
 * Relies on: addresses folded into offsets. Keeps: control flow, volatile accesses, order against all other accesses.
 */

import type { Size } from "../../../isa/insn.ts";
import { fitsS32, s64 } from "../../../support/int.ts";
import { flatMap } from "../../../support/lists.ts";
import { alignedTo, slotAligns } from "../alignment.ts";
import { Ids, type Pass } from "../edit.ts";
import type { InstOf } from "../inst.ts";
import { withCode, withInsts } from "../layout.ts";
import { touchesMemory } from "../memory.ts";
import type { Block, Inst, IrFunction, SlotId, ValueId } from "../model.ts";
import { definitions } from "../uses.ts";

/** A store that waits for neighbours; nothing that came since can have seen it. */
interface Waiting {
  readonly store: InstOf<"store">;
  readonly value: bigint;
}

export const mergeStores: Pass = {
  name: "merge-stores",
  run(fn) {
    const merger = new Merger(fn);
    const blocks = fn.blocks.map((block) => merger.block(block));
    return merger.ids.next === fn.nextId ? fn : withCode(fn, blocks, merger.ids.next);
  },
};

class Merger {
  readonly ids: Ids;
  readonly #defs: ReadonlyMap<ValueId, Inst>;
  readonly #aligns: ReadonlyMap<SlotId, Size>;
  #waiting = new Map<SlotId, Waiting[]>();
  /** By the last of the stores that are merged: what stands in its place. The others have nothing. */
  #instead = new Map<ValueId, readonly Inst[]>();

  constructor(fn: IrFunction) {
    this.ids = new Ids(fn);
    this.#defs = definitions(fn);
    this.#aligns = slotAligns(fn);
  }

  block(block: Block): Block {
    this.#instead = new Map();
    for (const inst of block.insts) this.#visit(inst);
    this.#settleAll();
    if (this.#instead.size === 0) return block;
    return withInsts(
      block,
      flatMap(block.insts, (inst) => this.#instead.get(inst.id) ?? [inst]),
    );
  }

  #visit(inst: Inst): void {
    const slot = inst.op === "store" ? this.#slotOf(inst) : undefined;
    if (inst.op !== "store" || slot === undefined) {
      if (touchesMemory(inst) || inst.op === "end") this.#settleAll();
      return;
    }
    const def = this.#defs.get(inst.value);
    const list = this.#waiting.get(slot) ?? [];
    const crosses = list.some(({ store }) => store.off < inst.off + inst.size && inst.off < store.off + store.size);
    if (crosses || def?.op !== "const") this.#settle(slot);
    if (def?.op === "const")
      this.#waiting.set(slot, [...(this.#waiting.get(slot) ?? []), { store: inst, value: def.value }]);
  }

  #slotOf({ base, volatile, core }: InstOf<"store">): SlotId | undefined {
    const def = this.#defs.get(base);
    return def?.op === "slot" && !volatile && !core ? def.slot : undefined;
  }

  #settleAll(): void {
    for (const slot of [...this.#waiting.keys()]) this.#settle(slot);
  }

  #settle(slot: SlotId): void {
    const list = this.#waiting.get(slot) ?? [];
    this.#waiting.delete(slot);
    if (list.length < 2) return;
    const order = new Map(list.map(({ store }, i) => [store.id, i]));
    const rest = [...list].sort((a, b) => a.store.off - b.store.off);
    while (rest.length > 1) {
      const group = this.#widest(rest, this.#aligns.get(slot) ?? 1);
      rest.splice(0, group.length);
      if (group.length > 1) this.#join(group, order);
    }
  }

  /** As many of the first stores as make one: 2, 4 or 8 bytes without a gap. */
  #widest(list: readonly Waiting[], align: Size): readonly Waiting[] {
    const { off } = list[0]!.store;
    for (const size of [8, 4, 2]) {
      if (alignedTo(align, off) < size) continue;
      const end = list.findIndex(({ store }) => store.off >= off + size);
      const group = list.slice(0, end < 0 ? list.length : end);
      const covered = group.reduce((sum, { store }) => sum + store.size, 0);
      if (group.length > 1 && covered === size && (size < 8 || fitsS32(s64(numberOf(group))))) return group;
    }
    return list.slice(0, 1);
  }

  #join(group: readonly Waiting[], order: ReadonlyMap<ValueId, number>): void {
    const { store: first } = group[0]!;
    const last = group.reduce((a, b) => (order.get(a.store.id)! > order.get(b.store.id)! ? a : b)).store;
    for (const { store } of group) this.#instead.set(store.id, []);
    const size = group.reduce<number>((sum, { store }) => sum + store.size, 0) as Size;
    const value = this.ids.inst({ op: "const", ty: size === 8 ? "i64" : "i32", value: numberOf(group) }, last.span);
    const { base, off } = first;
    const wide = { op: "store", ty: "void", size, base, off, value: value.id, volatile: false } as const;
    this.#instead.set(last.id, [value, this.ids.inst(wide, last.span)]);
  }
}

/** The bytes of neighbours as one number. */
function numberOf(group: readonly Waiting[]): bigint {
  const start = group[0]!.store.off;
  return group.reduce((sum, { store, value }) => {
    const part = BigInt.asUintN(8 * store.size, value);
    return sum | (part << BigInt(8 * (store.off - start)));
  }, 0n);
}
