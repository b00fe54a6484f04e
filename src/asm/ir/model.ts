/**
 * SSA. A function is a list of blocks in reverse post-order; a value is the number of the instruction that makes it.
 * Values are 32 or 64 bits wide, or pointers (64 bits that 32-bit arithmetic must never touch). Passes return new
 * functions and share what they keep.
 */
import type { CoreAccess } from "../../btf/core.ts";
import type { AtomicOp, Line, Reg, Size } from "../../isa/insn.ts";
import type { Span } from "../../support/span.ts";

/** Number of the instruction that makes a value; unique in its function. */
export type ValueId = number & { readonly brand: "ValueId" };
export type BlockId = number & { readonly brand: "BlockId" };

export type IrType = "i32" | "i64" | "ptr";

export type BinOp =
  | "add"
  | "sub"
  | "mul"
  | "udiv"
  | "sdiv"
  | "umod"
  | "smod"
  | "and"
  | "or"
  | "xor"
  | "shl"
  | "lshr"
  | "ashr";
/** `set`: `(a & b) != 0`. */
export type CmpOp = "eq" | "ne" | "ult" | "ule" | "ugt" | "uge" | "slt" | "sle" | "sgt" | "sge" | "set";

export type IrCallee =
  | { readonly kind: "helper"; readonly id: number }
  | { readonly kind: "kfunc"; readonly name: string }
  | { readonly kind: "function"; readonly name: string };

/**
 * Type of the object that an access says it reads or writes: of two accesses that both have one, and not the same, each
 * leaves the other's bytes alone (C11 6.5p7). Without one it may be any: characters, enums, union members, copies.
 */
export type AccessTag = "ptr" | "bool" | "int16" | "int32" | "int64";

/** What an address constant names. */
export type Symbol =
  | { readonly kind: "map"; readonly name: string }
  | { readonly kind: "global"; readonly name: string; readonly addend: number }
  | { readonly kind: "func"; readonly name: string }
  | { readonly kind: "extern"; readonly name: string };

interface Common {
  readonly id: ValueId;
  readonly span?: Span;
}

/** An instruction that makes a value of `ty`; those without a result have `ty: "void"`. */
export type Inst = Common &
  /** Masked to the width of `ty`; unsigned for i32 (0 .. 2^32-1) and i64/ptr (0 .. 2^64-1). */
  (
    | { readonly op: "const"; readonly ty: IrType; readonly value: bigint }
    | { readonly op: "undef"; readonly ty: IrType }
    | { readonly op: "param"; readonly ty: IrType; readonly index: number }
    /** `add`/`sub` of a ptr with an i64 gives ptr; `sub` of two ptr gives i64; other operations have one type. */
    | { readonly op: "bin"; readonly ty: IrType; readonly fn: BinOp; readonly a: ValueId; readonly b: ValueId }
    | { readonly op: "neg"; readonly ty: IrType; readonly a: ValueId }
    /** i32 or i64 result, 0 or 1; the operands have one type. */
    | { readonly op: "cmp"; readonly ty: IrType; readonly fn: CmpOp; readonly a: ValueId; readonly b: ValueId }
    /** The low `from` bits of `a` extended to the width of `ty`. From 32 only to i64. */
    | { readonly op: "zext" | "sext"; readonly ty: IrType; readonly from: 8 | 16 | 32; readonly a: ValueId }
    /** The low half of an i64 or ptr. */
    | { readonly op: "trunc"; readonly ty: "i32"; readonly a: ValueId }
    /** i64 to ptr and back: no instruction, a change of rules. */
    | { readonly op: "cast"; readonly ty: "i64" | "ptr"; readonly a: ValueId }
    /** A pointer of the address space `from` in `to`: arenas are 1, what the program reads and writes through is 0. */
    | {
        readonly op: "space_cast";
        readonly ty: "ptr";
        readonly toSpace: number;
        readonly fromSpace: number;
        readonly a: ValueId;
      }
    /** Bytes reversed in the low `bits`, the rest zero. */
    | { readonly op: "bswap"; readonly ty: IrType; readonly bits: 16 | 32 | 64; readonly a: ValueId }
    /** Its value passes through; nothing may be concluded about it (`barrier_var`). */
    | { readonly op: "opaque"; readonly ty: IrType; readonly a: ValueId }
    /** 1 if `a` is a constant once everything is inlined, else 0 (`__builtin_constant_p`); `decideConstants` knows when. */
    | { readonly op: "constant_p"; readonly ty: "i32"; readonly a: ValueId }
    /** The program must never come here (`__builtin_trap`): what is left of these in the end is an error. */
    | { readonly op: "trap"; readonly ty: "void" }
    /** Address of a stack object. */
    | { readonly op: "slot"; readonly ty: "ptr"; readonly slot: SlotId }
    | { readonly op: "addr"; readonly ty: "ptr"; readonly symbol: Symbol }
    /**
     * `size` bytes at `base + off`, extended to `ty` by `signed`. With `core` the loader patches the offset (and for
     * kinds other than field_byte_offset never comes here). `align`: what is known of an address that is less aligned
     * than `size`.
     */
    | {
        readonly op: "load";
        readonly ty: IrType;
        readonly size: Size;
        readonly signed: boolean;
        readonly base: ValueId;
        readonly off: number;
        readonly volatile: boolean;
        readonly core?: CoreAccess;
        readonly align?: Size;
        readonly tag?: AccessTag;
      }
    | {
        readonly op: "store";
        readonly ty: "void";
        readonly size: Size;
        readonly base: ValueId;
        readonly off: number;
        readonly value: ValueId;
        readonly volatile: boolean;
        readonly core?: CoreAccess;
        readonly align?: Size;
        readonly tag?: AccessTag;
      }
    /** `dst[0..length) = src[0..length)`, both with their offsets, not overlapping; expanded before code generation. */
    | {
        readonly op: "copy";
        readonly ty: "void";
        readonly dst: ValueId;
        readonly dstOff: number;
        readonly src: ValueId;
        readonly srcOff: number;
        readonly length: number;
        readonly align: Size;
        readonly volatile: boolean;
      }
    /** `dst[0..length)` all one constant byte; expanded before code generation. */
    | {
        readonly op: "fill";
        readonly ty: "void";
        readonly dst: ValueId;
        readonly dstOff: number;
        readonly byte: number;
        readonly length: number;
        readonly align: Size;
      }
    /** A number the loader computes; `guess` is what it is in the build's kernel. */
    | { readonly op: "core"; readonly ty: IrType; readonly access: CoreAccess; readonly guess: bigint }
    /** Each argument is in a register; once `settle` has counted there are at most five. Result i64, i32 or ptr, or void. */
    | {
        readonly op: "call";
        readonly ty: IrType | "void";
        readonly callee: IrCallee;
        readonly args: readonly ValueId[];
      }
    /** The old value is the result where `fetch`. `expected` for cmpxchg. */
    | {
        readonly op: "atomic";
        readonly ty: IrType | "void";
        readonly fn: AtomicOp;
        readonly size: Size;
        readonly fetch: boolean;
        readonly base: ValueId;
        readonly off: number;
        readonly value: ValueId;
        readonly expected?: ValueId;
      }
    /** 1 while the kernel lets a loop go on, then 0. The branch of its block that asks only this is one `may_goto`. */
    | { readonly op: "may_goto"; readonly ty: "i32" }
    /** Compiler barrier: memory accesses do not move across. */
    | { readonly op: "barrier"; readonly ty: "void" }
    /**
     * The innermost loop around it wants so many copies of its body, one for each round, or none. `a` was made before
     * the loop: where it is in it, the loop meant is gone.
     */
    | { readonly op: "unroll"; readonly ty: "void"; readonly a: ValueId; readonly times: number | "full" | "disable" }
    /** The scope of a stack object is left: nobody reads its bytes before they are written again. */
    | { readonly op: "end"; readonly ty: "void"; readonly slot: SlotId }
    /**
     * Assembly as it stands, over machine registers: `args` go into `regs`, the result comes from `result`. What further
     * outputs leave in `reg` is stored at `args[arg]`, which is the address of a stack object and goes into no register.
     */
    | {
        readonly op: "asm";
        readonly ty: "i64" | "ptr" | "void";
        readonly text: AsmText;
        /** The text as instructions, once everything is inlined. */
        readonly code?: AsmCode;
        readonly args: readonly ValueId[];
        readonly regs: readonly (Reg | undefined)[];
        readonly result?: Reg;
        readonly outs: readonly { readonly reg: Reg; readonly arg: number }[];
        /** Registers that it changes, those of results included. */
        readonly writes: readonly Reg[];
      }
    /** First in its block; one argument per predecessor, in any order. */
    | { readonly op: "phi"; readonly ty: IrType; readonly args: readonly PhiArg[] }
  );

/** Text in pieces; between them operands that have to be constants by the time it is assembled. */
export interface AsmText {
  readonly parts: readonly (string | AsmConstant)[];
  readonly span: Span;
}

/** `args[arg]`, written as a number or a symbol. */
export interface AsmConstant {
  readonly arg: number;
  /** The constraint that wants a constant. */
  readonly constraint: string;
  /** What is written where it is no constant of 31 bits: the register that the argument then goes into. */
  readonly register?: Reg;
  readonly span: Span;
}

/** Assembled text; its labels are its own. */
export interface AsmCode {
  readonly lines: readonly Line<never>[];
  /** Labels behind the last line. */
  readonly endLabels: readonly string[];
}

export interface PhiArg {
  readonly block: BlockId;
  readonly value: ValueId;
}

export type Term = { readonly span?: Span } & (
  | { readonly op: "jump"; readonly to: BlockId }
  /** The operands have one type. `likely` from `__builtin_expect`: true if `then` is the usual way. */
  | {
      readonly op: "br";
      readonly fn: CmpOp;
      readonly a: ValueId;
      readonly b: ValueId;
      readonly then: BlockId;
      readonly else: BlockId;
      readonly likely?: boolean;
    }
  | { readonly op: "ret"; readonly value?: ValueId }
  | { readonly op: "unreachable" }
);

export interface Block {
  readonly id: BlockId;
  readonly insts: readonly Inst[];
  readonly term: Term;
}

export type SlotId = number & { readonly brand: "SlotId" };

/** A stack object. Offsets are given out by `codegen`. */
export interface Slot {
  readonly id: SlotId;
  readonly size: number;
  readonly align: Size;
  /** The variable, for dumps. */
  readonly name: string;
}

export interface IrFunction {
  readonly name: string;
  readonly params: readonly IrType[];
  readonly ret: IrType | "void";
  readonly linkage: "static" | "global";
  readonly inlining: "always" | "never" | "auto";
  /** ELF section of an entry program; undefined for subprograms. */
  readonly section?: string;
  /** Its address is in data: it stays though no code names it. */
  readonly keep?: true;
  /** Another object may bring a function of this name in its place. */
  readonly weak?: true;
  readonly slots: readonly Slot[];
  /** Reverse post-order; the first is the entry, which has no predecessors. */
  readonly blocks: readonly Block[];
  /** Greater than every ValueId and BlockId in use: where new ones start. */
  readonly nextId: number;
  readonly span: Span;
}

export interface IrProgram {
  readonly functions: readonly IrFunction[];
}
