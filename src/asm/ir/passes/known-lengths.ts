/**
 * Memory functions whose length was no constant where they stand, but is one after inlining, become copies and fills.
 * What is left when all is done was reachable with an unknown length, and code generation refuses it.
 * Relies on: nothing. Keeps: control flow.
 */

import type { Size } from "../../../isa/insn.ts";
import { flatMap } from "../../../support/lists.ts";
import type { Span } from "../../../support/span.ts";
import { type Aliases, aliasesOf, other } from "../aliases.ts";
import { Ids, type Pass } from "../edit.ts";
import type { InstBody } from "../inst.ts";
import { withCode, withInsts } from "../layout.ts";
import type { Inst, IrFunction, Slot, SlotId, ValueId } from "../model.ts";
import { definitions } from "../uses.ts";
import { chunks } from "./expand.ts";

/** What takes more loads than this stays a call: it is not worth it. */
const mostLoads = 1024n;

/** Loads that may all come before the stores of them: their values are live together. */
const mostMoved = 16;

/** A memory function that still waits for its length: its name, as a function called would have it. */
export const isMemoryCall = (inst: Inst): boolean =>
  inst.op === "call" && inst.callee.kind === "function" && inst.callee.name.startsWith("__builtin_mem");

export const knownLengths: Pass = {
  name: "known-lengths",
  run(fn) {
    if (!fn.blocks.some((block) => block.insts.some(isMemoryCall))) return fn;
    const settler = new Settler(fn);
    const blocks = fn.blocks.map((block) =>
      withInsts(
        block,
        flatMap(block.insts, (inst) => settler.settle(inst)),
      ),
    );
    const { ids, slots, settled } = settler;
    return settled ? withCode(fn, blocks, ids.next, slots) : fn;
  },
};

class Settler {
  readonly ids: Ids;
  readonly slots: Slot[];
  settled = false;
  readonly #defs: ReadonlyMap<ValueId, Inst>;
  readonly #aliases: Aliases;

  constructor(fn: IrFunction) {
    this.ids = new Ids(fn);
    this.slots = [...fn.slots];
    this.#defs = definitions(fn);
    this.#aliases = aliasesOf(fn, this.#defs);
  }

  settle(inst: Inst): readonly Inst[] {
    const made = this.#settle(inst);
    this.settled ||= made[0] !== inst;
    return made;
  }

  #settle(inst: Inst): readonly Inst[] {
    if (inst.op !== "call" || inst.callee.kind !== "function" || !isMemoryCall(inst)) return [inst];
    const [dst, second, lengthId, alignId] = inst.args as [ValueId, ValueId, ValueId, ValueId];
    const length = this.#constant(lengthId);
    const aligned = this.#constant(alignId) ?? 1n;
    if (length === undefined || length > mostLoads * aligned) return [inst];
    const align = Number(aligned) as Size;
    const area: Area = { length: Number(length), align, span: inst.span };
    switch (inst.callee.name) {
      case "__builtin_memset": {
        const byte = this.#constant(second);
        if (byte === undefined) return this.#setVariable(dst, second, area);
        const fill = { op: "fill", ty: "void", dst, dstOff: 0, byte: Number(BigInt.asUintN(8, byte)) } as const;
        return [this.ids.inst({ ...fill, length: area.length, align }, inst.span)];
      }
      case "__builtin_memcpy":
        return [this.#copy(dst, second, area)];
      case "__builtin_memmove":
        if (dst === second) return [];
        if (this.#apart(dst, second)) return [this.#copy(dst, second, area)];
        return this.#slide(dst, second, area) ?? this.#move(dst, second, area);
      default:
        return [inst];
    }
  }

  #constant(value: ValueId): bigint | undefined {
    const def = this.#defs.get(value);
    return def?.op === "const" ? def.value : undefined;
  }

  /** Whether the addresses are of different objects. */
  #apart(a: ValueId, b: ValueId): boolean {
    const [left, right] = [this.#aliases.regionOf(a), this.#aliases.regionOf(b)];
    if (left === right) return false;
    const known = left !== other && right !== other;
    return known || this.#aliases.isPrivate(left) || this.#aliases.isPrivate(right);
  }

  #copy(dst: ValueId, src: ValueId, { length, align, span }: Area, volatile = false): Inst {
    return this.ids.inst({ op: "copy", ty: "void", dst, dstOff: 0, src, srcOff: 0, length, align, volatile }, span);
  }

  /** Within one object by a known distance: piece by piece, beginning at the end that the bytes move to. */
  #slide(dst: ValueId, src: ValueId, { length, align, span }: Area): Inst[] | undefined {
    const [to, from] = [this.#anchor(dst), this.#anchor(src)];
    if (to.base !== from.base) return undefined;
    const pieces = chunks(length, align);
    if (to.off > from.off) pieces.reverse();
    return pieces.flatMap(({ at, size }) => {
      const ty = size === 8 ? "i64" : "i32";
      const value = this.ids.inst({ op: "load", ty, size, signed: false, base: src, off: at, volatile: false }, span);
      const put = { op: "store", ty: "void", size, base: dst, off: at, value: value.id, volatile: false } as const;
      return [value, this.ids.inst(put, span)];
    });
  }

  /** What an address is some bytes away from. */
  #anchor(value: ValueId): { readonly base: ValueId; readonly off: bigint } {
    let base = value;
    let off = 0n;
    for (;;) {
      const def = this.#defs.get(base);
      const by = def?.op === "bin" && def.ty === "ptr" && def.fn === "add" ? this.#constant(def.b) : undefined;
      if (def?.op !== "bin" || by === undefined) return { base, off };
      base = def.a;
      off += BigInt.asIntN(64, by);
    }
  }

  /** By way of an object that holds all of it, and stays in memory where it is more than registers take. */
  #move(dst: ValueId, src: ValueId, area: Area): Inst[] {
    const slot = (this.slots.reduce((most, { id }) => Math.max(most, id), -1) + 1) as SlotId;
    this.slots.push({ id: slot, size: area.length, align: 8, name: "moved" });
    const between = this.ids.inst({ op: "slot", ty: "ptr", slot }, area.span);
    const kept = chunks(area.length, area.align).length > mostMoved;
    return [between, this.#copy(between.id, src, area, kept), this.#copy(dst, between.id, area, kept)];
  }

  /** Each byte is the low one of `byte`. */
  #setVariable(base: ValueId, byte: ValueId, { length, align, span }: Area): Inst[] {
    const made: Inst[] = [];
    const emit = (body: InstBody): ValueId => {
      const inst = this.ids.inst(body, span);
      made.push(inst);
      return inst.id;
    };
    const low = emit({ op: "zext", ty: "i64", from: 8, a: byte });
    const ones = emit({ op: "const", ty: "i64", value: 0x0101_0101_0101_0101n });
    const repeated = emit({ op: "bin", ty: "i64", fn: "mul", a: low, b: ones });
    for (const { at, size } of chunks(length, align)) {
      const value = size === 8 ? repeated : emit({ op: "trunc", ty: "i32", a: repeated });
      emit({ op: "store", ty: "void", size, base, off: at, value, volatile: false });
    }
    return made;
  }
}

interface Area {
  readonly length: number;
  readonly align: Size;
  readonly span: Span | undefined;
}
