/** Calls of helpers, kfuncs and functions: arguments in registers, results cut to what the ABI promises. */

import type { IrCallee, IrType, ValueId } from "../ir/model.ts";
import { POINTER_CALL } from "../ir/passes/known-callees.ts";
import { sizeOf } from "../sema/layout.ts";
import type { TCallee, TExpr } from "../sema/tree.ts";
import { integerShape } from "../sema/type-ops.ts";
import type { CType } from "../sema/types.ts";
import { type FunctionContext, temporary } from "./context.ts";
import { evaluate } from "./expr.ts";
import { recordAlign, recordInto } from "./record.ts";
import { scalarType } from "./scalars.ts";
import { isWide, refuseWide } from "./wide.ts";
import { evaluateWide } from "./wide-expr.ts";

type CallExpr = Extract<TExpr, { readonly kind: "call" }>;

/** Registers that carry arguments, r1 to r5. */
const maxArgs = 5;

/**
 * The result, as a value of the call's type; undefined for void and after a diagnostic. A record is passed as the address
 * of a copy, and returned to the place whose address goes before the arguments: what is returned is that address. So are
 * results of 128 bits.
 */
export function lowerCall(cx: FunctionContext, e: CallExpr): ValueId | undefined {
  const { callee, through } = resolve(cx, e.callee);
  if (!passable(cx, e)) return undefined;
  const written = e.args.flatMap((arg) => argument(cx, arg));
  if (e.type.kind === "record" || isWide(e.type)) {
    const result = temporary(cx, sizeOf(e.type) || 1);
    cx.b.emit({ op: "call", ty: "void", callee, args: [result, ...written] });
    return result;
  }
  const args = [...through, ...written];
  const ty: IrType | "void" = e.type.kind === "void" ? "void" : scalarType(cx, e.type);
  const result = cx.b.emit({ op: "call", ty, callee, args });
  return ty === "void" ? undefined : cutResult(cx, result, e.type);
}

/** The registers that carry an argument: of 128 bits the lower half comes first, as clang passes it. */
function argument(cx: FunctionContext, arg: TExpr): readonly ValueId[] {
  if (arg.type.kind === "record") return [copyOf(cx, arg)];
  if (!isWide(arg.type)) return [evaluate(cx, arg)];
  const { lo, hi } = evaluateWide(cx, arg);
  return [lo, hi];
}

/** The address of a copy that the callee may change. */
function copyOf(cx: FunctionContext, record: TExpr): ValueId {
  const base = temporary(cx, sizeOf(record.type) || 1);
  recordInto(cx, record, { base, off: 0, align: recordAlign(record.type), volatile: false });
  return base;
}

const calleeName = (callee: TCallee): string => (callee.kind === "pointer" ? "this function" : callee.name);

function passable(cx: FunctionContext, e: CallExpr): boolean {
  const name = calleeName(e.callee);
  if (e.args.length > maxArgs && e.callee.kind !== "function") {
    cx.sink
      .error("E0401", e.args[maxArgs]!.span, name, e.args.length)
      .help("put the arguments into a struct and pass a pointer to it");
    return false;
  }
  if (e.callee.kind === "function" && cx.symbols.get(e.callee.name) === "func") return true;
  const wide = isWide(e.type) ? e : e.args.find((arg) => isWide(arg.type));
  if (wide) {
    refuseWide(
      cx,
      `${wide === e ? "the result" : "an argument"} of ${e.callee.kind === "pointer" ? name : `'${name}'`}`,
      "convert it to 64 bits, or pass a pointer to it",
      wide.span,
    );
    return false;
  }
  const record = e.type.kind === "record" ? e : e.args.find((arg) => arg.type.kind === "record");
  if (!record) return true;
  cx.sink.error("E0402", record.span).help("pass a pointer to it instead");
  return false;
}

/**
 * Registers carry no more than the C type: of bool one bit counts, of narrow integers the low bits (the kernel's
 * kfuncs leave the rest as it was).
 */
function cutResult(cx: FunctionContext, result: ValueId, type: CType): ValueId {
  const { b } = cx;
  if (type.kind === "bool") return b.bin("and", result, b.const("i32", 1n));
  if (type.kind === "ptr") return result;
  const { size, signed } = integerShape(type);
  if (size >= 4) return result;
  return b.emit({ op: signed ? "sext" : "zext", ty: "i32", from: size === 2 ? 16 : 8, a: result });
}

interface Resolved {
  readonly callee: IrCallee;
  /** The pointer, where the callee is not known yet. */
  readonly through: readonly ValueId[];
}

function resolve(cx: FunctionContext, callee: TCallee): Resolved {
  const named = (known: IrCallee): Resolved => ({ callee: known, through: [] });
  if (callee.kind === "helper") return named({ kind: "helper", id: callee.id });
  if (callee.kind !== "pointer") return named({ kind: callee.kind, name: callee.name });
  const id = constantOf(callee.expr);
  if (id !== undefined) return named({ kind: "helper", id });
  return { callee: { kind: "function", name: POINTER_CALL }, through: [evaluate(cx, callee.expr)] };
}

/** A helper's number, written as a constant turned into a pointer. */
function constantOf(e: TExpr): number | undefined {
  if (e.kind === "convert") return constantOf(e.operand);
  return e.kind === "const" && e.value > 0n && e.value < 0x7fff_ffffn ? Number(e.value) : undefined;
}
