/**
 * Constants and addresses get made where they are used. A small constant is made once for all that is dominated by its
 * first use and comes before a call, or right in place; what takes two instructions is kept for all that is dominated by
 * its first use, and the register allocator makes it anew where no register is left for it.
 */
import type { BlockId } from "../ir/model.ts";
import { predecessors } from "./liveness.ts";
import {
  eachTermUse,
  eachUse,
  FP,
  type MBlock,
  type MFunction,
  type MInst,
  type MTerm,
  renameInst,
  renameTerm,
  type VReg,
} from "./machine.ts";

/**
 * Replaces every register that stands for a recipe; `fn.recipes` keeps what the new ones are made of. `idom` gives the
 * closest block that every way to a block passes, undefined for the entry.
 */
export function materialise(fn: MFunction, idom: (block: BlockId) => BlockId | undefined): MFunction {
  const maker = new Maker(fn, idom);
  const blocks = fn.blocks.map((block) => maker.block(block));
  return { ...fn, blocks, recipes: maker.made, nextReg: maker.nextReg };
}

/** r6 to r9: only assembly asks for one of these by its number. */
const outlivesCalls = (r: VReg): boolean => r >= 6 && r < FP;

class Maker {
  readonly made = new Map<VReg, NonNullable<ReturnType<MFunction["recipes"]["get"]>>>();
  nextReg: VReg;
  readonly #recipes: MFunction["recipes"];
  readonly #preds: ReadonlyMap<BlockId, readonly BlockId[]>;
  readonly #idom: (block: BlockId) => BlockId | undefined;
  /** What is at hand at the end of each block seen so far. */
  readonly #ends = new Map<BlockId, ReadonlyMap<VReg, VReg>>();
  #here = new Map<VReg, VReg>();
  #out: MInst[] = [];

  constructor(fn: MFunction, idom: (block: BlockId) => BlockId | undefined) {
    this.#idom = idom;
    this.#recipes = fn.recipes;
    this.#preds = predecessors(fn.blocks);
    this.nextReg = fn.nextReg;
  }

  block(block: MBlock): MBlock {
    this.#here = this.#fromPredecessors(block.id);
    this.#out = [];
    for (const inst of block.insts) this.#inst(inst);
    const term = this.#term(block.term);
    this.#ends.set(block.id, this.#here);
    return { ...block, insts: this.#out, term };
  }

  /**
   * What every way into the block has at hand. A way that is not seen yet comes back from a loop, perhaps from one with
   * another way in: it passes the closest dominator, so what that one has at hand is made on it, too.
   */
  #fromPredecessors(id: BlockId): Map<VReg, VReg> {
    const over = this.#idom(id);
    const ends = this.#preds.get(id)!.flatMap((pred) => this.#ends.get(pred) ?? []);
    const common = new Map<VReg, VReg>();
    for (const [recipe, reg] of (over !== undefined && this.#ends.get(over)) || []) {
      if (ends.every((end) => end.get(recipe) === reg)) common.set(recipe, reg);
    }
    return common;
  }

  #dropSmall(): void {
    for (const recipe of this.#here.keys()) {
      if (this.#recipes.get(recipe)!.recipe.kind === "imm") this.#here.delete(recipe);
    }
  }

  #inst(inst: MInst): void {
    if (inst.kind === "copy" && this.#copyOf(inst)) return;
    let uses = false;
    eachUse(inst, (r) => {
      if (!this.#recipes.has(r)) return;
      uses = true;
      this.#need(r, inst);
    });
    this.#out.push(uses ? renameInst(inst, (r) => this.#here.get(r) ?? r) : inst);
    if (inst.kind === "call" || inst.kind === "asm") this.#dropSmall();
  }

  /**
   * A copy of a recipe is the recipe itself, unless it is at hand in one slot instead of two. Assembly that wants it in a
   * register that outlives calls is likely to come again with the same wish: there it is kept from the first time on.
   */
  #copyOf(inst: MInst & { kind: "copy" }): boolean {
    const made = this.#recipes.get(inst.src);
    if (!made) return false;
    if (made.recipe.kind !== "imm" && outlivesCalls(inst.dst)) this.#need(inst.src, inst);
    const near = this.#here.get(inst.src);
    const { span } = inst;
    if (near !== undefined && made.recipe.kind !== "imm") {
      this.#out.push({ ...inst, width: 64, src: near });
    } else {
      this.#out.push({ kind: "make", dst: inst.dst, ...made, ...(span && { span }) });
    }
    return true;
  }

  #need(recipe: VReg, at: MInst | MTerm): void {
    if (this.#here.has(recipe)) return;
    const made = this.#recipes.get(recipe)!;
    const reg = this.nextReg++;
    this.#here.set(recipe, reg);
    this.made.set(reg, made);
    this.#out.push({ kind: "make", dst: reg, ...made, ...(at.span && { span: at.span }) });
  }

  #term(term: MTerm): MTerm {
    let uses = false;
    eachTermUse(term, (r) => {
      if (!this.#recipes.has(r)) return;
      uses = true;
      this.#need(r, term);
    });
    return uses ? renameTerm(term, (r) => this.#here.get(r) ?? r) : term;
  }
}
