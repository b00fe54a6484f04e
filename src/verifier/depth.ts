/** How much stack each function uses, and the deepest chain of calls. kernel/bpf/verifier.c:check_max_stack_depth */
import type { Reg } from "../isa/insn.ts";
import { TAIL_CALL } from "../kernel/helpers.ts";
import { spanOf } from "./bounds.ts";
import { callsOf } from "./cfg.ts";
import type { Cx } from "./cx.ts";
import { STACK_SIZE } from "./domain/stack.ts";
import { reg as regOf, type State } from "./domain/state.ts";
import { type Outcome, refuse, unmodelled } from "./outcome.ts";
import { calledFunc } from "./prepare.ts";

const ARGS: readonly Reg[] = [1, 2, 3, 4, 5];

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
        for (const r of ARGS) this.#reach(state, r, 0);
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
/** A function with a tail call may begin with less than this in use. */
const TAIL_CALL_FROM = 256;

/** The chain of calls that takes most stack must fit into one stack; callbacks begin below who names them. */
export function checkDepth(cx: Cx, meter: DepthMeter): Outcome {
  const calls = cx.prep.funcs.map((_, f) => calleesOf(cx, f, meter.later));
  const tails = cx.prep.funcs.map((_, f) => hasTailCall(cx, f));
  const shared = new Set([...meter.later].flatMap((root) => inCallOrder(calls, root).order));
  const isPrivate = cx.facts.privateStack && !tails.includes(true);
  const own = (f: number): number => {
    const size = Math.ceil(meter.used(f) / ROUND) * ROUND;
    return isPrivate && !shared.has(f) && size >= PRIVATE_FROM ? 0 : size;
  };
  for (const root of [...meter.later, 0]) {
    const outcome = checkFrom(cx, { calls, tails, own }, root);
    if (outcome) return outcome;
  }
  return undefined;
}

interface Sizes {
  /** Functions that a function calls or names, by index. */
  readonly calls: readonly (readonly number[])[];
  readonly tails: readonly boolean[];
  /** Bytes that a function takes of the stack that all share. */
  readonly own: (f: number) => number;
}

/** How a function may begin at worst. */
interface Begin {
  /** Bytes in use, and frames below it. */
  readonly depth: number;
  readonly frames: number;
}

function checkFrom(cx: Cx, { calls, tails, own }: Sizes, root: number): Outcome {
  const { order, cycle } = inCallOrder(calls, root);
  if (cycle) return tooDeep(cx, order, cx.facts.maxFrames + 1);
  const begins = new Map<number, Begin>([[root, { depth: 0, frames: 0 }]]);
  for (const f of order) {
    const { depth, frames } = begins.get(f)!;
    if (frames >= cx.facts.maxFrames) return tooDeep(cx, order, frames + 1);
    if (f !== 0 && tails[f] && depth >= TAIL_CALL_FROM)
      return refuse("E0565", [depth, frames, TAIL_CALL_FROM - 1], {
        help: `'${cx.prep.funcs[f]!.name}', below them, has a tail call: it must begin with less`,
      });
    const size = depth + own(f);
    if (size > STACK_SIZE)
      return refuse("E0565", [size, frames + 1], { help: "make buffers smaller, or keep them in a map" });
    for (const callee of calls[f]!) {
      const known = begins.get(callee) ?? { depth: 0, frames: 0 };
      begins.set(callee, { depth: Math.max(known.depth, size), frames: Math.max(known.frames, frames + 1) });
    }
  }
  return undefined;
}

/** Newer kernels count frames anew in global functions. */
function tooDeep(cx: Cx, order: readonly number[], frames: number): Outcome {
  const isGlobal = order.some((f) => f !== 0 && cx.prep.funcs[f]!.linkage === "global");
  if (isGlobal) return unmodelled("calls that nest deep, with global functions among them");
  return refuse("E0564", [frames, cx.facts.maxFrames], { help: "make some of the functions inline" });
}

/** The functions below `root`, callers first; `cycle`: one of them names itself again. */
function inCallOrder(
  calls: readonly (readonly number[])[],
  root: number,
): { readonly order: readonly number[]; readonly cycle: boolean } {
  const state = new Map<number, "open" | "done">();
  const order: number[] = [];
  let cycle = false;
  const visit = (f: number): void => {
    state.set(f, "open");
    for (const callee of calls[f]!) {
      if (state.get(callee) === "open") cycle = true;
      else if (!state.has(callee)) visit(callee);
    }
    state.set(f, "done");
    order.unshift(f);
  };
  visit(root);
  return { order, cycle };
}

function hasTailCall(cx: Cx, f: number): boolean {
  const { start, end } = cx.prep.funcs[f]!;
  for (let i = start; i < end; i++) {
    const { insn } = cx.prep.insns[i]!;
    if (insn.kind === "call" && insn.callee.kind === "helper" && insn.callee.id === TAIL_CALL) return true;
  }
  return false;
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
  return direct.filter((callee) => callee >= 0);
}
