/** Where the names of a source stand and what each means, as the checker told. */
import type { FoundField } from "../asm/sema/layout.ts";
import type { NameRole, Observer } from "../asm/sema/observer.ts";
import type { Entity, Scope } from "../asm/sema/scope.ts";
import type { EnumDecl, Field, RecordDecl } from "../asm/sema/types.ts";
import type { Ident, TranslationUnit } from "../asm/syntax/ast.ts";
import type { FileId, Span } from "../support/span.ts";

export type Meaning =
  /** `parameter`: a local that is one; known where it is declared. */
  | { readonly kind: "entity"; readonly entity: Entity; readonly parameter?: true }
  | { readonly kind: "member"; readonly record: RecordDecl; readonly found: FoundField }
  | { readonly kind: "tag"; readonly decl: RecordDecl | EnumDecl };

/** The document's own file in its `SourceMap`. */
export const MAIN = 0 as FileId;

/** What two names share that mean the same. */
export type NameKey = object | string;

export interface Occurrence {
  readonly name: string;
  readonly span: Span;
  readonly meaning: Meaning;
  readonly key: NameKey;
  readonly role: NameRole;
  /** The name is spelled in the definition of this macro, where `span` is. */
  readonly macro?: string;
}

export const keyOf = (entity: Entity): NameKey => {
  switch (entity.kind) {
    case "typedef":
      return entity.type;
    case "local":
      return entity.local;
    case "global":
      return entity.global;
    case "function":
      return entity.fn;
    case "extern":
      return entity.extern;
    case "helper":
      return entity.helper;
    case "builtin":
      return `builtin ${entity.name}`;
    default:
      return entity;
  }
};

const lastField = ({ path }: FoundField): Field => path[path.length - 1]!;

/** Listens to the checker. It speaks of types in bpfasm's own tables, too, whose places are in no file. */
export class Names implements Observer {
  ast: TranslationUnit | undefined;
  readonly #at = new Map<string, Occurrence>();
  readonly #byKey = new Map<NameKey, Occurrence[]>();
  readonly #parameters = new Set<NameKey>();
  readonly #pulse: () => void;

  readonly #text: string;

  /** Of the document whose text is `text`; `pulse` is called at each name. */
  constructor(text: string, pulse: () => void = () => {}) {
    this.#text = text;
    this.#pulse = pulse;
  }

  file(ast: TranslationUnit): void {
    this.ast = ast;
  }

  name(ident: Ident, entity: Entity | undefined, role: NameRole, scope: Scope): void {
    if (!entity) return;
    const key = keyOf(entity);
    if (entity.kind === "local" && role === "declaration" && scope.outer && !scope.outer.outer)
      this.#parameters.add(key);
    const parameter = this.#parameters.has(key);
    this.#add(ident, { kind: "entity", entity, ...(parameter && { parameter }) }, key, role);
  }

  member(ident: Ident, record: RecordDecl, found: FoundField | undefined, role: NameRole): void {
    if (found) this.#add(ident, { kind: "member", record, found }, lastField(found), role);
  }

  tag(ident: Ident, decl: RecordDecl | EnumDecl, role: NameRole): void {
    this.#add(ident, { kind: "tag", decl }, decl, role);
  }

  /** All of them, in the order in which they were first told. */
  get all(): Iterable<Occurrence> {
    return this.#at.values();
  }

  /** What means the same as `key`, in the order of the checker. */
  of(key: NameKey): readonly Occurrence[] {
    return this.#byKey.get(key) ?? [];
  }

  /** The name that an offset of a file lies in or at the end of. */
  at(file: FileId, offset: number): Occurrence | undefined {
    for (const one of this.#at.values())
      if (one.span.file === file && one.span.start <= offset && offset <= one.span.end) return one;
    return undefined;
  }

  /** Where a name is declared in the sources: a function's body or a record's members before mere mentions. */
  declaration(key: NameKey): Occurrence | undefined {
    return this.of(key).findLast(({ role }) => role === "declaration");
  }

  #add({ name, span }: Ident, meaning: Meaning, key: NameKey, role: NameRole): void {
    this.#pulse();
    const spelled = spelledSpan(span);
    const { file, start, end } = spelled.span;
    if (end - start !== name.length || (file === MAIN && this.#text.slice(start, end) !== name)) return;
    const id = `${file} ${start}`;
    const known = this.#at.get(id);
    if (known && (known.role === "declaration" || role === "use")) return;
    const made: Occurrence = { name, ...spelled, meaning, key, role };
    this.#at.set(id, made);
    const same = this.#byKey.get(key);
    if (same) same.push(made);
    else this.#byKey.set(key, [made]);
  }
}

/** Where a name is spelled: the user's own text, or a macro's definition. */
const spelledSpan = (span: Span): { span: Span; macro?: string } =>
  span.via ? { span: span.via.spelled, macro: span.via.macro } : { span };
