/** What tools that show source to people are told while a file is checked: which name of it stands for what. */
import type { Ident, TranslationUnit } from "../syntax/ast.ts";
import type { Sema } from "./context.ts";
import { type FoundField, findField } from "./layout.ts";
import type { Entity, Scope } from "./scope.ts";
import type { EnumDecl, RecordDecl } from "./types.ts";

export type NameRole = "use" | "declaration";

/** An expression that is checked twice is told twice. */
export interface Observer {
  /** The tree, before anything in it is checked. */
  file(ast: TranslationUnit): void;
  /** An ordinary name, and what it stands for in `scope`; undefined where it stands for nothing. */
  name(ident: Ident, entity: Entity | undefined, role: NameRole, scope: Scope): void;
  /** A member of a record; undefined where it has none of that name. */
  member(ident: Ident, record: RecordDecl, found: FoundField | undefined, role: NameRole): void;
  /** The tag of a struct, union or enum. */
  tag(ident: Ident, decl: RecordDecl | EnumDecl, role: NameRole): void;
}

/** Tells of a name that the innermost scope has just got. */
export function observeDeclared(cx: Sema, ident: Ident, scope: Scope = cx.scope): void {
  const { observer } = cx.options;
  const entity = observer && scope.own(ident.name);
  if (entity) observer.name(ident, entity, "declaration", scope);
}

/** Looks a member up, and tells of it. */
export function findMember(cx: Sema, record: RecordDecl, ident: Ident): FoundField | undefined {
  const found = findField(record, ident.name);
  cx.options.observer?.member(ident, record, found, "use");
  return found;
}

/** Tells of a tag and, where it is defined, of its members. */
export function observeRecord(
  cx: Sema,
  tag: Ident | undefined,
  decl: RecordDecl,
  members: readonly (Ident | undefined)[] | undefined,
): void {
  const { observer } = cx.options;
  if (!observer) return;
  if (tag) observer.tag(tag, decl, members ? "declaration" : "use");
  for (const ident of members ?? [])
    if (ident) observer.member(ident, decl, findField(decl, ident.name), "declaration");
}
