/** Spill code: values without a register live in a stack slot, or are made anew, and visit registers briefly. */
import { SPILL_BYTES } from "./kernel-rules.ts";
import {
  defOf,
  eachTermUse,
  eachUse,
  FP,
  type FrameSlot,
  type MBlock,
  type MFunction,
  type MInst,
  type MTerm,
  renameInst,
  renameTerm,
  type VReg,
} from "./machine.ts";

/** What spilling remembers between rounds. */
export interface Homes {
  /** Stack slot of a register that was spilled, and of the ones that stand in for it. */
  readonly slotOf: Map<VReg, number>;
  /** 1: stands in for a spilled one between two calls; 2: for a single instruction, and may not be spilled again. */
  readonly generation: Map<VReg, 1 | 2>;
}

/** Relies on: coalesced registers are renamed to their leaders. Grows `homes`. */
export function spill(fn: MFunction, victims: ReadonlySet<VReg>, homes: Homes): MFunction {
  const spiller = new Spiller(fn, victims, homes);
  const blocks = fn.blocks.map((block) => spiller.block(block));
  return { blocks, slots: spiller.slots, recipes: spiller.recipes, nextReg: spiller.nextReg };
}

class Spiller {
  readonly slots: FrameSlot[];
  readonly recipes: Map<VReg, NonNullable<ReturnType<MFunction["recipes"]["get"]>>>;
  nextReg: VReg;
  readonly #victims: ReadonlySet<VReg>;
  readonly #homes: Homes;
  /** The stand-in that holds a victim's value just now. */
  #here = new Map<VReg, VReg>();
  #out: MInst[] = [];

  constructor(fn: MFunction, victims: ReadonlySet<VReg>, homes: Homes) {
    this.slots = [...fn.slots];
    this.recipes = new Map(fn.recipes);
    this.nextReg = fn.nextReg;
    this.#victims = victims;
    this.#homes = homes;
    for (const v of victims) {
      if (this.recipes.has(v) || homes.slotOf.has(v)) continue;
      homes.slotOf.set(v, this.slots.length);
      this.slots.push({ size: 8, align: 8, name: "", spill: true });
    }
  }

  block(block: MBlock): MBlock {
    this.#here = new Map();
    this.#out = [];
    for (const inst of block.insts) {
      if (!this.#isOwn(inst) && !(inst.kind === "copy" && this.#copy(inst))) this.#inst(inst);
    }
    return { ...block, term: this.#term(block.term), insts: this.#out };
  }

  /** Spill code of an earlier round whose register is spilled in turn: the new code replaces it. */
  #isOwn(inst: MInst): boolean {
    const { slotOf } = this.#homes;
    if (inst.kind === "make") return this.#victims.has(inst.dst) && this.recipes.has(inst.dst);
    if (inst.kind === "load") {
      return inst.reload === true && this.#victims.has(inst.dst) && slotOf.get(inst.dst) === inst.slot;
    }
    if (inst.kind !== "store" || !inst.spill || !("reg" in inst.src)) return false;
    return this.#victims.has(inst.src.reg) && slotOf.get(inst.src.reg) === inst.slot;
  }

  /** A copy from or to memory is a load or store. */
  #copy(inst: MInst & { kind: "copy" }): boolean {
    const { dst, src } = inst;
    if (this.#victims.has(dst)) {
      const from = this.#victims.has(src) ? this.#standIn(src, inst) : src;
      this.#here.delete(dst);
      this.#store(dst, from, inst);
      this.#forget(src);
      return true;
    }
    if (!this.#victims.has(src) || this.#here.has(src)) return false;
    this.#load(dst, src, inst);
    return true;
  }

  #inst(inst: MInst): void {
    const def = defOf(inst);
    const touched = new Set<VReg>();
    eachUse(inst, (r) => {
      if (!this.#victims.has(r)) return;
      touched.add(r);
      this.#standIn(r, inst);
    });
    const defines = def !== undefined && this.#victims.has(def);
    if (defines && !touched.has(def)) this.#here.set(def, this.#fresh(def));
    const renamed = defines || touched.size > 0;
    this.#out.push(renamed ? renameInst(inst, (r) => this.#here.get(r) ?? r) : inst);
    if (inst.kind === "call" || inst.kind === "asm") this.#here = new Map();
    if (defines) {
      this.#store(def, this.#here.get(def)!, inst);
      this.#forget(def);
    }
    touched.forEach((r) => {
      this.#forget(r);
    });
  }

  #term(term: MTerm): MTerm {
    eachTermUse(term, (r) => {
      if (this.#victims.has(r)) this.#standIn(r, term);
    });
    return renameTerm(term, (r) => this.#here.get(r) ?? r);
  }

  #standIn(victim: VReg, at: MInst | MTerm): VReg {
    const near = this.#here.get(victim);
    if (near !== undefined) return near;
    const reg = this.#fresh(victim);
    this.#load(reg, victim, at);
    this.#here.set(victim, reg);
    return reg;
  }

  #fresh(victim: VReg): VReg {
    const reg = this.nextReg++;
    const recipe = this.recipes.get(victim);
    const slot = this.#homes.slotOf.get(victim);
    if (recipe) this.recipes.set(reg, recipe);
    if (slot !== undefined) this.#homes.slotOf.set(reg, slot);
    this.#homes.generation.set(reg, this.#homes.generation.has(victim) ? 2 : 1);
    return reg;
  }

  /** A stand-in of the second kind serves one instruction only. */
  #forget(victim: VReg): void {
    if (this.#homes.generation.has(victim)) this.#here.delete(victim);
  }

  #load(dst: VReg, victim: VReg, at: MInst | MTerm): void {
    const span = at.span && { span: at.span };
    const recipe = this.recipes.get(victim);
    if (recipe) this.#out.push({ kind: "make", dst, ...recipe, ...span });
    else {
      const slot = this.#homes.slotOf.get(victim)!;
      this.#out.push({
        kind: "load",
        size: SPILL_BYTES,
        signed: false,
        dst,
        base: FP,
        slot,
        off: 0,
        reload: true,
        ...span,
      });
    }
  }

  #store(victim: VReg, src: VReg, at: MInst): void {
    const slot = this.#homes.slotOf.get(victim);
    if (slot === undefined) return;
    const span = at.span && { span: at.span };
    this.#out.push({
      kind: "store",
      size: SPILL_BYTES,
      base: FP,
      slot,
      off: 0,
      src: { reg: src },
      spill: true,
      ...span,
    });
  }
}
