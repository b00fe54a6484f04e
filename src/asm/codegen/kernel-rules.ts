/** What code owes the kernel's verifier, where steps of code generation decide: docs/architecture.md lists the rules. */
import type { Insn, Size } from "../../isa/insn.ts";

/**
 * Bytes of a spilled value, whatever its type: of a pointer the kernel takes no part (verifier.c:
 * check_stack_write_fixed_off), and of a narrow number it follows only what fills a slot.
 */
export const SPILL_BYTES: Size = 8;

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
