/** `asm goto("may_goto %l[label]")`, the way the kernel's headers write a bounded loop: known by its text. */
import type { TStmt } from "../sema/tree.ts";
import { leaveFor } from "./cleanup.ts";
import { type FunctionContext, labelBlock } from "./context.ts";

type AsmStatement = Extract<TStmt, { readonly kind: "asm" }>;

/** The instruction by name, or as its bytes where an assembler does not know the name. */
const forms = [
  /^may_goto\s+%l\[?(?<label>\w+)\]?;?$/,
  /^1:\s*\.byte 0xe5;\s*\.byte 0;\s*\.long \(\(%l\[(?<label>\w+)\] - 1b - 8\) \/ 8\) & 0xffff;\s*\.short 0;?$/,
];

/** Lowers the statement if it is a `may_goto`; whether it was. */
export function lowerMayGoto(cx: FunctionContext, { asm }: AsmStatement): boolean {
  const label = asm.labels[0];
  if (!asm.goto || !label || asm.labels.length > 1 || asm.outputs.length + asm.inputs.length > 0) return false;
  const text = String.fromCharCode(...asm.template.bytes).trim();
  const named = forms.map((form) => form.exec(text)?.groups?.label).find((name) => name !== undefined);
  if (named !== label.name.replace(/\.\d+$/, "") && named !== "0") return false;
  const { b } = cx;
  const going = b.emit({ op: "may_goto", ty: "i32" });
  const [next, leaving] = [b.block(), b.block()];
  b.branch("ne", going, b.const("i32", 0n), next, leaving);
  b.enter(leaving);
  leaveFor(cx, label.name);
  b.jump(labelBlock(cx, label.name));
  b.enter(next);
  return true;
}
