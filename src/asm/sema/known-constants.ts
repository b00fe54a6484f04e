/**
 * What clang computes besides where C wants a constant: `const` variables whose initial value is a constant count as
 * that value, and the distance of two addresses in one object is known.
 */
import { constAddress } from "./constants.ts";
import type { Sema } from "./context.ts";
import { arith, compare, constant, convert, logical, unary } from "./fold.ts";
import type { TExpr, TPlace } from "./tree.ts";
import { isInteger } from "./type-ops.ts";

/** `e` with the variables of known value in place, computed as far as it goes. */
export function withKnown(cx: Sema, e: TExpr): TExpr {
  const known = (inner: TExpr): TExpr => withKnown(cx, inner);
  switch (e.kind) {
    case "load":
      return loaded(cx, e.place, e) ?? e;
    case "convert":
      return e.type.kind === "void" ? e : { ...convert(known(e.operand), e.type, e.span), span: e.span };
    case "arith":
      return arith(e.op, known(e.left), known(e.right), e.type, e.span);
    case "compare":
      return compare(e.op, known(e.left), known(e.right), e.span);
    case "unary":
      return unary(e.op, known(e.operand), e.type, e.span);
    case "logical":
      return logical(e.op, known(e.left), known(e.right), e.span);
    case "cond":
      return chosen(cx, e);
    case "ptr_diff":
      return distance(e);
    default:
      return e;
  }
}

function loaded(cx: Sema, place: TPlace, e: TExpr): TExpr | undefined {
  const key = place.kind === "local" ? place.local : place.kind === "global" ? place.name : undefined;
  const value = key === undefined ? undefined : cx.knownValues.get(key);
  return value === undefined || !isInteger(e.type) ? undefined : constant(value, e.type, e.span);
}

function chosen(cx: Sema, e: Extract<TExpr, { kind: "cond" }>): TExpr {
  const cond = withKnown(cx, e.cond);
  if (cond.kind !== "const") return e;
  const arm = cond.value === 0n ? e.else : (e.then ?? cond);
  return convert(withKnown(cx, arm), e.type, e.span);
}

function distance(e: Extract<TExpr, { kind: "ptr_diff" }>): TExpr {
  const left = constAddress(e.left);
  const right = constAddress(e.right);
  if (!left || !right || left.symbol !== right.symbol) return e;
  return constant(BigInt(Math.trunc((left.addend - right.addend) / e.elemSize)), e.type, e.span);
}
