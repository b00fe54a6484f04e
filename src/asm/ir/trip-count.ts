/** How often a loop goes round, where constants alone decide it: found by running them. */
import type { Dominators } from "./dominators.ts";
import { foldBin, foldCmp } from "./evaluate.ts";
import { type Branch, bitsOf, type InstOf, successors } from "./inst.ts";
import type { Loop } from "./loops.ts";
import type { Block, BlockId, Inst, ValueId } from "./model.ts";

export interface Trips {
  /** How often the branch of `exit` stays in the loop before it leaves. */
  readonly count: number;
  readonly exit: BlockId;
}

export interface TripContext {
  readonly blocks: ReadonlyMap<BlockId, Block>;
  readonly defs: ReadonlyMap<ValueId, Inst>;
  readonly doms: Dominators;
}

/** The exit that is passed in every round and leaves first; undefined if none leaves within `most` rounds. */
export function tripsOf(loop: Loop, most: number, cx: TripContext): Trips | undefined {
  let best: Trips | undefined;
  for (const id of loop.blocks) {
    const { term } = cx.blocks.get(id)!;
    if (term.op !== "br" || !loop.latches.every((latch) => cx.doms.dominates(id, latch))) continue;
    if (successors(term).filter((next) => loop.blocks.has(next)).length !== 1) continue;
    const count = new Runner(loop, cx).rounds(term, best ? best.count - 1 : most);
    if (count !== undefined) best = { count, exit: id };
  }
  return best;
}

class Runner {
  readonly #loop: Loop;
  readonly #cx: TripContext;
  /** Phis of the header in this round; those that are no constants are missing. */
  #phis = new Map<ValueId, bigint>();
  /** Other values in this round. */
  #known = new Map<ValueId, bigint | undefined>();

  constructor(loop: Loop, cx: TripContext) {
    this.#loop = loop;
    this.#cx = cx;
  }

  rounds(exit: Branch, most: number): number | undefined {
    const leaves = !this.#loop.blocks.has(exit.then);
    const bits = this.#cx.defs.get(exit.a)!.ty === "i32" ? 32 : 64;
    this.#enter((arg) => !this.#loop.blocks.has(arg));
    for (let round = 0; round <= most; round++) {
      this.#known = new Map();
      const [a, b] = [this.#value(exit.a), this.#value(exit.b)];
      if (a === undefined || b === undefined) return undefined;
      if (foldCmp(exit.fn, bits, a, b) === leaves) return round;
      this.#enter((arg) => this.#loop.blocks.has(arg));
    }
    return undefined;
  }

  /** Gives the header's phis what comes from the predecessors that `from` names, where that is one constant. */
  #enter(from: (pred: BlockId) => boolean): void {
    const next = new Map<ValueId, bigint>();
    for (const inst of this.#cx.blocks.get(this.#loop.header)!.insts) {
      if (inst.op !== "phi") break;
      const values = new Set(inst.args.flatMap((arg) => (from(arg.block) ? [this.#value(arg.value)] : [])));
      const [only] = values;
      if (values.size === 1 && only !== undefined) next.set(inst.id, only);
    }
    this.#phis = next;
  }

  #value(id: ValueId): bigint | undefined {
    const phi = this.#phis.get(id);
    if (phi !== undefined) return phi;
    if (this.#known.has(id)) return this.#known.get(id);
    this.#known.set(id, undefined);
    const value = this.#compute(this.#cx.defs.get(id)!);
    this.#known.set(id, value);
    return value;
  }

  #compute(inst: Inst): bigint | undefined {
    switch (inst.op) {
      case "const":
        return inst.value;
      case "bin":
        return this.#bin(inst);
      case "cmp": {
        const [a, b] = [this.#value(inst.a), this.#value(inst.b)];
        const bits = this.#cx.defs.get(inst.a)!.ty === "i32" ? 32 : 64;
        return a === undefined || b === undefined ? undefined : foldCmp(inst.fn, bits, a, b) ? 1n : 0n;
      }
      case "zext":
      case "sext": {
        const a = this.#value(inst.a);
        if (a === undefined) return undefined;
        const low = inst.op === "zext" ? BigInt.asUintN(inst.from, a) : BigInt.asIntN(inst.from, a);
        return BigInt.asUintN(bitsOf(inst.ty), low);
      }
      case "trunc": {
        const a = this.#value(inst.a);
        return a === undefined ? undefined : BigInt.asUintN(32, a);
      }
      case "neg": {
        const a = this.#value(inst.a);
        return a === undefined ? undefined : BigInt.asUintN(bitsOf(inst.ty), -a);
      }
      default:
        return undefined;
    }
  }

  #bin(inst: InstOf<"bin">): bigint | undefined {
    if (inst.ty === "ptr") return undefined;
    const [a, b] = [this.#value(inst.a), this.#value(inst.b)];
    return a === undefined || b === undefined ? undefined : foldBin(inst.fn, bitsOf(inst.ty), a, b);
  }
}
