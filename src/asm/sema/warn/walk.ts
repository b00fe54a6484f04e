/** Goes through a function as it is written and asks each rule about what it finds. */
import type { Block, Declaration, Expr, Ident, Initializer, Stmt } from "../../syntax/ast.ts";
import type { TLocal } from "../tree.ts";
import { commonType, isInteger } from "../type-ops.ts";
import type { CType } from "../types.ts";
import { comparison, comparisons, objectName } from "./comparisons.ts";
import { converted, storedInBits } from "./conversions.ts";
import type { Warner } from "./facts.ts";
import * as op from "./operators.ts";
import { isParenthesised } from "./shapes.ts";
import { emptyBody, enumSwitch, fallThrough } from "./statements.ts";
import { type Declared, isExcused } from "./unused.ts";
import { unusedValue } from "./unused-value.ts";

type Binary = Extract<Expr, { kind: "binary" }>;
type Item = Block["items"][number];

export class Walk {
  readonly #w: Warner;
  readonly #ret: CType | undefined;
  /** Expressions whose values nobody uses, then labels and variables: all that the function holds. */
  readonly discarded: Expr[] = [];
  readonly labels: Ident[] = [];
  readonly declared: Declared[] = [];
  /** Labels that a jump names. */
  readonly jumps = new Set<string>();
  /** Parameters written as arrays. */
  readonly #arrays: ReadonlySet<TLocal>;

  constructor(w: Warner, ret: CType | undefined, arrays: ReadonlySet<TLocal>) {
    this.#w = w;
    this.#ret = ret;
    this.#arrays = arrays;
  }

  // ---- statements ----

  items(items: readonly Item[], skipLast = false): void {
    items.forEach((item, i) => {
      if (item.kind === "declaration") this.declaration(item);
      else if (item.kind !== "static_assert") this.statement(item, skipLast && i === items.length - 1, items[i + 1]);
    });
  }

  declaration(d: Declaration): void {
    for (const of of d.declarators) {
      if (d.storage !== "typedef" && d.storage !== "extern")
        this.declared.push({ of, excused: isExcused(d.attributes, of.attributes) });
      if (of.init) this.initializer(of.init);
    }
  }

  initializer(init: Initializer): void {
    if (init.kind !== "init_list") {
      this.expr(init);
      return;
    }
    for (const { value } of init.items) this.initializer(value);
  }

  /** `result`: its value is that of a statement expression. `next` is what follows in the block. */
  statement(s: Stmt, result = false, next?: Item): void {
    switch (s.kind) {
      case "block":
        this.items(s.items);
        return;
      case "expr":
        if (result) this.expr(s.expr);
        else this.#effect(s.expr);
        return;
      case "if":
        this.#condition(s.cond);
        emptyBody(this.#w, s, next);
        op.danglingElse(this.#w, s);
        this.statement(s.then);
        if (s.else) this.statement(s.else);
        return;
      case "while":
      case "do":
        this.#condition(s.cond);
        emptyBody(this.#w, s, next);
        this.statement(s.body);
        return;
      case "for":
        this.#for(s, next);
        return;
      case "switch":
        this.expr(s.value);
        emptyBody(this.#w, s, next);
        enumSwitch(this.#w, s);
        fallThrough(this.#w, s);
        this.statement(s.body);
        return;
      case "label":
        if (s.body.kind !== "empty" || !isExcused(s.body.attributes ?? [])) this.labels.push(s.name);
        this.statement(s.body, result);
        return;
      case "case":
      case "default":
        this.statement(s.body, result);
        return;
      case "return":
        if (s.value) this.#returned(s.value);
        return;
      case "goto":
        this.jumps.add(s.label.name);
        return;
      case "asm":
        for (const { name } of s.labels) this.jumps.add(name);
        for (const { expr } of [...s.outputs, ...s.inputs]) this.expr(expr);
        return;
      default:
        return;
    }
  }

  #for(s: Extract<Stmt, { kind: "for" }>, next?: Item): void {
    if (s.init?.kind === "declaration") this.declaration(s.init);
    else if (s.init) this.#effect(s.init);
    if (s.cond) this.#condition(s.cond);
    if (s.step) this.#effect(s.step);
    emptyBody(this.#w, s, next);
    this.statement(s.body);
  }

  #effect(e: Expr): void {
    unusedValue(this.#w, e);
    this.#discard(e);
    this.expr(e);
  }

  #discard(e: Expr): void {
    this.discarded.push(e);
    if (e.kind === "binary" && e.op === ",") this.#discard(e.right);
  }

  #returned(e: Expr): void {
    if (this.#ret && this.#ret.kind !== "void") converted(this.#w, e, this.#ret);
    this.expr(e);
  }

  #condition(e: Expr): void {
    if (e.kind === "assign" && !isParenthesised(e) && !e.span.via) {
      if (e.op === "=" || e.op === "|=")
        op.inParentheses(this.#w.warn("parentheses", e.opSpan, e.op, "a condition"), e);
    } else if (e.kind === "binary" && e.op === "==" && isParenthesised(e) && !e.span.via && this.#isPlace(e.left))
      this.#w.warn("parentheses-equality", e.opSpan);
    this.#truth(e);
    this.expr(e);
  }

  #isPlace(e: Expr): boolean {
    return this.#w.place(e) !== undefined;
  }

  /** A value that is only asked whether it is null. */
  #truth(e: Expr): void {
    if (e.kind === "unary" && e.op === "!") {
      this.#truth(e.operand);
      return;
    }
    if (e.kind === "binary" && (e.op === "&&" || e.op === "||")) return;
    const name = e.span.via ? undefined : objectName(this.#w, e);
    if (name !== undefined) this.#w.warn("pointer-bool-conversion", e.span, name);
  }

  // ---- expressions ----

  expr(e: Expr, addressed = false): void {
    const w = this.#w;
    switch (e.kind) {
      case "binary":
        this.#binary(e);
        return;
      case "assign":
        this.#assign(e);
        return;
      case "unary":
        if (e.op === "!") this.#truth(e.operand);
        this.expr(e.operand, e.op === "&");
        return;
      case "incdec":
        this.expr(e.operand);
        return;
      case "cond":
        this.#cond(e);
        return;
      case "cast":
        op.cast(w, e);
        this.expr(e.operand);
        return;
      case "call":
        this.#call(e);
        return;
      case "index":
        op.index(w, e, addressed);
        this.expr(e.base);
        this.expr(e.index);
        return;
      case "member":
        this.expr(e.base);
        return;
      case "compound_literal":
        this.initializer(e.init);
        return;
      case "sizeof_expr":
        op.sizeOfArgument(w, e.operand, e.span, this.#arrays);
        return;
      case "stmt_expr":
        this.items(e.body.items, true);
        return;
      default:
        return;
    }
  }

  #binary(e: Binary): void {
    const w = this.#w;
    op.precedence(w, e);
    if (e.op === ",") {
      unusedValue(w, e.left);
      this.#discard(e.left);
    }
    if (comparisons.has(e.op)) comparison(w, e);
    else if (e.op === "&&" || e.op === "||") {
      op.logicalConstant(w, e);
      op.contradiction(w, e);
      this.#truth(e.left);
      this.#truth(e.right);
    } else if (e.op === "<<" || e.op === ">>") op.shift(w, e.op, e.left, e.right, e.opSpan);
    else this.#arithmetic(e);
    this.expr(e.left);
    this.expr(e.right);
  }

  #arithmetic(e: Binary): void {
    const w = this.#w;
    if (e.op === "/" || e.op === "%") {
      op.division(w, e.op, e.right, e.opSpan);
      if (e.op === "/") op.sizeRatio(w, e);
    } else if (e.op === "^") op.powerOfTwo(w, e);
    op.overflow(w, e);
    const [left, right] = [w.type(e.left), w.type(e.right)];
    if (!left || !right || !isInteger(left) || !isInteger(right)) return;
    const type = commonType(left, right);
    converted(w, e.left, type);
    converted(w, e.right, type);
  }

  #assign(e: Extract<Expr, { kind: "assign" }>): void {
    const w = this.#w;
    const [to, from] = [w.type(e.target), w.type(e.value)];
    if (to && from && isInteger(to) && isInteger(from)) {
      if (e.op === "=") {
        if (!storedInBits(w, e.target, e.value)) converted(w, e.value, to);
      } else if (e.op === "<<=" || e.op === ">>=") op.shift(w, e.op, e.target, e.value, e.opSpan);
      else {
        if (e.op === "/=" || e.op === "%=") op.division(w, e.op, e.value, e.opSpan);
        converted(w, e.value, commonType(to, from));
      }
    }
    op.selfAssigned(w, e);
    this.expr(e.target);
    this.expr(e.value);
  }

  #cond(e: Extract<Expr, { kind: "cond" }>): void {
    op.conditionalPrecedence(this.#w, e);
    if (e.then) this.#truth(e.cond);
    const type = this.#w.type(e);
    if (type && isInteger(type) && this.#w.constant(e.cond) === undefined) converted(this.#w, e, type);
    this.expr(e.cond);
    if (e.then) this.expr(e.then);
    this.expr(e.else);
  }

  #call(e: Extract<Expr, { kind: "call" }>): void {
    const made = this.#w.value(e);
    if (made?.kind === "call")
      e.args.forEach((arg, i) => {
        const param = made.args[i]?.type;
        if (param) converted(this.#w, arg, param);
      });
    op.memoryCall(this.#w, e);
    if (e.callee.kind !== "name") this.expr(e.callee);
    for (const arg of e.args) this.expr(arg);
  }
}
