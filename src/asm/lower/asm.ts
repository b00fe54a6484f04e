/** `asm` with an empty template: a barrier for the optimiser. */
import type { TPlace, TStmt } from "../sema/tree.ts";
import { lowerAsmText } from "./asm-inline.ts";
import type { FunctionContext } from "./context.ts";
import { evaluate } from "./expr.ts";
import { type Address, addressOf, loadScalar, storeScalar } from "./place.ts";
import { convertValue, scalarType } from "./scalars.ts";
import { hideWide, isWide, loadWide, noWide, refuseWide, storeWide, type Wide, widen } from "./wide.ts";

type AsmStatement = Extract<TStmt, { readonly kind: "asm" }>;

const textOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** E0407: an operand of 128 bits goes into no register; where there is no text, outputs need none. */
function refusesWide(cx: FunctionContext, { asm, inputs, outputs }: AsmStatement, hasText: boolean): boolean {
  const inMemory = (i: number): boolean => /^[=+&%]*[mo]/.test(textOf(asm.outputs[i]!.constraint.bytes));
  const output = hasText ? outputs.find((place, i) => isWide(place.type) && !inMemory(i)) : undefined;
  const input = inputs.flatMap((one) => (one.kind === "value" && isWide(one.expr.type) ? [one.expr] : []))[0];
  const span = (output ?? input)?.span;
  if (span) refuseWide(cx, "an operand of assembly", "give it the two halves, each of 64 bits", span);
  return span !== undefined;
}

export function lowerAsm(cx: FunctionContext, stmt: AsmStatement): void {
  const { asm } = stmt;
  const hasText = asm.goto || textOf(asm.template.bytes).trim() !== "" || wantsRegisters(asm);
  if (refusesWide(cx, stmt, hasText)) return;
  if (hasText) {
    lowerAsmText(cx, stmt);
    return;
  }
  const inputs = stmt.inputs.map((input) =>
    input.kind === "value" ? { value: evaluate(cx, input.expr), type: input.expr.type } : undefined,
  );
  const matching = new Map(asm.inputs.map((input, i) => [textOf(input.constraint.bytes).trim(), inputs[i]] as const));
  const places = stmt.outputs.map((place) => addressOf(cx, place));
  const passed = stmt.outputs.map((place, i) => {
    const constraint = textOf(asm.outputs[i]?.constraint.bytes ?? new Uint8Array());
    const input = matching.get(String(i));
    if (isWide(place.type)) {
      const before = input ? widen(cx, input.value, input.type) : incomingWide(cx, constraint, places[i]!);
      return () => storeWide(cx, places[i]!, hideWide(cx, before));
    }
    const before = input
      ? convertValue(cx, input.value, input.type, place.type)
      : incoming(cx, constraint, places[i]!, place);
    return () => {
      const value = cx.b.emit({ op: "opaque", ty: cx.b.typeOf(before), a: before });
      storeScalar(cx, places[i]!, place.type, value);
    };
  });
  if (asm.volatile || asm.clobbers.some((clobber) => textOf(clobber.bytes) === "memory"))
    cx.b.emit({ op: "barrier", ty: "void" });
  for (const put of passed) put();
}

/** A value that has to be in a register counts even where no text uses it: a program that names a map is bound to it. */
const wantsRegisters = ({ volatile, inputs }: AsmStatement["asm"]): boolean =>
  volatile && inputs.some(({ constraint }) => textOf(constraint.bytes).includes("r"));

const incomingWide = (cx: FunctionContext, constraint: string, address: Address): Wide =>
  constraint.startsWith("+") ? loadWide(cx, address) : noWide(cx);

/** What an output operand holds before: its own value if it is read too (`+`), else anything. */
function incoming(
  cx: FunctionContext,
  constraint: string,
  address: Address,
  place: TPlace,
): ReturnType<typeof evaluate> {
  if (constraint.startsWith("+")) return loadScalar(cx, address, place.type);
  return cx.b.emit({ op: "undef", ty: scalarType(cx, place.type) });
}
