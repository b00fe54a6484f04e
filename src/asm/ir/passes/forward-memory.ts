/**
 * A load of what was just stored or loaded is that value; of bytes that were stored as constants, their number. Within a
 * block and the blocks that only it leads to; what calls and barriers may change is forgotten, of stores what they can
 * meet. Volatile accesses stay, and tell nothing.
 * Relies on: addresses folded into offsets. Keeps: control flow, order of accesses.
 */

import { type Access, type Aliases, aliasesOf, canMeet, other, type Region, slotRegion } from "../aliases.ts";
import { predecessors } from "../cfg.ts";
import { walkTree } from "../dominators.ts";
import { blockMap, Ids, type Pass, Replacements, substitute } from "../edit.ts";
import { type Escapes, escapesOf } from "../escapes.ts";
import { bitsOf, type InstBody, type InstOf, mapOperands } from "../inst.ts";
import { withCode, withInsts, withoutTag } from "../layout.ts";
import { touchesMemory } from "../memory.ts";
import type { Block, BlockId, Inst, IrFunction, ValueId } from "../model.ts";
import { type KnownValue, reread } from "../reread.ts";
import { OwnDefinitions } from "../uses.ts";

/** A value whose bytes in memory are known. */
interface Entry extends KnownValue {
  readonly region: Region;
  /** Known by the object's own address: stores to other bytes of the object do not change it. */
  readonly direct: boolean;
  /** The load that it comes from, and what that says of the object's type. */
  readonly load?: InstOf<"load">;
  readonly time: number;
}

/** The instruction that is looked at. */
interface Point {
  readonly block: BlockId;
  readonly index: number;
}

/** A store, or a copy, that changed something; where nothing is said of the bytes, what others can reach. */
interface Change {
  readonly at?: Access;
  readonly time: number;
  readonly point: Point;
}

/** Changes looked through for one load; behind more of them nothing is known. */
const maxChanges = 64;

export const forwardMemory: Pass = {
  name: "forward-memory",
  run: (fn) => new Forwarder(fn).run(),
};

/** Stands for changes through pointers that may point anywhere, and by calls. */
const anywhere: Region = "anywhere";

/** Which bytes of what a base names: offset and size in one number; a text where the loader patches the offset. */
type Bytes = number | string;
const bytesAt = (off: number, size: number): Bytes => off * 16 + size;

interface Key {
  readonly base: ValueId | Region;
  readonly bytes: Bytes;
}

class Forwarder {
  readonly #fn: IrFunction;
  readonly #aliases: Aliases;
  readonly #escapes: Escapes;
  readonly #defs: OwnDefinitions;
  readonly #ids: Ids;
  readonly #replaced = new Replacements();
  readonly #known = new Map<ValueId | Region, Map<Bytes, Entry>>();
  /** Loads that no longer stand for accesses by their type alone. */
  readonly #untyped = new Set<ValueId>();
  /** Changes of each region that its keys do not tell apart, in order. */
  readonly #changes = new Map<Region, Change[]>();
  /** The same by other addresses than the object's own. */
  readonly #indirect = new Map<Region, Change[]>();
  /** When a root began: nothing is known of before. */
  #beginning = 0;
  #time = 1;
  #point: Point | undefined;
  #dropsStores = false;
  /** Undone when the walk leaves a block. */
  #undo: (() => void)[] = [];

  constructor(fn: IrFunction) {
    this.#fn = fn;
    this.#defs = new OwnDefinitions(fn);
    this.#aliases = aliasesOf(fn, this.#defs);
    this.#escapes = escapesOf(fn, this.#defs, this.#aliases);
    this.#ids = new Ids(fn);
  }

  run(): IrFunction {
    const preds = predecessors(this.#fn.blocks);
    const follow = new Map<BlockId, BlockId[]>();
    const roots: BlockId[] = [];
    for (const { id } of this.#fn.blocks) {
      const from = preds.get(id)!;
      if (from.length === 1) follow.set(from[0]!, [...(follow.get(from[0]!) ?? []), id]);
      else roots.push(id);
    }
    const byId = blockMap(this.#fn);
    const made = new Map<BlockId, Block>();
    for (const start of roots) {
      this.#forgetAll();
      this.#walk(start, byId, follow, made);
    }
    if (this.#replaced.size === 0 && !this.#dropsStores) return this.#fn;
    const blocks = this.#fn.blocks.map((block) => this.#withoutTypes(made.get(block.id)!));
    return substitute(withCode(this.#fn, blocks, this.#ids.next), this.#replaced);
  }

  /** A load that gives its value to one of another type reads what any store may have written. */
  #withoutTypes(block: Block): Block {
    if (!block.insts.some((inst) => this.#untyped.has(inst.id))) return block;
    const insts = block.insts.map((inst): Inst => {
      if (inst.op !== "load" || !this.#untyped.has(inst.id)) return inst;
      return withoutTag(inst);
    });
    return withInsts(block, insts);
  }

  /** A root begins with nothing; entries of earlier trees are too old to count. */
  #forgetAll(): void {
    this.#known.clear();
    this.#changes.clear();
    this.#indirect.clear();
    this.#beginning = this.#time;
  }

  #walk(
    start: BlockId,
    byId: ReadonlyMap<BlockId, Block>,
    follow: ReadonlyMap<BlockId, BlockId[]>,
    made: Map<BlockId, Block>,
  ): void {
    walkTree(
      start,
      (block) => follow.get(block) ?? [],
      (block) => {
        this.#undo = [];
        made.set(block, this.#block(byId.get(block)!));
        return this.#undo;
      },
    );
  }

  #block(block: Block): Block {
    const insts: Inst[] = [];
    let changed = false;
    for (let index = 0; index < block.insts.length; index++) {
      const source = block.insts[index]!;
      if (!touchesMemory(source) && source.op !== "end") {
        insts.push(source);
        continue;
      }
      this.#point = { block: block.id, index };
      const inst = this.#replaced.size === 0 ? source : mapOperands(source, this.#replaced.get);
      if (inst.op === "load" && !inst.volatile) {
        const extra = this.#load(inst);
        if (extra) insts.push(extra);
        if (this.#replaced.has(inst.id)) {
          changed = true;
          continue;
        }
      } else if (inst.op === "store" && this.#isThere(inst)) {
        this.#dropsStores = true;
        changed = true;
        continue;
      } else this.#effect(inst);
      insts.push(source);
    }
    return changed ? withInsts(block, insts) : block;
  }

  #keyOfAccess(inst: InstOf<"load"> | InstOf<"store">): Key {
    const { base, off } = this.#place(inst.base, inst.off);
    if (!inst.core) return { base, bytes: bytesAt(off, inst.size) };
    return { base, bytes: `${off} ${inst.size} ${inst.core.root}:${inst.core.path.join(":")}` };
  }

  /** An access to a named object by the object, however its address was made; else by the address. */
  #place(base: ValueId, off: number): { readonly base: ValueId | Region; readonly off: number } {
    if (!this.#isDirect(base)) return { base, off };
    const def = this.#defs.get(base);
    const addend = def?.op === "addr" && def.symbol.kind === "global" ? def.symbol.addend : 0;
    return { base: this.#aliases.regionOf(base), off: off + addend };
  }

  /** What makes the loaded value from the known one, if an instruction is needed. */
  #load(inst: InstOf<"load">): Inst | undefined {
    const key = this.#keyOfAccess(inst);
    const entry = this.#valid(this.#known.get(key.base)?.get(key.bytes), inst);
    const bytes = entry ? undefined : this.#constantBytes(inst);
    if (bytes !== undefined) return this.#instead(inst, bytes);
    if (!entry) {
      const region = this.#aliases.regionOf(inst.base);
      this.#set(key, {
        value: inst.id,
        ty: inst.ty,
        signed: inst.signed,
        region,
        direct: this.#isDirect(inst.base) && !inst.core,
        load: inst,
        time: this.#time++,
      });
      return undefined;
    }
    const change = reread(entry, inst);
    if (change === "unfit") return undefined;
    if (entry.load && entry.load.tag !== inst.tag) this.#untyped.add(entry.load.id);
    if (!change) {
      this.#replaced.set(inst.id, entry.value);
      return undefined;
    }
    return this.#instead(inst, change);
  }

  #instead(inst: Inst, by: InstBody): Inst {
    const made = this.#ids.inst(by, inst.span);
    this.#defs.set(made.id, made);
    this.#replaced.set(inst.id, made.id);
    return made;
  }

  /** The loaded number, where constants were stored to all its bytes of a stack object, in other sizes. */
  #constantBytes(inst: InstOf<"load">): InstBody | undefined {
    if (inst.core || this.#defs.get(inst.base)?.op !== "slot") return undefined;
    const region = this.#aliases.regionOf(inst.base);
    let sum = 0n;
    for (let at = 0; at < inst.size; at++) {
      const byte = this.#constantByte(region, { base: inst.base, off: inst.off + at, size: 1 });
      if (byte === undefined) return undefined;
      sum |= byte << BigInt(8 * at);
    }
    const value = inst.signed ? BigInt.asIntN(8 * inst.size, sum) : sum;
    return { op: "const", ty: inst.ty, value: BigInt.asUintN(bitsOf(inst.ty), value) };
  }

  /** Whether a stack object holds the constant already that is stored to it. */
  #isThere({ base, off, size, value, core, volatile }: InstOf<"store">): boolean {
    const def = this.#defs.get(value);
    if (volatile || core || def?.op !== "const" || this.#defs.get(base)?.op !== "slot") return false;
    const region = this.#aliases.regionOf(base);
    for (let at = 0; at < size; at++) {
      const byte = this.#constantByte(region, { base, off: off + at, size: 1 });
      if (byte !== ((def.value >> BigInt(8 * at)) & 0xffn)) return false;
    }
    return true;
  }

  /** Stores drop what is known of the bytes that they overwrite: any constant that is left is the last. */
  #constantByte(region: Region, at: Access): bigint | undefined {
    const known = this.#known.get(region);
    if (!known) return undefined;
    for (const size of [1, 2, 4, 8]) {
      for (let off = at.off - size + 1; off <= at.off; off++) {
        const entry = this.#valid(known.get(bytesAt(off, size)), at);
        const def = entry && this.#defs.get(entry.value);
        if (def?.op !== "const" || entry?.signed !== undefined) continue;
        return (def.value >> BigInt(8 * (at.off - off))) & 0xffn;
      }
    }
    return undefined;
  }

  #valid(entry: Entry | undefined, query: Access): Entry | undefined {
    if (!entry) return undefined;
    const { region, direct, time } = entry;
    if (time < this.#beginning) return undefined;
    if (this.#changedSince(region, time, query) || this.#reachedSince(region, time, query)) return undefined;
    return !direct && this.#changedSince(region, time, query, this.#indirect) ? undefined : entry;
  }

  /** Whether a change of the region since then may have changed what `query` reads. */
  #changedSince(region: Region, time: number, query: Access, changes = this.#changes): boolean {
    return this.#changeSince(changes.get(region), time, ({ at }) => !at || canMeet(at, query));
  }

  /** Whether a call, or a store to anywhere, could reach the region by then: a stack object once it was given away. */
  #reachedSince(region: Region, time: number, query: Access): boolean {
    if (this.#aliases.isPrivate(region)) return false;
    const isSlot = region.startsWith("slot ");
    const reaches = ({ block, index }: Point): boolean => !isSlot || this.#escapes.hasEscaped(region, block, index);
    return this.#changeSince(
      this.#changes.get(anywhere),
      time,
      ({ at, point }) => (!at || canMeet(at, query)) && reaches(point),
    );
  }

  #changeSince(changes: readonly Change[] = [], time: number, matters: (change: Change) => boolean): boolean {
    for (let i = changes.length - 1; i >= 0 && changes[i]!.time > time; i--) {
      if (i < changes.length - maxChanges || matters(changes[i]!)) return true;
    }
    return false;
  }

  #effect(inst: Inst): void {
    switch (inst.op) {
      case "store":
        this.#store(inst);
        return;
      case "copy":
      case "fill":
        this.#change(this.#aliases.regionOf(inst.dst), { base: inst.dst, off: inst.dstOff, size: inst.length });
        return;
      case "end":
        // behind it another object may be in its place
        this.#push(slotRegion(inst.slot), undefined);
        return;
      case "atomic":
      case "call":
      case "asm":
      case "barrier":
        this.#changeShared();
        if (inst.op === "atomic") this.#change(this.#aliases.regionOf(inst.base), inst);
        return;
      default:
        return;
    }
  }

  #store(inst: InstOf<"store">): void {
    const region = this.#aliases.regionOf(inst.base);
    if (inst.core || !this.#isDirect(inst.base)) this.#change(region, inst);
    else this.#overwrite(inst, region);
    if (!inst.volatile) {
      const ty = this.#defs.get(inst.value)?.ty;
      if (ty && ty !== "void")
        this.#set(this.#keyOfAccess(inst), {
          value: inst.value,
          ty,
          signed: undefined,
          region,
          direct: this.#isDirect(inst.base) && !inst.core,
          time: this.#time++,
        });
    }
  }

  /** Whether the base is the object itself: then offsets tell accesses apart. */
  #isDirect(base: ValueId): boolean {
    const op = this.#defs.get(base)?.op;
    return op === "slot" || (op === "addr" && this.#aliases.regionOf(base) !== other);
  }

  /** A store to a known place of an object: only what overlaps changes, and what other pointers may see of it. */
  #overwrite(inst: InstOf<"store">, region: Region): void {
    if (!this.#aliases.isPrivate(region)) this.#note(other, inst);
    this.#note(region, inst, this.#indirect);
    const place = this.#place(inst.base, inst.off);
    const known = this.#known.get(place.base);
    if (!known || known.size === 0) return;
    for (let off = place.off - 7; off < place.off + inst.size; off++) {
      for (const size of [1, 2, 4, 8]) {
        if (off + size <= place.off) continue;
        const bytes = bytesAt(off, size);
        if (known.has(bytes)) this.#drop(known, bytes);
      }
    }
  }

  #change(region: Region, at: Access): void {
    if (region === other) this.#note(anywhere, at);
    else {
      this.#note(region, at);
      if (!this.#aliases.isPrivate(region)) this.#note(other, at);
    }
  }

  #changeShared(): void {
    this.#push(anywhere, undefined);
  }

  #note(region: Region, { base, off, size, tag, core }: Access, changes = this.#changes): void {
    this.#push(region, { base, off, size, ...(tag && { tag }), ...(core !== undefined && { core }) }, changes);
  }

  #push(region: Region, at: Access | undefined, changes = this.#changes): void {
    let list = changes.get(region);
    if (!list) {
      list = [];
      changes.set(region, list);
    }
    list.push({ ...(at && { at }), time: this.#time++, point: this.#point! });
    this.#undo.push(() => list.pop());
  }

  #set({ base, bytes }: Key, entry: Entry): void {
    let known = this.#known.get(base);
    if (!known) {
      known = new Map();
      this.#known.set(base, known);
    }
    this.#remember(known, bytes);
    known.set(bytes, entry);
  }

  #drop(known: Map<Bytes, Entry>, bytes: Bytes): void {
    this.#remember(known, bytes);
    known.delete(bytes);
  }

  #remember(known: Map<Bytes, Entry>, bytes: Bytes): void {
    const before = known.get(bytes);
    this.#undo.push(() => {
      if (before) known.set(bytes, before);
      else known.delete(bytes);
    });
  }
}
