/** Kfuncs that a file declares itself, held against those of the kernel. */

import { reportProblem } from "../../kernel/problem.ts";
import { findKfunc, kfuncPrototype, noSuchKfunc } from "../../kfuncs/kfunc.ts";
import type { Sema } from "./context.ts";
import type { TExtern } from "./tree.ts";
import { typeText } from "./type-ops.ts";
import type { CType, FuncType } from "./types.ts";

/** Reports declared kfuncs that this kernel lacks (unless `anyKfunc`) or has with another prototype. Weak ones may be missing. */
export function checkExterns(cx: Sema): void {
  for (const extern of cx.externs)
    if (extern.kind === "kfunc" && extern.declared && !extern.weak) checkKfunc(cx, extern);
}

function checkKfunc(cx: Sema, extern: TExtern): void {
  const kfunc = findKfunc(cx.kernel, extern.name);
  if (!kfunc) {
    if (!cx.options.anyKfunc) reportProblem(cx.sink, extern.span, noSuchKfunc(cx.kernel, extern.name));
    return;
  }
  if (kfunc.module !== undefined || extern.type.kind !== "func") return;
  const real = cx.types.type(kfunc.proto);
  if (real.kind !== "func" || matches(extern.type, real)) return;
  cx.sink
    .error("E0309", extern.span, extern.name, typeText(extern.type, extern.name), kfuncPrototype(kfunc))
    .help("leave the declaration out: the kernel's own is known");
}

/** As the loader compares them: the same number of parameters, and the same kinds through pointers (libbpf, relo_core.c). */
const matches = (a: FuncType, b: FuncType): boolean =>
  a.params.length === b.params.length &&
  sameKinds(a.ret, b.ret) &&
  a.params.every((p, i) => sameKinds(p.type, b.params[i]!.type));

const kindOf = (t: CType): string => (t.kind === "bool" ? "int" : t.kind === "record" ? t.decl.of : t.kind);

function sameKinds(a: CType, b: CType): boolean {
  if (a.kind === "ptr" && b.kind === "ptr") return sameKinds(a.to, b.to);
  if (a.kind === "func" && b.kind === "func") return matches(a, b);
  return kindOf(a) === kindOf(b);
}
