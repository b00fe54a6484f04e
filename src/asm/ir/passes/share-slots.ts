/**
 * Stack objects whose lives do not cross become one. A life lasts from the first time that the object may be written to
 * the end that its scope marked; that of an object whose address nobody keeps, to the last access.
 * Relies on: nothing moves memory accesses afterwards. Keeps: control flow; leaves no `end` behind.
 */
import { BitSet } from "../../../support/bit-set.ts";
import { predecessors } from "../cfg.ts";
import type { Pass } from "../edit.ts";
import { operands, successors, termOperands } from "../inst.ts";
import type { Block, BlockId, Inst, IrFunction, Slot, SlotId, ValueId } from "../model.ts";

export const shareSlots: Pass = {
  name: "share-slots",
  run(fn) {
    const bare = withoutEnds(fn);
    return fn.slots.length < 2 ? bare : merge(bare, groups(fn.slots, new Lives(fn).crossings()));
  },
};

function withoutEnds(fn: IrFunction): IrFunction {
  let changed = false;
  const blocks = fn.blocks.map((block) => {
    const insts = block.insts.filter((inst) => inst.op !== "end");
    if (insts.length === block.insts.length) return block;
    changed = true;
    return { ...block, insts };
  });
  return changed ? { ...fn, blocks } : fn;
}

/** Instructions whose result is the address they were given, or may still hold it, and that touch no memory. */
const passesOn = (inst: Inst): boolean => {
  switch (inst.op) {
    case "bin":
    case "neg":
    case "zext":
    case "sext":
    case "trunc":
    case "cast":
    case "bswap":
    case "space_cast":
    case "opaque":
    case "phi":
      return true;
    default:
      return false;
  }
};

/** Operands whose value may turn up anywhere afterwards; an access keeps no copy of its address. */
function kept(inst: Inst): readonly ValueId[] {
  switch (inst.op) {
    case "load":
    case "copy":
    case "fill":
    case "cmp":
      return [];
    case "store":
    case "atomic":
      return operands(inst).slice(1);
    default:
      return passesOn(inst) ? [] : operands(inst);
  }
}

/** Where each object lives. Objects are numbered by their place in the function's list. */
class Lives {
  readonly #fn: IrFunction;
  readonly #count: number;
  readonly #numbers: ReadonlyMap<SlotId, number>;
  /** Objects that a value may be the address of. */
  readonly #named = new Map<ValueId, BitSet>();
  readonly #escaped: BitSet;

  constructor(fn: IrFunction) {
    this.#fn = fn;
    this.#count = fn.slots.length;
    this.#numbers = new Map(fn.slots.map((slot, i) => [slot.id, i]));
    this.#follow();
    this.#escaped = this.#set();
    for (const { insts, term } of fn.blocks) {
      for (const inst of insts) for (const value of kept(inst)) this.#addNamed(this.#escaped, value);
      if (term.op === "ret") for (const value of termOperands(term)) this.#addNamed(this.#escaped, value);
    }
  }

  #set(): BitSet {
    return new BitSet(this.#count);
  }

  #addNamed(to: BitSet, value: ValueId): void {
    const named = this.#named.get(value);
    if (named) to.addAll(named);
  }

  /** Follows addresses through arithmetic and phis until nothing new turns up. */
  #follow(): void {
    for (let changed = true; changed; ) {
      changed = false;
      for (const { insts } of this.#fn.blocks) {
        for (const inst of insts) if (this.#followOne(inst)) changed = true;
      }
    }
  }

  #followOne(inst: Inst): boolean {
    if (inst.op === "slot") {
      if (this.#named.has(inst.id)) return false;
      const own = this.#set();
      own.add(this.#numbers.get(inst.slot)!);
      this.#named.set(inst.id, own);
      return true;
    }
    if (!passesOn(inst)) return false;
    let changed = false;
    for (const value of operands(inst)) {
      const from = this.#named.get(value);
      if (!from) continue;
      const own = this.#named.get(inst.id) ?? this.#set();
      this.#named.set(inst.id, own);
      if (own.addAll(from)) changed = true;
    }
    return changed;
  }

  /** Objects that an instruction names, other than to hand on their address. */
  #mentioned(inst: Inst): BitSet | undefined {
    return passesOn(inst) || inst.op === "slot" ? undefined : this.#union(operands(inst));
  }

  #union(values: readonly ValueId[]): BitSet | undefined {
    const named = values.flatMap((value) => this.#named.get(value) ?? []);
    if (named.length < 2) return named[0];
    const all = this.#set();
    for (const set of named) all.addAll(set);
    return all;
  }

  /** For each object the others that are alive where it is named. */
  crossings(): readonly BitSet[] {
    const begun = this.#begun();
    const ahead = this.#ahead();
    const crossing = this.#fn.slots.map(() => this.#set());
    for (const block of this.#fn.blocks) this.#cross(block, begun.get(block.id)!, ahead.get(block.id)!, crossing);
    crossing.forEach((others, i) => {
      for (const other of others) crossing[other]!.add(i);
    });
    return crossing;
  }

  #cross(block: Block, before: BitSet, after: BitSet, crossing: readonly BitSet[]): void {
    const begun = before.copy();
    const later = this.#aheadInside(block, after);
    const visit = (mentioned: BitSet | undefined, needed: BitSet): void => {
      if (!mentioned) return;
      begun.addAll(mentioned);
      const live = this.#set();
      for (const slot of begun) if (needed.has(slot) || mentioned.has(slot) || this.#escaped.has(slot)) live.add(slot);
      for (const slot of mentioned) crossing[slot]!.addAll(live);
    };
    block.insts.forEach((inst, i) => {
      if (inst.op === "end") begun.delete(this.#numbers.get(inst.slot)!);
      else visit(this.#mentioned(inst), later[i]!);
    });
    visit(this.#union(termOperands(block.term)), after);
  }

  /** What is still named, before each instruction of a block and those behind it. */
  #aheadInside(block: Block, after: BitSet): BitSet[] {
    const needed = this.#beforeTerm(block, after);
    const list: BitSet[] = [];
    for (let i = block.insts.length - 1; i >= 0; i--) {
      this.#stepBack(block.insts[i]!, needed);
      list.push(needed.copy());
    }
    return list.reverse();
  }

  #beforeTerm(block: Block, after: BitSet): BitSet {
    const needed = after.copy();
    const mentioned = this.#union(termOperands(block.term));
    if (mentioned) needed.addAll(mentioned);
    return needed;
  }

  #stepBack(inst: Inst, needed: BitSet): void {
    if (inst.op === "end") needed.delete(this.#numbers.get(inst.slot)!);
    else {
      const mentioned = this.#mentioned(inst);
      if (mentioned) needed.addAll(mentioned);
    }
  }

  /** Objects that were named, and not ended since, at the start of each block. */
  #begun(): Map<BlockId, BitSet> {
    const at = new Map(this.#fn.blocks.map((block) => [block.id, this.#set()]));
    for (let changed = true; changed; ) {
      changed = false;
      for (const block of this.#fn.blocks) {
        const out = at.get(block.id)!.copy();
        for (const inst of block.insts) {
          if (inst.op === "end") out.delete(this.#numbers.get(inst.slot)!);
          else {
            const mentioned = this.#mentioned(inst);
            if (mentioned) out.addAll(mentioned);
          }
        }
        const mentioned = this.#union(termOperands(block.term));
        if (mentioned) out.addAll(mentioned);
        for (const next of successors(block.term)) if (at.get(next)!.addAll(out)) changed = true;
      }
    }
    return at;
  }

  /** Objects that are named again, before their end, behind each block. */
  #ahead(): Map<BlockId, BitSet> {
    const at = new Map(this.#fn.blocks.map((block) => [block.id, this.#set()]));
    const preds = predecessors(this.#fn.blocks);
    for (let changed = true; changed; ) {
      changed = false;
      for (const block of [...this.#fn.blocks].reverse()) {
        const needed = this.#beforeTerm(block, at.get(block.id)!);
        for (let i = block.insts.length - 1; i >= 0; i--) this.#stepBack(block.insts[i]!, needed);
        for (const pred of preds.get(block.id)!) if (at.get(pred)!.addAll(needed)) changed = true;
      }
    }
    return at;
  }
}

/** The object that each one lies in: the largest come first, and take in those that fit between their lives. */
function groups(slots: readonly Slot[], crossing: readonly BitSet[]): Map<SlotId, Slot> {
  const homes: { readonly slot: Slot; align: Slot["align"]; readonly members: number[] }[] = [];
  const bySize = slots.map((_, i) => i).sort((a, b) => slots[b]!.size - slots[a]!.size || a - b);
  for (const i of bySize) {
    const slot = slots[i]!;
    const free = homes.find(({ members }) => slot.size > 0 && members.every((other) => !crossing[i]!.has(other)));
    if (!free) homes.push({ slot, align: slot.align, members: [i] });
    else {
      free.members.push(i);
      if (slot.align > free.align) free.align = slot.align;
    }
  }
  return new Map(
    homes.flatMap(({ slot, align, members }) => members.map((i) => [slots[i]!.id, { ...slot, align }] as const)),
  );
}

function merge(fn: IrFunction, homes: ReadonlyMap<SlotId, Slot>): IrFunction {
  const kept = new Map([...homes.values()].map((slot) => [slot.id, slot]));
  if (kept.size === fn.slots.length) return fn;
  const blocks = fn.blocks.map((block) => ({
    ...block,
    insts: block.insts.map((inst) => (inst.op === "slot" ? { ...inst, slot: homes.get(inst.slot)!.id } : inst)),
  }));
  return { ...fn, blocks, slots: fn.slots.flatMap((slot) => kept.get(slot.id) ?? []) };
}
