/**
 * What an access by an lvalue says of the object's type (C11 6.5p7), as far as clang concludes from it (CodeGenTBAA.cpp):
 * characters, enums, members of unions, `may_alias` types and volatile objects say nothing.
 */
import type { AccessTag } from "../ir/model.ts";
import type { TExpr, TPlace } from "../sema/tree.ts";
import type { CType } from "../sema/types.ts";

const integerTags: Readonly<Record<number, AccessTag>> = { 2: "int16", 4: "int32", 8: "int64" };

function typeTag(type: CType): AccessTag | undefined {
  if (type.mayAlias || type.q?.volatile) return undefined;
  if (type.kind === "ptr" || type.kind === "bool") return type.kind;
  return type.kind === "int" ? integerTags[type.size] : undefined;
}

/** The tag of an access to the scalar at `place`; undefined where it may be part of anything. */
export function accessTag(place: TPlace): AccessTag | undefined {
  return sharesBytes(place) ? undefined : typeTag(place.type);
}

/** Whether the place lies in a union, a `may_alias` record or a volatile object, as far as the expression tells. */
function sharesBytes(place: TPlace): boolean {
  if (place.type.q?.volatile || place.type.mayAlias) return true;
  if (place.kind === "field") return place.shared === true || place.bits !== undefined || sharesBytes(place.base);
  return place.kind === "deref" && pointsToShared(place.addr);
}

/** An element of an array in a union is reached by a pointer to it. */
function pointsToShared(e: TExpr): boolean {
  if (e.kind === "ptr_add") return pointsToShared(e.ptr);
  if (e.kind === "convert") return pointsToShared(e.operand);
  return e.kind === "addr" && sharesBytes(e.place);
}
