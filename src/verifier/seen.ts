/** States that were seen at an instruction, to stop where nothing new can come: kernel/bpf/states.c:is_state_visited */
import { clean } from "./clean.ts";
import type { Cx } from "./cx.ts";
import {
  copyState,
  differAt,
  differenceOf,
  digestOf,
  forgetLonelyIds,
  NOWHERE,
  needAll,
  passNeeds,
  rootNumbers,
  type State,
  shareNeeds,
} from "./domain/state.ts";
import type { Fit } from "./domain/value.ts";
import { widen } from "./widen.ts";

/** A state that was kept; paths behind it hang on it until they end. */
export interface Checkpoint {
  readonly state: State;
  /** Of the state as it was kept. */
  readonly digest: number;
  readonly parent: Checkpoint | undefined;
  /** Paths from here that have not ended. */
  open: number;
  hits: number;
  misses: number;
  /** Where a later state differed from it last. */
  place: number;
  /** The outermost kept state that a path from here came back to while it was open: what it needs, this needs too. */
  waits: Checkpoint | undefined;
}

export type Visit =
  /** Nothing new can come of this path. */
  | { readonly kind: "covered" }
  | { readonly kind: "endless" }
  /** Go on; with a new checkpoint if one was made. */
  | { readonly kind: "fresh"; readonly checkpoint?: Checkpoint };

/** How much happened since a state was kept: enough to keep another, and even in a loop. */
export type Worth = "little" | "some" | "much";

const COVERED: Visit = { kind: "covered" };
const ENDLESS: Visit = { kind: "endless" };
const FRESH: Visit = { kind: "fresh" };

/** The kept states of one program, by instruction. */
export class SeenStates {
  readonly #cx: Cx;
  readonly #byInsn: (Checkpoint[] | undefined)[];

  constructor(cx: Cx) {
    this.#cx = cx;
    this.#byInsn = cx.prep.insns.map(() => undefined);
  }

  /** Compares the state with those seen here. `loops`: this instruction comes back to itself. */
  visit(state: State, loops: boolean, parent: Checkpoint | undefined, worth: Worth): Visit {
    let keep = worth !== "little";
    const list = this.#byInsn[state.at];
    if (!list && !keep && !loops) return FRESH;
    clean(this.#cx, state);
    if (!list) return { kind: "fresh", checkpoint: this.#add(state, parent) };
    const callsBack = loops && this.#callsBack(state.at);
    let useless = false;
    let digest: number | undefined;
    // The newest first.
    for (let i = list.length - 1; i >= 0; i--) {
      const seen = list[i]!;
      const done = seen.open === 0;
      if (!done && !callsBack) {
        digest ??= digestOf(state);
        const alike = seen.digest === digest && seen.state.rounds === state.rounds;
        if (alike && covers(seen, state, "same")) return ENDLESS;
        if (!loops) {
          // A round of a loop: its states are seldom met again.
          if (worth === "some") keep = false;
          if (keep) {
            seen.misses++;
            useless ||= isUseless(seen, loops);
          }
          continue;
        }
      }
      const known = isKnown(seen);
      if (covers(seen, state, known ? "needed" : "within")) {
        seen.hits++;
        if (known) passNeeds(seen.state, state);
        else leaveOut(state, seen, parent);
        return COVERED;
      }
      if (keep || loops) {
        seen.misses++;
        useless ||= isUseless(seen, loops);
      }
    }
    if (useless) this.#byInsn[state.at] = list.filter((c) => !isUseless(c, loops));
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
    const checkpoint: Checkpoint = {
      state: copyState(state),
      digest: digestOf(state),
      parent,
      open: 1,
      hits: 0,
      misses: 0,
      place: NOWHERE,
      waits: undefined,
    };
    const list = this.#byInsn[state.at];
    if (list) list.push(checkpoint);
    else this.#byInsn[state.at] = [checkpoint];
    return checkpoint;
  }
}

/** Whether all is known that something turns on behind it. kernel/bpf/states.c:incomplete_read_marks */
function isKnown(c: Checkpoint): boolean {
  if (c.open > 0) return false;
  if (c.waits && !isKnown(c.waits)) return false;
  c.waits = undefined;
  return true;
}

/** `state` is left out in favour of `seen`, of which not all is known: nor is it of the states on the way. */
function leaveOut(state: State, seen: Checkpoint, parent: Checkpoint | undefined): void {
  let open = seen;
  while (open.open === 0 && open.waits) open = open.waits;
  const between: Checkpoint[] = [];
  let at = parent;
  for (; at && at !== open; at = at.parent) between.push(at);
  if (!at) {
    needAll(state); // not on this way: something that is called later
    return;
  }
  shareNeeds(seen.state, state);
  const outermost = new Set(between);
  for (const c of between) if (!c.waits || outermost.has(c.waits) || c.waits.open === 0) c.waits = open;
}

/** Whether what was found for a kept state holds for `now`. Where it did not fit last it is looked at first. */
function covers(seen: Checkpoint, now: State, fit: Fit): boolean {
  if (differAt(seen.state, now, seen.place, fit)) return false;
  seen.place = differenceOf(seen.state, now, fit);
  return seen.place === NOWHERE;
}

/** It was compared often and never fitted; what comes back to itself and is still open gets more patience. */
function isUseless(c: Checkpoint, loops: boolean): boolean {
  const patience = loops && c.open > 0 ? 64 : 3;
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
