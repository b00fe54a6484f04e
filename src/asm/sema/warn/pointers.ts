/** What is odd about a pointer that becomes one of another type (clang's `checkPointerTypesForAssignment`). */
import { enumUnderlying, sameType } from "../type-ops.ts";
import type { CType } from "../types.ts";

type Name = "incompatible-pointer-types" | "incompatible-pointer-types-discards-qualifiers" | "pointer-sign";

/** The warning for a pointer to `from` where one to `to` is wanted. */
export function pointerWarning(to: CType, from: CType): Name | undefined {
  const discards = losesQualifier(to, from) ? "incompatible-pointer-types-discards-qualifiers" : undefined;
  if (to.kind === "void" || from.kind === "void") return discards;
  if (sameType(to, from)) return discards ?? nestedQualifiers(to, from);
  const [a, b] = [unsignedName(to), unsignedName(from)];
  if (a !== undefined && a === b) return isEnumOf(to, from) ? discards : "pointer-sign";
  return "incompatible-pointer-types";
}

function losesQualifier(to: CType, from: CType): boolean {
  const [a, b] = [elementOf(to).q, elementOf(from).q];
  return (b?.const === true && !a?.const) || (b?.volatile === true && !a?.volatile);
}

/** Qualifiers of an array are those of its elements. */
const elementOf = (t: CType): CType => (t.kind === "array" ? elementOf(t.elem) : t);

/** Behind a pointer to a pointer, qualifiers have to be the same. */
function nestedQualifiers(to: CType, from: CType): Name | undefined {
  if (to.kind !== "ptr" || from.kind !== "ptr" || sameType(to.to, from.to, true)) return undefined;
  return "incompatible-pointer-types-discards-qualifiers";
}

/** An enumeration is compatible with the type that holds it. */
const isEnumOf = (a: CType, b: CType): boolean =>
  (a.kind === "enum" && sameType(enumUnderlying(a.decl), b)) ||
  (b.kind === "enum" && sameType(enumUnderlying(b.decl), a));

function unsignedName(t: CType): string | undefined {
  if (t.kind === "enum") return unsignedName(enumUnderlying(t.decl));
  return t.kind === "int" ? t.name.replace(/^(un)?signed /, "") : undefined;
}
