/** What the walk asks of an instruction each time it comes by, decided once. */
import type { Insn } from "../isa/insn.ts";
import { readsOf } from "./needs.ts";
import type { Prepared } from "./prepare.ts";

/** All of the instruction classes JMP and JMP32: calls and exits, too. */
export const JUMPS = 1;
/** A call or a jump of unknown count: it may come back to itself. */
export const MAY_LOOP = 2;
/** Loads, stores, atomic operations. */
export const ACCESSES = 4;
export const CALLS = 8;
/** Its needs must be asked one by one. */
export const ONE_BY_ONE = 16;
/** The registers that must hold something, bit n for rn, stand above the other bits. */
export const READS = 16;

/** Bits of each instruction, by index. */
export function traitsOf({ insns }: Prepared): Uint32Array {
  const all = new Uint32Array(insns.length);
  for (let i = 0; i < all.length; i++) {
    const { insn } = insns[i]!;
    const reads = readsOf(insn);
    all[i] = traits(insn) | (reads === undefined ? ONE_BY_ONE : reads << READS);
  }
  return all;
}

function traits({ kind }: Insn): number {
  switch (kind) {
    case "jump":
    case "gotox":
    case "callx":
    case "exit":
      return JUMPS;
    case "may_goto":
      return JUMPS | MAY_LOOP;
    case "call":
      return JUMPS | MAY_LOOP | CALLS;
    case "load":
    case "store":
    case "atomic":
    case "load_acquire":
    case "store_release":
      return ACCESSES;
    default:
      return 0;
  }
}
