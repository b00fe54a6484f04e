/** Calls: of functions, helpers, kfuncs and builtins; arguments converted to the parameters. */

import { didYouMean } from "../../kernel/problem.ts";
import type { Span } from "../../support/span.ts";
import type { Expr } from "../syntax/ast.ts";
import { checkBuiltin } from "./builtins.ts";
import type { Sema } from "./context.ts";
import { assigned, errorValue, isError, type Operand, promoted, rvalue, value } from "./convert.ts";
import { checkOperand, genericCase } from "./expr.ts";
import { lookup, suggestNames, useExtern } from "./names.ts";
import { packetLoad, packetLoads } from "./packet-loads.ts";
import type { FunctionDraft } from "./scope.ts";
import type { TCallee, TExpr } from "./tree.ts";
import { isInteger, isPtr, typeText, voidPtr } from "./type-ops.ts";
import type { CType, FuncType } from "./types.ts";

type CallExpr = Extract<Expr, { kind: "call" }>;

/** What is called: with a name for messages and a type for the arguments. */
interface Target {
  readonly callee: TCallee;
  readonly name: string;
  readonly type: FuncType;
}

export function checkCall(cx: Sema, e: CallExpr): Operand {
  if (e.callee.kind === "name") {
    const entity = lookup(cx, e.callee.name);
    cx.options.observer?.name(e.callee, entity, "use", cx.scope);
    if (entity?.kind === "builtin") return checkBuiltin(cx, entity.name, e.args, e.span);
    if (entity?.kind === "function" && isLibraryFunction(entity.fn))
      return checkBuiltin(cx, entity.fn.name, e.args, e.span);
    if (entity?.kind === "function" && entity.fn.asmName !== undefined && packetLoads.has(entity.fn.asmName))
      return packetLoad(cx, entity.fn, e);
    if (!entity) return unknownCallee(cx, e, e.callee.name, e.callee.span);
  }
  const target = callTarget(cx, e.callee);
  if (!target) {
    for (const a of e.args) checkOperand(cx, a);
    return value(errorValue(e.span));
  }
  const args = checkArgs(cx, target, e);
  if (args.some(isError)) return value(errorValue(e.span));
  return value({ kind: "call", callee: target.callee, args, type: target.type.ret, span: e.span });
}

/** The C library's memory functions, declared by its headers: the compiler knows them, as every C compiler does. */
const isLibraryFunction = (fn: FunctionDraft): boolean =>
  !fn.body && fn.linkage === "global" && libraryFunctions.has(fn.name);
const libraryFunctions = new Set(["memcpy", "memmove", "memset", "memcmp"]);

function unknownCallee(cx: Sema, e: CallExpr, name: string, span: Span): Operand {
  const report = cx.sink.error("E0201", span, name);
  const help = didYouMean(suggestNames(cx, name));
  report.help(help ?? "it is no function of this file, no helper, and no kfunc of this kernel");
  for (const a of e.args) checkOperand(cx, a);
  return value(errorValue(e.span));
}

function callTarget(cx: Sema, e: Expr): Target | undefined {
  if (e.kind === "name") {
    const named = namedTarget(cx, e.name);
    if (named) return named;
  }
  if (e.kind === "generic") {
    const chosen = genericCase(cx, e);
    if (chosen) return callTarget(cx, chosen);
  }
  const operand = checkOperand(cx, e);
  if (operand.kind === "function") {
    const { name, type } = operand.fn;
    operand.fn.used = true;
    return { callee: { kind: "function", name }, name, type };
  }
  const ptr = rvalue(operand);
  if (isError(ptr)) return undefined;
  const to = isPtr(ptr.type) ? ptr.type.to : undefined;
  if (to?.kind !== "func") {
    cx.sink.error("E0210", e.span, typeText(ptr.type));
    return undefined;
  }
  return pointerTarget(ptr, to);
}

/** Helpers, kfuncs and libbpf's own `static void *(*const bpf_x)(...) = (void *) N` by their name. */
function namedTarget(cx: Sema, name: string): Target | undefined {
  const entity = lookup(cx, name);
  if (entity?.kind === "helper")
    return { callee: { kind: "helper", id: entity.helper.id, name }, name, type: entity.type };
  if (entity?.kind === "extern" && entity.extern.type.kind === "func") {
    useExtern(cx, name, entity);
    return { callee: { kind: "kfunc", name }, name, type: entity.extern.type };
  }
  if (entity?.kind === "global" && entity.value !== undefined) {
    const type = entity.global.type;
    if (type.kind === "ptr" && type.to.kind === "func")
      return { callee: { kind: "helper", id: Number(entity.value), name }, name, type: type.to };
  }
  return undefined;
}

/** A call through a pointer; a constant one is a helper's number, as in `((void *(*)(void))14)()`. */
function pointerTarget(ptr: TExpr, type: FuncType): Target {
  const name = "the function called";
  if (ptr.kind === "const") return { callee: { kind: "helper", id: Number(ptr.value), name }, name, type };
  if (ptr.kind === "func_addr") return { callee: { kind: "function", name: ptr.name }, name: ptr.name, type };
  return { callee: { kind: "pointer", expr: ptr }, name, type };
}

function checkArgs(cx: Sema, target: Target, e: CallExpr): TExpr[] {
  const { params, variadic, unspecified } = target.type;
  const given = e.args.map((a) => rvalue(checkOperand(cx, a)));
  const enough = given.length >= params.length && (variadic || given.length === params.length);
  if (!unspecified && !enough && !knownWithoutSessions(cx, target)) {
    const want = `${variadic ? "at least " : ""}${params.length === 0 ? "no arguments" : `${params.length} argument${params.length > 1 ? "s" : ""}`}`;
    cx.sink.error("E0209", e.span, target.name, want, given.length).note(prototypeText(target));
    return [errorValue(e.span)];
  }
  return given.map((arg, i) => {
    const param = params[i];
    const what = `argument ${i + 1} of '${target.name}'`;
    if (!param) return arg.type.kind === "float" ? assigned(cx, arg, arg.type, what) : variadicArg(arg);
    return assigned(cx, arg, paramType(target, param.type), what);
  });
}

/** Helpers and kfuncs take maps and contexts as pointers of any kind; the verifier knows which are right. */
function paramType(target: Target, type: CType): CType {
  if (target.callee.kind !== "helper" || type.kind !== "ptr") return type;
  return type.to.kind === "record" || type.to.kind === "func" ? voidPtr : type;
}

/** Default argument promotions. */
const variadicArg = (arg: TExpr): TExpr => (isInteger(arg.type) ? promoted(arg) : arg);

/** The session kfuncs took no argument before 7.0: told once, where the section is refused. */
const knownWithoutSessions = (cx: Sema, target: Target): boolean =>
  cx.sessionsMissing && target.callee.kind === "kfunc" && target.name.startsWith("bpf_session_");

function prototypeText(target: Target): string {
  return `its prototype is ${typeText(target.type.ret, `${target.name}(${target.type.params.map((p) => typeText(p.type, p.name)).join(", ") || "void"}${target.type.variadic ? ", ..." : ""})`)}`;
}
