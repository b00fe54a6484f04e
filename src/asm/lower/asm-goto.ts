/**
 * `asm goto`: the text leaves in a register which way it went, and branches behind it follow. Where the text jumps to a
 * label of the function, it jumps to its own end instead, after it has set that register.
 */
import type { Line, Reg } from "../../isa/insn.ts";
import type { AsmConstant, AsmText, ValueId } from "../ir/model.ts";
import type { AsmStmt } from "../syntax/ast.ts";
import { expandTemplate, operandNames, type TemplateOperand } from "./asm-template.ts";
import { leaveFor } from "./cleanup.ts";
import { type FunctionContext, labelBlock } from "./context.ts";

/** Holds 0 where the text ran through, else the number of the label, from 1 on. */
export const WAY: Reg = 0;

const end = "asm.end";
const wayLabel = (index: number): string => `asm.way${index + 1}`;

/** The template with operands and labels put in. Errors: E0455. */
export function textOf(
  cx: FunctionContext,
  asm: AsmStmt,
  operands: readonly TemplateOperand[],
): readonly (string | AsmConstant)[] {
  const names = operandNames(asm);
  const named = operands.map((operand, i): TemplateOperand => {
    const name = names[i];
    return name === undefined ? operand : { ...operand, name };
  });
  const labels = asm.labels.map(({ name }, i) => ({ name: asWritten(name), text: wayLabel(i) }));
  const unknown = (reference: string) => cx.sink.error("E0455", asm.template.span, reference);
  const parts = expandTemplate(asm, [...named, ...labels], 0, unknown);
  return asm.goto ? [...parts, ...ways(asm.labels.length, parts)] : parts;
}

/** Labels of a block carry a number that tells them apart. */
const asWritten = (label: string): string => label.replace(/\.\d+$/, "");

const last = `\n${end}:`;

function ways(count: number, parts: readonly (string | AsmConstant)[]): readonly string[] {
  const each = Array.from({ length: count }, (_, i) =>
    parts.includes(wayLabel(i)) ? `\ngoto ${end}\n${wayLabel(i)}: w${WAY} = ${i + 1}` : "",
  );
  return [`\nw${WAY} = 0`, ...each, last];
}

/** Leaves out what nothing reaches, for the kernel takes no such code: the way through of a text that always jumps. */
export function reached(text: AsmText, lines: readonly Line<never>[]): readonly Line<never>[] {
  if (text.parts[text.parts.length - 1] !== last) return lines;
  let falls = true;
  return lines.filter(({ insn, labels }) => {
    if (!falls && !labels) return false;
    falls = insn.kind !== "exit" && insn.kind !== "gotox" && !(insn.kind === "jump" && !insn.cond);
    return true;
  });
}

/** Goes to the label whose number `way` is; what follows is lowered where it is none. */
export function branchByWay(cx: FunctionContext, asm: AsmStmt, way: ValueId): void {
  const { b } = cx;
  asm.labels.forEach(({ name }, i) => {
    const [leaving, next] = [b.block(), b.block()];
    b.branch("eq", way, b.const("i64", BigInt(i + 1)), leaving, next);
    b.enter(leaving);
    leaveFor(cx, name);
    b.jump(labelBlock(cx, name));
    b.enter(next);
  });
}
