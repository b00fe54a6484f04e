/**
 * A block that only asks is passed by from where the answer is known, by its phis or by what was asked before: `a && b`
 * as a value, flags, conditions in two places, and the first test of a loop. Phis that others read are put into stack objects, for `promote` to take up again.
 * Relies on: `promote` runs afterwards. Keeps: effects, their order.
 */
import { flatMap } from "../../../support/lists.ts";
import { predecessors } from "../cfg.ts";
import { type Dominators, dominators } from "../dominators.ts";
import { knownOnEdge } from "../edge-facts.ts";
import { blockMap, Ids, type Pass, withBlocks } from "../edit.ts";
import { foldBin, foldCmp } from "../evaluate.ts";
import {
  type Branch,
  bitsOf,
  eachOperand,
  eachTermOperand,
  type InstOf,
  isPure,
  mapOperands,
  mapSuccessors,
  mapTermOperands,
  operands,
  termOperands,
} from "../inst.ts";
import { BitFacts } from "../known-bits.ts";
import { blockOf, withArgs, withInsts, withTerm } from "../layout.ts";
import type { Block, BlockId, Inst, IrFunction, Slot, SlotId, ValueId } from "../model.ts";
import { Homes, OwnDefinitions } from "../uses.ts";

/** Instructions of a block that is passed by, beside its phis. */
const maxInsts = 6;

/** Blocks visited in one run, over all phis that are put into stack objects. */
const maxVisits = 50_000;

export const threadJumps: Pass = {
  name: "thread-jumps",
  run: (fn) => new Threader(fn).run(),
};

/** A way through `through` whose end is known beforehand. */
interface Shortcut {
  readonly from: BlockId;
  readonly to: BlockId;
}

class Threader {
  readonly #fn: IrFunction;
  readonly #ids: Ids;
  readonly #defs: OwnDefinitions;
  readonly #facts: BitFacts;
  readonly #preds: ReadonlyMap<BlockId, readonly BlockId[]>;
  readonly #doms: Dominators;
  readonly #blocks: Map<BlockId, Block>;
  readonly #slots: Slot[];
  /** Stores of demoted phis at the ends of blocks: after every load there, as phis change all at once. */
  readonly #stores = new Map<BlockId, Inst[]>();
  /** Blocks that a change of this run has touched: left for the next run. */
  readonly #touched = new Set<BlockId>();
  /** Blocks that may read a value, among them all that do. */
  readonly #readers: Map<ValueId, Set<BlockId>>;
  #places: ReadonlyMap<BlockId, number> | undefined;
  /** Blocks that may still be looked through for readers of phis: keeps the pass linear in large functions. */
  #budget = maxVisits;

  constructor(fn: IrFunction) {
    this.#fn = fn;
    this.#ids = new Ids(fn);
    this.#defs = new OwnDefinitions(fn);
    this.#facts = new BitFacts((value) => this.#defs.get(value)!);
    this.#preds = predecessors(fn.blocks);
    this.#doms = dominators(fn);
    this.#blocks = blockMap(fn);
    this.#slots = [...fn.slots];
    this.#readers = new Map();
  }

  run(): IrFunction {
    let outside: ReadonlySet<ValueId> | undefined;
    let changed = false;
    for (const { id } of this.#fn.blocks) {
      const block = this.#blocks.get(id)!;
      if (!this.#onlyAsks(block)) continue;
      outside ??= usedOutside(this.#fn, (value, at) => this.#reads(value, at));
      const ways = this.#shortcuts(block, outside);
      if (ways.length === 0) continue;
      this.#apply(block, ways, outside);
      changed = true;
    }
    if (!changed) return this.#fn;
    for (const [id, stores] of this.#stores) {
      const block = this.#blocks.get(id)!;
      this.#blocks.set(id, withInsts(block, [...block.insts, ...stores]));
    }
    return withBlocks(this.#fn, this.#blocks, { slots: this.#slots, nextId: this.#ids.next });
  }

  /** Whether several ways lead to a branch with little before it, none of that with an effect. */
  #onlyAsks({ id, insts, term }: Block): boolean {
    if (term.op !== "br" || this.#preds.get(id)!.length < 2) return false;
    let count = 0;
    for (const inst of insts) if (inst.op !== "phi" && (!isPure(inst) || ++count > maxInsts)) return false;
    return true;
  }

  #shortcuts(block: Block, outside: ReadonlySet<ValueId>): Shortcut[] {
    const { term } = block;
    if (term.op !== "br") return [];
    const rest = block.insts.filter((inst) => inst.op !== "phi");
    if (rest.length > maxInsts || rest.some((inst) => !isPure(inst) || outside.has(inst.id))) return [];
    const from = this.#preds.get(block.id)!;
    const demoted = block.insts.filter((inst) => inst.op === "phi" && outside.has(inst.id)).length;
    if (demoted * this.#blocks.size > this.#budget) return [];
    if (from.length < 2 || [block.id, term.then, term.else, ...from].some((id) => this.#touched.has(id))) return [];
    const loops = from.some((pred) => this.#doms.dominates(block.id, pred));
    return flatMap(from, (pred): Shortcut[] => {
      const answer = this.#answer(block, term, pred, demoted === 0);
      if (answer === undefined) return [];
      const to = answer ? term.then : term.else;
      if (to === block.id || this.#doms.dominates(block.id, pred)) return [];
      if (this.#preds.get(to)!.includes(pred) || !this.#canEnter(to, block)) return [];
      // A loop gets a second entry unless its body begins right there.
      if (loops && this.#preds.get(to)!.length !== 1) return [];
      return [{ from: pred, to }];
    });
  }

  /** Whether what `to` gets from the block is there without running the block's own instructions. */
  #canEnter(to: BlockId, through: Block): boolean {
    const own = new Set(through.insts.flatMap((inst) => (inst.op === "phi" ? [] : [inst.id])));
    const target = this.#blocks.get(to)!;
    return target.insts.every(
      (inst) => inst.op !== "phi" || !own.has(inst.args.find((arg) => arg.block === through.id)!.value),
    );
  }

  /** What the branch decides for those who come from `pred`; earlier branches are asked where `back`. */
  #answer(block: Block, term: Branch, pred: BlockId, back: boolean): boolean | undefined {
    const values = new Map<ValueId, bigint>();
    const incoming = new Map<ValueId, ValueId>();
    for (const inst of block.insts) {
      if (inst.op === "phi") {
        const arg = inst.args.find(({ block: from }) => from === pred)!.value;
        incoming.set(inst.id, arg);
        const def = this.#defs.get(arg)!;
        if (def.op === "const") values.set(inst.id, def.value);
      } else {
        const value = this.#compute(inst, values);
        if (value !== undefined) values.set(inst.id, value);
      }
    }
    const constant = (value: ValueId): bigint | undefined => values.get(value) ?? this.#constant(value);
    const [a, b] = [constant(term.a), constant(term.b)];
    const def = this.#defs.get(term.b)!;
    if (a !== undefined && b !== undefined) return foldCmp(term.fn, def.ty === "i32" ? 32 : 64, a, b);
    const arg = incoming.get(term.a);
    const byBits = arg === undefined || b === undefined ? undefined : this.#byBits(term.fn, arg, b);
    // Not where phis live on: that costs more registers than the jump is worth.
    return byBits !== undefined || !back ? byBits : this.#byBranches(block, term, incoming, pred);
  }

  /** What was asked before on the way over `pred`. */
  #byBranches(block: Block, term: Branch, incoming: ReadonlyMap<ValueId, ValueId>, pred: BlockId): boolean | undefined {
    const outer = (value: ValueId): ValueId => incoming.get(value) ?? value;
    const [a, b] = [outer(term.a), outer(term.b)];
    if (block.insts.some(({ id }) => id === a || id === b)) return undefined;
    return knownOnEdge({ fn: term.fn, a, b }, pred, block.id, {
      block: (id) => (this.#touched.has(id) ? undefined : this.#blocks.get(id)!),
      preds: (id) => this.#preds.get(id)!,
      def: (value) => this.#defs.get(value)!,
    });
  }

  #constant(value: ValueId): bigint | undefined {
    const def = this.#defs.get(value);
    return def?.op === "const" ? def.value : undefined;
  }

  #byBits(fn: Branch["fn"], value: ValueId, b: bigint): boolean | undefined {
    if (fn !== "eq" && fn !== "ne") return undefined;
    const def = this.#defs.get(value)!;
    if (def.op === "slot" || (def.op === "addr" && def.symbol.kind !== "extern"))
      return b === 0n ? fn === "ne" : undefined;
    const { zeros, ones } = this.#facts.of(value);
    return (b & zeros) !== 0n || (ones & ~b) !== 0n ? fn === "ne" : undefined;
  }

  #compute(inst: Inst, values: ReadonlyMap<ValueId, bigint>): bigint | undefined {
    const of = (value: ValueId): bigint | undefined => values.get(value) ?? this.#constant(value);
    const widthOf = (value: ValueId): 32 | 64 => (this.#defs.get(value)?.ty === "i32" ? 32 : 64);
    switch (inst.op) {
      case "const":
        return inst.value;
      case "bin": {
        const [a, b] = [of(inst.a), of(inst.b)];
        return a === undefined || b === undefined || inst.ty === "ptr"
          ? undefined
          : foldBin(inst.fn, bitsOf(inst.ty), a, b);
      }
      case "cmp": {
        const [a, b] = [of(inst.a), of(inst.b)];
        return a === undefined || b === undefined ? undefined : foldCmp(inst.fn, widthOf(inst.a), a, b) ? 1n : 0n;
      }
      case "zext":
      case "sext": {
        const a = of(inst.a);
        if (a === undefined) return undefined;
        const low = inst.op === "zext" ? BigInt.asUintN(inst.from, a) : BigInt.asIntN(inst.from, a);
        return BigInt.asUintN(bitsOf(inst.ty), low);
      }
      case "trunc": {
        const a = of(inst.a);
        return a === undefined ? undefined : a & 0xffff_ffffn;
      }
      default:
        return undefined;
    }
  }

  #reads(value: ValueId, at: BlockId): void {
    if (this.#defs.get(value)?.op !== "phi") return;
    const blocks = this.#readers.get(value);
    if (blocks) blocks.add(at);
    else this.#readers.set(value, new Set([at]));
  }

  #apply(block: Block, ways: readonly Shortcut[], outside: ReadonlySet<ValueId>): void {
    this.#budget -= this.#blocks.size;
    for (const { id } of block.insts) {
      // As it is now: an earlier phi of this run may have changed its arguments.
      const phi = this.#blocks.get(block.id)!.insts.find((inst) => inst.id === id);
      if (phi?.op === "phi" && outside.has(id)) this.#demote(block.id, phi);
    }
    const direct = new Map<ValueId, InstOf<"phi">>();
    for (const inst of this.#blocks.get(block.id)!.insts) if (inst.op === "phi") direct.set(inst.id, inst);
    for (const { from, to } of ways) {
      const source = this.#blocks.get(from)!;
      this.#blocks.set(
        from,
        withTerm(
          source,
          mapSuccessors(source.term, (next) => (next === block.id ? to : next)),
        ),
      );
      const target = this.#blocks.get(to)!;
      const insts = target.insts.map((inst) => (inst.op === "phi" ? this.#addWay(inst, block.id, from, direct) : inst));
      for (const inst of insts) if (inst.op === "phi") for (const arg of inst.args) this.#reads(arg.value, to);
      this.#blocks.set(to, withInsts(target, insts));
      this.#touched.add(from).add(to);
    }
    const gone = new Set(ways.map(({ from }) => from));
    const now = this.#blocks.get(block.id)!;
    const insts = now.insts.map((inst) =>
      inst.op === "phi"
        ? withArgs(
            inst,
            inst.args.filter((arg) => !gone.has(arg.block)),
          )
        : inst,
    );
    this.#blocks.set(block.id, withInsts(now, insts));
    this.#touched.add(block.id);
  }

  /** The phi also sees `from`, with what came by `through` from there. */
  #addWay(phi: InstOf<"phi">, through: BlockId, from: BlockId, direct: ReadonlyMap<ValueId, InstOf<"phi">>): Inst {
    if (phi.args.some((arg) => arg.block === from)) return phi;
    const value = phi.args.find((arg) => arg.block === through)!.value;
    const outer = direct.get(value)?.args.find((arg) => arg.block === from)?.value ?? value;
    return withArgs(phi, [...phi.args, { block: from, value: outer }]);
  }

  /** Keeps a phi's value in a stack object: stored where it comes from, loaded where it is read. */
  #demote(block: BlockId, phi: InstOf<"phi">): void {
    const size = phi.ty === "i32" ? 4 : 8;
    const id = (this.#slots.reduce((most, slot) => Math.max(most, slot.id), -1) + 1) as SlotId;
    this.#slots.push({ id, size, align: size, name: `phi${phi.id}` });
    const address = (): Inst => this.#ids.inst({ op: "slot", ty: "ptr", slot: id }, phi.span);
    for (const arg of phi.args) {
      const at = address();
      const store = this.#ids.inst(
        { op: "store", ty: "void", size, base: at.id, off: 0, value: arg.value, volatile: false },
        phi.span,
      );
      this.#stores.set(arg.block, [...(this.#stores.get(arg.block) ?? []), at, store]);
      this.#reads(arg.value, arg.block);
    }
    const read = (): Inst[] => {
      const at = address();
      const load = this.#ids.inst(
        { op: "load", ty: phi.ty, size, signed: false, base: at.id, off: 0, volatile: false },
        phi.span,
      );
      this.#defs.set(load.id, load);
      return [at, load];
    };
    const readers = this.#inOrder(this.#readers.get(phi.id) ?? new Set());
    for (const at of readers)
      if (at !== block) this.#blocks.set(at, this.#readInstead(this.#blocks.get(at)!, phi, read));
    this.#phiArgsInstead(block, phi, readers, read);
  }

  /** Blocks as they stand in the function. */
  #inOrder(blocks: ReadonlySet<BlockId>): BlockId[] {
    this.#places ??= new Map(this.#fn.blocks.map(({ id }, i) => [id, i]));
    const places = this.#places;
    return [...blocks].sort((a, b) => places.get(a)! - places.get(b)!);
  }

  #readInstead(block: Block, phi: InstOf<"phi">, read: () => Inst[]): Block {
    let changed = false;
    let isRead = false;
    const find = (value: ValueId): void => {
      if (value === phi.id) isRead = true;
    };
    const insts: Inst[] = [];
    for (const inst of block.insts) {
      isRead = false;
      if (inst.op !== "phi") eachOperand(inst, find);
      if (!isRead) {
        insts.push(inst);
        continue;
      }
      changed = true;
      const loaded = read();
      const value = loaded[1]!.id;
      insts.push(
        ...loaded,
        mapOperands(inst, (id) => (id === phi.id ? value : id)),
      );
    }
    let { term } = block;
    if (termOperands(term).includes(phi.id)) {
      changed = true;
      const loaded = read();
      insts.push(...loaded);
      term = mapTermOperands(term, (id) => (id === phi.id ? loaded[1]!.id : id));
    }
    const stores = this.#stores.get(block.id);
    if (stores?.some((store) => operands(store).includes(phi.id))) {
      changed = true;
      const loaded = read();
      insts.push(...loaded);
      const stored = stores.map((store) => mapOperands(store, (id) => (id === phi.id ? loaded[1]!.id : id)));
      this.#stores.set(block.id, stored);
    }
    return changed ? blockOf(block.id, insts, term) : block;
  }

  /** Phis of other blocks read the value at the end of the block it comes from. */
  #phiArgsInstead(block: BlockId, phi: InstOf<"phi">, readers: readonly BlockId[], read: () => Inst[]): void {
    const reads = (inst: Inst): boolean =>
      inst.op === "phi" && inst.args.some((arg) => arg.value === phi.id && arg.block !== block);
    for (const id of readers) {
      const other = this.#blocks.get(id)!;
      if (!other.insts.some(reads)) continue;
      const insts = other.insts.map((inst) => {
        if (inst.op !== "phi" || !reads(inst)) return inst;
        const args = inst.args.map((arg) => {
          if (arg.value !== phi.id || arg.block === block) return arg;
          const loaded = read();
          const source = this.#blocks.get(arg.block)!;
          this.#blocks.set(arg.block, withInsts(source, [...source.insts, ...loaded]));
          return { block: arg.block, value: loaded[1]!.id };
        });
        return withArgs(inst, args);
      });
      const now = this.#blocks.get(id)!;
      this.#blocks.set(id, withInsts(now, [...insts, ...now.insts.slice(insts.length)]));
    }
  }
}

/**
 * Values that blocks other than their own read, the phis that the own block jumps to left out. `reads` hears which blocks
 * read which values, for phis the block that they stand in.
 */
function usedOutside(fn: IrFunction, reads: (value: ValueId, at: BlockId) => void): Set<ValueId> {
  const home = new Homes(fn);
  const outside = new Set<ValueId>();
  const use = (value: ValueId, at: BlockId): void => {
    if (home.get(value) !== at) outside.add(value);
  };
  for (const block of fn.blocks) {
    const both = (value: ValueId): void => {
      reads(value, block.id);
      use(value, block.id);
    };
    for (const inst of block.insts) {
      if (inst.op === "phi") {
        for (const arg of inst.args) {
          reads(arg.value, block.id);
          use(arg.value, arg.block);
        }
      } else eachOperand(inst, both);
    }
    eachTermOperand(block.term, both);
  }
  return outside;
}
