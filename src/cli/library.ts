/** `bpfasm/node`: what the library needs of Node: the embedded kernel, kernels in files, and sources in files. */
import { readFileSync } from "node:fs";
import { DiagSink } from "../diag/diagnostic.ts";
import { type Compilation, compile } from "../driver/compile.ts";
import { includeHost } from "../driver/host.ts";
import type { CompileOptions } from "../driver/options.ts";
import { openKernel } from "../kernel/kernel.ts";
import type { Arch, Kernel } from "../kernel/model.ts";
import { parseVersion } from "../kernel/version.ts";
import { readHeader } from "./files.ts";
import { chooseKernel } from "./kernel-choice.ts";
import { machinePath } from "./machine-path.ts";

export { readHeader } from "./files.ts";

/** The kernel that comes with bpfasm. */
export function embeddedKernel(arch: Arch = "x86"): Kernel {
  return chooseKernel({ arch, modules: [] }, new DiagSink())!;
}

export interface KernelFileOptions {
  readonly arch?: Arch;
  /** Files with the BTF of modules. */
  readonly modules?: readonly string[];
  /** Such as `6.12`; guessed from the BTF if not given. */
  readonly version?: string;
}

/** The kernel whose BTF is in a file; `/sys/kernel/btf/vmlinux` is the running one's. Throws what reading throws, and `BtfError`. */
export function kernelFromFile(path: string, { arch = "x86", modules = [], version }: KernelFileOptions = {}): Kernel {
  const parsed = version === undefined ? undefined : parseVersion(version);
  return openKernel({
    arch,
    btf: readFileSync(path),
    modules: modules.map((file) => readFileSync(file)),
    ...(parsed && { version: parsed }),
  });
}

export interface CompileFileOptions extends Omit<CompileOptions, "kernel" | "fileName" | "includes"> {
  /** The embedded one if it is not given. */
  readonly kernel?: Kernel;
  /** `-I`. */
  readonly include?: readonly string[];
  /** `-isystem`. */
  readonly system?: readonly string[];
}

/** Compiles a file, with the headers that it includes. Throws what reading the file throws. */
export function compileFile(path: string, options: CompileFileOptions = {}): Compilation {
  const { kernel = defaultKernel(), include = [], system = [], ...others } = options;
  const includes = includeHost(readHeader, { dirs: include, system, ...machinePath(kernel) });
  return compile(readFileSync(path, "utf8"), { ...others, kernel, fileName: path, includes });
}

let opened: Kernel | undefined;

/** The embedded kernel, opened once. */
function defaultKernel(): Kernel {
  opened ??= embeddedKernel();
  return opened;
}
