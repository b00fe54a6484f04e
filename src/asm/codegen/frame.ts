/** The stack frame: which spilled values share a slot, and how far below r10 each object lies. */
import { alignUp } from "../../support/int.ts";
import { slotsAsRegisters } from "./dead-spills.ts";
import { interferenceOf } from "./interference.ts";
import { frequencies, livenessOf } from "./liveness.ts";
import { FIRST_VIRTUAL, type FrameSlot, type MFunction, type MInst } from "./machine.ts";
import { MAX_STACK } from "./target.ts";

export interface Frame {
  /** Offset from r10 of each stack object in use; negative. */
  readonly offsets: ReadonlyMap<number, number>;
  /** Bytes, a multiple of 8 as the kernel counts them. */
  readonly size: number;
}

export function layOutFrame(fn: MFunction): Frame {
  const used = usedSlots(fn);
  const shared = shareSpills(fn, used);
  const objects = [...used]
    .filter((slot) => (shared.get(slot) ?? slot) === slot)
    .map((slot) => ({ slot, ...fn.slots[slot]! }));
  // Only in a whole slot of 8 bytes does the kernel follow a narrow number (verifier.c:check_stack_write_fixed_off).
  const roomy = stack(objects.map((object) => ({ ...object, align: 8 })));
  const frame = roomy.size <= MAX_STACK ? roomy : stack(objects);
  const offsets = new Map([...used].map((slot) => [slot, frame.offsets.get(shared.get(slot) ?? slot)!]));
  return { offsets, size: frame.size };
}

interface Placeable {
  readonly slot: number;
  readonly size: number;
  readonly align: number;
}

/** One object below the other. Objects without bytes share the lowest address, which is still one of the frame's. */
function stack(objects: readonly Placeable[]): Frame {
  const offsets = new Map<number, number>();
  const empty = objects.filter((object) => object.size === 0);
  let depth = 0;
  for (const { slot, size, align } of [...objects].sort((a, b) => b.align - a.align || a.slot - b.slot)) {
    if (size === 0) continue;
    depth = alignUp(depth + size, align);
    offsets.set(slot, -depth);
  }
  const size = alignUp(empty.length > 0 ? Math.max(depth, 1) : depth, 8);
  for (const { slot } of empty) offsets.set(slot, -size);
  return { offsets, size };
}

function slotIn(inst: MInst): number | undefined {
  if (inst.kind === "make") return inst.recipe.kind === "frame" ? inst.recipe.slot : undefined;
  return inst.kind === "load" || inst.kind === "store" || inst.kind === "atomic" ? inst.slot : undefined;
}

function usedSlots(fn: MFunction): ReadonlySet<number> {
  const used = new Set<number>();
  for (const block of fn.blocks) {
    for (const inst of block.insts) {
      const slot = slotIn(inst);
      if (slot !== undefined) used.add(slot);
    }
  }
  return used;
}

/**
 * Slots of spilled values whose lives do not cross, joined: the same question as for registers, so it is asked of the
 * same code, with each slot as a register.
 */
function shareSpills(fn: MFunction, used: ReadonlySet<number>): ReadonlyMap<number, number> {
  const spills = fn.slots.flatMap((slot: FrameSlot, i) => (slot.spill && used.has(i) ? [i] : []));
  if (spills.length < 2) return new Map();
  const plan = slotsAsRegisters(fn);
  const graph = interferenceOf(plan, livenessOf(plan), frequencies(plan.blocks));
  const home = new Map<number, number>();
  for (const slot of spills) {
    const taken = new Set([...graph.neighbours[slot]!].map((r) => home.get(r - FIRST_VIRTUAL)));
    const free = spills.find((other) => home.get(other) === other && !taken.has(other));
    home.set(slot, free ?? slot);
  }
  return home;
}
