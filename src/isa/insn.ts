/**
 * The instruction model. An instruction is a small immutable value, symbolic until layout: targets are labels, and maps,
 * globals, functions and kfuncs are names; `link` and the ELF writer turn them into numbers. RFC 9669 and the kernel's
 * later additions (cpu v4, load_acquire, may_goto, arena casts).
 */
import type { Span } from "../support/span.ts";

/** r0 to r10; 11 is the base of stack arguments that Linux 7.2 knows. */
export type Reg = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11;
/** Bytes of a memory access. */
export type Size = 1 | 2 | 4 | 8;
export type Width = 32 | 64;

export type AluOp =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "sdiv"
  | "mod"
  | "smod"
  | "or"
  | "and"
  | "xor"
  | "lsh"
  | "rsh"
  | "arsh"
  | "mov"
  | "movs8"
  | "movs16"
  | "movs32";

/** `set` is `dst & src`. Signed forms begin with `s`. */
export type CondOp = "eq" | "ne" | "gt" | "ge" | "lt" | "le" | "sgt" | "sge" | "slt" | "sle" | "set";

export type AtomicOp = "add" | "or" | "and" | "xor" | "xchg" | "cmpxchg";

/** The immediate is a signed 32-bit number. */
export type Src = { readonly reg: Reg } | { readonly imm: number };

/** A label until layout; then `off`, in slots from the next instruction. */
export type Target = { readonly label: string } | { readonly off: number };

export interface Condition {
  readonly op: CondOp;
  readonly width: Width;
  readonly dst: Reg;
  readonly src: Src;
}

export type Callee =
  | { readonly kind: "helper"; readonly id: number }
  /** A bpf-to-bpf call by name. */
  | { readonly kind: "subprog"; readonly name: string }
  /** A bpf-to-bpf call as linked: slots from the next instruction. */
  | { readonly kind: "subprog_off"; readonly off: number }
  | { readonly kind: "kfunc"; readonly name: string }
  /** As linked: `off` is 0 for the kernel itself, else an index into the fd array of modules. */
  | { readonly kind: "kfunc_id"; readonly btfId: number; readonly off: number };

/** What `ld_imm64` loads. `map_fd` and the other numeric forms appear in linked code only. */
export type Imm64 =
  | { readonly kind: "int"; readonly value: bigint }
  | { readonly kind: "map"; readonly name: string }
  /** Address of a variable in a data section, `addend` bytes on. */
  | { readonly kind: "global"; readonly name: string; readonly addend: number }
  /** Address of a subprogram, for callbacks. */
  | { readonly kind: "func"; readonly name: string }
  /** Address or value of an extern: kfunc, kernel variable, Kconfig value. */
  | { readonly kind: "extern"; readonly name: string }
  | { readonly kind: "map_fd"; readonly fd: number }
  | { readonly kind: "map_value"; readonly fd: number; readonly off: number }
  | { readonly kind: "map_idx"; readonly idx: number }
  | { readonly kind: "map_idx_value"; readonly idx: number; readonly off: number }
  | { readonly kind: "btf_id"; readonly btfId: number; readonly fd: number }
  | { readonly kind: "func_off"; readonly off: number };

export type Insn =
  | { readonly kind: "alu"; readonly op: AluOp; readonly width: Width; readonly dst: Reg; readonly src: Src }
  | { readonly kind: "neg"; readonly width: Width; readonly dst: Reg }
  /** `le`/`be`: to that order from the machine's; `swap`: always. */
  | { readonly kind: "endian"; readonly op: "le" | "be" | "swap"; readonly bits: 16 | 32 | 64; readonly dst: Reg }
  | {
      readonly kind: "addr_space_cast";
      readonly dst: Reg;
      readonly src: Reg;
      readonly to: number;
      readonly from: number;
    }
  | {
      readonly kind: "load";
      readonly size: Size;
      readonly signed: boolean;
      readonly dst: Reg;
      readonly base: Reg;
      readonly off: number;
    }
  | { readonly kind: "store"; readonly size: Size; readonly base: Reg; readonly off: number; readonly src: Src }
  | {
      readonly kind: "atomic";
      readonly op: AtomicOp;
      readonly size: Size;
      /** Old value goes to `src` (to r0 for cmpxchg); always true for xchg and cmpxchg. */
      readonly fetch: boolean;
      readonly base: Reg;
      readonly off: number;
      readonly src: Reg;
    }
  | { readonly kind: "load_acquire"; readonly size: Size; readonly dst: Reg; readonly base: Reg; readonly off: number }
  | { readonly kind: "store_release"; readonly size: Size; readonly base: Reg; readonly off: number; readonly src: Reg }
  /** `LD_ABS`/`LD_IND`: packet bytes into r0; `src` is the index register of the latter. */
  | { readonly kind: "load_packet"; readonly size: 1 | 2 | 4; readonly imm: number; readonly src?: Reg }
  | { readonly kind: "ld_imm64"; readonly dst: Reg; readonly value: Imm64 }
  /** `long` asks for gotol, whose target has 32 bits. */
  | { readonly kind: "jump"; readonly target: Target; readonly cond?: Condition; readonly long?: boolean }
  | { readonly kind: "may_goto"; readonly target: Target }
  | { readonly kind: "gotox"; readonly dst: Reg }
  | { readonly kind: "call"; readonly callee: Callee }
  | { readonly kind: "callx"; readonly dst: Reg }
  | { readonly kind: "exit" }
  /** Eight bytes that are no instruction, as a little-endian number: written as data, for a loader to refuse. */
  | { readonly kind: "raw"; readonly bytes: bigint };

/**
 * An instruction with what rides along: `Core` is a CO-RE access that another room understands.
 * Two labels at one place are two entries of `labels`.
 */
export interface Line<Core = unknown> {
  readonly insn: Insn;
  readonly labels?: readonly string[];
  /** The source that produced it; becomes line info. */
  readonly span?: Span;
  readonly core?: Core;
  /** Printed after `;` in listings. */
  readonly note?: string;
}

/** `ld_imm64` fills two slots of the stream, every other instruction one. */
export const slotCount = (insn: Insn): 1 | 2 => (insn.kind === "ld_imm64" ? 2 : 1);
