/** Which registers are read later, per instruction, and where paths meet: what pruning needs to know beforehand. */
import type { Callee, Insn, Reg } from "../isa/insn.ts";
import { calledFunc, jumpTarget, type Prepared } from "./prepare.ts";

export interface Liveness {
  /** Registers that are read before they are written from here on; bit n for rn. */
  readonly before: Uint16Array;
  /** Instructions where states are compared: targets of jumps, and what repeats. */
  readonly meets: Uint8Array;
  readonly ways: Ways;
}

const bit = (r: Reg): number => 1 << r;
const CLOBBERED = 0b111111;

/** Which instruction follows which inside of functions. */
export interface Ways {
  /** 1 where the next instruction may follow. */
  readonly falls: Uint8Array;
  /** Where the instruction may jump to; -1 for nowhere. */
  readonly jump: Int32Array;
  /** The instructions that jump to one: the first, and by one of them another; -1 for none. */
  readonly first: Int32Array;
  readonly other: Int32Array;
}

function waysOf(prep: Prepared): Ways {
  const count = prep.insns.length;
  const falls = new Uint8Array(count);
  const [jump, first, other] = [0, 1, 2].map(() => new Int32Array(count).fill(-1)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  for (let i = 0; i < count; i++) {
    const { insn } = prep.insns[i]!;
    const jumps = insn.kind === "jump" || insn.kind === "may_goto";
    falls[i] = insn.kind === "exit" || insn.kind === "gotox" || (insn.kind === "jump" && !insn.cond) ? 0 : 1;
    const to = jumps ? jumpTarget(prep, i) : -1;
    if (to < 0 || to >= count) continue;
    jump[i] = to;
    other[i] = first[to]!;
    first[to] = i;
  }
  return { falls, jump, first, other };
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
  const count = prep.insns.length;
  const before = new Uint16Array(count);
  const ways = waysOf(prep);
  const work = Array.from({ length: count }, (_, i) => i);
  while (work.length > 0) {
    const i = work.pop()!;
    const to = ways.jump[i]!;
    const after = (ways.falls[i] ? (before[i + 1] ?? 0) : 0) | (to >= 0 ? before[to]! : 0);
    const { uses, sets } = effects(prep.insns[i]!.insn, calls);
    const now = (after & ~sets) | uses;
    if (now === before[i]) continue;
    before[i] = now;
    if (i > 0 && ways.falls[i - 1]) work.push(i - 1);
    for (let from = ways.first[i]!; from >= 0; from = ways.other[from]!) work.push(from);
  }
  return { before, meets: meetsOf(prep, ways, calls), ways };
}

/** Jumps and where they go, and where functions begin and are called; kernel/bpf/cfg.c:mark_prune_point */
function meetsOf(prep: Prepared, { jump }: Ways, calls: CallFacts): Uint8Array {
  const meets = new Uint8Array(prep.insns.length);
  const mark = (at: number): void => {
    if (at >= 0 && at < meets.length) meets[at] = 1;
  };
  prep.insns.forEach(({ insn }, i) => {
    mark(jump[i]!);
    const func = calledFunc(prep, i);
    if (func >= 0) mark(prep.funcs[func]!.start);
    if (func >= 0 || splits(insn) || (insn.kind === "call" && calls.repeats(insn.callee))) mark(i);
    if (func >= 0 || insn.kind === "call") mark(i + 1);
  });
  return meets;
}

const splits = (insn: Insn): boolean => insn.kind === "may_goto" || (insn.kind === "jump" && insn.cond !== undefined);

/** for_each_map_elem, find_vma, loop, user_ringbuf_drain: helpers that call a function of the program. */
export const CALLING_HELPERS: ReadonlySet<number> = new Set([164, 180, 181, 209]);

interface Effects {
  readonly uses: number;
  readonly sets: number;
}

/** Registers that the instruction reads and those it overwrites without reading. */
function effects(insn: Insn, { args }: CallFacts): Effects {
  switch (insn.kind) {
    case "alu": {
      const src = "reg" in insn.src ? bit(insn.src.reg) : 0;
      const mov = insn.op.startsWith("mov");
      return { uses: src | (mov ? 0 : bit(insn.dst)), sets: bit(insn.dst) };
    }
    case "neg":
    case "endian":
      return { uses: bit(insn.dst), sets: bit(insn.dst) };
    case "addr_space_cast":
      return { uses: bit(insn.src), sets: bit(insn.dst) };
    case "load":
    case "load_acquire":
      return { uses: bit(insn.base), sets: bit(insn.dst) };
    case "store":
      return { uses: bit(insn.base) | ("reg" in insn.src ? bit(insn.src.reg) : 0), sets: 0 };
    case "store_release":
      return { uses: bit(insn.base) | bit(insn.src), sets: 0 };
    case "atomic":
      return { uses: bit(insn.base) | bit(insn.src) | (insn.op === "cmpxchg" ? 1 : 0), sets: 0 };
    case "load_packet":
      return { uses: bit(6) | (insn.src === undefined ? 0 : bit(insn.src)), sets: CLOBBERED };
    case "ld_imm64":
      return { uses: 0, sets: bit(insn.dst) };
    case "jump": {
      const c = insn.cond;
      return { uses: c ? bit(c.dst) | ("reg" in c.src ? bit(c.src.reg) : 0) : 0, sets: 0 };
    }
    case "may_goto":
    case "raw":
      return { uses: 0, sets: 0 };
    case "gotox":
    case "callx":
      return { uses: bit(insn.dst), sets: 0 };
    case "call":
      return { uses: args(insn.callee).reduce<number>((all, r) => all | bit(r), 0), sets: CLOBBERED };
    case "exit":
      return { uses: 1, sets: 0 };
  }
}
