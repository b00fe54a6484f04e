/**
 * Arguments of a kfunc that the kernel never looks at are not passed: the last ones, whose names end in `__ign`
 * (kernel/bpf/verifier.c: is_kfunc_arg_ignore).
 * Relies on: nothing. Keeps: control flow, what is evaluated for an argument.
 */
import type { Pass } from "../edit.ts";
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
      return { ...inst, args: inst.args.slice(0, count) };
    };
    const blocks = fn.blocks.map((block) => ({ ...block, insts: block.insts.map(shortened) }));
    return changed ? { ...fn, blocks } : fn;
  },
});
