/**
 * Arguments of a kfunc that the kernel replaces unseen are not passed: the caller knows which (src/kfuncs/kfunc.ts).
 * Relies on: nothing. Keeps: control flow, what is evaluated for an argument.
 */
import type { Pass } from "../edit.ts";
import { withArgs, withCode, withInsts } from "../layout.ts";
import type { Inst } from "../model.ts";

/** How many arguments of a kfunc count, from the first on; undefined where that is not known. */
export type HeededArguments = (kfunc: string) => number | undefined;

export const ignoredArguments = (heeded: HeededArguments): Pass => ({
  name: "ignored-arguments",
  run(fn) {
    let changed = false;
    const shortened = (inst: Inst): Inst => {
      if (inst.op !== "call" || inst.callee.kind !== "kfunc") return inst;
      const count = heeded(inst.callee.name);
      if (count === undefined || count >= inst.args.length) return inst;
      changed = true;
      return withArgs(inst, inst.args.slice(0, count));
    };
    const blocks = fn.blocks.map((block) => withInsts(block, block.insts.map(shortened)));
    return changed ? withCode(fn, blocks) : fn;
  },
});
