/** What the options of `build` and `check` mean to the compiler: where headers are, and the rest by name. */
import { includeHost, type ReadText, type SearchPath } from "../driver/host.ts";
import type { Kernel } from "../kernel/model.ts";
import type { BuildArgs } from "./build-options.ts";
import { machinePath } from "./machine-path.ts";

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
