/** What a name means: the file's own scopes first, then builtins, helpers, kfuncs and the kernel's enumerators. */

import { nearestOf } from "../../btf/nearest.ts";
import { helperByName, helperNames } from "../../kernel/helpers.ts";
import type { Helper } from "../../kernel/model.ts";
import { didYouMean } from "../../kernel/problem.ts";
import { findKfunc, suggestKfuncs } from "../../kfuncs/kfunc.ts";
import type { Span } from "../../support/span.ts";
import { isBuiltin } from "./builtins.ts";
import type { Sema } from "./context.ts";
import { errorValue, type Operand, place, value } from "./convert.ts";
import { constant } from "./fold.ts";
import { kfuncType } from "./kfunc-type.ts";
import type { Entity, FunctionDraft } from "./scope.ts";
import { stringPlace } from "./strings.ts";
import { resolveType } from "./type-exprs.ts";
import { voidPtr } from "./type-ops.ts";
import type { CType, FuncType } from "./types.ts";

/** The entity behind a name, or undefined. */
export const lookup = (cx: Sema, name: string): Entity | undefined =>
  cx.scope.find(name) ?? cx.ambient(name, () => ambientEntity(cx, name));

function ambientEntity(cx: Sema, name: string): Entity | undefined {
  if (isBuiltin(name)) return { kind: "builtin", name };
  const helper = helperByName(name);
  if (helper) return { kind: "helper", helper, type: helperType(cx, helper) };
  const enumerator = cx.types.enumerator(name);
  if (enumerator) return { kind: "enumerator", ...enumerator };
  return kfuncEntity(cx, name);
}

/** Pointers to kernel structs in helper prototypes take any pointer: the verifier knows what is meant. */
export function helperType(cx: Sema, helper: Helper): FuncType {
  const typeOf = (c: string): CType => {
    const type = resolveType(cx, cx.options.parseType(c));
    return type.kind === "ptr" && type.to.kind === "record" ? voidPtr : type;
  };
  return {
    kind: "func",
    ret: resolveType(cx, cx.options.parseType(helper.ret.c)),
    params: helper.args.map((a) => ({ name: a.name, type: typeOf(a.c) })),
    variadic: helper.variadic,
  };
}

function kfuncEntity(cx: Sema, name: string): Entity | undefined {
  const kfunc = findKfunc(cx.kernel, name);
  if (!kfunc) return undefined;
  const type = kfunc.module === undefined ? kfuncType(cx, kfunc) : undefined;
  if (!type) return undefined;
  return {
    kind: "extern",
    extern: { name, kind: "kfunc", type, weak: false, section: ".ksyms", declared: false, span: NOWHERE },
  };
}

/** The place of what is declared nowhere in the sources. */
const NOWHERE: Span = { file: 0 as Span["file"], start: 0, end: 0 };

/** Names that stand for the name of the function they are in (C11 6.4.2.2 and GNU C). */
const functionNames = new Set(["__func__", "__FUNCTION__", "__PRETTY_FUNCTION__"]);

/** The operand a name stands for; reports E0201 with suggestions where it stands for nothing. */
export function nameOperand(cx: Sema, name: string, span: Span): Operand {
  const entity = lookup(cx, name);
  cx.options.observer?.name({ name, span }, entity, "use", cx.scope);
  if (!entity && cx.fn && functionNames.has(name))
    return place(stringPlace(cx, { bytes: new TextEncoder().encode(cx.fn.fn.name) }, span));
  if (!entity) {
    const report = cx.sink.error("E0201", span, name);
    const help = didYouMean(suggestNames(cx, name));
    if (help) report.help(help);
    cx.scope.declare(name, { kind: "enumerator", value: 0n, type: errorValue(span).type });
    return value(errorValue(span));
  }
  switch (entity.kind) {
    case "enumerator":
      return value(constant(entity.value, entity.type, span));
    case "local":
      return place({ kind: "local", local: entity.local, type: entity.local.type, span });
    case "global":
      cx.mentioned.add(entity.global);
      return place({ kind: "global", name: entity.global.name, type: entity.global.type, span });
    case "map":
      return place({ kind: "global", name: entity.name, type: entity.type, span });
    case "function":
      refuseAsmName(cx, entity.fn, span);
      return { kind: "function", fn: entity.fn, span };
    case "extern":
      useExtern(cx, entity.extern.name, entity);
      return place({ kind: "global", name: entity.extern.name, type: entity.extern.type, span });
    case "helper":
      return value(constant(BigInt(entity.helper.id), { kind: "ptr", to: entity.type }, span));
    case "typedef":
    case "builtin":
      cx.sink.error("E0230", span, `'${name}' as a value`);
      return value(errorValue(span));
  }
}

/** Headers of C libraries rename functions; only one that is used would have to bear its other name. */
function refuseAsmName(cx: Sema, fn: FunctionDraft, span: Span): void {
  if (fn.asmName !== undefined) cx.sink.error("E0230", span, `'${fn.name}' under the name "${fn.asmName}"`);
}

/** An extern belongs to the object once it is used. */
export function useExtern(cx: Sema, name: string, entity: Extract<Entity, { kind: "extern" }>): void {
  if (!cx.externs.some((e) => e.name === name)) cx.externs.push(entity.extern);
}

/** Names near a misspelt one: those in reach, helpers, then kfuncs. */
export function suggestNames(cx: Sema, name: string): string[] {
  const own = nearestOf(name, [...cx.scope.names(), ...helperNames()], 3);
  return [...own, ...suggestKfuncs(cx.kernel, name).filter((n) => !own.includes(n))].slice(0, 3);
}
