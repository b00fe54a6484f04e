/** Whether what the disassembler prints of an object gives the same bytes when it is assembled. */
import { assemble } from "../asm/text/assemble.ts";
import { DiagSink } from "../diag/diagnostic.ts";
import { encodeInsn } from "../isa/encode.ts";
import type { Callee, Insn } from "../isa/insn.ts";
import { layoutLines } from "../isa/layout.ts";
import { printInsn } from "../isa/print.ts";
import { helperByName } from "../kernel/helpers.ts";
import { assemblyText, type DisassembledFunc, type DisassembledInsn, disassemble } from "./disassemble.ts";

/** An instruction that came back as another one. */
export interface Difference {
  readonly func: string;
  /** From the start of the function. */
  readonly slot: number;
  readonly text: string;
  /** What it is now, or why the text could not be read. */
  readonly again: string;
}

export interface RoundTrip {
  readonly insns: number;
  readonly differences: readonly Difference[];
}

/** Disassembles an object and assembles each function anew. Throws `ElfError` for bytes that are no object. */
export function roundTrip(object: Uint8Array): RoundTrip {
  const made = disassemble(object);
  const names = new Set(made.funcs.map((func) => func.name));
  const differences = made.funcs.flatMap((func) =>
    differencesIn(func, assemblyText({ ...made, funcs: [func] }), names),
  );
  return { insns: made.funcs.reduce((sum, func) => sum + func.insns.length, 0), differences };
}

function differencesIn(func: DisassembledFunc, text: string, funcs: ReadonlySet<string>): readonly Difference[] {
  const sink = new DiagSink();
  const callee = (name: string): Callee => {
    const helper = funcs.has(name) ? undefined : helperByName(name);
    return helper ? { kind: "helper", id: helper.id } : { kind: "subprog", name };
  };
  const { lines } = assemble(text, { sink, callee });
  const whole = (why: string): Difference => ({ func: func.name, slot: 0, text: "", again: why });
  const problem = sink.diagnostics[0];
  if (problem) return [whole(`${problem.code}: ${problem.text}`)];
  const again = layoutLines(lines).lines;
  if (again.length !== func.insns.length) return [whole(`${again.length} instructions, not ${func.insns.length}`)];
  return func.insns.flatMap((insn, i) => {
    const other = again[i]!.insn;
    if (isSame(insn, other)) return [];
    return [{ func: func.name, slot: insn.slot, text: insn.text, again: printInsn(other) }];
  });
}

const OPCODE = 0;
const REGISTERS = 1;

/** What a name stands for is the loader's: there the text and what is beside it in the bytes have to agree. */
function isSame(insn: DisassembledInsn, again: Insn): boolean {
  if (!isNamed(again)) {
    const bytes = encodeInsn(again);
    return bytes.length === insn.bytes.length && bytes.every((byte, i) => byte === insn.bytes[i]);
  }
  if (printInsn(again) !== insn.text) return false;
  const dst = again.kind === "ld_imm64" ? again.dst : 0;
  const code = again.kind === "ld_imm64" ? 0x18 : 0x85;
  return insn.bytes[OPCODE] === code && (insn.bytes[REGISTERS]! & 15) === dst;
}

const isNamed = (insn: Insn): boolean =>
  (insn.kind === "call" && (insn.callee.kind === "subprog" || insn.callee.kind === "kfunc")) ||
  (insn.kind === "ld_imm64" && "name" in insn.value);
