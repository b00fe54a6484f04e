/**
 * Between which unsigned numbers a value lies where a block begins: by its bits, by the branches that lead there, by what
 * it is made of. For questions that are asked rarely; `BitFacts` answers those that are asked of every instruction.
 */
import { larger, smaller } from "../../support/int.ts";
import { anyNumber, narrowed } from "./bounds.ts";
import { predecessors } from "./cfg.ts";
import { type Dominators, dominators } from "./dominators.ts";
import { blockMap } from "./edit.ts";
import { bitsOf, type InstOf, inverse, valueType } from "./inst.ts";
import { BitFacts, maskOf } from "./known-bits.ts";
import type { Block, BlockId, CmpOp, Inst, IrFunction, ValueId } from "./model.ts";
import { definitions, Homes } from "./uses.ts";

/** Unsigned, both ends among them. */
export interface Span {
  readonly least: bigint;
  readonly most: bigint;
}

/** Branches looked back through. */
const maxSteps = 32;
/** Values that are made of one another. */
const maxDepth = 4;

/** Answers for `fn` as it was given. */
export class Ranges {
  readonly #defs: ReadonlyMap<ValueId, Inst>;
  readonly #blocks: ReadonlyMap<BlockId, Block>;
  readonly #preds: ReadonlyMap<BlockId, readonly BlockId[]>;
  readonly #doms: Dominators;
  readonly #bits: BitFacts;
  readonly #home: Homes;

  constructor(fn: IrFunction) {
    this.#defs = definitions(fn);
    this.#blocks = blockMap(fn);
    this.#preds = predecessors(fn.blocks);
    this.#doms = dominators(fn);
    this.#bits = new BitFacts((value) => this.#defs.get(value)!);
    this.#home = new Homes(fn);
  }

  /** The range of a number in `block`. */
  of(value: ValueId, block: BlockId, depth = 0): Span {
    const def = this.#defs.get(value)!;
    const known = this.#made(def, depth);
    return known.least === known.most ? known : this.#asked(value, known, block);
  }

  /** By its bits, and by what it is made of. */
  #made(def: Inst, depth: number): Span {
    const ty = valueType(def);
    const bits = this.#bits.of(def.id);
    const most = bits.most ?? maskOf(ty) & ~bits.zeros;
    const whole: Span = { least: bits.ones, most };
    if (depth >= maxDepth) return whole;
    const parts = this.#parts(def, depth + 1);
    return parts ? { least: larger(whole.least, parts.least), most: smaller(whole.most, parts.most) } : whole;
  }

  #parts(def: Inst, depth: number): Span | undefined {
    const at = this.#home.get(def.id)!;
    switch (def.op) {
      case "phi":
        return this.#joined(def, at, depth);
      case "zext":
        return def.from === 32 && this.#defs.get(def.a)!.ty === "i32" ? this.of(def.a, at, depth) : undefined;
      case "bin":
        return this.#divided(def, at, depth);
      default:
        return undefined;
    }
  }

  #joined({ args }: InstOf<"phi">, at: BlockId, depth: number): Span | undefined {
    if (args.length === 0 || args.length > maxDepth) return undefined;
    const each = args.map(({ value, block }) => this.#onEdge(value, this.of(value, block, depth), block, at));
    return each.reduce((a, b) => ({ least: smaller(a.least, b.least), most: larger(a.most, b.most) }));
  }

  /** Division by zero gives 0, its remainder is the number itself (RFC 9669, 4.1). */
  #divided({ fn, a, b }: InstOf<"bin">, at: BlockId, depth: number): Span | undefined {
    if (fn !== "udiv" && fn !== "umod") return undefined;
    const [x, y] = [this.of(a, at, depth), this.of(b, at, depth)];
    if (y.least === 0n) return { least: 0n, most: x.most };
    if (fn === "udiv") return { least: x.least / y.most, most: x.most / y.least };
    return { least: 0n, most: smaller(x.most, y.most - 1n) };
  }

  /** What the branches above have asked of it. */
  #asked(value: ValueId, known: Span, block: BlockId): Span {
    let span = known;
    let at = block;
    for (let step = 0; step < maxSteps; step++) {
      const [pred, ...others] = this.#preds.get(at)!;
      if (pred !== undefined && others.length === 0) span = this.#onEdge(value, span, pred, at);
      const over = this.#doms.idom(at);
      if (over === undefined) break;
      at = over;
    }
    return span;
  }

  #onEdge(value: ValueId, span: Span, from: BlockId, to: BlockId): Span {
    const { term } = this.#blocks.get(from)!;
    if (term.op !== "br" || term.a !== value || term.then === term.else) return span;
    const right = this.#defs.get(term.b)!;
    const fn: CmpOp | undefined = term.then === to ? term.fn : inverse(term.fn);
    if (right.op !== "const" || right.ty === "ptr" || !fn) return span;
    const { umin, umax } = narrowed(anyNumber(bitsOf(right.ty)), fn, right.value);
    return { least: larger(span.least, umin), most: smaller(span.most, umax) };
  }
}
