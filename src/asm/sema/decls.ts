/** Declarations, of files and of blocks: typedefs, functions, variables. */
import type { Span } from "../../support/span.ts";
import type { Declaration, Declarator, FunctionDef, FunctionTypeExpr, StringLiteral, TypeExpr } from "../syntax/ast.ts";
import { type Attributes, readAttributes } from "./attributes.ts";
import { checkCleanup, cleanupsAt } from "./cleanup.ts";
import type { FunctionState, Sema } from "./context.ts";
import { errorType, isError, rvalue } from "./convert.ts";
import { checkOperand } from "./expr.ts";
import { declareGlobal } from "./globals.ts";
import { checkInit, completeArray } from "./init.ts";
import { withKnown } from "./known-constants.ts";
import { alignOf, sizeOf } from "./layout.ts";
import { observeDeclared } from "./observer.ts";
import { checkProgram } from "./programs.ts";
import type { FunctionDraft } from "./scope.ts";
import { checkBody } from "./stmt.ts";
import type { TExpr, TFunction, TLocal, TStmt } from "./tree.ts";
import { applyTypeAttributes, resolveType } from "./type-exprs.ts";
import { intType, isInteger, sameType, typeText, unqualified } from "./type-ops.ts";
import type { CType, FuncType } from "./types.ts";
import { warnOfFunction, warnOfInitialiser, withFacts } from "./warn/function.ts";
import { noteFunction, noteVariable } from "./warn/notes.ts";
import { shadows } from "./warn/shadow.ts";
import { isExcused } from "./warn/unused.ts";

/** A declaration at file scope. */
export function fileDeclaration(cx: Sema, d: Declaration): void {
  if (d.declarators.length === 0) bareDeclaration(cx, d);
  for (const one of d.declarators) {
    const attrs = readAttributes(cx, d.attributes, one.attributes);
    const type = declaredType(cx, one, attrs);
    if (d.storage === "typedef") declareTypedef(cx, one, type, attrs);
    else if (type.kind === "func") {
      const fn = declareFunction(cx, one.name.name, one.name.span, type, attrs, d, one.asmName);
      if (!fn && one.asmName) refuseName(cx, one.asmName);
      noteFunction(cx, one.name.name, d.attributes, one.attributes);
    } else fileVariable(cx, d, one, type, attrs);
    observeDeclared(cx, one.name);
  }
}

function fileVariable(cx: Sema, d: Declaration, one: Declarator, type: CType, attrs: Attributes): void {
  const external = d.storage === "extern" && !one.init;
  if (one.asmName && !(external && attrs.section === undefined)) refuseName(cx, one.asmName);
  const linkage = d.storage === "static" ? "static" : "global";
  const declare = () => declareGlobal(cx, one, type, { name: one.name.name, linkage, external, attrs });
  if (external) cx.announced.add(one.name.name);
  else if (linkage === "global" && !cx.late && !cx.announced.has(one.name.name))
    cx.sink.warn("missing-variable-declarations", one.name.span, one.name.name);
  if (one.init) warnOfInitialiser(cx, one, declare);
  else declare();
  if (d.storage === "static") noteVariable(cx, one, d.attributes);
}

/** `asm("name")` behind a declaration: what the object calls by another name is not what the source says. */
const refuseName = (cx: Sema, { span }: { readonly span: Span }): unknown =>
  cx.sink.error("E0230", span, "another name for the assembler");

/** `struct x {...} __attribute__((preserve_access_index));` marks the record itself. */
function bareDeclaration(cx: Sema, d: Declaration): void {
  applyTypeAttributes(resolveType(cx, d.base), readAttributes(cx, d.attributes));
}

function declaredType(cx: Sema, one: Declarator, attrs: Attributes): CType {
  if (one.type.kind !== "auto" && !isQualifiedAuto(one.type))
    return applyTypeAttributes(resolveType(cx, one.type), attrs);
  if (!one.init || one.init.kind === "init_list") return resolveType(cx, one.type);
  return unqualified(rvalue(checkOperand(cx, one.init)).type);
}

const isQualifiedAuto = (t: TypeExpr): boolean => t.kind === "qualified" && t.of.kind === "auto";

function declareTypedef(cx: Sema, d: Declarator, written: CType, { align }: Attributes): void {
  const { name } = d.name;
  if (d.init) cx.sink.error("E0229", d.name.span, name, "a typedef has no value");
  const type: CType = align === undefined ? written : { ...written, align };
  const known = cx.scope.own(name);
  if (known && !(known.kind === "typedef" && sameType(known.type, type))) cx.sink.error("E0208", d.name.span, name);
  cx.scope.declare(name, { kind: "typedef", type: { ...type, sugar: { name, of: type } } as CType });
}

// ---- functions ----

function declareFunction(
  cx: Sema,
  name: string,
  span: FunctionDraft["span"],
  type: FuncType,
  attrs: Attributes,
  d: Pick<Declaration, "storage" | "inline">,
  asmName?: StringLiteral,
): FunctionDraft | undefined {
  const known = cx.fileScope.own(name);
  if (known?.kind === "function") {
    noteAsmName(known.fn, asmName);
    if (d.storage === "static" && known.fn.linkage === "global")
      cx.sink
        .error("E0229", span, name, "'static' after a declaration without it")
        .note("declared here", known.fn.span);
    known.fn.inlineOnly = attrs.gnuInline ? isInlineOnly(d, attrs) : known.fn.inlineOnly && isInlineOnly(d, attrs);
    return mergeFunction(cx, known.fn, span, type, attrs);
  }
  if (known?.kind === "extern") return undefined;
  if (known) {
    cx.sink.error("E0208", span, name);
    return undefined;
  }
  if (attrs.section === ".ksyms") {
    const extern = { name, kind: "kfunc", type, weak: attrs.weak, section: ".ksyms", declared: true, span } as const;
    cx.fileScope.declare(name, { kind: "extern", extern });
    return undefined;
  }
  const fn: FunctionDraft = {
    name,
    type,
    ...(attrs.section !== undefined && attrs.section !== ".text" && { section: attrs.section }),
    linkage: d.storage === "static" ? "static" : "global",
    weak: attrs.weak,
    hidden: attrs.hidden,
    inlining: attrs.inlining ?? "auto",
    inlineOnly: isInlineOnly(d, attrs),
    naked: attrs.naked,
    declTags: [...attrs.declTags],
    span,
    used: false,
  };
  noteAsmName(fn, asmName);
  cx.fileScope.declare(name, { kind: "function", fn });
  cx.declared.push(fn);
  return fn;
}

/** `inline` that makes no definition for other objects: without `extern`, or with it where gnu_inline says so. */
const isInlineOnly = (d: Pick<Declaration, "storage" | "inline">, { gnuInline }: Attributes): boolean =>
  d.inline && (d.storage === "extern") === (gnuInline === true);

/** `int f(int) asm("name")`: another name in the object. */
function noteAsmName(fn: FunctionDraft, asmName: StringLiteral | undefined): void {
  const name = asmName && new TextDecoder().decode(asmName.bytes);
  if (name !== undefined && name !== fn.name) fn.asmName = name;
}

function mergeFunction(
  cx: Sema,
  fn: FunctionDraft,
  span: FunctionDraft["span"],
  type: FuncType,
  attrs: Attributes,
): FunctionDraft {
  if (!sameType(fn.type, type))
    cx.sink.error("E0233", span, fn.name, typeText(fn.type), typeText(type)).note("declared here", fn.span);
  fn.type = fn.type.unspecified ? type : mergeNames(fn.type, type);
  if (attrs.section !== undefined) fn.section = attrs.section;
  fn.weak ||= attrs.weak;
  fn.hidden ||= attrs.hidden;
  fn.naked ||= attrs.naked;
  if (attrs.inlining) fn.inlining = attrs.inlining;
  fn.declTags.push(...attrs.declTags);
  return fn;
}

/** Parameter names of the later declaration, as a definition must have them; tags of both. */
const mergeNames = (a: FuncType, b: FuncType): FuncType => ({
  ...b,
  params: b.params.map((p, i) => {
    const declTags = [...new Set([...(a.params[i]?.declTags ?? []), ...(p.declTags ?? [])])];
    return { ...p, ...(declTags.length > 0 && { declTags }) };
  }),
});

/** The function type under attributes and qualifiers of a definition's declarator. */
function plainFunction(t: TypeExpr): FunctionTypeExpr | undefined {
  if (t.kind === "func") return t;
  return t.kind === "attributed" || t.kind === "qualified" ? plainFunction(t.of) : undefined;
}

export function functionDefinition(cx: Sema, d: FunctionDef): void {
  const attrs = readAttributes(cx, d.attributes);
  const type = resolveType(cx, d.type);
  const written = plainFunction(d.type);
  if (type.kind !== "func" || !written) {
    cx.sink.error(
      "E0229",
      d.name.span,
      d.name.name,
      "a body needs a function's declarator with parameters in parentheses",
    );
    return;
  }
  const known = cx.fileScope.own(d.name.name);
  const announced = known?.kind === "function" && !known.fn.type.unspecified;
  const fn = declareFunction(cx, d.name.name, d.name.span, type, attrs, d);
  observeDeclared(cx, d.name, cx.fileScope);
  if (fn?.linkage === "global" && !announced && !d.inline && !cx.late)
    cx.sink.warn("missing-prototypes", d.name.span, d.name.name);
  if (!fn) {
    if (cx.fileScope.own(d.name.name)?.kind === "extern") cx.sink.error("E0208", d.name.span, d.name.name);
    return;
  }
  if (fn.body) {
    cx.sink.error("E0208", d.name.span, d.name.name).note("defined here first", fn.span);
    return;
  }
  if (fn.asmName !== undefined) refuseName(cx, d.name);
  delete fn.asmName;
  if (type.unspecified) fn.type = { ...type, params: [] };
  fn.span = d.name.span;
  noteFunction(cx, d.name.name, d.attributes);
  fn.body = withFacts(cx, d.span, () => {
    const body = checkFunction(cx, fn, d);
    warnOfFunction(cx, d, fn, body);
    return body;
  });
  cx.functions.push(fn);
}

function checkFunction(cx: Sema, fn: FunctionDraft, d: FunctionDef): TFunction {
  if (fn.section !== undefined) checkProgram(cx, fn);
  refuseFloat(cx, fn.name, fn.type.ret, d.name.span);
  const state: FunctionState = {
    fn,
    locals: [],
    labels: new Map(),
    gotos: [],
    cleanups: [],
    switches: [],
    loops: 0,
    breakable: 0,
  };
  const outer = cx.fn;
  cx.fn = state;
  const { params, body } = cx.inScope(() => {
    const params = fn.type.params.map((p, i) => declareParam(cx, p.name, p.type, d, i));
    return { params, body: checkBody(cx, d.body) };
  });
  cx.fn = outer;
  return {
    name: fn.name,
    type: fn.type,
    ...(fn.section !== undefined && { section: fn.section }),
    linkage: fn.linkage,
    weak: fn.weak,
    hidden: fn.hidden,
    inlining: fn.inlining,
    naked: fn.naked,
    params,
    locals: state.locals,
    cleanupsAt: cleanupsAt(state),
    body,
    declTags: fn.declTags,
    span: d.span,
    nameSpan: d.name.span,
  };
}

function declareParam(cx: Sema, name: string, type: CType, d: FunctionDef, index: number): TLocal {
  const written = plainFunction(d.type)?.params[index];
  const span = written?.name?.span ?? d.name.span;
  refuseFloat(cx, name, type, span);
  if (sizeOf(type) === undefined) cx.sink.error("E0212", span, typeText(type), `parameter '${name}' needs a size`);
  const local: TLocal = { name, type, align: alignOf(type), span };
  if (written) cx.facts?.locals.set(written, local);
  if (name !== "") {
    if (cx.scope.own(name)) cx.sink.error("E0208", span, name);
    if (cx.facts) shadows(cx, { name: { name, span } });
    cx.scope.declare(name, { kind: "local", local });
    observeDeclared(cx, { name, span });
  }
  return local;
}

// ---- inside functions ----

/** A declaration in a block: the statements that begin the lives of its variables. */
export function localDeclaration(cx: Sema, d: Declaration): TStmt[] {
  if (d.declarators.length === 0) bareDeclaration(cx, d);
  return d.declarators.flatMap((one) => {
    const attrs = readAttributes(cx, d.attributes, one.attributes);
    const type = declaredType(cx, one, attrs);
    if (one.asmName) refuseName(cx, one.asmName);
    if (d.storage === "typedef") {
      declareTypedef(cx, one, type, attrs);
      const entity = cx.scope.own(one.name.name);
      if (entity && !isExcused(d.attributes, one.attributes)) cx.facts?.typedefs.push({ ...one.name, entity });
    } else if (type.kind === "func") declareFunction(cx, one.name.name, one.name.span, type, attrs, d);
    else if (d.storage === "static") declareStatic(cx, one, type, attrs);
    else if (d.storage === "extern" && one.init)
      cx.sink.error("E0229", one.name.span, one.name.name, "'extern' inside of a function goes without a value");
    else if (d.storage === "extern")
      declareGlobal(cx, one, type, { name: one.name.name, linkage: "global", external: true, attrs });
    else {
      const made = localVariable(cx, one, type, attrs);
      if (d.storage === "register" && made.kind === "local") cx.registers.add(made.local);
      return [made];
    }
    observeDeclared(cx, one.name);
    return [];
  });
}

/** A static local lives in a section, under the function's name and its own. */
function declareStatic(cx: Sema, d: Declarator, type: CType, attrs: Attributes): void {
  const name = cx.freshName(`${cx.fn!.fn.name}.${d.name.name}`);
  declareGlobal(cx, d, type, { name, linkage: "static", external: false, attrs });
  const entity = cx.scope.own(d.name.name);
  if (entity?.kind === "global") entity.global.anonymous = entity.global.constant;
  if (entity?.kind === "global") cx.facts?.statics.set(d, entity.global);
  if (cx.facts) shadows(cx, d);
}

function localVariable(cx: Sema, d: Declarator, declared: CType, attrs: Attributes): TStmt {
  const type = sized(cx, d, d.init ? completeArray(cx, declared, d.init) : declared);
  const { name, span } = d.name;
  if (cx.scope.own(name) || isParameter(cx, name)) cx.sink.error("E0208", span, name);
  const local: TLocal = { name, type, align: Math.max(alignOf(type), attrs.align ?? 1), span };
  cx.fn!.locals.push(local);
  if (cx.facts) {
    cx.facts.locals.set(d, local);
    shadows(cx, d);
  }
  cx.scope.declare(name, { kind: "local", local });
  observeDeclared(cx, d.name);
  const cleanup = attrs.cleanup && checkCleanup(cx, local, attrs.cleanup);
  if (!d.init) return { kind: "local", local, ...(cleanup && { cleanup }), span: d.span };
  const init = checkInit(cx, type, d.init);
  if (init.kind === "scalar" && type.q?.const && !type.q.volatile && isInteger(type)) noteKnown(cx, local, init.value);
  const failed = (init.kind === "scalar" && isError(init.value)) || (init.kind === "copy" && isError(init.from));
  return { kind: "local", local, ...(!failed && { init }), ...(cleanup && { cleanup }), span: d.span };
}

/** A function's body and its parameters share one scope (C11 6.2.1p4). */
const isParameter = (cx: Sema, name: string): boolean => {
  const { outer } = cx.scope;
  return outer !== undefined && outer.outer === cx.fileScope && outer.own(name)?.kind === "local";
};

/** A `const` variable whose value is a constant counts as one where C wants constants. */
function noteKnown(cx: Sema, local: TLocal, init: TExpr): void {
  const known = withKnown(cx, init);
  if (known.kind === "const" && isInteger(known.type) && !isError(known)) cx.knownValues.set(local, known.value);
}

/** Headers may mention floating types; values of them cannot live anywhere. */
function refuseFloat(cx: Sema, name: string, type: CType, span: Span): boolean {
  if (type.kind !== "float") return false;
  cx.sink.error("E0222", span, `'${name}' of type '${typeText(type)}'`);
  return true;
}

function sized(cx: Sema, d: Declarator, type: CType): CType {
  if (refuseFloat(cx, d.name.name, type, d.name.span)) return errorType;
  if (sizeOf(type) !== undefined) return type;
  cx.sink.error("E0212", d.name.span, typeText(type), `'${d.name.name}' needs a size`);
  return intType;
}
