/** One instruction may not serve pointers that the kernel rewrites in different ways. kernel/bpf/verifier.c:save_aux_ptr_type */
import type { Cx } from "./cx.ts";
import { reg as regOf, type State } from "./domain/state.ts";
import type { Pointer, Region } from "./domain/value.ts";
import { type Outcome, refuse } from "./outcome.ts";
import { regionWords } from "./words.ts";

/** What the instructions walked so far accessed, over all paths. */
export class AccessKinds {
  readonly #first: (Pointer | undefined)[];

  /** `count`: of the instructions. */
  constructor(count: number) {
    this.#first = Array.from({ length: count });
  }

  /** Compares the access that is about to run with those of other paths. */
  check(cx: Cx, state: State): Outcome {
    const { insn } = cx.prep.insns[state.at]!;
    const loads = insn.kind === "load" || insn.kind === "load_acquire";
    if (!loads && insn.kind !== "store" && insn.kind !== "atomic" && insn.kind !== "store_release") return undefined;
    const p = regOf(state, insn.base);
    if (p.kind !== "ptr") return undefined;
    const first = this.#first[state.at];
    if (!first) {
      this.#first[state.at] = p;
      return undefined;
    }
    if (first.to === p.to || agrees(first, p, loads)) return undefined;
    return refuse("E0570", [regionWords(cx, first), regionWords(cx, p)], {
      about: [first, p],
      help: "access each kind of pointer in its own branch",
    });
  }
}

function agrees(a: Pointer, b: Pointer, loads: boolean): boolean {
  if (sameKind(a.to, b.to) || (!isRewritten(a) && !isRewritten(b))) return true;
  const mixable = (p: Pointer): boolean => p.to.kind === "btf" || p.to.kind === "mem" || p.to.kind === "address";
  return loads && mixable(a) && mixable(b);
}

const isRewritten = (p: Pointer): boolean => p.to.kind === "ctx" || p.to.kind === "btf";

function sameKind(a: Region, b: Region): boolean {
  if (a.kind !== "btf" || b.kind !== "btf") return a.kind === b.kind;
  return a.trust === b.trust && a.space === b.space && a.alloc === b.alloc;
}
