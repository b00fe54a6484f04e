/** Expressions of 128-bit integers: `evaluateWide` makes their pairs, `branchOnWide` compares them. */
import type { BlockId, CmpOp, PhiArg, ValueId } from "../ir/model.ts";
import type { CompareOp, TExpr } from "../sema/tree.ts";
import { isAtomic, ulongType } from "../sema/type-ops.ts";
import { lowerCall } from "./call.ts";
import { inCleanupScope } from "./cleanup.ts";
import { at, type FunctionContext, literalSlot } from "./context.ts";
import { choose, evaluate, runEffects } from "./expr.ts";
import { initialise } from "./init.ts";
import { inScope } from "./lifetime.ts";
import { addressOf, loadScalar, storeScalar } from "./place.ts";
import { convertValue, isSigned } from "./scalars.ts";
import { lowerAll } from "./stmt.ts";
import {
  anyBit,
  isWide,
  loadWide,
  narrowWide,
  noWide,
  refuseWide,
  storeWide,
  type Wide,
  wideConst,
  widen,
} from "./wide.ts";
import { type Amount, invertWide, negateWide, wideArithmetic, wideShift } from "./wide-ops.ts";

type ExprOf<K extends TExpr["kind"]> = Extract<TExpr, { readonly kind: K }>;

/** The value of an expression whose type is 128 bits wide. */
export const evaluateWide = (cx: FunctionContext, e: TExpr): Wide => at(cx, e.span, () => wideValue(cx, e));

/** A scalar of any width as a pair. */
export const asWide = (cx: FunctionContext, e: TExpr): Wide =>
  isWide(e.type) ? evaluateWide(cx, e) : widen(cx, evaluate(cx, e), e.type);

function wideValue(cx: FunctionContext, e: TExpr): Wide {
  switch (e.kind) {
    case "const":
      return wideConst(cx, e.value);
    case "load":
      return isAtomic(e.place.type) ? refuseAtomic(cx) : loadWide(cx, addressOf(cx, e.place));
    case "unary":
      return (e.op === "neg" ? negateWide : invertWide)(cx, evaluateWide(cx, e.operand));
    case "arith":
      return operate(cx, e, evaluateWide(cx, e.left), operandOf(cx, e.op, e.right));
    case "cond":
      return e.then ? conditional(cx, e) : elvis(cx, e);
    case "convert":
      return asWide(cx, e.operand);
    case "assign":
      return assign(cx, e);
    case "update":
      return update(cx, e);
    case "comma":
      runEffects(cx, e.left);
      return evaluateWide(cx, e.right);
    case "call":
      return called(cx, e);
    case "stmt_expr":
      return inScope(cx, () =>
        inCleanupScope(cx, () => {
          lowerAll(cx, e.body);
          return e.value ? evaluateWide(cx, e.value) : noWide(cx);
        }),
      );
    case "literal": {
      const base = cx.b.emit({ op: "slot", ty: "ptr", slot: literalSlot(cx, e.local) });
      initialise(cx, e.local, e.init);
      return loadWide(cx, { base, off: 0, align: 8, volatile: false });
    }
    case "atomic":
      return refuseAtomic(cx);
    default:
      refuseWide(cx, "this value", "use a type of 64 bits");
      return noWide(cx);
  }
}

function refuseAtomic(cx: FunctionContext): Wide {
  refuseWide(cx, "an atomic object", "BPF reads and writes 64 bits at once, not more");
  return noWide(cx);
}

/** The right side of an operation: by how much to shift, or a pair. */
type Operand = { readonly by: Amount } | { readonly wide: Wide };

function operandOf(cx: FunctionContext, op: ExprOf<"arith">["op"], e: TExpr): Operand {
  return op === "shl" || op === "shr" ? { by: amountOf(cx, e) } : { wide: evaluateWide(cx, e) };
}

function amountOf(cx: FunctionContext, e: TExpr): Amount {
  if (e.kind === "const") return { known: BigInt.asUintN(64, e.value) };
  return { value: isWide(e.type) ? evaluateWide(cx, e).lo : convertValue(cx, evaluate(cx, e), e.type, ulongType) };
}

function operate(
  cx: FunctionContext,
  { op, type }: Pick<ExprOf<"arith">, "op" | "type">,
  left: Wide,
  right: Operand,
): Wide {
  if ("wide" in right) return wideArithmetic(cx, op, left, right.wide, isSigned(type));
  return wideShift(cx, op === "shl" ? "shl" : "shr", left, right.by, isSigned(type));
}

function assign(cx: FunctionContext, e: ExprOf<"assign">): Wide {
  if (isAtomic(e.place.type)) return refuseAtomic(cx);
  const value = evaluateWide(cx, e.value);
  storeWide(cx, addressOf(cx, e.place), value);
  return value;
}

/** As of narrower values (`update` there): what is stored is computed before the place is looked up. */
function update(cx: FunctionContext, e: ExprOf<"update">): Wide {
  const right = operandOf(cx, e.op, e.value);
  const address = addressOf(cx, e.place);
  const before = loadWide(cx, address);
  const after = operate(cx, { op: e.op, type: e.operation }, before, right);
  storeWide(cx, address, after);
  return e.old ? before : after;
}

/** An update of a narrower place that is computed in 128 bits. */
export function updateInWide(cx: FunctionContext, e: ExprOf<"update">): ValueId {
  const { place } = e;
  const right = operandOf(cx, e.op, e.value);
  const address = addressOf(cx, place);
  const before = loadScalar(cx, address, place.type);
  const after = operate(cx, { op: e.op, type: e.operation }, widen(cx, before, place.type), right);
  const stored = storeScalar(cx, address, place.type, narrowWide(cx, after, place.type));
  return e.old ? before : stored;
}

/** The result of a call lies at the address that it gives. */
function called(cx: FunctionContext, e: ExprOf<"call">): Wide {
  const base = lowerCall(cx, e);
  return base === undefined ? noWide(cx) : loadWide(cx, { base, off: 0, align: 8, volatile: false });
}

// ---- choices ----

interface Way {
  readonly block: BlockId;
  readonly made: Wide;
}

function join(cx: FunctionContext, ways: readonly Way[]): Wide {
  if (ways.length === 0) return noWide(cx);
  const half = (which: "lo" | "hi"): PhiArg[] => ways.map(({ block, made }) => ({ block, value: made[which] }));
  return { lo: cx.b.phi("i64", half("lo")), hi: cx.b.phi("i64", half("hi")) };
}

const conditional = (cx: FunctionContext, e: ExprOf<"cond">): Wide =>
  join(
    cx,
    choose(cx, e, (arm) => evaluateWide(cx, arm)),
  );

/** `c ?: d`: the condition's value, evaluated once. */
function elvis(cx: FunctionContext, e: ExprOf<"cond">): Wide {
  const { b } = cx;
  const own = asWide(cx, e.cond);
  const first = b.current;
  const [no, end] = [b.block(), b.block()];
  b.branch("ne", anyBit(cx, own), b.const("i64", 0n), end, no);
  b.enter(no);
  const other = evaluateWide(cx, e.else);
  const second = b.sealed ? [] : [{ block: b.current, made: other }];
  b.jump(end);
  b.enter(end);
  return join(cx, [{ block: first, made: own }, ...second]);
}

// ---- conditions ----

interface Ways {
  readonly yes: BlockId;
  readonly no: BlockId;
  readonly likely: boolean | undefined;
}

/** Goes to `yes` if the value is not zero, else to `no`. */
export function branchOnAnyBit(cx: FunctionContext, e: TExpr, { yes, no, likely }: Ways): void {
  const bits = anyBit(cx, evaluateWide(cx, e));
  cx.b.branch("ne", bits, cx.b.const("i64", 0n), yes, no, likely);
}

/** Goes to `yes` if the comparison of two 128-bit numbers holds, else to `no`. */
export function branchOnWide(cx: FunctionContext, e: ExprOf<"compare">, ways: Ways): void {
  const left = evaluateWide(cx, e.left);
  const right = evaluateWide(cx, e.right);
  if (e.op === "eq" || e.op === "ne") branchOnEqual(cx, e.op, left, right, ways);
  else branchOnOrder(cx, e.op, left, right, isSigned(e.left.type), ways);
}

function branchOnEqual(cx: FunctionContext, op: "eq" | "ne", left: Wide, right: Wide, ways: Ways): void {
  const { b } = cx;
  const differing =
    right.value === 0n
      ? anyBit(cx, left)
      : b.bin("or", b.bin("xor", left.lo, right.lo), b.bin("xor", left.hi, right.hi));
  b.branch(op, differing, b.const("i64", 0n), ways.yes, ways.no, ways.likely);
}

type OrderOp = Exclude<CompareOp, "eq" | "ne">;

/** How the upper halves decide where they differ, and the lower ones where they do not. */
const orders: Readonly<Record<OrderOp, { readonly upper: "lt" | "gt"; readonly lower: CmpOp }>> = {
  lt: { upper: "lt", lower: "ult" },
  le: { upper: "lt", lower: "ule" },
  gt: { upper: "gt", lower: "ugt" },
  ge: { upper: "gt", lower: "uge" },
};

function branchOnOrder(
  cx: FunctionContext,
  op: OrderOp,
  left: Wide,
  right: Wide,
  signed: boolean,
  { yes, no, likely }: Ways,
): void {
  const { b } = cx;
  const { upper, lower } = orders[op];
  const sign = signed ? "s" : "u";
  if (decidedAbove(op, right)) {
    b.branch(`${sign}${op}`, left.hi, right.hi, yes, no, likely);
    return;
  }
  const [same, apart] = [b.block(), b.block()];
  b.branch("eq", left.hi, right.hi, same, apart);
  b.enter(apart);
  b.branch(`${sign}${upper}`, left.hi, right.hi, yes, no, likely);
  b.enter(same);
  b.branch(lower, left.lo, right.lo, yes, no, likely);
}

/** Whether the lower half of the right side is at the end of its range where it decides nothing. */
function decidedAbove(op: OrderOp, { value }: Wide): boolean {
  if (value === undefined) return false;
  return BigInt.asUintN(64, value) === (op === "lt" || op === "ge" ? 0n : (1n << 64n) - 1n);
}
