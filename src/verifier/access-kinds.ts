/** One instruction may not serve pointers that the kernel rewrites in different ways. kernel/bpf/verifier.c:save_aux_ptr_type */
import type { Cx } from "./cx.ts";
import { blank } from "./domain/recall.ts";
import { reg as regOf, type State } from "./domain/state.ts";
import type { Pointer, Region } from "./domain/value.ts";
import { type Outcome, refuse, unmodelled } from "./outcome.ts";
import { regionWords } from "./words.ts";

/** What the instructions walked so far accessed, over all paths. */
export class AccessKinds {
  readonly #first: (Pointer | undefined)[];

  /** `count`: of the instructions. */
  constructor(count: number) {
    this.#first = blank(count);
  }

  /** Compares the access that is about to run with those of other paths. */
  check(cx: Cx, state: State): Outcome {
    const { insn } = cx.prep.insns[state.at]!;
    const loads = insn.kind === "load" || insn.kind === "load_acquire";
    if (!loads && insn.kind !== "store" && insn.kind !== "atomic" && insn.kind !== "store_release") return undefined;
    const p = regOf(state, insn.base);
    if (p.kind !== "ptr") return undefined;
    const first = this.#first[state.at];
    const load = insn.kind === "load";
    if (!first || (load && areProbed(first, p) && isMemory(p))) this.#first[state.at] = p;
    if (!first || first.to === p.to || agrees(first, p, load)) return undefined;
    if (insn.kind === "atomic") return unmodelled("one atomic operation on an arena and on other memory");
    return refuse("E0570", [regionWords(cx, first), regionWords(cx, p)], {
      about: [first, p],
      help: "access each kind of pointer in its own branch",
    });
  }
}

function agrees(a: Pointer, b: Pointer, load: boolean): boolean {
  if (sameKind(a.to, b.to) || (!isRewritten(a) && !isRewritten(b))) return true;
  return load && areProbed(a, b);
}

/** Plain loads of these may fail and give 0: one rewriting serves both. */
const areProbed = (a: Pointer, b: Pointer): boolean =>
  (a.to.kind === "btf" || isMemory(a)) && (b.to.kind === "btf" || isMemory(b));

const isMemory = (p: Pointer): boolean => p.to.kind === "mem" || p.to.kind === "address";

const REWRITTEN: ReadonlySet<string> = new Set(["ctx", "sock", "btf", "arena"]);
const isRewritten = (p: Pointer): boolean => REWRITTEN.has(p.to.kind);

/** Sockets are told apart by their kinds, structs by how far they are trusted. */
function sameKind(a: Region, b: Region): boolean {
  if (a.kind === "sock" && b.kind === "sock") return a.sort === b.sort;
  if (a.kind !== "btf" || b.kind !== "btf") return a.kind === b.kind;
  return a.trust === b.trust && a.space === b.space && a.alloc === b.alloc;
}
