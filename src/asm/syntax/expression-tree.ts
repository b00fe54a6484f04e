/** Builds expression trees from operands and operators as they are read, by how tightly the operators bind. */
import { bug } from "../../support/bug.ts";
import type { AssignOp, BinaryOp, Expr } from "./ast.ts";
import { ASSIGN_LEVEL, COND_LEVEL, groupsFromRight } from "./operators.ts";
import { coverSpans, spanOf, type Tok } from "./token.ts";

interface Pending {
  readonly level: number;
  readonly op: Tok;
  /** The middle of `a ? b : c`. */
  readonly middle: Expr | undefined;
}

export class OperatorStack {
  readonly #operands: Expr[];
  readonly #pending: Pending[] = [];

  constructor(first: Expr) {
    this.#operands = [first];
  }

  /** An operator and the operand behind it. */
  add(level: number, op: Tok, operand: Expr, middle?: Expr): void {
    this.#reduce(groupsFromRight(level) ? level + 1 : level);
    this.#pending.push({ level, op, middle });
    this.#operands.push(operand);
  }

  /** The tree over everything that was added. */
  finish(): Expr {
    this.#reduce(0);
    return this.#operands[0]!;
  }

  #reduce(least: number): void {
    for (let top = this.#pending.at(-1); top && top.level >= least; top = this.#pending.at(-1)) {
      this.#pending.pop();
      const right = this.#operands.pop() ?? bug("operator without operand");
      const left = this.#operands.pop() ?? bug("operator without operand");
      this.#operands.push(combine(top, left, right));
    }
  }
}

function combine({ level, op, middle }: Pending, left: Expr, right: Expr): Expr {
  const span = coverSpans(left.span, right.span);
  if (level === COND_LEVEL) return { kind: "cond", cond: left, ...(middle && { then: middle }), else: right, span };
  const opSpan = spanOf(op);
  if (level === ASSIGN_LEVEL)
    return { kind: "assign", op: op.image as AssignOp, target: left, value: right, opSpan, span };
  return { kind: "binary", op: op.image as BinaryOp, left, right, opSpan, span };
}
