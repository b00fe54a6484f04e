/** What the verifier must know of the world around a program: one value, so that rules read no tables themselves. */
import type { BtfSpec, TypeId } from "../btf/type.ts";
import type { Size } from "../isa/insn.ts";
import type { Helper, KernelVersion } from "../kernel/model.ts";
import type { Range } from "./domain/scalar.ts";
import type { Region, SockSort } from "./domain/value.ts";
import type { Outcome, Refusal, Unmodelled } from "./outcome.ts";

/** What a load from the context leaves in the register, or why it is refused. */
export type CtxAnswer =
  /** `low`: the range of the low half, sign-extended, where the kernel knows one. */
  | { readonly kind: "scalar"; readonly low?: Range }
  /** `ref`: the reference that the pointer stands for, one of `Facts.owned`. */
  | { readonly kind: "pointer"; readonly to: Region; readonly nullable: boolean; readonly ref?: number }
  /** A permitted store. */
  | { readonly kind: "stored" }
  | Refusal
  | Unmodelled;

/** The program's first argument. */
export interface CtxModel {
  /** Offset from the start of the context, which may be negative or misaligned. */
  access(off: number, size: Size, mode: "read" | "write"): CtxAnswer;
  /** Whether the register may carry an offset of its own when it is read through. */
  readonly movable: boolean;
  /** Whether that offset may be unknown. */
  readonly variable?: boolean;
}

/** What the program may leave in r0: a signed range, any number, or anything at all. */
export type ReturnRule =
  | { readonly kind: "range"; readonly min: bigint; readonly max: bigint; readonly width?: 32 }
  | { readonly kind: "number" }
  /** A pointer to that struct that the program owns and gives away, or null. */
  | { readonly kind: "reference"; readonly btf: BtfSpec; readonly type: TypeId }
  | { readonly kind: "ignored" }
  | { readonly kind: "unmodelled" };

export interface MapKind {
  /** Without `BPF_MAP_TYPE_`. */
  readonly name: string;
  /** Helpers that take it, without `bpf_`. */
  readonly helpers: readonly string[];
  /** Sleepable programs may use it. */
  readonly sleepable: boolean;
  /** Register type that a lookup gives, such as `PTR_TO_MAP_VALUE`; undefined where there is no lookup. */
  readonly lookup?: string;
  /** The lookup of a constant key inside the map finds an element for sure. */
  readonly constKeyFound: boolean;
}

export interface KfuncFacts {
  readonly name: string;
  readonly btf: BtfSpec;
  /** FUNC_PROTO in `btf`. */
  readonly proto: TypeId;
  readonly flags: readonly string[];
  /** Whether flags and callers are known; if not, nothing may be concluded from them. */
  readonly known: boolean;
  /** Why this program may not call it. */
  readonly barred?: string;
}

export interface Facts {
  /** For messages: `fsession`, `xdp`. */
  readonly programKind: string;
  readonly kernelName: string;
  readonly kernelBtf: BtfSpec;
  readonly ctx: CtxModel;
  readonly returns: ReturnRule;
  readonly gpl: boolean;
  readonly sleepable: boolean;
  /** Frames of the deepest call chain. */
  readonly maxFrames: number;
  /** Whether a subprogram's stack is its own (no sum over the call chain). */
  readonly privateStack: boolean;
  /** The JIT makes a loop of bitwise atomic operations that give the old value; not in an arena. */
  readonly loopsForFetch: boolean;
  /** A dynptr with a reference may be overwritten while a clone holds it, too. */
  readonly countsClones: boolean;
  /** Maps with timers may be used by programs of all kinds. */
  readonly timersAnywhere: boolean;
  /** The kernel knows what dividing by a constant, or swapping bytes, does to a range. */
  readonly followsDivision: boolean;
  readonly followsSwaps: boolean;
  /** The kernel keeps the known and the unknown part of a pointer's offset as one. */
  readonly mergesOffsets: boolean;
  /** Copies stay linked over sums in 32 bits, too. */
  readonly linksLowSums: boolean;
  /** Addresses in kernel structs are pointers that may be read through, not numbers. */
  readonly followsAddresses: boolean;
  /** The release that the program is judged for. */
  readonly release: KernelVersion;
  /** Static functions may be called while a lock is held. */
  readonly callsUnderLock: boolean;
  /** What was read of another struct of the kernel is no argument where one must be trusted. kernel/bpf/btf.c:btf_struct_access */
  readonly asksForTrust: boolean;
  /** Global functions may return nothing. kernel/bpf/btf.c:btf_prepare_func_args */
  readonly voidGlobals: boolean;
  /** The number of a processor is below how many there are. */
  readonly countsCpus: boolean;
  /** Numbers that are 0 or -1 are followed apart. */
  readonly splitsSigns: boolean;
  /** bpf_set_retval takes 0 and errors alone, since 7.2; getsockopt gives what it likes. kernel/bpf/verifier.c:check_helper_call */
  readonly errorsOnly: boolean;
  /** Copies stay linked over a subtraction, too. */
  readonly linksSubtraction: boolean;
  /** The result of programs of this kind may be a reference, which the kernel then has. */
  readonly returnsReferences: boolean;
  /** References to arguments that the program owns when it begins: numbers below 0. */
  readonly owned: readonly number[];
  /** Whether programs of this kind may write these bytes of a kernel struct. */
  writesStruct(btf: BtfSpec, struct: string, off: number, size: number): "yes" | "no" | "unclear";
  /** The struct that the context is to the kernel. */
  readonly kernelCtx: TypeId | undefined;
  /** Programs of this kind may not use maps with locks. */
  readonly barsLocks: boolean;
  /** They may run while the kernel is interrupted anywhere: some objects cannot be freed there. */
  readonly interrupts: boolean;
  /** What programs of this kind may do with packet data. */
  readonly packets: "none" | "read" | "write";
  /** Programs of this kind may load from a packet with BPF_LD_ABS and BPF_LD_IND. */
  readonly loadsPackets: boolean;
  /** Whether a load of that size and place from a socket is allowed. */
  socket(sort: SockSort, off: number, size: number): boolean;
  /** Names of the type that global functions declare for the context. */
  readonly ctxTypes: readonly string[];
  /** The helper for this kind of program. */
  helper(id: number): Helper | { readonly missing: true; readonly name?: string };
  /** Whether the answer of `helper` is certain: what other kinds of programs may call is not all known. */
  isCertain(id: number): boolean;
  /** Whether a helper with a check of its own (`allowedBy`) may be called. */
  allows(helper: Helper): Outcome;
  kfunc(btfId: number, off: number): KfuncFacts | undefined;
  mapKind(type: number): MapKind | undefined;
  /** Trouble with the attach target or with what this kernel is; checked after the program's shape. */
  readonly attach: Outcome;
  /** What keeps a program from being accepted, though most of it can be looked at. */
  readonly doubt?: string;
  /** Why nothing at all can be said. */
  readonly unmodelled?: string;
}
