/**
 * Stack objects whose lives do not cross become one. A life lasts from the first time that the object may be written to
 * the end that its scope marked; that of an object whose address nobody keeps, to the last access.
 * Relies on: nothing moves memory accesses afterwards. Keeps: control flow; leaves no `end` behind.
 */
import { BitSet } from "../../../support/bit-set.ts";
import { predecessors } from "../cfg.ts";
import type { Pass } from "../edit.ts";
import { eachOperand, eachTermOperand, successors } from "../inst.ts";
import { copyOf, withCode, withInsts } from "../layout.ts";
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
  const stays = (inst: Inst): boolean => inst.op !== "end";
  const blocks = fn.blocks.map((block) => {
    if (block.insts.every(stays)) return block;
    changed = true;
    return withInsts(block, block.insts.filter(stays));
  });
  return changed ? withCode(fn, blocks) : fn;
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

/** Calls `visit` with operands whose value may turn up anywhere afterwards; an access keeps no copy of its address. */
function eachKept(inst: Inst, visit: (value: ValueId) => void): void {
  switch (inst.op) {
    case "load":
    case "copy":
    case "fill":
    case "cmp":
      return;
    case "store":
      visit(inst.value);
      return;
    case "atomic":
      visit(inst.value);
      if (inst.expected !== undefined) visit(inst.expected);
      return;
    default:
      if (!passesOn(inst)) eachOperand(inst, visit);
  }
}

/** The end of the object of this number, or objects that are named other than to hand on their address. */
type Event = number | BitSet;

/** Where each object lives. Objects are numbered by their place in the function's list. */
class Lives {
  readonly #fn: IrFunction;
  readonly #count: number;
  readonly #numbers: ReadonlyMap<SlotId, number>;
  /** Objects that a value may be the address of. */
  readonly #named: (BitSet | undefined)[];
  readonly #escaped: BitSet;
  /** What happens in each block, in order; most instructions do nothing to objects. */
  readonly #events: ReadonlyMap<BlockId, readonly Event[]>;

  constructor(fn: IrFunction) {
    this.#fn = fn;
    this.#count = fn.slots.length;
    this.#numbers = new Map(fn.slots.map((slot, i) => [slot.id, i]));
    this.#named = new Array<BitSet | undefined>(fn.nextId);
    this.#follow();
    this.#escaped = this.#set();
    const giveAway = (value: ValueId): void => {
      const named = this.#named[value];
      if (named) this.#escaped.addAll(named);
    };
    for (const { insts, term } of fn.blocks) {
      for (const inst of insts) eachKept(inst, giveAway);
      if (term.op === "ret") eachTermOperand(term, giveAway);
    }
    this.#events = new Map(fn.blocks.map((block) => [block.id, this.#eventsOf(block)]));
  }

  #set(): BitSet {
    return new BitSet(this.#count);
  }

  /** Follows addresses through arithmetic and phis until nothing new turns up. */
  #follow(): void {
    const carriers: Inst[] = [];
    for (const { insts } of this.#fn.blocks) {
      for (const inst of insts) {
        if (inst.op === "slot") {
          const own = this.#set();
          own.add(this.#numbers.get(inst.slot)!);
          this.#named[inst.id] = own;
        } else if (passesOn(inst)) carriers.push(inst);
      }
    }
    for (let changed = true; changed; ) {
      changed = false;
      for (const inst of carriers) {
        eachOperand(inst, (value) => {
          const from = this.#named[value];
          if (!from) return;
          const own = this.#named[inst.id] ?? this.#set();
          this.#named[inst.id] = own;
          if (own.addAll(from)) changed = true;
        });
      }
    }
  }

  #eventsOf({ insts, term }: Block): Event[] {
    const events: Event[] = [];
    let mentioned: BitSet | undefined;
    let isOwn = false;
    const mention = (value: ValueId): void => {
      const named = this.#named[value];
      if (!named || named === mentioned) return;
      if (!mentioned) mentioned = named;
      else {
        if (!isOwn) mentioned = mentioned.copy();
        isOwn = true;
        mentioned.addAll(named);
      }
    };
    const note = (): void => {
      if (mentioned) events.push(mentioned);
      mentioned = undefined;
      isOwn = false;
    };
    for (const inst of insts) {
      if (inst.op === "end") events.push(this.#numbers.get(inst.slot)!);
      else if (!passesOn(inst)) {
        eachOperand(inst, mention);
        note();
      }
    }
    eachTermOperand(term, mention);
    note();
    return events;
  }

  /** For each object the others that are alive where it is named. */
  crossings(): readonly BitSet[] {
    const begun = this.#begun();
    const ahead = this.#ahead();
    const crossing = this.#fn.slots.map(() => this.#set());
    for (const { id } of this.#fn.blocks) this.#cross(id, begun.get(id)!, ahead.get(id)!, crossing);
    crossing.forEach((others, i) => {
      for (const other of others) crossing[other]!.add(i);
    });
    return crossing;
  }

  #cross(block: BlockId, before: BitSet, after: BitSet, crossing: readonly BitSet[]): void {
    const events = this.#events.get(block)!;
    if (events.length === 0) return;
    const begun = before.copy();
    const later = aheadInside(events, after);
    events.forEach((event, i) => {
      happen(event, begun);
      if (typeof event === "number") return;
      const live = later[i]!;
      live.addAll(this.#escaped);
      live.keepAll(begun);
      for (const slot of event) crossing[slot]!.addAll(live);
    });
  }

  /** Objects that were named, and not ended since, at the start of each block. */
  #begun(): Map<BlockId, BitSet> {
    const at = new Map(this.#fn.blocks.map((block) => [block.id, this.#set()]));
    for (let changed = true; changed; ) {
      changed = false;
      for (const block of this.#fn.blocks) {
        const out = at.get(block.id)!.copy();
        for (const event of this.#events.get(block.id)!) happen(event, out);
        for (const next of successors(block.term)) if (at.get(next)!.addAll(out)) changed = true;
      }
    }
    return at;
  }

  /** Objects that are named again, before their end, behind each block. */
  #ahead(): Map<BlockId, BitSet> {
    const at = new Map(this.#fn.blocks.map((block) => [block.id, this.#set()]));
    const preds = predecessors(this.#fn.blocks);
    const backwards = [...this.#fn.blocks].reverse();
    for (let changed = true; changed; ) {
      changed = false;
      for (const { id } of backwards) {
        const needed = at.get(id)!.copy();
        const events = this.#events.get(id)!;
        for (let i = events.length - 1; i >= 0; i--) happen(events[i]!, needed);
        for (const pred of preds.get(id)!) if (at.get(pred)!.addAll(needed)) changed = true;
      }
    }
    return at;
  }
}

/** An object that is named is in the set from there on, in whichever direction, until its end. */
function happen(event: Event, to: BitSet): void {
  if (typeof event === "number") to.delete(event);
  else to.addAll(event);
}

/** What is still named: by each event and those behind it. */
function aheadInside(events: readonly Event[], after: BitSet): BitSet[] {
  const needed = after.copy();
  const list: BitSet[] = [];
  for (let i = events.length - 1; i >= 0; i--) {
    happen(events[i]!, needed);
    list.push(needed.copy());
  }
  return list.reverse();
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
  const moved = (inst: Inst): Inst => {
    if (inst.op !== "slot") return inst;
    const made = copyOf(inst);
    made.slot = homes.get(inst.slot)!.id;
    return made;
  };
  const blocks = fn.blocks.map((block) => withInsts(block, block.insts.map(moved)));
  return withCode(
    fn,
    blocks,
    undefined,
    fn.slots.flatMap((slot) => kept.get(slot.id) ?? []),
  );
}
