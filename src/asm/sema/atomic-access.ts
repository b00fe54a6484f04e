/** Atomic loads and stores in a given order, fences, and whether a size needs a lock. */

import type { Span } from "../../support/span.ts";
import type { Expr } from "../syntax/ast.ts";
import { atomicObject, refused } from "./atomics.ts";
import type { Sema } from "./context.ts";
import { assigned, errorValue, isError } from "./convert.ts";
import { checkValue } from "./expr.ts";
import { constant, convert } from "./fold.ts";
import { sizeOf } from "./layout.ts";
import { derefPlace } from "./places.ts";
import type { TExpr } from "./tree.ts";
import { boolType, isPtr, qualify, sameType, spaceOf, typeText, unqualified, voidType } from "./type-ops.ts";
import type { CType, PtrType } from "./types.ts";

interface Access {
  readonly kind: "load" | "store" | "init" | "fence" | "lock_free";
  readonly args: number;
  /** The value stands, or goes, behind a pointer. */
  readonly pointer?: true;
  /** The order where no argument says it. */
  readonly order?: number;
}

const accesses: Readonly<Record<string, Access>> = {
  __atomic_load_n: { kind: "load", args: 2 },
  __atomic_load: { kind: "load", args: 3, pointer: true },
  __c11_atomic_load: { kind: "load", args: 2 },
  __atomic_store_n: { kind: "store", args: 3 },
  __atomic_store: { kind: "store", args: 3, pointer: true },
  __c11_atomic_store: { kind: "store", args: 3 },
  __atomic_clear: { kind: "store", args: 2 },
  __sync_lock_release: { kind: "store", args: 1, order: 3 },
  __c11_atomic_init: { kind: "init", args: 2 },
  __atomic_signal_fence: { kind: "fence", args: 1 },
  __c11_atomic_signal_fence: { kind: "fence", args: 1 },
  __atomic_always_lock_free: { kind: "lock_free", args: 2 },
  __atomic_is_lock_free: { kind: "lock_free", args: 2 },
  __c11_atomic_is_lock_free: { kind: "lock_free", args: 1 },
};

export const accessNames = (): readonly string[] => Object.keys(accesses);
export const isAtomicAccess = (name: string): boolean => Object.hasOwn(accesses, name);

interface Call {
  readonly cx: Sema;
  readonly name: string;
  readonly access: Access;
  readonly args: readonly Expr[];
  readonly span: Span;
}

export function orderedAccess(cx: Sema, name: string, args: readonly Expr[], span: Span): TExpr {
  const access = accesses[name]!;
  if (args.length !== access.args) {
    cx.sink.error("E0209", span, name, `${access.args} argument${access.args === 1 ? "" : "s"}`, args.length);
    return errorValue(span);
  }
  const call: Call = { cx, name, access, args, span };
  if (access.kind === "fence") return fence(call);
  if (access.kind === "lock_free") return lockFree(call);
  const ptr = checkValue(cx, args[0]!);
  const to = name === "__atomic_clear" ? flagObject(cx, ptr) : atomicObject(cx, name, ptr);
  if (!to) return errorValue(span);
  return access.kind === "load" ? load(call, ptr, to) : store(call, ptr, to);
}

/** `__atomic_clear` takes any pointer and writes a byte. */
function flagObject(cx: Sema, ptr: TExpr): CType | undefined {
  if (isError(ptr) || isPtr(ptr.type)) return isError(ptr) ? undefined : boolType;
  cx.sink.error("E0203", ptr.span, "argument 1 of '__atomic_clear'", "a pointer", typeText(ptr.type));
  return undefined;
}

/** Only the compiler's own order matters within one thread. */
function fence({ cx, args, span }: Call): TExpr {
  const order = checkValue(cx, args[0]!);
  return isError(order) ? order : { kind: "builtin", builtin: { kind: "barrier" }, type: voidType, span };
}

/** Whatever a register holds is read and written at once. */
function lockFree({ cx, name, args, span }: Call): TExpr {
  const size = checkValue(cx, args[0]!);
  for (const e of args.slice(1)) checkValue(cx, e);
  if (size.kind === "const") return constant([1n, 2n, 4n, 8n].includes(size.value) ? 1n : 0n, boolType, span);
  if (!isError(size)) cx.sink.error("E0211", size.span, `argument 1 of '${name}'`);
  return errorValue(span);
}

const orderNames = ["relaxed", "consume", "acquire", "release", "acq_rel", "seq_cst"] as const;
/** Orders for which `load_acquire` and `store_release` are enough. */
const ordered = { load: [1, 2], store: [3] } as const;

/**
 * How an access in the order that is asked for is done: plainly, by the instructions that -mcpu=v4 has since Linux 6.15,
 * or not at all, which is told.
 */
function wayOf({ cx, access, args, span }: Call): "plain" | "ordered" | undefined {
  if (access.kind === "init") return "plain";
  const kind = access.kind === "load" ? "load" : "store";
  const order = access.order === undefined ? checkValue(cx, args.at(-1)!) : undefined;
  if (order && isError(order)) return undefined;
  if (order && order.kind !== "const") {
    refused(cx, span, `an atomic ${kind} whose order is not constant`);
    return undefined;
  }
  const number = order?.kind === "const" ? Number(order.value) : access.order!;
  if (number === 0) return "plain";
  const enough = ordered[kind].some((one) => one === number);
  if (enough && cx.options.cpu === "v4") return "ordered";
  const report = cx.sink.error("E0413", span, `an atomic ${kind} in the order '${orderNames[number] ?? number}'`);
  const other = kind === "load" ? "acquire" : "release";
  report.help(
    enough ? "compile with -mcpu=v4" : `ask for the order relaxed, or for ${other} and compile with -mcpu=v4`,
  );
  return undefined;
}

/** The object as a place whose accesses happen exactly once. */
function object(cx: Sema, ptr: TExpr, to: CType, span: Span) {
  const space = spaceOf((ptr.type as PtrType).to);
  const type: PtrType = { kind: "ptr", to: qualify(to, { volatile: true, ...(space !== 0 && { space }) }) };
  return derefPlace(cx, { ...ptr, type } as TExpr, span);
}

function load(call: Call, ptr: TExpr, to: CType): TExpr {
  const { cx, name, access, args, span } = call;
  const way = wayOf(call);
  if (!way) return errorValue(span);
  const loaded: TExpr =
    way === "plain"
      ? { kind: "load", place: object(cx, ptr, to, span), type: to, span }
      : { kind: "builtin", builtin: { kind: "load_acquire", ptr, size: scalarBytes(to) }, type: to, span };
  if (!access.pointer) return loaded;
  const result = checkValue(cx, args[1]!);
  if (isError(result)) return result;
  if (!isPtr(result.type) || !sameType(unqualified(result.type.to), to)) {
    cx.sink.error("E0203", result.span, `argument 2 of '${name}'`, typeText(ptr.type), typeText(result.type));
    return errorValue(span);
  }
  const place = derefPlace(cx, result, span);
  return convert({ kind: "assign", place, value: loaded, type: to, span }, voidType);
}

function store(call: Call, ptr: TExpr, to: CType): TExpr {
  const { cx, name, span } = call;
  const way = wayOf(call);
  const value = stored(call, to);
  if (!way || isError(value)) return errorValue(span);
  if (isPtr(ptr.type) && ptr.type.to.q?.const) {
    cx.sink.error("E0221", span, `what argument 1 of '${name}' points at`);
    return errorValue(span);
  }
  if (way === "plain")
    return convert({ kind: "assign", place: object(cx, ptr, to, span), value, type: to, span }, voidType);
  const builtin = { kind: "store_release", ptr, size: scalarBytes(to), value } as const;
  return { kind: "builtin", builtin, type: voidType, span };
}

/** The value that an access stores. */
function stored({ cx, name, access, args, span }: Call, to: CType): TExpr {
  if (name === "__atomic_clear" || name === "__sync_lock_release") return constant(0n, to, span);
  const given = checkValue(cx, args[1]!);
  if (!access.pointer) return assigned(cx, given, to, `argument 2 of '${name}'`);
  if (isError(given)) return given;
  if (isPtr(given.type) && sameType(unqualified(given.type.to), to))
    return { kind: "load", place: derefPlace(cx, given, span), type: to, span };
  cx.sink.error("E0203", given.span, `argument 2 of '${name}'`, `${typeText(to)} *`, typeText(given.type));
  return errorValue(span);
}

const scalarBytes = (type: CType): 1 | 2 | 4 | 8 => sizeOf(type) as 1 | 2 | 4 | 8;
