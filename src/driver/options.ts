/** What a compilation can be told; every option means what the same one means to clang. */

import { optionalSteps } from "../asm/codegen/generate.ts";
import { neededPasses, optionalPasses as optionalIrPasses, type PassDump } from "../asm/ir/optimise.ts";
import type { Observer } from "../asm/sema/observer.ts";
import type { IncludeHost } from "../asm/syntax/input.ts";
import type { Kernel } from "../kernel/model.ts";
import type { Memory } from "./memory.ts";

export type { PassDump };

/** Passes over the intermediate code, all that run by default. */
export const irPasses: readonly string[] = [...optionalIrPasses, ...neededPasses];
/** Passes and steps of code generation that can be left out. */
export const optionalPasses: readonly string[] = [...optionalIrPasses, ...optionalSteps];

export interface WarningOptions {
  /** What stands behind each `-W`, in order: `all`, `no-shadow`, `error`, `error=return-type`, `no-error=cpp`. */
  readonly flags?: readonly string[];
  /** `-w`. */
  readonly none?: boolean;
}

/** The stages of a compilation, in order. */
export type Stage = "parse" | "check" | "lower" | "optimise" | "generate" | "write" | "verify";

export interface CompileOptions {
  readonly kernel: Kernel;
  /** Name of the file, for messages and line info. */
  readonly fileName?: string;
  /** Finds included files; without one, only built-in headers are found. */
  readonly includes?: IncludeHost;
  /** `-D`, with the value after `=` (`1` if there is none). */
  readonly defines?: readonly { readonly name: string; readonly value: string }[];
  readonly undefs?: readonly string[];
  /** `-include`. */
  readonly forcedIncludes?: readonly string[];
  /** `-mcpu`; v3 by default, as clang 21's. */
  readonly cpu?: "v1" | "v2" | "v3" | "v4";
  readonly level?: 0 | 2;
  /** False: accesses by one type may reach objects of any other (`-fno-strict-aliasing`). */
  readonly strictAliasing?: boolean;
  /** False: no source lines (`-g0`). Types stay: maps, externs and CO-RE cannot do without. */
  readonly debug?: boolean;
  /** False: the verifier is not asked (`--no-verify`). */
  readonly verify?: boolean;
  /** Kfunc calls hold BTF ids of this kernel instead of names. */
  readonly resolveKfuncs?: boolean;
  readonly warnings?: WarningOptions;
  /** Is told what the names of the source stand for. */
  readonly observer?: Observer;
  /** Called again and again while the work goes on, hundreds of times a second; what it throws ends the compilation. */
  readonly pulse?: () => void;
  /** Of earlier compilations of this file: what is still so is not worked out again. Nothing else changes by it. */
  readonly memory?: Memory;
  /** Called when a stage has ended, by whoever wants to know how long it took. */
  readonly ended?: (stage: Stage) => void;
  /** What the optimizer and code generation leave out, of `optionalPasses`. */
  readonly withoutPasses?: readonly string[];
  /** The rules of SSA are checked after each pass; a broken one is a bug of ours and names the pass. */
  readonly checkPasses?: boolean;
  /** Called with the text of the intermediate code after each pass, and before those that changed it. */
  readonly dump?: PassDump;
}
