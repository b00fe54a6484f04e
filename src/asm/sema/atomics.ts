/** `__sync_*` and `__atomic_*` on integers of 1 to 8 bytes. */

import type { Span } from "../../support/span.ts";
import type { Expr } from "../syntax/ast.ts";
import type { Sema } from "./context.ts";
import { assigned, errorValue, isError } from "./convert.ts";
import { checkValue } from "./expr.ts";
import { sizeOf } from "./layout.ts";
import { derefPlace } from "./places.ts";
import type { TExpr } from "./tree.ts";
import { boolType, isPtr, isScalar, qualify, typeText, unqualified, voidType } from "./type-ops.ts";
import type { CType, PtrType } from "./types.ts";

type AtomicExpr = Extract<TExpr, { kind: "atomic" }>;

interface Shape {
  readonly op: AtomicExpr["op"];
  readonly result: AtomicExpr["result"];
  readonly args: number;
  /** What is expected stands behind a pointer, and the old value goes there. */
  readonly exchanges?: true;
}

const shapes: Record<string, Shape> = {
  __sync_val_compare_and_swap: { op: "cmpxchg", result: "old", args: 3 },
  __sync_bool_compare_and_swap: { op: "cmpxchg", result: "success", args: 3 },
  __sync_lock_test_and_set: { op: "xchg", result: "old", args: 2 },
  __atomic_compare_exchange_n: { op: "cmpxchg", result: "success", args: 6, exchanges: true },
  __atomic_exchange_n: { op: "xchg", result: "old", args: 3 },
};
for (const op of ["add", "sub", "or", "and", "xor"] as const) {
  shapes[`__sync_fetch_and_${op}`] = { op, result: "old", args: 2 };
  shapes[`__sync_${op}_and_fetch`] = { op, result: "new", args: 2 };
  shapes[`__atomic_fetch_${op}`] = { op, result: "old", args: 3 };
  shapes[`__atomic_${op}_fetch`] = { op, result: "new", args: 3 };
}

const isPlainAccess = (name: string): boolean => name === "__atomic_load_n" || name === "__atomic_store_n";

export const atomicNames = (): readonly string[] => [...Object.keys(shapes), "__atomic_load_n", "__atomic_store_n"];

export const isAtomicBuiltin = (name: string): boolean => Object.hasOwn(shapes, name) || isPlainAccess(name);

export function checkAtomic(cx: Sema, name: string, args: readonly Expr[], span: Span): TExpr {
  const shape = shapes[name];
  const want = shape?.args ?? (name === "__atomic_load_n" ? 2 : 3);
  if (args.length !== want) {
    cx.sink.error("E0209", span, name, `${want} arguments`, args.length);
    return errorValue(span);
  }
  const ptr = checkValue(cx, args[0]!);
  if (isError(ptr)) return ptr;
  const to = isPtr(ptr.type) ? unqualified(ptr.type.to) : undefined;
  const size = to && isScalar(to) ? sizeOf(to) : undefined;
  if (!to || !size || size > 8) {
    cx.sink.error("E0203", ptr.span, `argument 1 of '${name}'`, "a pointer to an integer", typeText(ptr.type));
    return errorValue(span);
  }
  if (!shape) return plainAccess(cx, name, ptr, to, args, span);
  if (shape.exchanges) return compareExchange(cx, name, ptr, to, args, span);
  const operands = args
    .slice(1, shape.op === "cmpxchg" ? 3 : 2)
    .map((a, i) => assigned(cx, checkValue(cx, a), to, `argument ${i + 2} of '${name}'`));
  if (operands.some(isError)) return errorValue(span);
  const exchange = shape.op === "cmpxchg";
  return {
    kind: "atomic",
    op: shape.op,
    ptr,
    size: size as 1 | 2 | 4 | 8,
    value: operands[exchange ? 1 : 0]!,
    ...(exchange && { expected: operands[0]! }),
    result: shape.result,
    type: shape.result === "success" ? boolType : to,
    span,
  };
}

/** `__atomic_compare_exchange_n(p, &expected, desired, weak, order, order)`: every order is that of BPF's own, the full one. */
function compareExchange(cx: Sema, name: string, ptr: TExpr, to: CType, args: readonly Expr[], span: Span): TExpr {
  const expected = checkValue(cx, args[1]!);
  const desired = assigned(cx, checkValue(cx, args[2]!), to, `argument 3 of '${name}'`);
  for (const e of args.slice(3)) checkValue(cx, e);
  if (isError(expected) || isError(desired)) return errorValue(span);
  if (!isPtr(expected.type) || sizeOf(expected.type.to) !== sizeOf(to) || !isScalar(expected.type.to)) {
    cx.sink.error("E0203", expected.span, `argument 2 of '${name}'`, typeText(ptr.type), typeText(expected.type));
    return errorValue(span);
  }
  const size = sizeOf(to) as 1 | 2 | 4 | 8;
  const exchanged = derefPlace(cx, expected, span);
  return {
    kind: "atomic",
    op: "cmpxchg",
    ptr,
    size,
    value: desired,
    exchanged,
    result: "success",
    type: boolType,
    span,
  };
}

/** A relaxed load or store is a volatile one; other orders need instructions of later processors. */
function plainAccess(cx: Sema, name: string, ptr: TExpr, to: CType, args: readonly Expr[], span: Span): TExpr {
  const order = checkValue(cx, args.at(-1)!);
  if (order.kind !== "const" || order.value !== 0n) {
    cx.sink.error("E0230", span, `'${name}' with an order other than __ATOMIC_RELAXED`);
    return errorValue(span);
  }
  const type: PtrType = { kind: "ptr", to: qualify(to, { volatile: true }) };
  const place = derefPlace(cx, { ...ptr, type } as TExpr, span);
  if (name === "__atomic_load_n") return { kind: "load", place, type: to, span };
  const v = assigned(cx, checkValue(cx, args[1]!), to, `argument 2 of '${name}'`);
  const store: TExpr = { kind: "assign", place, value: v, type: to, span };
  return { kind: "convert", operand: store, type: voidType, span };
}
