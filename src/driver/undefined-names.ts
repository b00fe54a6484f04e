/** Names that the code still uses when all is optimised, but that nothing in the file defines and no loader binds. */

import type { Inst, IrProgram } from "../asm/ir/model.ts";
import { isMemoryCall } from "../asm/ir/passes/known-lengths.ts";
import type { Unit } from "../asm/sema/tree.ts";
import type { DiagSink } from "../diag/diagnostic.ts";

/** Reports each of them once (E0237): an object is loaded as it is, and not linked with others. */
export function refuseUndefined(program: IrProgram, unit: Unit, sink: DiagSink): void {
  const named = [...unit.functions, ...unit.globals, ...unit.maps, ...unit.externs];
  const known = new Set(named.map(({ name }) => name));
  for (const inst of program.functions.flatMap((fn) => fn.blocks.flatMap((block) => block.insts))) {
    const name = nameIn(inst);
    if (name === undefined || known.has(name)) continue;
    known.add(name);
    sink.error("E0237", inst.span, name);
  }
}

/** The function or variable of the file that an instruction names. */
function nameIn(inst: Inst): string | undefined {
  if (inst.op === "addr") return inst.symbol.name;
  if (inst.op !== "call" || inst.callee.kind !== "function" || isMemoryCall(inst)) return undefined;
  return inst.callee.name;
}
