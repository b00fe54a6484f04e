/**
 * What all rules of the grammar stand on: tokens pulled from the preprocessor as they are needed, spans, scopes,
 * nesting, and errors. An error is reported where it is found and then thrown as `SyntaxAbort` to the next rule that
 * knows where to go on.
 */
import { EmbeddedActionsParser, type IToken, type ParserMethod, type TokenType } from "chevrotain";
import type { ErrorCode, errorTexts } from "../../diag/catalogue.ts";
import type { DiagBuilder, DiagSink } from "../../diag/diagnostic.ts";
import type { FileId, Span } from "../../support/span.ts";
import type { Deferred } from "./deferred.ts";
import type { KnownItem, NameState, Trace } from "./known-headers.ts";
import { FirstTokenStrategy } from "./lookahead.ts";
import type { Declared, Preprocessor } from "./preprocess.ts";
import { Scopes } from "./scopes.ts";
import { spanBetween, spanOf, Tok } from "./token.ts";
import * as tokens from "./tokens.ts";
import {
  AlignasWord,
  AttributeWord,
  AutoTypeWord,
  EndOfFile,
  EnumWord,
  ExtensionWord,
  FunctionWord,
  Identifier,
  LBracket,
  QualifierWord,
  RBrace,
  RBracket,
  RecordWord,
  RefusedWord,
  RParen,
  Semi,
  StorageWord,
  TypeofWord,
  TypeWord,
} from "./tokens.ts";

export type GrammarRule<Args extends unknown[], Result> = ParserMethod<Args, Result>;

/** Ends the rules up to the next one that can recover; `fatal` ends the parse. */
export class SyntaxAbort extends Error {
  readonly fatal: boolean;
  constructor(fatal: boolean) {
    super(fatal ? "parsing stopped" : "syntax error");
    this.fatal = fatal;
  }
}

/** Types that the compiler itself declares. */
const builtinTypes: ReadonlySet<string> = new Set(["__builtin_va_list", "__int128_t", "__uint128_t"]);

/** What begins a type, names aside. */
const typeStarts = new Set<TokenType>([TypeWord, QualifierWord, RecordWord, EnumWord, TypeofWord, AutoTypeWord]);
const declarationStarts = new Set<TokenType>([...typeStarts, StorageWord, FunctionWord, AlignasWord, RefusedWord]);
/** Missing ones are reported behind the token before, as a reader sees them missing there. */
const closers = new Set<TokenType>([Semi, RParen, RBracket, RBrace, tokens.Colon]);

/** Attributes are looked behind only so far. */
const LONGEST_SKIP = 1000;

const vocabulary = Object.values(tokens).filter((v): v is TokenType => typeof v === "object" && "tokenTypeIdx" in v);
const nowhere = new Tok(EndOfFile, "", 0 as FileId, 0, 0, 0);

export abstract class ParserBase extends EmbeddedActionsParser implements Declared {
  protected pp: Preprocessor | undefined;
  protected sink!: DiagSink;
  protected scopes = new Scopes();
  /** Names of declarations that have only been skimmed. */
  protected deferred: Deferred | undefined;
  protected depth = 0;
  atEnumerator = false;
  /** Set while a declaration is parsed that may be kept. */
  protected trace: Trace | undefined;
  #isTypeName: (name: string) => boolean = () => false;
  #asked = new Map<string, boolean>();
  #tokens: Tok[] = [];
  #at = -1;
  #errors = 0;

  constructor() {
    super(vocabulary, { skipValidations: true, maxLookahead: 1, lookaheadStrategy: new FirstTokenStrategy() });
  }

  /** Gets ready to read what `pp` delivers. */
  protected begin(pp: Preprocessor, sink: DiagSink, isTypeName: (name: string) => boolean): void {
    this.reset();
    this.pp = pp;
    this.sink = sink;
    this.scopes = new Scopes();
    this.deferred = pp.deferred;
    this.depth = 0;
    this.atEnumerator = false;
    this.#isTypeName = isTypeName;
    this.#asked = new Map();
    this.#tokens = [];
    this.#at = -1;
    this.#errors = 0;
    this.trace = undefined;
    pp.declared = this;
  }

  protected end(): void {
    this.pp = undefined;
    this.#tokens = [];
  }

  // ---- tokens ----

  /** The `k`th token ahead; 0 is the one last consumed. */
  protected tok(k: number): Tok {
    if (!this.pp) return nowhere;
    while (this.#at + k >= this.#tokens.length) this.#tokens.push(this.pp.pull());
    return this.#tokens[this.#at + k] ?? nowhere;
  }

  /** Whether the next token is of the kind. */
  protected sees(type: TokenType): boolean {
    return this.tok(1).tokenType === type;
  }

  /** Whether tokens were read that have not been consumed. */
  protected get hasUnread(): boolean {
    return this.#at + 1 < this.#tokens.length;
  }

  /** Consumes the next token, whatever it is; the end of the file stays. */
  protected take(): Tok {
    const tok = this.tok(1);
    if (tok.tokenType !== EndOfFile) this.#at++;
    return tok;
  }

  /** Consumes the next token if it is of the kind. */
  protected takeIf(type: TokenType): Tok | undefined {
    return this.sees(type) ? this.take() : undefined;
  }

  /** Consumes a token of the kind, or reports that it is missing: "expected ';' after ...". */
  protected need(type: TokenType, after = ""): Tok {
    if (this.sees(type)) return this.take();
    return this.missing(type, after);
  }

  /** Lets go of the tokens behind. */
  protected forget(): void {
    if (this.#at < 4096) return;
    this.#tokens = this.#tokens.slice(this.#at);
    this.#at = 0;
  }

  // chevrotain's own access to tokens

  override LA(howMuch: number): IToken {
    return this.tok(howMuch);
  }
  override LA_FAST(howMuch: number): IToken {
    return this.tok(howMuch);
  }
  consumeToken(): void {
    this.#at++;
  }
  exportLexerState(): number {
    return this.#at;
  }
  importLexerState(at: number): void {
    this.#at = at;
  }
  resetLexerState(): void {
    this.#at = -1;
  }
  moveToTerminatedState(): void {}
  /** Rules are entered one by one, in the middle of the file: what follows one is not redundant. */
  onAfterParse(): void {}

  // ---- spans ----

  /** From `first` to the token last consumed. */
  protected spanFrom(first: Tok): Span {
    return spanBetween(first, this.tok(0));
  }

  // ---- names ----

  isDeclared(name: string): boolean {
    if (this.trace) this.#note(name, this.trace);
    return (this.scopes.isType(name) ?? this.deferred?.isType(name)) !== undefined;
  }

  protected isType(name: string): boolean {
    if (this.trace) this.#note(name, this.trace);
    return this.scopes.isType(name) ?? this.deferred?.isType(name) ?? this.#isKernelType(name);
  }

  #isKernelType(name: string): boolean {
    let known = this.#asked.get(name);
    if (known === undefined) {
      known = builtinTypes.has(name) || this.#isTypeName(name);
      this.#asked.set(name, known);
    }
    return known;
  }

  /** What the name is at file scope. */
  protected stateOf(name: string): NameState {
    const declared = this.scopes.isType(name) ?? this.deferred?.isType(name);
    if (declared !== undefined) return declared ? "type" : "value";
    return this.#isKernelType(name) ? "kernel type" : "unknown";
  }

  /** What a declaration asks of the rest of the file, rather than of itself. */
  #note(name: string, { names, declares }: Trace): void {
    if (!names.has(name) && !declares.has(name) && !this.scopes.isInner(name)) names.set(name, this.stateOf(name));
  }

  /** Whether a type begins at the `k`th token. */
  protected startsType(k: number): boolean {
    const tok = this.tok(k);
    if (tok.tokenType === Identifier) return this.isType(tok.image);
    if (tok.tokenType === AttributeWord || tok.tokenType === ExtensionWord) return this.startsType(k + this.#skip(k));
    return typeStarts.has(tok.tokenType);
  }

  /** Whether a declaration begins at the next token; a name that is no type counts where it stands as one. */
  protected startsDeclaration(): boolean {
    const tok = this.tok(1);
    if (tok.tokenType === Identifier) return this.isType(tok.image) || this.#standsAsType(tok);
    if (tok.tokenType === ExtensionWord) return declarationStarts.has(this.tok(2).tokenType) || this.startsType(2);
    return declarationStarts.has(tok.tokenType);
  }

  /** `foo bar` and `foo *bar =`: an unknown type, which is reported as such later. */
  #standsAsType(tok: Tok): boolean {
    if (this.isDeclared(tok.image)) return false;
    const next = this.tok(2).tokenType;
    if (next === Identifier) return true;
    if (next !== tokens.Star || this.tok(3).tokenType !== Identifier) return false;
    const after = this.tok(4).tokenType;
    return after === Semi || after === tokens.Assign || after === tokens.Comma || after === LBracket;
  }

  /** Number of tokens of the attribute or word at the `k`th, for a look behind it. */
  #skip(k: number): number {
    if (this.tok(k).tokenType === ExtensionWord || this.tok(k + 1).tokenType !== tokens.LParen) return 1;
    for (let i = k + 1, depth = 0; ; i++) {
      const { tokenType } = this.tok(i);
      if (tokenType === tokens.LParen) depth++;
      else if (tokenType === RParen && --depth === 0) return i - k + 1;
      else if (tokenType === EndOfFile || i - k > LONGEST_SKIP) return i - k;
    }
  }

  abstract takeKnown(known: KnownItem): boolean;

  // ---- nesting ----

  /** Goes one level down; the caller gives `depth` back. Too deep is the end of the parse. */
  protected nest(): void {
    if (++this.depth > this.pp!.limits.nesting) this.stop("E0155", spanOf(this.tok(1)), this.pp!.limits.nesting);
  }

  // ---- errors ----

  protected report<C extends ErrorCode>(code: C, span: Span, ...args: Parameters<(typeof errorTexts)[C]>): DiagBuilder {
    if (this.pp!.truncated && this.sees(EndOfFile)) throw new SyntaxAbort(true);
    if (++this.#errors > this.pp!.limits.errors) {
      this.#errors = Number.NEGATIVE_INFINITY;
      this.stop("E0165", span, this.pp!.limits.errors);
    }
    return this.sink.error(code, span, ...args);
  }

  /** Reports and gives the construct up. */
  protected fail<C extends ErrorCode>(code: C, span: Span, ...args: Parameters<(typeof errorTexts)[C]>): never {
    this.report(code, span, ...args);
    throw new SyntaxAbort(false);
  }

  /** Gives the construct up; the caller has reported why. */
  protected abandon(): never {
    throw new SyntaxAbort(false);
  }

  /** Throws on what is no syntax error of ours; running out of stack is nesting that is too deep. */
  protected onlyOwn(problem: unknown): void {
    if (problem instanceof SyntaxAbort) return;
    if (!(problem instanceof RangeError)) throw problem;
    this.sink.error("E0155", spanOf(this.tok(0)), this.depth);
  }

  /** Reports and gives the whole file up. */
  protected stop<C extends ErrorCode>(code: C, span: Span, ...args: Parameters<(typeof errorTexts)[C]>): never {
    this.sink.error(code, span, ...args);
    this.pp?.stop();
    throw new SyntaxAbort(true);
  }

  /** How a message names the next token. */
  protected found(tok = this.tok(1)): string {
    if (tok.tokenType === EndOfFile) return "the end of the file";
    if (tok.image === "") return tok.tokenType.LABEL ?? tok.tokenType.name;
    return `'${tok.image.length > 40 ? `${tok.image.slice(0, 37)}...` : tok.image}'`;
  }

  /** Where a token is missing: behind the one before for `;` and closing brackets, else at the next. */
  protected gap(type?: TokenType): Span {
    const before = this.tok(0);
    const next = this.tok(1);
    const behind = before !== nowhere && (next.tokenType === EndOfFile || (type !== undefined && closers.has(type)));
    if (!behind) return spanOf(next);
    const span = spanOf(before);
    return span.via ? span : { file: span.file, start: span.end, end: span.end };
  }

  protected missing(type: TokenType, after = ""): never {
    this.fail("E0150", this.gap(type), `${type.LABEL ?? type.name}${after && ` ${after}`}`);
  }

  consumeInternalError(type: TokenType, _next: IToken, options?: { readonly ERR_MSG?: string }): never {
    this.missing(type, options?.ERR_MSG);
  }

  /** No alternative of an `OR` begins with the next token; its `ERR_MSG` says what was wanted. */
  raiseNoAltException(_occurrence: number, wanted: string | undefined): never {
    const code = wanted === "a statement" ? "E0153" : wanted === "a type" ? "E0152" : "E0151";
    this.fail(code, this.gap(), this.found());
  }
}
