/**
 * The typed tree: names resolved, conversions explicit, sizes known, macros and sugar gone. `lower` turns it into SSA
 * without asking anything about C again: every operand already has the type that the operation works in.
 */
import type { CoreAccess, LocalTypeRef } from "../../btf/core.ts";
import type { Span } from "../../support/span.ts";
import type { AsmStmt } from "../syntax/ast.ts";
import type { CType, FuncType, RecordType } from "./types.ts";

/** A whole checked file. */
export interface Unit {
  readonly functions: readonly TFunction[];
  readonly globals: readonly TGlobal[];
  readonly maps: readonly TMap[];
  readonly externs: readonly TExtern[];
  /** What the file declares and does not define, for the object that it may be linked with. */
  readonly undefined: readonly TExtern[];
  /** Undefined where the file has none. */
  readonly license?: { readonly text: string; readonly span: Span };
  /** By `LocalTypeRef`: the types that CO-RE accesses start from. */
  readonly localTypes: readonly CType[];
}

export type Inlining = "always" | "never" | "auto";

export interface TFunction {
  readonly name: string;
  readonly type: FuncType;
  /** ELF section; undefined for subprograms, which go to `.text`. */
  readonly section?: string;
  readonly linkage: "static" | "global";
  readonly weak: boolean;
  readonly hidden: boolean;
  readonly inlining: Inlining;
  /** The body is only `asm`, no frame, no implicit return. */
  readonly naked: boolean;
  readonly params: readonly TLocal[];
  /** Every local of the body, parameters not included. */
  readonly locals: readonly TLocal[];
  /** Of labels that stand among locals with a cleanup: which of these live there. */
  readonly cleanupsAt: ReadonlyMap<string, readonly TLocal[]>;
  readonly body: TStmt;
  readonly declTags: readonly string[];
  readonly span: Span;
  readonly nameSpan: Span;
}

/** A variable of a function; its identity is the object. */
export interface TLocal {
  readonly name: string;
  readonly type: CType;
  /** Bytes; at least the type's alignment. */
  readonly align: number;
  readonly span: Span;
}

/** A variable with static storage, string literals among them. */
export interface TGlobal {
  /** Unique in the unit; string literals and static locals get names of ours, such as `.str.1` or `count.2`. */
  readonly name: string;
  readonly type: CType;
  /** `.data`, `.bss`, `.rodata`, `license`, or a name of the user's. */
  readonly section: string;
  readonly linkage: "static" | "global";
  readonly weak: boolean;
  readonly hidden: boolean;
  readonly align: number;
  readonly size: number;
  /** `size` bytes; undefined where all are zero. */
  readonly bytes?: Uint8Array;
  /** Addresses inside the initialiser, each 8 bytes at `off`. */
  readonly relocs: readonly { readonly off: number; readonly symbol: string; readonly addend: number }[];
  /** A string literal or compound literal: has no symbol of its own. */
  readonly anonymous: boolean;
  /** Loads may be folded: `const` and not `volatile`. */
  readonly constant: boolean;
  readonly declTags: readonly string[];
  /** Stays as it is, though nothing here names it. */
  readonly used?: true;
  readonly span: Span;
}

/** A map in `.maps`; its definition is its anonymous struct type. */
export interface TMap {
  readonly name: string;
  readonly type: RecordType;
  readonly size: number;
  /** `values` of map-in-map and prog arrays: names at byte offsets. */
  readonly relocs: readonly { readonly off: number; readonly symbol: string; readonly addend: number }[];
  readonly span: Span;
}

/** Something the loader binds: kfunc, kernel variable, Kconfig value. */
export interface TExtern {
  readonly name: string;
  readonly kind: "kfunc" | "ksym_var" | "kconfig" | "linked";
  readonly type: CType;
  readonly weak: boolean;
  /** The section whose name says who binds it; none: another object. */
  readonly section: ".ksyms" | ".kconfig" | ".maps" | undefined;
  /** The file declares it; otherwise its type is the kernel's. */
  readonly declared: boolean;
  readonly span: Span;
}

// ---- statements ----

export type TStmt =
  | { readonly kind: "block"; readonly items: readonly TStmt[]; readonly span: Span }
  | { readonly kind: "expr"; readonly expr: TExpr; readonly span: Span }
  /**
   * The life of a local begins: its value is undefined until stored. `cleanup` is a call to run on every way out of the
   * block that holds this statement.
   */
  | {
      readonly kind: "local";
      readonly local: TLocal;
      readonly init?: TInit;
      readonly cleanup?: TExpr;
      readonly span: Span;
    }
  | { readonly kind: "if"; readonly cond: TExpr; readonly then: TStmt; readonly else?: TStmt; readonly span: Span }
  /** `testFirst` is false for `do`. No `cond`: forever. */
  | {
      readonly kind: "loop";
      readonly testFirst: boolean;
      readonly cond?: TExpr;
      readonly step?: TExpr;
      readonly body: TStmt;
      readonly unroll?: number | "full" | "disable";
      readonly span: Span;
    }
  /** The cases are labels inside `body`. `value` is an int of 32 or 64 bits. */
  | {
      readonly kind: "switch";
      readonly value: TExpr;
      readonly cases: readonly TCase[];
      readonly body: TStmt;
      readonly span: Span;
    }
  | { readonly kind: "case"; readonly label: TCase; readonly body: TStmt; readonly span: Span }
  | { readonly kind: "label"; readonly name: string; readonly body: TStmt; readonly span: Span }
  | { readonly kind: "goto"; readonly name: string; readonly span: Span }
  | { readonly kind: "break" | "continue"; readonly span: Span }
  | { readonly kind: "return"; readonly value?: TExpr; readonly span: Span }
  | {
      readonly kind: "asm";
      readonly asm: AsmStmt;
      /** As the constraints of `asm` have them. */
      readonly outputs: readonly TPlace[];
      readonly inputs: readonly TAsmInput[];
      readonly span: Span;
    };

/** What an input operand of assembly stands for in the text. */
export type TAsmInput =
  /** A register that holds it. */
  | { readonly kind: "value"; readonly expr: TExpr }
  /** A number. */
  | { readonly kind: "number"; readonly value: bigint }
  /** A name of the unit, `addend` bytes on. */
  | { readonly kind: "symbol"; readonly name: string; readonly addend: number }
  /** Memory behind a register. */
  | { readonly kind: "memory"; readonly place: TPlace };

/** One label of a switch; its identity is the object. Values are in the type of the switch, both ends included. */
export interface TCase {
  /** Undefined: `default`. */
  readonly range?: { readonly first: bigint; readonly last: bigint };
}

/** How a local or a compound literal gets its first value. */
export type TInit =
  | { readonly kind: "scalar"; readonly value: TExpr }
  /** The whole record at once, from another of its type. */
  | { readonly kind: "copy"; readonly from: TExpr }
  /** Zero all bytes if `zero`, then the stores in order. */
  | { readonly kind: "parts"; readonly zero: boolean; readonly parts: readonly TInitPart[] };

export interface TInitPart {
  readonly off: number;
  readonly bits?: BitField;
  /** The part is where the running kernel has that member of the record that starts `from` bytes into the whole. */
  readonly core?: CorePath & { readonly from: number };
  readonly value: TPartValue;
}
export type TPartValue =
  | { readonly kind: "expr"; readonly expr: TExpr }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array };

// ---- places (lvalues) ----

/**
 * Bits inside the storage unit of `size` bytes that the place's offset points at. A packed field that no unit inside of
 * its record holds has units of one byte, and its bits go on in the bytes behind.
 */
export interface BitField {
  readonly size: 1 | 2 | 4 | 8;
  /** From the least significant bit of the unit. */
  readonly bitOff: number;
  readonly bitSize: number;
  readonly signed: boolean;
}

/** A relocatable access without a kind: lower makes `field_byte_offset` and, for bit-fields, the others of it. */
export interface CorePath {
  readonly root: LocalTypeRef;
  readonly path: readonly number[];
}

/** Where a value lives. `type.q.volatile` makes each access count. */
export type TPlace =
  | { readonly kind: "local"; readonly local: TLocal; readonly type: CType; readonly span: Span }
  /** A global, map, extern variable or function by its unit-wide name. */
  | { readonly kind: "global"; readonly name: string; readonly type: CType; readonly span: Span }
  /** What a pointer points at. */
  | { readonly kind: "deref"; readonly addr: TExpr; readonly type: CType; readonly span: Span }
  /**
   * `off` bytes into another place. With `core`, the offset (and for bit-fields size and shifts) is the running
   * kernel's: the access relocates; `base` is then the place the access path starts from.
   */
  | {
      readonly kind: "field";
      readonly base: TPlace;
      readonly off: number;
      readonly bits?: BitField;
      readonly core?: CorePath;
      /** In a union or a `may_alias` record: its bytes may be those of an object of another type. */
      readonly shared?: true;
      readonly type: CType;
      readonly span: Span;
    };

// ---- expressions (rvalues) ----

export type ArithOp = "add" | "sub" | "mul" | "div" | "mod" | "and" | "or" | "xor" | "shl" | "shr";
export type CompareOp = "eq" | "ne" | "lt" | "le" | "gt" | "ge";

/**
 * Values are scalars (int, bool, enum, pointer), void, or whole records (only `load`, `call`, `assign`, `cond`,
 * `stmt_expr`, `comma` and `literal` make those). Arithmetic is on int types of 4, 8 or 16 bytes only; signedness is the type's.
 */
export type TExpr =
  | { readonly kind: "const"; readonly value: bigint; readonly type: CType; readonly span: Span }
  | { readonly kind: "load"; readonly place: TPlace; readonly type: CType; readonly span: Span }
  | { readonly kind: "addr"; readonly place: TPlace; readonly type: CType; readonly span: Span }
  /** Address of a function, for callbacks and struct_ops. */
  | { readonly kind: "func_addr"; readonly name: string; readonly type: CType; readonly span: Span }
  /** `lnot` takes any scalar and gives int 0 or 1. */
  | {
      readonly kind: "unary";
      readonly op: "neg" | "not" | "lnot";
      readonly operand: TExpr;
      readonly type: CType;
      readonly span: Span;
    }
  /** Both operands of `type`; for shifts the right one is promoted on its own. */
  | {
      readonly kind: "arith";
      readonly op: ArithOp;
      readonly left: TExpr;
      readonly right: TExpr;
      readonly type: CType;
      readonly span: Span;
    }
  /** Pointer plus a byte offset of 64 bits (already scaled); the result is a pointer. */
  | { readonly kind: "ptr_add"; readonly ptr: TExpr; readonly offset: TExpr; readonly type: CType; readonly span: Span }
  /** Bytes between two pointers divided by `elemSize`; 64 bits, signed. */
  | {
      readonly kind: "ptr_diff";
      readonly left: TExpr;
      readonly right: TExpr;
      readonly elemSize: number;
      readonly type: CType;
      readonly span: Span;
    }
  /** Operands of one type (int of 4, 8 or 16 bytes, or pointers); the result is int 0 or 1. */
  | {
      readonly kind: "compare";
      readonly op: CompareOp;
      readonly left: TExpr;
      readonly right: TExpr;
      readonly type: CType;
      readonly span: Span;
    }
  | {
      readonly kind: "logical";
      readonly op: "and" | "or";
      readonly left: TExpr;
      readonly right: TExpr;
      readonly type: CType;
      readonly span: Span;
    }
  /** Without `then`: the condition's own value, evaluated once. Type may be void. */
  | {
      readonly kind: "cond";
      readonly cond: TExpr;
      readonly then?: TExpr;
      readonly else: TExpr;
      readonly type: CType;
      readonly span: Span;
    }
  /** Scalar to scalar (to bool: is it not zero), or anything to void. */
  | { readonly kind: "convert"; readonly operand: TExpr; readonly type: CType; readonly span: Span }
  /** The value is the one stored, in the place's type. Records are copied. */
  | {
      readonly kind: "assign";
      readonly place: TPlace;
      readonly value: TExpr;
      readonly type: CType;
      readonly span: Span;
    }
  /**
   * `place = (type)((operation)place op value)`, the place evaluated once. For pointers `op` is add or sub, `value` is
   * the byte offset and `operation` the pointer type. `old`: the value is the one before (postfix ++ and --).
   */
  | {
      readonly kind: "update";
      readonly op: ArithOp;
      readonly place: TPlace;
      readonly value: TExpr;
      readonly operation: CType;
      readonly old: boolean;
      readonly type: CType;
      readonly span: Span;
    }
  | { readonly kind: "comma"; readonly left: TExpr; readonly right: TExpr; readonly type: CType; readonly span: Span }
  | {
      readonly kind: "call";
      readonly callee: TCallee;
      readonly args: readonly TExpr[];
      readonly type: CType;
      readonly span: Span;
    }
  | {
      readonly kind: "stmt_expr";
      readonly body: readonly TStmt[];
      readonly value?: TExpr;
      readonly type: CType;
      readonly span: Span;
    }
  /** A compound literal: makes the local, gives it its value, and is its value. */
  | {
      readonly kind: "literal";
      readonly local: TLocal;
      readonly init: TInit;
      readonly type: CType;
      readonly span: Span;
    }
  | { readonly kind: "builtin"; readonly builtin: TBuiltin; readonly type: CType; readonly span: Span }
  /** A number that the loader computes. `guess` is its value in the build's own kernel. */
  | {
      readonly kind: "core";
      readonly access: CoreAccess;
      readonly guess: bigint;
      readonly type: CType;
      readonly span: Span;
    }
  | {
      readonly kind: "atomic";
      readonly op: "add" | "sub" | "or" | "and" | "xor" | "xchg" | "cmpxchg";
      /** Pointer to an object of 1, 2, 4 or 8 bytes. */
      readonly ptr: TExpr;
      readonly size: 1 | 2 | 4 | 8;
      readonly value: TExpr;
      /** For cmpxchg. */
      readonly expected?: TExpr;
      /** For cmpxchg, instead: holds what is expected, and takes the old value. */
      readonly exchanged?: TPlace;
      /** The result is the old value, the new one, or, for cmpxchg, whether it was stored. */
      readonly result: "old" | "new" | "success" | "none";
      readonly type: CType;
      readonly span: Span;
    };

export type TCallee =
  | { readonly kind: "helper"; readonly id: number; readonly name: string }
  | { readonly kind: "kfunc"; readonly name: string }
  | { readonly kind: "function"; readonly name: string }
  /** A call through a pointer: a helper number that is constant, else refused. */
  | { readonly kind: "pointer"; readonly expr: TExpr };

/**
 * What is counted over the operand's width: leading zeros, trailing zeros, ones, ones modulo 2, the place of the lowest
 * one from 1 on (0: there is none), the copies of the sign below it.
 */
export type CountKind = "clz" | "ctz" | "popcount" | "parity" | "ffs" | "clrsb";

export type TBuiltin =
  /** `length` in bytes is constant for all but those that become a loop refused elsewhere. */
  | { readonly kind: "memcpy" | "memmove"; readonly dst: TExpr; readonly src: TExpr; readonly length: TExpr }
  | { readonly kind: "memset"; readonly dst: TExpr; readonly byte: TExpr; readonly length: TExpr }
  | { readonly kind: "memcmp"; readonly left: TExpr; readonly right: TExpr; readonly length: TExpr }
  | { readonly kind: "bswap"; readonly bits: 16 | 32 | 64; readonly value: TExpr }
  | { readonly kind: CountKind; readonly value: TExpr }
  | { readonly kind: "expect"; readonly value: TExpr; readonly likely: bigint }
  /** Whether a loop may go on: the kernel counts (`may_goto`). */
  | { readonly kind: "may_goto" }
  | { readonly kind: "unreachable" | "trap" }
  /** `size` bytes at `offset` of a packet, in the machine's order: the one way to LD_ABS and LD_IND (RFC 9669, 5.5). */
  | { readonly kind: "load_packet"; readonly size: 1 | 2 | 4; readonly skb: TExpr; readonly offset: TExpr }
  /** Ordered accesses to scalars of `size` bytes: what is loaded is extended with zeros. */
  | { readonly kind: "load_acquire"; readonly size: 1 | 2 | 4 | 8; readonly ptr: TExpr }
  | { readonly kind: "store_release"; readonly size: 1 | 2 | 4 | 8; readonly ptr: TExpr; readonly value: TExpr }
  /** Whether `value`, which has no effects, turns out to be a constant when all is inlined. */
  | { readonly kind: "constant_p"; readonly value: TExpr }
  /** Arithmetic with a carry: stores the wrapped result, gives whether it did not fit. */
  | {
      readonly kind: "overflow";
      readonly op: "add" | "sub" | "mul";
      readonly left: TExpr;
      readonly right: TExpr;
      readonly result: TPlace;
    }
  /** An optimisation barrier: the value passes through unseen. */
  | { readonly kind: "barrier_var"; readonly place: TPlace }
  | { readonly kind: "barrier" };
