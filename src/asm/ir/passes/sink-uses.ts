/**
 * What only one way of a branch uses is computed, or loaded, on that way, behind the branch: the other ways are spared
 * it, and a bound that the branch checks holds where the load then stands.
 * Relies on: nothing. Keeps: calls, stores and the order of loads and stores; what is free anyway stays where it is.
 */
import { flatMap } from "../../../support/lists.ts";
import { predecessors } from "../cfg.ts";
import { type Dominators, dominators } from "../dominators.ts";
import { blockMap, type Pass, withBlocks } from "../edit.ts";
import { eachOperand, eachTermOperand, hasEffect, isFree, isPure, successors } from "../inst.ts";
import { withInsts } from "../layout.ts";
import type { Block, BlockId, Inst, IrFunction, ValueId } from "../model.ts";

export const sinkUses: Pass = {
  name: "sink-uses",
  run: (fn) => (fn.blocks.length < 2 ? fn : new Sinker(fn).run()),
};

class Sinker {
  readonly #fn: IrFunction;
  readonly #doms: Dominators;
  readonly #preds: ReadonlyMap<BlockId, readonly BlockId[]>;
  readonly #blocks: Map<BlockId, Block>;
  readonly #free = new Set<ValueId>();
  /** Where each value is read: the block of a reader, the way into a phi. */
  readonly #readers = new Map<ValueId, Set<BlockId>>();

  constructor(fn: IrFunction) {
    this.#fn = fn;
    this.#doms = dominators(fn);
    this.#preds = predecessors(fn.blocks);
    this.#blocks = blockMap(fn);
    for (const { id, insts, term } of fn.blocks) {
      for (const inst of insts) {
        if (isFree(inst)) this.#free.add(inst.id);
        this.#addReader(inst, id);
      }
      eachTermOperand(term, (value) => this.#readersOf(value).add(id));
    }
  }

  /** Blocks come before what they dominate, so that a value sinks on from where it sank to. */
  run(): IrFunction {
    let changed = false;
    for (const { id, term } of this.#fn.blocks) {
      if (term.op === "br" && term.then !== term.else && this.#sinkFrom(this.#blocks.get(id)!)) changed = true;
    }
    return changed ? withBlocks(this.#fn, this.#blocks) : this.#fn;
  }

  #readersOf(value: ValueId): Set<BlockId> {
    const known = this.#readers.get(value);
    if (known) return known;
    const readers = new Set<BlockId>();
    this.#readers.set(value, readers);
    return readers;
  }

  #addReader(inst: Inst, block: BlockId): void {
    if (inst.op === "phi") for (const arg of inst.args) this.#readersOf(arg.value).add(arg.block);
    else eachOperand(inst, (value) => this.#readersOf(value).add(block));
  }

  #sinkFrom(block: Block): boolean {
    const next = successors(block.term);
    const ways = next.filter((to) => this.#preds.get(to)!.length === 1 && this.#blocks.get(to)!.insts[0]?.op !== "phi");
    if (ways.length === 0) return false;
    const kept: Inst[] = [];
    const sunk = new Map<BlockId, Inst[]>(ways.map((way) => [way, []]));
    // operands that a sunk instruction takes along are read there from now on; what stays reads here
    const here = new Set<ValueId>(flatMap(next, (to) => this.#passed(block.id, to)));
    eachTermOperand(block.term, (value) => here.add(value));
    let changes = false;
    for (const inst of block.insts.toReversed()) {
      const movable = (isPure(inst) && !isFree(inst)) || (inst.op === "load" && !inst.volatile && !changes);
      const found = movable && !here.has(inst.id) ? this.#onlyWay(inst.id, block.id, ways) : undefined;
      const way = found !== undefined && this.#kept(inst, found) <= 1 ? found : undefined;
      if (hasEffect(inst)) changes = true;
      if (way === undefined) {
        if (inst.op !== "phi") eachOperand(inst, (value) => here.add(value));
        kept.push(inst);
      } else {
        sunk.get(way)!.push(inst);
        eachOperand(inst, (value) => this.#readersOf(value).add(way));
      }
    }
    if (kept.length === block.insts.length) return false;
    this.#blocks.set(block.id, withInsts(block, kept.reverse()));
    for (const [way, insts] of sunk) {
      const to = this.#blocks.get(way)!;
      if (insts.length > 0) this.#blocks.set(way, withInsts(to, [...insts.reverse(), ...to.insts]));
    }
    return true;
  }

  /** Operands that would have to be kept until behind the branch for it alone; one takes the place of the result. */
  #kept(inst: Inst, way: BlockId): number {
    let kept = 0;
    eachOperand(inst, (value) => {
      if (this.#free.has(value)) return;
      if (![...this.#readersOf(value)].some((reader) => this.#doms.dominates(way, reader))) kept++;
    });
    return kept;
  }

  /** Values that phis of `to` take on the way from `from`. */
  #passed(from: BlockId, to: BlockId): ValueId[] {
    const phis = this.#blocks.get(to)!.insts.filter((inst) => inst.op === "phi");
    return flatMap(phis, ({ args }) => flatMap(args, ({ block, value }) => (block === from ? [value] : [])));
  }

  /** The one of `ways` that leads to all readers but `from` itself, whose own are told apart by the caller. */
  #onlyWay(value: ValueId, from: BlockId, ways: readonly BlockId[]): BlockId | undefined {
    const readers = [...(this.#readers.get(value) ?? [])].filter((reader) => reader !== from);
    return readers.length === 0
      ? undefined
      : ways.find((way) => readers.every((reader) => this.#doms.dominates(way, reader)));
  }
}
