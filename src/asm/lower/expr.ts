/** Expressions: `evaluate` makes the value of a scalar, `runEffects` runs an expression whose value nobody wants. */

import { assertNever } from "../../support/bug.ts";
import { bitsOf } from "../ir/inst.ts";
import type { PhiArg, ValueId } from "../ir/model.ts";
import type { TExpr } from "../sema/tree.ts";
import { isAtomic } from "../sema/type-ops.ts";
import type { CType } from "../sema/types.ts";
import { addPointer, arithmetic, divideExact, negate } from "./arith.ts";
import { lowerAtomic } from "./atomic.ts";
import { lowerBuiltin } from "./builtin.ts";
import { lowerCall } from "./call.ts";
import { inCleanupScope } from "./cleanup.ts";
import { branchOn, comparison } from "./condition.ts";
import { at, type FunctionContext, literalSlot, noValue } from "./context.ts";
import { initialise } from "./init.ts";
import { inScope } from "./lifetime.ts";
import { addressOf, loadScalar, pointerTo, storeScalar } from "./place.ts";
import { assignRecord, runRecord } from "./record.ts";
import { convertValue, isSigned, scalarType } from "./scalars.ts";
import { lowerAll } from "./stmt.ts";
import { anyBit, isWide, narrowWide } from "./wide.ts";
import { evaluateWide, updateInWide } from "./wide-expr.ts";

type ExprOf<K extends TExpr["kind"]> = Extract<TExpr, { readonly kind: K }>;

/** The value of a scalar expression; of 128 bits only where a place for them was forgotten: E0407. */
export const evaluate = (cx: FunctionContext, e: TExpr): ValueId => at(cx, e.span, () => scalarValue(cx, e));

function scalarValue(cx: FunctionContext, e: TExpr): ValueId {
  const { b } = cx;
  if (isWide(e.type)) return noValue(cx, e.type);
  switch (e.kind) {
    case "const":
      return b.const(scalarType(cx, e.type), e.value);
    case "load":
      return isAtomic(e.place.type) ? inOneStep(cx, "load", e.type) : loadScalar(cx, addressOf(cx, e.place), e.type);
    case "addr":
      return pointerTo(cx, addressOf(cx, e.place), e.span);
    case "func_addr":
      return b.emit({ op: "addr", ty: "ptr", symbol: { kind: "func", name: e.name } });
    case "unary":
      return unary(cx, e);
    case "arith":
      return arithmetic(cx, e.op, evaluate(cx, e.left), operand(cx, e.right), isSigned(e.type));
    case "ptr_add":
      return addPointer(cx, evaluate(cx, e.ptr), "add", evaluate(cx, e.offset), e.offset.type);
    case "ptr_diff":
      return pointerDifference(cx, e);
    case "compare":
      return isWide(e.left.type) ? truthByBranches(cx, e) : comparison(cx, e);
    case "logical":
      return truthByBranches(cx, e);
    case "cond":
      return conditional(cx, e);
    case "convert":
      return isWide(e.operand.type)
        ? narrowWide(cx, evaluateWide(cx, e.operand), e.type)
        : convertValue(cx, evaluate(cx, e.operand), e.operand.type, e.type);
    case "assign":
      return assign(cx, e);
    case "update":
      return isWide(e.operation) ? updateInWide(cx, e) : update(cx, e);
    case "comma":
      runEffects(cx, e.left);
      return evaluate(cx, e.right);
    case "call":
      return lowerCall(cx, e) ?? noValue(cx, e.type);
    case "stmt_expr":
      return inScope(cx, () =>
        inCleanupScope(cx, () => {
          lowerAll(cx, e.body);
          return e.value ? evaluate(cx, e.value) : noValue(cx, e.type);
        }),
      );
    case "literal":
      return literal(cx, e);
    case "builtin":
      return lowerBuiltin(cx, e.builtin, e.type) ?? noValue(cx, e.type);
    case "core":
      return b.emit({ op: "core", ty: coreType(cx, e), access: e.access, guess: e.guess });
    case "atomic":
      return lowerAtomic(cx, e, true) ?? noValue(cx, e.type);
    default:
      return assertNever(e);
  }
}

/** The right side of an operation; only the amount of a shift may be wider than the left one. */
const operand = (cx: FunctionContext, e: TExpr): ValueId => (isWide(e.type) ? evaluateWide(cx, e).lo : evaluate(cx, e));

/** Evaluates a scalar, void or record expression for what it does. */
export function runEffects(cx: FunctionContext, e: TExpr): void {
  at(cx, e.span, () => {
    if (e.type.kind === "record") runRecord(cx, e);
    else if (isWide(e.type)) evaluateWide(cx, e);
    else if (e.kind === "convert" && e.type.kind === "void") runEffects(cx, e.operand);
    else if (e.kind === "comma") {
      runEffects(cx, e.left);
      runEffects(cx, e.right);
    } else if (e.kind === "call") lowerCall(cx, e);
    else if (e.kind === "builtin") lowerBuiltin(cx, e.builtin, e.type);
    else if (e.kind === "atomic") lowerAtomic(cx, e, false);
    else if (e.kind === "stmt_expr") {
      inScope(cx, () =>
        inCleanupScope(cx, () => {
          lowerAll(cx, e.body);
          if (e.value) runEffects(cx, e.value);
        }),
      );
    } else if (e.kind === "cond" && e.type.kind === "void") {
      choose(cx, e, (arm) => runEffects(cx, arm));
    } else scalarValue(cx, e);
  });
}

const coreType = (cx: FunctionContext, e: ExprOf<"core">): "i32" | "i64" =>
  scalarType(cx, e.type) === "i32" ? "i32" : "i64";

function unary(cx: FunctionContext, e: ExprOf<"unary">): ValueId {
  const { b } = cx;
  const operand = isWide(e.operand.type) ? anyBit(cx, evaluateWide(cx, e.operand)) : evaluate(cx, e.operand);
  const ty = b.typeOf(operand);
  switch (e.op) {
    case "neg":
      return negate(cx, operand);
    case "not":
      return b.bin("xor", operand, b.const(ty, -1n));
    case "lnot":
      return b.cmp("eq", operand, b.const(ty, 0n));
  }
}

function pointerDifference(cx: FunctionContext, e: ExprOf<"ptr_diff">): ValueId {
  const left = evaluate(cx, e.left);
  const right = evaluate(cx, e.right);
  return divideExact(cx, cx.b.emit({ op: "bin", ty: "i64", fn: "sub", a: left, b: right }), e.elemSize);
}

function truthByBranches(cx: FunctionContext, e: TExpr): ValueId {
  const { b } = cx;
  const [yes, no, end] = [b.block(), b.block(), b.block()];
  branchOn(cx, e, yes, no);
  const arm = (block: typeof yes, value: bigint): PhiArg => {
    b.enter(block);
    const made = { block, value: b.const("i32", value) };
    b.jump(end);
    return made;
  };
  const args = [arm(yes, 1n), arm(no, 0n)];
  b.enter(end);
  return b.phi("i32", args);
}

/** Runs one of the two ways of `?:`; what `run` gives for each that comes to its end, with the block it ends in. */
export function choose<T>(
  cx: FunctionContext,
  e: ExprOf<"cond">,
  run: (arm: TExpr) => T,
): { block: PhiArg["block"]; made: T }[] {
  const { b } = cx;
  const [yes, no, end] = [b.block(), b.block(), b.block()];
  const way = (block: typeof yes, arm: TExpr): { block: PhiArg["block"]; made: T }[] => {
    b.enter(block);
    const made = run(arm);
    if (b.sealed) return [];
    const last = b.current;
    b.jump(end);
    return [{ block: last, made }];
  };
  branchOn(cx, e.cond, yes, no);
  const ways = [...way(yes, e.then ?? e.cond), ...way(no, e.else)];
  b.enter(end);
  return ways;
}

function conditional(cx: FunctionContext, e: ExprOf<"cond">): ValueId {
  if (!e.then) return elvis(cx, e);
  const ways = choose(cx, e, (arm) => evaluate(cx, arm));
  if (ways.length === 0) return noValue(cx, e.type);
  return cx.b.phi(
    scalarType(cx, e.type),
    ways.map(({ block, made }) => ({ block, value: made })),
  );
}

/** `c ?: d`: the condition's value, evaluated once. */
function elvis(cx: FunctionContext, e: ExprOf<"cond">): ValueId {
  const { b } = cx;
  const wide = isWide(e.cond.type) ? evaluateWide(cx, e.cond) : undefined;
  const test = wide ? anyBit(cx, wide) : evaluate(cx, e.cond);
  const own = wide ? narrowWide(cx, wide, e.type) : convertValue(cx, test, e.cond.type, e.type);
  const first = b.current;
  const [no, end] = [b.block(), b.block()];
  b.branch("ne", test, b.const(b.typeOf(test), 0n), end, no);
  b.enter(no);
  const other = evaluate(cx, e.else);
  const args = b.sealed ? [] : [{ block: b.current, value: other }];
  b.jump(end);
  b.enter(end);
  return b.phi(scalarType(cx, e.type), [{ block: first, value: own }, ...args]);
}

function assign(cx: FunctionContext, e: ExprOf<"assign">): ValueId {
  if (e.type.kind === "record") return assignRecord(cx, e).base;
  if (isAtomic(e.place.type)) return inOneStep(cx, "store", e.type);
  const value = evaluate(cx, e.value);
  return storeScalar(cx, addressOf(cx, e.place), e.place.type, value);
}

/** An `_Atomic` object is read and written in the order `seq_cst`, which only read-modify-write operations have. */
function inOneStep(cx: FunctionContext, what: "load" | "store", type: CType): ValueId {
  const other =
    what === "load" ? "atomic_load_explicit(&object, memory_order_relaxed)" : "atomic_exchange(&object, value)";
  cx.sink.error("E0413", cx.b.span, `an atomic ${what} in the order 'seq_cst'`).help(`use ${other}`);
  return noValue(cx, type);
}

/** What is stored is computed before the place is looked up and read: C leaves the order open, clang has this one. */
function update(cx: FunctionContext, e: ExprOf<"update">): ValueId {
  const { place, operation } = e;
  const value = operand(cx, e.value);
  const address = addressOf(cx, place);
  const before = loadScalar(cx, address, place.type);
  const after =
    operation.kind === "ptr"
      ? addPointer(cx, before, e.op === "sub" ? "sub" : "add", value, e.value.type)
      : arithmetic(cx, e.op, convertValue(cx, before, place.type, operation), value, isSigned(operation));
  const stored = storeScalar(cx, address, place.type, convertValue(cx, after, operation, place.type));
  return e.old ? before : stored;
}

/** The value of a compound literal of a scalar. */
function literal(cx: FunctionContext, e: ExprOf<"literal">): ValueId {
  const slot = cx.b.emit({ op: "slot", ty: "ptr", slot: literalSlot(cx, e.local) });
  initialise(cx, e.local, e.init);
  if (bitsOf(scalarType(cx, e.type)) === 64 && e.type.kind === "array") return slot;
  return loadScalar(cx, { base: slot, off: 0, align: 8, volatile: false }, e.type);
}
