/**
 * The syntax tree of BPF C, as written: no names resolved, no types computed. Nodes are immutable; a node's identity is
 * its key in side tables (one `struct` specifier shared by two declarators is one object).
 */
import type { Span } from "../../support/span.ts";

export interface Ident {
  readonly name: string;
  readonly span: Span;
}

export interface TranslationUnit {
  readonly items: readonly ExternalItem[];
  /** `BPF_NO_PRESERVE_ACCESS_INDEX` is defined: the kernel's types are as its own header would then have them, not CO-RE. */
  readonly plainKernelTypes?: true;
}

export type ExternalItem = FunctionDef | Declaration | StaticAssert | FileAsm | DeferredItem;

/** Declarations that were skimmed, and are parsed one by one when their names are looked up. */
export interface DeferredItem {
  readonly kind: "deferred";
  readonly source: DeferredSource;
  /** From here on, the source's declarations below this number are in scope. */
  readonly end: number;
  readonly span: Span;
}

export interface DeferredTag {
  readonly chunk: number;
  readonly of: "struct" | "union" | "enum" | "forward";
}

export interface DeferredSource {
  /** The number of the declaration of an ordinary name. */
  ordinary(name: string): number | undefined;
  /** That of a tag: its definition where there is one, else a bare `struct x;`. */
  tag(name: string): DeferredTag | undefined;
  /** All ordinary names. */
  names(): Iterable<string>;
  /** The tree of a declaration; to be asked for once each, after the whole file has been parsed. */
  parse(chunk: number): readonly ExternalItem[];
}

// ---- declarations ----

export type StorageClass = "typedef" | "extern" | "static" | "auto" | "register";

/**
 * `__attribute__((name(args)))` or `[[gnu::name(args)]]`; the name without the underscores around it. `_Alignas(x)` is
 * `aligned`, `_Noreturn` is `noreturn`; `#pragma pack(n)` gives records `pragma_pack(n)`.
 */
export interface Attribute {
  readonly name: string;
  readonly args: readonly Expr[];
  readonly span: Span;
}

/** Declares any number of names, none for a lone `struct x {...};`. */
export interface Declaration {
  readonly kind: "declaration";
  readonly storage?: StorageClass;
  readonly inline: boolean;
  /** The specifiers' type, shared by all declarators; matters alone where there are none. */
  readonly base: TypeExpr;
  /** Attributes among the specifiers, for all declarators; those that belong to the base type are in it (`attributed`). */
  readonly attributes: readonly Attribute[];
  readonly declarators: readonly Declarator[];
  readonly span: Span;
}

export interface Declarator {
  readonly name: Ident;
  /** The whole type, the declaration's base type inside. */
  readonly type: TypeExpr;
  readonly attributes: readonly Attribute[];
  readonly init?: Initializer;
  /** `asm("name")` behind the declarator: its name in the object. */
  readonly asmName?: StringLiteral;
  readonly span: Span;
}

export interface FunctionDef {
  readonly kind: "function";
  readonly storage?: StorageClass;
  readonly inline: boolean;
  readonly name: Ident;
  readonly type: TypeExpr;
  readonly attributes: readonly Attribute[];
  readonly body: Block;
  readonly span: Span;
}

export interface StaticAssert {
  readonly kind: "static_assert";
  readonly cond: Expr;
  readonly message?: StringLiteral;
  readonly span: Span;
}

export interface FileAsm {
  readonly kind: "file_asm";
  readonly text: StringLiteral;
  readonly span: Span;
}

export type Initializer = Expr | InitList;

export interface InitList {
  readonly kind: "init_list";
  readonly items: readonly InitItem[];
  readonly span: Span;
}

export interface InitItem {
  readonly designators: readonly Designator[];
  readonly value: Initializer;
  readonly span: Span;
}

export type Designator =
  | { readonly kind: "field"; readonly name: Ident }
  | { readonly kind: "index"; readonly index: Expr }
  /** `[first ... last]` of GNU C. */
  | { readonly kind: "range"; readonly first: Expr; readonly last: Expr };

// ---- types ----

export type Qualifier = "const" | "volatile" | "restrict" | "atomic";

/** A type as written, declarators turned inside out: `int (*p)[3]` is ptr(array(int)). */
export type TypeExpr =
  /** Words of a built-in type in a canonical order, such as `unsigned long long` or `_Bool`. */
  | { readonly kind: "builtin"; readonly words: string; readonly span: Span }
  | { readonly kind: "name"; readonly name: Ident; readonly span: Span }
  | RecordSpec
  | EnumSpec
  /** `unqualified`: written `typeof_unqual`. */
  | { readonly kind: "typeof_expr"; readonly expr: Expr; readonly unqualified?: true; readonly span: Span }
  | { readonly kind: "typeof_type"; readonly type: TypeExpr; readonly unqualified?: true; readonly span: Span }
  /** `__auto_type`. */
  | { readonly kind: "auto"; readonly span: Span }
  | {
      readonly kind: "qualified";
      readonly of: TypeExpr;
      readonly qualifiers: readonly Qualifier[];
      readonly span: Span;
    }
  | {
      readonly kind: "attributed";
      readonly of: TypeExpr;
      readonly attributes: readonly Attribute[];
      readonly span: Span;
    }
  | { readonly kind: "ptr"; readonly to: TypeExpr; readonly span: Span }
  | { readonly kind: "array"; readonly elem: TypeExpr; readonly length?: Expr; readonly span: Span }
  | FunctionTypeExpr;

export interface FunctionTypeExpr {
  readonly kind: "func";
  readonly ret: TypeExpr;
  readonly params: readonly ParamDecl[];
  readonly variadic: boolean;
  /** Written `()`: says nothing about the parameters. */
  readonly unspecified: boolean;
  readonly span: Span;
}

export interface ParamDecl {
  readonly name?: Ident;
  readonly type: TypeExpr;
  readonly attributes: readonly Attribute[];
  readonly span: Span;
}

export interface RecordSpec {
  readonly kind: "record";
  readonly of: "struct" | "union";
  readonly tag?: Ident;
  /** Missing in a mere mention, `struct x`. */
  readonly members?: readonly MemberItem[];
  readonly attributes: readonly Attribute[];
  readonly span: Span;
}

/** A member declaration; without declarators, an anonymous struct or union. */
export type MemberItem = MemberDecl | StaticAssert;

export interface MemberDecl {
  readonly kind: "member";
  readonly base: TypeExpr;
  readonly declarators: readonly MemberDeclarator[];
  readonly attributes: readonly Attribute[];
  readonly span: Span;
}

export interface MemberDeclarator {
  /** Missing for an unnamed bit-field. */
  readonly name?: Ident;
  readonly type: TypeExpr;
  readonly bits?: Expr;
  readonly attributes: readonly Attribute[];
  readonly span: Span;
}

export interface EnumSpec {
  readonly kind: "enum";
  readonly tag?: Ident;
  /** The type in `enum x : type`. */
  readonly underlying?: TypeExpr;
  readonly values?: readonly { readonly name: Ident; readonly value?: Expr }[];
  readonly attributes: readonly Attribute[];
  readonly span: Span;
}

// ---- statements ----

export interface Block {
  readonly kind: "block";
  readonly items: readonly (Stmt | Declaration | StaticAssert)[];
  readonly span: Span;
}

/** How many times `#pragma unroll` (or `clang loop unroll`) asks for; `full` without a number. */
export type Unroll = number | "full" | "disable";

export type Stmt =
  | Block
  | { readonly kind: "expr"; readonly expr: Expr; readonly span: Span }
  /** `;`, with what stands before it: `__attribute__((fallthrough));`. */
  | { readonly kind: "empty"; readonly attributes?: readonly Attribute[]; readonly span: Span }
  /** `elseSpan`: the place of the last `else`. */
  | {
      readonly kind: "if";
      readonly cond: Expr;
      readonly then: Stmt;
      readonly else?: Stmt;
      readonly elseSpan?: Span;
      readonly span: Span;
    }
  | { readonly kind: "while"; readonly cond: Expr; readonly body: Stmt; readonly unroll?: Unroll; readonly span: Span }
  | { readonly kind: "do"; readonly body: Stmt; readonly cond: Expr; readonly unroll?: Unroll; readonly span: Span }
  | {
      readonly kind: "for";
      readonly init?: Expr | Declaration;
      readonly cond?: Expr;
      readonly step?: Expr;
      readonly body: Stmt;
      readonly unroll?: Unroll;
      readonly span: Span;
    }
  | { readonly kind: "switch"; readonly value: Expr; readonly body: Stmt; readonly span: Span }
  | { readonly kind: "case"; readonly first: Expr; readonly last?: Expr; readonly body: Stmt; readonly span: Span }
  | { readonly kind: "default"; readonly body: Stmt; readonly span: Span }
  | { readonly kind: "label"; readonly name: Ident; readonly body: Stmt; readonly span: Span }
  | { readonly kind: "goto"; readonly label: Ident; readonly span: Span }
  | { readonly kind: "goto_computed"; readonly target: Expr; readonly span: Span }
  | { readonly kind: "break"; readonly span: Span }
  | { readonly kind: "continue"; readonly span: Span }
  | { readonly kind: "return"; readonly value?: Expr; readonly span: Span }
  | AsmStmt;

export interface AsmStmt {
  readonly kind: "asm";
  readonly volatile: boolean;
  readonly goto: boolean;
  readonly template: StringLiteral;
  readonly outputs: readonly AsmOperand[];
  readonly inputs: readonly AsmOperand[];
  readonly clobbers: readonly StringLiteral[];
  readonly labels: readonly Ident[];
  readonly span: Span;
}

export interface AsmOperand {
  readonly name?: Ident;
  readonly constraint: StringLiteral;
  readonly expr: Expr;
}

// ---- expressions ----

/** What makes a literal one of `wchar_t`, `char16_t` or `char32_t`. */
export type WidePrefix = "L" | "u" | "U";

export interface StringLiteral {
  readonly kind: "string";
  /** Adjacent literals joined, escapes resolved, as bytes (UTF-8) without the final NUL; of wide ones their units. */
  readonly bytes: Uint8Array;
  readonly wide?: WidePrefix;
  readonly span: Span;
}

export type UnaryOp = "+" | "-" | "~" | "!" | "*" | "&";
export type IncDecOp = "++" | "--";
export type BinaryOp =
  | "*"
  | "/"
  | "%"
  | "+"
  | "-"
  | "<<"
  | ">>"
  | "<"
  | ">"
  | "<="
  | ">="
  | "=="
  | "!="
  | "&"
  | "^"
  | "|"
  | "&&"
  | "||"
  | ",";
export type AssignOp = "=" | "*=" | "/=" | "%=" | "+=" | "-=" | "<<=" | ">>=" | "&=" | "^=" | "|=";

export type Expr =
  /** `suffix` in lower case with `u` first: "", "u", "l", "ul", "ll", "ull". `decimal`: written in base 10. */
  | {
      readonly kind: "int";
      readonly value: bigint;
      readonly suffix: string;
      readonly decimal: boolean;
      readonly span: Span;
    }
  /** A floating constant, which BPF has no use for; refused later with a place. */
  | { readonly kind: "float"; readonly text: string; readonly span: Span }
  | { readonly kind: "char"; readonly value: number; readonly wide?: WidePrefix; readonly span: Span }
  | StringLiteral
  | { readonly kind: "name"; readonly name: string; readonly span: Span }
  /** `parens`, here and below: written in parentheses of its own. */
  | {
      readonly kind: "unary";
      readonly op: UnaryOp;
      readonly operand: Expr;
      readonly parens?: true;
      readonly span: Span;
    }
  | {
      readonly kind: "incdec";
      readonly op: IncDecOp;
      readonly prefix: boolean;
      readonly operand: Expr;
      readonly span: Span;
    }
  /** `opSpan` is the operator's place. */
  | {
      readonly kind: "binary";
      readonly op: BinaryOp;
      readonly left: Expr;
      readonly right: Expr;
      readonly opSpan: Span;
      readonly parens?: true;
      readonly span: Span;
    }
  | {
      readonly kind: "assign";
      readonly op: AssignOp;
      readonly target: Expr;
      readonly value: Expr;
      readonly opSpan: Span;
      readonly parens?: true;
      readonly span: Span;
    }
  /** Without `then`: GNU's `a ?: b`. */
  | { readonly kind: "cond"; readonly cond: Expr; readonly then?: Expr; readonly else: Expr; readonly span: Span }
  | { readonly kind: "cast"; readonly type: TypeExpr; readonly operand: Expr; readonly span: Span }
  | { readonly kind: "compound_literal"; readonly type: TypeExpr; readonly init: InitList; readonly span: Span }
  | { readonly kind: "call"; readonly callee: Expr; readonly args: readonly Expr[]; readonly span: Span }
  | { readonly kind: "index"; readonly base: Expr; readonly index: Expr; readonly span: Span }
  | { readonly kind: "member"; readonly base: Expr; readonly arrow: boolean; readonly name: Ident; readonly span: Span }
  | { readonly kind: "sizeof_expr" | "alignof_expr"; readonly operand: Expr; readonly span: Span }
  | { readonly kind: "sizeof_type" | "alignof_type"; readonly type: TypeExpr; readonly span: Span }
  | { readonly kind: "stmt_expr"; readonly body: Block; readonly span: Span }
  | { readonly kind: "label_addr"; readonly label: Ident; readonly span: Span }
  /** `__builtin_offsetof(type, member)` with member a path of fields and indices. */
  | { readonly kind: "offsetof"; readonly type: TypeExpr; readonly path: readonly Designator[]; readonly span: Span }
  | { readonly kind: "types_compatible"; readonly left: TypeExpr; readonly right: TypeExpr; readonly span: Span }
  | {
      readonly kind: "generic";
      readonly control: Expr;
      /** No type: `default`. */
      readonly cases: readonly { readonly type?: TypeExpr; readonly value: Expr }[];
      readonly span: Span;
    }
  /** A type where a builtin takes one: `__builtin_va_arg`-like calls, `bpf_core_type_id_local(struct x)`. */
  | { readonly kind: "type_arg"; readonly type: TypeExpr; readonly span: Span }
  /** Stands where the parser recovered from an error that it has reported. */
  | { readonly kind: "error"; readonly span: Span };
