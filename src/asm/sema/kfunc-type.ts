/** The C type of a kfunc. */
import type { Kfunc } from "../../kfuncs/kfunc.ts";
import type { Sema } from "./context.ts";
import { qualify } from "./type-ops.ts";
import type { CType, FuncType } from "./types.ts";

const inArena = (t: CType): CType => (t.kind === "ptr" ? { ...t, to: qualify(t.to, { space: 1 }) } : t);

/**
 * The type of a kfunc of the kernel itself. What it gives and takes in an arena is marked, which the flags tell
 * (KF_ARENA_RET, KF_ARENA_ARG1 and 2) and BTF does not in every kernel.
 */
export function kfuncType(cx: Sema, { proto, flags }: Kfunc): FuncType | undefined {
  const type = cx.types.type(proto);
  if (type.kind !== "func") return undefined;
  const inArenaAt: readonly boolean[] = [flags.includes("ARENA_ARG1"), flags.includes("ARENA_ARG2")];
  return {
    ...type,
    ret: flags.includes("ARENA_RET") ? inArena(type.ret) : type.ret,
    params: type.params.map((p, index) => (inArenaAt[index] ? { ...p, type: inArena(p.type) } : p)),
  };
}
