/** `--resolve-kfuncs`: kfunc names become BTF ids of the build's kernel, as a loader would write them. */
import type { Subprog } from "../asm/codegen/subprog.ts";
import type { Insn } from "../isa/insn.ts";
import type { Kernel } from "../kernel/model.ts";
import { findKfunc } from "../kfuncs/kfunc.ts";

/** The same code with `src_reg = 2` calls; names that the kernel does not have, or that are a module's, stay. */
export function bindKfuncs(subprogs: readonly Subprog[], kernel: Kernel): readonly Subprog[] {
  return subprogs.map((s) => ({ ...s, lines: s.lines.map((l) => ({ ...l, insn: bind(l.insn, kernel) })) }));
}

function bind(insn: Insn, kernel: Kernel): Insn {
  if (insn.kind !== "call" || insn.callee.kind !== "kfunc") return insn;
  const found = findKfunc(kernel, insn.callee.name);
  if (!found || found.module !== undefined) return insn;
  return { ...insn, callee: { kind: "kfunc_id", btfId: found.btfId, off: 0 } };
}
