/** Calls that `__attribute__((cleanup(fn)))` asks for: made on every way out of a scope, the last declared first. */
import type { TStmt } from "../sema/tree.ts";
import type { FunctionContext } from "./context.ts";
import { runEffects } from "./expr.ts";

/** Whether the scope that holds the statement owes a call for it. */
export const hasCleanup = (stmt: TStmt): boolean => stmt.kind === "local" && stmt.cleanup !== undefined;

/** Runs the cleanups above `depth`; they stay due for the other ways out. */
export function cleanUp(cx: FunctionContext, depth: number): void {
  for (let i = cx.cleanups.length - 1; i >= depth; i--) runEffects(cx, cx.cleanups[i]!.call);
}

/** Lowers a scope; behind it the cleanups of its locals are done, after `body` has made its value. */
export function inCleanupScope<T>(cx: FunctionContext, body: () => T): T {
  const depth = cx.cleanups.length;
  const made = body();
  if (!cx.b.sealed) cleanUp(cx, depth);
  cx.cleanups.length = depth;
  return made;
}

/** Before a `goto`: ends the lives of locals that are not in scope at the label. */
export function leaveFor(cx: FunctionContext, label: string): void {
  const alive = cx.fn.cleanupsAt.get(label) ?? [];
  const first = cx.cleanups.findIndex((cleanup) => !alive.includes(cleanup.local));
  if (first !== -1) cleanUp(cx, first);
}
