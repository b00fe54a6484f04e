/** What passes make of a function; it keeps the rules of SSA before the first and behind each. */
import { checkSsa } from "../../../src/asm/ir/check.ts";
import type { Pass } from "../../../src/asm/ir/edit.ts";
import type { IrFunction } from "../../../src/asm/ir/model.ts";
import { parseIr } from "../../../src/asm/ir/parse.ts";

/** A function, or its text, after the passes in turn. */
export function through(source: IrFunction | string, ...passes: readonly Pass[]): IrFunction {
  const fn = typeof source === "string" ? parseIr(source) : source;
  checkSsa(fn, "the test");
  return passes.reduce((before, pass) => {
    const after = pass.run(before);
    checkSsa(after, pass.name);
    return after;
  }, fn);
}
