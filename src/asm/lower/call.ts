/** Calls of helpers, kfuncs and functions: arguments in registers, results cut to what the ABI promises. */
import type { IrCallee, IrType, ValueId } from "../ir/model.ts";
import type { TCallee, TExpr } from "../sema/tree.ts";
import { integerShape } from "../sema/type-ops.ts";
import type { CType } from "../sema/types.ts";
import type { FunctionContext } from "./context.ts";
import { evaluate, runEffects } from "./expr.ts";
import { scalarType } from "./scalars.ts";

type CallExpr = Extract<TExpr, { readonly kind: "call" }>;

/** Registers that carry arguments, r1 to r5. */
const maxArgs = 5;

/** The result, as a value of the call's type; undefined for void and after a diagnostic. */
export function lowerCall(cx: FunctionContext, e: CallExpr): ValueId | undefined {
  const callee = resolve(cx, e.callee);
  if (!callee || !passable(cx, e)) return undefined;
  const args = e.args.map((arg) => evaluate(cx, arg));
  const ty: IrType | "void" = e.type.kind === "void" ? "void" : scalarType(cx, e.type);
  const result = cx.b.emit({ op: "call", ty, callee, args });
  return ty === "void" ? undefined : cutResult(cx, result, e.type);
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
  const record = e.type.kind === "record" ? e : e.args.find((arg) => arg.type.kind === "record");
  if (!record) return true;
  // A function of the file was refused where it is defined.
  if (e.callee.kind === "function") return false;
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

function resolve(cx: FunctionContext, callee: TCallee): IrCallee | undefined {
  if (callee.kind === "helper") return { kind: "helper", id: callee.id };
  if (callee.kind !== "pointer") return { kind: callee.kind, name: callee.name };
  const id = constantOf(callee.expr);
  if (id !== undefined) return { kind: "helper", id };
  runEffects(cx, callee.expr);
  cx.sink.error("E0403", callee.expr.span).help("call the function by its name");
  return undefined;
}

/** A helper's number, written as a constant turned into a pointer. */
function constantOf(e: TExpr): number | undefined {
  if (e.kind === "convert") return constantOf(e.operand);
  return e.kind === "const" && e.value > 0n && e.value < 0x7fff_ffffn ? Number(e.value) : undefined;
}
