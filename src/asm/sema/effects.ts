/** Whether evaluating an expression does anything besides making its value. */
import type { TExpr, TPlace } from "./tree.ts";
import { isAtomic } from "./type-ops.ts";

/** Calls, stores, volatile reads and whatever runs statements; says yes where it cannot tell. */
export function hasEffects(e: TExpr): boolean {
  switch (e.kind) {
    case "const":
    case "func_addr":
    case "core":
      return false;
    case "load":
      return isVolatile(e.place) || placeHasEffects(e.place);
    case "addr":
      return placeHasEffects(e.place);
    case "unary":
    case "convert":
      return hasEffects(e.operand);
    case "arith":
    case "compare":
    case "logical":
    case "comma":
    case "ptr_diff":
      return hasEffects(e.left) || hasEffects(e.right);
    case "ptr_add":
      return hasEffects(e.ptr) || hasEffects(e.offset);
    case "cond":
      return hasEffects(e.cond) || (e.then !== undefined && hasEffects(e.then)) || hasEffects(e.else);
    case "builtin":
      return e.builtin.kind === "store_release" || !("value" in e.builtin) || hasEffects(e.builtin.value);
    default:
      return true;
  }
}

const isVolatile = ({ type }: TPlace): boolean => type.q?.volatile === true || isAtomic(type);

function placeHasEffects(place: TPlace): boolean {
  if (place.kind === "deref") return hasEffects(place.addr);
  return place.kind === "field" && placeHasEffects(place.base);
}
