/**
 * Stack objects whose parts are only accessed by name become one object for each part, which `promote` can turn into
 * values. Copies between such objects become copies of the parts.
 * Relies on: addresses folded into offsets. Keeps: control flow, volatile accesses.
 */
import type { Size } from "../../../isa/insn.ts";
import { alignedTo } from "../alignment.ts";
import { Ids, type Pass } from "../edit.ts";
import { type InstBody, type InstOf, operands, termOperands } from "../inst.ts";
import { instOf, withCode, withInsts } from "../layout.ts";
import type { Inst, IrFunction, Slot, SlotId, ValueId } from "../model.ts";
import { definitions } from "../uses.ts";

interface Range {
  readonly start: number;
  readonly end: number;
}
interface Piece extends Range {
  readonly slot: Slot;
}

/** Objects with more parts are left whole. */
const maxPieces = 128;
const maxBytes = 1024;
/** So many parts that registers do not hold them: each would take 8 bytes of stack again, however small it is. */
const manyPieces = 32;
const worthwhile = (pieces: number, size: number): boolean =>
  pieces <= maxPieces && (pieces <= manyPieces || 4 * pieces <= size);

export const splitSlots: Pass = {
  name: "split-slots",
  run(fn) {
    const plan = new Plan(fn);
    return plan.pieces.size === 0 ? fn : new Splitter(fn, plan).run();
  },
};

/** Which objects are split, and where. */
class Plan {
  readonly defs: ReadonlyMap<ValueId, Inst>;
  readonly pieces = new Map<SlotId, readonly Piece[]>();
  readonly #sizes: ReadonlyMap<SlotId, Slot>;
  readonly #ranges = new Map<SlotId, Map<string, Range>>();

  constructor(fn: IrFunction) {
    this.defs = definitions(fn);
    this.#sizes = new Map(fn.slots.filter((slot) => slot.size <= maxBytes).map((slot) => [slot.id, slot]));
    for (const slot of this.#sizes.keys()) this.#ranges.set(slot, new Map());
    const copies = this.#scan(fn);
    this.#propagate(copies);
    let next = fn.slots.reduce((most, slot) => Math.max(most, slot.id), -1) + 1;
    for (const [id, ranges] of this.#ranges) {
      const slot = this.#sizes.get(id)!;
      const cuts = cut(slot, [...ranges.values()]);
      if (ranges.size === 0 || cuts.length < 2 || !worthwhile(cuts.length, slot.size)) continue;
      this.pieces.set(
        id,
        cuts.map(({ start, end }) => ({ start, end, slot: pieceSlot(slot, start, end, next++ as SlotId) })),
      );
    }
  }

  slotOf(base: ValueId): SlotId | undefined {
    const def = this.defs.get(base);
    return def?.op === "slot" ? def.slot : undefined;
  }

  #refuse(value: ValueId): void {
    const slot = this.slotOf(value);
    if (slot !== undefined) this.#ranges.delete(slot);
  }

  #touch(base: ValueId, off: number, length: number, scalar: boolean): void {
    const slot = this.slotOf(base);
    const ranges = slot === undefined ? undefined : this.#ranges.get(slot);
    if (!ranges || slot === undefined) return;
    if (off < 0 || off + length > this.#sizes.get(slot)!.size) this.#ranges.delete(slot);
    else if (scalar) addRange(ranges, off, off + length);
  }

  #scan(fn: IrFunction): InstOf<"copy">[] {
    const copies: InstOf<"copy">[] = [];
    for (const block of fn.blocks) {
      for (const inst of block.insts) {
        if ((inst.op === "load" || inst.op === "store") && !inst.volatile && !inst.core) {
          this.#touch(inst.base, inst.off, inst.size, true);
          if (inst.op === "store") this.#refuse(inst.value);
        } else if (inst.op === "fill") this.#touch(inst.dst, inst.dstOff, inst.length, false);
        else if (inst.op === "copy" && !inst.volatile) {
          this.#touch(inst.dst, inst.dstOff, inst.length, false);
          this.#touch(inst.src, inst.srcOff, inst.length, false);
          copies.push(inst);
        } else for (const value of operands(inst)) this.#refuse(value);
      }
      for (const value of termOperands(block.term)) this.#refuse(value);
    }
    return copies;
  }

  /** Parts of one side of a copy are parts of the other. */
  #propagate(copies: readonly InstOf<"copy">[]): void {
    for (let round = 0, changed = true; changed && round < 8; round++) {
      changed = false;
      for (const { dst, dstOff, src, srcOff, length } of copies) {
        const to = this.#rangesOf(dst);
        const from = this.#rangesOf(src);
        if (!to || !from) continue;
        changed = shiftRanges(to, dstOff, length, from, srcOff) || changed;
        changed = shiftRanges(from, srcOff, length, to, dstOff) || changed;
      }
    }
  }

  #rangesOf(base: ValueId): Map<string, Range> | undefined {
    const slot = this.slotOf(base);
    return slot === undefined ? undefined : this.#ranges.get(slot);
  }
}

function addRange(ranges: Map<string, Range>, start: number, end: number): boolean {
  const key = `${start} ${end}`;
  if (ranges.has(key) || ranges.size > maxPieces) return false;
  ranges.set(key, { start, end });
  return true;
}

function shiftRanges(
  from: Map<string, Range>,
  off: number,
  length: number,
  to: Map<string, Range>,
  toOff: number,
): boolean {
  let changed = false;
  for (const { start, end } of [...from.values()]) {
    if (start >= off && end <= off + length) changed = addRange(to, start - off + toOff, end - off + toOff) || changed;
  }
  return changed;
}

/** The object from end to end: overlapping accesses in one piece, gaps in aligned pieces. */
function cut(slot: Slot, ranges: readonly Range[]): Range[] {
  const list: Range[] = [];
  const gap = (start: number, end: number): void => {
    for (let at = start; at < end; ) {
      const size = ([8, 4, 2, 1] as const).find((n) => n <= slot.align && at % n === 0 && at + n <= end) ?? 1;
      list.push({ start: at, end: at + size });
      at += size;
    }
  };
  let at = 0;
  const sorted = [...ranges].sort((x, y) => x.start - y.start || y.end - x.end);
  for (let i = 0; i < sorted.length; ) {
    const { start } = sorted[i]!;
    let { end } = sorted[i]!;
    for (i++; i < sorted.length && sorted[i]!.start < end; i++) end = Math.max(end, sorted[i]!.end);
    gap(at, start);
    list.push({ start, end });
    at = end;
  }
  gap(at, slot.size);
  return list;
}

function pieceSlot(slot: Slot, start: number, end: number, id: SlotId): Slot {
  const size = end - start;
  const own = ([8, 4, 2, 1] as const).find((n) => size % n === 0) ?? 1;
  const inherited = alignedTo(slot.align, start);
  return { id, size, align: Math.max(own === size ? own : 1, inherited) as Size, name: `${slot.name}.${start}` };
}

const isScalar = ({ start, end }: Range): boolean => [1, 2, 4, 8].includes(end - start);

/** A place in memory: a piece of a split object, or what the instruction named. */
interface Spot {
  readonly base: () => ValueId;
  readonly off: number;
  readonly align: Size;
  readonly whole: boolean;
}

/** A piece may lie otherwise than the object it is of: an access in it is then less aligned. */
const weaker = ({ align, size }: InstOf<"load"> | InstOf<"store">, spot: Spot): { readonly align?: Size } =>
  spot.align < (align ?? size) ? { align: spot.align } : {};

class Splitter {
  readonly #fn: IrFunction;
  readonly #plan: Plan;
  readonly #ids: Ids;
  #made: Inst[] = [];

  constructor(fn: IrFunction, plan: Plan) {
    this.#fn = fn;
    this.#plan = plan;
    this.#ids = new Ids(fn);
  }

  run(): IrFunction {
    const blocks = this.#fn.blocks.map((block) => {
      this.#made = [];
      for (const inst of block.insts) this.#visit(inst);
      return withInsts(block, this.#made);
    });
    const slots = [
      ...this.#fn.slots.filter((slot) => !this.#plan.pieces.has(slot.id)),
      ...[...this.#plan.pieces.values()].flatMap((list) => list.map((piece) => piece.slot)),
    ];
    return withCode(this.#fn, blocks, this.#ids.next, slots);
  }

  #visit(inst: Inst): void {
    switch (inst.op) {
      case "slot":
        if (!this.#plan.pieces.has(inst.slot)) this.#made.push(inst);
        return;
      case "load":
      case "store": {
        const spot = this.#spot(inst.base, inst.off, inst.size, inst.span);
        this.#made.push(
          spot
            ? instOf({ ...inst, base: spot.base(), off: spot.off, ...weaker(inst, spot) }, inst.id, inst.span)
            : inst,
        );
        return;
      }
      case "end": {
        const pieces = this.#plan.pieces.get(inst.slot);
        if (!pieces) this.#made.push(inst);
        else for (const piece of pieces) this.#emit({ op: "end", ty: "void", slot: piece.slot.id }, inst.span);
        return;
      }
      case "fill":
        this.#fill(inst);
        return;
      case "copy":
        this.#copy(inst);
        return;
      default:
        this.#made.push(inst);
    }
  }

  #emit(body: InstBody, span: Inst["span"]): ValueId {
    const inst = this.#ids.inst(body, span);
    this.#made.push(inst);
    return inst.id;
  }

  #piecesOf(base: ValueId): readonly Piece[] | undefined {
    const slot = this.#plan.slotOf(base);
    return slot === undefined ? undefined : this.#plan.pieces.get(slot);
  }

  /** The piece that holds `length` bytes at `off`; the base is made when asked for. */
  #spot(base: ValueId, off: number, length: number, span: Inst["span"]): Spot | undefined {
    const piece = this.#piecesOf(base)?.find(({ start, end }) => start <= off && off + length <= end);
    if (!piece) return undefined;
    return {
      base: () => this.#emit({ op: "slot", ty: "ptr", slot: piece.slot.id }, span),
      off: off - piece.start,
      align: alignedTo(piece.slot.align, off - piece.start),
      whole: off === piece.start && off + length === piece.end && isScalar(piece),
    };
  }

  /** `length` bytes at `off`, cut where pieces of either base begin. */
  #parts(sides: readonly { base: ValueId; off: number }[], length: number): Range[] {
    const cuts = new Set([0, length]);
    for (const { base, off } of sides)
      for (const { start } of this.#piecesOf(base) ?? [])
        if (start > off && start < off + length) cuts.add(start - off);
    const sorted = [...cuts].sort((x, y) => x - y);
    return sorted.slice(1).map((end, i) => ({ start: sorted[i]!, end }));
  }

  #fill(inst: InstOf<"fill">): void {
    if (!this.#piecesOf(inst.dst)) {
      this.#made.push(inst);
      return;
    }
    for (const { start, end } of this.#parts([{ base: inst.dst, off: inst.dstOff }], inst.length)) {
      const length = end - start;
      const to = this.#spot(inst.dst, inst.dstOff + start, length, inst.span)!;
      const base = to.base();
      if (to.whole) {
        let value = 0n;
        for (let i = 0; i < length; i++) value = (value << 8n) | BigInt(inst.byte);
        const constant = this.#emit({ op: "const", ty: length === 8 ? "i64" : "i32", value }, inst.span);
        this.#store(base, to.off, length as Size, constant, inst.span);
      } else {
        const align = alignedTo(inst.align, start);
        this.#emit({ op: "fill", ty: "void", dst: base, dstOff: to.off, byte: inst.byte, length, align }, inst.span);
      }
    }
  }

  #store(base: ValueId, off: number, size: Size, value: ValueId, span: Inst["span"]): void {
    this.#emit({ op: "store", ty: "void", size, base, off, value, volatile: false }, span);
  }

  #copy(inst: InstOf<"copy">): void {
    if (!this.#piecesOf(inst.dst) && !this.#piecesOf(inst.src)) {
      this.#made.push(inst);
      return;
    }
    const sides = [
      { base: inst.dst, off: inst.dstOff },
      { base: inst.src, off: inst.srcOff },
    ];
    for (const { start, end } of this.#parts(sides, inst.length)) this.#copyPart(inst, start, end - start);
  }

  #copyPart(inst: InstOf<"copy">, at: number, length: number): void {
    const to = this.#spot(inst.dst, inst.dstOff + at, length, inst.span);
    const from = this.#spot(inst.src, inst.srcOff + at, length, inst.span);
    const dst = to ? to.base() : inst.dst;
    const src = from ? from.base() : inst.src;
    const dstOff = to ? to.off : inst.dstOff + at;
    const srcOff = from ? from.off : inst.srcOff + at;
    const align = alignedTo(inst.align, at);
    const scalar = (to?.whole ?? from?.whole) && (from?.whole ?? to?.whole) && align >= length;
    if (!scalar) {
      this.#emit(
        { op: "copy", ty: "void", dst, dstOff, src, srcOff, length, align, volatile: inst.volatile },
        inst.span,
      );
      return;
    }
    const size = length as Size;
    const ty = size === 8 ? "i64" : "i32";
    const value = this.#emit(
      { op: "load", ty, size, signed: false, base: src, off: srcOff, volatile: false },
      inst.span,
    );
    this.#store(dst, dstOff, size, value, inst.span);
  }
}
