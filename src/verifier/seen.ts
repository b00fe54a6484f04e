/** States that were seen at an instruction, to stop where nothing new can come: kernel/bpf/states.c:is_state_visited */
import type { Cx } from "./cx.ts";
import {
  copyState,
  coversState,
  type Frame,
  forgetLonelyIds,
  needAll,
  passNeeds,
  rootNumbers,
  type State,
} from "./domain/state.ts";
import { widen } from "./widen.ts";

/** A state that was kept; paths behind it hang on it until they end. */
export interface Checkpoint {
  readonly state: State;
  readonly parent: Checkpoint | undefined;
  /** Paths from here that have not ended. */
  open: number;
  hits: number;
  misses: number;
}

export type Visit =
  /** Nothing new can come of this path. */
  | { readonly kind: "covered" }
  | { readonly kind: "endless" }
  /** Go on; with a new checkpoint if one was made. */
  | { readonly kind: "fresh"; readonly checkpoint?: Checkpoint };

const COVERED: Visit = { kind: "covered" };
const ENDLESS: Visit = { kind: "endless" };
const FRESH: Visit = { kind: "fresh" };

/** Registers that a frame reads later: of callers, after the call returns. */
function liveRegs(cx: Cx, state: State): (frame: Frame, index: number) => number {
  return (_, index) => {
    const inner = state.frames[index + 1];
    if (!inner) return cx.live.before[state.at]!;
    if (inner.why.kind === "callback") return cx.live.before[inner.callsite]!;
    return (cx.live.before[inner.callsite + 1] ?? ALL) & ~1;
  };
}

const ALL = 0b1111111111;

/** The kept states of one program, by instruction. */
export class SeenStates {
  readonly #cx: Cx;
  readonly #byInsn = new Map<number, Checkpoint[]>();
  constructor(cx: Cx) {
    this.#cx = cx;
  }

  /** Compares the state with those seen here. `loops`: this instruction comes back to itself; `keep`: worth keeping now. */
  visit(state: State, loops: boolean, parent: Checkpoint | undefined, keep: boolean): Visit {
    let list = this.#byInsn.get(state.at);
    if (!list) {
      list = [];
      this.#byInsn.set(state.at, list);
    }
    const live = liveRegs(this.#cx, state);
    const callsBack = loops && this.#callsBack(state.at);
    let useless = false;
    for (const seen of list) {
      const done = seen.open === 0;
      if (!done && !callsBack) {
        if (seen.state.rounds === state.rounds && coversState(seen.state, state, live, "same")) return ENDLESS;
        if (!loops) {
          if (keep) {
            seen.misses++;
            useless ||= isUseless(seen);
          }
          continue;
        }
      }
      if (coversState(seen.state, state, live, done ? "needed" : "within")) {
        seen.hits++;
        if (done) passNeeds(seen.state, state);
        else needAll(state);
        return COVERED;
      }
      if (keep || loops) {
        seen.misses++;
        useless ||= isUseless(seen);
      }
    }
    if (useless)
      this.#byInsn.set(
        state.at,
        list.filter((c) => !isUseless(c)),
      );
    if (!keep && !loops) return FRESH;
    return { kind: "fresh", checkpoint: this.#add(state, parent) };
  }

  /** Calls that come back to themselves do so in the same state when they are done; a jump does not. */
  #callsBack(at: number): boolean {
    return this.#cx.prep.insns[at]!.insn.kind === "call";
  }

  #add(state: State, parent: Checkpoint | undefined): Checkpoint {
    forgetLonelyIds(state);
    rootNumbers(state);
    const checkpoint = { state: copyState(state), parent, open: 1, hits: 0, misses: 0 };
    this.#byInsn.get(state.at)!.push(checkpoint);
    return checkpoint;
  }
}

/** It was compared often and never fitted; loops that are still open get more patience. */
function isUseless(c: Checkpoint): boolean {
  const patience = c.open > 0 ? 64 : 3;
  return c.misses > patience * (c.hits + 1);
}

/**
 * Numbers that changed since the last round of the loop are forgotten in `next`, which goes round once more. `at` and
 * `rounds`: the instruction that loops, and the round that comes to its end. kernel/bpf/verifier.c:find_prev_entry
 */
export function widenAgainst(parent: Checkpoint | undefined, at: number, rounds: number, next: State): void {
  for (let c: Checkpoint | undefined = parent; c; c = c.parent) {
    const old = c.state;
    if (old.at !== at || old.rounds === rounds || old.frames.length > next.frames.length) continue;
    if (old.frames.every((f, i) => f.callsite === next.frames[i]!.callsite)) {
      widen(old, next);
      return;
    }
  }
}

/** A path ended: so may have what it hangs on. */
export function close(parent: Checkpoint | undefined): void {
  for (let c = parent; c; c = c.parent) {
    c.open--;
    if (c.open > 0) return;
  }
}
