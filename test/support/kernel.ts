/** The embedded kernel, for tests that compile. */
import { readFileSync } from "node:fs";
import { openKernel } from "../../src/kernel/kernel.ts";
import type { Arch, Kernel } from "../../src/kernel/model.ts";

export function embeddedKernel(arch: Arch = "x86"): Kernel {
  return openKernel({
    arch,
    btf: readFileSync(`data/vmlinux-7.2-${arch}.btf`),
    index: readFileSync(`data/vmlinux-7.2-${arch}.idx`),
    name: `Linux 7.2 (embedded, ${arch})`,
  });
}
