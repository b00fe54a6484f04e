/** What the checking of one file shares: the kernel, the scopes, what has been collected so far. */
import type { LocalTypeRef } from "../../btf/core.ts";
import type { DiagSink } from "../../diag/diagnostic.ts";
import type { Kernel } from "../../kernel/model.ts";
import type { Span } from "../../support/span.ts";
import type { EnumSpec, Initializer, InitList, RecordSpec, TypeExpr } from "../syntax/ast.ts";
import { KernelTypes } from "./kernel-types.ts";
import type { Observer } from "./observer.ts";
import { type Entity, type FunctionDraft, type GlobalDraft, Scope } from "./scope.ts";
import type { TCase, TExtern, TInitPart, TLocal, TMap } from "./tree.ts";
import type { CType, EnumDecl, RecordDecl } from "./types.ts";
import type { Facts } from "./warn/facts.ts";
import type { FileStatic } from "./warn/unused.ts";

export interface SemaOptions {
  readonly cpu: "v1" | "v2" | "v3" | "v4";
  /** Kfuncs that the file declares need not be the kernel's: a module that is not known here may have them. */
  readonly anyKfunc?: boolean;
  /** Parses the C type of a helper's prototype. */
  readonly parseType: (text: string) => TypeExpr;
  /** What stands before a place on its line. */
  readonly textBefore?: (span: Span) => string;
  readonly observer?: Observer | undefined;
}

/** The function whose body is being checked. */
export interface FunctionState {
  readonly fn: FunctionDraft;
  readonly locals: TLocal[];
  readonly labels: Map<string, Label>;
  readonly gotos: { readonly name: string; readonly span: Span; readonly cleanups: readonly TLocal[] }[];
  /** Locals in scope that have a cleanup, innermost last. */
  cleanups: readonly TLocal[];
  /** Innermost last. */
  readonly switches: SwitchState[];
  loops: number;
  /** Loops and switches around: where `break` may stand. */
  breakable: number;
}

export interface Label {
  readonly defined?: Span;
  readonly used?: Span;
  readonly cleanups?: readonly TLocal[];
}

export interface SwitchState {
  readonly type: CType;
  readonly cases: TCase[];
  readonly cleanups: readonly TLocal[];
  hasDefault: boolean;
}

/** The parts of a list in braces, and how many children of its object it reaches. */
export interface FilledList {
  readonly parts: readonly TInitPart[];
  readonly length: number;
}

export class Sema {
  /** Typedefs that something names, and the variables of the file that an `extern` announces. */
  readonly usedTypedefs = new WeakSet<Entity>();
  readonly announced = new Set<string>();
  /** Locals that are declared `register`: they have no address. */
  readonly registers = new WeakSet<TLocal>();
  /** Lists that were read to know the length of their array. */
  readonly filledLists = new WeakMap<InitList, FilledList>();
  readonly sink: DiagSink;
  readonly kernel: Kernel;
  readonly types: KernelTypes;
  readonly options: SemaOptions;
  readonly fileScope = new Scope();
  scope: Scope = this.fileScope;
  fn: FunctionState | undefined;
  /** Declarations of a skimmed header are being made. */
  late = false;
  /** What warnings need to know of the function or initialiser at hand; undefined where nobody asks. */
  facts: Facts | undefined;
  /** The enumeration of each enumerator that the file declares. */
  readonly enumerators = new Map<string, EnumDecl>();
  /** Functions marked `warn_unused_result`. */
  readonly mustLook = new Set<string>();
  /** Functions and variables of the file's own, to be asked at its end whether they were used. */
  readonly statics: FileStatic[] = [];
  /** Variables of the file that something names. */
  readonly mentioned = new Set<GlobalDraft>();
  /** Inside `__builtin_preserve_access_index`: every record access relocates. */
  preserving = 0;
  /** Around expressions whose value is needed now: what is no constant yet will never be one. */
  needsConstant = false;
  /** Numbers that `const` variables are known to hold: globals by name, locals by what declares them. */
  readonly knownValues = new Map<string | TLocal, bigint>();
  /** Among the members of a record that is marked `preserve_access_index`. */
  insideMarked = false;
  /** A session program was refused for a kernel without sessions; what follows from that is not told again. */
  sessionsMissing = false;

  /** Tags of structs and unions that the file defines somewhere at file scope. */
  ownTags: ReadonlySet<string> = new Set();
  readonly functions: FunctionDraft[] = [];
  readonly globals: GlobalDraft[] = [];
  /** Every function and variable that is declared, defined in the end or not. */
  readonly declared: (FunctionDraft | GlobalDraft)[] = [];
  readonly maps: TMap[] = [];
  readonly externs: TExtern[] = [];
  /** Names that assembly mentions in its text. */
  readonly asmNames = new Set<string>();
  license: { text: string; span: Span } | undefined;

  readonly localTypes: CType[] = [];
  readonly #localTypeRefs = new Map<RecordDecl | string, LocalTypeRef>();
  /** Types of specifiers that are shared by several declarators. */
  readonly specTypes = new Map<RecordSpec | EnumSpec, CType>();
  readonly #ambient = new Map<string, Entity | undefined>();
  readonly #strings = new Map<string, GlobalDraft>();
  #nameCount = 0;

  constructor(kernel: Kernel, options: SemaOptions, sink: DiagSink) {
    this.kernel = kernel;
    this.options = options;
    this.sink = sink;
    this.types = new KernelTypes(kernel.btf);
  }

  /** The handle under which CO-RE accesses name a root type; one per record or type. */
  localType(type: CType, key: RecordDecl | string): LocalTypeRef {
    let ref = this.#localTypeRefs.get(key);
    if (ref === undefined) {
      ref = this.localTypes.push(type) as LocalTypeRef;
      ref = (ref - 1) as LocalTypeRef;
      this.#localTypeRefs.set(key, ref);
    }
    return ref;
  }

  /** A name that no C identifier can have. */
  freshName(stem: string): string {
    return `${stem}.${this.#nameCount++}`;
  }

  /** Names outside every scope of the file, looked up once. */
  ambient(name: string, find: () => Entity | undefined): Entity | undefined {
    if (!this.#ambient.has(name)) this.#ambient.set(name, find());
    return this.#ambient.get(name);
  }

  /** One global for equal string literals. */
  stringGlobal(key: string, make: () => GlobalDraft): GlobalDraft {
    let global = this.#strings.get(key);
    if (!global) {
      global = make();
      this.#strings.set(key, global);
      this.globals.push(global);
    }
    return global;
  }

  /** Runs `body` where only constants count. */
  asConstant<T>(body: () => T): T {
    const outer = this.needsConstant;
    this.needsConstant = true;
    try {
      return body();
    } finally {
      this.needsConstant = outer;
    }
  }

  /** Runs `body` in a scope of its own. */
  inScope<T>(body: () => T): T {
    const outer = this.scope;
    const cleanups = this.fn?.cleanups;
    this.scope = new Scope(outer);
    try {
      return body();
    } finally {
      this.scope = outer;
      if (this.fn && cleanups) this.fn.cleanups = cleanups;
    }
  }
}

export const isInitList = (init: Initializer): init is Extract<Initializer, { kind: "init_list" }> =>
  init.kind === "init_list";
