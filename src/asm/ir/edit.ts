/** How passes put a changed function together again. */
import type { Span } from "../../support/span.ts";
import { predecessors, reversePostOrder, sameWays } from "./cfg.ts";
import { type InstBody, mapOperands, mapTermOperands } from "./inst.ts";
import { blockOf, instOf, withArgs, withCode } from "./layout.ts";
import type { Block, BlockId, Inst, IrFunction, IrType, ValueId } from "./model.ts";

/** One pass over a function. Its file says what it relies on and what it keeps. */
export interface Pass {
  readonly name: string;
  readonly run: (fn: IrFunction) => IrFunction;
}

/** Makes an instruction and gives its value. */
export type Emit = (body: InstBody) => ValueId;

/** The low bits of a number of one width as one of the other; zeros above them. */
export function resized(value: ValueId, from: IrType, to: IrType, emit: Emit): ValueId {
  if (from === to) return value;
  return to === "i32" ? emit({ op: "trunc", ty: to, a: value }) : emit({ op: "zext", ty: to, from: 32, a: value });
}

/** Numbers for new instructions and blocks of one function. */
export class Ids {
  next: number;
  constructor(fn: IrFunction) {
    this.next = fn.nextId;
  }
  value(): ValueId {
    return this.next++ as ValueId;
  }
  block(): BlockId {
    return this.next++ as BlockId;
  }
  inst(body: InstBody, span: Span | undefined): Inst {
    return instOf(body, this.value(), span);
  }
  /** Puts new instructions at the end of `made`. */
  emitter(made: Inst[], span: Span | undefined): Emit {
    return (body) => {
      const one = this.inst(body, span);
      made.push(one);
      return one.id;
    };
  }
}

/** Values that others stand for from now on; chains are followed and shortened. */
export class Replacements {
  /** By value, one more than the one that stands for it; 0 where it stands for itself. */
  #to = none;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  set(value: ValueId, by: ValueId): void {
    if (value >= this.#to.length) this.#grow(value);
    if (this.#to[value] === 0) this.#size++;
    this.#to[value] = by + 1;
  }

  has(value: ValueId): boolean {
    return value < this.#to.length && this.#to[value] !== 0;
  }

  readonly get = (value: ValueId): ValueId => {
    const to = this.#to;
    const first = value < to.length ? to[value]! : 0;
    if (first === 0) return value;
    let last = first - 1;
    for (let next = to[last]; next; next = to[last]) last = next - 1;
    for (let at: number = value; at !== last; ) {
      const next = to[at]! - 1;
      to[at] = last + 1;
      at = next;
    }
    return last as ValueId;
  };

  #grow(value: ValueId): void {
    const larger = new Int32Array(Math.max(64, 2 * (value + 1)));
    larger.set(this.#to);
    this.#to = larger;
  }
}

const none = new Int32Array(0);

/** The function with every read of a replaced value redirected and the replaced instructions left out. */
export function substitute(fn: IrFunction, replaced: Replacements): IrFunction {
  if (replaced.size === 0) return fn;
  return withCode(
    fn,
    fn.blocks.map((block) => substituteIn(block, replaced)),
  );
}

function substituteIn(block: Block, replaced: Replacements): Block {
  const insts: Inst[] = [];
  const term = mapTermOperands(block.term, replaced.get);
  let changed = term !== block.term;
  for (const inst of block.insts) {
    const after = replaced.has(inst.id) ? undefined : mapOperands(inst, replaced.get);
    if (after) insts.push(after);
    if (after !== inst) changed = true;
  }
  return changed ? { id: block.id, insts, term } : block;
}

/** `fn` with other blocks: put in order, the unreachable left out, phis cut to the predecessors that remain. */
export function withBlocks(
  fn: IrFunction,
  blocks: ReadonlyMap<BlockId, Block>,
  changes: Partial<Pick<IrFunction, "slots" | "nextId">> = {},
): IrFunction {
  if (sameGraph(fn, blocks))
    return withCode(
      fn,
      fn.blocks.map(({ id }) => blocks.get(id)!),
      changes.nextId,
      changes.slots,
    );
  const order = reversePostOrder(fn.blocks[0]!.id, blocks);
  const preds = predecessors(order);
  return withCode(
    fn,
    order.map((block) => trimPhis(block, preds.get(block.id)!)),
    changes.nextId,
    changes.slots,
  );
}

/** Whether `blocks` are those of `fn`, with the same ways between them. */
function sameGraph(fn: IrFunction, blocks: ReadonlyMap<BlockId, Block>): boolean {
  if (blocks.size !== fn.blocks.length) return false;
  for (const before of fn.blocks) {
    const after = blocks.get(before.id);
    if (after !== before && !(after && sameWays(before.term, after.term))) return false;
  }
  return true;
}

function trimPhis(block: Block, preds: readonly BlockId[]): Block {
  if (block.insts[0]?.op !== "phi") return block;
  const known = new Set(preds);
  let changed = false;
  const insts = block.insts.map((inst) => {
    if (inst.op !== "phi" || inst.args.every((arg) => known.has(arg.block))) return inst;
    changed = true;
    return withArgs(
      inst,
      inst.args.filter((arg) => known.has(arg.block)),
    );
  });
  return changed ? blockOf(block.id, insts, block.term) : block;
}

export function blockMap({ blocks }: IrFunction): Map<BlockId, Block> {
  const map = new Map<BlockId, Block>();
  for (const block of blocks) map.set(block.id, block);
  return map;
}
