/** IR text in, listing out. */

import { generate } from "../../../src/asm/codegen/generate.ts";
import type { Subprog } from "../../../src/asm/codegen/subprog.ts";
import type { Cpu } from "../../../src/asm/codegen/target.ts";
import { parseIr } from "../../../src/asm/ir/parse.ts";
import { DiagSink } from "../../../src/diag/diagnostic.ts";
import { slotCount } from "../../../src/isa/insn.ts";
import { printInsn } from "../../../src/isa/print.ts";

export function compileIr(text: string, cpu: Cpu = "v3", optimise = true) {
  const sink = new DiagSink();
  const subprog = generate(parseIr(text), { cpu, optimise }, sink);
  return { subprog, codes: sink.diagnostics.map((d) => d.code) };
}

/** One line an instruction, labels before it. */
export const printSubprog = (subprog: Subprog): readonly string[] =>
  subprog.lines.map((line) => [...(line.labels ?? []).map((l) => `${l}:`), printInsn(line.insn)].join(" "));

export const slotsOf = (subprog: Subprog): number => subprog.lines.reduce((sum, line) => sum + slotCount(line.insn), 0);

/** The body of a function of five i64 parameters %0 to %4, as a listing. */
export const listing = (body: string, cpu: Cpu = "v3"): readonly string[] =>
  printSubprog(compileIr(`static auto f(ptr, i64, i64, i32, i32) i64\nb0:\n${params}${body}`, cpu).subprog);

const params = `%0 = param ptr 0
%1 = param i64 1
%2 = param i64 2
%3 = param i32 3
%4 = param i32 4
`;
