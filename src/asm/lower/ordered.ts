/** `load_acquire` and `store_release` (RFC 9669's successors of -mcpu=v4; Linux 6.15): one instruction each. */
import type { ValueId } from "../ir/model.ts";
import type { TBuiltin, TExpr } from "../sema/tree.ts";
import { pointeeSpace, ulongType } from "../sema/type-ops.ts";
import type { CType } from "../sema/types.ts";
import type { FunctionContext } from "./context.ts";
import { evaluate } from "./expr.ts";
import { inProgram } from "./place.ts";
import { convertValue } from "./scalars.ts";

type Ordered<K extends TBuiltin["kind"]> = Extract<TBuiltin, { kind: K }>;

const pointed = (cx: FunctionContext, ptr: TExpr): ValueId =>
  inProgram(cx, { base: evaluate(cx, ptr), off: 0, align: 8, volatile: true, space: pointeeSpace(ptr.type) }).base;

/** The value at the address, as one of `type`. */
export function loadAcquire(cx: FunctionContext, { ptr, size }: Ordered<"load_acquire">, type: CType): ValueId {
  const register = size === 8 ? "r0" : "w0";
  const raw = cx.b.emit({
    op: "asm",
    ty: "i64",
    text: { parts: [`${register} = load_acquire((u${size * 8} *)(r1 + 0))`], span: ptr.span },
    args: [pointed(cx, ptr)],
    regs: [1],
    result: 0,
    outs: [],
    writes: [0],
  });
  return convertValue(cx, raw, ulongType, type);
}

export function storeRelease(cx: FunctionContext, { ptr, size, value }: Ordered<"store_release">): void {
  const base = pointed(cx, ptr);
  const given = evaluate(cx, value);
  cx.b.emit({
    op: "asm",
    ty: "void",
    text: { parts: [`store_release((u${size * 8} *)(r1 + 0), ${size === 8 ? "r2" : "w2"})`], span: ptr.span },
    args: [base, convertValue(cx, given, value.type, ulongType)],
    regs: [1, 2],
    outs: [],
    writes: [],
  });
}
