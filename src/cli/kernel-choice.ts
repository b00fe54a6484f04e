/** Which kernel a command works for: the embedded one, a BTF file, or the running kernel's. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { BtfError } from "../btf/format.ts";
import type { DiagSink } from "../diag/diagnostic.ts";
import { openKernel } from "../kernel/kernel.ts";
import type { Arch, Kernel } from "../kernel/model.ts";
import { parseVersion } from "../kernel/version.ts";
import { readBytes } from "./files.ts";

export interface KernelChoice {
  readonly arch: Arch;
  /** A path, `host`, or undefined for the embedded kernel. */
  readonly btf?: string;
  readonly modules: readonly string[];
  /** `--kernel`: tables of that version. */
  readonly version?: string;
}

const HOST_BTF = "/sys/kernel/btf/vmlinux";

/** Where the package keeps its data: beside the folder of the bundle. */
const dataFile = (name: string): string => fileURLToPath(new URL(`../data/${name}`, import.meta.url));

/** Opens the kernel; reports what cannot be read and gives undefined. */
export function chooseKernel(choice: KernelChoice, sink: DiagSink): Kernel | undefined {
  const version = choice.version === undefined ? undefined : parseVersion(choice.version);
  const modules: Uint8Array[] = [];
  for (const path of choice.modules) {
    const bytes = readBytes(path, sink);
    if (!bytes) return undefined;
    modules.push(bytes);
  }
  const common = { arch: choice.arch, modules, ...(version && { version }) };
  if (choice.btf === undefined) return openKernel({ ...common, ...embedded(choice.arch) });
  const path = choice.btf === "host" ? HOST_BTF : choice.btf;
  const btf = readBytes(path, sink);
  if (!btf) return undefined;
  try {
    const kernel = openKernel({ ...common, btf });
    return {
      ...kernel,
      name: `${kernel.name.replace(/ \(.*/, "")} (${choice.btf === "host" ? "this machine's" : path})`,
    };
  } catch (error) {
    if (!(error instanceof BtfError)) throw error;
    sink.error("E0317", undefined, path, error.message);
    return undefined;
  }
}

function embedded(arch: Arch) {
  return {
    btf: readFileSync(dataFile(`vmlinux-7.2-${arch}.btf`)),
    index: readFileSync(dataFile(`vmlinux-7.2-${arch}.idx`)),
    name: `Linux 7.2 (embedded, ${arch})`,
  };
}
