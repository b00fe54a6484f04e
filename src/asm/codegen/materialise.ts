/** Constants and addresses get made where they are used: once per stretch of code between calls, or right in place. */
import {
  eachTermUse,
  eachUse,
  type MBlock,
  type MFunction,
  type MInst,
  type MTerm,
  renameInst,
  renameTerm,
  type VReg,
} from "./machine.ts";

/** Replaces every register that stands for a recipe; `fn.recipes` keeps what the new ones are made of. */
export function materialise(fn: MFunction): MFunction {
  const maker = new Maker(fn);
  const blocks = fn.blocks.map((block) => maker.block(block));
  return { ...fn, blocks, recipes: maker.made, nextReg: maker.nextReg };
}

class Maker {
  readonly made = new Map<VReg, NonNullable<ReturnType<MFunction["recipes"]["get"]>>>();
  nextReg: VReg;
  readonly #recipes: MFunction["recipes"];
  #here = new Map<VReg, VReg>();
  #out: MInst[] = [];

  constructor(fn: MFunction) {
    this.#recipes = fn.recipes;
    this.nextReg = fn.nextReg;
  }

  block(block: MBlock): MBlock {
    this.#here = new Map();
    this.#out = [];
    for (const inst of block.insts) this.#inst(inst);
    const term = this.#term(block.term);
    return { ...block, insts: this.#out, term };
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
    if (inst.kind === "call") this.#here = new Map();
  }

  /** A copy of a recipe is the recipe itself, unless it is at hand in one slot instead of two. */
  #copyOf(inst: MInst & { kind: "copy" }): boolean {
    const made = this.#recipes.get(inst.src);
    if (!made) return false;
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
