/** Enums: which declaration a specifier means, the values, and the integer type that holds them. */
import type { EnumSpec, TypeExpr } from "../syntax/ast.ts";
import { readAttributes } from "./attributes.ts";
import { constantInt } from "./constants.ts";
import type { Sema } from "./context.ts";
import { wrapTo } from "./fold.ts";
import { enumeratorType } from "./kernel-types.ts";
import { observeDeclared } from "./observer.ts";
import { resolveType } from "./type-exprs.ts";
import { enumUnderlying, integerShape, isInteger, typeText, unqualified } from "./type-ops.ts";
import type { CType, EnumDecl } from "./types.ts";

/** The type that an enum specifier means: the one in scope, the kernel's, or a new one. */
export function enumType(cx: Sema, t: EnumSpec): CType {
  const type = meantType(cx, t);
  if (t.tag && type.kind === "enum") cx.options.observer?.tag(t.tag, type.decl, t.values ? "declaration" : "use");
  for (const { name } of t.values ?? []) observeDeclared(cx, name);
  return type;
}

function meantType(cx: Sema, t: EnumSpec): CType {
  const tag = t.tag?.name ?? "";
  const known = tag === "" ? undefined : t.values ? cx.scope.ownTag(tag) : cx.scope.findTag(tag);
  if (known?.kind === "enum" && !t.values) return { kind: "enum", decl: known.decl };
  if (!t.values) {
    const kernel = cx.types.enum(tag);
    if (kernel) return { kind: "enum", decl: kernel };
  }
  if (known?.kind === "enum" && known.decl.values) cx.sink.error("E0208", t.span, `enum ${tag}`);
  const decl: EnumDecl = known?.kind === "enum" ? known.decl : { tag, size: 4, signed: false, span: t.span };
  if (tag !== "") cx.scope.declareTag(tag, { kind: "enum", decl });
  const fixed = t.underlying && underlyingType(cx, decl, t.underlying);
  if (t.values) enumValues(cx, decl, t, fixed);
  if (t.values && !fixed && readAttributes(cx, t.attributes).packed) narrow(decl);
  return { kind: "enum", decl };
}

/** The type in `enum x : type` (C23 6.7.3.3): it is settled before there are values. */
function underlyingType(cx: Sema, decl: EnumDecl, t: TypeExpr): CType | undefined {
  const type = resolveType(cx, t);
  const shape = isInteger(type) ? integerShape(type) : undefined;
  if (!shape || shape.size > 8) {
    cx.sink.error("E0203", t.span, "the type of an enum", "an integer type", typeText(type));
    return undefined;
  }
  decl.size = shape.size as EnumDecl["size"];
  decl.signed = shape.signed;
  return unqualified(type);
}

/** Values count up from the one before; each name is in scope for those that follow. */
function enumValues(cx: Sema, decl: EnumDecl, t: EnumSpec, fixed: CType | undefined): void {
  const values: { name: string; value: bigint }[] = [];
  let next = 0n;
  for (const v of t.values!) {
    const { name, span } = v.name;
    const value = v.value ? (constantInt(cx, v.value, `the value of '${name}'`) ?? next) : next;
    next = value + 1n;
    values.push({ name, value });
    cx.enumerators.set(name, decl);
    if (fixed && wrapTo(value, fixed) !== value)
      cx.sink.error("E0229", span, name, `its value ${value} does not fit '${typeText(fixed)}'`);
    if (!fixed && BigInt.asIntN(64, value) !== value && BigInt.asUintN(64, value) !== value)
      cx.sink.error("E0229", span, name, `its value ${value} does not fit 64 bits`);
    cx.scope.declare(name, { kind: "enumerator", value, type: fixed ?? enumeratorType(value) });
  }
  decl.values = values;
  if (!fixed) widen(cx, decl, values);
}

/** The smallest of unsigned int, int, unsigned long and long that holds all values (as clang chooses). */
function widen(cx: Sema, decl: EnumDecl, values: NonNullable<EnumDecl["values"]>): void {
  decl.signed = values.some((v) => v.value < 0n);
  const small = values.every(
    (v) => BigInt.asIntN(32, v.value) === v.value || (!decl.signed && BigInt.asUintN(32, v.value) === v.value),
  );
  decl.size = small ? 4 : 8;
  if (small) return;
  const type = enumUnderlying(decl);
  for (const v of values) cx.scope.declare(v.name, { kind: "enumerator", value: v.value, type });
}

/** `packed`: the fewest bytes that hold all values. */
function narrow(decl: EnumDecl): void {
  const fits = (size: number): boolean =>
    (decl.values ?? []).every(({ value }) =>
      decl.signed ? BigInt.asIntN(size * 8, value) === value : BigInt.asUintN(size * 8, value) === value,
    );
  decl.size = ([1, 2, 4] as const).find(fits) ?? decl.size;
}
