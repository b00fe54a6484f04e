/** Constant expressions: integers where C wants one, addresses where an initialiser may hold one. */
import type { Expr } from "../syntax/ast.ts";
import type { Sema } from "./context.ts";
import { isError } from "./convert.ts";
import { checkValue } from "./expr.ts";
import { withKnown } from "./known-constants.ts";
import { sizeOf } from "./layout.ts";
import type { TExpr, TPlace } from "./tree.ts";
import { isInteger } from "./type-ops.ts";

/** The value of an integer constant expression; `what` begins the message of E0211 if it is none. */
export function constantInt(cx: Sema, e: Expr, what: string): bigint | undefined {
  const checked = withKnown(
    cx,
    cx.asConstant(() => checkValue(cx, e)),
  );
  if (checked.kind === "const" && isInteger(checked.type) && !isError(checked)) return checked.value;
  if (!isError(checked)) cx.sink.error("E0211", e.span, what);
  return undefined;
}

/** Address of a global or function plus bytes. */
export interface ConstAddress {
  readonly symbol: string;
  readonly addend: number;
}

/** The address that an expression is known to be when compiling, if it is one. */
export function constAddress(e: TExpr): ConstAddress | undefined {
  switch (e.kind) {
    case "addr":
      return placeAddress(e.place);
    case "func_addr":
      return { symbol: e.name, addend: 0 };
    case "convert":
      return e.type.kind === "ptr" || (e.type.kind === "int" && e.type.size === 8)
        ? constAddress(e.operand)
        : undefined;
    case "ptr_add": {
      const base = constAddress(e.ptr);
      if (!base || e.offset.kind !== "const") return undefined;
      return { symbol: base.symbol, addend: base.addend + Number(e.offset.value) };
    }
    default:
      return undefined;
  }
}

function placeAddress(p: TPlace): ConstAddress | undefined {
  switch (p.kind) {
    case "global":
      return { symbol: p.name, addend: 0 };
    case "field": {
      const base = placeAddress(p.base);
      return base && { symbol: base.symbol, addend: base.addend + p.off };
    }
    case "deref":
      return constAddress(p.addr);
    case "local":
      return undefined;
  }
}

/**
 * The number that an expression is known to be: a constant, or the offset of a member behind a null pointer, of which
 * older macros make `offsetof`.
 */
export function constantNumber(e: TExpr): bigint | undefined {
  if (e.kind === "const") return e.value;
  if (e.kind === "addr") return placeOffset(e.place);
  if (e.kind === "convert" && sizeOf(e.type) === 8) return constantNumber(e.operand);
  if (e.kind !== "arith" || (e.op !== "add" && e.op !== "sub")) return undefined;
  const [left, right] = [constantNumber(e.left), constantNumber(e.right)];
  if (left === undefined || right === undefined) return undefined;
  return e.op === "add" ? left + right : left - right;
}

/** The address of a place whose base is a number. */
function placeOffset(place: TPlace): bigint | undefined {
  if (place.kind === "deref") return constantNumber(place.addr);
  const base = place.kind === "field" && !place.bits ? placeOffset(place.base) : undefined;
  return base === undefined || place.kind !== "field" ? undefined : base + BigInt(place.off);
}
