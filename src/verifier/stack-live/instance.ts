/**
 * A function as it is called with certain pointers to stacks: which half slots of which frame may still be read before
 * each of its instructions. kernel/bpf/liveness.c:func_instance
 */
import type { Insn } from "../../isa/insn.ts";
import { TAIL_CALL } from "../../kernel/helpers.ts";
import type { LinkedFunc } from "../../link/model.ts";
import { CALLING_HELPERS } from "../calls/calling-helpers.ts";
import type { Facts } from "../facts.ts";
import { calledFunc, type Prepared } from "../prepare.ts";
import { touchOf } from "./call-bytes.ts";
import { type Content, MAX_FRAMES, NONE } from "./contents.ts";
import { type FrameMarks, flowDone, flowLive } from "./flow.ts";
import { addAll, addTouched, addWhole, type Marks, marksFor, WORDS } from "./marks.ts";
import { contentOf, follow, joinSaved, NOTHING_SAVED, type Track, type Tracking } from "./track.ts";

/** How a function is called: contents of r1 to r5, and whether a frame further out holds a pointer to a stack. */
export interface Entry {
  readonly func: number;
  readonly args: readonly Content[];
  readonly callersSave: boolean;
}

export interface Instance {
  readonly func: LinkedFunc;
  /** By frame, outwards: what may still be read, and what is surely written; frames that are missing are not touched. */
  readonly live: readonly (Marks | undefined)[];
  readonly done: readonly (Marks | undefined)[];
  /** How each call of a function of the program calls it, by instruction. */
  readonly calls: ReadonlyMap<number, Omit<Entry, "func">>;
  /** What was found to be called from it, by call and function. */
  readonly callees: Map<number, Instance | undefined>;
  /** Kept: the engine forgets a shape that no object has, and throws the machine code away that it made for it. */
  readonly maker: unknown;
}

/** What instances are made of. */
export interface Source {
  readonly prep: Prepared;
  readonly facts: Facts;
  readonly tracking: Omit<Tracking, "callersSave">;
  /** The function that is called; undefined if it is not known, or calls lie too deep. */
  instanceOf(entry: Entry): Instance | undefined;
  /** Takes so many steps from what may be done; false if nothing is left. */
  spend(steps: number): boolean;
}

const NO_ARGS: readonly Content[] = [NONE, NONE, NONE, NONE, NONE];
export const PLAIN: Omit<Entry, "func"> = { args: NO_ARGS, callersSave: false };

/** Undefined if it takes too long to find out. */
export function makeInstance(source: Source, entry: Entry): Instance | undefined {
  return new Maker(source, entry).make();
}

class Maker {
  readonly #source: Source;
  readonly #tracking: Tracking;
  readonly #func: LinkedFunc;
  readonly #entry: Entry;
  readonly #count: number;
  readonly #frames = new Map<number, FrameMarks>();
  readonly #calls = new Map<number, Omit<Entry, "func">>();
  /** What is held before each instruction that something may jump to, and the first. */
  readonly #before: (Track | undefined)[];
  readonly #targets: Uint8Array;
  /** Something happens that cannot be followed. */
  #lost = false;

  constructor(source: Source, entry: Entry) {
    this.#source = source;
    const { contents, mapAt, funcAt } = source.tracking;
    this.#tracking = { contents, callersSave: entry.callersSave, mapAt, funcAt };
    this.#entry = entry;
    this.#func = source.prep.funcs[entry.func]!;
    this.#count = this.#func.end - this.#func.start;
    this.#before = new Array<Track | undefined>(this.#count);
    this.#targets = new Uint8Array(this.#count);
    this.#frame(0);
  }

  make(): Instance | undefined {
    this.#findTargets();
    if (!this.#track() || this.#lost) return undefined;
    for (const [frame, marks] of this.#frames) if (!this.#flow(marks, frame > 0)) return undefined;
    const last = Math.max(...this.#frames.keys());
    const frames = Array.from({ length: last + 1 }, (_, i) => this.#frames.get(i));
    this.#frames.clear();
    this.#before.length = 0;
    return {
      func: this.#func,
      live: frames.map((f) => f?.live),
      done: frames.map((f) => f?.done),
      calls: this.#calls,
      callees: new Map(),
      maker: this,
    };
  }

  #frame(frame: number): FrameMarks {
    const found = this.#frames.get(frame);
    if (found) return found;
    const n = this.#count;
    this.#source.spend(n * WORDS);
    const made = { reads: marksFor(n), writes: marksFor(n), live: marksFor(n), done: marksFor(frame > 0 ? n : 0) };
    this.#frames.set(frame, made);
    return made;
  }

  /** Where instruction `i` of the function may jump to; -1 for nowhere in it. */
  #jump(i: number): number {
    const to = this.#source.prep.jumps[this.#func.start + i]! - this.#func.start;
    return to >= 0 && to < this.#count ? to : -1;
  }

  #falls(i: number): boolean {
    return this.#source.prep.falls[this.#func.start + i] === 1;
  }

  #findTargets(): void {
    for (let i = 0; i < this.#count; i++) {
      const to = this.#jump(i);
      if (to >= 0) this.#targets[to] = 1;
    }
  }

  /** Forward: what is held where, until nothing changes; then what each instruction touches. */
  #track(): boolean {
    const regs = new Array<Content>(16).fill(NONE);
    this.#entry.args.forEach((c, i) => {
      regs[i + 1] = c;
    });
    this.#before[0] = { regs, saved: NOTHING_SAVED };
    const waiting = new Uint8Array(this.#count).fill(1, 0, 1);
    let next = 0;
    const arrive = (to: number, track: Track): void => {
      if (!this.#arrive(to, track)) return;
      waiting[to] = 1;
      if (to < next) next = to;
    };
    // In the order of the code: what only jumps ahead is settled at once.
    while (next < this.#count) {
      const from = waiting.indexOf(1, next);
      if (from < 0) break;
      waiting[from] = 0;
      next = from + 1;
      const spent = this.#run(from, arrive);
      const back = Math.max(0, from - next) >> 4;
      if (!this.#source.spend(spent + back)) return false;
    }
    for (let i = 0; i < this.#count; i++) {
      if (this.#before[i]) this.#run(i, undefined);
    }
    return true;
  }

  /** Follows the instructions from a target of jumps to the next one; without `arrive`, notes what they touch. */
  #run(from: number, arrive: ((to: number, track: Track) => void) | undefined): number {
    const { prep } = this.#source;
    const start = this.#before[from]!;
    const track: Track = { regs: start.regs.slice(), saved: start.saved };
    for (let i = from; i < this.#count; i++) {
      if (i > from && (this.#targets[i] || this.#before[i])) {
        arrive?.(i, track);
        return i - from;
      }
      const at = this.#func.start + i;
      const { insn } = prep.insns[at]!;
      if (!arrive) this.#touch(i, at, insn, track);
      follow(this.#tracking, track, insn, at);
      const to = arrive ? this.#jump(i) : -1;
      if (to >= 0) arrive?.(to, track);
      if (!this.#falls(i)) return i - from + 1;
    }
    return this.#count - from;
  }

  #arrive(to: number, track: Track): boolean {
    const { contents } = this.#tracking;
    const seen = this.#before[to];
    if (!seen) {
      this.#before[to] = { regs: track.regs.slice(), saved: track.saved };
      return true;
    }
    let changed = false;
    for (let r = 0; r < seen.regs.length; r++) {
      const joined = contents.join(seen.regs[r]!, track.regs[r]!);
      changed ||= joined !== seen.regs[r];
      seen.regs[r] = joined;
    }
    const saved = joinSaved(contents, seen.saved, track.saved);
    changed ||= saved !== seen.saved;
    seen.saved = saved;
    return changed;
  }

  #touch(i: number, at: number, insn: Insn, track: Track): void {
    switch (insn.kind) {
      case "load":
      case "load_acquire":
      case "atomic":
        this.#reads(i, this.#target(track, insn), insn.size);
        return;
      case "store":
      case "store_release":
        this.#writes(i, this.#target(track, insn), insn.size);
        return;
      case "call":
        this.#call(i, at, insn, track);
        return;
      case "gotox":
      case "callx":
        this.#lost = true;
        return;
      default:
        return;
    }
  }

  #target(track: Track, { base, off }: { readonly base: number; readonly off: number }): Content {
    return this.#tracking.contents.moved(contentOf(this.#tracking, track, base as 0), off);
  }

  #reads(i: number, from: Content, bytes: number | undefined): void {
    const { at, anywhere } = this.#tracking.contents.get(from);
    for (const p of at) addTouched(this.#frame(p.frame).reads, i, p.off, bytes === undefined ? 0 : p.off + bytes);
    this.#readsAll(i, anywhere);
  }

  #readsAll(i: number, frames: number): void {
    for (let frame = 0; frame < MAX_FRAMES; frame++) if (frames & (1 << frame)) addAll(this.#frame(frame).reads, i);
  }

  #writes(i: number, to: Content, bytes: number): void {
    const { at, sure } = this.#tracking.contents.get(to);
    const [p] = at;
    if (sure && p) addWhole(this.#frame(p.frame).writes, i, p.off, p.off + bytes);
  }

  #call(i: number, at: number, insn: Insn & { readonly kind: "call" }, track: Track): void {
    const { contents } = this.#tracking;
    const args = [1, 2, 3, 4, 5].map((r) => track.regs[r]!);
    const { callee } = insn;
    const callersSave = this.#entry.callersSave || track.saved.size > 0;
    if (callee.kind === "subprog_off") {
      const func = calledFunc(this.#source.prep, at);
      const call = { args: args.map((c) => contents.inCallee(c)), callersSave };
      this.#calls.set(i, call);
      if (this.#source.prep.funcs[func]?.linkage === "global") for (const c of args) this.#reads(i, c, undefined);
      else this.#enter(i, func, call, true);
      return;
    }
    const back = callee.kind === "helper" ? CALLING_HELPERS.get(callee.id) : undefined;
    args.forEach((c, index) => {
      if (!contents.isStack(c) || index + 1 === back?.given) return;
      const { reads, writes } = touchOf(this.#source.facts, callee, { contents, args }, index);
      if (reads !== 0) this.#reads(i, c, reads);
      if (writes > 0) this.#writes(i, c, writes);
    });
    if (!back) return;
    const given = args.map(() => NONE);
    given[back.as - 1] = contents.inCallee(args[back.given - 1]!);
    const call = { args: given, callersSave };
    this.#calls.set(i, call);
    if (given[back.as - 1] !== NONE) this.#enter(i, contents.get(args[back.func - 1]!).func, call, false);
  }

  /** What the function reads of this frame and those further out; what it writes if it is surely called. */
  #enter(i: number, func: number | undefined, call: Omit<Entry, "func">, surely: boolean): void {
    if (call.args.every((c) => !this.#tracking.contents.isStack(c))) return;
    const inner = func === undefined || func < 0 ? undefined : this.#source.instanceOf({ func, ...call });
    if (!inner) {
      this.#lost = true;
      return;
    }
    for (let frame = 1; frame < inner.live.length; frame++) {
      const live = inner.live[frame];
      const done = inner.done[frame];
      if (!live || !done) continue;
      const mine = this.#frame(frame - 1);
      for (let w = 0; w < WORDS; w++) {
        mine.reads[i * WORDS + w]! |= live[w]!;
        if (surely) mine.writes[i * WORDS + w]! |= done[w]!;
      }
    }
  }

  /** Backward, until nothing changes. */
  #flow(marks: FrameMarks, outer: boolean): boolean {
    for (let changed = true; changed; ) {
      changed = false;
      if (!this.#source.spend(this.#count)) return false;
      for (let i = this.#count - 1; i >= 0; i--) {
        const next = this.#falls(i) && i + 1 < this.#count ? (i + 1) * WORDS : -1;
        const jump = this.#jump(i);
        const to = jump < 0 ? -1 : jump * WORDS;
        if (flowLive(marks, i * WORDS, next, to)) changed = true;
        if (outer && flowDone(marks, i * WORDS, next, to, this.#mayEnd(i))) changed = true;
      }
    }
    return true;
  }

  #mayEnd(i: number): boolean {
    return ends(this.#source.prep.insns[this.#func.start + i]!.insn);
  }
}

/** Instructions that may end the function though they are no `exit`. */
const ends = (insn: Insn): boolean =>
  insn.kind === "load_packet" ||
  (insn.kind === "call" && insn.callee.kind === "helper" && insn.callee.id === TAIL_CALL);
