/** `asm` statements: operands become places, numbers, names and values by their constraints; the text stays for `lower`. */
import type { AsmOperand, AsmStmt, Expr } from "../syntax/ast.ts";
import { refused } from "./atomics.ts";
import { constAddress, constantNumber } from "./constants.ts";
import type { Sema } from "./context.ts";
import { rvalue } from "./convert.ts";
import { checkOperand } from "./expr.ts";
import { constantBytes } from "./globals.ts";
import { lookup, useExtern } from "./names.ts";
import type { TAsmInput, TPlace, TStmt } from "./tree.ts";
import { resolveType } from "./type-exprs.ts";
import { isAtomic, typeText } from "./type-ops.ts";

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

export function checkAsm(cx: Sema, s: AsmStmt): TStmt {
  const outputs: TPlace[] = [];
  for (const o of s.outputs) {
    lettersOf(cx, o);
    const operand = checkOperand(cx, o.expr);
    if (operand.kind === "place" && isAtomic(operand.place.type))
      refused(cx, o.expr.span, `assembly that writes a '${typeText(operand.place.type)}'`);
    else if (operand.kind === "place") outputs.push(operand.place);
    else cx.sink.error("E0204", o.expr.span, "an output operand");
  }
  const inputs = s.inputs.map((i) => checkInput(cx, i));
  if (!s.goto) noteNames(cx, textOf(s.template.bytes));
  return { kind: "asm", asm: s, outputs, inputs, span: s.span };
}

/** The letters or the number of a constraint, without its modifiers. */
function lettersOf(cx: Sema, operand: AsmOperand): string {
  const text = textOf(operand.constraint.bytes);
  const letters = text.replace(/[=+&%,\s]/g, "");
  if (!/^(?:[rwinsmopgVX]+|\d+)$/.test(letters)) cx.sink.error("E0457", operand.constraint.span, text);
  return letters;
}

/**
 * A constant where the constraint allows one and there is one; else a register, else memory. What only inlining makes
 * constant goes into a register too.
 */
function checkInput(cx: Sema, operand: AsmOperand): TAsmInput {
  const letters = lettersOf(cx, operand);
  const { expr } = operand;
  const known = /[insgX]/.test(letters) ? knownByName(cx, expr) : undefined;
  if (known) return known;
  if (/^[mo]/.test(letters)) {
    const found = checkOperand(cx, expr);
    if (found.kind === "place") return { kind: "memory", place: found.place };
    return { kind: "value", expr: rvalue(found) };
  }
  const value = rvalue(checkOperand(cx, expr));
  if (/[insgX]/.test(letters)) {
    const number = constantNumber(value);
    if (number !== undefined) return { kind: "number", value: BigInt.asIntN(64, number) };
    const address = constAddress(value);
    if (address) return { kind: "symbol", name: address.symbol, addend: address.addend };
  }
  return { kind: "value", expr: value };
}

/** What has no value in C, or none that is constant there, and yet is one for the assembler. */
function knownByName(cx: Sema, e: Expr): TAsmInput | undefined {
  const bytes = literalBytes(cx, e);
  if (bytes) return { kind: "number", value: new DataView(bytes.buffer).getBigInt64(0, true) };
  const entity = e.kind === "name" ? lookup(cx, e.name) : undefined;
  switch (entity?.kind) {
    case "helper":
      return { kind: "number", value: BigInt(entity.helper.id) };
    case "global":
      return entity.value === undefined ? undefined : { kind: "number", value: BigInt.asIntN(64, entity.value) };
    case "function":
      entity.fn.used = true;
      return { kind: "symbol", name: entity.fn.name, addend: 0 };
    case "extern":
      useExtern(cx, entity.extern.name, entity);
      return { kind: "symbol", name: entity.extern.name, addend: 0 };
    default:
      return undefined;
  }
}

/** `*(long *)&(struct bpf_insn){...}`: the eight bytes of an instruction as a number. */
function literalBytes(cx: Sema, e: Expr): Uint8Array | undefined {
  if (e.kind !== "unary" || e.op !== "*" || e.operand.kind !== "cast") return undefined;
  const address = e.operand.operand;
  if (address.kind !== "unary" || address.op !== "&" || address.operand.kind !== "compound_literal") return undefined;
  const bytes = constantBytes(cx, resolveType(cx, address.operand.type), address.operand.init);
  return bytes.length === 8 ? bytes : undefined;
}

/** Names in the text itself: of functions that are called and of what is loaded with `ll`. They may be declared later. */
function noteNames(cx: Sema, text: string): void {
  for (const match of text.matchAll(/\bcall\s+([A-Za-z_]\w*)|=\s*([A-Za-z_]\w*)[^;\n=]*\bll\b/g))
    cx.asmNames.add(match[1] ?? match[2]!);
}

/** Marks as used what assembly names, once the whole file is known. */
export function useAsmNames(cx: Sema): void {
  for (const name of cx.asmNames) {
    const entity = lookup(cx, name);
    if (entity?.kind === "function") entity.fn.used = true;
    if (entity?.kind === "extern") useExtern(cx, entity.extern.name, entity);
  }
}
