/** The structs and unions that a file defines itself: a mention of one before its definition is not the kernel's. */
import type { ExternalItem, TypeExpr } from "../syntax/ast.ts";

/** Tags of all records that are defined at file scope, those inside of others included. */
export function ownTags(items: readonly ExternalItem[]): ReadonlySet<string> {
  const tags = new Set<string>();
  for (const item of items) if (item.kind === "declaration") collect(item.base, tags);
  return tags;
}

function collect(type: TypeExpr, tags: Set<string>): void {
  if (type.kind === "qualified" || type.kind === "attributed") collect(type.of, tags);
  if (type.kind !== "record" || !type.members) return;
  if (type.tag) tags.add(type.tag.name);
  for (const member of type.members) if (member.kind !== "static_assert") collect(member.base, tags);
}
