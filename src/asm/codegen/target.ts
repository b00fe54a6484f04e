/** What each `-mcpu` level of BPF can do, as LLVM and RFC 9669's conformance groups draw the lines. */

export type Cpu = "v1" | "v2" | "v3" | "v4";

export interface Target {
  /** Conditions lt, le, slt and sle exist; v1 has only their mirror images. */
  readonly jmpLess: boolean;
  /** 32-bit arithmetic, which clears the upper half of its result. */
  readonly alu32: boolean;
  /** 32-bit comparisons. */
  readonly jmp32: boolean;
  /** Sign-extending loads and moves, signed division, unconditional swap, 32-bit branch distance. */
  readonly v4: boolean;
}

export const targets: Readonly<Record<Cpu, Target>> = {
  v1: { jmpLess: false, alu32: false, jmp32: false, v4: false },
  v2: { jmpLess: true, alu32: false, jmp32: false, v4: false },
  v3: { jmpLess: true, alu32: true, jmp32: true, v4: false },
  v4: { jmpLess: true, alu32: true, jmp32: true, v4: true },
};

/** Bytes of stack that one frame may use: MAX_BPF_STACK in include/linux/filter.h. */
export const MAX_STACK = 512;

/** Scratch registers that a call makes unreadable: r0 to r5. */
export const CALL_CLOBBERS = 0b11_1111;
/** Every register a value may live in: r0 to r9. */
export const ALLOCATABLE = 0b11_1111_1111;
/** The order in which free registers are taken: scratch ones first, r0 after the arguments. */
export const ALLOCATION_ORDER = [1, 2, 3, 4, 5, 0, 6, 7, 8, 9] as const;
