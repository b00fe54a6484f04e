/**
 * Answers `constant_p` where the operand is not known: it is no constant. Known ones are folded by `simplify`.
 * Relies on: nothing. Keeps: control flow.
 */
import { flatMap } from "../../../support/lists.ts";
import type { Pass } from "../edit.ts";
import { operands } from "../inst.ts";
import { withCode, withInsts } from "../layout.ts";
import type { Inst, IrFunction, ValueId } from "../model.ts";

/**
 * `own`: those only that inlining the function into a caller cannot change. `all`: the rest too, when everything is
 * inlined.
 */
export const decideConstants = (which: "own" | "all"): Pass => ({
  name: `decide-constants-${which}`,
  run(fn) {
    if (!fn.blocks.some((block) => block.insts.some(isQuestion))) return fn;
    const open = which === "all" ? () => false : openValues(fn);
    let changed = false;
    const answer = (inst: Inst): Inst => {
      if (inst.op !== "constant_p" || open(inst.a)) return inst;
      changed = true;
      return { op: "const", ty: "i32", value: 0n, id: inst.id, ...(inst.span && { span: inst.span }) };
    };
    const blocks = fn.blocks.map((block) => withInsts(block, block.insts.map(answer)));
    return changed ? withCode(fn, blocks) : fn;
  },
});

const isQuestion = (inst: Inst): boolean => inst.op === "constant_p";

/** Values that depend on what a caller may know, or on the stack, which later passes take apart. */
function openValues(fn: IrFunction): (value: ValueId) => boolean {
  const isCalled = fn.section === undefined;
  const insts = flatMap(fn.blocks, (block) => block.insts);
  const open = new Set<ValueId>();
  const isOpen = (inst: Inst): boolean => {
    if (inst.op === "slot") return true;
    if (inst.op === "param" || inst.op === "phi") return isCalled || operands(inst).some((value) => open.has(value));
    return passesOn(inst) && operands(inst).some((value) => open.has(value));
  };
  for (let before = -1; before !== open.size; ) {
    before = open.size;
    for (const inst of insts) if (!open.has(inst.id) && isOpen(inst)) open.add(inst.id);
  }
  return (value) => open.has(value);
}

/** What comes out is decided by the operands. */
const passesOn = (inst: Inst): boolean =>
  !["call", "asm", "atomic", "opaque"].includes(inst.op) && !(inst.op === "load" && inst.volatile);

/** Whether the function holds what only folding can settle: a question, a trap, a constant of assembly. */
export const needsFolding = (fn: IrFunction): boolean =>
  fn.blocks.some((block) =>
    block.insts.some(
      (inst) =>
        isQuestion(inst) ||
        inst.op === "trap" ||
        (inst.op === "asm" && inst.text.parts.some((part) => typeof part !== "string" && part.register === undefined)),
    ),
  );
