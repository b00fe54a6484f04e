/**
 * Rewrites each instruction by the rules of `rules/`: constants, algebra, known bits, narrower types, addresses.
 * Relies on: definitions come before uses, in block order. Keeps: control flow but for decided branches.
 */

import { bug } from "../../../support/bug.ts";
import type { Span } from "../../../support/span.ts";
import { Counters } from "../counters.ts";
import { blockMap, Ids, type Pass, Replacements, substitute, withBlocks } from "../edit.ts";
import { type Branch, branchTo, type InstBody, type InstOf, mapOperands, mapTermOperands, valueType } from "../inst.ts";
import { BitFacts, type KnownBits } from "../known-bits.ts";
import { instOf, jumpTo } from "../layout.ts";
import type { Block, Inst, IrFunction, IrType, PhiArg, Term, ValueId } from "../model.ts";
import { simplifyAtomic, simplifyCopy, simplifyFill, simplifyLoad, simplifyStore } from "../rules/access.ts";
import { simplifyBin } from "../rules/arithmetic.ts";
import { improve } from "../rules/comparison.ts";
import {
  simplifyCast,
  simplifyNeg,
  simplifySext,
  simplifySwap,
  simplifyTrunc,
  simplifyZext,
} from "../rules/conversion.ts";
import { type ConstantData, instead, number, type Rewrite, type RuleContext } from "../rules/rule.ts";
import { OwnDefinitions, type UseCounts, useCounts } from "../uses.ts";

/** Rewrites of one instruction; rules only go downhill, so this is a guard. */
const maxSteps = 64;

/** The pass; `constants` are what constant globals hold, `signedLoads` is what the machine can. */
export const simplify = (constants: ReadonlyMap<string, ConstantData> = new Map(), signedLoads = true): Pass => ({
  name: "simplify",
  run: (fn) => new Simplifier(fn, constants, signedLoads).run(),
});

class Simplifier implements RuleContext {
  readonly signedLoads: boolean;
  readonly #fn: IrFunction;
  readonly #constants: ReadonlyMap<string, ConstantData>;
  readonly #ids: Ids;
  readonly #defs: OwnDefinitions;
  readonly #uses: UseCounts;
  readonly #replaced = new Replacements();
  readonly #facts: BitFacts;
  #made: Inst[] = [];
  #span: Span | undefined;
  #changed = false;

  constructor(fn: IrFunction, constants: ReadonlyMap<string, ConstantData>, signedLoads: boolean) {
    this.signedLoads = signedLoads;
    this.#fn = fn;
    this.#constants = constants;
    this.#ids = new Ids(fn);
    this.#defs = new OwnDefinitions(fn);
    this.#uses = useCounts(fn);
    this.#facts = new BitFacts((value) => this.def(value), new Counters(fn));
  }

  run(): IrFunction {
    const blocks = blockMap(this.#fn);
    for (const block of this.#fn.blocks) blocks.set(block.id, this.#block(block));
    if (!this.#changed) return this.#fn;
    return substitute(withBlocks(this.#fn, blocks, { nextId: this.#ids.next }), this.#replaced);
  }

  #block(block: Block): Block {
    const made: Inst[] = [];
    this.#made = made;
    for (const inst of block.insts) {
      this.#span = inst.span;
      if (inst.op !== "phi") this.#place(mapOperands(inst, this.#replaced.get));
      else if (!this.#phi(inst, made)) made.push(inst);
    }
    this.#span = block.term.span;
    const term = this.#terminator(mapTermOperands(block.term, this.#replaced.get));
    return term === block.term && sameInsts(made, block.insts) ? block : { id: block.id, insts: made, term };
  }

  /** A phi whose arguments are all one value is that value, one with those of another phi is the other. */
  #phi(inst: InstOf<"phi">, before: readonly Inst[]): boolean {
    let only: ValueId | undefined;
    for (const arg of inst.args) {
      const value = this.#replaced.get(arg.value);
      if (value === inst.id || value === only) continue;
      if (only !== undefined) return this.#twin(inst, before);
      only = value;
    }
    if (only === undefined) return false;
    this.#replace(inst.id, only);
    return true;
  }

  #twin(inst: InstOf<"phi">, before: readonly Inst[]): boolean {
    const alike = ({ block, value }: PhiArg, other: PhiArg) =>
      block === other.block && this.#replaced.get(value) === this.#replaced.get(other.value);
    const twin = before.find(
      (phi) => phi.op === "phi" && phi.ty === inst.ty && inst.args.every((arg, i) => alike(arg, phi.args[i]!)),
    );
    if (twin) this.#replace(inst.id, twin.id);
    return twin !== undefined;
  }

  #replace(value: ValueId, by: ValueId): void {
    this.#changed = true;
    this.#replaced.set(value, by);
  }

  /** Puts the simplest form of `inst` at the end of the block; gives the value that it makes. */
  #place(inst: Inst): ValueId {
    let best = inst;
    for (let step = 0; step < maxSteps; step++) {
      this.#defs.set(best.id, best);
      const next = this.#rewrite(best);
      if (!next) break;
      this.#changed = true;
      if ("value" in next) {
        this.#replaced.set(inst.id, next.value);
        return next.value;
      }
      best = instOf(next.inst, inst.id, inst.span);
    }
    this.#made.push(best);
    return best.id;
  }

  #rewrite(inst: Inst): Rewrite {
    switch (inst.op) {
      case "bin":
        return simplifyBin(inst, this);
      case "neg":
        return simplifyNeg(inst, this);
      case "cmp": {
        const better = improve(inst, this, false);
        if (typeof better === "boolean") return number(inst.ty, better ? 1n : 0n);
        return better && instead({ op: "cmp", ty: inst.ty, fn: better.fn, a: better.a, b: better.b });
      }
      case "zext":
        return simplifyZext(inst, this);
      case "sext":
        return simplifySext(inst, this);
      case "trunc":
        return simplifyTrunc(inst, this);
      case "cast":
        return simplifyCast(inst, this);
      case "bswap":
        return simplifySwap(inst, this);
      case "load":
        return simplifyLoad(inst, this);
      case "store":
        return simplifyStore(inst, this);
      case "constant_p":
        return this.constant(inst.a) === undefined ? undefined : number("i32", 1n);
      case "atomic":
        return simplifyAtomic(inst, this);
      case "copy":
        return simplifyCopy(inst, this);
      case "fill":
        return simplifyFill(inst, this);
      default:
        return undefined;
    }
  }

  #terminator(term: Term): Term {
    if (term.op !== "br") return term;
    let best: Branch = term;
    for (let step = 0; step < maxSteps; step++) {
      const better = improve(best, this, true);
      if (better === undefined) break;
      this.#changed = true;
      if (typeof better === "boolean") return jumpTo(better ? best.then : best.else, best.span);
      const { then: yes, else: no, likely, ...rest } = best;
      const { not, ...how } = better;
      const usual = likely === undefined ? {} : { likely: not ? !likely : likely };
      best = branchTo({ ...rest, ...how, ...usual }, not ? no : yes, not ? yes : no) as Branch;
    }
    return best;
  }

  // ---- what rules ask ----

  def(value: ValueId): Inst {
    return this.#defs.get(this.#replaced.get(value)) ?? bug(`%${value} has no definition`);
  }
  type(value: ValueId): IrType {
    return valueType(this.def(value));
  }
  once(value: ValueId): boolean {
    return (this.#uses.get(value) ?? 1) <= 1;
  }
  /** What was never written is 0 wherever it is computed with: bit-fields of one unit are set one after the other. */
  constant(value: ValueId): bigint | undefined {
    const def = this.def(value);
    if (def.op === "undef" && def.ty !== "ptr") return 0n;
    return def.op === "const" ? def.value : undefined;
  }
  bits(value: ValueId): KnownBits {
    return this.#facts.of(value);
  }
  emit(body: InstBody): ValueId {
    return this.#place(this.#ids.inst(body, this.#span));
  }
  number(ty: IrType, value: bigint): ValueId {
    return this.emit({ op: "const", ty, value });
  }
  data(global: string): ConstantData | undefined {
    return this.#constants.get(global);
  }
}

function sameInsts(a: readonly Inst[], b: readonly Inst[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
