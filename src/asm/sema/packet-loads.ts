/**
 * `llvm.bpf.load.byte` and its kin, which libbpf's `bpf_legacy.h` declares by `asm("...")`: the packet loads of classic
 * BPF. They find the packet by r6, leave r0, and clobber what a call does (RFC 9669, 5.5).
 */
import type { Expr, Stmt, StringLiteral, TypeExpr } from "../syntax/ast.ts";
import type { Sema } from "./context.ts";
import { errorValue, type Operand, value } from "./convert.ts";
import { checkOperand } from "./expr.ts";
import type { FunctionDraft } from "./scope.ts";

/** The bits of a load, by the name that the object would give the function. */
export const packetLoads: ReadonlyMap<string, number> = new Map([
  ["llvm.bpf.load.byte", 8],
  ["llvm.bpf.load.half", 16],
  ["llvm.bpf.load.word", 32],
]);

const clobbered = ["r0", "r1", "r2", "r3", "r4", "r5", "r6"];

/** A call of such a function: assembly around the one instruction. */
export function packetLoad(cx: Sema, fn: FunctionDraft, call: Extract<Expr, { kind: "call" }>): Operand {
  const { span } = call;
  const [packet, offset] = call.args;
  if (!packet || !offset || call.args.length > 2) {
    cx.sink.error("E0209", span, fn.name, "2 arguments", call.args.length);
    return value(errorValue(span));
  }
  const text = (of: string): StringLiteral => ({ kind: "string", bytes: new TextEncoder().encode(of), span });
  const bits = packetLoads.get(fn.asmName!)!;
  const name = "loaded "; // no name of C: the arguments cannot mean it
  const result: Expr = { kind: "name", name, span };
  const type: TypeExpr = { kind: "builtin", words: "unsigned long long", span };
  const load: Stmt = {
    kind: "asm",
    volatile: true,
    goto: false,
    template: text(`r6 = %1; r0 = *(u${bits} *)skb[%2]; %0 = r0`),
    outputs: [{ constraint: text("=r"), expr: result }],
    inputs: [
      { constraint: text("r"), expr: packet },
      { constraint: text("r"), expr: { kind: "cast", type, operand: offset, span } },
    ],
    clobbers: clobbered.map(text),
    labels: [],
    span,
  };
  const declarator = { name: { name, span }, type, attributes: [], span };
  const local = {
    kind: "declaration",
    inline: false,
    base: type,
    attributes: [],
    declarators: [declarator],
    span,
  } as const;
  const items = [local, load, { kind: "expr", expr: result, span }] as const;
  return checkOperand(cx, { kind: "stmt_expr", body: { kind: "block", items, span }, span });
}
