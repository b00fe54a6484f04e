/** Which registers are read later, per instruction, and where paths meet: what pruning needs to know beforehand. */
import type { Callee, Insn, Reg, Src } from "../isa/insn.ts";
import { calledFunc, type Prepared } from "./prepare.ts";

export interface Liveness {
  /** Registers that are read before they are written from here on; bit n for rn. */
  readonly before: Uint16Array;
  /** Instructions where states are compared: targets of jumps, and what repeats. */
  readonly meets: Uint8Array;
}

const bit = (r: Reg): number => 1 << r;
const CLOBBERED = 0b111111;

/** The instructions that jump to one: the first, and by one of them another; -1 for none. */
interface Origins {
  readonly first: Int32Array;
  readonly other: Int32Array;
}

function originsOf({ jumps }: Prepared): Origins {
  const first = new Int32Array(jumps.length).fill(-1);
  const other = new Int32Array(jumps.length).fill(-1);
  for (let i = 0; i < jumps.length; i++) {
    const to = jumps[i]!;
    if (to < 0) continue;
    other[i] = first[to]!;
    first[to] = i;
  }
  return { first, other };
}

/** What must be known of calls. */
export interface CallFacts {
  /** Registers that a call reads, from r1. */
  readonly args: (callee: Callee) => readonly Reg[];
  /** Whether a call may come back to itself. */
  readonly repeats: (callee: Callee) => boolean;
}

/** Backward data flow over each function. */
export function liveness(prep: Prepared, calls: CallFacts): Liveness {
  const { insns, jumps, falls } = prep;
  const count = insns.length;
  const before = new Uint16Array(count);
  const effect = new Uint32Array(count);
  const again: number[] = [];
  const update = (i: number): boolean => {
    const to = jumps[i]!;
    const after = (falls[i] ? (before[i + 1] ?? 0) : 0) | (to >= 0 ? before[to]! : 0);
    const now = (after & ~(effect[i]! >>> SETS)) | (effect[i]! & USES);
    if (now === before[i]) return false;
    before[i] = now;
    return true;
  };
  // What only jumps ahead is settled at once; only jumps back may have more to tell.
  for (let i = count - 1; i >= 0; i--) {
    const { insn } = insns[i]!;
    const to = jumps[i]!;
    if (to >= 0 && to <= i) again.push(i);
    effect[i] = effects(insn, calls);
    update(i);
  }
  const meets = meetsOf(prep, calls);
  if (again.length === 0) return { before, meets };
  const { first, other } = originsOf(prep);
  while (again.length > 0) {
    const i = again.pop()!;
    if (!update(i)) continue;
    if (i > 0 && falls[i - 1]) again.push(i - 1);
    for (let from = first[i]!; from >= 0; from = other[from]!) again.push(from);
  }
  return { before, meets };
}

/** Jumps and where they go, and where functions begin and are called; kernel/bpf/cfg.c:mark_prune_point */
function meetsOf(prep: Prepared, calls: CallFacts): Uint8Array {
  const meets = new Uint8Array(prep.insns.length);
  const mark = (at: number): void => {
    if (at >= 0 && at < meets.length) meets[at] = 1;
  };
  for (let i = 0; i < prep.insns.length; i++) {
    const { insn } = prep.insns[i]!;
    mark(prep.jumps[i]!);
    const func = calledFunc(prep, i);
    if (func >= 0) mark(prep.funcs[func]!.start);
    if (func >= 0 || splits(insn) || (insn.kind === "call" && calls.repeats(insn.callee))) mark(i);
    if (func >= 0 || insn.kind === "call") mark(i + 1);
  }
  return meets;
}

const splits = (insn: Insn): boolean => insn.kind === "may_goto" || (insn.kind === "jump" && insn.cond !== undefined);

/** Registers that an instruction reads are the low half of its effects, those that it overwrites without reading the high. */
const USES = 0xffff;
const SETS = 16;

const effect = (uses: number, sets: number): number => uses | (sets << SETS);
const ofSrc = (src: Src): number => ("reg" in src ? bit(src.reg) : 0);

function effects(insn: Insn, { args }: CallFacts): number {
  switch (insn.kind) {
    case "alu":
      return effect(ofSrc(insn.src) | (insn.op.startsWith("mov") ? 0 : bit(insn.dst)), bit(insn.dst));
    case "neg":
    case "endian":
      return effect(bit(insn.dst), bit(insn.dst));
    case "addr_space_cast":
      return effect(bit(insn.src), bit(insn.dst));
    case "load":
    case "load_acquire":
      return effect(bit(insn.base), bit(insn.dst));
    case "store":
      return effect(bit(insn.base) | ofSrc(insn.src), 0);
    case "store_release":
      return effect(bit(insn.base) | bit(insn.src), 0);
    case "atomic":
      return effect(bit(insn.base) | bit(insn.src) | (insn.op === "cmpxchg" ? 1 : 0), 0);
    case "load_packet":
      return effect(bit(6) | (insn.src === undefined ? 0 : bit(insn.src)), CLOBBERED);
    case "ld_imm64":
      return effect(0, bit(insn.dst));
    case "jump":
      return insn.cond ? effect(bit(insn.cond.dst) | ofSrc(insn.cond.src), 0) : 0;
    case "may_goto":
    case "raw":
      return 0;
    case "gotox":
    case "callx":
      return effect(bit(insn.dst), 0);
    case "call":
      return effect(
        args(insn.callee).reduce<number>((all, r) => all | bit(r), 0),
        CLOBBERED,
      );
    case "exit":
      return effect(1, 0);
  }
}
