/** Which kernel a command works for: the embedded one, a BTF file, or the running kernel's. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { BtfError } from "../btf/format.ts";
import type { DiagSink } from "../diag/diagnostic.ts";
import { type KernelInput, openKernel } from "../kernel/kernel.ts";
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

/** The options that every command for a kernel takes. */
export interface KernelArgs {
  readonly arch: Arch;
  readonly btf?: string | undefined;
  readonly "btf-module": readonly string[];
  readonly kernel?: string | undefined;
}

export const choiceOf = (args: KernelArgs): KernelChoice => ({
  arch: args.arch,
  modules: args["btf-module"],
  ...(args.btf !== undefined && { btf: args.btf }),
  ...(args.kernel !== undefined && { version: args.kernel }),
});

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
  const common = { arch: choice.arch, ...(version && { version }) };
  const base = choice.btf === undefined ? embedded(choice.arch) : givenBtf(choice.btf, sink);
  if (!base) return undefined;
  const plain = tryOpen({ ...common, ...base.input }, base.path, sink);
  if (!plain) return undefined;
  const named = {
    ...common,
    ...base.input,
    name: base.input.name ?? `${plain.name.replace(/ \(.*/, "")} (${base.path})`,
  };
  return modules.length === 0
    ? { ...plain, name: named.name }
    : tryOpen({ ...named, modules }, choice.modules.join(", "), sink);
}

interface Base {
  readonly input: Pick<KernelInput, "btf" | "index" | "name">;
  /** For messages. */
  readonly path: string;
}

function givenBtf(choice: string, sink: DiagSink): Base | undefined {
  const host = choice === "host";
  const btf = readBytes(host ? HOST_BTF : choice, sink);
  return btf && { input: { btf }, path: host ? "this machine's" : choice };
}

function tryOpen(input: KernelInput, path: string, sink: DiagSink): Kernel | undefined {
  try {
    return openKernel(input);
  } catch (error) {
    if (!(error instanceof BtfError)) throw error;
    sink.error("E0317", undefined, path, error.message);
    return undefined;
  }
}

function embedded(arch: Arch): Base {
  const name = `vmlinux-7.2-${arch}`;
  return {
    input: {
      btf: readFileSync(dataFile(`${name}.btf`)),
      index: readFileSync(dataFile(`${name}.idx`)),
      name: `Linux 7.2 (embedded, ${arch})`,
    },
    path: `${name}.btf`,
  };
}
