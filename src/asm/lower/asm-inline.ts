/**
 * Assembly with text inside of a function: its operands get machine registers here, and the register allocator works
 * around it. `settle` assembles the text, once constants are known.
 */
import type { Reg } from "../../isa/insn.ts";
import type { InstOf } from "../ir/inst.ts";
import type { ValueId } from "../ir/model.ts";
import type { TAsmInput, TPlace, TStmt } from "../sema/tree.ts";
import { isScalar, longType, ulongType } from "../sema/type-ops.ts";
import type { CType } from "../sema/types.ts";
import type { AsmStmt } from "../syntax/ast.ts";
import { clobbersOf, freeRegisters, namedRegisters, symbolText } from "./asm-code.ts";
import { branchByWay, textOf, WAY } from "./asm-goto.ts";
import { bytesText, type TemplateOperand } from "./asm-template.ts";
import { type FunctionContext, temporary } from "./context.ts";
import { evaluate } from "./expr.ts";
import { type Address, addressOf, loadScalar, pointerTo, storeScalar } from "./place.ts";
import { convertValue, isSigned } from "./scalars.ts";

type AsmStatement = Extract<TStmt, { readonly kind: "asm" }>;

/** A register that the assembly leaves a result in, and where it goes. */
interface Output {
  readonly reg: Reg;
  readonly place: TPlace;
  readonly address: Address;
}

class Operands {
  readonly args: ValueId[] = [];
  readonly regs: (Reg | undefined)[] = [];
  readonly #cx: FunctionContext;
  readonly #asm: AsmStmt;
  readonly #free: readonly Reg[];
  #taken = 0;

  constructor(cx: FunctionContext, asm: AsmStmt, free: readonly Reg[]) {
    this.#cx = cx;
    this.#asm = asm;
    this.#free = free;
  }

  take(): Reg {
    return this.#free[this.#taken++] ?? 0;
  }

  put(value: ValueId, reg: Reg | undefined): number {
    this.regs.push(reg);
    return this.args.push(value) - 1;
  }

  /** A value of a C type as 64 bits in `reg`; gives its place in `args`. */
  wide(value: ValueId, type: CType, reg: Reg | undefined): number {
    return this.put(type.kind === "ptr" ? value : convertValue(this.#cx, value, type, wideOf(type)), reg);
  }

  /** Reports where more registers were taken than there are. */
  check(): void {
    if (this.#taken > this.#free.length)
      this.#cx.sink.error("E0459", this.#asm.template.span, this.#taken, this.#free.length);
  }
}

/** Constraints that take a constant and nothing else. */
const onlyConstant = /^[\s&%]*[ins]+\s*$/;
const wideOf = (type: CType): CType => (isSigned(type) ? longType : ulongType);
const registerText = (reg: Reg): TemplateOperand => ({ text: `r${reg}`, half: `w${reg}` });
const memoryText = (reg: Reg): TemplateOperand => ({ text: `(r${reg} + 0)` });

export function lowerAsmText(cx: FunctionContext, stmt: AsmStatement): void {
  const { asm } = stmt;
  const clobbers = clobbersOf(asm, cx.sink);
  const free = freeRegisters(asm, clobbers).filter((reg) => !asm.goto || reg !== WAY);
  const operands = new Operands(cx, asm, free);
  const outputs = stmt.outputs.map((place, i) => outputOperand(cx, asm, place, i, operands));
  const inputs = stmt.inputs.map((input, i) => inputOperand(cx, asm, input, i, outputs, operands));
  operands.check();
  const parts = textOf(cx, asm, [...outputs.map(({ text }) => text), ...inputs]);
  const results: Result[] = outputs.flatMap(({ output }) =>
    output ? [{ reg: output.reg, ty: typeOf(output.place), put: (value) => store(cx, output, value) }] : [],
  );
  let way: ValueId | undefined;
  if (asm.goto) results.unshift({ reg: WAY, ty: "i64", put: (value) => (way = value) });
  const writes = [...clobbers, ...namedRegisters(asm), ...results.map(({ reg }) => reg)];
  emitAsm(cx, { op: "asm", text: { parts, span: asm.template.span }, writes: [...new Set(writes)] }, operands, results);
  if (way !== undefined) branchByWay(cx, asm, way);
}

/** What a register holds afterwards, and where it goes. */
interface Result {
  readonly reg: Reg;
  readonly ty: "i64" | "ptr";
  readonly put: (value: ValueId) => void;
}

/** The first result is the instruction's value; the others pass through the stack. */
function emitAsm(
  cx: FunctionContext,
  head: Pick<InstOf<"asm">, "op" | "text" | "writes">,
  operands: Operands,
  [first, ...others]: readonly Result[],
): void {
  const outs = others.map(({ reg }) => {
    const slot = temporary(cx, 8);
    return { reg, arg: operands.put(slot, undefined), slot };
  });
  const value = cx.b.emit({
    ...head,
    ty: first ? first.ty : "void",
    args: operands.args,
    regs: operands.regs,
    ...(first && { result: first.reg }),
    outs: outs.map(({ reg, arg }) => ({ reg, arg })),
  });
  first?.put(value);
  others.forEach(({ ty, put }, i) => {
    put(cx.b.load({ ty, size: 8, signed: false, base: outs[i]!.slot, off: 0 }));
  });
}

const typeOf = (place: TPlace): "i64" | "ptr" => (place.type.kind === "ptr" ? "ptr" : "i64");

/** What a register held in all its bits, as a value of the place's type. */
function store(cx: FunctionContext, { place, address }: Output, value: ValueId): void {
  const { type } = place;
  storeScalar(cx, address, type, type.kind === "ptr" ? value : convertValue(cx, value, wideOf(type), type));
}

function outputOperand(
  cx: FunctionContext,
  asm: AsmStmt,
  place: TPlace,
  index: number,
  operands: Operands,
): { readonly text: TemplateOperand; readonly output?: Output } {
  const { constraint } = asm.outputs[index]!;
  const letters = bytesText(constraint.bytes);
  const address = addressOf(cx, place);
  const reg = operands.take();
  if (/^[=+&%]*[mo]/.test(letters)) {
    operands.put(pointerTo(cx, address, constraint.span), reg);
    return { text: memoryText(reg) };
  }
  if (!isScalar(place.type)) {
    cx.sink.error("E0457", constraint.span, letters);
    return { text: registerText(reg) };
  }
  if (letters.includes("+")) operands.wide(loadScalar(cx, address, place.type), place.type, reg);
  return { text: widthText(letters, reg), output: { reg, place, address } };
}

/** The constraint `w` names the lower half of a register. */
const widthText = (letters: string, reg: Reg): TemplateOperand =>
  letters.includes("w") ? { text: `w${reg}`, half: `w${reg}` } : registerText(reg);

function inputOperand(
  cx: FunctionContext,
  asm: AsmStmt,
  input: TAsmInput,
  index: number,
  outputs: readonly { readonly text: TemplateOperand; readonly output?: Output }[],
  operands: Operands,
): TemplateOperand {
  if (input.kind === "number") return { text: String(input.value) };
  if (input.kind === "symbol") return { text: symbolText(input.name, input.addend) };
  const { constraint } = asm.inputs[index]!;
  const letters = bytesText(constraint.bytes);
  if (onlyConstant.test(letters) && input.kind === "value" && isScalar(input.expr.type)) {
    const arg = operands.wide(evaluate(cx, input.expr), input.expr.type, undefined);
    return { text: { arg, constraint: letters, span: input.expr.span } };
  }
  if (input.kind === "memory") {
    const reg = operands.take();
    operands.put(pointerTo(cx, addressOf(cx, input.place), constraint.span), reg);
    return memoryText(reg);
  }
  const tied = /^\d+$/.test(letters) ? outputs[Number(letters)] : undefined;
  const { expr } = input;
  if (!isScalar(expr.type) || (/^\d+$/.test(letters) && !tied?.output)) {
    cx.sink.error("E0457", constraint.span, letters);
    return { text: "0" };
  }
  const reg = tied?.output?.reg ?? operands.take();
  operands.wide(evaluate(cx, expr), expr.type, reg);
  return tied ? tied.text : widthText(letters, reg);
}
