/** The order of the passes. At level 0 only those that code generation cannot do without. */
import { checkSsa } from "./check.ts";
import type { Pass } from "./edit.ts";
import type { IrFunction, IrProgram } from "./model.ts";
import { dropDead } from "./passes/dead.ts";
import { expand } from "./passes/expand.ts";
import { inlineCalls } from "./passes/inline.ts";
import { promote } from "./passes/promote.ts";
import { simplifyCfg } from "./passes/simplify-cfg.ts";
import { printIr } from "./print.ts";

export interface OptimiseOptions {
  /** 0: only what must be done. */
  readonly level: 0 | 2;
  /** The machine; signed division exists from v4 on. The default is v3. */
  readonly cpu?: "v1" | "v2" | "v3" | "v4";
  /** Bytes of constant globals, by name: loads of them fold. */
  readonly constants?: ReadonlyMap<string, Uint8Array>;
  /** Called with each pass's result; `text` prints it. */
  readonly dump?: (pass: string, text: () => string) => void;
  /** Check SSA after each pass, to name the guilty one. */
  readonly check?: boolean;
}

function runPasses(fn: IrFunction, passes: readonly Pass[], options: OptimiseOptions): IrFunction {
  return passes.reduce((before, pass) => {
    const after = pass.run(before);
    if (options.check && after !== before) checkSsa(after, pass.name);
    options.dump?.(pass.name, () => printIr(after));
    return after;
  }, fn);
}

/** The program as code generation takes it: no copies or fills, scalars in values, `always` functions inlined. */
export function optimise(program: IrProgram, options: OptimiseOptions): IrProgram {
  const early = [simplifyCfg, promote, dropDead];
  const late = [expand, promote, dropDead, simplifyCfg];
  const inlined = inlineCalls(program, {
    auto: options.level > 0,
    optimise: (fn) => runPasses(fn, early, options),
  });
  return { functions: inlined.functions.map((fn) => runPasses(fn, late, options)) };
}
