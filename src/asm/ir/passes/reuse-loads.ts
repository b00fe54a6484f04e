/**
 * A load whose bytes are known on every way to it is that value, or a phi of them. Where they are unknown on one way
 * only, the load moves there; onto an edge of its own only if it is of a global, which can be read anywhere.
 * Relies on: addresses folded into offsets. Keeps: effects and their order, volatile accesses.
 */
import { predecessors } from "../cfg.ts";
import { type Dominators, dominators } from "../dominators.ts";
import { blockMap, Ids, type Pass, Replacements, substitute, withBlocks } from "../edit.ts";
import { type InstBody, type InstOf, isPure, mapOperands, mapSuccessors, successors } from "../inst.ts";
import { needsNoGuard } from "../kernel-rules.ts";
import { instOf, jumpTo, withArgs, withInsts, withoutTag, withTerm } from "../layout.ts";
import { Memory, sameBytes, touchesMemory, type Wanted } from "../memory.ts";
import type { Block, BlockId, Inst, IrFunction, ValueId } from "../model.ts";
import { type KnownValue, reread } from "../reread.ts";

/** Blocks that are looked through for one load. */
const maxBlocks = 48;
/** Constants that one phi takes: each costs a move on its way. */
const maxConstants = 1;
/** Instructions looked at in one function: keeps the pass linear in large ones. */
const maxSteps = 200_000;

export const reuseLoads: Pass = {
  name: "reuse-loads",
  run: (fn) => (fn.blocks.length < 2 ? fn : new Reuser(fn).run()),
};

/** What is known of the wanted bytes at the end of a block; "through": what is at its start. */
type AtEnd = KnownValue | "through" | "unknown";

/** A load and what is known of its bytes in the blocks before it. */
interface Search {
  readonly wanted: Wanted;
  readonly block: BlockId;
  readonly ends: ReadonlyMap<BlockId, AtEnd>;
  /** Values at the starts and ends of blocks, as they are made. */
  readonly starts: Map<BlockId, ValueId>;
  readonly made: Map<BlockId, ValueId>;
  readonly phis: InstOf<"phi">["id"][];
}

class Reuser {
  readonly #fn: IrFunction;
  readonly #memory: Memory;
  readonly #ids: Ids;
  readonly #doms: Dominators;
  readonly #preds: Map<BlockId, readonly BlockId[]>;
  readonly #blocks: Map<BlockId, Block>;
  readonly #replaced = new Replacements();
  /** Instructions of each block that touch memory, as it is now. */
  readonly #touching = new Map<BlockId, Inst[]>();
  /** Blocks put on an edge, with the block whose end they stand for. */
  readonly #edges = new Map<BlockId, BlockId>();
  /** What phis of this run hold: the bytes that such a load would read at the start of the block. */
  readonly #atStarts = new Map<BlockId, { readonly wanted: Wanted; readonly known: KnownValue }[]>();
  #steps = maxSteps;

  constructor(fn: IrFunction) {
    this.#fn = fn;
    this.#memory = new Memory(fn);
    this.#ids = new Ids(fn);
    this.#doms = dominators(fn);
    this.#preds = new Map(predecessors(fn.blocks));
    this.#blocks = blockMap(fn);
    for (const { id, insts } of fn.blocks) this.#touching.set(id, insts.filter(touchesMemory));
  }

  run(): IrFunction {
    const start = this.#ids.next;
    for (const { id } of this.#fn.blocks) {
      for (const inst of [...this.#touching.get(id)!])
        if (inst.op === "load" && !inst.volatile) this.#visit(inst.id, id);
    }
    if (this.#replaced.size === 0 && this.#ids.next === start) return this.#fn;
    return substitute(withBlocks(this.#fn, this.#blocks, { nextId: this.#ids.next }), this.#replaced);
  }

  #visit(id: ValueId, block: BlockId): void {
    const load = this.#memory.def(id);
    if (load.op !== "load") return;
    const wanted = this.#memory.wanted(load);
    const before = this.#touching.get(block)!;
    const index = before.findIndex((inst) => inst.id === id);
    if (this.#scan(before, index - 1, wanted) !== "through") return;
    const held = this.#heldAt(block, wanted);
    if (held) {
      this.#replace(load, held.value, block);
      return;
    }
    if (!this.#canGoUp(block, wanted)) return;
    const ends = this.#look(block, wanted);
    if (!ends || this.#constants(ends) > maxConstants) return;
    const search: Search = { wanted, block, ends, starts: new Map(), made: new Map(), phis: [] };
    const unknown = this.#unknownWays(search);
    if (unknown.length > 1 || (unknown.length === 1 && !this.#insert(search, unknown[0]!))) return;
    this.#replace(load, this.#atStart(search, block), block);
    this.#dropTrivial(search.phis);
  }

  #replace(load: Inst, value: ValueId, block: BlockId): void {
    this.#replaced.set(load.id, value);
    const left = this.#touching.get(block)!.filter((inst) => inst.id !== load.id);
    this.#touching.set(block, left);
  }

  /** A value of this run that is what such a load reads at the start of the block. */
  #heldAt(block: BlockId, wanted: Wanted): KnownValue | undefined {
    const { tag } = wanted.load;
    return this.#atStarts
      .get(block)
      ?.find(
        (held) =>
          held.wanted.load.tag === tag && sameBytes(held.wanted.at, wanted.at) && !reread(held.known, wanted.load),
      )?.known;
  }

  /** What is known behind `insts[last]`. */
  #scan(insts: readonly Inst[], last: number, wanted: Wanted): AtEnd {
    for (let i = last; i >= 0; i--) {
      if (--this.#steps < 0) return "unknown";
      const effect = this.#memory.effect(insts[i]!, wanted);
      if (effect) return effect === "changed" ? "unknown" : effect;
    }
    return "through";
  }

  /** Whether the address is there before the block. */
  #canGoUp(block: BlockId, { load }: Wanted): boolean {
    if (this.#preds.get(block)!.length === 0) return false;
    return this.#memory.everySource(load.base, (value) => this.#memory.homeOf(value) !== block);
  }

  /** The ends of all blocks from which the start of `block` is reached with nothing known in between. */
  #look(block: BlockId, wanted: Wanted): Map<BlockId, AtEnd> | undefined {
    const ends = new Map<BlockId, AtEnd>();
    const work = [...this.#preds.get(block)!];
    for (let at = work.pop(); at !== undefined; at = work.pop()) {
      if (ends.has(at)) continue;
      if (ends.size >= maxBlocks) return undefined;
      const insts = this.#touching.get(at)!;
      const last = this.#scan(insts, insts.length - 1, wanted);
      const end = last === "through" ? (this.#heldAt(at, wanted) ?? last) : last;
      const stuck = end === "through" && !this.#canGoUp(at, wanted);
      ends.set(at, stuck ? "unknown" : end);
      if (end === "through" && !stuck) work.push(...this.#preds.get(at)!);
    }
    return ends;
  }

  #constants(ends: ReadonlyMap<BlockId, AtEnd>): number {
    let count = 0;
    for (const end of ends.values()) if (typeof end === "object" && this.#memory.def(end.value).op === "const") count++;
    return count;
  }

  /** Predecessors at whose ends the bytes are not known, however they are reached; all of them if none is known. */
  #unknownWays({ block, ends }: Search): readonly BlockId[] {
    const unknown = new Set<BlockId>();
    const through: BlockId[] = [];
    for (const [id, end] of ends) {
      if (end === "unknown") unknown.add(id);
      else if (end === "through") through.push(id);
    }
    const isUnknown = (id: BlockId): boolean => unknown.has(id);
    for (let before = -1; before !== unknown.size; ) {
      before = unknown.size;
      for (const id of through) if (!unknown.has(id) && this.#preds.get(id)!.some(isUnknown)) unknown.add(id);
    }
    const direct = this.#preds.get(block)!;
    const ways = direct.filter(isUnknown);
    return ways.length === 1 && direct.length === 1 ? [...ways, ...ways] : ways;
  }

  /** Loads at the end of `pred`, or on its way to the block. */
  #insert(search: Search, pred: BlockId): boolean {
    const { wanted, block } = search;
    let at = pred;
    if (successors(this.#blocks.get(pred)!.term).length !== 1) {
      if (!needsNoGuard(this.#memory.def(wanted.load.base)) || this.#doms.dominates(block, pred)) return false;
      at = this.#onEdge(pred, block);
    }
    const base = this.#materialise(wanted.load.base, at);
    const load = this.#append(at, { ...wanted.load, base });
    search.made.set(at, load.id);
    return true;
  }

  /** A block between two. */
  #onEdge(from: BlockId, to: BlockId): BlockId {
    const id = this.#ids.block();
    const rename = (block: BlockId): BlockId => (block === from ? id : block);
    const source = this.#blocks.get(from)!;
    const target = this.#blocks.get(to)!;
    this.#blocks.set(id, { id, insts: [], term: jumpTo(to, undefined) });
    this.#blocks.set(
      from,
      withTerm(
        source,
        mapSuccessors(source.term, (next) => (next === to ? id : next)),
      ),
    );
    const insts = target.insts.map(
      (inst): Inst =>
        inst.op === "phi"
          ? withArgs(
              inst,
              inst.args.map((arg) => ({ block: rename(arg.block), value: arg.value })),
            )
          : inst,
    );
    for (const inst of insts) if (inst.op === "phi") this.#memory.add(inst, to);
    this.#blocks.set(to, withInsts(target, insts));
    this.#preds.set(to, this.#preds.get(to)!.map(rename));
    this.#preds.set(id, [from]);
    this.#touching.set(id, []);
    this.#edges.set(id, from);
    return id;
  }

  /** The address at the end of `block`, made of what is there. */
  #materialise(value: ValueId, block: BlockId): ValueId {
    const def = this.#memory.def(value);
    if (!isPure(def) || this.#doms.dominates(this.#memory.homeOf(value), this.#edges.get(block) ?? block)) return value;
    return this.#append(
      block,
      mapOperands(def, (operand) => this.#materialise(operand, block)),
    ).id;
  }

  /** A copy of `inst` as the last of `block`. */
  #append(block: BlockId, body: InstBody): Inst {
    const inst = instOf(body, this.#ids.value(), undefined);
    const home = this.#blocks.get(block)!;
    this.#blocks.set(block, withInsts(home, [...home.insts, inst]));
    this.#memory.add(inst, block);
    if (touchesMemory(inst)) this.#touching.get(block)!.push(inst);
    return inst;
  }

  #atStart(search: Search, block: BlockId): ValueId {
    const known = search.starts.get(block);
    if (known !== undefined) return known;
    const preds = this.#preds.get(block)!;
    if (preds.length === 1) {
      const value = this.#atEnd(search, preds[0]!);
      search.starts.set(block, value);
      return value;
    }
    const { load } = search.wanted;
    const id = this.#ids.value();
    search.starts.set(block, id);
    const args = preds.map((pred) => ({ block: pred, value: this.#atEnd(search, pred) }));
    const phi = instOf({ op: "phi", ty: load.ty, args }, id, load.span);
    const home = this.#blocks.get(block)!;
    this.#blocks.set(block, withInsts(home, [phi, ...home.insts]));
    this.#memory.add(phi, block);
    search.phis.push(id);
    const held = { wanted: search.wanted, known: { value: id, ty: load.ty, signed: load.signed } };
    this.#atStarts.set(block, [...(this.#atStarts.get(block) ?? []), held]);
    return id;
  }

  #atEnd(search: Search, block: BlockId): ValueId {
    const known = search.made.get(block);
    if (known !== undefined) return known;
    const end = search.ends.get(block)!;
    const value =
      end === "through" || end === "unknown" ? this.#atStart(search, block) : this.#reread(end, search, block);
    search.made.set(block, value);
    return value;
  }

  #reread(known: KnownValue, { wanted }: Search, block: BlockId): ValueId {
    const from = this.#memory.def(known.value);
    if (from.op === "load" && from.tag !== wanted.load.tag && known.signed !== undefined) this.#untype(from);
    const change = reread(known, wanted.load);
    if (!change || change === "unfit") return known.value;
    return this.#append(block, {
      ...change,
      id: wanted.load.id,
      ...(wanted.load.span && { span: wanted.load.span }),
    } as Inst).id;
  }

  /** A load that gives its value to one of another type reads what any store may have written. */
  #untype(load: InstOf<"load">): void {
    const untyped = withoutTag(load);
    const home = this.#memory.homeOf(load.id);
    const swap = (inst: Inst): Inst => (inst.id === load.id ? untyped : inst);
    const block = this.#blocks.get(home)!;
    this.#blocks.set(home, withInsts(block, block.insts.map(swap)));
    this.#touching.set(home, this.#touching.get(home)!.map(swap));
    this.#memory.add(untyped, home);
  }

  /** Phis of one value, and of themselves, are that value. */
  #dropTrivial(phis: readonly ValueId[]): void {
    for (let changed = true; changed; ) {
      changed = false;
      for (const id of phis) {
        const phi = this.#memory.def(id);
        if (phi.op !== "phi" || this.#replaced.has(id)) continue;
        const values = new Set(phi.args.map(({ value }) => this.#replaced.get(value)));
        values.delete(id);
        if (values.size !== 1) continue;
        this.#replaced.set(id, [...values][0]!);
        changed = true;
      }
    }
  }
}
