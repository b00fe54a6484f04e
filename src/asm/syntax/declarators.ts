/** Declarators (C11 6.7.6), turned inside out as they are read, parameters, type names and initialisers (6.7.9). */
import type {
  Attribute,
  Designator,
  Ident,
  InitItem,
  Initializer,
  InitList,
  ParamDecl,
  Qualifier,
  TypeExpr,
} from "./ast.ts";
import { ASSIGN_LEVEL } from "./operators.ts";
import type { GrammarRule } from "./parser-base.ts";
import { spanOf, type Tok } from "./token.ts";
import {
  Assign,
  AttributeWord,
  Colon,
  Comma,
  Dot,
  Ellipsis,
  Identifier,
  LBrace,
  LBracket,
  LParen,
  QualifierWord,
  RBrace,
  RBracket,
  RParen,
  Star,
  StorageWord,
} from "./tokens.ts";
import { TypeParser } from "./types.ts";

/** What a declarator says: a name, and the type it makes of a base type. */
export interface Declared {
  readonly name?: Ident;
  wrap(base: TypeExpr): TypeExpr;
  readonly attributes: readonly Attribute[];
}

type Wrap = (type: TypeExpr) => TypeExpr;

export abstract class DeclaratorParser extends TypeParser {
  /** Whose parameters are being read. */
  #owner = "";

  protected declarator(mode: "named" | "abstract" | "either"): Declared {
    return this.SUBRULE(this.declaratorRule, { ARGS: [mode] });
  }

  /** `* const (*name)(int)[3]`. */
  protected readonly declaratorRule: GrammarRule<[mode: "named" | "abstract" | "either"], Declared> = this.RULE(
    "declarator",
    (mode): Declared => {
      if (this.RECORDING_PHASE) return { wrap: (type) => type, attributes: [] };
      const { depth } = this;
      const attributes: Attribute[] = [];
      const pointers = this.#pointers(attributes);
      let name: Ident | undefined;
      let inner: Declared | undefined;
      if (mode !== "abstract" && this.sees(Identifier)) name = this.ident();
      else if (this.sees(LParen) && (mode === "named" || this.#opensDeclarator(mode))) {
        const open = this.take();
        this.nest();
        attributes.push(...this.attributes());
        inner = this.SUBRULE1(this.declaratorRule, { ARGS: [mode] });
        this.close(RParen, open);
        name = inner.name;
      } else if (mode === "named") this.fail("E0150", this.gap(), `a name, found ${this.found()}`);
      const suffixes = this.#suffixes();
      this.depth = depth;
      const wrap = (base: TypeExpr): TypeExpr => {
        let type = base;
        for (const pointer of pointers) type = pointer(type);
        for (let i = suffixes.length - 1; i >= 0; i--) type = suffixes[i]!(type);
        return inner ? inner.wrap(type) : type;
      };
      attributes.push(...this.attributes(), ...(inner?.attributes ?? []));
      return name ? { name, wrap, attributes } : { wrap, attributes };
    },
  );

  /** Whether the `(` ahead holds a declarator rather than parameters. */
  #opensDeclarator(mode: "abstract" | "either"): boolean {
    const next = this.tok(2);
    if (next.tokenType === Identifier) return mode === "either" && !this.isType(next.image);
    return (
      next.tokenType === Star ||
      next.tokenType === LParen ||
      next.tokenType === LBracket ||
      next.tokenType === AttributeWord
    );
  }

  /** Any number of `*` with what qualifies them; attributes before the first are the declarator's. */
  #pointers(attributes: Attribute[]): readonly Wrap[] {
    const wraps: Wrap[] = [];
    attributes.push(...this.attributes());
    while (this.sees(Star)) {
      this.nest();
      const star = this.take();
      const qualifiers: Qualifier[] = [];
      const own: Attribute[] = [];
      for (;;) {
        if (this.sees(QualifierWord)) qualifiers.push(this.take().word!.canonical as Qualifier);
        else if (this.sees(AttributeWord)) own.push(...this.attributes());
        else break;
      }
      const span = this.spanFrom(star);
      wraps.push((to) => decorated({ kind: "ptr", to, span }, qualifiers, own));
    }
    return wraps;
  }

  #suffixes(): readonly Wrap[] {
    const wraps: Wrap[] = [];
    for (;;) {
      if (this.sees(LParen)) wraps.push(this.#parameters());
      else if (this.sees(LBracket) && this.tok(2).tokenType !== LBracket) wraps.push(this.#arraySuffix());
      else return wraps;
      this.nest();
    }
  }

  /** `[]`, `[n]`, and in parameters `[static n]`, `[const n]`, `[*]`. */
  #arraySuffix(): Wrap {
    const open = this.take();
    while (this.sees(QualifierWord) || (this.sees(StorageWord) && this.tok(1).image === "static")) this.take();
    if (this.sees(Star) && this.tok(2).tokenType === RBracket) this.take();
    const length = this.sees(RBracket) ? undefined : this.SUBRULE2(this.expression);
    this.close(RBracket, open);
    const span = this.spanFrom(open);
    return (elem) => ({ kind: "array", elem, ...(length && { length }), span });
  }

  #parameters(): Wrap {
    const name = this.tok(0);
    const open = this.take();
    const outer = this.#owner;
    this.#owner = name.tokenType === Identifier ? name.image : "this function";
    this.scopes.push();
    const { params, variadic, unspecified } = this.#parameterList();
    this.scopes.pop();
    this.#owner = outer;
    this.close(RParen, open);
    const span = this.spanFrom(open);
    return (ret) => ({ kind: "func", ret, params, variadic, unspecified, span });
  }

  #parameterList(): { params: readonly ParamDecl[]; variadic: boolean; unspecified: boolean } {
    if (this.sees(RParen)) return { params: [], variadic: false, unspecified: true };
    if (this.tok(1).image === "void" && this.tok(2).tokenType === RParen) {
      this.take();
      return { params: [], variadic: false, unspecified: false };
    }
    const params: ParamDecl[] = [];
    do {
      if (this.takeIf(Ellipsis)) return { params, variadic: true, unspecified: false };
      params.push(this.SUBRULE3(this.parameter));
    } while (this.takeIf(Comma));
    return { params, variadic: false, unspecified: false };
  }

  protected readonly parameter: GrammarRule<[], ParamDecl> = this.RULE("parameter", (): ParamDecl => {
    if (this.RECORDING_PHASE) return { type: this.SUBRULE(this.typeName), attributes: [], span: spanOf(this.tok(0)) };
    const tok = this.tok(1);
    const untyped = tok.tokenType === Identifier && !this.isType(tok.image);
    const next = this.tok(2).tokenType;
    if (untyped && (next === Comma || next === RParen)) this.fail("E0159", spanOf(tok), this.#owner);
    this.nest();
    const specifiers = this.SUBRULE1(this.specifiers);
    const declared = this.declarator("either");
    if (declared.name) this.scopes.declare(declared.name.name, false);
    this.depth--;
    const attributes = [...specifiers.attributes, ...declared.attributes];
    const type = declared.wrap(specifiers.base);
    const { name } = declared;
    const span = this.spanFrom(tok);
    return name ? { name, type, attributes, span } : { type, attributes, span };
  });

  /** A type without a name, as in a cast. */
  protected readonly typeName: GrammarRule<[], TypeExpr> = this.RULE("typeName", (): TypeExpr => {
    if (this.RECORDING_PHASE) return { kind: "auto", span: spanOf(this.tok(0)) };
    this.nest();
    const { base, attributes } = this.SUBRULE1(this.specifiers);
    const declared = this.declarator("abstract");
    this.depth--;
    return decorated(declared.wrap(base), [], [...attributes, ...declared.attributes]);
  });

  // ---- initialisers ----

  protected initializer(): Initializer {
    return this.sees(LBrace) ? this.SUBRULE4(this.initList) : this.SUBRULE5(this.expression, { ARGS: [ASSIGN_LEVEL] });
  }

  protected readonly initList: GrammarRule<[], InitList> = this.RULE("initList", (): InitList => {
    const open = this.CONSUME(LBrace) as Tok;
    if (this.RECORDING_PHASE) return { kind: "init_list", items: [], span: spanOf(open) };
    this.nest();
    const items: InitItem[] = [];
    while (!this.sees(RBrace)) {
      items.push(this.#initItem());
      if (!this.takeIf(Comma)) break;
    }
    this.close(RBrace, open);
    this.depth--;
    return { kind: "init_list", items, span: this.spanFrom(open) };
  });

  #initItem(): InitItem {
    const first = this.tok(1);
    const designators: Designator[] = [];
    if (first.tokenType === Identifier && this.tok(2).tokenType === Colon) {
      designators.push({ kind: "field", name: this.ident() });
      this.take();
    } else {
      while (this.sees(Dot) || this.sees(LBracket)) designators.push(this.designator());
      const isArray = designators.at(-1)?.kind !== "field";
      if (designators.length > 0 && !this.takeIf(Assign) && !isArray) this.missing(Assign, "after the designator");
    }
    const value = this.initializer();
    return { designators, value, span: this.spanFrom(first) };
  }
}

function decorated(type: TypeExpr, qualifiers: readonly Qualifier[], attributes: readonly Attribute[]): TypeExpr {
  const { span } = type;
  const tagged: TypeExpr = attributes.length > 0 ? { kind: "attributed", of: type, attributes, span } : type;
  return qualifiers.length > 0 ? { kind: "qualified", of: tagged, qualifiers, span } : tagged;
}
