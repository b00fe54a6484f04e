/** A result that the kernel does not take is replaced by one that it does; calls in it are still made. */
import type { Expr, Stmt } from "../../asm/syntax/ast.ts";
import type { Edit } from "../../diag/diagnostic.ts";
import { replace } from "./insert.ts";
import { statementsIn, within } from "./source-tree.ts";
import { type Mender, type Placer, spotAt, type Trouble } from "./trouble.ts";

type Return = Stmt & { readonly kind: "return" };

export const rightResult: Mender = (t) => {
  const here = [t.made, t.at].map((span) => returnAt(t, span)).find((r) => r !== undefined);
  const all = here ? [here] : returnsOf(t);
  return wanted(t).map((want) =>
    all.flatMap(({ value }) => (value && !value.span.via ? corrected(t, value, want) : [])),
  );
};

/** The `return` that gives the result. */
export const wrongReturn: Placer = (t) => [t.made, t.at].map((s) => returnAt(t, s)).find((r) => r !== undefined)?.span;

/** Permitted numbers, the ends of a range: `XDP_PASS`-like names have no rule. */
function wanted({ finding }: Trouble): readonly string[] {
  return [...(finding.cause.want ?? "").matchAll(/-?\d+/g)].map(([number]) => number);
}

function returnAt({ tree }: Trouble, span: Trouble["made"]): Return | undefined {
  const item = spotAt(tree, span)?.step.item;
  return item?.kind === "return" ? item : undefined;
}

/** Every `return` of the function in which the value was made that does not give a number. */
function returnsOf({ tree, made, at }: Trouble): readonly Return[] {
  const fn = [made, at].map((s) => s && tree.functionAt(s.start)).find((f) => f !== undefined);
  if (!fn) return [];
  return [...statementsIn(fn.body)].filter(
    (s): s is Return => s.kind === "return" && s.value !== undefined && s.value.kind !== "int",
  );
}

function corrected({ tree }: Trouble, value: Expr, want: string): readonly Edit[] {
  const acts = [...within(value)].some(
    (e) => /^(assign|incdec|stmt_expr)$/.test(e.kind) || (e.kind === "call" && changes(e)),
  );
  return [replace(value.span, acts ? `(${tree.text(value.span)}, ${want})` : want)];
}

/** Calls that only tell something. */
const TELLS = /^bpf_(get_|ktime_|session_is_return$|jiffies)/;

const changes = (call: Expr & { readonly kind: "call" }): boolean =>
  !(call.callee.kind === "name" && TELLS.test(call.callee.name));
