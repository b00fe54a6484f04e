/** Statements (C11 6.8) and the declarations among them, with recovery after each block item. */
import type { TokenType } from "chevrotain";
import type {
  AsmOperand,
  AsmStmt,
  Block,
  Declaration,
  Expr,
  Ident,
  StaticAssert,
  Stmt,
  StringLiteral,
  Unroll,
} from "./ast.ts";
import { DeclarationParser } from "./declarations.ts";
import { COMMA_LEVEL, COND_LEVEL } from "./operators.ts";
import type { GrammarRule } from "./parser-base.ts";
import { AT_LINE_START, spanBetween, spanOf, type Tok } from "./token.ts";
import {
  AsmWord,
  AttributeWord,
  BreakWord,
  CaseWord,
  Colon,
  Comma,
  ContinueWord,
  DefaultWord,
  DoWord,
  ElseWord,
  EndOfFile,
  ForWord,
  GotoWord,
  Identifier,
  IfWord,
  LabelWord,
  LBrace,
  LBracket,
  LParen,
  PragmaEnd,
  PragmaPop,
  PragmaPush,
  PragmaUnroll,
  QualifierWord,
  RBrace,
  RBracket,
  ReturnWord,
  RParen,
  Semi,
  Star,
  StaticAssertWord,
  StringLit,
  SwitchWord,
  WhileWord,
} from "./tokens.ts";

/** Words that begin a statement; on a fresh line, reading goes on there after an error. */
const statementWords = new Set<TokenType>([
  IfWord,
  ForWord,
  WhileWord,
  DoWord,
  SwitchWord,
  CaseWord,
  DefaultWord,
  ReturnWord,
  GotoWord,
  BreakWord,
  ContinueWord,
]);
const loopWords = new Set<TokenType>([ForWord, WhileWord, DoWord]);

export abstract class StatementParser extends DeclarationParser {
  /** Names of `__label__` declarations and what they are called in the tree, innermost block last. */
  readonly #localNames: Map<string, string>[] = [];
  #localCount = 0;

  protected readonly block: GrammarRule<[], Block> = this.RULE("block", (): Block => {
    const open = this.CONSUME(LBrace) as Tok;
    if (this.RECORDING_PHASE) return { kind: "block", items: [], span: spanOf(open) };
    this.nest();
    this.scopes.push();
    this.#localNames.push(new Map());
    const items: (Stmt | Declaration | StaticAssert)[] = [];
    while (!this.sees(RBrace) && !this.sees(EndOfFile)) this.#blockItem(items);
    this.#localNames.pop();
    this.scopes.pop();
    if (this.sees(EndOfFile)) this.#unclosed(open);
    this.take();
    this.depth--;
    return { kind: "block", items, span: this.spanFrom(open) };
  });

  #unclosed(open: Tok): never {
    this.report("E0150", this.gap(RBrace), "'}'").note("to match this '{'", spanOf(open));
    return this.abandon();
  }

  #blockItem(items: (Stmt | Declaration | StaticAssert)[]): void {
    const { depth } = this;
    const scopes = this.scopes.depth;
    const before = this.tok(1);
    const locals = this.#localNames.length;
    try {
      this.#readItem(items);
    } catch (problem) {
      this.recover(problem, depth, scopes);
      this.#localNames.length = locals;
      if (this.tok(1) === before) this.take();
    }
  }

  #readItem(items: (Stmt | Declaration | StaticAssert)[]): void {
    const { tokenType } = this.tok(1);
    if (tokenType === StaticAssertWord) items.push(this.SUBRULE1(this.staticAssert));
    else if (tokenType === LabelWord) this.#localLabels();
    else if (tokenType === PragmaPush || tokenType === PragmaPop) this.skipPragma();
    else if (tokenType === Identifier && this.tok(2).tokenType === Colon) items.push(this.#statement());
    else if (this.startsDeclaration()) items.push(this.declaration([]));
    else if (tokenType === AttributeWord || (tokenType === LBracket && this.tok(2).tokenType === LBracket))
      items.push(this.#attributed());
    else items.push(this.#statement());
  }

  /** What follows attributes: a declaration, a statement, or a lone `;` that carries them. */
  #attributed(): Stmt | Declaration {
    const first = this.tok(1);
    const attributes = this.attributes();
    if (this.takeIf(Semi)) return { kind: "empty", attributes, span: this.spanFrom(first) };
    return this.startsDeclaration() ? this.declaration(attributes) : this.#statement();
  }

  /** `__label__ a, b;`: labels of this block alone, which get names of their own, such as `a.1`. */
  #localLabels(): void {
    this.take();
    do {
      const { name } = this.ident("a label");
      this.#localNames.at(-1)?.set(name, `${name}.${++this.#localCount}`);
    } while (this.takeIf(Comma));
    this.need(Semi, "after the labels");
  }

  /** The label that a name stands for here. */
  #labelNamed(ident: Ident): Ident {
    const own = this.#localNames.findLast((names) => names.has(ident.name))?.get(ident.name);
    return own === undefined ? ident : { ...ident, name: own };
  }

  /** Passes a pragma that has its place at file scope. */
  protected skipPragma(): void {
    const pragma = this.take();
    while (pragma.tokenType === PragmaPush && !this.sees(EndOfFile) && this.take().tokenType !== PragmaEnd);
  }

  // ---- statements ----

  protected readonly statement: GrammarRule<[], Stmt> = this.RULE("statement", (): Stmt => {
    if (this.RECORDING_PHASE) return this.OR(this.#statements);
    const { depth } = this;
    this.nest();
    const stmt = this.OR({ DEF: this.#statements, ERR_MSG: "a statement" });
    this.depth = depth;
    return stmt;
  });

  #statement(): Stmt {
    return this.SUBRULE5(this.statement);
  }

  /** The body of a control statement: no declaration may stand there. */
  #body(): Stmt {
    if (this.sees(AttributeWord)) {
      const first = this.tok(1);
      const attributes = this.attributes();
      if (this.takeIf(Semi)) return { kind: "empty", attributes, span: this.spanFrom(first) };
    }
    const isLabel = this.sees(Identifier) && this.tok(2).tokenType === Colon;
    if (!isLabel && this.startsDeclaration()) this.fail("E0160", spanOf(this.tok(1)));
    return this.#statement();
  }

  readonly #statements = [
    { ALT: (): Stmt => this.SUBRULE1(this.block) },
    { ALT: (): Stmt => this.SUBRULE1(this.ifStatement) },
    { ALT: (): Stmt => this.SUBRULE1(this.loop) },
    { ALT: (): Stmt => this.SUBRULE1(this.switchStatement) },
    { ALT: (): Stmt => this.SUBRULE1(this.caseLabel) },
    { ALT: (): Stmt => this.SUBRULE1(this.jump) },
    { ALT: (): Stmt => this.SUBRULE1(this.asmStatement) },
    { ALT: (): Stmt => ({ kind: "empty", span: spanOf(this.CONSUME(Semi) as Tok) }) },
    { GATE: (): boolean => this.tok(2).tokenType === Colon, ALT: (): Stmt => this.SUBRULE1(this.label) },
    { ALT: (): Stmt => this.SUBRULE1(this.expressionStatement) },
  ];

  protected readonly expressionStatement: GrammarRule<[], Stmt> = this.RULE("expressionStatement", (): Stmt => {
    const first = this.tok(1);
    const expr = this.SUBRULE(this.expression);
    if (this.RECORDING_PHASE) return { kind: "expr", expr, span: spanOf(first) };
    this.endOf("the expression");
    return { kind: "expr", expr, span: this.spanFrom(first) };
  });

  /** An `if` with all its `else if`s, put together from the last one. */
  protected readonly ifStatement: GrammarRule<[], Stmt> = this.RULE("ifStatement", (): Stmt => {
    const first = this.CONSUME(IfWord) as Tok;
    if (this.RECORDING_PHASE) return { kind: "empty", span: spanOf(first) };
    const arms = [this.#arm(first)];
    let last: Stmt | undefined;
    let word: Tok | undefined;
    while (!last && this.takeIf(ElseWord)) {
      word = this.tok(0);
      const next = this.takeIf(IfWord);
      if (next) arms.push(this.#arm(next));
      else last = this.#body();
    }
    const end = this.tok(0);
    const elseSpan = last && word && spanOf(word);
    return arms.reduceRight<Stmt | undefined>((rest, { word, cond, body }) => {
      const span = spanBetween(word, end);
      const other = rest && { else: rest, ...(rest === last && elseSpan && { elseSpan }) };
      return { kind: "if", cond, then: body, ...other, span };
    }, last)!;
  });

  #arm(word: Tok): { readonly word: Tok; readonly cond: Expr; readonly body: Stmt } {
    const cond = this.#condition("if");
    return { word, cond, body: this.#body() };
  }

  #condition(word: string): Expr {
    const open = this.need(LParen, `after '${word}'`);
    const cond = this.SUBRULE6(this.expression);
    this.close(RParen, open);
    return cond;
  }

  protected readonly loop: GrammarRule<[], Stmt> = this.RULE("loop", (): Stmt => {
    if (this.RECORDING_PHASE) {
      const alt = (type: TokenType) => ({
        ALT: (): Stmt => ({ kind: "empty", span: spanOf(this.CONSUME(type) as Tok) }),
      });
      return this.OR([alt(PragmaUnroll), alt(WhileWord), alt(DoWord), alt(ForWord)]);
    }
    const unroll = this.#unroll();
    if (!loopWords.has(this.tok(1).tokenType)) return this.#statement();
    const word = this.take();
    if (word.tokenType === ForWord) return this.#for(word, unroll);
    if (word.tokenType === DoWord) return this.#do(word, unroll);
    const cond = this.#condition("while");
    const body = this.#body();
    return { kind: "while", cond, body, ...unroll, span: this.spanFrom(word) };
  });

  #unroll(): { readonly unroll?: Unroll } {
    let last: Tok | undefined;
    while (this.sees(PragmaUnroll)) last = this.take();
    if (!last) return {};
    if (!loopWords.has(this.tok(1).tokenType)) this.report("E0162", spanOf(last));
    return { unroll: last.image === "full" || last.image === "disable" ? last.image : Number(last.image) };
  }

  #do(word: Tok, unroll: { readonly unroll?: Unroll }): Stmt {
    const body = this.#body();
    this.need(WhileWord, "after the body of 'do'");
    const cond = this.#condition("while");
    this.endOf("'do ... while (...)'");
    return { kind: "do", body, cond, ...unroll, span: this.spanFrom(word) };
  }

  #for(word: Tok, unroll: { readonly unroll?: Unroll }): Stmt {
    const open = this.need(LParen, "after 'for'");
    this.scopes.push();
    const init = this.#forInit();
    const cond = this.sees(Semi) ? undefined : this.subexpression(COMMA_LEVEL);
    this.need(Semi, "in 'for'");
    const step = this.sees(RParen) ? undefined : this.subexpression(COMMA_LEVEL);
    this.close(RParen, open);
    const body = this.#body();
    this.scopes.pop();
    const span = this.spanFrom(word);
    return { kind: "for", ...(init && { init }), ...(cond && { cond }), ...(step && { step }), body, ...unroll, span };
  }

  #forInit(): Expr | Declaration | undefined {
    if (this.takeIf(Semi)) return undefined;
    if (this.startsDeclaration() || this.sees(AttributeWord)) return this.declaration(this.attributes());
    const expr = this.subexpression(COMMA_LEVEL);
    this.need(Semi, "in 'for'");
    return expr;
  }

  protected readonly switchStatement: GrammarRule<[], Stmt> = this.RULE("switchStatement", (): Stmt => {
    const word = this.CONSUME(SwitchWord) as Tok;
    if (this.RECORDING_PHASE) return { kind: "empty", span: spanOf(word) };
    const value = this.#condition("switch");
    const body = this.#body();
    return { kind: "switch", value, body, span: this.spanFrom(word) };
  });

  /** `case a:`, `case a ... b:` and `default:`, several in a row put together from the last one. */
  protected readonly caseLabel: GrammarRule<[], Stmt> = this.RULE("caseLabel", (): Stmt => {
    if (this.RECORDING_PHASE) {
      const alt = (type: TokenType) => ({
        ALT: (): Stmt => ({ kind: "empty", span: spanOf(this.CONSUME(type) as Tok) }),
      });
      return this.OR([alt(CaseWord), alt(DefaultWord)]);
    }
    const labels: { readonly word: Tok; readonly first?: Expr; readonly last?: Expr }[] = [];
    while (this.sees(CaseWord) || this.sees(DefaultWord)) labels.push(this.#case());
    const body = this.#afterLabel();
    return labels.reduceRight<Stmt>((rest, { word, first, last }) => {
      const span = { ...spanOf(word), end: Math.max(spanOf(word).end, rest.span.end) };
      if (!first) return { kind: "default", body: rest, span };
      return { kind: "case", first, ...(last && { last }), body: rest, span };
    }, body);
  });

  #case(): { readonly word: Tok; readonly first?: Expr; readonly last?: Expr } {
    const word = this.take();
    const first = word.tokenType === CaseWord ? this.subexpression(COND_LEVEL) : undefined;
    const last = first && this.rangeEnd();
    this.need(Colon, `after '${word.image}'`);
    return { word, ...(first && { first }), ...(last && { last }) };
  }

  protected readonly label: GrammarRule<[], Stmt> = this.RULE("label", (): Stmt => {
    const tok = this.CONSUME(Identifier) as Tok;
    this.CONSUME(Colon);
    if (this.RECORDING_PHASE) return { kind: "empty", span: spanOf(tok) };
    const name = this.#labelNamed({ name: tok.image, span: spanOf(tok) });
    const body = this.#afterLabel();
    return { kind: "label", name, body, span: { ...name.span, end: Math.max(name.span.end, body.span.end) } };
  });

  /** The statement that a label marks; before a declaration or at the end of a block, an empty one (C23 6.8.2). */
  #afterLabel(): Stmt {
    if (this.sees(AttributeWord)) {
      const first = this.tok(1);
      const attributes = this.attributes();
      if (this.takeIf(Semi)) return { kind: "empty", attributes, span: this.spanFrom(first) };
    }
    const isLabel = this.sees(Identifier) && this.tok(2).tokenType === Colon;
    const none = this.sees(RBrace) || this.sees(StaticAssertWord) || (!isLabel && this.startsDeclaration());
    return none ? { kind: "empty", span: spanOf(this.tok(0)) } : this.#statement();
  }

  protected readonly jump: GrammarRule<[], Stmt> = this.RULE("jump", (): Stmt => {
    if (this.RECORDING_PHASE) {
      const alt = (type: TokenType) => ({
        ALT: (): Stmt => ({ kind: "empty", span: spanOf(this.CONSUME(type) as Tok) }),
      });
      return this.OR([alt(GotoWord), alt(BreakWord), alt(ContinueWord), alt(ReturnWord)]);
    }
    const word = this.take();
    const stmt = this.#jumpOf(word);
    this.endOf(`'${word.image}'`);
    return { ...stmt, span: this.spanFrom(word) };
  });

  #jumpOf(word: Tok): Stmt {
    const span = spanOf(word);
    if (word.tokenType === BreakWord) return { kind: "break", span };
    if (word.tokenType === ContinueWord) return { kind: "continue", span };
    if (word.tokenType === ReturnWord) {
      const isBare = this.sees(Semi) || this.sees(RBrace);
      return isBare ? { kind: "return", span } : { kind: "return", value: this.subexpression(COMMA_LEVEL), span };
    }
    if (this.takeIf(Star)) return { kind: "goto_computed", target: this.subexpression(COMMA_LEVEL), span };
    return { kind: "goto", label: this.#labelNamed(this.ident("a label")), span };
  }

  // ---- asm ----

  protected readonly asmStatement: GrammarRule<[], AsmStmt> = this.RULE("asmStatement", (): AsmStmt => {
    const word = this.CONSUME(AsmWord) as Tok;
    const span = spanOf(word);
    const nothing: StringLiteral = { kind: "string", bytes: new Uint8Array(), span };
    const lists = { outputs: [], inputs: [], clobbers: [], labels: [] };
    if (this.RECORDING_PHASE) return { kind: "asm", volatile: false, goto: false, template: nothing, ...lists, span };
    const words = new Set<string>();
    while (this.sees(QualifierWord) || this.sees(GotoWord) || this.tok(1).word?.canonical === "inline")
      words.add(this.take().word!.canonical);
    const open = this.need(LParen, "after 'asm'");
    const template = this.SUBRULE(this.stringLiteral);
    const outputs = this.#section(() => this.#asmOperand());
    const inputs = this.#section(() => this.#asmOperand());
    const clobbers = this.#section(() => this.SUBRULE7(this.stringLiteral));
    const labels = this.#section(() => this.#labelNamed(this.ident("a label")));
    this.close(RParen, open);
    this.endOf("'asm'");
    const flags = { volatile: words.has("volatile"), goto: words.has("goto") };
    return { kind: "asm", ...flags, template, outputs, inputs, clobbers, labels, span: this.spanFrom(word) };
  });

  /** The items of one section of an `asm`, behind its colon. */
  #section<T>(item: () => T): readonly T[] {
    if (!this.takeIf(Colon)) return [];
    const items: T[] = [];
    if (this.sees(Colon) || this.sees(RParen)) return items;
    do items.push(item());
    while (this.takeIf(Comma));
    return items;
  }

  #asmOperand(): AsmOperand {
    const open = this.takeIf(LBracket);
    const name = open && this.ident("the name of an operand");
    if (open) this.close(RBracket, open);
    if (!this.sees(StringLit)) this.missing(StringLit, "that says what the operand may be");
    const constraint = this.SUBRULE8(this.stringLiteral);
    const paren = this.need(LParen, "after the constraint");
    const expr = this.subexpression(COMMA_LEVEL);
    this.close(RParen, paren);
    return { ...(name && { name }), constraint, expr };
  }

  // ---- recovery ----

  /** After an error: on to behind the next `;`, before the `}` of the block, or to a statement on a fresh line. */
  protected sync(): void {
    let depth = 0;
    for (;;) {
      const tok = this.tok(1);
      const { tokenType } = tok;
      if (tokenType === EndOfFile) return;
      if (tokenType === RBrace && --depth < 0) return;
      if (tokenType === LBrace) depth++;
      if (depth === 0 && statementWords.has(tokenType) && tok.flags & AT_LINE_START) return;
      this.take();
      this.forget();
      if (depth === 0 && (tokenType === Semi || tokenType === RBrace)) return;
    }
  }
}
