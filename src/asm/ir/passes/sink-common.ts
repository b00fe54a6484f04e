/**
 * Ways that end alike before they meet share their ends: equal effects, and what they and the phis behind are made of,
 * are done once where the ways meet; what differs goes through a phi.
 * Relies on: constants are in the entry block. Keeps: effects, their order; no pointer gets a phi that had none, so that
 * an access goes on serving one kind of pointer.
 */
import { predecessors } from "../cfg.ts";
import { type Dominators, dominators } from "../dominators.ts";
import { blockMap, Ids, type Pass, Replacements, substitute, withBlocks } from "../edit.ts";
import { hasEffect, type InstOf, isPure, mapOperands, operands } from "../inst.ts";
import type { Block, BlockId, Inst, IrFunction, ValueId } from "../model.ts";
import { definitions, useCounts } from "../uses.ts";

/** Effects that one meeting of ways takes over at most, and ways that it joins. */
const maxEffects = 8;
const maxWays = 24;

export const sinkCommon: Pass = {
  name: "sink-common",
  run: (fn) => new Sinker(fn).run(),
};

/** One instruction or value for each way. */
type Row<T> = readonly T[];

/** What moves for some number of effects, and what that is worth in instructions. */
interface Plan {
  /** Rows that become one instruction, by the first way's value. */
  readonly sunk: ReadonlyMap<ValueId, Row<Inst>>;
  /** Rows that become a phi, by their values. */
  readonly phis: ReadonlyMap<string, Row<ValueId>>;
  readonly gain: number;
}

class Sinker {
  readonly #fn: IrFunction;
  readonly #ids: Ids;
  readonly #defs: Map<ValueId, Inst>;
  readonly #uses: Map<ValueId, number>;
  readonly #doms: Dominators;
  readonly #blocks: Map<BlockId, Block>;
  readonly #replaced = new Replacements();
  readonly #touched = new Set<BlockId>();

  constructor(fn: IrFunction) {
    this.#fn = fn;
    this.#ids = new Ids(fn);
    this.#defs = definitions(fn);
    this.#uses = useCounts(fn);
    this.#doms = dominators(fn);
    this.#blocks = blockMap(fn);
  }

  run(): IrFunction {
    const preds = predecessors(this.#fn.blocks);
    let changed = false;
    for (const { id } of this.#fn.blocks) {
      const ways = preds.get(id)!.filter((from) => this.#isWay(from, id));
      if (ways.length < 2) continue;
      for (const group of this.#groups(ways)) {
        if (group.length > maxWays || group.length < 2 || [id, ...group].some((b) => this.#touched.has(b))) continue;
        changed = this.#join(group, id) || changed;
      }
    }
    if (!changed) return this.#fn;
    return substitute(withBlocks(this.#fn, this.#blocks, { nextId: this.#ids.next }), this.#replaced);
  }

  /** Ways back to the head of a loop stay as they are. */
  #isWay(from: BlockId, to: BlockId): boolean {
    return this.#blocks.get(from)!.term.op === "jump" && !this.#doms.dominates(to, from);
  }

  /** All ways, or those that end with the same effect. */
  #groups(ways: readonly BlockId[]): BlockId[][] {
    const byEnd = new Map<string, BlockId[]>();
    for (const way of ways) {
      const last = this.#blocks.get(way)!.insts.findLast(hasEffect);
      const key = last ? shapeOf(last) : "";
      byEnd.set(key, [...(byEnd.get(key) ?? []), way]);
    }
    return [...byEnd.values()];
  }

  #join(ways: readonly BlockId[], to: BlockId): boolean {
    const effects = ways.map((way) => this.#blocks.get(way)!.insts.filter(hasEffect).slice(-maxEffects));
    const most = Math.min(...effects.map((list) => list.length));
    let best: Plan | undefined;
    for (let count = 0; count <= most; count++) {
      const rows = Array.from({ length: count }, (_, i) => effects.map((list) => list[list.length - count + i]!));
      if (!alike(rows[0])) break;
      const plan = new Planner(this.#defs, this.#uses, ways, this.#blocks, to).plan(rows);
      if (plan && plan.gain > (best?.gain ?? 0)) best = plan;
    }
    if (!best) return false;
    this.#apply(best, ways, to);
    return true;
  }

  #apply(plan: Plan, ways: readonly BlockId[], to: BlockId): void {
    const meeting = this.#ids.block();
    const made = new Map<string, ValueId>();
    const insts: Inst[] = [];
    const phiOf = (row: Row<ValueId>): ValueId => {
      const known = made.get(keyOf(row));
      if (known !== undefined) return known;
      const ty = this.#defs.get(row[0]!)!.ty as InstOf<"phi">["ty"];
      const args = row.map((value, i) => ({ block: ways[i]!, value }));
      const phi = this.#ids.inst({ op: "phi", ty, args }, undefined);
      made.set(keyOf(row), phi.id);
      insts.push(phi);
      return phi.id;
    };
    const renamed = new Map<ValueId, ValueId>();
    const through = (row: Row<ValueId>): ValueId => renamed.get(row[0]!) ?? (isOne(row) ? row[0]! : phiOf(row));
    const moved = inOrder(plan.sunk, this.#blocks.get(ways[0]!)!);
    const body: Inst[] = [];
    for (const row of moved) {
      const rows = operands(row[0]!).map((_, j) => row.map((inst) => operands(inst)[j]!));
      let j = 0;
      const { id: _, ...copy } = mapOperands(row[0]!, () => through(rows[j++]!));
      const inst = this.#ids.inst(copy, row[0]!.span);
      renamed.set(row[0]!.id, inst.id);
      body.push(inst);
    }
    const target = this.#blocks.get(to)!;
    const own = target.insts.map((inst) => (inst.op === "phi" ? joinArgs(inst, ways, meeting, through) : inst));
    this.#blocks.set(to, { ...target, insts: own });
    this.#blocks.set(meeting, { id: meeting, insts: [...insts, ...body], term: { op: "jump", to } });
    const gone = new Set(moved.flatMap((row) => row.filter((inst) => inst.op !== "addr").map(({ id }) => id)));
    for (const way of ways) {
      const block = this.#blocks.get(way)!;
      const rest = block.insts.filter((inst) => !gone.has(inst.id));
      this.#blocks.set(way, { ...block, insts: rest, term: { ...block.term, op: "jump", to: meeting } });
      this.#touched.add(way);
    }
    this.#touched.add(to);
  }
}

/** Makes one plan: which operands move along, which meet in a phi. */
class Planner {
  readonly #defs: ReadonlyMap<ValueId, Inst>;
  readonly #uses: ReadonlyMap<ValueId, number>;
  readonly #ways: readonly Block[];
  readonly #to: Block;
  readonly #places: readonly ReadonlyMap<ValueId, number>[];
  readonly #sunk = new Map<ValueId, Row<Inst>>();
  readonly #phis = new Map<string, Row<ValueId>>();
  #first: readonly number[] = [];

  constructor(
    defs: ReadonlyMap<ValueId, Inst>,
    uses: ReadonlyMap<ValueId, number>,
    ways: readonly BlockId[],
    blocks: ReadonlyMap<BlockId, Block>,
    to: BlockId,
  ) {
    this.#defs = defs;
    this.#uses = uses;
    this.#ways = ways.map((way) => blocks.get(way)!);
    this.#to = blocks.get(to)!;
    this.#places = this.#ways.map(({ insts }) => new Map(insts.map(({ id }, i) => [id, i])));
  }

  plan(effects: readonly Row<Inst>[]): Plan | undefined {
    this.#first = this.#ways.map(({ insts }, i) =>
      insts.findLastIndex((x) => hasEffect(x) && !effects.some((row) => row[i] === x)),
    );
    for (const row of effects) {
      if (!alike(row) || !row.every((inst, i) => this.#mayMove(inst, i, effects))) return undefined;
      this.#sunk.set(row[0]!.id, row);
    }
    const free = new Set<string>();
    for (const inst of this.#to.insts) {
      if (inst.op !== "phi") break;
      const row = this.#ways.map(({ id }) => inst.args.find((arg) => arg.block === id)!.value);
      if (this.#sink(row)) continue;
      // What moves is no longer there where the way ends.
      if (row.some((value, i) => effects.some((effect) => effect[i]!.id === value))) return undefined;
      free.add(keyOf(row));
    }
    for (const row of effects) if (!this.#operandsOf(row)) return undefined;
    return { sunk: this.#sunk, phis: this.#phis, gain: this.#gain(free) };
  }

  /** The instruction may go on behind everything that stays; its result is not read by what does. */
  #mayMove(inst: Inst, way: number, effects: readonly Row<Inst>[]): boolean {
    if (!movable(inst)) return false;
    if (inst.ty === "void" || (this.#uses.get(inst.id) ?? 0) === 0) return true;
    const later = effects.some((row) => operands(row[way]!).includes(inst.id));
    return !later && this.#onlyInPhi(inst.id, way);
  }

  #onlyInPhi(value: ValueId, way: number): boolean {
    const from = this.#ways[way]!.id;
    const reads = this.#to.insts.flatMap((inst) => (inst.op === "phi" ? inst.args : []));
    const here = reads.filter((arg) => arg.value === value && arg.block === from).length;
    return here === 1 && this.#uses.get(value) === 1;
  }

  #operandsOf(row: Row<Inst>): boolean {
    return operands(row[0]!).every((_, j) => {
      const values = row.map((inst) => operands(inst)[j]!);
      if (isOne(values) || this.#sink(values)) return true;
      if (isFixed(row[0]!) || !mayMeet(values.map((value) => this.#defs.get(value)!))) return false;
      this.#phis.set(keyOf(values), values);
      return true;
    });
  }

  /** Moves what makes these values along, if each is read only here and is made alike. */
  #sink(values: Row<ValueId>): boolean {
    if (isOne(values)) return false;
    const row = values.map((value) => this.#defs.get(value)!);
    if (this.#sunk.get(values[0]!)?.every((inst, i) => inst.id === values[i])) return true;
    if (this.#sunk.has(values[0]!) || !alike(row)) return false;
    const ready = row.every((inst, i) => {
      const place = this.#places[i]!.get(inst.id);
      if (inst.op === "addr") return true;
      if (place === undefined || this.#uses.get(inst.id) !== 1) return false;
      return isPure(inst) ? inst.op !== "const" && inst.op !== "slot" : isPlainLoad(inst) && place > this.#first[i]!;
    });
    if (!ready || !this.#sameOrder(row)) return false;
    const before = new Map(this.#phis);
    this.#sunk.set(values[0]!, row);
    if (this.#operandsOf(row)) return true;
    this.#sunk.delete(values[0]!);
    this.#phis.clear();
    for (const [key, phi] of before) this.#phis.set(key, phi);
    return false;
  }

  /** Loads stand in each way behind as many of the effects that move. */
  #sameOrder(row: Row<Inst>): boolean {
    if (row[0]!.op !== "load") return true;
    const behind = row.map((inst, i) => {
      const place = this.#places[i]!.get(inst.id)!;
      return this.#ways[i]!.insts.slice(place).filter(hasEffect).length;
    });
    return isOne(behind);
  }

  #gain(free: ReadonlySet<string>): number {
    const others = this.#ways.length - 1;
    let gain = 0;
    const moved = new Set<ValueId>();
    for (const row of this.#sunk.values()) {
      gain += others * costOf(row[0]!);
      for (const { id } of row) moved.add(id);
    }
    for (const [key, row] of this.#phis) if (!free.has(key)) gain -= this.#phiCost(row);
    const emptied = this.#ways.filter(({ insts }) => insts.every(({ id }) => moved.has(id))).length;
    return gain + Math.max(0, emptied - 1);
  }

  #phiCost(row: Row<ValueId>): number {
    return row.filter((value) => this.#defs.get(value)!.op === "const" || this.#uses.get(value)! > 1).length;
  }
}

/** What is left of a phi's arguments: one of the ways' own, and those of others. */
function joinArgs(
  phi: InstOf<"phi">,
  ways: readonly BlockId[],
  meeting: BlockId,
  through: (row: Row<ValueId>) => ValueId,
): Inst {
  const row = ways.map((way) => phi.args.find((arg) => arg.block === way)!.value);
  const others = phi.args.filter((arg) => !ways.includes(arg.block));
  return { ...phi, args: [...others, { block: meeting, value: through(row) }] };
}

/** Rows in the order in which the first way has them; addresses, which may be from further up, come first. */
function inOrder(sunk: ReadonlyMap<ValueId, Row<Inst>>, first: Block): Row<Inst>[] {
  const place = new Map(first.insts.map(({ id }, i) => [id, i]));
  return [...sunk.values()].sort((a, b) => (place.get(a[0]!.id) ?? -1) - (place.get(b[0]!.id) ?? -1));
}

const keyOf = (row: Row<ValueId>): string => row.join(" ");
const isOne = <T>(row: Row<T>): boolean => row.every((item) => item === row[0]);
const isPlainLoad = (inst: Inst): boolean => inst.op === "load" && !inst.volatile;

const movable = (inst: Inst): boolean =>
  inst.op === "store" ? !inst.volatile : inst.op === "call" || (inst.op === "atomic" && inst.fn !== "cmpxchg");

/** Whose operands are all the same, or move along: the kernel remembers what a call was given. */
const isFixed = (inst: Inst): boolean => inst.op === "call" || inst.ty === "ptr";

/** Numbers of one width; casts may hide pointers. */
const mayMeet = (row: Row<Inst>): boolean =>
  row.every(({ ty, op }) => ty === row[0]!.ty && (ty === "i32" || ty === "i64") && op !== "cast");

const shapes = new WeakMap<Inst, string>();

/** Equal for instructions that differ in their operands only. */
function shapeOf(inst: Inst): string {
  const known = shapes.get(inst);
  if (known !== undefined) return known;
  const { id: _, span: __, ...rest } = mapOperands(inst, () => 0 as ValueId);
  const shape = JSON.stringify(rest, (_key, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
  shapes.set(inst, shape);
  return shape;
}

const alike = (row: Row<Inst> | undefined): boolean =>
  row === undefined || row.every((inst) => inst.op === row[0]!.op && shapeOf(inst) === shapeOf(row[0]!));

/** About how many instructions it becomes. */
function costOf(inst: Inst): number {
  switch (inst.op) {
    case "addr":
      return 2;
    case "call":
      return 1 + inst.args.length;
    case "trunc":
    case "cast":
      return 0;
    case "cmp":
      return 3;
    case "sext":
      return 2;
    default:
      return 1;
  }
}
