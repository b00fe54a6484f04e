/** The embedded kernels and small made-up ones, for tests. */

import { BtfWriter } from "../../src/btf/writer.ts";
import { type OpenKernel, openKernel } from "../../src/kernel/kernel.ts";
import type { Arch } from "../../src/kernel/model.ts";
import { kernelBytes } from "../btf/kernel-data.ts";

export const embedded = (arch: Arch): OpenKernel =>
  openKernel({ arch, btf: kernelBytes(arch, "btf"), index: kernelBytes(arch, "idx") });

/** A kernel whose BTF is what `fill` writes. */
export function madeUp(fill: (writer: BtfWriter) => void): OpenKernel {
  const writer = new BtfWriter();
  fill(writer);
  return openKernel({ arch: "x86", btf: writer.finish() });
}
