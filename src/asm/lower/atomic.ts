/** Atomic read-modify-write operations, in the forms that BPF has (RFC 9669, 5.3). */
import type { AtomicOp, Size } from "../../isa/insn.ts";
import type { ValueId } from "../ir/model.ts";
import type { TExpr } from "../sema/tree.ts";
import { pointeeSpace } from "../sema/type-ops.ts";
import { arithmetic, negate } from "./arith.ts";
import type { FunctionContext } from "./context.ts";
import { evaluate } from "./expr.ts";
import { addressOf, inProgram, loadScalar, storeScalar } from "./place.ts";

type AtomicExpr = Extract<TExpr, { readonly kind: "atomic" }>;

/** The result that `e.result` asks for; undefined where it has none or after a diagnostic. */
export function lowerAtomic(cx: FunctionContext, e: AtomicExpr, used: boolean): ValueId | undefined {
  const { b } = cx;
  if (e.size < 4) {
    cx.sink.error("E0408", e.span, e.size).help("use an object of 4 or 8 bytes");
    return undefined;
  }
  const { base } = inProgram(cx, {
    base: evaluate(cx, e.ptr),
    off: 0,
    align: 8,
    volatile: true,
    space: pointeeSpace(e.ptr.type),
  });
  const given = evaluate(cx, e.value);
  const exchanged = e.exchanged && addressOf(cx, e.exchanged);
  const expected = exchanged ? loadScalar(cx, exchanged, e.exchanged!.type) : e.expected && evaluate(cx, e.expected);
  const fn: AtomicOp = e.op === "sub" ? "add" : e.op;
  const value = e.op === "sub" ? negate(cx, given) : given;
  const wanted = used && e.result !== "none";
  const fetch = wanted || fn === "xchg" || fn === "cmpxchg";
  const old = b.emit({
    op: "atomic",
    ty: fetch ? b.typeOf(value) : "void",
    fn,
    size: e.size as Size,
    fetch,
    base,
    off: 0,
    value,
    ...(expected !== undefined && { expected }),
  });
  if (exchanged) storeScalar(cx, exchanged, e.exchanged!.type, old);
  if (!wanted) return undefined;
  if (e.result === "success") return expected === undefined ? undefined : b.cmp("eq", old, expected);
  if (e.result === "old" || fn === "xchg" || fn === "cmpxchg") return old;
  return arithmetic(cx, fn, old, value, false);
}
