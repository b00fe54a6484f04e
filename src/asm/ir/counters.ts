/**
 * Counters of loops: between which numbers a phi lies that starts somewhere, moves by a constant each round and is
 * stopped by a test before it overflows. Signed; a value that may wrap has no range.
 */
import { larger, smaller } from "../../support/int.ts";
import { anyNumber, type Bounds, narrowed } from "./bounds.ts";
import { predecessors } from "./cfg.ts";
import { type Dominators, dominators } from "./dominators.ts";
import { blockMap } from "./edit.ts";
import { bitsOf, type InstOf, inverse, mirror } from "./inst.ts";
import type { Block, BlockId, CmpOp, Inst, IrFunction, PhiArg, ValueId } from "./model.ts";
import { definitions } from "./uses.ts";

/** All values from `least` to `most`, as signed numbers. */
export interface Range {
  readonly least: bigint;
  readonly most: bigint;
}

type Phi = InstOf<"phi">;

/** A way back to the header, on which the counter has moved. */
interface Back {
  readonly from: BlockId;
  readonly moved: ValueId;
}

interface Graph {
  readonly defs: ReadonlyMap<ValueId, Inst>;
  readonly blocks: ReadonlyMap<BlockId, Block>;
  readonly preds: ReadonlyMap<BlockId, readonly BlockId[]>;
  readonly doms: Dominators;
  /** Where each phi stands. */
  readonly home: ReadonlyMap<ValueId, BlockId>;
}

/** Branches looked back through, from a way back to the header. */
const maxSteps = 64;
/** Values that start from one another. */
const maxDepth = 8;

/** Answers for `fn` as it was given, whatever becomes of it meanwhile. */
export class Counters {
  readonly #fn: IrFunction;
  readonly #known = new Map<ValueId, Range | undefined>();
  #graph: Graph | undefined;
  #depth = 0;

  constructor(fn: IrFunction) {
    this.#fn = fn;
  }

  /** The range of a phi; undefined where it is no counter or may overflow. */
  of(phi: Phi): Range | undefined {
    if (phi.ty === "ptr" || phi.args.length < 2) return undefined;
    if (this.#known.has(phi.id)) return this.#known.get(phi.id);
    this.#known.set(phi.id, undefined);
    const range = this.#rangeOf(phi);
    this.#known.set(phi.id, range);
    return range;
  }

  get #g(): Graph {
    this.#graph ??= graphOf(this.#fn);
    return this.#graph;
  }

  #rangeOf(phi: Phi): Range | undefined {
    const { defs, home } = this.#g;
    const backs: Back[] = [];
    const starts: PhiArg[] = [];
    let step: bigint | undefined;
    for (const arg of phi.args) {
      if (arg.value === phi.id) continue;
      const by = stepOf(arg.value, phi, defs);
      if (by === undefined) starts.push(arg);
      else if (step !== undefined && by !== step) return undefined;
      else {
        step = by;
        backs.push({ from: arg.block, moved: arg.value });
      }
    }
    const at = home.get(phi.id);
    if (step === undefined || at === undefined || starts.length === 0) return undefined;
    let start: Range | undefined;
    for (const { value } of starts) {
      const range = this.#simpleRange(value);
      if (!range) return undefined;
      start = start ? around(start, range) : range;
    }
    const exact = phi.args.length === 2;
    const ends = backs.map((back) => this.#end(phi, at, back, step, exact ? start! : undefined));
    return counted(start!, ends, step, bitsOf(phi.ty));
  }

  /** Of a constant, another counter, or what has fewer bits than its type. */
  #simpleRange(value: ValueId): Range | undefined {
    const def = this.#g.defs.get(value);
    if (!def || def.ty === "ptr" || def.ty === "void" || this.#depth >= maxDepth) return undefined;
    this.#depth++;
    const range = this.#rangeBy(def, def.ty);
    this.#depth--;
    return range;
  }

  #rangeBy(def: Inst, ty: "i32" | "i64"): Range | undefined {
    switch (def.op) {
      case "const": {
        const number = BigInt.asIntN(bitsOf(ty), def.value);
        return { least: number, most: number };
      }
      case "phi":
        return this.of(def);
      case "load":
        return def.signed || def.size * 8 >= bitsOf(ty) ? undefined : { least: 0n, most: fullOf(def.size * 8) };
      case "zext":
        return def.from >= bitsOf(ty) ? undefined : { least: 0n, most: fullOf(def.from) };
      case "cmp":
        return { least: 0n, most: 1n };
      case "bin":
        return this.#binRange(def);
      default:
        return undefined;
    }
  }

  #binRange({ fn, ty, a, b }: InstOf<"bin">): Range | undefined {
    const right = this.#g.defs.get(b);
    if (right?.op !== "const") return undefined;
    const c = BigInt.asIntN(bitsOf(ty), right.value);
    if (fn === "and") return c < 0n ? undefined : { least: 0n, most: c };
    if (fn !== "add") return undefined;
    const from = this.#simpleRange(a);
    return from && inside({ least: from.least + c, most: from.most + c }, bitsOf(ty));
  }

  /** Bounds of the counter and of what it becomes, where they go back over `from`. */
  #end(phi: Phi, header: BlockId, { from, moved }: Back, step: bigint, start: Range | undefined): End {
    const bits = bitsOf(phi.ty);
    const end: End = { before: anyNumber(bits), after: anyNumber(bits) };
    const { blocks, preds, doms } = this.#g;
    let next = header;
    let at: BlockId | undefined = from;
    for (let i = 0; at !== undefined && i < maxSteps; i++) {
      const single = next === header ? i === 0 : preds.get(next)!.length === 1;
      const { term } = blocks.get(at)!;
      if (term.op === "br" && term.then !== term.else && single && (term.then === next || term.else === next)) {
        const fn = term.then === next ? term.fn : inverse(term.fn);
        if (fn) {
          this.#learn(end, phi, moved, { fn, a: term.a, b: term.b }, start && { start, step });
          this.#learn(end, phi, moved, { fn: mirror(fn), a: term.b, b: term.a }, start && { start, step });
        }
      }
      if (at === header) break;
      next = at;
      at = doms.idom(at);
    }
    return end;
  }

  #learn(end: End, phi: Phi, moved: ValueId, { fn, a, b }: Question, exact: Exact | undefined): void {
    const { defs } = this.#g;
    const side = sideOf(a, phi, moved, defs);
    if (!side) return;
    const { bits } = end.before;
    const limit = this.#simpleRange(b);
    const learn = (old: Bounds): Bounds => {
      if (fn === "ne") return exact && limit && side === "plain" ? stopped(old, exact, limit, a === moved) : old;
      return within(old, fn, limit, side);
    };
    const of = side === "plain" ? a : (defs.get(a) as InstOf<"zext" | "sext">).a;
    if (side !== "plain" && bits !== 32) return;
    if (of === moved) end.after = learn(end.after);
    else end.before = learn(end.before);
  }
}

interface End {
  before: Bounds;
  after: Bounds;
}
interface Question {
  readonly fn: CmpOp;
  readonly a: ValueId;
  readonly b: ValueId;
}
/** A counter with one way in and one back: it meets each number from `start` on, in steps. */
interface Exact {
  readonly start: Range;
  readonly step: bigint;
}

const fullOf = (bits: number): bigint => (1n << BigInt(bits)) - 1n;
const around = (a: Range, b: Range): Range => ({ least: smaller(a.least, b.least), most: larger(a.most, b.most) });

function inside(range: Range, bits: 32 | 64): Range | undefined {
  const { smin, smax } = anyNumber(bits);
  return range.least < smin || range.most > smax ? undefined : range;
}

function graphOf(fn: IrFunction): Graph {
  const home = new Map<ValueId, BlockId>();
  for (const block of fn.blocks) for (const inst of block.insts) if (inst.op === "phi") home.set(inst.id, block.id);
  return {
    defs: definitions(fn),
    blocks: blockMap(fn),
    preds: predecessors(fn.blocks),
    doms: dominators(fn),
    home,
  };
}

/** By how much `value` is more than the phi; undefined where it is something else. */
function stepOf(value: ValueId, phi: Phi, defs: ReadonlyMap<ValueId, Inst>): bigint | undefined {
  const def = defs.get(value);
  if (def?.op !== "bin" || def.fn !== "add" || def.a !== phi.id || def.ty !== phi.ty) return undefined;
  const by = defs.get(def.b);
  const step = by?.op === "const" ? BigInt.asIntN(bitsOf(phi.ty), by.value) : 0n;
  return step === 0n ? undefined : step;
}

type Side = "plain" | "zext" | "sext";

/** How `value` is the counter or what it becomes: itself, or extended from 32 bits. */
function sideOf(value: ValueId, phi: Phi, moved: ValueId, defs: ReadonlyMap<ValueId, Inst>): Side | undefined {
  if (value === phi.id || value === moved) return "plain";
  const def = defs.get(value);
  if ((def?.op !== "zext" && def?.op !== "sext") || def.from !== 32) return undefined;
  return def.a === phi.id || def.a === moved ? def.op : undefined;
}

/** What is left of `old` where the value, extended by `side`, compares so with a number of `limit`. */
function within(old: Bounds, fn: CmpOp, limit: Range | undefined, side: Side): Bounds {
  const wide: Bounds = side === "plain" ? anyNumber(old.bits) : anyNumber(64);
  const upper = fn === "slt" || fn === "sle" || fn === "ult" || fn === "ule";
  const signed = fn === "slt" || fn === "sle" || fn === "sgt" || fn === "sge";
  if (fn === "set" || fn === "ne") return old;
  // Without a limit, a strict order still leaves one number at the end of the scale.
  if (!limit && (!signed || side !== "plain")) return old;
  if (!signed && limit && limit.least < 0n) return old;
  const range = limit ?? { least: wide.smin, most: wide.smax };
  const edge = (c: bigint): bigint => BigInt.asUintN(wide.bits, c);
  let learnt =
    fn === "eq"
      ? narrowed(narrowed(wide, "sle", edge(range.most)), "sge", edge(range.least))
      : narrowed(wide, fn, edge(upper ? range.most : range.least));
  if (side === "zext") {
    if (learnt.umax > fullOf(31)) return old;
    learnt = { ...learnt, smin: learnt.umin, smax: learnt.umax };
  }
  return { ...old, smin: larger(old.smin, learnt.smin), smax: smaller(old.smax, learnt.smax) };
}

/** `!=` a number that the counter meets on its way: it stays on this side of it. */
function stopped(old: Bounds, { start, step }: Exact, limit: Range, moved: boolean): Bounds {
  if (start.least !== start.most || limit.least !== limit.most) return old;
  const way = limit.most - start.most;
  // The moved value is compared for the first time one step behind the start.
  const meets = way % step === 0n && way / step >= (moved ? 1n : 0n);
  if (!meets) return old;
  return step > 0n
    ? { ...old, smax: smaller(old.smax, limit.most - step) }
    : { ...old, smin: larger(old.smin, limit.most - step) };
}

/** The range that `start` and steps up to `ends` make; undefined if a step may overflow. */
function counted(start: Range, ends: readonly End[], step: bigint, bits: 32 | 64): Range | undefined {
  const { smin, smax } = anyNumber(bits);
  if (step > 0n) {
    const reached = ends.map(({ before, after }) => smaller(after.smax, before.smax + step));
    const most = reached.reduce(larger, start.most);
    const safe = ends.every(({ before }) => smaller(most, before.smax) + step <= smax);
    return safe ? { least: start.least, most } : undefined;
  }
  const reached = ends.map(({ before, after }) => larger(after.smin, before.smin + step));
  const low = reached.reduce(smaller, start.least);
  const safe = ends.every(({ before }) => larger(low, before.smin) + step >= smin);
  return safe ? { least: low, most: start.most } : undefined;
}
