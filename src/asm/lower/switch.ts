/** `switch` as compares: a chain for few cases, a balanced tree of ranges for many. */
import { bitsOf } from "../ir/inst.ts";
import type { BlockId, ValueId } from "../ir/model.ts";
import type { TExpr, TStmt } from "../sema/tree.ts";
import { caseBlock, type FunctionContext } from "./context.ts";
import { evaluate } from "./expr.ts";
import { endSince, slotMark } from "./lifetime.ts";
import { isSigned } from "./scalars.ts";
import { lowerStatement } from "./stmt.ts";
import { isWide, refuseWide } from "./wide.ts";

type SwitchStatement = Extract<TStmt, { readonly kind: "switch" }>;

interface Way {
  readonly first: bigint;
  readonly last: bigint;
  readonly to: BlockId;
}

interface Choice {
  readonly cx: FunctionContext;
  readonly value: ValueId;
  readonly signed: boolean;
  readonly otherwise: BlockId;
}

/** Ways that a chain of compares handles better than a tree. */
const chainLength = 4;

export function lowerSwitch(cx: FunctionContext, stmt: SwitchStatement): void {
  const { b } = cx;
  const value = switched(cx, stmt.value);
  const end = b.block();
  const fallback = stmt.cases.find((label) => !label.range);
  const ways = stmt.cases.flatMap((label) => (label.range ? [{ ...label.range, to: caseBlock(cx, label) }] : []));
  const signed = isSigned(stmt.value.type);
  const otherwise = fallback ? caseBlock(cx, fallback) : end;
  select({ cx, value, signed, otherwise }, ways.sort(byFirst));
  cx.breaks.push({ to: end, depth: cx.cleanups.length });
  b.enter(b.block());
  const mark = slotMark(cx);
  lowerStatement(cx, stmt.body);
  b.jump(end);
  cx.breaks.pop();
  b.enter(end);
  endSince(cx, mark);
}

function switched(cx: FunctionContext, e: TExpr): ValueId {
  if (!isWide(e.type)) return evaluate(cx, e);
  refuseWide(cx, "the value of a switch", "compare it with each number in an if, or switch on 64 bits of it", e.span);
  return cx.b.const("i64", 0n);
}

const byFirst = (x: Way, y: Way): number => (x.first < y.first ? -1 : x.first > y.first ? 1 : 0);

/** Goes to the way whose range holds the value, else on to the default; ways are sorted and do not overlap. */
function select(choice: Choice, ways: readonly Way[]): void {
  const { cx, value, signed, otherwise } = choice;
  const { b } = cx;
  const ty = b.typeOf(value);
  if (ways.length > chainLength) {
    const middle = ways.length >> 1;
    const [low, high] = [b.block(), b.block()];
    b.branch(signed ? "slt" : "ult", value, b.const(ty, ways[middle]!.first), low, high);
    b.enter(low);
    select(choice, ways.slice(0, middle));
    b.enter(high);
    select(choice, ways.slice(middle));
    return;
  }
  for (const way of ways) {
    const next = b.block();
    testRange(choice, way, next);
    b.enter(next);
  }
  b.jump(otherwise);
}

function testRange({ cx, value }: Choice, { first, last, to }: Way, next: BlockId): void {
  const { b } = cx;
  const ty = b.typeOf(value);
  if (first > last) {
    b.jump(next);
    return;
  }
  if (first === last) {
    b.branch("eq", value, b.const(ty, first), to, next);
    return;
  }
  const length = BigInt.asUintN(bitsOf(ty), last - first);
  b.branch("ule", b.bin("sub", value, b.const(ty, first)), b.const(ty, length), to, next);
}
