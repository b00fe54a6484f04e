/** `bpfasm/node`: what the library needs of Node: the embedded kernel and files. */
import { DiagSink } from "../diag/diagnostic.ts";
import type { Arch, Kernel } from "../kernel/model.ts";
import { chooseKernel } from "./kernel-choice.ts";

export { readHeader } from "./files.ts";

/** The kernel that comes with bpfasm. */
export function embeddedKernel(arch: Arch = "x86"): Kernel {
  return chooseKernel({ arch, modules: [] }, new DiagSink())!;
}
