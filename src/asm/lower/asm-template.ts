/** The template of an `asm` statement with its operands put in: GNU C's `%0`, `%[name]`, `%%` and `%=`. */
import type { AsmConstant } from "../ir/model.ts";
import type { AsmStmt } from "../syntax/ast.ts";

const REFERENCE = /%(?:(%)|(=)|([a-zA-Z])?(?:\[([^\]\n]*)\]|(\d+)))/g;

export const bytesText = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Operands in the order in which the template numbers them. */
export interface TemplateOperand {
  readonly name?: string;
  /** A constant that is not known yet is put in later. */
  readonly text: string | AsmConstant;
  /** With the modifier `w`: the lower half of a register. */
  readonly half?: string;
}

/** Fills in the operands; `unknown` is told of references to none, `unique` stands for `%=`. */
export function expandTemplate(
  asm: AsmStmt,
  operands: readonly TemplateOperand[],
  unique: number,
  unknown: (reference: string) => void,
): readonly (string | AsmConstant)[] {
  const byName = new Map(operands.flatMap((o) => (o.name === undefined ? [] : [[o.name, o] as const])));
  const text = bytesText(asm.template.bytes);
  const parts: (string | AsmConstant)[] = [];
  let end = 0;
  for (const match of text.matchAll(REFERENCE)) {
    const [whole, percent, equals, modifier, name, index] = match;
    parts.push(text.slice(end, match.index));
    end = match.index + whole.length;
    const operand = name !== undefined ? byName.get(name) : operands[Number(index)];
    if (percent) parts.push("%");
    else if (equals) parts.push(String(unique));
    else if (operand) parts.push((modifier === "w" ? operand.half : undefined) ?? operand.text);
    else {
      unknown(whole);
      parts.push("0");
    }
  }
  return [...parts, text.slice(end)];
}

/** The text of parts that are all known. */
export const joined = (parts: readonly (string | AsmConstant)[]): string =>
  parts.map((part) => (typeof part === "string" ? part : "0")).join("");

/** Names of outputs and inputs, in that order. */
export const operandNames = (asm: AsmStmt): readonly (string | undefined)[] =>
  [...asm.outputs, ...asm.inputs].map((operand) => operand.name?.name);
