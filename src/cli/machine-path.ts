/** The machine's own folders of headers. */
import type { SearchPath } from "../driver/host.ts";
import type { Kernel } from "../kernel/model.ts";

/** Debian's folders for what differs by architecture; other distributions keep `asm/` in `/usr/include`. */
const multiarch: Readonly<Record<Kernel["arch"], string>> = {
  x86: "/usr/include/x86_64-linux-gnu",
  arm64: "/usr/include/aarch64-linux-gnu",
};

/**
 * Where clang looks when it compiles for BPF, its own headers between `local` and `machine`; and last, what clang has
 * to be told by `-idirafter`: the headers of an architecture, the kernel's before any other that the machine has.
 */
export function machinePath({ arch }: Kernel, after: readonly string[] = []): Pick<SearchPath, "local" | "machine"> {
  const ofArch = [...new Set([multiarch[arch], ...Object.values(multiarch)])];
  return { local: ["/usr/local/include"], machine: ["/usr/include", ...after, ...ofArch] };
}
