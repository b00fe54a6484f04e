/** The template of an `asm` statement with its operands put in: GNU C's `%0`, `%[name]`, `%%` and `%=`. */
import type { AsmStmt } from "../syntax/ast.ts";

const REFERENCE = /%(?:(%)|(=)|([a-zA-Z])?(?:\[([^\]\n]*)\]|(\d+)))/g;

export const bytesText = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Operands in the order in which the template numbers them. */
export interface TemplateOperand {
  readonly name?: string;
  readonly text: string;
  /** With the modifier `w`: the lower half of a register. */
  readonly half?: string;
}

/** Fills in the operands; `unknown` is told of references to none, `unique` stands for `%=`. */
export function expandTemplate(
  asm: AsmStmt,
  operands: readonly TemplateOperand[],
  unique: number,
  unknown: (reference: string) => void,
): string {
  const byName = new Map(operands.flatMap((o) => (o.name === undefined ? [] : [[o.name, o] as const])));
  return bytesText(asm.template.bytes).replace(REFERENCE, (whole, percent, equals, modifier, name, index) => {
    if (percent) return "%";
    if (equals) return String(unique);
    const operand = name !== undefined ? byName.get(name) : operands[Number(index)];
    if (!operand) unknown(whole);
    return (modifier === "w" ? operand?.half : undefined) ?? operand?.text ?? "0";
  });
}

/** Names of outputs and inputs, in that order. */
export const operandNames = (asm: AsmStmt): readonly (string | undefined)[] =>
  [...asm.outputs, ...asm.inputs].map((operand) => operand.name?.name);
