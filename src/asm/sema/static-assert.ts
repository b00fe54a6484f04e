import type { StaticAssert } from "../syntax/ast.ts";
import { constantInt } from "./constants.ts";
import type { Sema } from "./context.ts";

/** `_Static_assert`: reports E0219 where the condition is false. */
export function staticAssert(cx: Sema, a: StaticAssert): void {
  const value = constantInt(cx, a.cond, "the condition of a static assertion");
  if (value === 0n) cx.sink.error("E0219", a.span, a.message ? new TextDecoder().decode(a.message.bytes) : "");
}
