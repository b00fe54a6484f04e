/**
 * The one table of operations: opcode bits, symbols and the cpu version that brought each. Encoder, decoder, printer and
 * the text assembler read these rows. RFC 9669 sections 4 and 5; `include/uapi/linux/bpf.h` for what came later.
 */
import { assertNever } from "../support/bug.ts";
import type { AluOp, AtomicOp, CondOp, Insn, Size } from "./insn.ts";

/** Low three bits of the opcode byte. */
export const CLASS = { LD: 0, LDX: 1, ST: 2, STX: 3, ALU: 4, JMP: 5, JMP32: 6, ALU64: 7 } as const;
/** High three bits of a load or store opcode. */
export const MODE = { IMM: 0x00, ABS: 0x20, IND: 0x40, MEM: 0x60, MEMSX: 0x80, ATOMIC: 0xc0 } as const;
/** Bit 3 of an ALU or jump opcode: the second operand is a register. */
export const SRC_X = 0x08;

/** Bits 3 and 4 of a load or store opcode, by bytes accessed. */
export const sizeBits: Readonly<Record<Size, number>> = { 4: 0x00, 2: 0x08, 1: 0x10, 8: 0x18 };
/** The reverse of `sizeBits`, indexed by those bits shifted down. */
export const sizeOfBits: readonly Size[] = [4, 2, 1, 8];

/** What clang's `-mcpu` calls an instruction set. */
export type CpuVersion = 1 | 2 | 3 | 4;

export interface AluRow {
  readonly op: AluOp;
  /** High four bits of the opcode. */
  readonly code: number;
  /** The `off` field that tells variants of one opcode apart. */
  readonly off: number;
  /** Assignment operator, or the cast of a sign-extending move. */
  readonly text: string;
  readonly cpu: CpuVersion;
}

export const aluRows: readonly AluRow[] = [
  { op: "add", code: 0x00, off: 0, text: "+=", cpu: 1 },
  { op: "sub", code: 0x10, off: 0, text: "-=", cpu: 1 },
  { op: "mul", code: 0x20, off: 0, text: "*=", cpu: 1 },
  { op: "div", code: 0x30, off: 0, text: "/=", cpu: 1 },
  { op: "sdiv", code: 0x30, off: 1, text: "s/=", cpu: 4 },
  { op: "or", code: 0x40, off: 0, text: "|=", cpu: 1 },
  { op: "and", code: 0x50, off: 0, text: "&=", cpu: 1 },
  { op: "lsh", code: 0x60, off: 0, text: "<<=", cpu: 1 },
  { op: "rsh", code: 0x70, off: 0, text: ">>=", cpu: 1 },
  { op: "mod", code: 0x90, off: 0, text: "%=", cpu: 1 },
  { op: "smod", code: 0x90, off: 1, text: "s%=", cpu: 4 },
  { op: "xor", code: 0xa0, off: 0, text: "^=", cpu: 1 },
  { op: "mov", code: 0xb0, off: 0, text: "=", cpu: 1 },
  { op: "movs8", code: 0xb0, off: 8, text: "(s8)", cpu: 4 },
  { op: "movs16", code: 0xb0, off: 16, text: "(s16)", cpu: 4 },
  { op: "movs32", code: 0xb0, off: 32, text: "(s32)", cpu: 4 },
  { op: "arsh", code: 0xc0, off: 0, text: "s>>=", cpu: 1 },
];

/** Opcode bits of the ALU forms that are their own instruction kind. */
export const NEG = 0x80;
export const END = 0xd0;
/** `off` of a move that casts between address spaces: `BPF_ADDR_SPACE_CAST`. */
export const ADDR_SPACE_CAST = 1;

export interface CondRow {
  readonly op: CondOp;
  readonly code: number;
  readonly text: string;
  readonly cpu: CpuVersion;
  /** The condition that holds where this one does not; `set` has none. */
  readonly inverse?: CondOp;
}

export const condRows: readonly CondRow[] = [
  { op: "eq", code: 0x10, text: "==", cpu: 1, inverse: "ne" },
  { op: "gt", code: 0x20, text: ">", cpu: 1, inverse: "le" },
  { op: "ge", code: 0x30, text: ">=", cpu: 1, inverse: "lt" },
  { op: "set", code: 0x40, text: "&", cpu: 1 },
  { op: "ne", code: 0x50, text: "!=", cpu: 1, inverse: "eq" },
  { op: "sgt", code: 0x60, text: "s>", cpu: 1, inverse: "sle" },
  { op: "sge", code: 0x70, text: "s>=", cpu: 1, inverse: "slt" },
  { op: "lt", code: 0xa0, text: "<", cpu: 2, inverse: "ge" },
  { op: "le", code: 0xb0, text: "<=", cpu: 2, inverse: "gt" },
  { op: "slt", code: 0xc0, text: "s<", cpu: 2, inverse: "sge" },
  { op: "sle", code: 0xd0, text: "s<=", cpu: 2, inverse: "sgt" },
];

/** Opcode bits of the jumps that carry no condition. */
export const JA = 0x00;
export const CALL = 0x80;
export const EXIT = 0x90;
export const JCOND = 0xe0;

export interface AtomicRow {
  readonly op: AtomicOp;
  /** `imm` without the fetch bit. */
  readonly imm: number;
  /** Only the fetching form exists. */
  readonly alwaysFetch: boolean;
  readonly text: string;
}

export const atomicRows: readonly AtomicRow[] = [
  { op: "add", imm: 0x00, alwaysFetch: false, text: "+=" },
  { op: "or", imm: 0x40, alwaysFetch: false, text: "|=" },
  { op: "and", imm: 0x50, alwaysFetch: false, text: "&=" },
  { op: "xor", imm: 0xa0, alwaysFetch: false, text: "^=" },
  { op: "xchg", imm: 0xe0, alwaysFetch: true, text: "xchg" },
  { op: "cmpxchg", imm: 0xf0, alwaysFetch: true, text: "cmpxchg" },
];
export const ATOMIC_FETCH = 0x01;
export const LOAD_ACQUIRE = 0x100;
export const STORE_RELEASE = 0x110;

/** `src` field of `ld_imm64`: `BPF_PSEUDO_MAP_FD` and its kin. */
export const PSEUDO = {
  INT: 0,
  MAP_FD: 1,
  MAP_VALUE: 2,
  BTF_ID: 3,
  FUNC: 4,
  MAP_IDX: 5,
  MAP_IDX_VALUE: 6,
} as const;
/** `src` field of a call: `BPF_PSEUDO_CALL` and `BPF_PSEUDO_KFUNC_CALL`. */
export const CALL_SUBPROG = 1;
export const CALL_KFUNC = 2;

const byOp = <Op extends string, Row extends { readonly op: Op }>(rows: readonly Row[]): Readonly<Record<Op, Row>> =>
  Object.fromEntries(rows.map((row) => [row.op, row])) as Record<Op, Row>;

export const aluByOp = byOp<AluOp, AluRow>(aluRows);
export const condByOp = byOp<CondOp, CondRow>(condRows);
export const atomicByOp = byOp<AtomicOp, AtomicRow>(atomicRows);

/** The least `-mcpu` version whose instruction set holds `insn`, as LLVM assigns them. */
export function cpuVersion(insn: Insn): CpuVersion {
  switch (insn.kind) {
    case "alu":
      return max(aluByOp[insn.op].cpu, insn.width === 32 ? 3 : 1);
    case "neg":
      return insn.width === 32 ? 3 : 1;
    case "endian":
      return insn.op === "swap" ? 4 : 1;
    case "load":
      return insn.signed ? 4 : 1;
    case "store":
      return "imm" in insn.src ? 4 : 1;
    case "atomic":
      return insn.op === "add" && !insn.fetch ? 1 : 3;
    case "jump":
      if (insn.long) return 4;
      return insn.cond ? max(condByOp[insn.cond.op].cpu, insn.cond.width === 32 ? 3 : 1) : 1;
    case "load_acquire":
    case "store_release":
    case "may_goto":
    case "gotox":
    case "addr_space_cast":
      return 4;
    case "load_packet":
    case "ld_imm64":
    case "call":
    case "callx":
    case "exit":
    case "raw":
      return 1;
    default:
      return assertNever(insn);
  }
}

const max = (a: CpuVersion, b: CpuVersion): CpuVersion => (a > b ? a : b);
