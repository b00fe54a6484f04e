/** What the walk asks of an instruction each time it comes by, decided once. */
import type { Insn, Src } from "../isa/insn.ts";
import { constant, type Scalar } from "./domain/scalar.ts";
import type { Prepared } from "./prepare.ts";

export const JUMPS = 1;
/** A call or a jump of unknown count: it may come back to itself. */
export const MAY_LOOP = 2;
/** Loads, stores, atomic operations. */
export const ACCESSES = 4;
export const CALLS = 8;

/** Bits of each instruction, by index. */
export const traitsOf = ({ insns }: Prepared): Uint8Array => Uint8Array.from(insns, ({ insn }) => traits(insn));

function traits({ kind }: Insn): number {
  switch (kind) {
    case "jump":
      return JUMPS;
    case "may_goto":
      return MAY_LOOP;
    case "call":
      return MAY_LOOP | CALLS;
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

/** Immediates as 64-bit operands, sign-extended; by index. */
export const immediatesOf = ({ insns }: Prepared): readonly (Scalar | undefined)[] =>
  insns.map(({ insn }, at) => {
    const src = sourceOf(insn);
    return src && "imm" in src ? constant(BigInt(src.imm), at) : undefined;
  });

function sourceOf(insn: Insn): Src | undefined {
  switch (insn.kind) {
    case "alu":
    case "store":
      return insn.src;
    case "jump":
      return insn.cond?.src;
    default:
      return undefined;
  }
}
