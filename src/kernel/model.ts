/** What a kernel offers to BPF programs. Numbers and flags come from its BTF where they show there, else from tables by version. */
import type { BtfSpec } from "../btf/type.ts";

export type Arch = "x86" | "arm64";

/** Release such as 7.2; compare with `atLeast`. */
export interface KernelVersion {
  readonly major: number;
  readonly minor: number;
}

export interface Kernel {
  /** For messages: `Linux 7.2 (embedded, x86)`. */
  readonly name: string;
  readonly arch: Arch;
  readonly version: KernelVersion;
  readonly btf: BtfSpec;
  /** BTF of modules, on top. */
  readonly modules: readonly BtfSpec[];
}

/** A row of libbpf's section table, with the part of the name behind the first slash. */
export interface SectionInfo {
  readonly section: string;
  /** `fsession.s` of `fsession.s/foo`. */
  readonly prefix: string;
  /** `foo` of `fsession.s/foo`; undefined where there is no slash. */
  readonly target?: string;
  /** Short name such as `TRACING`, `KPROBE`, `XDP`. */
  readonly progType: string;
  readonly progTypeId: number;
  /** Such as `BPF_TRACE_FSESSION`; undefined where the program type has none. */
  readonly attachType?: string;
  readonly attachTypeId: number;
  readonly sleepable: boolean;
  /** Loading needs a BTF id of the target. */
  readonly needsBtfTarget: boolean;
  /** A leading `?`: not loaded by default. */
  readonly optional: boolean;
  /** What libbpf puts before the target to get the name in BTF: `bpf_lsm_`, `btf_trace_`, `bpf_iter_`. */
  readonly btfPrefix?: string;
}

/** `ARG_PTR_TO_MEM` with flags such as `MEM_RDONLY`, as the kernel's `bpf_func_proto` writes them. */
export interface ArgKind {
  readonly base: string;
  readonly flags: readonly string[];
  /** `ARG_PTR_TO_BTF_ID`, `RET_PTR_TO_BTF_ID`: the kernel's struct, without the word. */
  readonly struct?: string;
  /** `MEM_FIXED_SIZE`: bytes behind the pointer. */
  readonly size?: number;
}

export interface HelperArg {
  /** C type as text: `const void *`. */
  readonly c: string;
  readonly name: string;
  readonly kind: ArgKind;
}

export interface Helper {
  readonly id: number;
  readonly name: string;
  readonly ret: { readonly c: string; readonly kind: ArgKind };
  readonly args: readonly HelperArg[];
  /** More arguments than `args` may follow (bpf_trace_printk). */
  readonly variadic: boolean;
  readonly gplOnly: boolean;
  readonly mightSleep: boolean;
  /** The result is a reference that must be released. */
  readonly acquires?: boolean;
  readonly releases?: boolean;
  /** Packet pointers are stale after the call. */
  readonly changesPacket?: boolean;
  /** Takes a function: called before the helper returns, or later. */
  readonly callback?: "sync" | "async";
  /** Argument memory may be in a packet. */
  readonly packetAccess?: boolean;
  /** The compiler may keep r1 to r5 over the call. */
  readonly fastcall?: boolean;
  /** A further check of the kernel on the program, such as `bpf_d_path_allowed`. */
  readonly allowedBy?: string;
  /** Capability beyond CAP_BPF that the kernel asks for. */
  readonly capability?: string;
}
