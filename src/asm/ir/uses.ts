/** Where values come from and how often they are read. Values are small numbers, so what is known of them lies in arrays. */
import { eachOperand, eachTermOperand } from "./inst.ts";
import type { Block, BlockId, Inst, IrFunction, ValueId } from "./model.ts";

export type Definitions = ReadonlyMap<ValueId, Inst>;

/** Instructions by value: an array as wide as the values' numbers, with the manners of a map in block order. */
class DefinitionTable implements ReadonlyMap<ValueId, Inst> {
  readonly #blocks: readonly Block[];
  readonly byValue: (Inst | undefined)[];
  readonly size: number;

  constructor({ blocks, nextId }: IrFunction) {
    this.#blocks = blocks;
    const byValue = new Array<Inst | undefined>(nextId);
    let size = 0;
    for (const { insts } of blocks) {
      size += insts.length;
      for (const inst of insts) byValue[inst.id] = inst;
    }
    this.byValue = byValue;
    this.size = size;
  }

  get(value: ValueId): Inst | undefined {
    return this.byValue[value];
  }

  has(value: ValueId): boolean {
    return this.byValue[value] !== undefined;
  }

  *values(): MapIterator<Inst> {
    for (const { insts } of this.#blocks) yield* insts;
  }

  *keys(): MapIterator<ValueId> {
    for (const { insts } of this.#blocks) for (const { id } of insts) yield id;
  }

  *entries(): MapIterator<[ValueId, Inst]> {
    for (const { insts } of this.#blocks) for (const inst of insts) yield [inst.id, inst];
  }

  [Symbol.iterator](): MapIterator<[ValueId, Inst]> {
    return this.entries();
  }

  forEach(visit: (inst: Inst, value: ValueId, all: Definitions) => void): void {
    for (const { insts } of this.#blocks) for (const inst of insts) visit(inst, inst.id, this);
  }
}

/** The last answer: passes that change nothing ask the same of one function one after the other. */
let last: { readonly blocks: readonly Block[]; readonly defs: DefinitionTable } | undefined;

function tableOf(fn: IrFunction): DefinitionTable {
  if (last?.blocks !== fn.blocks) last = { blocks: fn.blocks, defs: new DefinitionTable(fn) };
  return last.defs;
}

/** The instruction that makes each value. */
export const definitions = (fn: IrFunction): Definitions => tableOf(fn);

/** The definitions of a function and those that a pass makes beside them or in their place. */
export class OwnDefinitions {
  /** Shared with others until the first change. */
  #byValue: (Inst | undefined)[];
  #isOwn = false;

  constructor(fn: IrFunction) {
    this.#byValue = tableOf(fn).byValue;
  }

  get(value: ValueId): Inst | undefined {
    return this.#byValue[value];
  }

  set(value: ValueId, inst: Inst): void {
    if (this.#byValue[value] === inst) return;
    if (!this.#isOwn) this.#byValue = this.#byValue.slice();
    this.#isOwn = true;
    this.#byValue[value] = inst;
  }
}

/** In which block each value is made, among blocks that a pass may add to. */
export class Homes {
  /** By value, one more than the block; 0 for none. */
  #blocks: Int32Array;

  constructor({ blocks, nextId }: IrFunction) {
    const homes = new Int32Array(nextId);
    for (const { id, insts } of blocks) for (const inst of insts) homes[inst.id] = id + 1;
    this.#blocks = homes;
  }

  get(value: ValueId): BlockId | undefined {
    const home = this.#blocks[value];
    return home ? ((home - 1) as BlockId) : undefined;
  }

  set(value: ValueId, block: BlockId): void {
    if (value >= this.#blocks.length) {
      const larger = new Int32Array(2 * (value + 1));
      larger.set(this.#blocks);
      this.#blocks = larger;
    }
    this.#blocks[value] = block + 1;
  }
}

/** How many operands read each value. */
export interface UseCounts {
  /** Undefined for a value that nobody reads. */
  get(value: ValueId): number | undefined;
  has(value: ValueId): boolean;
}

/** The last answer, for the next pass that asks of the same blocks. */
let lastUses: { readonly blocks: readonly Block[]; readonly uses: UseCounts } | undefined;

export function useCounts(fn: IrFunction): UseCounts {
  if (lastUses?.blocks !== fn.blocks) lastUses = { blocks: fn.blocks, uses: newUseCounts(fn) };
  return lastUses.uses;
}

function newUseCounts(fn: IrFunction): UseCounts {
  const counts = new Int32Array(fn.nextId);
  const count = (value: ValueId): void => {
    counts[value]!++;
  };
  for (const block of fn.blocks) {
    for (const inst of block.insts) eachOperand(inst, count);
    eachTermOperand(block.term, count);
  }
  return { get: (value) => counts[value] || undefined, has: (value) => (counts[value] ?? 0) > 0 };
}
