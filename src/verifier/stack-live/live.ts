/** Which parts of the stacks of a chain of calls may still be read. kernel/bpf/liveness.c:bpf_stack_slot_alive */
import type { LinkedMap } from "../../link/model.ts";
import type { Frame } from "../domain/state.ts";
import type { Facts } from "../facts.ts";
import { calledFunc, type Prepared } from "../prepare.ts";
import { Contents, MAX_FRAMES } from "./contents.ts";
import { type Entry, type Instance, makeInstance, PLAIN, type Source } from "./instance.ts";
import { WORDS } from "./marks.ts";

/** Steps that all of it may take; what is not known then counts as read. */
const MAX_STEPS = 20_000_000;
export class StackLiveness {
  readonly #source: Source;
  readonly #made = new Map<string, Instance | undefined>();
  /** Where chains of calls begin, by function. */
  readonly #roots = new Map<number, Instance | undefined>();
  readonly #alive = new Uint32Array(MAX_FRAMES * WORDS);
  #left = MAX_STEPS;
  #depth = 0;

  constructor(prep: Prepared, facts: Facts) {
    this.#source = {
      prep,
      facts,
      tracking: {
        contents: new Contents(),
        mapAt: (at) => mapAt(prep, at),
        funcAt: (at) => {
          const func = calledFunc(prep, at);
          return func < 0 ? undefined : func;
        },
      },
      instanceOf: (entry) => this.#instanceOf(entry),
      spend: (steps) => {
        this.#left -= steps + 1;
        return this.#left > 0;
      },
    };
  }

  /**
   * For each frame the half slots that may be read from `at` on, `WORDS` numbers after each other; undefined if that is
   * not known. It holds until the next question.
   */
  alive(frames: readonly Frame[], at: number): Uint32Array | undefined {
    if (frames.length > MAX_FRAMES) return undefined;
    const all = this.#alive.fill(0, 0, frames.length * WORDS);
    let instance: Instance | undefined;
    for (let i = 0; i < frames.length; i++) {
      instance = i === 0 ? this.#root(frames[0]!) : this.#callee(instance!, frames[i]!);
      if (!instance) return undefined;
      const inner = frames[i + 1];
      const here = inner ? inner.callsite + (inner.why.kind === "callback" ? 0 : 1) : at;
      addLive(all, instance, here, i);
    }
    return all;
  }

  #root({ func }: Frame): Instance | undefined {
    if (!this.#roots.has(func)) this.#roots.set(func, this.#instanceOf({ func, ...PLAIN }));
    return this.#roots.get(func);
  }

  #callee(caller: Instance, { func, callsite }: Frame): Instance | undefined {
    const key = callsite * MAX_FUNCS + func;
    if (!caller.callees.has(key)) caller.callees.set(key, this.#called(caller, func, callsite));
    return caller.callees.get(key);
  }

  #called(caller: Instance, func: number, callsite: number): Instance | undefined {
    const { insn } = this.#source.prep.insns[callsite]!;
    const plain = insn.kind === "call" && insn.callee.kind === "kfunc_id";
    const call = caller.calls.get(callsite - caller.func.start) ?? (plain ? PLAIN : undefined);
    return call && this.#instanceOf({ func, ...call });
  }

  #instanceOf(entry: Entry): Instance | undefined {
    const key = `${entry.func}:${entry.args.join()}:${entry.callersSave}`;
    if (this.#made.has(key)) return this.#made.get(key);
    this.#made.set(key, undefined); // while it is being made
    if (this.#depth >= MAX_FRAMES) return undefined;
    this.#depth++;
    const made = makeInstance(this.#source, entry);
    this.#depth--;
    this.#made.set(key, made);
    return made;
  }
}

/** Above the number of any function. */
const MAX_FUNCS = 2 ** 20;

/** Adds what an instance whose frame is number `top` may read from the instruction `at` on. */
function addLive(all: Uint32Array, { func, live: lives }: Instance, at: number, top: number): void {
  if (at >= func.end) return;
  for (let out = 0; out <= top && out < lives.length; out++) {
    const live = lives[out];
    if (!live) continue;
    const frame = top - out;
    for (let w = 0; w < WORDS; w++) all[frame * WORDS + w]! |= live[(at - func.start) * WORDS + w]!;
  }
}

function mapAt({ insns, program }: Prepared, at: number): LinkedMap | undefined {
  const { insn } = insns[at]!;
  if (insn.kind !== "ld_imm64") return undefined;
  if (insn.value.kind === "map_fd") return program.maps[insn.value.fd];
  return insn.value.kind === "map_idx" ? program.maps[insn.value.idx] : undefined;
}
