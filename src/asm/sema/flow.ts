/** Whether control can run off the end of a statement: loops that never end, returns, gotos. */
import type { TStmt } from "./tree.ts";

/** Conservative: says true where it cannot tell. */
export function canReachEnd(s: TStmt): boolean {
  switch (s.kind) {
    case "block":
      return blockReachesEnd(s.items);
    case "if":
      if (s.cond.kind === "const") {
        if (s.cond.value !== 0n) return canReachEnd(s.then);
        return s.else ? canReachEnd(s.else) : true;
      }
      return canReachEnd(s.then) || !s.else || canReachEnd(s.else);
    case "loop": {
      const endless = !s.cond || (s.cond.kind === "const" && s.cond.value !== 0n);
      return !endless || hasBreak(s.body);
    }
    case "switch":
      return !s.cases.some((c) => !c.range) || hasBreak(s.body) || canReachEnd(s.body);
    case "case":
    case "label":
      return canReachEnd(s.body);
    case "goto":
    case "return":
    case "break":
    case "continue":
      return false;
    case "expr":
      return !neverReturns(s);
    default:
      return true;
  }
}

/** A label or case makes what follows a dead statement reachable again. */
function blockReachesEnd(items: readonly TStmt[]): boolean {
  let reached = true;
  for (const item of items) {
    if (!reached && !hasLabel(item)) continue;
    reached = canReachEnd(item);
  }
  return reached;
}

function hasLabel(s: TStmt): boolean {
  switch (s.kind) {
    case "label":
    case "case":
      return true;
    case "block":
      return s.items.some(hasLabel);
    case "if":
      return hasLabel(s.then) || (s.else !== undefined && hasLabel(s.else));
    case "loop":
    case "switch":
      return hasLabel(s.body);
    default:
      return false;
  }
}

/** A `break` that leaves this statement, not one inside it. */
function hasBreak(s: TStmt): boolean {
  switch (s.kind) {
    case "break":
      return true;
    case "block":
      return s.items.some(hasBreak);
    case "if":
      return hasBreak(s.then) || (s.else !== undefined && hasBreak(s.else));
    case "case":
    case "label":
      return hasBreak(s.body);
    default:
      return false;
  }
}

function neverReturns(s: Extract<TStmt, { kind: "expr" }>): boolean {
  const inner = s.expr.kind === "convert" ? s.expr.operand : s.expr;
  return inner.kind === "builtin" && (inner.builtin.kind === "unreachable" || inner.builtin.kind === "trap");
}
