/** Instructions by the release of Linux that brought them. kernel/bpf/core.c:bpf_opcode_in_insntable, and the checks of do_check */
import type { Insn } from "../isa/insn.ts";
import type { KernelVersion } from "../kernel/model.ts";
import { atLeast, printVersion } from "../kernel/version.ts";
import type { LinkedInsn } from "../link/model.ts";
import type { ShapeFault } from "./cfg.ts";
import { type Outcome, refuse } from "./outcome.ts";
import type { Prepared } from "./prepare.ts";

interface Row {
  readonly what: string;
  readonly major: number;
  readonly minor: number;
  readonly is: (insn: Insn) => boolean;
}

const row = (what: string, major: number, minor: number, is: (insn: Insn) => boolean): Row => ({
  what,
  major,
  minor,
  is,
});

/** The newest first: most programs have none of them. */
const rows: readonly Row[] = [
  row("an indirect jump", 6, 19, ({ kind }) => kind === "gotox"),
  row("a load that acquires", 6, 15, ({ kind }) => kind === "load_acquire"),
  row("a store that releases", 6, 15, ({ kind }) => kind === "store_release"),
  row("may_goto", 6, 9, ({ kind }) => kind === "may_goto"),
  row("an address of an arena", 6, 9, ({ kind }) => kind === "addr_space_cast"),
  row("a load that extends the sign", 6, 6, (insn) => insn.kind === "load" && insn.signed),
  row("a move that extends the sign", 6, 6, (insn) => insn.kind === "alu" && insn.op.startsWith("movs")),
  row("signed division", 6, 6, (insn) => insn.kind === "alu" && (insn.op === "sdiv" || insn.op === "smod")),
  row("an unconditional byte swap", 6, 6, (insn) => insn.kind === "endian" && insn.op === "swap"),
  row("a jump of 32 bits", 6, 6, (insn) => insn.kind === "jump" && insn.long === true),
];

/** Whether an instruction stores a number without a register. */
const storesNumber = (insn: Insn): boolean => insn.kind === "store" && "imm" in insn.src;

/** No number went to the context by itself before 6.4. kernel/bpf/verifier.c:do_check */
export function checkContextStore({ insn, slot }: LinkedInsn, version: KernelVersion): Outcome {
  if (!storesNumber(insn) || atLeast(version, 6, 4)) return undefined;
  return refuse("E0501", [slot, "a number for the context without a register, which came with Linux 6.4"]);
}

/** Refuses what the release does not have yet. */
export function checkInsnSet({ insns }: Prepared, version: KernelVersion): ShapeFault | undefined {
  const missing = rows.filter(({ major, minor }) => !atLeast(version, major, minor));
  if (missing.length === 0) return undefined;
  for (const [at, { insn, slot }] of insns.entries()) {
    const found = missing.find(({ is }) => is(insn));
    if (!found) continue;
    const since = `${found.what}, which came with Linux ${printVersion(found)}`;
    return { at, outcome: refuse("E0501", [slot, since], { help: "compile with -mcpu=v3, or for a newer kernel" }) };
  }
  return undefined;
}
