/** What the verifier knows before each instruction, in words, over all the ways that lead there. */
import type { Kernel } from "../kernel/model.ts";
import type { LinkedProgram } from "../link/model.ts";
import type { Cx } from "./cx.ts";
import { describe } from "./domain/scalar.ts";
import { type State, topFrame } from "./domain/state.ts";
import type { Value } from "./domain/value.ts";
import type { ProgramVerdict } from "./model.ts";
import { type VerifyOptions, verify } from "./verify.ts";
import { valueWords } from "./words.ts";

/** Before one instruction. Several things that a place may hold are joined by ` | `. */
export interface Known {
  /** How often the verifier came by; what it had seen before it did not follow again. */
  readonly visits: number;
  /** By name, `r0` to `r9`; registers that hold nothing are left out. */
  readonly regs: Readonly<Record<string, string>>;
  /** Eight bytes each, by distance from the frame pointer: `-8`. */
  readonly stack: Readonly<Record<string, string>>;
  /** Most references held at once. */
  readonly refs: number;
}

export interface KnownProgram {
  readonly verdict: ProgramVerdict;
  /** By index in `program.insns`; undefined where no way leads. */
  readonly before: readonly (Known | undefined)[];
}

/** Verifies the program and keeps what was known on the way. */
export function knownBefore(program: LinkedProgram, kernel: Kernel, options: VerifyOptions = {}): KnownProgram {
  const collected: (Collected | undefined)[] = program.insns.map(() => undefined);
  const trace = (index: number, state: State, cx: Cx): void => {
    let one = collected[index];
    if (!one) {
      one = new Collected();
      collected[index] = one;
    }
    one.add(state, cx);
  };
  const verdict = verify(program, kernel, { ...options, trace });
  return { verdict, before: collected.map((one) => one?.known()) };
}

/** States of one instruction that are put into words, and different words for one place. */
const MOST_STATES = 64;
const MOST_WORDS = 4;

class Collected {
  #visits = 0;
  #refs = 0;
  /** Words by place: what it holds on one of the ways. */
  readonly #places = new Map<string, Set<string>>();

  add(state: State, cx: Cx): void {
    if (++this.#visits > MOST_STATES) return;
    this.#refs = Math.max(this.#refs, state.refs.length);
    const { regs, stack } = topFrame(state);
    for (const [r, value] of regs.entries()) this.#note(`r${r}`, wordsOf(cx, value));
    for (const [i, slot] of stack.entries()) {
      const spill = slot?.spill;
      const words = spill ? wordsOf(cx, spill.value) : slot?.zeros === 0xff ? "zeros" : "bytes";
      this.#note(`${-8 * (i + 1)}`, spill && spill.size < 8 ? `${words}, ${spill.size} bytes` : words);
    }
  }

  #note(place: string, words: string): void {
    const found = this.#places.get(place);
    if (found) found.add(words);
    else this.#places.set(place, new Set([words]));
  }

  known(): Known {
    const regs: Record<string, string> = {};
    const stack: Record<string, string> = {};
    for (const [place, words] of this.#places) {
      const text = joined(words, this.#visits);
      if (text === "nothing" || text === "bytes") continue;
      (place.startsWith("r") ? regs : stack)[place] = text;
    }
    return { visits: this.#visits, regs, stack, refs: this.#refs };
  }
}

/** A number is told by its bounds alone. */
const wordsOf = (cx: Cx, value: Value): string => (value.kind === "scalar" ? describe(value) : valueWords(cx, value));

function joined(words: ReadonlySet<string>, visits: number): string {
  const all = [...words];
  const shown = all.slice(0, MOST_WORDS).join(" | ");
  return all.length > MOST_WORDS || visits > MOST_STATES ? `${shown} | ...` : shown;
}
