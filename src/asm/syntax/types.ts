/** Specifiers (C11 6.7.1 to 6.7.5): storage classes, built-in types, `struct`, `enum`, `typeof`, attributes. */
import type { TokenType } from "chevrotain";
import type { FileId } from "../../support/span.ts";
import type {
  Attribute,
  EnumSpec,
  Expr,
  Ident,
  MemberDecl,
  MemberDeclarator,
  MemberItem,
  Qualifier,
  RecordSpec,
  StaticAssert,
  StorageClass,
  TypeExpr,
} from "./ast.ts";
import { builtinWords, isTypeAttribute } from "./base-type.ts";
import type { Declared } from "./declarators.ts";
import { ExpressionParser } from "./expressions.ts";
import { plain } from "./features.ts";
import { ASSIGN_LEVEL, COND_LEVEL } from "./operators.ts";
import { type GrammarRule, SyntaxAbort } from "./parser-base.ts";
import { spanBetween, spanOf, type Tok } from "./token.ts";
import {
  AlignasWord,
  Assign,
  AttributeWord,
  AutoTypeWord,
  Colon,
  Comma,
  EndOfFile,
  EnumWord,
  ExtensionWord,
  FunctionWord,
  Identifier,
  LBrace,
  LBracket,
  LParen,
  QualifierWord,
  RBrace,
  RBracket,
  RecordWord,
  RefusedWord,
  RParen,
  Semi,
  StaticAssertWord,
  StorageWord,
  TypeofWord,
  TypeWord,
} from "./tokens.ts";

export interface Specifiers {
  readonly storage?: StorageClass;
  readonly inline: boolean;
  readonly base: TypeExpr;
  readonly attributes: readonly Attribute[];
  readonly first: Tok;
}

/** Specifiers as they are being read. */
interface SpecifierDraft {
  readonly first: Tok;
  storage?: Tok;
  inline: boolean;
  readonly words: Tok[];
  type?: TypeExpr;
  readonly qualifiers: Qualifier[];
  readonly attributes: Attribute[];
}

/** What `#pragma clang attribute push` put on what is declared behind it. */
export type PushedAttributes = {
  readonly attributes: readonly Attribute[];
  readonly subjects: ReadonlySet<string>;
}[];

/** Stands for a type while chevrotain records the grammar. */
const NO_TYPE: TypeExpr = { kind: "auto", span: { file: 0 as FileId, start: 0, end: 0 } };

export abstract class TypeParser extends ExpressionParser {
  /** Attributes of `#pragma clang attribute push`, innermost last. */
  protected pushed: PushedAttributes = [];

  protected abstract declarator(mode: "named" | "abstract" | "either"): Declared;
  protected abstract sync(closing?: TokenType): void;

  /** All specifiers of a declaration; `leading` are attributes that were read before it. */
  protected readonly specifiers: GrammarRule<[leading?: readonly Attribute[]], Specifiers> = this.RULE(
    "specifiers",
    (leading: readonly Attribute[] = []): Specifiers => {
      const draft: SpecifierDraft = {
        first: this.tok(1),
        inline: false,
        words: [],
        qualifiers: [],
        attributes: [...leading],
      };
      if (this.RECORDING_PHASE) return { inline: false, base: NO_TYPE, attributes: [], first: draft.first };
      while (this.#specifier(draft));
      return this.#finishSpecifiers(draft);
    },
  );

  /** Reads one specifier; false where there is none any more. */
  #specifier(draft: SpecifierDraft): boolean {
    const tok = this.tok(1);
    switch (tok.tokenType) {
      case Identifier:
        if (draft.type || draft.words.length > 0 || !this.#standsForType(tok)) return false;
        draft.type = { kind: "name", name: this.ident(), span: spanOf(tok) };
        return true;
      case TypeWord:
        draft.words.push(this.take());
        return true;
      case QualifierWord:
        return this.#qualifier(draft);
      case StorageWord:
        this.take();
        if (draft.storage) this.report("E0157", spanOf(tok), draft.storage.image, tok.image);
        draft.storage = tok;
        return true;
      case FunctionWord:
        this.take();
        if (tok.word!.canonical === "inline") draft.inline = true;
        else draft.attributes.push({ name: "noreturn", args: [], span: spanOf(tok) });
        return true;
      case RecordWord:
        return this.#setType(draft, this.SUBRULE1(this.recordSpec));
      case EnumWord:
        return this.#setType(draft, this.SUBRULE2(this.enumSpec));
      case TypeofWord:
        return this.#setType(draft, this.#typeofSpec());
      case AutoTypeWord:
        return this.#setType(draft, { kind: "auto", span: spanOf(this.take()) });
      case AttributeWord:
      case AlignasWord:
      case LBracket:
        if (tok.tokenType === LBracket && this.tok(2).tokenType !== LBracket) return false;
        for (const attribute of this.attributes()) draft.attributes.push(attribute);
        return true;
      case ExtensionWord:
        this.take();
        return true;
      case RefusedWord:
        return this.#refused();
      default:
        return false;
    }
  }

  /** A type's name; an unknown name stands for one where another name or `*` follows. */
  #standsForType(tok: Tok): boolean {
    if (this.isType(tok.image)) return true;
    if (this.isDeclared(tok.image)) return false;
    const next = this.tok(2);
    return next.tokenType === Identifier || next.image === "*" || next.tokenType === QualifierWord;
  }

  #refused(): true {
    const word = this.take();
    this.report("E0163", spanOf(word), word.image);
    if (word.image === "_BitInt" && this.sees(LParen)) this.skipParens();
    return true;
  }

  #qualifier(draft: SpecifierDraft): true {
    const word = this.take();
    draft.qualifiers.push(word.word!.canonical as Qualifier);
    if (word.word!.canonical !== "atomic" || !this.sees(LParen)) return true;
    const open = this.take();
    const type = this.SUBRULE3(this.typeName);
    this.close(RParen, open);
    return this.#setType(draft, type);
  }

  #setType(draft: SpecifierDraft, type: TypeExpr): true {
    if (draft.type) this.report("E0156", type.span, typeText(draft.type), typeText(type));
    draft.type = type;
    return true;
  }

  #typeofSpec(): TypeExpr {
    const word = this.take();
    const open = this.need(LParen, `after '${word.image}'`);
    this.nest();
    const isType = this.startsType(1);
    const type = isType ? this.SUBRULE4(this.typeName) : undefined;
    const expr = isType ? undefined : this.SUBRULE5(this.expression);
    this.close(RParen, open);
    this.depth--;
    const span = this.spanFrom(word);
    const unqualified = word.word!.canonical === "typeof_unqual" ? ({ unqualified: true } as const) : {};
    return type
      ? { kind: "typeof_type", type, ...unqualified, span }
      : { kind: "typeof_expr", expr: expr!, ...unqualified, span };
  }

  #finishSpecifiers(draft: SpecifierDraft): Specifiers {
    const { first, storage, inline } = draft;
    let base = this.#baseType(draft);
    const ofType = draft.attributes.filter(isTypeAttribute);
    const attributes = ofType.length > 0 ? draft.attributes.filter((a) => !isTypeAttribute(a)) : draft.attributes;
    if (ofType.length > 0) base = { kind: "attributed", of: base, attributes: ofType, span: base.span };
    if (draft.qualifiers.length > 0)
      base = { kind: "qualified", of: base, qualifiers: draft.qualifiers, span: this.spanFrom(first) };
    if (!storage) return { inline, base, attributes, first };
    return { storage: storage.image as StorageClass, inline, base, attributes, first };
  }

  #baseType({ words, type, first }: SpecifierDraft): TypeExpr {
    if (type) {
      if (words[0]) this.report("E0156", spanOf(words[0]), typeText(type), words[0].image);
      return type;
    }
    if (words.length === 0) {
      if (this.sees(Identifier)) this.fail("E0164", spanOf(this.tok(1)), this.tok(1).image);
      this.fail("E0152", this.gap(), this.found());
    }
    const span = spanBetween(first, words.at(-1)!);
    const built = builtinWords(words.map((tok) => tok.word!.canonical));
    if ("words" in built) return { kind: "builtin", words: built.words, span };
    this.report("E0156", span, built.clash[0], built.clash[1]);
    return { kind: "builtin", words: "int", span };
  }

  /** Passes a parenthesised group, whatever is in it. */
  protected skipParens(): void {
    let depth = 0;
    do {
      const { tokenType } = this.tok(1);
      if (tokenType === LParen) depth++;
      else if (tokenType === RParen) depth--;
      else if (tokenType === EndOfFile) return;
      this.take();
    } while (depth > 0);
  }

  // ---- attributes ----

  /** Any number of `__attribute__((...))`, `[[...]]` and `_Alignas(...)`. */
  protected attributes(): readonly Attribute[] {
    let list: Attribute[] | undefined;
    for (;;) {
      const { tokenType } = this.tok(1);
      const isBrackets = tokenType === LBracket && this.tok(2).tokenType === LBracket;
      if (tokenType !== AttributeWord && tokenType !== AlignasWord && !isBrackets) return list ?? [];
      list ??= [];
      if (tokenType === AlignasWord) list.push(this.#alignas());
      else this.#attributeGroup(list, isBrackets);
    }
  }

  #alignas(): Attribute {
    const word = this.take();
    const open = this.need(LParen, "after '_Alignas'");
    const arg = this.SUBRULE6(this.argument);
    this.close(RParen, open);
    const args: readonly Expr[] =
      arg.kind === "type_arg" ? [{ kind: "alignof_type", type: arg.type, span: arg.span }] : [arg];
    return { name: "aligned", args, span: this.spanFrom(word) };
  }

  #attributeGroup(list: Attribute[], isBrackets: boolean): void {
    if (!isBrackets) this.take();
    const [openType, closeType] = isBrackets ? [LBracket, RBracket] : [LParen, RParen];
    const outer = this.need(openType, "after '__attribute__'");
    const inner = this.need(openType, "after '__attribute__('");
    while (!this.sees(closeType)) {
      if (this.takeIf(Comma)) continue;
      list.push(this.#attribute());
      if (!this.sees(Comma)) break;
    }
    this.close(closeType, inner);
    this.close(closeType, outer);
  }

  #attribute(): Attribute {
    const first = this.tok(1);
    if (!first.word) this.fail("E0150", this.gap(), `the name of an attribute, found ${this.found()}`);
    let name = this.take().image;
    if (this.sees(Colon) && this.tok(2).tokenType === Colon) {
      this.take();
      this.take();
      name = this.take().image;
    }
    const args: Expr[] = [];
    const open = this.takeIf(LParen);
    if (open) {
      this.nest();
      if (!this.sees(RParen))
        do args.push(this.SUBRULE7(this.argument));
        while (this.takeIf(Comma));
      this.close(RParen, open);
      this.depth--;
    }
    return { name: plain(name), args, span: this.spanFrom(first) };
  }

  // ---- struct and union ----

  protected readonly recordSpec: GrammarRule<[], RecordSpec> = this.RULE("recordSpec", (): RecordSpec => {
    const word = this.CONSUME(RecordWord) as Tok;
    const of = word.word?.canonical === "union" ? "union" : "struct";
    if (this.RECORDING_PHASE) return { kind: "record", of, attributes: [], span: spanOf(word) };
    const attributes = [...this.attributes()];
    const packed = this.pp!.pack;
    const tag = this.takeIf(Identifier);
    if (!tag && !this.sees(LBrace)) this.fail("E0150", this.gap(), `a tag or '{' after '${of}', found ${this.found()}`);
    const named = tag ? { tag: { name: tag.image, span: spanOf(tag) } } : {};
    if (!this.sees(LBrace)) return { kind: "record", of, ...named, attributes, span: this.spanFrom(word) };
    const members = this.#members();
    attributes.push(...this.attributes(), ...this.pushedFor("record"));
    if (packed) attributes.push(packAttribute(packed));
    return { kind: "record", of, ...named, members, attributes, span: this.spanFrom(word) };
  });

  protected pushedFor(subject: string): readonly Attribute[] {
    return this.pushed.flatMap(({ attributes, subjects }) => (subjects.has(subject) ? attributes : []));
  }

  #members(): readonly MemberItem[] {
    const open = this.need(LBrace);
    this.nest();
    const members: MemberItem[] = [];
    while (!this.sees(RBrace) && !this.sees(EndOfFile)) {
      if (this.takeIf(Semi)) continue;
      const { depth } = this;
      const scopes = this.scopes.depth;
      try {
        members.push(this.sees(StaticAssertWord) ? this.SUBRULE8(this.staticAssert) : this.#member());
      } catch (problem) {
        this.recover(problem, depth, scopes);
      }
    }
    this.close(RBrace, open);
    this.depth--;
    return members;
  }

  /** Goes on after an error that was reported; anything else is thrown on. */
  protected recover(problem: unknown, depth: number, scopes: number): void {
    if (!(problem instanceof SyntaxAbort) || problem.fatal) throw problem;
    this.depth = depth;
    this.scopes.restore(scopes);
    this.atEnumerator = false;
    this.sync();
  }

  #member(): MemberDecl {
    const { base, attributes, first } = this.SUBRULE9(this.specifiers);
    const declarators: MemberDeclarator[] = [];
    if (!this.sees(Semi))
      do declarators.push(this.#memberDeclarator(base));
      while (this.takeIf(Comma));
    if (!this.sees(RBrace) || declarators.length === 0) this.need(Semi, "after the member");
    else this.report("E0150", this.gap(Semi), "';' after the member");
    return { kind: "member", base, declarators, attributes, span: this.spanFrom(first) };
  }

  #memberDeclarator(base: TypeExpr): MemberDeclarator {
    const first = this.tok(1);
    const declared = this.sees(Colon) ? undefined : this.declarator("named");
    const bits = this.takeIf(Colon) ? this.subexpression(COND_LEVEL) : undefined;
    const attributes = [...(declared?.attributes ?? []), ...this.attributes()];
    const type = declared ? declared.wrap(base) : base;
    const span = this.spanFrom(first);
    const name = declared?.name;
    if (!name) return { type, ...(bits && { bits }), attributes, span };
    return bits ? { name, type, bits, attributes, span } : { name, type, attributes, span };
  }

  // ---- enum ----

  protected readonly enumSpec: GrammarRule<[], EnumSpec> = this.RULE("enumSpec", (): EnumSpec => {
    const word = this.CONSUME(EnumWord) as Tok;
    if (this.RECORDING_PHASE) return { kind: "enum", attributes: [], span: spanOf(word) };
    const attributes = [...this.attributes()];
    const tag = this.takeIf(Identifier);
    const hasType = this.sees(Colon) && this.startsType(2) && this.takeIf(Colon);
    const underlying = hasType && this.SUBRULE(this.specifiers).base;
    if (!tag && !this.sees(LBrace)) this.fail("E0150", this.gap(), `a tag or '{' after 'enum', found ${this.found()}`);
    const values = this.sees(LBrace) ? this.#enumerators() : undefined;
    if (values) attributes.push(...this.attributes(), ...this.pushedFor("enum"));
    return {
      kind: "enum",
      ...(tag && { tag: { name: tag.image, span: spanOf(tag) } }),
      ...(underlying && { underlying }),
      ...(values && { values }),
      attributes,
      span: this.spanFrom(word),
    };
  });

  #enumerators(): readonly { readonly name: Ident; readonly value?: Expr }[] {
    const values: { readonly name: Ident; readonly value?: Expr }[] = [];
    this.atEnumerator = true;
    const open = this.take();
    while (!this.sees(RBrace)) {
      const name = this.ident("the name of an enumerator");
      this.scopes.declare(name.name, false);
      this.attributes();
      this.atEnumerator = false;
      const value = this.takeIf(Assign) ? this.subexpression(ASSIGN_LEVEL) : undefined;
      values.push(value ? { name, value } : { name });
      if (!this.sees(Comma)) break;
      this.atEnumerator = true;
      this.take();
    }
    this.atEnumerator = false;
    this.close(RBrace, open);
    return values;
  }

  // ---- _Static_assert ----

  protected readonly staticAssert: GrammarRule<[], StaticAssert> = this.RULE("staticAssert", (): StaticAssert => {
    const word = this.CONSUME(StaticAssertWord) as Tok;
    const open = this.CONSUME(LParen) as Tok;
    const cond = this.SUBRULE(this.expression, { ARGS: [ASSIGN_LEVEL] });
    if (this.RECORDING_PHASE) return { kind: "static_assert", cond, span: spanOf(word) };
    const message = this.takeIf(Comma) ? this.SUBRULE(this.stringLiteral) : undefined;
    this.close(RParen, open);
    this.need(Semi, "after '_Static_assert(...)'");
    return { kind: "static_assert", cond, ...(message && { message }), span: this.spanFrom(word) };
  });
}

function packAttribute(size: Tok): Attribute {
  const span = spanOf(size);
  return {
    name: "pragma_pack",
    args: [{ kind: "int", value: BigInt(size.image), suffix: "", decimal: true, span }],
    span,
  };
}

function typeText(type: TypeExpr): string {
  switch (type.kind) {
    case "builtin":
      return type.words;
    case "name":
      return type.name.name;
    case "record":
      return `${type.of} ${type.tag?.name ?? "{...}"}`;
    case "enum":
      return `enum ${type.tag?.name ?? "{...}"}`;
    case "auto":
      return "__auto_type";
    default:
      return "typeof";
  }
}
