/** Where values come from and how often they are read. */
import { eachOperand, eachTermOperand } from "./inst.ts";
import type { Block, Inst, IrFunction, ValueId } from "./model.ts";

export type Definitions = ReadonlyMap<ValueId, Inst>;

/** The last answer: passes that change nothing ask the same of one function one after the other. */
let last: { readonly blocks: readonly Block[]; readonly defs: Definitions } = { blocks: [], defs: new Map() };

/** The instruction that makes each value. */
export function definitions({ blocks }: IrFunction): Definitions {
  if (blocks === last.blocks) return last.defs;
  const defs = new Map<ValueId, Inst>();
  for (const block of blocks) for (const inst of block.insts) defs.set(inst.id, inst);
  last = { blocks, defs };
  return defs;
}

/** The definitions of a function and those that a pass makes beside them or in their place. */
export class OwnDefinitions {
  readonly #before: Definitions;
  readonly #own = new Map<ValueId, Inst>();

  constructor(fn: IrFunction) {
    this.#before = definitions(fn);
  }

  get(value: ValueId): Inst | undefined {
    return (this.#own.size > 0 ? this.#own.get(value) : undefined) ?? this.#before.get(value);
  }

  set(value: ValueId, inst: Inst): void {
    if (this.get(value) !== inst) this.#own.set(value, inst);
  }
}

/** How many operands read each value; values that nobody reads are missing. */
export function useCounts(fn: IrFunction): Map<ValueId, number> {
  const counts = new Map<ValueId, number>();
  const count = (value: ValueId): void => {
    counts.set(value, (counts.get(value) ?? 0) + 1);
  };
  for (const block of fn.blocks) {
    for (const inst of block.insts) eachOperand(inst, count);
    eachTermOperand(block.term, count);
  }
  return counts;
}
