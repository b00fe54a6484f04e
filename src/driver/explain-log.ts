/** What a log of the kernel's verifier says, with the places that the object's line info knows. */
import { DiagSink } from "../diag/diagnostic.ts";
import type { SourceLine } from "../elf/model.ts";
import { readObject } from "../elf/reader.ts";
import { encodeInsn } from "../isa/encode.ts";
import type { Kernel } from "../kernel/model.ts";
import { linkObject } from "../link/link.ts";
import type { LinkedProgram } from "../link/model.ts";
import { findingOfLog, type LineAt } from "../verifier/log/explain.ts";
import { type KernelLog, readKernelLog } from "../verifier/log/read.ts";
import type { Finding } from "../verifier/model.ts";

export interface LogReport {
  /** Name of the program, where the log or the object tells. */
  readonly program?: string;
  /** Undefined where the log tells of no refusal. */
  readonly finding?: Finding;
}

/** The object that was loaded, and the kernel whose view of it is taken. */
export interface LoadedObject {
  readonly bytes: Uint8Array;
  readonly kernel: Kernel;
  /** Name of the program that the log is of; else the one whose instructions are those of the log. */
  readonly program?: string | undefined;
}

/** Explains a log; `sink` gets what linking the object has to say. Throws `ElfError` for an object that cannot be read. */
export function explainLog(text: string, object?: LoadedObject, sink = new DiagSink()): LogReport {
  const log = readKernelLog(text);
  const program = object && programOf(log, object, sink);
  const finding = findingOfLog(log, program && lineFinder(program));
  const name = program?.name ?? log.program;
  return {
    ...(name !== undefined && { program: name }),
    ...(finding && { finding: program ? ofProgram(finding, log, program) : finding }),
  };
}

function programOf(log: KernelLog, object: LoadedObject, sink: DiagSink): LinkedProgram | undefined {
  const all = linkObject(readObject(object.bytes), object.kernel, sink);
  const wanted = object.program ?? log.program;
  return all.find(({ name }) => name === wanted) ?? all.find((program) => isOf(log, program));
}

/** Whether every instruction of the log is one of the program, at its slot. */
function isOf({ path }: KernelLog, { insns }: LinkedProgram): boolean {
  const bySlot = new Map(insns.map((line) => [line.slot, line.insn]));
  return path.every(({ slot, opcode }) => {
    const insn = bySlot.get(slot);
    return insn !== undefined && encodeInsn(insn)[0] === opcode;
  });
}

/** The line of the instruction, or of the last before it in its function that has one. */
function lineFinder({ insns, funcs }: LinkedProgram): LineAt {
  const bySlot = new Map<number, SourceLine>();
  for (const { start, end } of funcs) {
    let line: SourceLine | undefined;
    for (const insn of insns.slice(start, end)) {
      line = insn.line ?? line;
      if (line) bySlot.set(insn.slot, line);
    }
  }
  return (slot) => bySlot.get(slot);
}

/** The log alone does not tell that a refused access to the context was a write of a tracing program. */
function ofProgram(finding: Finding, { path }: KernelLog, { info }: LinkedProgram): Finding {
  const isWrite = /^(lock )?\*\(/.test(path[path.length - 1]?.text ?? "");
  const traces = info?.progType === "TRACING" || info?.progType === "LSM";
  return finding.code === "E0517" && isWrite && traces ? { ...finding, code: "E0511" } : finding;
}
