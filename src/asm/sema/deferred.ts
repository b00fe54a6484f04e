/**
 * Declarations of large headers, made at file scope when their names are first looked up. A struct is declared when
 * it is mentioned, but its members are read only when its layout is asked for: otherwise one pointer would pull in
 * half of the kernel.
 */
import type { DeferredItem, DeferredSource, ExternalItem } from "../syntax/ast.ts";
import type { Sema } from "./context.ts";
import type { LateNames } from "./scope.ts";
import type { RecordDecl } from "./types.ts";

/** Brings the declarations of a stretch into scope; `declare` is how one is made. */
export function deferDeclarations(cx: Sema, item: DeferredItem, declare: (item: ExternalItem) => void): void {
  const { fileScope } = cx;
  const known = fileScope.late instanceof LateDeclarations ? fileScope.late : undefined;
  const late = known ?? new LateDeclarations(cx, item.source, declare);
  fileScope.late = late;
  late.reach(item.end);
}

class LateDeclarations implements LateNames {
  readonly #cx: Sema;
  readonly #source: DeferredSource;
  readonly #declare: (item: ExternalItem) => void;
  readonly #begun = new Set<number>();
  #end = 0;

  constructor(cx: Sema, source: DeferredSource, declare: (item: ExternalItem) => void) {
    this.#cx = cx;
    this.#source = source;
    this.#declare = declare;
  }

  /** Declarations below number `end` are in scope from now on, for tags that have only been mentioned as well. */
  reach(end: number): void {
    const begin = this.#end;
    this.#end = end;
    for (const [name, { kind, decl }] of [...this.#cx.fileScope.tags()]) {
      const found = this.#source.tag(name);
      if (!found || found.chunk < begin || found.chunk >= end || found.of === "forward") continue;
      if (kind === "enum" && !decl.values) this.#make(found.chunk);
      else if (kind === "record" && !decl.layout && !decl.complete) this.#completeLater(decl, found.chunk);
    }
  }

  declareName(name: string): void {
    const chunk = this.#source.ordinary(name);
    if (chunk !== undefined) this.#make(chunk);
  }

  declareTag(name: string): void {
    const found = this.#source.tag(name);
    if (!found || found.chunk >= this.#end) return;
    const { chunk, of } = found;
    if (of === "enum" || of === "forward") {
      this.#make(chunk);
      return;
    }
    const decl: RecordDecl = { of, tag: name, core: false };
    this.#completeLater(decl, chunk);
    this.#cx.fileScope.declareTag(name, { kind: "record", decl });
  }

  names(): Iterable<string> {
    return this.#source.names();
  }

  #completeLater(decl: RecordDecl, chunk: number): void {
    decl.complete = () => {
      this.#make(chunk);
      return decl.layout;
    };
  }

  /** Parses and declares, once. */
  #make(chunk: number): void {
    if (chunk >= this.#end || this.#begun.has(chunk)) return;
    this.#begun.add(chunk);
    const cx = this.#cx;
    const { scope, fn, preserving, late } = cx;
    cx.scope = cx.fileScope;
    cx.fn = undefined;
    cx.preserving = 0;
    cx.late = true;
    try {
      for (const item of this.#source.parse(chunk)) this.#declare(item);
    } finally {
      cx.scope = scope;
      cx.fn = fn;
      cx.preserving = preserving;
      cx.late = late;
    }
  }
}
