/** Declarations that hide another variable (clang's `CheckShadow`). */
import type { Declarator } from "../../syntax/ast.ts";
import type { Sema } from "../context.ts";
import { isSystemMacro } from "./facts.ts";

/** A local is about to be declared in the innermost scope. */
export function shadows(cx: Sema, { name: { name, span } }: Pick<Declarator, "name">): void {
  const { sink } = cx;
  if (sink.levelAt("shadow", span) === "ignored" || isSystemMacro(cx, span)) return;
  const hidden = cx.scope.outer?.find(name);
  if (hidden?.kind === "local") {
    if (hidden.local.span.start !== span.start || hidden.local.span.via)
      sink.warn("shadow", span, name, "a variable of the function").note("declared here", hidden.local.span);
  } else if (hidden?.kind === "global") sink.warn("shadow", span, name, "a variable of the file");
}
