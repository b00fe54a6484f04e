/** `llvm.bpf.load.byte` and its kin, which libbpf's `bpf_legacy.h` declares by `asm("...")`: the packet loads of classic BPF. */
import type { Expr } from "../syntax/ast.ts";
import type { Sema } from "./context.ts";
import { assigned, errorValue, isError, type Operand, value } from "./convert.ts";
import { checkValue } from "./expr.ts";
import { convert } from "./fold.ts";
import type { FunctionDraft } from "./scope.ts";
import { ulongType, voidPtr } from "./type-ops.ts";

/** Bytes of a load, by the name that the object would give the function. */
export const packetLoads: ReadonlyMap<string, 1 | 2 | 4> = new Map([
  ["llvm.bpf.load.byte", 1],
  ["llvm.bpf.load.half", 2],
  ["llvm.bpf.load.word", 4],
]);

/** A call of such a function. */
export function packetLoad(cx: Sema, fn: FunctionDraft, call: Extract<Expr, { kind: "call" }>): Operand {
  const { span, args } = call;
  if (args.length !== 2) {
    cx.sink.error("E0209", span, fn.name, "2 arguments", args.length);
    return value(errorValue(span));
  }
  const skb = assigned(cx, checkValue(cx, args[0]!), voidPtr, `argument 1 of ${fn.name}`);
  const offset = assigned(cx, checkValue(cx, args[1]!), ulongType, `argument 2 of ${fn.name}`);
  if (isError(skb) || isError(offset)) return value(errorValue(span));
  const builtin = { kind: "load_packet", size: packetLoads.get(fn.asmName!)!, skb, offset } as const;
  return value(convert({ kind: "builtin", builtin, type: ulongType, span }, fn.type.ret));
}
