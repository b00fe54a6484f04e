/** Types as written, turned into types: specifiers, declarators, struct, union and enum definitions. */

import { didYouMean } from "../../kernel/problem.ts";
import { assertNever } from "../../support/bug.ts";
import type { Span } from "../../support/span.ts";
import type {
  EnumSpec,
  Expr,
  FunctionTypeExpr,
  MemberDecl,
  MemberItem,
  ParamDecl,
  RecordSpec,
  TypeExpr,
} from "../syntax/ast.ts";
import { type Attributes, noAttributes, readAttributes } from "./attributes.ts";
import { constantInt } from "./constants.ts";
import type { Sema } from "./context.ts";
import { isError, type Operand, operandType, rvalue } from "./convert.ts";
import { enumType } from "./enums.ts";
import { checkOperand } from "./expr.ts";
import { withKnown } from "./known-constants.ts";
import { layOut, layoutOf, type MemberDraft, sizeOf } from "./layout.ts";
import { observeRecord } from "./observer.ts";
import { staticAssert } from "./static-assert.ts";
import {
  boolType,
  floatTypes,
  intType,
  intTypes,
  isAtomic,
  isInteger,
  isScalar,
  longType,
  ptrTo,
  qualify,
  typeText,
  uintType,
  ulongType,
  unqualified,
  voidType,
} from "./type-ops.ts";
import type { CType, FuncParam, FuncType, RecordDecl } from "./types.ts";

const builtinTypes: Readonly<Record<string, CType>> = { ...intTypes, ...floatTypes, void: voidType, _Bool: boolType };

/** What a type expression means here. Reports what is wrong and gives `int` then. */
export function resolveType(cx: Sema, t: TypeExpr): CType {
  switch (t.kind) {
    case "builtin":
      return builtin(cx, t.words, t.span);
    case "name":
      return namedType(cx, t.name.name, t.span);
    case "record":
      return once(cx, t, () => recordType(cx, t));
    case "enum":
      return once(cx, t, () => enumType(cx, t));
    case "typeof_expr":
      return asked(t, operandType(checkAsked(cx, t.expr, "typeof")));
    case "typeof_type":
      return asked(t, resolveType(cx, t.type));
    case "auto":
      cx.sink.error("E0229", t.span, "__auto_type", "it needs an initialiser to take the type of");
      return intType;
    case "qualified":
      return qualified(cx, t);
    case "attributed":
      return attributed(cx, t);
    case "ptr":
      return ptrTo(resolveType(cx, t.to));
    case "array":
      return arrayType(cx, t);
    case "func":
      return functionType(cx, t);
    default:
      return assertNever(t);
  }
}

const qualifiersOf = (list: readonly string[]) => ({
  ...(list.includes("const") && { const: true as const }),
  ...(list.includes("volatile") && { volatile: true as const }),
  ...(list.includes("atomic") && { atomic: true as const }),
});

/** `_Atomic` goes with scalars: no instruction reads or writes more than 8 bytes at once. */
function qualified(cx: Sema, t: Extract<TypeExpr, { kind: "qualified" }>): CType {
  const of = resolveType(cx, t.of);
  const qualifiers = qualifiersOf(t.qualifiers);
  if (!qualifiers.atomic || isScalar(of) || of.kind === "float") return qualify(of, qualifiers);
  cx.sink.error("E0230", t.span, `'_Atomic' of '${typeText(of)}'`);
  return of;
}

const asked = (t: { readonly unqualified?: true }, type: CType): CType => (t.unqualified ? unqualified(type) : type);

/** Checked for its type alone: what it would do does not happen. */
export function checkUnevaluated(cx: Sema, e: Expr) {
  return checkOperand(cx, e);
}

/** Checked for a question that bit-fields have no answer to (C11 6.5.3.4p1). */
export function checkAsked(cx: Sema, e: Expr, word: string): Operand {
  const operand = checkUnevaluated(cx, e);
  if (operand.kind === "place" && operand.place.kind === "field" && operand.place.bits)
    cx.sink.error("E0239", e.span, word);
  return operand;
}

function once(cx: Sema, spec: RecordSpec | EnumSpec, make: () => CType): CType {
  const known = cx.specTypes.get(spec);
  if (known) return known;
  const made = make();
  cx.specTypes.set(spec, made);
  return made;
}

function builtin(cx: Sema, words: string, span: Span): CType {
  const type = Object.hasOwn(builtinTypes, words) ? builtinTypes[words] : undefined;
  if (type) return type;
  if (/float|double/.test(words)) cx.sink.error("E0222", span, `type '${words}'`);
  else cx.sink.error("E0230", span, `type '${words}'`);
  return intType;
}

function namedType(cx: Sema, name: string, span: Span): CType {
  const entity = cx.scope.find(name);
  if (entity?.kind === "typedef") {
    cx.usedTypedefs.add(entity);
    cx.options.observer?.name({ name, span }, entity, "use", cx.scope);
    return entity.type;
  }
  const kernel = entity ? undefined : (cx.types.typedef(name) ?? builtinTypedefs[name]);
  cx.options.observer?.name({ name, span }, kernel && { kind: "typedef", type: kernel }, "use", cx.scope);
  if (kernel) return kernel;
  const report = cx.sink.error("E0202", span, name);
  const near = didYouMean(cx.kernel.btf.nearest(name, ["typedef"], 3));
  if (near) report.help(near);
  return intType;
}

const named = (name: string, of: CType): CType => ({ ...of, sugar: { name, of } }) as CType;

/** Typedefs of the C headers that the kernel's BTF may lack. */
const builtinTypedefs: Readonly<Record<string, CType>> = {
  bool: boolType,
  size_t: ulongType,
  ssize_t: longType,
  ptrdiff_t: longType,
  intptr_t: longType,
  intmax_t: longType,
  uintmax_t: ulongType,
  __int8_t: intTypes["signed char"],
  __int16_t: intTypes.short,
  __int32_t: intType,
  __int64_t: longType,
  __uint8_t: intTypes["unsigned char"],
  __uint16_t: intTypes["unsigned short"],
  __uint32_t: uintType,
  __uint64_t: ulongType,
  uintptr_t: ulongType,
  __int128_t: named("__int128_t", intTypes.__int128),
  __uint128_t: named("__uint128_t", intTypes["unsigned __int128"]),
  int8_t: intTypes["signed char"],
  int16_t: intTypes.short,
  int32_t: intType,
  int64_t: intTypes["long long"],
  uint8_t: intTypes["unsigned char"],
  uint16_t: intTypes["unsigned short"],
  uint32_t: uintType,
  uint64_t: intTypes["unsigned long long"],
};

/** Typedef names outside the file: the kernel's, and those of the C headers. */
export const isAmbientType = (name: string, isKernelTypedef: (name: string) => boolean): boolean =>
  Object.hasOwn(builtinTypedefs, name) || isKernelTypedef(name);

function attributed(cx: Sema, t: Extract<TypeExpr, { kind: "attributed" }>): CType {
  const of = resolveType(cx, t.of);
  const attrs = readAttributes(cx, t.attributes);
  return applyTypeAttributes(of, attrs);
}

const modes: Readonly<Record<string, readonly [keyof typeof intTypes, keyof typeof intTypes]>> = {
  QI: ["signed char", "unsigned char"],
  HI: ["short", "unsigned short"],
  SI: ["int", "unsigned int"],
  DI: ["long", "unsigned long"],
  TI: ["__int128", "unsigned __int128"],
  word: ["long", "unsigned long"],
};

/** Attributes that make another type of a type: tags, machine modes. */
export function applyTypeAttributes(of: CType, attrs: Attributes): CType {
  if (attrs === noAttributes) return of;
  let type = of;
  if (attrs.typeTags.length > 0) type = { ...type, tags: [...attrs.typeTags, ...(type.tags ?? [])] } as CType;
  const mode = attrs.mode === undefined ? undefined : modes[attrs.mode];
  if (mode && type.kind === "int") type = intTypes[type.signed ? mode[0] : mode[1]];
  if (attrs.addressSpace) type = qualify(type, { space: attrs.addressSpace });
  if (attrs.core && type.kind === "record") type.decl.core = true;
  if (attrs.mayAlias) type = { ...type, mayAlias: true };
  return type;
}

function arrayType(cx: Sema, t: Extract<TypeExpr, { kind: "array" }>): CType {
  const elem = resolveType(cx, t.elem);
  if (elem.kind === "func" || elem.kind === "void") {
    cx.sink.error("E0228", t.span, `its elements would be '${typeText(elem)}'`);
    return { kind: "array", elem: intType, length: 1 };
  }
  if (!t.length) return { kind: "array", elem };
  const checked = arrayLength(cx, t.length);
  if (checked === undefined) return { kind: "array", elem, length: 1 };
  if (checked < 0n || checked > 0x7fffffffn) {
    cx.sink.error("E0228", t.length.span, checked < 0n ? `${checked} is negative` : `${checked} is too many`);
    return { kind: "array", elem, length: 1 };
  }
  return { kind: "array", elem, length: Number(checked) };
}

function arrayLength(cx: Sema, e: Expr): bigint | undefined {
  const length = withKnown(
    cx,
    cx.asConstant(() => rvalue(checkOperand(cx, e))),
  );
  if (isError(length)) return undefined;
  if (length.kind === "const" && isInteger(length.type)) return length.value;
  if (isInteger(length.type)) cx.sink.error("E0223", e.span);
  else cx.sink.error("E0211", e.span, "an array length");
  return undefined;
}

export function functionType(cx: Sema, t: FunctionTypeExpr): FuncType {
  const ret = returned(cx, t);
  const params = cx.inScope(() => t.params.map((p) => declaredParameter(cx, p)));
  const onlyVoid = params.length === 1 && params[0]!.type.kind === "void" && params[0]!.name === "";
  return {
    kind: "func",
    ret,
    params: onlyVoid ? [] : params,
    variadic: t.variadic,
    ...(t.unspecified && { unspecified: true as const }),
  };
}

function returned(cx: Sema, t: FunctionTypeExpr): CType {
  const type = resolveType(cx, t.ret);
  if (type.kind !== "array" && type.kind !== "func") return type;
  cx.sink.error("E0238", t.span, typeText(type)).help("return a pointer to it");
  return intType;
}

/** A parameter's name is in scope for those behind it, as in `int n, int a[n]`. */
function declaredParameter(cx: Sema, p: ParamDecl): FuncParam {
  const { type, ...rest } = parameter(cx, p);
  const span = p.name?.span ?? p.span;
  if (p.name) cx.scope.declare(p.name.name, { kind: "local", local: { name: p.name.name, type, align: 1, span } });
  return { ...rest, type };
}

/** Arrays and functions are passed as pointers (C11 6.7.6.3p7), whatever length is written. */
function parameter(cx: Sema, p: ParamDecl): FuncParam {
  const attrs = readAttributes(cx, p.attributes);
  const shape: TypeExpr = p.type.kind === "array" ? { kind: "ptr", to: p.type.elem, span: p.type.span } : p.type;
  const written = applyTypeAttributes(resolveType(cx, shape), attrs);
  const type = written.kind === "array" ? ptrTo(written.elem) : written.kind === "func" ? ptrTo(written) : written;
  return { name: p.name?.name ?? "", type, ...(attrs.declTags.length > 0 && { declTags: attrs.declTags }) };
}

// ---- structs and unions ----

function recordType(cx: Sema, t: RecordSpec): CType {
  const attrs = readAttributes(cx, t.attributes);
  const decl = recordDecl(cx, t);
  if (attrs.core || (t.members && cx.insideMarked)) decl.core = true;
  if (t.members) define(cx, decl, t, attrs);
  observeRecord(cx, t.tag, decl, t.members?.flatMap(memberNames));
  if (t.members && cx.late) decl.trimmed = true;
  return { kind: "record", decl };
}

const memberNames = (m: MemberItem) => (m.kind === "member" ? m.declarators.map(({ name }) => name) : []);

/** The declaration a specifier means: the one in scope, the kernel's, or a new one. */
function recordDecl(cx: Sema, t: RecordSpec): RecordDecl {
  const tag = t.tag?.name ?? "";
  if (tag === "") return { of: t.of, tag, core: false, span: t.span };
  const known = t.members ? cx.scope.ownTag(tag) : cx.scope.findTag(tag);
  if (known?.kind === "record" && known.decl.of === t.of) {
    if (t.members) layoutOf(known.decl);
    return known.decl;
  }
  if (known) cx.sink.error("E0208", t.tag!.span, tag).note("it is another kind of type here", known.decl.span);
  if (!t.members && !cx.ownTags.has(tag)) {
    const kernel = cx.types.record(t.of, tag);
    if (kernel) return kernel;
  }
  const decl: RecordDecl = { of: t.of, tag, core: false, span: t.span };
  cx.scope.declareTag(tag, { kind: "record", decl });
  return decl;
}

function define(cx: Sema, decl: RecordDecl, t: RecordSpec, attrs: Attributes): void {
  if (decl.layout) {
    cx.sink.error("E0208", t.tag?.span ?? t.span, `${t.of} ${decl.tag}`).note("defined here first", decl.span);
    return;
  }
  const drafts = membersOf(cx, t.members!, decl.core);
  reportTwins(cx, drafts, t);
  reportFlexible(cx, drafts, t);
  decl.layout = layOut(t.of, drafts, { packed: attrs.packed, align: attrs.align ?? 1, pack: attrs.pack });
  decl.span = t.span;
  if (attrs.mayAlias) decl.mayAlias = true;
}

/** Records that are defined in a marked one are marked, too. */
function membersOf(cx: Sema, members: NonNullable<RecordSpec["members"]>, marked: boolean): MemberDraft[] {
  const outer = cx.insideMarked;
  cx.insideMarked = marked;
  const drafts = members.flatMap((m) => {
    if (m.kind !== "static_assert") return memberDrafts(cx, m);
    staticAssert(cx, m);
    return [];
  });
  cx.insideMarked = outer;
  return drafts;
}

function memberDrafts(cx: Sema, m: MemberDecl): MemberDraft[] {
  const base = resolveType(cx, m.base);
  if (m.declarators.length === 0) {
    return base.kind === "record" ? [{ name: "", type: base }] : [];
  }
  return m.declarators.map((d) => {
    const attrs = readAttributes(cx, m.attributes, d.attributes);
    const type = applyTypeAttributes(resolveType(cx, d.type), attrs);
    const name = d.name?.name ?? "";
    const bits = d.bits && bitCount(cx, d.bits, type, name);
    if (type.kind === "func" || (!bits && sizeOf(type) === undefined && !isFlexible(type)))
      cx.sink.error("E0212", d.span, typeText(type), `member '${name}' needs a size`);
    if (bits === undefined && attrs === noAttributes) return { name, type };
    return {
      name,
      type,
      ...(bits !== undefined && { bits }),
      ...(attrs.align !== undefined && { align: attrs.align }),
      ...(attrs.packed && { packed: true }),
      ...(attrs.declTags.length > 0 && { declTags: attrs.declTags }),
    };
  });
}

const isFlexible = (t: CType): boolean => t.kind === "array" && t.length === undefined && sizeOf(t.elem) !== undefined;

function bitCount(cx: Sema, e: Expr, type: CType, name: string): number | undefined {
  const bits = constantInt(cx, e, "the width of a bit-field");
  if (bits === undefined) return undefined;
  const max = BigInt((sizeOf(type) ?? 0) * 8);
  if (!isInteger(type) || isAtomic(type))
    cx.sink.error("E0234", e.span, `'${name}' is a '${typeText(type)}', not an integer`);
  else if (sizeOf(type) === 16)
    cx.sink.error("E0407", e.span, `bit-field '${name}'`).help("use a type of 64 bits or less");
  else if (bits < 0n || bits > max || (bits === 0n && name !== ""))
    cx.sink.error("E0234", e.span, `${bits} bits in a '${typeText(type)}' of ${max}`);
  else return Number(bits);
  return undefined;
}

/** A member without a length ends a struct (C11 6.7.2.1p18). */
function reportFlexible(cx: Sema, members: readonly MemberDraft[], t: RecordSpec): void {
  if (t.of === "union") return;
  for (const m of members.slice(0, -1))
    if (isFlexible(m.type)) cx.sink.error("E0212", t.span, typeText(m.type), `member '${m.name}' is not the last one`);
}

function reportTwins(cx: Sema, members: readonly MemberDraft[], t: RecordSpec): void {
  const seen = new Set<string>();
  const see = (name: string): void => {
    if (name !== "" && seen.has(name)) cx.sink.error("E0208", t.span, `${t.of} member ${name}`);
    seen.add(name);
  };
  for (const { name, type } of members) {
    if (name !== "") see(name);
    else if (type.kind === "record") for (const field of layoutOf(type.decl)?.fields ?? []) see(field.name);
  }
}
