/**
 * What a branch may find out for the kernel's verifier: bounds of the numbers that it asks about, whether a pointer is
 * null, how far a packet goes. What is made of these has to stay behind it, as it was when the source was written.
 */
import type { Branch, InstOf } from "./inst.ts";
import { eachOperand, isPure, operands } from "./inst.ts";
import { needsNoGuard } from "./kernel-rules.ts";
import type { Inst, ValueId } from "./model.ts";

/** Steps that are followed from a value to what it is made of. */
const maxDepth = 8;

export interface Definer {
  def(value: ValueId): Inst;
}

export class Guard {
  readonly #defs: Definer;
  /** All that the two sides of the question are made of, by any number of steps. */
  readonly #asked: ReadonlySet<ValueId>;
  /** Two things are compared that are both no constants: packet pointers, perhaps. */
  readonly #ofTwo: boolean;

  constructor({ a, b }: Branch, defs: Definer) {
    this.#defs = defs;
    this.#asked = new Set([...this.#madeOf(a), ...this.#madeOf(b)]);
    this.#ofTwo = [a, b].every((value) => defs.def(value).op !== "const");
  }

  /** Whether the branch may tell the kernel something about what the instruction reads. */
  guards(inst: Inst): boolean {
    if (inst.op === "load") return this.#guardsLoad(inst);
    return operands(inst).some((value) => [...this.#madeOf(value)].some((part) => this.#isAsked(part)));
  }

  #guardsLoad({ base }: InstOf<"load">): boolean {
    const def = this.#defs.def(base);
    if (needsNoGuard(def) || def.op === "slot") return false;
    if (this.#ofTwo && def.op !== "param") return true;
    return [...this.#madeOf(base)].some((part) => this.#asked.has(part));
  }

  /** What comes from the stack may be a copy of anything. */
  #isAsked(value: ValueId): boolean {
    if (this.#asked.has(value)) return true;
    const def = this.#defs.def(value);
    return def.op === "load" && this.#defs.def(def.base).op === "slot";
  }

  /** The value and what it was made of; constants and addresses of symbols, of which there is nothing to find out, are left out. */
  #madeOf(value: ValueId): ReadonlySet<ValueId> {
    const seen = new Set<ValueId>();
    const visit = (at: ValueId, depth: number): void => {
      const def = this.#defs.def(at);
      if (seen.has(at) || isFixed(def)) return;
      seen.add(at);
      if (depth > 0 && (isPure(def) || def.op === "phi" || def.op === "opaque"))
        eachOperand(def, (part) => visit(part, depth - 1));
    };
    visit(value, maxDepth);
    return seen;
  }
}

const isFixed = ({ op }: Inst): boolean => op === "const" || op === "addr" || op === "slot" || op === "undef";
