/**
 * Blocks that go on to one place and end alike, but for some operands: what is alike is done once, behind them, with
 * phis for the operands that differ. Where all operands are equal too, code generation would share the end anyway, but
 * here its registers are chosen for all at once.
 * Relies on: nothing takes up `end` marks afterwards. Keeps: what runs on each way, in its order.
 */
import { flatMap } from "../../../support/lists.ts";
import { predecessors } from "../cfg.ts";
import { type Dominators, dominators } from "../dominators.ts";
import { blockMap, Ids, type Pass, Replacements, substitute, withBlocks } from "../edit.ts";
import { hasEffect, type InstOf, mapOperands, operands, termOperands } from "../inst.ts";
import { mayBeOneOfMany } from "../kernel-rules.ts";
import { blockOf, copyOfTerm, jumpTo, withArgs, withInsts } from "../layout.ts";
import { loopsOf } from "../loops.ts";
import type { Block, BlockId, Inst, IrFunction, PhiArg, ValueId } from "../model.ts";
import { definitions, type UseCounts, useCounts } from "../uses.ts";
import { type ValueKey, valueKey } from "./number-values.ts";

/** Ends longer than this are shared in several steps. */
const maxRows = 24;

export const sinkCommon: Pass = {
  name: "sink-common",
  run: (fn) => new Sinker(fn).run(),
};

/** The same instruction in each block of a group, in the group's order. */
type Row = readonly Inst[];

/** Where a group goes on to: a block, or nowhere, as all return. */
type Target = BlockId | "return";

interface Plan {
  /** Last first. */
  readonly rows: readonly Row[];
  readonly gain: number;
}

class Sinker {
  readonly #fn: IrFunction;
  readonly #ids: Ids;
  readonly #defs: ReadonlyMap<ValueId, Inst>;
  readonly #uses: UseCounts;
  readonly #preds: ReadonlyMap<BlockId, readonly BlockId[]>;
  readonly #doms: Dominators;
  readonly #blocks: Map<BlockId, Block>;
  readonly #replaced = new Replacements();
  readonly #touched = new Set<BlockId>();

  constructor(fn: IrFunction) {
    this.#fn = fn;
    this.#ids = new Ids(fn);
    this.#defs = definitions(fn);
    this.#uses = useCounts(fn);
    this.#preds = predecessors(fn.blocks);
    this.#doms = dominators(fn);
    this.#blocks = blockMap(fn);
  }

  run(): IrFunction {
    // In loops the kernel follows every round: other registers on each way cost it more than the code is shorter.
    const looped = new Set(loopsOf(this.#fn, this.#doms).flatMap((loop) => [...loop.blocks]));
    const targets = flatMap(this.#fn.blocks, ({ id }) => (looped.has(id) ? [] : [id]));
    for (const to of [...targets, "return"] as const) {
      for (const group of this.#groups(to)) {
        const plan = this.#plan(to, group);
        if (plan) this.#apply(to, group, plan);
      }
    }
    if (this.#touched.size === 0) return this.#fn;
    return substitute(withBlocks(this.#fn, this.#blocks, { nextId: this.#ids.next }), this.#replaced);
  }

  /** Blocks that do nothing but go on to `to`, by what they do last. */
  #groups(to: Target): (readonly Block[])[] {
    const groups = new Map<string, Block[]>();
    for (const block of this.#candidates(to)) {
      const last = block.insts.findLast((inst) => !isFree(inst));
      const key = last && this.#shape(last);
      if (key === undefined) continue;
      groups.set(key, [...(groups.get(key) ?? []), block]);
    }
    return [...groups.values()].filter((group) => group.length > 1);
  }

  #candidates(to: Target): readonly Block[] {
    const fresh = (ids: readonly BlockId[]): Block[] =>
      flatMap(ids, (id) => (this.#touched.has(id) ? [] : [this.#blocks.get(id)!]));
    if (to === "return") return fresh(this.#fn.blocks.map(({ id }) => id)).filter(({ term }) => term.op === "ret");
    if (this.#touched.has(to)) return [];
    return fresh(this.#preds.get(to)!).filter(({ id, term }) => term.op === "jump" && !this.#doms.dominates(to, id));
  }

  /** What the group hands on: a list of values, one from each block, for each phi of the target or the result. */
  #handedOn(to: Target, group: readonly Block[]): (readonly ValueId[])[] {
    if (to === "return") {
      const values = flatMap(group, ({ term }) => termOperands(term));
      return values.length === group.length ? [values] : [];
    }
    return this.#blocks
      .get(to)!
      .insts.flatMap((phi) =>
        phi.op === "phi" ? [group.map((block) => phi.args.find((arg) => arg.block === block.id)!.value)] : [],
      );
  }

  #plan(to: Target, group: readonly Block[]): Plan | undefined {
    const rows: Row[] = [];
    const at = group.map((block) => block.insts.length);
    for (;;) {
      const row = this.#rowAbove(group, at);
      if (!row || rows.length === maxRows || !this.#joins(row, rows, group, to)) break;
      rows.push(row);
    }
    let best: Plan | undefined;
    const all = to === "return" || group.length === this.#preds.get(to)!.length;
    for (let count = 1; count <= rows.length; count++) {
      const part = rows.slice(0, count);
      const cost = this.#cost(part);
      if (cost === undefined) continue;
      const gain = count * (group.length - 1) - cost - (all ? 0 : 1);
      if (gain > 0 && (!best || gain >= best.gain)) best = { rows: part, gain };
    }
    return best;
  }

  /** The last instruction of each block above those of `at`, which moves up to it; undefined where they differ. */
  #rowAbove(group: readonly Block[], at: number[]): Row | undefined {
    const row: Inst[] = [];
    for (const [i, { insts }] of group.entries()) {
      let k = at[i]! - 1;
      while (k >= 0 && isFree(insts[k]!)) k--;
      if (k < 0) return undefined;
      at[i] = k;
      row.push(insts[k]!);
    }
    const shape = this.#shape(row[0]!);
    return shape !== undefined && row.every((inst) => this.#shape(inst) === shape) ? row : undefined;
  }

  /** Whether nobody but the rows below and the phis behind, row by row, reads what the row makes. */
  #joins(row: Row, below: readonly Row[], group: readonly Block[], to: Target): boolean {
    const counts = row.map(() => 0);
    for (const other of below) {
      const lists = other.map(operands);
      for (let k = 0; k < lists[0]!.length; k++) {
        const hits = row.map((inst, i) => lists[i]![k] === inst.id);
        if (!hits.some(Boolean)) continue;
        if (!hits.every(Boolean)) return false;
        for (let i = 0; i < counts.length; i++) counts[i]!++;
      }
    }
    for (const values of this.#handedOn(to, group)) {
      const hits = row.map((inst, i) => values[i] === inst.id);
      if (!hits.some(Boolean)) continue;
      if (!hits.every(Boolean)) return false;
      for (let i = 0; i < counts.length; i++) counts[i]!++;
    }
    return row.every((inst, i) => counts[i] === (this.#uses.get(inst.id) ?? 0));
  }

  /** Moves that the phis of these rows make necessary; undefined where one may not be. */
  #cost(rows: readonly Row[]): number | undefined {
    const own = new Set(rows.flatMap((row) => row.map((inst) => inst.id)));
    const seen = new Set<string>();
    let cost = 0;
    for (const row of rows) {
      const lists = row.map(operands);
      for (let k = 0; k < lists[0]!.length; k++) {
        const values = lists.map((list) => list[k]!);
        if (own.has(values[0]!) || this.#isOne(values)) continue;
        if (!this.#mayDiffer(row[0]!, values)) return undefined;
        const key = values.join(" ");
        if (seen.has(key)) continue;
        seen.add(key);
        cost += this.#moves(row[0]!, values);
      }
    }
    return cost;
  }

  /** One value for all, or one constant or address. */
  #isOne(values: readonly ValueId[]): boolean {
    const [first] = values;
    if (values.every((value) => value === first)) return true;
    const keyOf = (value: ValueId): ValueKey | undefined => {
      const def = this.#defs.get(value)!;
      return isFree(def) ? valueKey(def) : undefined;
    };
    const key = keyOf(first!);
    return key !== undefined && values.every((value) => keyOf(value) === key);
  }

  /** What the kernel is called with may depend on constants that it wants to be one per call. */
  #mayDiffer(user: Inst, values: readonly ValueId[]): boolean {
    if (user.op === "call" && user.callee.kind !== "function") return false;
    const types = new Set(values.map((value) => this.#defs.get(value)!.ty));
    if (types.size !== 1) return false;
    const def = (value: ValueId): Inst => this.#defs.get(value)!;
    return values.every((value) => mayBeOneOfMany(def(value), def));
  }

  /** What the group pays to have the values in one register: nothing where each is made for this alone. */
  #moves(user: Inst, values: readonly ValueId[]): number {
    return values.reduce((sum, value) => {
      const def = this.#defs.get(value)!;
      if (def.op === "addr") return sum;
      if (def.op === "const") return sum + (takesImmediate(user, value) ? 1 : 0);
      return sum + (this.#uses.get(value) === 1 && def.op !== "phi" && def.op !== "param" ? 0 : 1);
    }, 0);
  }

  #apply(to: Target, group: readonly Block[], { rows }: Plan): void {
    const join = this.#ids.block();
    const phis = new Map<string, Inst>();
    const made: Inst[] = [];
    const gone = new Set(rows.flatMap((row) => row.map((inst) => inst.id)));
    const one = (values: readonly ValueId[]): ValueId => {
      const [first] = values;
      if (gone.has(first!) || values.every((other) => other === first)) return first!;
      return this.#isOne(values) ? this.#copyOf(first!, made) : this.#phi(values, group, phis);
    };
    for (const row of rows.toReversed()) {
      let k = 0;
      const lists = row.map(operands);
      made.push(
        mapOperands(row[0]!, () => {
          const values = lists.map((list) => list[k]!);
          k++;
          return one(values);
        }),
      );
      for (const inst of row.slice(1)) this.#replaced.set(inst.id, row[0]!.id);
    }
    const term = this.#goingOn(to, group, join, one);
    for (const block of group) {
      const left = block.insts.filter((inst) => !gone.has(inst.id));
      const { span } = block.term;
      this.#blocks.set(block.id, blockOf(block.id, left, jumpTo(join, span)));
      this.#touched.add(block.id);
    }
    this.#blocks.set(join, { id: join, insts: [...phis.values(), ...made], term });
    if (to !== "return") this.#touched.add(to);
  }

  /** How the common block ends; phis of the target now see it in place of the group. */
  #goingOn(
    to: Target,
    group: readonly Block[],
    join: BlockId,
    one: (values: readonly ValueId[]) => ValueId,
  ): Block["term"] {
    const handed = this.#handedOn(to, group).map(one);
    const { span } = group[0]!.term;
    if (to === "return") return copyOfTerm({ op: "ret", ...(handed[0] !== undefined && { value: handed[0] }) }, span);
    const target = this.#blocks.get(to)!;
    const blocks = new Set(group.map((block) => block.id));
    const insts = target.insts.map((inst, i) => {
      if (inst.op !== "phi") return inst;
      return withArgs(inst, [...inst.args.filter((arg) => !blocks.has(arg.block)), { block: join, value: handed[i]! }]);
    });
    this.#blocks.set(to, withInsts(target, insts));
    return jumpTo(to, span);
  }

  #phi(values: readonly ValueId[], group: readonly Block[], phis: Map<string, Inst>): ValueId {
    const key = values.join(" ");
    const known = phis.get(key);
    if (known) return known.id;
    const def = this.#defs.get(values[0]!)!;
    const args = values.map((value, i): PhiArg => ({ block: group[i]!.id, value }));
    const made = this.#ids.inst({ op: "phi", ty: def.ty as InstOf<"phi">["ty"], args }, def.span);
    phis.set(key, made);
    return made.id;
  }

  #copyOf(value: ValueId, made: Inst[]): ValueId {
    const { id, span, ...body } = this.#defs.get(value)!;
    const copy = this.#ids.inst(body, span);
    made.push(copy);
    return copy.id;
  }

  /** Equal for instructions that differ in their operands at most; undefined for those that stay where they are. */
  #shape(inst: Inst): string | undefined {
    const types = operands(inst).map((value) => this.#defs.get(value)!.ty);
    switch (inst.op) {
      case "bin":
      case "cmp":
        return `${inst.op} ${inst.fn} ${inst.ty} ${types}`;
      case "neg":
      case "trunc":
        return `${inst.op} ${inst.ty} ${types}`;
      case "zext":
      case "sext":
        return `${inst.op} ${inst.from} ${inst.ty} ${types}`;
      case "bswap":
        return `bswap ${inst.bits} ${inst.ty} ${types}`;
      case "load":
        return inst.core ? undefined : `load ${inst.ty} ${inst.size} ${inst.signed} ${inst.off} ${inst.volatile}`;
      case "store":
        return inst.core ? undefined : `store ${inst.size} ${inst.off} ${inst.volatile} ${types}`;
      case "atomic":
        return `atomic ${inst.fn} ${inst.size} ${inst.fetch} ${inst.off} ${inst.expected !== undefined} ${types}`;
      case "call":
        return inst.callee.kind === "kfunc" ? undefined : `call ${JSON.stringify(inst.callee)} ${inst.ty} ${types}`;
      default:
        return undefined;
    }
  }
}

/** Costs nothing where it is not read. */
const isFree = (inst: Inst): boolean =>
  !hasEffect(inst) && (inst.op === "const" || inst.op === "slot" || inst.op === "addr");

/** The instruction takes the operand as an immediate where it is a constant. */
const takesImmediate = (user: Inst, value: ValueId): boolean =>
  user.op === "store" ? user.value === value : (user.op === "bin" || user.op === "cmp") && user.b === value;
