/** The instructions that the lines of a document became. */
import type { Subprog } from "../asm/codegen/subprog.ts";
import { slotCount } from "../isa/insn.ts";
import { printInsn } from "../isa/print.ts";
import { helperById } from "../kernel/helpers.ts";
import { type Analysis, MAIN } from "./analysis.ts";

export interface LineInsns {
  /** Slots of 8 bytes, as the kernel counts instructions. */
  readonly slots: number;
  readonly texts: readonly string[];
}

const names = { helper: (id: number) => helperById(id)?.name };

/** By line of the document, from 0. */
export function insnsByLine({ made, lines }: Analysis): ReadonlyMap<number, LineInsns> {
  const found = new Map<number, { slots: number; texts: string[] }>();
  for (const { lines: insns } of made.subprogs) {
    for (const { insn, span } of insns) {
      if (span?.file !== MAIN) continue;
      const line = lines.lineAt(span.start);
      const entry = found.get(line) ?? { slots: 0, texts: [] };
      entry.slots += slotCount(insn);
      entry.texts.push(printInsn(insn, { names }));
      found.set(line, entry);
    }
  }
  return found;
}

/** Slots of a program: its own, and those of each function that it can reach. */
export function programSlots(subprogs: readonly Subprog[], program: string): number | undefined {
  const byName = new Map(subprogs.map((s) => [s.name, s]));
  if (!byName.has(program)) return undefined;
  const reached = new Set<string>();
  const waiting = [program];
  let slots = 0;
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const subprog = reached.has(name) ? undefined : byName.get(name);
    reached.add(name);
    for (const { insn } of subprog?.lines ?? []) {
      slots += slotCount(insn);
      if (insn.kind === "call" && insn.callee.kind === "subprog") waiting.push(insn.callee.name);
      if (insn.kind === "ld_imm64" && insn.value.kind === "func") waiting.push(insn.value.name);
    }
  }
  return slots;
}
