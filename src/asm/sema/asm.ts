/** `asm` statements: operands become places and values, the text stays for `lower`. */
import type { AsmStmt } from "../syntax/ast.ts";
import type { Sema } from "./context.ts";
import { checkOperand, checkValue } from "./expr.ts";
import type { TPlace, TStmt } from "./tree.ts";

export function checkAsm(cx: Sema, s: AsmStmt): TStmt {
  const outputs: TPlace[] = [];
  for (const o of s.outputs) {
    const operand = checkOperand(cx, o.expr);
    if (operand.kind === "place") outputs.push(operand.place);
    else cx.sink.error("E0204", o.expr.span, "an output operand");
  }
  const inputs = s.inputs.map((i) => checkValue(cx, i.expr));
  return { kind: "asm", asm: s, outputs, inputs, span: s.span };
}
