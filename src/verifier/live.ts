/** Which registers are read later, per instruction, and where paths meet: what pruning needs to know beforehand. */
import type { Callee, Insn, Reg, Src } from "../isa/insn.ts";
import type { Prepared } from "./prepare.ts";

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

/** Registers that a call reads, from r1. */
export type ArgRegs = (callee: Callee) => readonly Reg[];

/** Backward data flow over each function. */
export function liveness(prep: Prepared, args: ArgRegs): Liveness {
  const { insns, jumps, falls } = prep;
  const count = insns.length;
  const before = new Uint16Array(count);
  const meets = new Uint8Array(count);
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
    if (to >= 0 && to !== i + 1) meets[to] = 1;
    if (to >= 0 && to <= i) again.push(i);
    if (repeats(insn)) meets[i] = 1;
    effect[i] = effects(insn, args);
    update(i);
  }
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

/** for_each_map_elem, find_vma, loop, user_ringbuf_drain: helpers that call a function of the program. */
export const CALLING_HELPERS: ReadonlySet<number> = new Set([164, 180, 181, 209]);

/** bpf_timer_set_callback: what it sets off may come back to it. */
const TIMER_SETTER = 170;

/** Calls that run a callback, iterators, and jumps of unknown count come back to themselves. */
function repeats(insn: Insn): boolean {
  if (insn.kind === "may_goto") return true;
  if (insn.kind !== "call") return false;
  const { callee } = insn;
  if (callee.kind !== "helper") return callee.kind === "kfunc_id";
  return CALLING_HELPERS.has(callee.id) || callee.id === TIMER_SETTER;
}

/** Registers that an instruction reads are the low half of its effects, those that it overwrites without reading the high. */
const USES = 0xffff;
const SETS = 16;

const effect = (uses: number, sets: number): number => uses | (sets << SETS);
const ofSrc = (src: Src): number => ("reg" in src ? bit(src.reg) : 0);

function effects(insn: Insn, args: ArgRegs): number {
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
