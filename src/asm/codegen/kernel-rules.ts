/** What code owes the kernel's verifier, where steps of code generation decide: docs/architecture.md lists the rules. */
import type { Insn, Size } from "../../isa/insn.ts";
import type { Placed } from "./placed.ts";
import type { Target } from "./target.ts";

/**
 * Bytes of a spilled value, whatever its type: of a pointer the kernel takes no part (verifier.c:
 * check_stack_write_fixed_off), and of a narrow number it follows only what fills a slot.
 */
export const SPILL_BYTES: Size = 8;

/**
 * Whether a number may be stored to the context without a register: not before Linux 6.4 (verifier.c: do_check, `BPF_ST
 * stores into`). What runs on v4 is newer.
 */
export const contextTakesImmediates = (target: Target): boolean => target.v4;

/**
 * Whether code may run on into the start of a loop from within, but by a jump: not before Linux 6.7 (verifier.c:
 * push_insn, `back-edge`), but then may_goto did not exist either. The kernel drops a jump to what comes next anyway.
 */
export const mayFallBack = (blocks: readonly Placed[], target: Target): boolean =>
  target.v4 || blocks.some(({ term }) => term.kind === "branch" && term.cond === "may_goto");

/**
 * An access that must stay what it is for one kind of pointer: the kernel rewrites it by what its base is, and refuses
 * one that serves two (verifier.c: save_aux_ptr_type). The frame is one kind.
 */
export function isForOneKind(insn: Insn): boolean {
  switch (insn.kind) {
    case "load":
    case "store":
      return insn.base !== 10;
    case "atomic":
    case "load_acquire":
    case "store_release":
      return true;
    default:
      return false;
  }
}
