/** Names of a file and of its blocks: ordinary identifiers and tags, each block a scope inside another. */
import type { Helper } from "../../kernel/model.ts";
import type { Span } from "../../support/span.ts";
import type { TExtern, TFunction, TGlobal, TLocal } from "./tree.ts";
import type { CType, EnumDecl, FuncType, RecordDecl } from "./types.ts";

/** A variable with static storage while its file is being checked. */
export type GlobalDraft = {
  -readonly [K in keyof TGlobal]: TGlobal[K];
};

/** A function that is declared and perhaps defined later. */
export interface FunctionDraft {
  readonly name: string;
  type: FuncType;
  section?: string;
  linkage: "static" | "global";
  weak: boolean;
  hidden: boolean;
  inlining: TFunction["inlining"];
  /** No declaration of it is for other objects (C11 6.7.4p7): its body is for this one alone. */
  inlineOnly: boolean;
  naked: boolean;
  declTags: string[];
  span: Span;
  body?: TFunction;
  /** What the object is to call it, where `asm("...")` says so. */
  asmName?: string;
  used: boolean;
}

export type Entity =
  | { readonly kind: "typedef"; readonly type: CType }
  | { readonly kind: "enumerator"; readonly value: bigint; readonly type: CType }
  | { readonly kind: "local"; readonly local: TLocal }
  /** `tentative`: declared, perhaps `extern`, without a definition so far. `constant` folds calls of helper pointers. */
  | { readonly kind: "global"; readonly global: GlobalDraft; tentative: boolean; value?: bigint }
  | { readonly kind: "map"; readonly name: string; readonly type: CType }
  | { readonly kind: "function"; readonly fn: FunctionDraft }
  | { readonly kind: "extern"; readonly extern: TExtern }
  | { readonly kind: "helper"; readonly helper: Helper; readonly type: FuncType }
  | { readonly kind: "builtin"; readonly name: string };

export type Tag =
  | { readonly kind: "record"; readonly decl: RecordDecl }
  | { readonly kind: "enum"; readonly decl: EnumDecl };

/** Declares what it can of a name that a scope has not found. */
export interface LateNames {
  declareName(name: string): void;
  declareTag(name: string): void;
  names(): Iterable<string>;
}

export class Scope {
  readonly outer: Scope | undefined;
  /** Declarations that are made when they are first looked up. */
  late: LateNames | undefined;
  readonly #names = new Map<string, Entity>();
  readonly #tags = new Map<string, Tag>();

  constructor(outer?: Scope) {
    this.outer = outer;
  }

  declare(name: string, entity: Entity): void {
    this.#names.set(name, entity);
  }

  /** What this very scope holds under a name. */
  own(name: string): Entity | undefined {
    const known = this.#names.get(name);
    if (known || !this.late) return known;
    this.late.declareName(name);
    return this.#names.get(name);
  }

  find(name: string): Entity | undefined {
    return this.own(name) ?? this.outer?.find(name);
  }

  declareTag(name: string, tag: Tag): void {
    this.#tags.set(name, tag);
  }

  ownTag(name: string): Tag | undefined {
    const known = this.#tags.get(name);
    if (known || !this.late) return known;
    this.late.declareTag(name);
    return this.#tags.get(name);
  }

  findTag(name: string): Tag | undefined {
    return this.ownTag(name) ?? this.outer?.findTag(name);
  }

  /** The tags that this very scope holds by now. */
  tags(): Iterable<readonly [string, Tag]> {
    return this.#tags;
  }

  /** Names in reach, for suggestions. */
  names(): string[] {
    return [...this.#names.keys(), ...(this.late?.names() ?? []), ...(this.outer?.names() ?? [])];
  }
}
