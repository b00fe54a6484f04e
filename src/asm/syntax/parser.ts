/** The grammar's top: what stands at file scope (C11 6.9), and the one parser that is built for all files. */

import type { DiagSink } from "../../diag/diagnostic.ts";
import type { Declarator, ExternalItem, FileAsm, FunctionDef, Ident, TranslationUnit, TypeExpr } from "./ast.ts";
import { functionType } from "./declarations.ts";
import type { Declared } from "./declarators.ts";
import { ChunkPreprocessors, type Stretch } from "./deferred.ts";
import type { KnownItem, Trace } from "./known-headers.ts";
import type { GrammarRule } from "./parser-base.ts";
import type { Preprocessor } from "./preprocess.ts";
import { StatementParser } from "./statements.ts";
import { spanOf } from "./token.ts";
import {
  AsmWord,
  EndOfFile,
  Identifier,
  LBrace,
  LParen,
  PragmaEnd,
  PragmaPop,
  PragmaPush,
  PragmaUnroll,
  RBrace,
  RParen,
  Semi,
  StaticAssertWord,
} from "./tokens.ts";
import type { PushedAttributes, Specifiers } from "./types.ts";

/** What `apply_to` of `#pragma clang attribute` may name, and which of our subjects that is. */
const subjects: Readonly<Record<string, string>> = {
  record: "record",
  enum: "enum",
  function: "function",
  variable: "variable",
  type_alias: "typedef",
};

export class CParser extends StatementParser {
  /** Where known declarations go; undefined where none can be. */
  #into: ExternalItem[] | undefined;

  constructor() {
    super();
    this.performSelfAnalysis();
  }

  /** The whole file that `pp` delivers. */
  unit(
    pp: Preprocessor,
    sink: DiagSink,
    isTypeName: (name: string) => boolean,
    pulse: (() => void) | undefined,
  ): TranslationUnit {
    this.begin(pp, sink, isTypeName);
    this.pushed = [];
    const items: ExternalItem[] = [];
    this.#into = items;
    const { scopes } = this;
    const { deferred } = pp;
    const chunks = new ChunkPreprocessors(pp, sink);
    const pushed = new Map<Stretch, PushedAttributes>();
    pp.onSkimmed = () => {
      const stretch = deferred.lastStretch!;
      pushed.set(stretch, [...this.pushed]);
      const span = { file: stretch.file.id, start: 0, end: 0 };
      items.push({ kind: "deferred", source: deferred, end: deferred.count, span });
    };
    deferred.parseChunk = (stretch, start, end) =>
      withParser((parser) => {
        parser.begin(chunks.aim(stretch, start, end), sink, isTypeName);
        parser.scopes = scopes;
        parser.deferred = deferred;
        parser.pushed = [...pushed.get(stretch)!];
        return parser.#items([]);
      });
    this.#items(items, pulse);
    return { items, ...(pp.userMacros.has("BPF_NO_PRESERVE_ACCESS_INDEX") && { plainKernelTypes: true }) };
  }

  #items(items: ExternalItem[], pulse?: () => void): ExternalItem[] {
    try {
      while (this.#hasMore()) {
        pulse?.();
        this.#next(items);
      }
    } catch (problem) {
      this.onlyOwn(problem);
    } finally {
      this.end();
      this.#into = undefined;
    }
    return items;
  }

  takeKnown({ item, names, declares }: KnownItem): boolean {
    if (!this.#into || this.pushed.length > 0) return false;
    for (const [name, state] of names) if (this.stateOf(name) !== state) return false;
    if (item) this.#into.push(item);
    for (const [name, isType] of declares) this.scopes.declare(name, isType);
    return true;
  }

  /** Whether another declaration follows; those that can be skimmed are passed over on the way. */
  #hasMore(): boolean {
    const pp = this.pp!;
    pp.atBoundary = true;
    const more = !this.sees(EndOfFile);
    pp.atBoundary = false;
    return more;
  }

  /** A type alone, as `parseTypeName` takes it; nothing where it is none. */
  lone(pp: Preprocessor, sink: DiagSink, isTypeName: (name: string) => boolean): TypeExpr | undefined {
    this.begin(pp, sink, isTypeName);
    try {
      const type = this.typeName();
      if (!this.sees(EndOfFile)) this.missing(EndOfFile, "after the type");
      return type;
    } catch (problem) {
      this.onlyOwn(problem);
      return undefined;
    } finally {
      this.end();
    }
  }

  #next(items: ExternalItem[]): void {
    const { depth } = this;
    const before = this.tok(1);
    this.forget();
    this.#follow(this.pp!.boundary.trace);
    try {
      const item = this.external();
      if (item) items.push(item);
      if (this.trace && !this.hasUnread && this.pushed.length === 0) this.pp!.boundary.finish(this.trace, item);
    } catch (problem) {
      this.recover(problem, depth, 1);
      if (this.tok(1) === before) this.take();
    }
    if (this.trace) this.#follow(undefined);
  }

  /** Notes what the declaration ahead asks of the rest of the file, or no longer. */
  #follow(trace: Trace | undefined): void {
    this.trace = trace;
    this.pp!.boundary.trace = trace;
    this.scopes.log = trace?.declares;
  }

  protected readonly external: GrammarRule<[], ExternalItem | undefined> = this.RULE("external", () => {
    if (this.RECORDING_PHASE) return undefined;
    const tok = this.tok(1);
    switch (tok.tokenType) {
      case Semi:
      case PragmaUnroll:
        this.take();
        return undefined;
      case StaticAssertWord:
        return this.SUBRULE(this.staticAssert);
      case AsmWord:
        return this.#fileAsm();
      case PragmaPush:
        return this.#pushAttributes();
      case PragmaPop:
        this.take();
        this.pushed.pop();
        return undefined;
      case RBrace:
        this.report("E0154", spanOf(this.take()));
        return undefined;
      default:
        return this.#declarationOrFunction();
    }
  });

  #fileAsm(): FileAsm {
    const word = this.take();
    while (this.tok(1).image === "volatile") this.take();
    const open = this.need(LParen, "after 'asm'");
    const text = this.SUBRULE(this.stringLiteral);
    this.close(RParen, open);
    this.endOf("'asm'");
    return { kind: "file_asm", text, span: this.spanFrom(word) };
  }

  /** `push (__attribute__((...)), apply_to = any(record, function))`. */
  #pushAttributes(): undefined {
    this.take();
    const open = this.need(LParen, "after '#pragma clang attribute push'");
    const attributes = this.attributes();
    const named = new Set<string>();
    for (let tok = this.take(); tok.tokenType !== PragmaEnd && tok.tokenType !== EndOfFile; tok = this.take())
      if (Object.hasOwn(subjects, tok.image)) named.add(subjects[tok.image]!);
    if (attributes.length === 0) this.sink.error("E0139", spanOf(open), "clang attribute", "it pushes no attribute");
    this.pushed.push({ attributes, subjects: named });
  }

  #declarationOrFunction(): ExternalItem | undefined {
    this.#checkTyped();
    const specifiers = this.SUBRULE(this.specifiers);
    if (this.takeIf(Semi)) return this.finishDeclaration(specifiers, []);
    const declared = this.declared(specifiers);
    const type = declared.wrap(specifiers.base);
    if (this.sees(LBrace)) return this.#function(specifiers, declared, type);
    const declarators: Declarator[] = [];
    this.declarators(specifiers, declared, declarators);
    this.endOf("the declaration");
    return this.finishDeclaration(this.#withPushed(specifiers, type), declarators);
  }

  /** A name at file scope that is no type and stands before no other: `foo(x);`, `foo = 1;`. */
  #checkTyped(): void {
    const tok = this.tok(1);
    if (tok.tokenType !== Identifier || this.startsDeclaration()) return;
    this.report("E0164", spanOf(tok), tok.image).help("at file scope there are only declarations and functions");
    this.abandon();
  }

  #withPushed(specifiers: Specifiers, type: TypeExpr): Specifiers {
    if (this.pushed.length === 0) return specifiers;
    const subject = specifiers.storage === "typedef" ? "typedef" : functionType(type) ? "function" : "variable";
    return { ...specifiers, attributes: [...specifiers.attributes, ...this.pushedFor(subject)] };
  }

  #function(
    specifiers: Specifiers,
    declared: Declared & { readonly name: Ident },
    type: TypeExpr,
  ): FunctionDef | undefined {
    const func = functionType(type);
    if (!func) {
      this.report("E0158", declared.name.span, declared.name.name);
      this.SUBRULE(this.block);
      return undefined;
    }
    this.scopes.push();
    for (const param of func.params) if (param.name) this.scopes.declare(param.name.name, false);
    const body = this.SUBRULE2(this.block);
    this.scopes.pop();
    const { storage, inline, attributes, first } = this.#withPushed(specifiers, type);
    const all = [...attributes, ...declared.attributes];
    const { name } = declared;
    return {
      kind: "function",
      ...(storage && { storage }),
      inline,
      name,
      type,
      attributes: all,
      body,
      span: this.spanFrom(first),
    };
  }
}

let built: CParser | undefined;
let busy = false;

/** Runs `use` with the parser, which is built when first needed and used again. */
export function withParser<T>(use: (parser: CParser) => T): T {
  if (busy) return use(new CParser());
  built ??= new CParser();
  busy = true;
  try {
    return use(built);
  } finally {
    busy = false;
  }
}
