/** How much stack each function uses, and the deepest chain of calls. kernel/bpf/verifier.c:check_max_stack_depth */
import type { Reg } from "../isa/insn.ts";
import { spanOf } from "./bounds.ts";
import { callsOf } from "./cfg.ts";
import type { Cx } from "./cx.ts";
import { STACK_SIZE } from "./domain/stack.ts";
import { reg as regOf, type State } from "./domain/state.ts";
import { type Outcome, refuse } from "./outcome.ts";
import { calledFunc } from "./prepare.ts";

/** Collects, while paths are walked, how far down each function's stack is reached. */
export class DepthMeter {
  readonly #used: number[] = [];
  readonly #later = new Set<number>();

  /** A function that the kernel calls by itself begins a stack of its own. */
  noteLater(func: number): void {
    this.#later.add(func);
  }

  /** Functions that are called later. */
  get later(): ReadonlySet<number> {
    return this.#later;
  }

  /** Bytes of stack that a function uses. */
  used(func: number): number {
    return this.#used[func] ?? 0;
  }

  /** Notes what the instruction about to run reaches through pointers to stacks. */
  note(cx: Cx, state: State): void {
    const { insn } = cx.prep.insns[state.at]!;
    switch (insn.kind) {
      case "load":
      case "store":
      case "atomic":
      case "load_acquire":
      case "store_release":
        this.#reach(state, insn.base, insn.off);
        return;
      case "call":
        for (const r of [1, 2, 3, 4, 5] as readonly Reg[]) this.#reach(state, r, 0);
        return;
      default:
        return;
    }
  }

  #reach(state: State, base: Reg, off: number): void {
    const p = regOf(state, base);
    if (p.kind !== "ptr" || p.to.kind !== "stack") return;
    const frame = state.frames[p.to.frame];
    const from = p.varying ? spanOf(p)?.min : p.off;
    if (!frame || from === undefined) return;
    const depth = Math.min(STACK_SIZE, -(Number(from) + off));
    if (depth > this.used(frame.func)) this.#used[frame.func] = depth;
  }
}

const ROUND = 16;
/** kernel/bpf/verifier.c: frames of at least this size get a stack of their own, where the JIT has them. */
const PRIVATE_FROM = 64;

/** The chain of calls that takes most stack must fit into one stack. */
export function checkDepth(cx: Cx, meter: DepthMeter): Outcome {
  const memo = new Map<number, { readonly size: number; readonly calls: number }>();
  const deepest = (f: number): { readonly size: number; readonly calls: number } => {
    const known = memo.get(f);
    if (known) return known;
    // Timers may arm one another: a callback that is being followed already begins a stack of its own.
    memo.set(f, { size: 0, calls: 0 });
    let below = { size: 0, calls: 0 };
    for (const callee of calleesOf(cx, f, meter.later)) {
      const chain = deepest(callee);
      if (chain.size > below.size) below = chain;
    }
    const own = ownSize(cx, meter.used(f));
    const chain = { size: own + below.size, calls: below.calls + 1 };
    memo.set(f, chain);
    return chain;
  };
  const { size, calls } = [0, ...meter.later].map(deepest).reduce((a, b) => (b.size > a.size ? b : a));
  return size > STACK_SIZE
    ? refuse("E0565", [size, calls], { help: "make buffers smaller, or keep them in a map" })
    : undefined;
}

function ownSize(cx: Cx, used: number): number {
  if (cx.facts.privateStack && used >= PRIVATE_FROM) return 0;
  return Math.ceil(used / ROUND) * ROUND;
}

/** Functions that a function calls or hands out as callbacks, but those that are called later. */
function calleesOf(cx: Cx, f: number, later: ReadonlySet<number>): readonly number[] {
  const func = cx.prep.funcs[f]!;
  const direct = callsOf(cx.prep, func.start, func.end).map(([, callee]) => callee);
  for (let i = func.start; i < func.end; i++) {
    const insn = cx.prep.insns[i]!.insn;
    if (insn.kind !== "ld_imm64" || insn.value.kind !== "func_off") continue;
    const callee = calledFunc(cx.prep, i);
    if (!later.has(callee)) direct.push(callee);
  }
  return direct;
}
