/** What the options of `build` and `check` mean to the compiler: where headers are, and the rest by name. */
import { includeHost, type ReadText, type SearchPath } from "../driver/host.ts";
import type { Kernel } from "../kernel/model.ts";
import type { BuildArgs } from "./build-options.ts";

/** Options for one file; headers are read by `read`. */
export function compileOptions(file: string, kernel: Kernel, args: BuildArgs, read: ReadText) {
  return {
    kernel,
    fileName: file,
    includes: includeHost(read, searchPath(kernel, args)),
    defines: args.D.map(definition),
    undefs: args.U,
    forcedIncludes: args.include,
    cpu: args.mcpu,
    level: args["opt-level"] === "0" ? 0 : 2,
    strictAliasing: args["strict-aliasing"],
    debug: args.debug,
    verify: args.verify,
    resolveKfuncs: args["resolve-kfuncs"],
    withoutPasses: args["without-pass"],
    warnings: { flags: args.warning, none: args["silence-warnings"] },
  } as const;
}

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

/** All folders that the options of a command line name, and the machine's. */
export function searchPath(kernel: Kernel, args: BuildArgs): SearchPath {
  const own = { quoted: args.iquote, dirs: args.I, system: args.isystem };
  if (args.nostdinc || args.nostdlibinc) return { ...own, machine: args.idirafter };
  return { ...own, ...machinePath(kernel, args.idirafter) };
}

function definition(text: string): { name: string; value: string } {
  const equals = text.indexOf("=");
  return equals === -1 ? { name: text, value: "1" } : { name: text.slice(0, equals), value: text.slice(equals + 1) };
}
