/** Assembly text of a unit to lines: what its names mean, which registers it leaves to its operands. */
import type { DiagSink } from "../../diag/diagnostic.ts";
import type { Callee, Imm64, Line, Reg } from "../../isa/insn.ts";
import { helperByName } from "../../kernel/helpers.ts";
import type { Span } from "../../support/span.ts";
import type { AddrSymbol } from "../ir/inst.ts";
import type { AsmCode } from "../ir/model.ts";
import type { AsmStmt } from "../syntax/ast.ts";
import { assemble } from "../text/assemble.ts";
import { bytesText } from "./asm-template.ts";

/** What the names of a unit stand for. */
export type SymbolKinds = ReadonlyMap<string, AddrSymbol["kind"]>;

/** Assembles `text`; every line and diagnostic has the place `span`. */
export function assembleIn(text: string, symbols: SymbolKinds, span: Span, sink: DiagSink): AsmCode {
  const made = assemble(text, {
    sink,
    spanOf: () => span,
    callee: (name) => calleeOf(name, symbols),
    address: (name, addend) => addressOf(name, addend, symbols),
  });
  return { lines: made.lines as readonly Line<never>[], endLabels: made.endLabels };
}

function calleeOf(name: string, symbols: SymbolKinds): Callee | undefined {
  const kind = symbols.get(name);
  if (kind === "func") return { kind: "subprog", name };
  if (kind === "extern") return { kind: "kfunc", name };
  const helper = kind === undefined ? helperByName(name) : undefined;
  return helper && { kind: "helper", id: helper.id };
}

function addressOf(name: string, addend: number, symbols: SymbolKinds): Imm64 | undefined {
  const kind = symbols.get(name);
  if (kind === undefined || (kind !== "global" && addend !== 0)) return undefined;
  return kind === "global" ? { kind, name, addend } : { kind, name };
}

/** Functions that the lines call or take the address of. */
export function namedIn(lines: readonly Line[]): ReadonlySet<string> {
  const names = lines.flatMap(({ insn }) => {
    if (insn.kind === "call") return insn.callee.kind === "subprog" ? [insn.callee.name] : [];
    if (insn.kind !== "ld_imm64") return [];
    return insn.value.kind === "func" || insn.value.kind === "global" ? [insn.value.name] : [];
  });
  return new Set(names);
}

/** A name with its offset, as the text has it. */
export const symbolText = (name: string, addend: number): string =>
  addend === 0 ? name : `${name} ${addend < 0 ? "-" : "+"} ${Math.abs(addend)}`;

const CLOBBER = /^[rw](\d)$/;
const silent: ReadonlySet<string> = new Set(["memory", "cc", "r10", "w10"]);

/** Registers that the statement says it changes. */
export function clobbersOf(asm: AsmStmt, sink: DiagSink): readonly Reg[] {
  return asm.clobbers.flatMap(({ bytes, span }) => {
    const name = bytesText(bytes);
    const match = CLOBBER.exec(name);
    if (match) return [Number(match[1]) as Reg];
    if (!silent.has(name)) sink.error("E0458", span, name);
    return [];
  });
}

/** Registers for operands, those first that calls do not keep: none that the text names or that is clobbered. */
export function freeRegisters(asm: AsmStmt, clobbers: readonly Reg[]): readonly Reg[] {
  const taken = new Set<number>([...namedRegisters(asm), ...clobbers]);
  return ([1, 2, 3, 4, 5, 0, 6, 7, 8, 9] as const).filter((r) => !taken.has(r));
}

/** Registers that the text names itself; a comparison of operands by name uses none. */
export const namedRegisters = (asm: AsmStmt): readonly Reg[] =>
  [
    ...bytesText(asm.template.bytes)
      .replace(/\.if(?:n?c|n?b)\b[^\n;]*/g, "")
      .matchAll(/\b[rw](\d)\b/g),
  ].map((m) => Number(m[1]) as Reg);

/** Registers that some line changes without naming them: a call's. */
export function callClobbers(lines: readonly Line[]): readonly Reg[] {
  const calls = lines.some(({ insn }) => ["call", "callx", "load_packet"].includes(insn.kind));
  return calls ? [0, 1, 2, 3, 4, 5] : [];
}
