/** Expressions (C11 6.5, with GNU's additions). Operators are read flat and put together by `OperatorStack`. */
import type { TokenType } from "chevrotain";
import type {
  Block,
  Designator,
  Expr,
  Ident,
  IncDecOp,
  InitList,
  StringLiteral,
  TypeExpr,
  UnaryOp,
  WidePrefix,
} from "./ast.ts";
import { OperatorStack } from "./expression-tree.ts";
import {
  charValue,
  decodeText,
  decodeUnits,
  joinBytes,
  type LiteralErrors,
  parseNumber,
  unitBytes,
  unitSizes,
  widePrefix,
} from "./literal.ts";
import { ASSIGN_LEVEL, COMMA_LEVEL, COND_LEVEL, operatorLevels } from "./operators.ts";
import { type GrammarRule, ParserBase } from "./parser-base.ts";
import { coverSpans, spanOf, type Tok } from "./token.ts";
import {
  AlignofWord,
  Amp,
  AmpAmp,
  Arrow,
  CharLit,
  Colon,
  Comma,
  DefaultWord,
  Dot,
  Ellipsis,
  ExtensionWord,
  GenericWord,
  Identifier,
  IncDec,
  LBrace,
  LBracket,
  LParen,
  NotWord,
  NumberLit,
  OffsetofWord,
  PlusMinus,
  RBracket,
  RParen,
  Semi,
  SizeofWord,
  Star,
  StringLit,
  TypesCompatibleWord,
} from "./tokens.ts";

/** Something before an operand, waiting for it. */
interface Prefix {
  readonly tok: Tok;
  readonly type?: TypeExpr;
}

const prefixOperators = new Set<TokenType>([Star, Amp, PlusMinus, NotWord, IncDec, ExtensionWord]);
/** What follows a parenthesised type, and cannot follow a parenthesised value. */
const castOperands = new Set<TokenType>([Identifier, NumberLit, StringLit, CharLit, NotWord, SizeofWord]);
/** One flat list of operators may be this many times as long as nesting may be deep: the tree leans, and is walked. */
const CHAIN_FACTOR = 8;

export abstract class ExpressionParser extends ParserBase {
  protected abstract readonly typeName: GrammarRule<[], TypeExpr>;
  protected abstract readonly initList: GrammarRule<[], InitList>;
  protected abstract readonly block: GrammarRule<[], Block>;

  /** With operators of at least the level: `COMMA_LEVEL` for all, `ASSIGN_LEVEL` for an argument. */
  protected readonly expression = this.RULE("expression", (least: number = COMMA_LEVEL): Expr => {
    const first = this.SUBRULE1(this.operand);
    if (this.RECORDING_PHASE) return first;
    let level = this.#operatorLevel();
    if (level < least) return first;
    const stack = new OperatorStack(first);
    const limit = this.pp!.limits.nesting * CHAIN_FACTOR;
    for (let count = 0; level >= least; level = this.#operatorLevel()) {
      if (++count > limit) this.stop("E0155", spanOf(this.tok(1)), limit);
      const op = this.take();
      const middle = level === COND_LEVEL ? this.#middle(op) : undefined;
      stack.add(level, op, this.SUBRULE2(this.operand), middle);
    }
    return stack.finish();
  });

  /** The level of the operator ahead, below all levels where there is none. */
  #operatorLevel(): number {
    const tok = this.tok(1);
    if (tok.word || tok.tokenType === RParen || tok.tokenType === Semi) return -1;
    return operatorLevels.get(tok.image) ?? -1;
  }

  #middle(question: Tok): Expr | undefined {
    this.nest();
    const then = this.sees(Colon) ? undefined : this.SUBRULE3(this.expression);
    this.depth--;
    if (this.takeIf(Colon)) return then;
    this.report("E0150", this.gap(Colon), "':'").note("to match this '?'", spanOf(question));
    return this.abandon();
  }

  /** Prefix operators and casts, something primary, what follows it. */
  protected readonly operand: GrammarRule<[], Expr> = this.RULE("operand", (): Expr => {
    if (this.RECORDING_PHASE) return this.#recordOperand();
    const prefixes: Prefix[] = [];
    const depth = this.depth;
    let expr = this.#prefixed(prefixes) ?? this.#postfix(this.OR2(this.#primaries));
    for (let i = prefixes.length - 1; i >= 0; i--) expr = this.#apply(prefixes[i]!, expr);
    this.depth = depth;
    return expr;
  });

  /** The shape of an operand for chevrotain's tables; `#prefixed` reads it, because only types tell a cast from `(`. */
  #recordOperand(): Expr {
    this.MANY(() =>
      this.OR1(
        [...prefixOperators, SizeofWord, AlignofWord, AmpAmp].map((kind) => ({ ALT: () => this.CONSUME(kind) })),
      ),
    );
    return this.OR2(this.#primaries);
  }

  /** Reads what stands before an operand; returns it where that is already all of it, as with `sizeof(int)`. */
  #prefixed(prefixes: Prefix[]): Expr | undefined {
    for (;;) {
      const tok = this.tok(1);
      const { tokenType } = tok;
      if (prefixOperators.has(tokenType)) {
        this.nest();
        this.take();
        if (tokenType !== ExtensionWord) prefixes.push({ tok });
      } else if (tokenType === LParen) {
        if (this.#castsToUnknown()) {
          prefixes.push(this.#unknownCast());
          continue;
        }
        if (!this.startsType(2) && !this.#pointsToUnknown()) return undefined;
        const literal = this.#castOrLiteral(tok, prefixes);
        if (literal) return literal;
      } else if (tokenType === SizeofWord || tokenType === AlignofWord) {
        const whole = this.#sizeof(tok, prefixes);
        if (whole) return whole;
      } else return tokenType === AmpAmp ? this.#labelAddress() : undefined;
    }
  }

  /** `(foo) x`: only a type can stand in such parentheses, so an unknown name is taken for one. */
  #castsToUnknown(): boolean {
    const name = this.tok(2);
    if (name.tokenType !== Identifier || this.tok(3).tokenType !== RParen) return false;
    return castOperands.has(this.tok(4).tokenType) && !this.isDeclared(name.image) && !this.isType(name.image);
  }

  /** `(foo *)`: a type as well. */
  #pointsToUnknown(): boolean {
    if (this.tok(2).tokenType !== Identifier || this.tok(3).tokenType !== Star) return false;
    return this.tok(4).tokenType === RParen || (this.tok(4).tokenType === Star && this.tok(5).tokenType === RParen);
  }

  #unknownCast(): Prefix {
    this.nest();
    const tok = this.take();
    const name = this.ident();
    this.take();
    return { tok, type: { kind: "name", name, span: name.span } };
  }

  #castOrLiteral(open: Tok, prefixes: Prefix[]): Expr | undefined {
    this.nest();
    const type = this.#parenType();
    if (this.sees(LBrace)) return this.#postfix(this.#compoundLiteral(open, type));
    prefixes.push({ tok: open, type });
    return undefined;
  }

  #parenType(): TypeExpr {
    this.need(LParen);
    const type = this.SUBRULE4(this.typeName);
    this.need(RParen, "after the type");
    return type;
  }

  #compoundLiteral(open: Tok, type: TypeExpr): Expr {
    const init = this.SUBRULE5(this.initList);
    return { kind: "compound_literal", type, init, span: this.spanFrom(open) };
  }

  #sizeof(word: Tok, prefixes: Prefix[]): Expr | undefined {
    this.nest();
    this.take();
    const open = this.tok(1);
    if (open.tokenType !== LParen || !this.startsType(2)) {
      prefixes.push({ tok: word });
      return undefined;
    }
    const type = this.#parenType();
    const isSize = word.tokenType === SizeofWord;
    if (!this.sees(LBrace)) return { kind: isSize ? "sizeof_type" : "alignof_type", type, span: this.spanFrom(word) };
    return this.#apply({ tok: word }, this.#postfix(this.#compoundLiteral(open, type)));
  }

  #labelAddress(): Expr {
    const start = this.take();
    const label = this.ident();
    return { kind: "label_addr", label, span: this.spanFrom(start) };
  }

  #apply({ tok, type }: Prefix, operand: Expr): Expr {
    const span = coverSpans(spanOf(tok), operand.span);
    if (type) return { kind: "cast", type, operand, span };
    if (tok.tokenType === SizeofWord) return { kind: "sizeof_expr", operand, span };
    if (tok.tokenType === AlignofWord) return { kind: "alignof_expr", operand, span };
    if (tok.tokenType === IncDec) return { kind: "incdec", op: tok.image as IncDecOp, prefix: true, operand, span };
    return { kind: "unary", op: tok.image as UnaryOp, operand, span };
  }

  // ---- postfix ----

  #postfix(expr: Expr): Expr {
    const limit = this.pp!.limits.nesting * CHAIN_FACTOR;
    for (let count = 0; ; count++) {
      if (count > limit) this.stop("E0155", spanOf(this.tok(1)), limit);
      const next = this.#postfixOnce(expr);
      if (!next) return expr;
      expr = next;
    }
  }

  #postfixOnce(base: Expr): Expr | undefined {
    const tok = this.tok(1);
    switch (tok.tokenType) {
      case Arrow:
      case Dot: {
        this.take();
        const name = this.ident("a member name");
        return { kind: "member", base, arrow: tok.tokenType === Arrow, name, span: coverSpans(base.span, name.span) };
      }
      case LParen: {
        const args = this.#arguments();
        return { kind: "call", callee: base, args, span: coverSpans(base.span, spanOf(this.tok(0))) };
      }
      case LBracket: {
        const index = this.#index();
        return { kind: "index", base, index, span: coverSpans(base.span, spanOf(this.tok(0))) };
      }
      case IncDec:
        this.take();
        return {
          kind: "incdec",
          op: tok.image as IncDecOp,
          prefix: false,
          operand: base,
          span: coverSpans(base.span, spanOf(tok)),
        };
      default:
        return undefined;
    }
  }

  #arguments(): readonly Expr[] {
    const open = this.take();
    this.nest();
    const args: Expr[] = [];
    if (!this.sees(RParen))
      do args.push(this.SUBRULE6(this.argument));
      while (this.takeIf(Comma));
    this.close(RParen, open);
    this.depth--;
    return args;
  }

  #index(): Expr {
    const open = this.take();
    this.nest();
    const index = this.SUBRULE7(this.expression);
    this.close(RBracket, open);
    this.depth--;
    return index;
  }

  /** The closing bracket of `open`; missing, the report points at both. */
  protected close(type: TokenType, open: Tok): Tok {
    if (this.sees(type)) return this.take();
    const report = this.report("E0150", this.gap(type), `${type.LABEL}`);
    report.note(`to match this '${open.image}'`, spanOf(open));
    return this.abandon();
  }

  /** An argument of a call: an expression, or a type where a builtin takes one. */
  protected readonly argument: GrammarRule<[], Expr> = this.RULE("argument", (): Expr => {
    if (this.RECORDING_PHASE || !this.startsType(1)) {
      return this.SUBRULE1(this.expression, { ARGS: [ASSIGN_LEVEL] });
    }
    const first = this.tok(1);
    const type = this.SUBRULE2(this.typeName);
    return { kind: "type_arg", type, span: this.spanFrom(first) };
  });

  // ---- primary ----

  readonly #primaries = [
    { ALT: (): Expr => this.#name(this.CONSUME(Identifier) as Tok) },
    { ALT: (): Expr => this.#number(this.CONSUME(NumberLit) as Tok) },
    { ALT: (): Expr => this.SUBRULE8(this.stringLiteral) },
    { ALT: (): Expr => this.#char(this.CONSUME(CharLit) as Tok) },
    { ALT: (): Expr => this.SUBRULE9(this.parenthesised) },
    { ALT: (): Expr => this.SUBRULE(this.generic) },
    { ALT: (): Expr => this.SUBRULE1(this.offsetOf) },
    { ALT: (): Expr => this.SUBRULE2(this.typesCompatible) },
  ];

  #name(tok: Tok): Expr {
    return { kind: "name", name: tok.image, span: spanOf(tok) };
  }

  #number(tok: Tok): Expr {
    const span = spanOf(tok);
    if (this.RECORDING_PHASE) return { kind: "error", span };
    const number = parseNumber(tok.image);
    if (number.kind === "float") return { kind: "float", text: tok.image, span };
    if (number.kind === "int") return { ...number, span };
    if (number.kind === "bad") this.report("E0104", span, tok.image, number.why);
    else this.report("E0105", span, tok.image);
    return { kind: "error", span };
  }

  #char(tok: Tok): Expr {
    const span = spanOf(tok);
    if (this.RECORDING_PHASE) return { kind: "error", span };
    const wide = widePrefix(tok.image, "'");
    if (wide) return this.#wideChar(tok, wide);
    const bytes = this.#decode(tok, "'");
    const value = charValue(bytes);
    const isWide = bytes.length > 1 && /[^\0-\x7f]/.test(tok.image);
    if (value !== undefined && !isWide) return { kind: "char", value, span };
    const why = isWide
      ? "it needs more than one byte"
      : bytes.length === 0
        ? "it is empty"
        : "it holds more than 4 characters";
    this.report("E0107", span, why);
    return { kind: "error", span };
  }

  #wideChar(tok: Tok, wide: WidePrefix): Expr {
    const span = spanOf(tok);
    const units = this.#units(tok, "'", wide);
    if (units.length === 1) return { kind: "char", value: wide === "L" ? units[0]! | 0 : units[0]!, wide, span };
    this.report("E0107", span, units.length === 0 ? "it is empty" : "a wide one holds one character");
    return { kind: "error", span };
  }

  #errors(tok: Tok): LiteralErrors {
    return {
      badEscape: (text, why) => void this.report("E0106", spanOf(tok), text, why),
      unknownEscape: (text) => void this.sink.warn("unknown-escape-sequence", spanOf(tok), text),
    };
  }

  /** The bytes of a constant that is not wide, though it may stand beside one that is. */
  #decode(tok: Tok, quote: string): Uint8Array {
    return decodeText(tok.image.slice(tok.image.indexOf(quote) + 1, -1), this.#errors(tok));
  }

  #units(tok: Tok, quote: string, wide: WidePrefix): number[] {
    return decodeUnits(tok.image.slice(tok.image.indexOf(quote) + 1, -1), unitSizes[wide], this.#errors(tok));
  }

  /** One or more string literals, joined; one prefix holds for all of them (C11 6.4.5p5). */
  protected readonly stringLiteral: GrammarRule<[], StringLiteral> = this.RULE("stringLiteral", (): StringLiteral => {
    const first = this.CONSUME(StringLit) as Tok;
    if (this.RECORDING_PHASE) return { kind: "string", bytes: new Uint8Array(), span: spanOf(first) };
    const toks = [first];
    const done: Uint8Array[] = [];
    const decoded = (): Uint8Array => joinBytes(toks.splice(0).map((tok) => this.#decode(tok, '"')));
    for (let next = this.takeIf(StringLit); next; next = this.takeIf(StringLit)) {
      if (toks.length === MOST_PARTS && !this.#commonPrefix(toks)) done.push(decoded());
      toks.push(next);
    }
    const span = this.spanFrom(first);
    const wide = this.#commonPrefix(toks);
    if (!wide) return { kind: "string", bytes: joinBytes([...done, decoded()]), span };
    if (done.length > 0) this.report("E0108", span, "", wide);
    const units = toks.flatMap((tok) => this.#units(tok, '"', wide));
    return { kind: "string", bytes: unitBytes(units, unitSizes[wide]), wide, span };
  });

  #commonPrefix(toks: readonly Tok[]): WidePrefix | undefined {
    const prefixes = new Map(toks.map((tok) => [tok.image.slice(0, tok.image.indexOf('"')), tok] as const));
    prefixes.delete("");
    const [[one] = [""], other] = prefixes;
    if (other) this.report("E0108", spanOf(other[1]), one, other[0]);
    return one === "L" || one === "u" || one === "U" ? one : undefined;
  }

  /** `(a, b)` or `({ ...; })`. */
  protected readonly parenthesised: GrammarRule<[], Expr> = this.RULE("parenthesised", (): Expr => {
    const open = this.CONSUME(LParen) as Tok;
    if (this.RECORDING_PHASE) return this.SUBRULE(this.expression);
    this.nest();
    const block = this.sees(LBrace) ? this.SUBRULE(this.block) : undefined;
    const inner = block ? undefined : this.SUBRULE1(this.expression);
    this.close(RParen, open);
    this.depth--;
    if (block) return { kind: "stmt_expr", body: block, span: this.spanFrom(open) };
    const marked = inner!.kind === "binary" || inner!.kind === "assign" || inner!.kind === "unary";
    return marked ? ({ ...inner, parens: true } as Expr) : inner!;
  });

  // ---- keywords that look like calls ----

  protected readonly generic: GrammarRule<[], Expr> = this.RULE("generic", (): Expr => {
    const start = this.CONSUME(GenericWord) as Tok;
    if (this.RECORDING_PHASE) return { kind: "error", span: spanOf(start) };
    this.nest();
    const open = this.need(LParen, "after '_Generic'");
    const control = this.SUBRULE1(this.expression, { ARGS: [ASSIGN_LEVEL] });
    const cases: { readonly type?: TypeExpr; readonly value: Expr }[] = [];
    while (this.takeIf(Comma)) cases.push(this.#genericCase());
    this.close(RParen, open);
    this.depth--;
    return { kind: "generic", control, cases, span: this.spanFrom(start) };
  });

  #genericCase(): { readonly type?: TypeExpr; readonly value: Expr } {
    const type = this.takeIf(DefaultWord) ? undefined : this.SUBRULE2(this.typeName);
    this.need(Colon, "after the type of a '_Generic' case");
    const value = this.SUBRULE3(this.expression, { ARGS: [ASSIGN_LEVEL] });
    return type ? { type, value } : { value };
  }

  protected readonly offsetOf: GrammarRule<[], Expr> = this.RULE("offsetOf", (): Expr => {
    const start = this.CONSUME(OffsetofWord) as Tok;
    if (this.RECORDING_PHASE) return { kind: "error", span: spanOf(start) };
    this.nest();
    const open = this.need(LParen, `after '${start.image}'`);
    const type = this.SUBRULE1(this.typeName);
    this.need(Comma, "after the type");
    const path: Designator[] = [{ kind: "field", name: this.ident("a member name") }];
    while (this.sees(Dot) || this.sees(LBracket)) path.push(this.designator());
    this.close(RParen, open);
    this.depth--;
    return { kind: "offsetof", type, path, span: this.spanFrom(start) };
  });

  /** `.name`, `[index]` or `[first ... last]`. */
  protected designator(): Designator {
    if (this.takeIf(Dot)) return { kind: "field", name: this.ident("a member name") };
    const open = this.need(LBracket);
    const first = this.subexpression(COND_LEVEL);
    const last = this.rangeEnd();
    this.close(RBracket, open);
    return last ? { kind: "range", first, last } : { kind: "index", index: first };
  }

  /** What stands behind `...` in `[a ... b]` and `case a ... b`. */
  protected rangeEnd(): Expr | undefined {
    return this.takeIf(Ellipsis) && this.subexpression(COND_LEVEL);
  }

  protected readonly typesCompatible: GrammarRule<[], Expr> = this.RULE("typesCompatible", (): Expr => {
    const start = this.CONSUME(TypesCompatibleWord) as Tok;
    if (this.RECORDING_PHASE) return { kind: "error", span: spanOf(start) };
    this.nest();
    const open = this.need(LParen, `after '${start.image}'`);
    const left = this.SUBRULE1(this.typeName);
    this.need(Comma, "between the types");
    const right = this.SUBRULE2(this.typeName);
    this.close(RParen, open);
    this.depth--;
    return { kind: "types_compatible", left, right, span: this.spanFrom(start) };
  });

  // ---- for the rules above this one ----

  protected ident(want = "a name"): Ident {
    if (!this.sees(Identifier)) this.fail("E0150", this.gap(), `${want}, found ${this.found()}`);
    const tok = this.take();
    return { name: tok.image, span: spanOf(tok) };
  }

  /** An expression, from rules that are not recorded. */
  protected subexpression(least: number): Expr {
    return this.SUBRULE9(this.expression, { ARGS: [least] });
  }
}

/** Literals that are kept apart, at most: an array of bytes is large beside the few that it holds. */
const MOST_PARTS = 1 << 12;
