/** Walks every path of a function, deepest first, until all have ended or one is refused. kernel/bpf/verifier.c:do_check */

import type { AccessKinds } from "./access-kinds.ts";
import { beginsLater, setsLater } from "./calls/async.ts";
import { CALLING_HELPERS } from "./calls/calling-helpers.ts";
import { callsOrder } from "./calls/graph.ts";
import { asksIterator } from "./calls/iterators.ts";
import type { Cx } from "./cx.ts";
import type { DepthMeter } from "./depth.ts";
import { type State, topFrame } from "./domain/state.ts";
import { findingOf } from "./explain.ts";
import { holds } from "./holds.ts";
import type { Finding } from "./model.ts";
import { lastNeed, type Need, needsOf } from "./needs.ts";
import { type Outcome, type Refusal, refuse } from "./outcome.ts";
import { type Checkpoint, close, SeenStates, type Worth, widenAgainst } from "./seen.ts";
import { step } from "./step.ts";
import { ACCESSES, CALLS, JUMPS, MAY_LOOP, ONE_BY_ONE, READS } from "./traits.ts";

/** What a walk counted and found so far; one for all functions of a program. */
export interface Progress {
  processed: number;
  readonly limit: number;
  /** Paths end where nothing new can come of them. */
  readonly prune: boolean;
  readonly unknown: Set<string>;
  readonly depth: DepthMeter;
  readonly kinds: AccessKinds;
  /** 1 for each instruction that some path came by. */
  readonly reached: Uint8Array;
  readonly trace?: Trace;
}

/** Called before each instruction that is walked. */
export type Trace = (index: number, state: State, cx: Cx) => void;

interface Pending {
  readonly state: State;
  readonly parent: Checkpoint | undefined;
}

/** BPF_COMPLEXITY_LIMIT_JMP_SEQ */
const MAX_PENDING = 8192;

/** The first refusal on any path; `progress` gets what is not modelled. */
export function explore(cx: Cx, start: State, progress: Progress): Finding | undefined {
  const walk = new Walk(cx, progress);
  return walk.run(start);
}

class Walk {
  readonly #cx: Cx;
  readonly #progress: Progress;
  readonly #seen: SeenStates;
  readonly #pending: Pending[] = [];
  /** Instructions with a refusal that may be ours alone. */
  readonly #doubted = new Set<number>();
  /** Jumps and instructions since the last checkpoint. */
  #jumps = 0;
  #insns = 0;

  constructor(cx: Cx, progress: Progress) {
    this.#cx = cx;
    this.#progress = progress;
    this.#seen = new SeenStates(cx);
  }

  run(start: State): Finding | undefined {
    this.#pending.push({ state: start, parent: undefined });
    for (let next = this.#pending.pop(); next; next = this.#pending.pop()) {
      const finding = this.#path(next.state, next.parent);
      if (finding) return finding;
      if (this.#progress.processed > this.#progress.limit) {
        this.#progress.unknown.add(`more than ${this.#progress.limit} instructions would have to be followed`);
        return undefined;
      }
    }
    return undefined;
  }

  /** Follows one path to its end; ways that part from it are left pending. */
  #path(state: State, hangsOn: Checkpoint | undefined): Finding | undefined {
    const cx = this.#cx;
    let parent = hangsOn;
    while (this.#progress.processed <= this.#progress.limit) {
      const { at } = state;
      const traits = cx.traits[at]!;
      const loops = (traits & MAY_LOOP) !== 0 && loopsAt(cx, state);
      // An instruction where nothing new can come counts, too.
      this.#progress.processed++;
      this.#insns++;
      if (cx.live.meets[at] && this.#progress.prune) {
        const visit = this.#seen.visit(state, loops, parent, setsLater(cx, at) ? "much" : this.#worth());
        if (visit.kind === "covered") break;
        if (visit.kind === "endless") return this.#refused(refuse("E0566", []), state);
        if (visit.checkpoint) {
          parent = visit.checkpoint;
          this.#jumps = 0;
          this.#insns = 0;
        }
      }
      this.#progress.reached[at] = 1;
      this.#progress.trace?.(at, state, cx);
      const outcome = this.#needs(state, traits);
      if (outcome === "stop") break;
      if (outcome) return outcome;
      if (traits & (ACCESSES | CALLS)) this.#progress.depth.note(cx, state);
      const { rounds } = state;
      const { ends, other } = step(cx, state);
      if (other && loops && other.frames.length === state.frames.length) widenAgainst(parent, at, rounds, other);
      else if (!ends && state.rounds > rounds) widenAgainst(parent, state.at, -1, state);
      if (traits & JUMPS) this.#jumps++;
      if (other) {
        const later = beginsLater(cx, at, other);
        if (later) this.#progress.depth.noteLater(other.frames[0]!.func);
        const hangs = later ? undefined : parent;
        if (hangs) hangs.open++;
        this.#pending.push({ state: other, parent: hangs });
        if (this.#pending.length > MAX_PENDING) {
          this.#progress.unknown.add(`more than ${MAX_PENDING} branches wait to be followed`);
          this.#pending.length = 0;
          return undefined;
        }
      }
      if (ends) break;
    }
    close(parent);
    return undefined;
  }

  /** kernel/bpf/states.c:bpf_is_state_visited */
  #worth(): Worth {
    if (this.#jumps < 2 || this.#insns < 8) return "little";
    return this.#jumps >= 20 || this.#insns >= 100 ? "much" : "some";
  }

  #needs(state: State, traits: number): Finding | "stop" | undefined {
    const plain = (traits & ONE_BY_ONE) === 0 && holdSomething(state, traits >>> READS);
    const outcome = plain ? this.#lastNeed(state) : this.#oneByOne(state);
    if (outcome) return this.#stopped(outcome, state);
    const mixed = traits & ACCESSES ? this.#progress.kinds.check(this.#cx, state) : undefined;
    return mixed && this.#stopped(mixed, state);
  }

  #lastNeed(state: State): Outcome {
    const need = this.#cx.needs[state.at] ?? this.#plan(state.at);
    return need === "none" ? undefined : holds(this.#cx, state, need);
  }

  #oneByOne(state: State): Outcome {
    for (const need of needsOf(this.#cx.prep.insns[state.at]!.insn)) {
      const outcome = holds(this.#cx, state, need);
      if (outcome) return outcome;
    }
    return undefined;
  }

  #stopped(outcome: NonNullable<Outcome>, state: State): Finding | "stop" {
    if (outcome.kind === "refused") return this.#refused(outcome, state) ?? "stop";
    this.#progress.unknown.add(outcome.what);
    return "stop";
  }

  #plan(at: number): Need | "none" {
    const made = lastNeed(this.#cx.prep.insns[at]!.insn) ?? "none";
    this.#cx.needs[at] = made;
    return made;
  }

  /** After something was forgotten for the sake of a loop, a refusal may be ours alone. */
  #refused(refusal: Refusal, state: State): Finding | undefined {
    if (!state.widened) return findingOf(this.#cx, refusal, state.at, state);
    if (!this.#doubted.has(state.at)) this.#progress.unknown.add(`a loop that is called back: ${refusal.text}`);
    this.#doubted.add(state.at);
    return undefined;
  }
}

function holdSomething(state: State, reads: number): boolean {
  const { regs } = topFrame(state);
  for (let left = reads; left !== 0; left &= left - 1) {
    if (regs[31 - Math.clz32(left & -left)]!.kind === "nothing") return false;
  }
  return true;
}

/** Whether the instruction may come back to itself in a state that differs in nothing but how often it did. */
function loopsAt(cx: Cx, state: State): boolean {
  const insn = cx.prep.insns[state.at]!.insn;
  if (insn.kind === "may_goto") return true;
  if (insn.kind !== "call") return false;
  if (insn.callee.kind === "helper") return CALLING_HELPERS.has(insn.callee.id);
  return callsOrder(cx, state.at) || asksIterator(cx, state);
}
