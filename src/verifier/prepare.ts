/** A linked program made ready for interpretation: where branches and calls go, as indices of instructions. */
import { type Insn, slotCount } from "../isa/insn.ts";
import type { LinkedFunc, LinkedInsn, LinkedProgram } from "../link/model.ts";

export interface Prepared {
  readonly program: LinkedProgram;
  readonly insns: readonly LinkedInsn[];
  readonly funcs: readonly LinkedFunc[];
  /** Index of the instruction at a slot; -1 in the middle of one and outside. */
  readonly indexOfSlot: (slot: number) => number;
  /** Function that holds an instruction, by index; -1 for none. */
  readonly funcOf: Int32Array;
  /** Index of the instruction that a jump or may_goto goes to, by index; -1 for none. */
  readonly jumps: Int32Array;
  /** 1 where the next instruction may follow. */
  readonly falls: Uint8Array;
}

/** The functions of a program may be given in any order; instructions outside of all belong to none. */
export function prepare(program: LinkedProgram): Prepared {
  const insns = program.insns;
  const last = insns[insns.length - 1];
  const bySlot = new Int32Array(last ? last.slot + slotCount(last.insn) : 0).fill(-1);
  for (let i = 0; i < insns.length; i++) bySlot[insns[i]!.slot] = i;
  const funcOf = new Int32Array(insns.length).fill(-1);
  program.funcs.forEach((func, f) => {
    funcOf.fill(f, func.start, func.end);
  });
  const indexOfSlot = (slot: number): number => bySlot[slot] ?? -1;
  return { program, insns, funcs: program.funcs, indexOfSlot, funcOf, ...waysOf(insns, indexOfSlot) };
}

function waysOf(
  insns: readonly LinkedInsn[],
  indexOfSlot: (slot: number) => number,
): Pick<Prepared, "jumps" | "falls"> {
  const jumps = new Int32Array(insns.length).fill(-1);
  const falls = new Uint8Array(insns.length).fill(1);
  for (let i = 0; i < insns.length; i++) {
    const line = insns[i]!;
    const { insn } = line;
    const off = jumpOff(insn);
    if (off !== undefined) jumps[i] = indexOfSlot(targetSlot(line, off));
    if (insn.kind === "exit" || insn.kind === "gotox" || (insn.kind === "jump" && !insn.cond)) falls[i] = 0;
  }
  return { jumps, falls };
}

/** Slot that a relative target of the instruction at `index` means. */
export function targetSlot(line: LinkedInsn, off: number): number {
  return line.slot + slotCount(line.insn) + off;
}

/** Index of the instruction that a jump goes to; -1 if it is none. */
export const jumpTarget = ({ jumps }: Prepared, index: number): number => jumps[index]!;

/** Relative slots of a jump or may_goto; undefined for other instructions and for labels, which linked code has not. */
export function jumpOff(insn: Insn): number | undefined {
  if (insn.kind !== "jump" && insn.kind !== "may_goto") return undefined;
  return "off" in insn.target ? insn.target.off : undefined;
}

/** Index into `funcs` of the function that a bpf-to-bpf call or a function address means; -1 if none starts there. */
export function calledFunc(prep: Prepared, index: number): number {
  const line = prep.insns[index]!;
  const off = calleeOff(line.insn);
  if (off === undefined) return -1;
  const start = prep.indexOfSlot(line.slot + 1 + off);
  return prep.funcs.findIndex((f) => f.start === start);
}

/** Calls count from the instruction behind them; function addresses from their own slot plus one, as libbpf writes them. */
function calleeOff(insn: Insn): number | undefined {
  if (insn.kind === "call" && insn.callee.kind === "subprog_off") return insn.callee.off;
  if (insn.kind === "ld_imm64" && insn.value.kind === "func_off") return insn.value.off;
  return undefined;
}
