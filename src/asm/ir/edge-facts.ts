/** What the branches on the way to an edge have found out about a comparison. */
import { anyNumber, type Bounds, compares, narrowed } from "./bounds.ts";
import { type Branch, bitsOf, inverse, mirror } from "./inst.ts";
import type { Block, BlockId, CmpOp, Inst, ValueId } from "./model.ts";

/** Blocks looked back through. */
const maxSteps = 6;

export interface Way {
  /** Undefined for blocks that are changing. */
  readonly block: (id: BlockId) => Block | undefined;
  readonly preds: (id: BlockId) => readonly BlockId[];
  readonly def: (value: ValueId) => Inst;
}

interface Question {
  readonly fn: CmpOp;
  readonly a: ValueId;
  readonly b: ValueId;
}

/** Whether `a fn b` holds for those who go from `from` to `to`; undefined where no branch before told. */
export function knownOnEdge(question: Question, from: BlockId, to: BlockId, way: Way): boolean | undefined {
  const right = way.def(question.b);
  const number = right.op === "const" && right.ty !== "ptr" ? right : undefined;
  let bounds: Bounds | undefined;
  let [at, next] = [from, to];
  for (let step = 0; step < maxSteps; step++) {
    const term = way.block(at)?.term;
    if (!term) return undefined;
    if (term.op === "br" && term.then !== term.else) {
      const holds = term.then === next;
      const same = sameQuestion(term, question);
      if (same !== undefined) return same === holds;
      if (number) bounds = bounded(term, holds, question.a, bounds, way);
      const answer = bounds && number && compares(bounds, question.fn, number.value);
      if (answer !== undefined) return answer;
    }
    const [before, ...others] = way.preds(at);
    if (before === undefined || others.length > 0) return undefined;
    [at, next] = [before, at];
  }
  return undefined;
}

/** True where both ask the same, false where one asks the opposite. */
function sameQuestion(term: Branch, { fn, a, b }: Question): boolean | undefined {
  const straight = term.a === a && term.b === b;
  if (!straight && !(term.a === b && term.b === a)) return undefined;
  const asked = straight ? term.fn : mirror(term.fn);
  if (asked === fn) return true;
  return inverse(asked) === fn ? false : undefined;
}

function bounded(term: Branch, holds: boolean, a: ValueId, before: Bounds | undefined, way: Way): Bounds | undefined {
  const right = way.def(term.b);
  const relation = holds ? term.fn : inverse(term.fn);
  if (term.a !== a || right.op !== "const" || right.ty === "ptr" || !relation) return before;
  return narrowed(before ?? anyNumber(bitsOf(right.ty)), relation, right.value);
}
