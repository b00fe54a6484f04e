/** One instruction may not serve pointers that the kernel rewrites in different ways. kernel/bpf/verifier.c:save_aux_ptr_type */
import type { Cx } from "./cx.ts";
import { reg as regOf, type State } from "./domain/state.ts";
import type { Pointer } from "./domain/value.ts";
import { type Outcome, refuse, unmodelled } from "./outcome.ts";
import { regionWords } from "./words.ts";

/** What the instructions walked so far accessed, over all paths. */
export class AccessKinds {
  readonly #first = new Map<number, Pointer>();

  /** Compares the access that is about to run with those of other paths. */
  check(cx: Cx, state: State): Outcome {
    const { insn } = cx.prep.insns[state.at]!;
    const loads = insn.kind === "load" || insn.kind === "load_acquire";
    if (!loads && insn.kind !== "store" && insn.kind !== "atomic" && insn.kind !== "store_release") return undefined;
    const p = regOf(state, insn.base);
    if (p.kind !== "ptr") return undefined;
    const first = this.#first.get(state.at);
    const load = insn.kind === "load";
    if (!first || (load && areProbed(first, p) && isMemory(p))) this.#first.set(state.at, p);
    if (!first || agrees(first, p, load)) return undefined;
    if (insn.kind === "atomic") return unmodelled("one atomic operation on an arena and on other memory");
    return refuse("E0570", [regionWords(cx, first), regionWords(cx, p)], {
      about: [first, p],
      help: "access each kind of pointer in its own branch",
    });
  }
}

function agrees(a: Pointer, b: Pointer, load: boolean): boolean {
  if (kindOf(a) === kindOf(b) || (!isRewritten(a) && !isRewritten(b))) return true;
  return load && areProbed(a, b);
}

/** Plain loads of these may fail and give 0: one rewriting serves both. */
const areProbed = (a: Pointer, b: Pointer): boolean =>
  (a.to.kind === "btf" || isMemory(a)) && (b.to.kind === "btf" || isMemory(b));

const isMemory = (p: Pointer): boolean => p.to.kind === "mem" || p.to.kind === "address";

const REWRITTEN: ReadonlySet<string> = new Set(["ctx", "sock", "btf", "arena"]);
const isRewritten = (p: Pointer): boolean => REWRITTEN.has(p.to.kind);

/** What tells apart pointers that are rewritten: kinds of sockets, and how far a struct is trusted. */
function kindOf({ to }: Pointer): string {
  if (to.kind === "sock") return to.sort;
  return to.kind === "btf" ? `btf ${to.trust} ${to.space ?? ""} ${to.alloc ?? ""}` : to.kind;
}
