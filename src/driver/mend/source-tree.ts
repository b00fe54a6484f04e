/** Finds its way in the syntax tree by the offsets of the main file, for edits of its text. */
import type {
  Block,
  Declaration,
  Declarator,
  Expr,
  FunctionDef,
  Initializer,
  StaticAssert,
  Stmt,
  TranslationUnit,
} from "../../asm/syntax/ast.ts";
import type { SourceFile } from "../../diag/source.ts";
import type { Span } from "../../support/span.ts";

export type Item = Stmt | Declaration | StaticAssert;

/** A statement on the way down to an offset: `inBlock` where others may stand beside it. */
export interface Step {
  readonly item: Item;
  readonly inBlock: boolean;
}

/** The user's own text: no macro made it. */
export const isPlain = (span: Span): boolean => span.via === undefined;

const holds = (span: Span, at: number): boolean => span.start <= at && at < span.end;

/** The tree of one compilation's main file, with its text. */
export class SourceTree {
  readonly #unit: TranslationUnit;
  readonly file: SourceFile;

  constructor(unit: TranslationUnit, file: SourceFile) {
    this.#unit = unit;
    this.file = file;
  }

  text(span: Span): string {
    return this.file.text.slice(span.start, span.end);
  }

  /** Functions of the main file whose body is the user's text. */
  functions(): readonly FunctionDef[] {
    return this.#unit.items.filter(
      (item): item is FunctionDef =>
        item.kind === "function" && item.body.span.file === this.file.id && isPlain(item.body.span),
    );
  }

  functionAt(at: number): FunctionDef | undefined {
    return this.functions().find(({ body }) => holds(body.span, at));
  }

  /** Variables of file scope and those that a function declares, its parameters first. */
  variables(fn?: FunctionDef): readonly (Pick<Declarator, "name" | "type"> & { readonly local: boolean })[] {
    const found: (Pick<Declarator, "name" | "type"> & { readonly local: boolean })[] = [];
    if (fn?.type.kind === "func") {
      for (const { name, type } of fn.type.params) if (name) found.push({ name, type, local: true });
    }
    if (fn) for (const d of declaratorsIn(fn.body)) found.push({ name: d.name, type: d.type, local: true });
    for (const item of this.#unit.items) {
      if (item.kind === "declaration") for (const d of item.declarators) found.push({ ...d, local: false });
    }
    return found;
  }

  /** The statements that hold the offset, outermost first. */
  wayTo(fn: FunctionDef, at: number): readonly Step[] {
    const way: Step[] = [];
    let next: Step | undefined = { item: fn.body, inBlock: false };
    while (next) {
      way.push(next);
      next = partsOf(next.item).find(({ item }) => holds(item.span, at));
    }
    return way;
  }

  /** What stands before the first word of the line of an offset. */
  indentAt(at: number): string {
    const start = this.file.text.lastIndexOf("\n", at - 1) + 1;
    return /^[ \t]*/.exec(this.file.text.slice(start, at))![0];
  }

  /** One level of indentation, as the body of the function has it. */
  unit(fn: FunctionDef): string {
    const first = fn.body.items[0];
    return (first && this.indentAt(first.span.start)) || "\t";
  }
}

/** The statements directly inside another. */
export function partsOf(item: Item): readonly Step[] {
  const lone = (s: Stmt | undefined): readonly Step[] => (s ? [{ item: s, inBlock: false }] : []);
  switch (item.kind) {
    case "block":
      return item.items.map((i) => ({ item: i, inBlock: true }));
    case "if":
      return [...lone(item.then), ...lone(item.else)];
    case "while":
    case "do":
    case "for":
    case "switch":
    case "case":
    case "default":
    case "label":
      return lone(item.body);
    default:
      return [];
  }
}

/** Every statement below, in the order of the text. */
export function* statementsIn(item: Item): Generator<Item> {
  yield item;
  for (const part of partsOf(item)) yield* statementsIn(part.item);
}

function* declaratorsIn(body: Block): Generator<Declarator> {
  for (const item of statementsIn(body)) {
    if (item.kind === "declaration") yield* item.declarators;
    if (item.kind === "for" && item.init?.kind === "declaration") yield* item.init.declarators;
  }
}

/** The expressions that a statement itself holds, not those of statements inside. */
export function expressionsOf(item: Item): readonly Expr[] {
  const some = (...all: readonly (Expr | undefined)[]): readonly Expr[] => all.filter((e) => e !== undefined);
  switch (item.kind) {
    case "expr":
      return [item.expr];
    case "if":
    case "while":
    case "do":
      return [item.cond];
    case "for":
      return some(item.init?.kind === "declaration" ? undefined : item.init, item.cond, item.step);
    case "switch":
      return [item.value];
    case "return":
      return some(item.value);
    case "declaration":
      return item.declarators.flatMap(({ init }) => (init ? valuesOf(init) : []));
    default:
      return [];
  }
}

const valuesOf = (init: Initializer): readonly Expr[] =>
  init.kind === "init_list" ? init.items.flatMap(({ value }) => valuesOf(value)) : [init];

/** Every expression of a statement with those inside it, outer ones first. */
export function* allExpressions(item: Item): Generator<Expr> {
  for (const e of expressionsOf(item)) yield* within(e);
}

export function* within(e: Expr): Generator<Expr> {
  yield e;
  for (const child of operandsOf(e)) yield* within(child);
}

function operandsOf(e: Expr): readonly Expr[] {
  switch (e.kind) {
    case "unary":
    case "incdec":
    case "cast":
      return [e.operand];
    case "binary":
      return [e.left, e.right];
    case "assign":
      return [e.target, e.value];
    case "cond":
      return e.then ? [e.cond, e.then, e.else] : [e.cond, e.else];
    case "call":
      return [e.callee, ...e.args];
    case "index":
      return [e.base, e.index];
    case "member":
      return [e.base];
    case "compound_literal":
      return valuesOf(e.init);
    default:
      return [];
  }
}
