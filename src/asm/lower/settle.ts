/**
 * What only shows once everything is inlined: assembly gets its constants and becomes instructions; a trap that is still
 * there is refused, and so are more parameters than there are registers.
 */
import type { DiagSink } from "../../diag/diagnostic.ts";
import type { Reg } from "../../isa/insn.ts";
import { foldBin } from "../ir/evaluate.ts";
import { bitsOf, type InstOf } from "../ir/inst.ts";
import type { AsmConstant, Inst, IrFunction, IrProgram, ValueId } from "../ir/model.ts";
import { definitions } from "../ir/uses.ts";
import type { Unit } from "../sema/tree.ts";
import { assembleIn, callClobbers, type SymbolKinds, symbolText } from "./asm-code.ts";
import { reached } from "./asm-goto.ts";
import { symbolKinds, tooManyParameters } from "./lower.ts";

/** The optimised program, ready for code generation. Errors: E0401, E0412, E0461, and those of `assemble`. */
export function settle(program: IrProgram, unit: Unit, sink: DiagSink): IrProgram {
  const symbols = symbolKinds(unit);
  for (const { name, params } of program.functions)
    if (params.length > 5) tooManyParameters(unit.functions.find((fn) => fn.name === name)!, params.length, sink);
  return { functions: program.functions.map((fn) => settleOne(fn, symbols, sink)) };
}

function settleOne(fn: IrFunction, symbols: SymbolKinds, sink: DiagSink): IrFunction {
  let changed = false;
  let defs: ReadonlyMap<ValueId, Inst> | undefined;
  const settled = (inst: Inst): Inst => {
    if (inst.op === "trap") sink.error("E0412", inst.span ?? fn.span, fn.name);
    if (inst.op !== "asm") return inst;
    changed = true;
    defs ??= definitions(fn);
    return assembled(inst, defs, symbols, sink);
  };
  const blocks = fn.blocks.map((block) => ({ ...block, insts: block.insts.map(settled) }));
  return changed ? { ...fn, blocks } : fn;
}

function assembled(
  inst: InstOf<"asm">,
  defs: ReadonlyMap<ValueId, Inst>,
  symbols: SymbolKinds,
  sink: DiagSink,
): InstOf<"asm"> {
  const { text, args } = inst;
  const regs = [...inst.regs];
  const constant = (part: AsmConstant): string => {
    if (part.register !== undefined) return offsetText(part.register, part.arg);
    const written = constantText(args[part.arg]!, defs);
    if (written === undefined) sink.error("E0461", part.span, part.constraint);
    return written ?? "0";
  };
  const offsetText = (register: Reg, arg: number): string => {
    const number = numberOf(args[arg]!, defs);
    if (number === undefined || number > 0x7fff_ffffn) return `r${register}`;
    regs[arg] = undefined;
    return String(number);
  };
  const whole = text.parts.map((part) => (typeof part === "string" ? part : constant(part))).join("");
  const made = assembleIn(whole, symbols, inst.span ?? text.span, sink);
  const code = { ...made, lines: reached(text, made.lines) };
  const writes = [...new Set([...inst.writes, ...callClobbers(code.lines)])];
  return { ...inst, code, writes, regs };
}

/** A constant as assembly writes it: a signed number, or a name with an offset. */
function constantText(value: ValueId, defs: ReadonlyMap<ValueId, Inst>): string | undefined {
  const number = numberOf(value, defs);
  if (number !== undefined) return String(BigInt.asIntN(64, number));
  const address = addressOf(value, defs);
  return address && symbolText(address.name, address.addend);
}

/** A value that is known without running anything; at level 0 conversions of constants are still there. */
function numberOf(value: ValueId, defs: ReadonlyMap<ValueId, Inst>, depth = 0): bigint | undefined {
  const inst = defs.get(value);
  if (!inst || depth > maxDepth) return undefined;
  const operand = (id: ValueId) => numberOf(id, defs, depth + 1);
  switch (inst.op) {
    case "const":
      return inst.value;
    case "zext":
    case "sext": {
      const a = operand(inst.a);
      if (a === undefined) return undefined;
      const low = inst.op === "sext" ? BigInt.asIntN(inst.from, a) : BigInt.asUintN(inst.from, a);
      return BigInt.asUintN(bitsOf(inst.ty), low);
    }
    case "trunc":
    case "cast": {
      const a = operand(inst.a);
      return a === undefined ? undefined : BigInt.asUintN(bitsOf(inst.ty), a);
    }
    case "bin": {
      const [a, b] = [operand(inst.a), operand(inst.b)];
      return a === undefined || b === undefined ? undefined : foldBin(inst.fn, bitsOf(inst.ty), a, b);
    }
    default:
      return undefined;
  }
}

const maxDepth = 16;

interface Address {
  readonly name: string;
  readonly addend: number;
}

function addressOf(value: ValueId, defs: ReadonlyMap<ValueId, Inst>, depth = 0): Address | undefined {
  const inst = defs.get(value);
  if (!inst || depth > maxDepth) return undefined;
  if (inst.op === "addr")
    return { name: inst.symbol.name, addend: inst.symbol.kind === "global" ? inst.symbol.addend : 0 };
  if (inst.op === "cast") return addressOf(inst.a, defs, depth + 1);
  if (inst.op !== "bin" || inst.fn !== "add") return undefined;
  const base = addressOf(inst.a, defs, depth + 1);
  const off = numberOf(inst.b, defs);
  return base && off !== undefined
    ? { name: base.name, addend: base.addend + Number(BigInt.asIntN(64, off)) }
    : undefined;
}
