/** Naked functions: their body is assembly, which becomes their instructions as it stands, without SSA between. */
import type { DiagBuilder, DiagSink } from "../../diag/diagnostic.ts";
import type { Insn, Line, Reg } from "../../isa/insn.ts";
import type { Span } from "../../support/span.ts";
import { constAddress } from "../sema/constants.ts";
import type { TAsmInput, TFunction, TStmt, Unit } from "../sema/tree.ts";
import type { AsmStmt } from "../syntax/ast.ts";
import { assembleIn, clobbersOf, freeRegisters, type SymbolKinds, symbolText } from "./asm-code.ts";
import { expandTemplate, joined, operandNames, type TemplateOperand } from "./asm-template.ts";
import { symbolKinds } from "./lower.ts";

/** Instructions of a function, shaped as code generation hands on its own. */
export interface NakedFunction {
  readonly name: string;
  readonly section?: string;
  readonly linkage: "static" | "global";
  readonly lines: readonly Line<never>[];
  readonly stackSize: number;
  readonly span: Span;
}

type Asm = Extract<TStmt, { readonly kind: "asm" }>;

/** What the lowering of one naked function carries around. */
interface Naked {
  readonly fn: TFunction;
  readonly symbols: SymbolKinds;
  readonly sink: DiagSink;
  /** Sets the registers that operands ask for, before the text begins. */
  readonly head: Line<never>[];
}

/** The unit's naked functions. Errors: E0405, E0406, E0450 to E0460. */
export function lowerNaked(unit: Unit, sink: DiagSink): readonly NakedFunction[] {
  const symbols = symbolKinds(unit);
  return unit.functions.filter((fn) => fn.naked).map((fn) => lowerOne({ fn, symbols, sink, head: [] }));
}

function lowerOne(cx: Naked): NakedFunction {
  const { fn, sink } = cx;
  const parts = statementsOf(cx, fn.body);
  const text = parts.map((asm, i) => textOf(cx, asm, i)).join("\n");
  const { lines, endLabels } = assembleIn(text, cx.symbols, parts[0]?.span ?? fn.nameSpan, sink);
  if (endLabels.length > 0) sink.error("E0460", fn.nameSpan);
  return {
    name: fn.name,
    linkage: fn.linkage,
    ...(fn.section !== undefined && { section: fn.section }),
    lines: [...cx.head, ...lines],
    stackSize: stackSizeOf(lines),
    span: fn.span,
  };
}

/** The assembly of a body; anything else is told of. */
function statementsOf(cx: Naked, stmt: TStmt): readonly Asm[] {
  if (stmt.kind === "block") return stmt.items.flatMap((item) => statementsOf(cx, item));
  if (stmt.kind === "asm") return [stmt];
  if (stmt.kind === "label") return statementsOf(cx, stmt.body);
  const isNothing = stmt.kind === "expr" && (stmt.expr.kind === "const" || isUnreachable(stmt.expr));
  if (!isNothing) refuse(cx, stmt.span).help("leave the attribute naked out, or write all of it in assembly");
  return [];
}

const refuse = ({ sink, fn }: Naked, span: Span): DiagBuilder => sink.error("E0405", span, fn.name);

const isUnreachable = (e: Extract<TStmt, { kind: "expr" }>["expr"]): boolean =>
  e.kind === "builtin" && e.builtin.kind === "unreachable";

function textOf(cx: Naked, { asm, inputs }: Asm, index: number): string {
  if (asm.goto) {
    cx.sink.error("E0406", asm.template.span).help("jump to labels inside of the assembly");
    return "";
  }
  const output = asm.outputs[0];
  if (output) refuse(cx, output.constraint.span).help("it has no variables to write to: leave the outputs out");
  const free = [...freeRegisters(asm, clobbersOf(asm, cx.sink))];
  const names = operandNames(asm).slice(asm.outputs.length);
  const operands = inputs.map((input, i): TemplateOperand => {
    const name = names[i];
    return { ...(name !== undefined && { name }), text: operandText(cx, asm, input, free) };
  });
  const unknown = (reference: string) => cx.sink.error("E0455", asm.template.span, reference);
  return joined(expandTemplate(asm, operands, index, unknown));
}

function operandText(cx: Naked, asm: AsmStmt, input: TAsmInput, free: Reg[]): string {
  if (input.kind === "number") return String(input.value);
  if (input.kind === "symbol") return symbolText(input.name, input.addend);
  const reg = free.shift();
  const insn = loadOf(input, reg ?? 0, cx.symbols);
  if (!insn) cx.sink.error("E0456", input.kind === "value" ? input.expr.span : asm.template.span, cx.fn.name);
  else if (reg === undefined) cx.sink.error("E0459", asm.template.span, 1, 0);
  else cx.head.push({ insn, span: asm.span });
  return `r${reg ?? 0}`;
}

/** Sets a register to what is known without running anything. */
function loadOf(input: TAsmInput, dst: Reg, symbols: SymbolKinds): Insn | undefined {
  if (input.kind !== "value") return undefined;
  if (input.expr.kind === "const")
    return { kind: "ld_imm64", dst, value: { kind: "int", value: BigInt.asUintN(64, input.expr.value) } };
  const address = constAddress(input.expr);
  const kind = address && symbols.get(address.symbol);
  if (!kind) return undefined;
  const { symbol: name, addend } = address;
  return { kind: "ld_imm64", dst, value: kind === "global" ? { kind, name, addend } : { kind, name } };
}

/** The deepest byte below r10 that is named as such. */
function stackSizeOf(lines: readonly Line<never>[]): number {
  return lines.reduce((most, { insn }) => ("base" in insn && insn.base === 10 ? Math.max(most, -insn.off) : most), 0);
}
