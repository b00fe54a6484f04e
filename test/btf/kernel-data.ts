/** The embedded kernels, opened once for the tests of a file. */
import { readFileSync } from "node:fs";
import type { Arch } from "../../src/kernel/model.ts";

export const kernelBytes = (arch: Arch, kind: "btf" | "idx"): Uint8Array =>
  readFileSync(new URL(`../../data/vmlinux-7.2-${arch}.${kind}`, import.meta.url));
