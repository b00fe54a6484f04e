/** Opens the BTF of a kernel and its modules as the `Kernel` that every later stage asks. */
import { type BtfFile, openBtf } from "../btf/reader.ts";
import type { BtfSpec } from "../btf/type.ts";
import type { Arch, Kernel, KernelVersion } from "./model.ts";
import { guessVersion, printVersion } from "./version.ts";

export interface KernelInput {
  readonly arch: Arch;
  /** Raw BTF, or an ELF file that holds it. */
  readonly btf: Uint8Array;
  /** What `buildBtfIndex` made of `btf`. */
  readonly index?: Uint8Array;
  /** BTF of modules, each on top of the kernel's. */
  readonly modules?: readonly Uint8Array[];
  /** Guessed from the BTF where it is not given. */
  readonly version?: KernelVersion;
  /** For messages; `Linux 7.2 (x86)` where it is not given. */
  readonly name?: string;
}

export interface OpenKernel extends Kernel {
  readonly btf: BtfFile;
  readonly modules: readonly BtfFile[];
}

/** Throws `BtfError` where the bytes are no BTF. */
export function openKernel(input: KernelInput): OpenKernel {
  const btf = openBtf(input.btf, input.index ? { index: input.index } : {});
  const modules = (input.modules ?? []).map((bytes) => openBtf(bytes, { base: btf }));
  const version = input.version ?? guessVersion(btf);
  const name = input.name ?? `Linux ${printVersion(version)} (${input.arch})`;
  return { name, arch: input.arch, version, btf, modules };
}

/** Whether programs can be attached as sessions (`BPF_TRACE_FSESSION`, Linux 7.0). */
export const hasSessions = (kernel: Kernel): boolean => hasEnumerator(kernel.btf, "BPF_TRACE_FSESSION");

export const hasEnumerator = (btf: BtfSpec, name: string): boolean => btf.enumerator(name).length > 0;

/** The kernel's BTF and its modules', with the module's number counted from 0 (undefined: the kernel itself). */
export function* allBtf(kernel: Kernel): Generator<{ readonly btf: BtfSpec; readonly module?: number }> {
  yield { btf: kernel.btf };
  for (const [module, btf] of kernel.modules.entries()) yield { btf, module };
}
