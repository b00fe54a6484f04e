/** `__sync_*`, `__atomic_*` and `__c11_atomic_*` on scalars of 1 to 8 bytes, and what `_Atomic` makes of operators. */

import type { Span } from "../../support/span.ts";
import type { Expr } from "../syntax/ast.ts";
import { accessNames, isAtomicAccess, orderedAccess } from "./atomic-access.ts";
import type { Sema } from "./context.ts";
import { assigned, errorValue, isError } from "./convert.ts";
import { hasEffects } from "./effects.ts";
import { checkValue } from "./expr.ts";
import { arith, convert } from "./fold.ts";
import { sizeOf } from "./layout.ts";
import { addressOf, derefPlace, stepSize } from "./places.ts";
import type { ArithOp, TExpr, TPlace } from "./tree.ts";
import {
  boolType,
  isAtomic,
  isPtr,
  isScalar,
  longType,
  sameType,
  typeText,
  unqualified,
  voidType,
} from "./type-ops.ts";
import type { CType } from "./types.ts";

type AtomicExpr = Extract<TExpr, { kind: "atomic" }>;

/** Who made the names: GCC's first set, its second one, C11's of clang, which alone take `_Atomic` objects. */
type Family = "sync" | "atomic" | "c11";

interface Shape {
  readonly op: AtomicExpr["op"];
  readonly result: AtomicExpr["result"];
  /** How many arguments there are. */
  readonly args: number;
  /** Operands stand behind pointers, and so does room for the old value. */
  readonly pointers?: true;
  /** What is expected stands behind a pointer, and the old value goes there. */
  readonly exchanges?: true;
}

const shapes: Record<string, Shape> = {
  __sync_val_compare_and_swap: { op: "cmpxchg", result: "old", args: 3 },
  __sync_bool_compare_and_swap: { op: "cmpxchg", result: "success", args: 3 },
  __sync_lock_test_and_set: { op: "xchg", result: "old", args: 2 },
  __sync_swap: { op: "xchg", result: "old", args: 2 },
  __atomic_compare_exchange_n: { op: "cmpxchg", result: "success", args: 6, exchanges: true },
  __atomic_compare_exchange: { op: "cmpxchg", result: "success", args: 6, exchanges: true, pointers: true },
  __atomic_exchange_n: { op: "xchg", result: "old", args: 3 },
  __atomic_exchange: { op: "xchg", result: "old", args: 4, pointers: true },
  __c11_atomic_compare_exchange_strong: { op: "cmpxchg", result: "success", args: 5, exchanges: true },
  __c11_atomic_compare_exchange_weak: { op: "cmpxchg", result: "success", args: 5, exchanges: true },
  __c11_atomic_exchange: { op: "xchg", result: "old", args: 3 },
};
for (const op of ["add", "sub", "or", "and", "xor"] as const) {
  shapes[`__sync_fetch_and_${op}`] = { op, result: "old", args: 2 };
  shapes[`__sync_${op}_and_fetch`] = { op, result: "new", args: 2 };
  shapes[`__atomic_fetch_${op}`] = { op, result: "old", args: 3 };
  shapes[`__atomic_${op}_fetch`] = { op, result: "new", args: 3 };
  shapes[`__c11_atomic_fetch_${op}`] = { op, result: "old", args: 3 };
}

/** What other processors do in one step, and BPF does not (RFC 9669, 5.3). */
const missing = new Set([
  ...["nand", "min", "max"].flatMap((op) => [
    `__atomic_fetch_${op}`,
    `__atomic_${op}_fetch`,
    `__c11_atomic_fetch_${op}`,
  ]),
  ...["__sync_fetch_and_nand", "__sync_nand_and_fetch", "__sync_fetch_and_min", "__sync_fetch_and_max"],
  ...["__sync_fetch_and_umin", "__sync_fetch_and_umax", "__sync_synchronize", "__atomic_test_and_set"],
  ...["__atomic_thread_fence", "__c11_atomic_thread_fence"],
]);

export const atomicNames = (): readonly string[] => [...Object.keys(shapes), ...accessNames()];

export const isAtomicBuiltin = (name: string): boolean =>
  Object.hasOwn(shapes, name) || missing.has(name) || isAtomicAccess(name);

const familyOf = (name: string): Family =>
  name.startsWith("__c11") ? "c11" : name.startsWith("__sync") ? "sync" : "atomic";

export function checkAtomic(cx: Sema, name: string, args: readonly Expr[], span: Span): TExpr {
  if (missing.has(name)) return refused(cx, span, `'${name}'`);
  if (isAtomicAccess(name)) return orderedAccess(cx, name, args, span);
  const shape = shapes[name]!;
  if (args.length !== shape.args) {
    cx.sink.error("E0209", span, name, `${shape.args} arguments`, args.length);
    return errorValue(span);
  }
  const ptr = checkValue(cx, args[0]!);
  const to = atomicObject(cx, name, ptr);
  if (!to) return errorValue(span);
  const orders = ordersOf(cx, shape, args);
  const call: Call = { cx, name, shape, ptr, to, args, span };
  const made = shape.exchanges ? compareExchange(call) : shape.pointers ? exchange(call) : modify(call);
  if (isError(made)) return made;
  return orders.reduce<TExpr>((e, order) => (hasEffects(order) ? behind(order, e) : e), made);
}

interface Call {
  readonly cx: Sema;
  readonly name: string;
  readonly shape: Shape;
  readonly ptr: TExpr;
  readonly to: CType;
  readonly args: readonly Expr[];
  readonly span: Span;
}

/** BPF has no instruction for it. */
export function refused(cx: Sema, span: Span, what: string): TExpr {
  cx.sink.error("E0413", span, what);
  return errorValue(span);
}

/** The type of the object that the first argument points at; reports what is no pointer to a fitting one. */
export function atomicObject(cx: Sema, name: string, ptr: TExpr): CType | undefined {
  if (isError(ptr)) return undefined;
  const to = isPtr(ptr.type) ? ptr.type.to : undefined;
  const isC11 = familyOf(name) === "c11";
  if (to && isScalar(to) && isAtomic(to) === isC11 && (sizeOf(to) ?? 16) <= 8) return unqualified(to);
  if (to && isScalar(to) && sizeOf(to) === 16) {
    cx.sink.error("E0407", ptr.span, `the object of '${name}'`).help("BPF's atomic operations have 4 or 8 bytes");
    return undefined;
  }
  const want = isC11 ? "a pointer to an _Atomic integer" : "a pointer to an integer";
  cx.sink.error("E0203", ptr.span, `argument 1 of '${name}'`, want, typeText(ptr.type));
  return undefined;
}

/** Every operation is in the full order of BPF's own, so that orders are only evaluated. */
function ordersOf(cx: Sema, { args: count, op }: Shape, args: readonly Expr[]): TExpr[] {
  const operands = op === "cmpxchg" ? 3 : count === 4 ? 3 : 2;
  return args.slice(operands).map((e) => checkValue(cx, e));
}

const behind = (first: TExpr, e: TExpr): TExpr => ({
  kind: "comma",
  left: convert(first, voidType),
  right: e,
  type: e.type,
  span: e.span,
});

const atomicSize = (type: CType): AtomicExpr["size"] => sizeOf(type) as AtomicExpr["size"];

/** Fetch-and-operate, exchange, and the compare-and-swap of `__sync_*`. */
function modify(call: Call): TExpr {
  const { cx, name, shape, ptr, to, args, span } = call;
  const { op, result } = shape;
  if (op !== "xchg" && op !== "cmpxchg") {
    const by = checkValue(cx, args[1]!);
    return atomicArith(call, op, ptr, to, isPtr(to) ? steps(call, by) : operand(call, by, 1), result);
  }
  const operands = args
    .slice(1, op === "cmpxchg" ? 3 : 2)
    .map((a, i) => assigned(cx, checkValue(cx, a), to, `argument ${i + 2} of '${name}'`));
  if (operands.some(isError)) return errorValue(span);
  const isSwap = op === "cmpxchg";
  return {
    kind: "atomic",
    op,
    ptr,
    size: atomicSize(to),
    value: operands[isSwap ? 1 : 0]!,
    ...(isSwap && { expected: operands[0]! }),
    result,
    type: result === "success" ? boolType : to,
    span,
  };
}

const operand = ({ cx, name, to }: Call, e: TExpr, i: number): TExpr =>
  assigned(cx, e, to, `argument ${i + 1} of '${name}'`);

/** Pointers move by bytes in GCC's names, by elements in C11's. */
function steps({ cx, name, ptr, to }: Call, by: TExpr): TExpr {
  const wide = assigned(cx, by, longType, `argument 2 of '${name}'`);
  if (familyOf(name) !== "c11" || isError(wide)) return wide;
  const size = stepSize(cx, { ...ptr, type: to } as TExpr);
  const scale: TExpr = { kind: "const", value: BigInt(size), type: longType, span: by.span };
  return arith("mul", wide, scale, longType, by.span);
}

type Fetched = Extract<AtomicExpr["op"], ArithOp>;

/** Reads, changes and writes; what a pointer holds is changed as a number. */
function atomicArith(
  { cx, name, span }: { readonly cx: Sema; readonly name: string; readonly span: Span },
  op: Fetched,
  ptr: TExpr,
  to: CType,
  value: TExpr,
  result: AtomicExpr["result"],
): TExpr {
  if (isError(value)) return value;
  if (to.kind === "bool") {
    cx.sink.error("E0203", ptr.span, name, "a pointer to an integer", typeText(ptr.type));
    return errorValue(span);
  }
  const type = isPtr(to) ? longType : to;
  const made: TExpr = { kind: "atomic", op, ptr, size: atomicSize(to), value, result, type, span };
  return convert(made, to, span);
}

/** `__atomic_compare_exchange_n(p, &expected, desired, weak, order, order)` and its kin. */
function compareExchange(call: Call): TExpr {
  const { cx, name, shape, ptr, to, args, span } = call;
  const exchanged = operandPlace(call, 1);
  const value = shape.pointers ? loadBehind(call, 2) : operand(call, checkValue(cx, args[2]!), 2);
  if (!exchanged || !value || isError(value)) return errorValue(span);
  if (exchanged.type.q?.const) {
    cx.sink.error("E0221", span, `what argument 2 of '${name}' points at`);
    return errorValue(span);
  }
  const size = atomicSize(to);
  return { kind: "atomic", op: "cmpxchg", ptr, size, value, exchanged, result: "success", type: boolType, span };
}

/** `__atomic_exchange(p, &value, &old, order)`. */
function exchange(call: Call): TExpr {
  const { ptr, to, span } = call;
  const value = loadBehind(call, 1);
  const place = operandPlace(call, 2);
  if (!value || !place) return errorValue(span);
  const old: TExpr = { kind: "atomic", op: "xchg", ptr, size: atomicSize(to), value, result: "old", type: to, span };
  return convert({ kind: "assign", place, value: old, type: to, span }, voidType);
}

/** What an argument points at, an object of the atomic one's type; reports any other. */
function operandPlace({ cx, name, to, ptr, args, span }: Call, i: number): TPlace | undefined {
  const e = checkValue(cx, args[i]!);
  if (isError(e)) return undefined;
  if (isPtr(e.type) && !isAtomic(e.type.to) && isScalar(e.type.to)) {
    const same = isPtr(to) ? isPtr(e.type.to) : sizeOf(e.type.to) === sizeOf(to) && !isPtr(e.type.to);
    if (same || sameType(unqualified(e.type.to), to)) return derefPlace(cx, e, span);
  }
  cx.sink.error("E0203", e.span, `argument ${i + 1} of '${name}'`, typeText(ptr.type), typeText(e.type));
  return undefined;
}

function loadBehind(call: Call, i: number): TExpr | undefined {
  const place = operandPlace(call, i);
  return place && convert({ kind: "load", place, type: unqualified(place.type), span: place.span }, call.to);
}

const atomicOps: ReadonlySet<ArithOp> = new Set<Fetched>(["add", "sub", "and", "or", "xor"]);

/**
 * `place op= value` of an `_Atomic` object, in one instruction where BPF has it (C11 6.5.16.2p3); `old`: the value is
 * the one before. `text` is the operator for messages.
 */
export function atomicUpdate(
  cx: Sema,
  op: ArithOp,
  place: TPlace,
  value: TExpr,
  { old, text, span }: { readonly old: boolean; readonly text: string; readonly span: Span },
): TExpr {
  const to = unqualified(place.type);
  if (!atomicOps.has(op) || isPtr(to) || to.kind === "bool")
    return refused(cx, span, `'${text}' on '${typeText(place.type)}' in one step`);
  const ptr = addressOf(place, place.span);
  return atomicArith({ cx, name: text, span }, op as Fetched, ptr, to, convert(value, to), old ? "old" : "new");
}
