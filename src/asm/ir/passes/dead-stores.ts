/**
 * Stores to stack objects that nobody can see: overwritten before they are read, or before the function ends, or to
 * objects that are never read. Fills shrink to what is not overwritten.
 * Relies on: addresses folded into offsets. Keeps: volatile accesses, control flow.
 */
import type { Size } from "../../../isa/insn.ts";
import { type Aliases, aliasesOf, slotRegion } from "../aliases.ts";
import { Ids, type Pass } from "../edit.ts";
import { type Escapes, escapesOf } from "../escapes.ts";
import { operands, successors } from "../inst.ts";
import { instOf, withCode, withInsts } from "../layout.ts";
import { touchesMemory } from "../memory.ts";
import type { Block, BlockId, Inst, IrFunction, SlotId, ValueId } from "../model.ts";
import { definitions } from "../uses.ts";

/** Objects of more bytes are left alone. */
const maxBytes = 512;
/** Bytes of all blocks beyond which each block is looked at alone. */
const maxRemembered = 1 << 24;

export const dropDeadStores: Pass = {
  name: "drop-dead-stores",
  run(fn) {
    if (!fn.slots.some(({ size }) => size <= maxBytes)) return fn;
    const sweep = new Sweep(fn);
    let changed = false;
    // From the end, so that a block knows what those behind it do.
    const blocks = [...fn.blocks].reverse().map((block) => {
      const insts = sweep.block(block);
      if (insts === block.insts) return block;
      changed = true;
      return withInsts(block, insts);
    });
    return changed ? withCode(fn, blocks.reverse(), sweep.nextId) : fn;
  },
};

/** 1 for each byte that is dead; blocks share them, nobody changes one. */
type Bytes = Readonly<Uint8Array>;

const ones = new Map<number, Bytes>();

function allOnes(size: number): Bytes {
  const known = ones.get(size) ?? new Uint8Array(size).fill(1);
  ones.set(size, known);
  return known;
}

function inBoth(a: Bytes, b: Bytes | undefined): Bytes {
  if (a === b) return a;
  return a.map((byte, i) => byte & (b?.[i] ?? 0));
}

class Sweep {
  readonly #defs: ReadonlyMap<ValueId, Inst>;
  readonly #aliases: Aliases;
  readonly #slots: ReadonlyMap<SlotId, number>;
  readonly #unread: ReadonlySet<SlotId>;
  /** Objects that others may reach. */
  readonly #shared: ReadonlySet<SlotId>;
  readonly #escapes: Escapes;
  readonly #ids: Ids;
  /** The instruction that is looked at. */
  #at: { readonly block: BlockId; readonly index: number } | undefined;
  /** The same at the start of blocks that were visited. */
  readonly #remembers: boolean;
  readonly #deadAt = new Map<BlockId, ReadonlyMap<SlotId, Bytes>>();
  /** Bytes of each object that are overwritten, or gone, before anyone reads them. */
  #dead = new Map<SlotId, Bytes>();
  /** Those of `#dead` that no block shares yet. */
  readonly #own = new Map<SlotId, Uint8Array>();

  constructor(fn: IrFunction) {
    this.#defs = definitions(fn);
    this.#aliases = aliasesOf(fn, this.#defs);
    this.#escapes = escapesOf(fn, this.#defs, this.#aliases);
    this.#slots = new Map(fn.slots.flatMap((slot) => (slot.size <= maxBytes ? [[slot.id, slot.size] as const] : [])));
    this.#shared = new Set([...this.#slots.keys()].filter((slot) => !this.#aliases.isPrivate(slotRegion(slot))));
    this.#unread = this.#neverRead(fn);
    const bytes = [...this.#slots.values()].reduce((sum, size) => sum + size, 0);
    this.#remembers = bytes * fn.blocks.length <= maxRemembered;
    this.#ids = new Ids(fn);
  }

  get nextId(): number {
    return this.#ids.next;
  }

  #slotOf(base: ValueId): SlotId | undefined {
    const def = this.#defs.get(base);
    return def?.op === "slot" && this.#slots.has(def.slot) ? def.slot : undefined;
  }

  /** Private objects that no load, copy or atomic reads. */
  #neverRead(fn: IrFunction): Set<SlotId> {
    const unread = new Set([...this.#slots.keys()].filter((slot) => this.#aliases.isPrivate(slotRegion(slot))));
    const read = (base: ValueId): void => {
      const region = this.#aliases.regionOf(base);
      if (region.startsWith("slot ")) unread.delete(Number(region.slice(5)) as SlotId);
    };
    for (const block of fn.blocks) {
      for (const inst of block.insts) {
        if (inst.op === "load") read(inst.base);
        else if (inst.op === "copy") read(inst.src);
        else if (inst.op === "atomic" || inst.op === "cmp") operands(inst).forEach(read);
        else if (inst.op === "store" && inst.volatile) read(inst.base);
      }
    }
    return unread;
  }

  block(block: Block): readonly Inst[] {
    this.#dead = this.#deadBehind(block);
    this.#own.clear();
    const kept: Inst[] = [];
    let changed = false;
    for (let i = block.insts.length - 1; i >= 0; i--) {
      const inst = block.insts[i]!;
      if (inst.op !== "end" && !touchesMemory(inst)) {
        kept.push(inst);
        continue;
      }
      this.#at = { block: block.id, index: i };
      const after = this.#visit(inst);
      if (after.length !== 1 || after[0] !== inst) changed = true;
      for (let k = after.length - 1; k >= 0; k--) kept.push(after[k]!);
    }
    if (this.#remembers) this.#deadAt.set(block.id, this.#dead);
    return changed ? kept.reverse() : block.insts;
  }

  /** Dead at the end of a block: what all blocks behind it agree on; behind a way back nothing. */
  #deadBehind({ term }: Block): Map<SlotId, Bytes> {
    const dead = new Map<SlotId, Bytes>();
    const leaves = term.op === "ret" || term.op === "unreachable";
    const [first, ...others] = successors(term).map((next) => this.#deadAt.get(next));
    for (const [slot, size] of this.#slots) {
      if (leaves || this.#unread.has(slot)) dead.set(slot, allOnes(size));
      else {
        const bytes = first?.get(slot);
        if (bytes)
          dead.set(
            slot,
            others.reduce((all, at) => inBoth(all, at?.get(slot)), bytes),
          );
      }
    }
    return dead;
  }

  #visit(inst: Inst): readonly Inst[] {
    switch (inst.op) {
      case "store":
        return this.#store(inst);
      case "fill":
        return this.#fill(inst);
      case "copy":
        return this.#copy(inst);
      case "load":
        if (inst.core) this.#readAll(inst.base);
        else this.#read(inst.base, inst.off, inst.size);
        return [inst];
      case "atomic":
        this.#readShared();
        this.#read(inst.base, inst.off, inst.size);
        return [inst];
      case "end": {
        const size = this.#slots.get(inst.slot);
        if (size !== undefined) this.#mark(inst.slot, 0, size, 1);
        return [inst];
      }
      case "call":
      case "asm":
      case "barrier":
        this.#readShared();
        return [inst];
      default:
        return [inst];
    }
  }

  #store(inst: Extract<Inst, { op: "store" }>): readonly Inst[] {
    const slot = this.#slotOf(inst.base);
    if (slot === undefined || inst.volatile || inst.core) return [inst];
    const useless = this.#defs.get(inst.value)?.op === "undef" || this.#allDead(slot, inst.off, inst.size);
    if (useless) return [];
    this.#mark(slot, inst.off, inst.size, 1);
    return [inst];
  }

  #copy(inst: Extract<Inst, { op: "copy" }>): readonly Inst[] {
    const slot = this.#slotOf(inst.dst);
    if (slot !== undefined && !inst.volatile) {
      if (this.#allDead(slot, inst.dstOff, inst.length)) return [];
      this.#mark(slot, inst.dstOff, inst.length, 1);
    }
    this.#read(inst.src, inst.srcOff, inst.length);
    return [inst];
  }

  /** Leaves out pieces of the alignment's size whose bytes are all dead. */
  #fill(inst: Extract<Inst, { op: "fill" }>): readonly Inst[] {
    const slot = this.#slotOf(inst.dst);
    if (slot === undefined) return [inst];
    const step: Size = inst.align;
    const pieces: { off: number; length: number }[] = [];
    for (let at = 0; at < inst.length; at += step) {
      const length = Math.min(step, inst.length - at);
      const off = inst.dstOff + at;
      if (this.#allDead(slot, off, length)) continue;
      const last = pieces[pieces.length - 1];
      if (last && last.off + last.length === off) last.length += length;
      else pieces.push({ off, length });
    }
    this.#mark(slot, inst.dstOff, inst.length, 1);
    if (pieces.length === 1 && pieces[0]!.length === inst.length) return [inst];
    return pieces.map(({ off, length }) => instOf({ ...inst, dstOff: off, length }, this.#ids.value(), undefined));
  }

  #allDead(slot: SlotId, off: number, length: number): boolean {
    const bytes = this.#dead.get(slot);
    if (!bytes || off < 0 || off + length > bytes.length) return false;
    for (let i = off; i < off + length; i++) if (bytes[i] === 0) return false;
    return true;
  }

  #mark(slot: SlotId, off: number, length: number, value: 0 | 1): void {
    if (this.#unread.has(slot)) return;
    const before = this.#dead.get(slot);
    if (!before && value === 0) return;
    const own = this.#own.get(slot) ?? (before ? Uint8Array.from(before) : new Uint8Array(this.#slots.get(slot)!));
    if (!before) own.fill(0);
    own.fill(value, Math.max(0, off), Math.max(0, off + length));
    this.#own.set(slot, own);
    this.#dead.set(slot, own);
  }

  /** A read of memory: by the object's address its bytes, by an unknown place in it all, by other pointers what escaped. */
  #read(base: ValueId, off: number, length: number): void {
    const slot = this.#slotOf(base);
    if (slot !== undefined) {
      this.#mark(slot, off, length, 0);
      return;
    }
    this.#readAll(base);
  }

  /** A read of any bytes of what `base` is in: the loader may move one of a CO-RE field. */
  #readAll(base: ValueId): void {
    const region = this.#aliases.regionOf(base);
    if (region.startsWith("slot ")) this.#dead.delete(Number(region.slice(5)) as SlotId);
    else this.#readShared();
  }

  #readShared(): void {
    const { block, index } = this.#at!;
    for (const slot of this.#dead.keys())
      if (this.#shared.has(slot) && this.#escapes.hasEscaped(slotRegion(slot), block, index)) this.#dead.delete(slot);
  }
}
