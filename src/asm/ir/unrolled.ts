/** A loop as copies of its body. Values that are read behind it go through memory until `promote` takes them up again. */
import { blockMap, Ids, withBlocks } from "./edit.ts";
import { copyAs, type InstOf, mapOperands, mapSuccessors, mapTermOperands, successors } from "./inst.ts";
import { blockOf, instOf, jumpTo, withArgs, withInsts } from "./layout.ts";
import type { Loop } from "./loops.ts";
import type { Block, BlockId, Inst, IrFunction, PhiArg, Slot, SlotId, Term, ValueId } from "./model.ts";
import type { Trips } from "./trip-count.ts";

/** How many copies, and after how many rounds which exit is taken if that is known. */
export interface Copies {
  readonly count: number;
  readonly trips?: Trips;
}

/** `fn` with copies of the body of `loop`; `mark` is left out of them. */
export const unrolled = (fn: IrFunction, loop: Loop, copies: Copies, mark?: Inst): IrFunction =>
  new Unroller(fn, loop, copies, mark).run();

class Unroller {
  readonly #fn: IrFunction;
  readonly #loop: Loop;
  readonly #copies: Copies;
  readonly #ids: Ids;
  readonly #blocks: Map<BlockId, Block>;
  readonly #slots: Slot[];
  readonly #body: readonly Block[];
  /** What each value and block of the loop is in each copy; the first copy is the loop itself. */
  readonly #values: Map<ValueId, ValueId>[] = [];
  readonly #names: Map<BlockId, BlockId>[] = [];
  /** Where a way back leads that is never taken. */
  readonly #nowhere: BlockId;

  constructor(fn: IrFunction, loop: Loop, copies: Copies, mark: Inst | undefined) {
    this.#fn = fn;
    this.#loop = loop;
    this.#copies = copies;
    this.#ids = new Ids(fn);
    this.#blocks = blockMap(fn);
    this.#slots = [...fn.slots];
    this.#nowhere = this.#ids.block();
    this.#keepInMemory();
    this.#body = [...loop.blocks].map((id) => {
      const block = this.#blocks.get(id)!;
      return withInsts(
        block,
        block.insts.filter((inst) => inst !== mark),
      );
    });
  }

  run(): IrFunction {
    for (let copy = 0; copy < this.#copies.count; copy++) this.#number(copy);
    for (let copy = 0; copy < this.#copies.count; copy++) for (const block of this.#body) this.#copyBlock(block, copy);
    this.#blocks.set(this.#nowhere, { id: this.#nowhere, insts: [], term: { op: "unreachable" } });
    this.#widenExits();
    return withBlocks(this.#fn, this.#blocks, { slots: this.#slots, nextId: this.#ids.next });
  }

  // ---- values that are read behind the loop ----

  /** They are stored where they are made and loaded where they are read, for `promote` to take up again. */
  #keepInMemory(): void {
    const made = new Map<ValueId, Inst>();
    for (const id of this.#loop.blocks) for (const inst of this.#blocks.get(id)!.insts) made.set(inst.id, inst);
    const slots = new Map<ValueId, Slot>();
    const slotFor = (value: ValueId): Slot => {
      const known = slots.get(value);
      if (known) return known;
      const size = made.get(value)!.ty === "i32" ? 4 : 8;
      const id = (this.#slots.reduce((most, slot) => Math.max(most, slot.id), -1) + 1) as SlotId;
      const slot: Slot = { id, size, align: size, name: `out${value}` };
      slots.set(value, slot);
      this.#slots.push(slot);
      return slot;
    };
    const load = (value: ValueId, into: Inst[]): ValueId => {
      const { ty } = made.get(value)!;
      const slot = slotFor(value);
      const at = this.#ids.inst({ op: "slot", ty: "ptr", slot: slot.id }, undefined);
      const size = slot.size as 4 | 8;
      if (ty === "void") return value;
      const loaded = this.#ids.inst(
        { op: "load", ty, size, signed: false, base: at.id, off: 0, volatile: false },
        undefined,
      );
      into.push(at, loaded);
      return loaded.id;
    };
    for (const block of this.#fn.blocks) if (!this.#loop.blocks.has(block.id)) this.#readFromMemory(block, made, load);
    for (const [value, slot] of slots) this.#storeOnceMade(value, slot);
  }

  #readFromMemory(
    block: Block,
    made: ReadonlyMap<ValueId, Inst>,
    load: (value: ValueId, into: Inst[]) => ValueId,
  ): void {
    const insts: Inst[] = [];
    const tail: Inst[] = [];
    let changed = false;
    const read = (into: Inst[]) => (value: ValueId) => {
      if (!made.has(value)) return value;
      changed = true;
      return load(value, into);
    };
    for (const inst of block.insts) {
      if (inst.op === "phi") insts.push(inst);
      else {
        const before: Inst[] = [];
        const after = mapOperands(inst, read(before));
        insts.push(...before, after);
      }
    }
    const term = mapTermOperands(block.term, read(tail));
    for (const next of new Set(successors(block.term))) {
      const target = this.#blocks.get(next)!;
      const phis = target.insts.map((inst) => {
        if (inst.op !== "phi" || !inst.args.some((arg) => arg.block === block.id && made.has(arg.value))) return inst;
        return withArgs(
          inst,
          inst.args.map((arg) => (arg.block === block.id ? { block: arg.block, value: read(tail)(arg.value) } : arg)),
        );
      });
      if (phis.some((inst, i) => inst !== target.insts[i])) this.#blocks.set(next, withInsts(target, phis));
    }
    if (!changed) return;
    // Phis of this block may have changed since: a loop of one block is its own successor.
    const phis = this.#blocks.get(block.id)!.insts.filter((inst) => inst.op === "phi");
    this.#blocks.set(
      block.id,
      blockOf(block.id, [...phis, ...insts.filter((inst) => inst.op !== "phi"), ...tail], term),
    );
  }

  #storeOnceMade(value: ValueId, slot: Slot): void {
    for (const id of this.#loop.blocks) {
      const block = this.#blocks.get(id)!;
      const index = block.insts.findIndex((inst) => inst.id === value);
      if (index === -1) continue;
      const at = this.#ids.inst({ op: "slot", ty: "ptr", slot: slot.id }, undefined);
      const store = this.#ids.inst(
        { op: "store", ty: "void", size: slot.size as 4 | 8, base: at.id, off: 0, value, volatile: false },
        undefined,
      );
      let after = index + 1;
      while (block.insts[after]?.op === "phi") after++;
      const insts = [...block.insts.slice(0, after), at, store, ...block.insts.slice(after)];
      this.#blocks.set(id, withInsts(block, insts));
      return;
    }
  }

  // ---- copies ----

  #number(copy: number): void {
    const values = new Map<ValueId, ValueId>();
    const names = new Map<BlockId, BlockId>();
    for (const block of this.#body) {
      names.set(block.id, copy === 0 ? block.id : this.#ids.block());
      for (const inst of block.insts) values.set(inst.id, copy === 0 ? inst.id : this.#ids.value());
    }
    this.#values.push(values);
    this.#names.push(names);
  }

  readonly #valueIn = (copy: number) => (value: ValueId) => this.#values[copy]!.get(value) ?? value;

  #copyBlock(block: Block, copy: number): void {
    const value = this.#valueIn(copy);
    const insts = block.insts.map((inst): Inst => {
      const id = value(inst.id);
      if (inst.op !== "phi") return copyAs(inst, id, value);
      const args = block.id === this.#loop.header ? this.#entries(inst, copy) : this.#inside(inst, copy);
      return instOf({ op: "phi", ty: inst.ty, args }, id, inst.span);
    });
    const id = this.#names[copy]!.get(block.id)!;
    this.#blocks.set(id, { id, insts, term: this.#term(block, copy) });
  }

  #inside(phi: InstOf<"phi">, copy: number): PhiArg[] {
    const value = this.#valueIn(copy);
    return phi.args.map((arg) => ({ block: this.#names[copy]!.get(arg.block) ?? arg.block, value: value(arg.value) }));
  }

  /** Ways into the header: the first copy has those from before the loop, each other those from the copy before. */
  #entries(phi: InstOf<"phi">, copy: number): PhiArg[] {
    const outside = copy > 0 ? [] : phi.args.filter((arg) => !this.#loop.blocks.has(arg.block));
    const last = this.#copies.count - 1;
    const from = copy > 0 ? copy - 1 : this.#copies.trips ? undefined : last;
    if (from === undefined) return outside;
    const value = this.#valueIn(from);
    const back = phi.args.filter((arg) => this.#loop.blocks.has(arg.block));
    return [...outside, ...back.map((arg) => ({ block: this.#names[from]!.get(arg.block)!, value: value(arg.value) }))];
  }

  #term(block: Block, copy: number): Term {
    const { trips, count } = this.#copies;
    const next = (to: BlockId): BlockId => {
      if (to !== this.#loop.header) return this.#names[copy]!.get(to) ?? to;
      if (copy + 1 < count) return this.#names[copy + 1]!.get(to)!;
      return trips ? this.#nowhere : to;
    };
    const term = mapTermOperands(block.term, this.#valueIn(copy));
    if (block.id !== trips?.exit || term.op !== "br") return mapSuccessors(term, next);
    const stays = copy < trips.count;
    const to = this.#loop.blocks.has(term.then) === stays ? term.then : term.else;
    return jumpTo(next(to), term.span);
  }

  /** Phis behind the loop see the exits of every copy. */
  #widenExits(): void {
    for (const { id } of this.#fn.blocks) {
      const block = this.#blocks.get(id)!;
      if (this.#loop.blocks.has(id) || block.insts[0]?.op !== "phi") continue;
      const insts = block.insts.map((inst) => {
        if (inst.op !== "phi" || !inst.args.some((arg) => this.#loop.blocks.has(arg.block))) return inst;
        return withArgs(
          inst,
          inst.args.flatMap((arg) => this.#perCopy(arg)),
        );
      });
      this.#blocks.set(id, withInsts(block, insts));
    }
  }

  #perCopy(arg: PhiArg): PhiArg[] {
    if (!this.#loop.blocks.has(arg.block)) return [arg];
    return this.#names.map((names, copy) => ({
      block: names.get(arg.block)!,
      value: this.#valueIn(copy)(arg.value),
    }));
  }
}
