/** Declarations inside of functions and what those at file scope share with them (C11 6.7): the declarators in a row. */
import type { Attribute, Declaration, Declarator, FunctionTypeExpr, Ident, StringLiteral, TypeExpr } from "./ast.ts";
import { DeclaratorParser, type Declared } from "./declarators.ts";
import { AT_LINE_START } from "./token.ts";
import { AsmWord, Assign, Comma, EndOfFile, LBrace, LParen, RBrace, RParen, Semi } from "./tokens.ts";
import type { Specifiers } from "./types.ts";

export abstract class DeclarationParser extends DeclaratorParser {
  /** A declaration inside a function. */
  protected declaration(leading: readonly Attribute[]): Declaration {
    const specifiers = this.SUBRULE2(this.specifiers, { ARGS: [leading] });
    const declarators: Declarator[] = [];
    if (!this.sees(Semi)) {
      const declared = this.declared(specifiers);
      if (this.sees(LBrace) && functionType(declared.wrap(specifiers.base))) this.#nestedFunction(declared);
      this.declarators(specifiers, declared, declarators);
    }
    this.endOf("the declaration");
    return this.finishDeclaration(specifiers, declarators);
  }

  protected finishDeclaration(specifiers: Specifiers, declarators: readonly Declarator[]): Declaration {
    const { storage, inline, base, attributes, first } = specifiers;
    const span = this.spanFrom(first);
    if (!storage) return { kind: "declaration", inline, base, attributes, declarators, span };
    return { kind: "declaration", storage, inline, base, attributes, declarators, span };
  }

  /** The next declarator; its name is in scope from here on (C11 6.2.1p7). */
  protected declared({ storage }: Specifiers): Declared & { readonly name: Ident } {
    const declared = this.declarator("named");
    this.scopes.declare(declared.name!.name, storage === "typedef");
    return declared as Declared & { readonly name: Ident };
  }

  #nestedFunction({ name }: { readonly name: Ident }): never {
    this.report("E0161", name.span, name.name);
    this.SUBRULE3(this.block);
    return this.abandon();
  }

  /** The rest of `first`, and further declarators behind commas. */
  protected declarators(specifiers: Specifiers, first: Declared & { readonly name: Ident }, out: Declarator[]): void {
    out.push(this.#initDeclarator(specifiers, first));
    while (this.takeIf(Comma)) {
      const leading = this.attributes();
      const next = this.declared(specifiers);
      out.push(this.#initDeclarator(specifiers, { ...next, attributes: [...leading, ...next.attributes] }));
    }
  }

  #initDeclarator({ base }: Specifiers, declared: Declared & { readonly name: Ident }): Declarator {
    const asmName = this.asmName();
    const attributes = [...declared.attributes, ...this.attributes()];
    const init = this.takeIf(Assign) ? this.initializer() : undefined;
    const { name } = declared;
    const span = { ...name.span, end: Math.max(name.span.end, this.spanFrom(this.tok(0)).end) };
    const type = declared.wrap(base);
    if (asmName) return { name, type, attributes, ...(init && { init }), asmName, span };
    return init ? { name, type, attributes, init, span } : { name, type, attributes, span };
  }

  /** `asm("name")` behind a declarator. */
  protected asmName(): StringLiteral | undefined {
    if (!this.takeIf(AsmWord)) return undefined;
    const open = this.need(LParen, "after 'asm'");
    const text = this.SUBRULE4(this.stringLiteral);
    this.close(RParen, open);
    return text;
  }

  /** The `;` that ends something. Where the next line goes on as if it were there, reading does too. */
  protected endOf(what: string): void {
    if (this.takeIf(Semi)) return;
    const next = this.tok(1);
    const goesOn = next.tokenType === RBrace || (next.flags & AT_LINE_START) !== 0 || next.tokenType === EndOfFile;
    this.report("E0150", this.gap(Semi), `';' after ${what}`).edit(this.gap(Semi), ";");
    if (!goesOn) this.abandon();
  }
}

/** The function type of a declarator's whole type, through what decorates it. */
export function functionType(type: TypeExpr): FunctionTypeExpr | undefined {
  if (type.kind === "func") return type;
  return type.kind === "attributed" || type.kind === "qualified" ? functionType(type.of) : undefined;
}
