/**
 * What a branch found out holds in the blocks that only its one way leads to: there the same question has its answer,
 * and what is not negative is extended without its sign.
 * Relies on: equal values have one number. Keeps: instructions, order.
 */
import { anyNumber, type Bounds, compares, narrowed } from "../bounds.ts";
import { predecessors } from "../cfg.ts";
import { dominators, walkTree } from "../dominators.ts";
import { blockMap, type Pass, withBlocks } from "../edit.ts";
import { foldCmp } from "../evaluate.ts";
import { type Branch, bitsOf, type InstOf, inverse, mirror, valueType } from "../inst.ts";
import { blockOf, instOf, withInsts } from "../layout.ts";
import type { Block, BlockId, CmpOp, Inst, IrFunction, ValueId } from "../model.ts";
import { definitions } from "../uses.ts";
import { pairKey, type ValueKey } from "./number-values.ts";

/** An answer to a question about two values, and what was known of them before. */
interface Fact {
  readonly fn: CmpOp;
  readonly a: ValueId;
  readonly holds: boolean;
  readonly before: Fact | undefined;
}

export const followBranches: Pass = {
  name: "follow-branches",
  run: (fn) => (fn.blocks.some(({ term }) => term.op === "br") ? new Walker(fn).run() : fn),
};

/** Whether `fn` of `a` and another value holds, if what is known of the two tells. */
function told(fact: Fact | undefined, fn: CmpOp, a: ValueId): boolean | undefined {
  let answer: boolean | undefined;
  for (let at = fact; at; at = at.before) {
    const asked = at.a === a ? at.fn : mirror(at.fn);
    if (asked === fn) answer = at.holds;
    else if (inverse(asked) === fn) answer = !at.holds;
  }
  return answer;
}

class Walker {
  readonly #fn: IrFunction;
  readonly #defs: ReadonlyMap<ValueId, Inst>;
  /** By the two values. */
  readonly #known = new Map<ValueKey, Fact>();
  /** Integers that equal a constant here. */
  readonly #equal = new Map<ValueId, bigint>();
  /** What compares with constants tell here. */
  readonly #bounds = new Map<ValueId, Bounds>();

  constructor(fn: IrFunction) {
    this.#fn = fn;
    this.#defs = definitions(fn);
  }

  run(): IrFunction {
    const doms = dominators(this.#fn);
    const preds = predecessors(this.#fn.blocks);
    const source = blockMap(this.#fn);
    const blocks = blockMap(this.#fn);
    let changed = false;
    walkTree(this.#fn.blocks[0]!.id, doms.children, (id) => {
      const undo: (() => void)[] = [];
      const block = source.get(id)!;
      const from = preds.get(id)!;
      if (from.length === 1) this.#learn(source.get(from[0]!)!, id, undo);
      const after = this.#block(block);
      if (after !== block) {
        changed = true;
        blocks.set(id, after);
      }
      return undo;
    });
    return changed ? withBlocks(this.#fn, blocks) : this.#fn;
  }

  #learn({ term }: Block, to: BlockId, undo: (() => void)[]): void {
    if (term.op !== "br") return;
    const holds = term.then === to;
    const key = pairKey(term.a, term.b);
    const before = this.#known.get(key);
    this.#known.set(key, { fn: term.fn, a: term.a, holds, before });
    undo.push(() => {
      if (before) this.#known.set(key, before);
      else this.#known.delete(key);
    });
    this.#bound(term, holds, undo);
    const equals = term.fn === "eq" ? holds : term.fn === "ne" && !holds;
    const def = this.#defs.get(term.b);
    if (!equals || def?.op !== "const" || def.ty === "ptr" || this.#equal.has(term.a)) return;
    this.#equal.set(term.a, def.value);
    undo.push(() => this.#equal.delete(term.a));
  }

  /** Learns on which side of a constant a value lies. */
  #bound({ fn, a, b }: Branch, holds: boolean, undo: (() => void)[]): void {
    const def = this.#defs.get(b);
    const relation = holds ? fn : inverse(fn);
    if (def?.op !== "const" || def.ty === "ptr" || !relation) return;
    const before = this.#bounds.get(a);
    this.#bounds.set(a, narrowed(before ?? anyNumber(bitsOf(def.ty)), relation, def.value));
    undo.push(() => {
      if (before) this.#bounds.set(a, before);
      else this.#bounds.delete(a);
    });
  }

  #answer(fn: CmpOp, a: ValueId, b: ValueId): boolean | undefined {
    const known = told(this.#known.get(pairKey(a, b)), fn, a);
    if (known !== undefined) return known;
    const value = this.#equal.get(a);
    const right = this.#defs.get(b);
    if (right?.op !== "const") return undefined;
    if (value === undefined) {
      const bounds = this.#bounds.get(a);
      return bounds && compares(bounds, fn, right.value);
    }
    return foldCmp(fn, bitsOf(valueType(right)), value, right.value);
  }

  /** Whether the sign that is extended is known to be 0. */
  #isPositive({ a, from }: InstOf<"sext" | "zext">): boolean {
    const bounds = this.#bounds.get(a);
    return bounds !== undefined && bounds.umax < 1n << BigInt(from - 1);
  }

  #block(block: Block): Block {
    const { term } = block;
    const answer = term.op === "br" ? this.#answer(term.fn, term.a, term.b) : undefined;
    if (answer === undefined && !block.insts.some(({ op }) => op === "cmp" || op === "sext")) return block;
    let changed = false;
    const insts = block.insts.map((inst): Inst => {
      if (inst.op === "sext" && this.#isPositive(inst)) {
        changed = true;
        return instOf({ ...inst, op: "zext" }, inst.id, inst.span);
      }
      const known = inst.op === "cmp" ? this.#answer(inst.fn, inst.a, inst.b) : undefined;
      if (known === undefined || inst.op !== "cmp") return inst;
      changed = true;
      const { id, span } = inst;
      return { op: "const", ty: inst.ty, value: known ? 1n : 0n, id, ...(span && { span }) };
    });
    if (answer !== undefined) return blockOf(block.id, insts, decided(term as Branch, answer));
    return changed ? withInsts(block, insts) : block;
  }
}

const decided = ({ then: yes, else: no, span }: Branch, answer: boolean): Block["term"] => ({
  op: "jump",
  to: answer ? yes : no,
  ...(span && { span }),
});
