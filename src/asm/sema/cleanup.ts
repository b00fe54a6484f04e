/** `__attribute__((cleanup(fn)))`: the call that ends a local's life, and the jumps that would begin it half-way. */
import type { Expr } from "../syntax/ast.ts";
import type { FunctionState, Sema } from "./context.ts";
import { isError } from "./convert.ts";
import { effect } from "./stmt.ts";
import type { TExpr, TLocal } from "./tree.ts";

/** The call `fn(&local)`; undefined after a diagnostic. From here on `local` counts as one that needs it. */
export function checkCleanup(cx: Sema, local: TLocal, callee: Extract<Expr, { kind: "name" }>): TExpr | undefined {
  const { span } = callee;
  const operand: Expr = { kind: "name", name: local.name, span };
  const call = effect(cx, { kind: "call", callee, args: [{ kind: "unary", op: "&", operand, span }], span });
  const inner = call.kind === "convert" ? call.operand : call;
  if (isError(inner)) return undefined;
  const state = cx.fn!;
  state.cleanups = [...state.cleanups, local];
  return call;
}

/** Where labels stand among locals with a cleanup; reports each `goto` that enters the scope of one. */
export function checkGotos(cx: Sema, state: FunctionState): void {
  for (const { name, span, cleanups } of state.gotos) {
    const entered = state.labels.get(name)?.cleanups?.find((local) => !cleanups.includes(local));
    if (entered) cx.sink.error("E0245", span, "goto", entered.name).note("declared here", entered.span);
  }
}

export const cleanupsAt = (state: FunctionState): ReadonlyMap<string, readonly TLocal[]> =>
  new Map([...state.labels].flatMap(([name, { cleanups = [] }]) => (cleanups.length > 0 ? [[name, cleanups]] : [])));
