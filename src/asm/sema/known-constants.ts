/**
 * What clang computes besides where C wants a constant: `const` variables whose initial value is a constant count as
 * that value, and the distance of two addresses in one object is known.
 */
import { constAddress } from "./constants.ts";
import type { Sema } from "./context.ts";
import { hasEffects } from "./effects.ts";
import { arith, compare, constant, convert, logical, unary } from "./fold.ts";
import { comparedAddresses, knownTruth, loadedConstant } from "./known-data.ts";
import type { TExpr, TPlace } from "./tree.ts";
import { intType, isInteger } from "./type-ops.ts";

/** `e` with the variables of known value in place, computed as far as it goes. */
export function withKnown(cx: Sema, e: TExpr): TExpr {
  const known = (inner: TExpr): TExpr => withKnown(cx, inner);
  switch (e.kind) {
    case "load":
      return loaded(cx, e.place, e) ?? e;
    case "convert":
      if (e.type.kind === "bool") return convert(truth(cx, e.operand), e.type, e.span);
      return e.type.kind === "void" ? e : { ...convert(known(e.operand), e.type, e.span), span: e.span };
    case "arith":
      return arith(e.op, known(e.left), known(e.right), e.type, e.span);
    case "compare":
      return comparison(cx, e);
    case "unary":
      return unary(e.op, e.op === "lnot" ? truth(cx, e.operand) : known(e.operand), e.type, e.span);
    case "logical":
      return logical(e.op, truth(cx, e.left), truth(cx, e.right), e.span);
    case "cond":
      return chosen(cx, e);
    case "comma": {
      const right = hasEffects(e.left) ? undefined : known(e.right);
      return right?.kind === "const" ? { ...right, span: e.span } : e;
    }
    case "ptr_diff":
      return distance(e);
    default:
      return e;
  }
}

/** A truth value: of an address, whether it is null. */
function truth(cx: Sema, e: TExpr): TExpr {
  const e1 = withKnown(cx, e);
  const answer = e1.kind === "const" ? undefined : knownTruth(cx, e1);
  return answer === undefined ? e1 : constant(answer ? 1n : 0n, intType, e.span);
}

function comparison(cx: Sema, e: Extract<TExpr, { kind: "compare" }>): TExpr {
  const made = compare(e.op, withKnown(cx, e.left), withKnown(cx, e.right), e.span);
  if (made.kind !== "compare" || made.left.type.kind !== "ptr") return made;
  const answer = comparedAddresses(cx, made.op, made.left, made.right);
  return answer === undefined ? made : constant(answer ? 1n : 0n, e.type, e.span);
}

function loaded(cx: Sema, place: TPlace, e: Extract<TExpr, { kind: "load" }>): TExpr | undefined {
  const key = place.kind === "local" ? place.local : place.kind === "global" ? place.name : undefined;
  const value = key === undefined ? undefined : cx.knownValues.get(key);
  if (value === undefined || !isInteger(e.type)) return loadedConstant(cx, e);
  return constant(value, e.type, e.span);
}

function chosen(cx: Sema, e: Extract<TExpr, { kind: "cond" }>): TExpr {
  const cond = truth(cx, e.cond);
  if (cond.kind !== "const") return e;
  const arm = cond.value === 0n ? e.else : (e.then ?? withKnown(cx, e.cond));
  return convert(withKnown(cx, arm), e.type, e.span);
}

function distance(e: Extract<TExpr, { kind: "ptr_diff" }>): TExpr {
  const left = constAddress(e.left);
  const right = constAddress(e.right);
  if (!left || !right || left.symbol !== right.symbol) return e;
  return constant(BigInt(Math.trunc((left.addend - right.addend) / e.elemSize)), e.type, e.span);
}
