/** Selection of inline assembly: operands into their registers, the text as one opaque instruction, results out of them. */

import { bug } from "../../support/bug.ts";
import type { InstOf } from "../ir/inst.ts";
import type { SlotId, ValueId } from "../ir/model.ts";
import { FP } from "./machine.ts";
import type { Selector } from "./selector.ts";

/** Values move before constants do, as for a call. */
export function selectAsm(s: Selector, inst: InstOf<"asm">): void {
  const moves = inst.args.flatMap((id, i) => {
    const reg = inst.regs[i];
    return reg === undefined ? [] : [{ id, reg, src: s.use(id) }];
  });
  const move = ({ id, reg, src }: (typeof moves)[number]) => s.copy(reg, src, s.facts.def(id).ty);
  moves.filter(({ src }) => !s.isRecipe(src)).forEach(move);
  moves.filter(({ src }) => s.isRecipe(src)).forEach(move);
  const writes = inst.writes.reduce<number>((bits, r) => bits | (1 << r), 0);
  const code = inst.code ?? bug("assembly must be settled before code generation");
  s.emit({ kind: "asm", code, uses: moves.map(({ reg }) => reg), writes });
  for (const { reg, arg } of inst.outs) {
    const slot = s.slotIndex(slotOf(s, inst.args[arg]!));
    s.emit({ kind: "store", size: 8, base: FP, slot, off: 0, src: { reg } });
  }
  if (inst.result !== undefined && s.isNeeded(inst.id)) s.copy(s.regOf(inst.id), inst.result, inst.ty);
}

function slotOf(s: Selector, address: ValueId): SlotId {
  const def = s.facts.def(address);
  return def.op === "slot" ? def.slot : bug("an output of assembly is no stack object");
}
