/** What a loader would hand to the kernel: the final instructions of each program, with what their numbers mean. */
import type { BtfSpec, TypeId } from "../btf/type.ts";
import type { SourceLine } from "../elf/model.ts";
import type { Insn } from "../isa/insn.ts";
import type { SectionInfo } from "../kernel/model.ts";

/** A map that a program refers to; its index is the fd in `map_fd` and `map_value` immediates. */
export interface LinkedMap {
  readonly name: string;
  /** UAPI number of `enum bpf_map_type`. */
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  /** Types in the object's BTF, where the definition gives them. */
  readonly keyType?: TypeId;
  readonly valueType?: TypeId;
  /** Initial contents of a global data map; undefined where they are all zero (`.bss`) or the loader's (`.kconfig`). */
  readonly data?: Uint8Array;
  /** Bytes of `.kconfig` whose value follows from the kernel, as libbpf would put it there. */
  readonly known?: readonly { readonly off: number; readonly size: number; readonly value: bigint }[];
  /** Where the variables of a data section lie, by name: compilers leave it to the loader to tell its types. */
  readonly places?: ReadonlyMap<string, number>;
  /** `.rodata`: frozen, its values known. */
  readonly readOnly: boolean;
  /** Inner map of a map-in-map. */
  readonly inner?: LinkedMap;
}

export interface LinkedInsn {
  readonly insn: Insn;
  /** Position in slots (`ld_imm64` has two) from the start of the program: the kernel's instruction number. */
  readonly slot: number;
  readonly line?: SourceLine;
  /** The field, type or enumerator that the kernel does not have, where that makes this an instruction that never may run. */
  readonly missing?: string;
}

export interface LinkedFunc {
  readonly name: string;
  /** First instruction, as an index into `LinkedProgram.insns`. */
  readonly start: number;
  /** One past the last. */
  readonly end: number;
  readonly linkage: "static" | "global";
  /** FUNC type in the object's BTF. */
  readonly btfType?: TypeId;
}

/** A member of a struct of operations that the loader fills with a program. */
export interface StructOpUse {
  /** The variable in `.struct_ops` or `.struct_ops.link`. */
  readonly variable: string;
  /** Its struct, without a flavour: `sched_ext_ops`. */
  readonly struct: string;
  readonly member: string;
  /** The loader makes the struct, and loads its programs, only when it is told to. */
  readonly optional: boolean;
}

export interface LinkedProgram {
  readonly name: string;
  readonly section: string;
  /** Undefined where the section name is not libbpf's. */
  readonly info?: SectionInfo;
  /** Of a struct_ops program: where it is used; empty if the object itself names it nowhere. */
  readonly structOps?: readonly StructOpUse[];
  /**
   * Branches and bpf-to-bpf calls are relative, in slots; kfuncs, ksyms and maps are numbers. Only an `ld_imm64` of a
   * kernel symbol without a type stays an `extern` by name: its address is known where the kernel runs.
   */
  readonly insns: readonly LinkedInsn[];
  /** The entry first. */
  readonly funcs: readonly LinkedFunc[];
  /** Names of the functions that bpf_throw calls in this program, of which there may be one. */
  readonly exceptionCallbacks?: readonly string[];
  readonly maps: readonly LinkedMap[];
  readonly license: string;
  /** The object's own BTF. */
  readonly btf?: BtfSpec;
}
