/**
 * Functions that return one constant whatever happens: their callers know it. The call stays, for what else it does.
 * Relies on: a function that is not weak is the one that runs, and returns by itself: after a tail call from it, its
 * caller gets what the other program returns. Keeps: calls and their order.
 */
import { flatMap } from "../../../support/lists.ts";
import type { InstOf } from "../inst.ts";
import { instOf, withCode, withInsts } from "../layout.ts";
import type { Inst, IrFunction, IrProgram } from "../model.ts";
import { definitions, useCounts } from "../uses.ts";

type Constant = InstOf<"const">;

/** Functions that return what functions return that return constants, and so on. */
const maxRounds = 4;

export function knownReturns(program: IrProgram): IrProgram {
  let { functions } = program;
  for (let round = 0; round < maxRounds; round++) {
    const known = new Map(functions.flatMap((fn) => constantOf(fn).map((value) => [fn.name, value] as const)));
    const after = known.size === 0 ? functions : functions.map((fn) => withKnown(fn, known));
    if (after.every((fn, i) => fn === functions[i])) break;
    functions = after;
  }
  return functions === program.functions ? program : { functions };
}

/** BPF_FUNC_tail_call. */
const tailCall = 12;

const mayLeave = (inst: Inst): boolean =>
  inst.op === "asm" || (inst.op === "call" && inst.callee.kind === "helper" && inst.callee.id === tailCall);

/** What all its returns give, if it is one constant. */
function constantOf(fn: IrFunction): readonly Constant[] {
  if (fn.weak || fn.ret === "void" || fn.ret === "ptr") return [];
  if (fn.blocks.some((block) => block.insts.some(mayLeave))) return [];
  const defs = definitions(fn);
  let only: Constant | undefined;
  for (const { term } of fn.blocks) {
    if (term.op !== "ret") continue;
    const made = term.value === undefined ? undefined : defs.get(term.value);
    if (made?.op !== "const" || (only && only.value !== made.value)) return [];
    only = made;
  }
  return only ? [only] : [];
}

/** Each call gets a number of its own, and the constant takes the one that its readers know. */
function withKnown(fn: IrFunction, known: ReadonlyMap<string, Constant>): IrFunction {
  const read = useCounts(fn);
  let { nextId } = fn;
  const blocks = fn.blocks.map((block) => {
    const insts = flatMap(block.insts, (inst): Inst[] => {
      if (inst.op !== "call" || inst.callee.kind !== "function" || !read.has(inst.id)) return [inst];
      const constant = known.get(inst.callee.name);
      if (!constant || constant.ty !== inst.ty) return [inst];
      const call = instOf(inst, nextId++ as Inst["id"], undefined);
      return [call, instOf(constant, inst.id, inst.span)];
    });
    return insts.length === block.insts.length ? block : withInsts(block, insts);
  });
  return nextId === fn.nextId ? fn : withCode(fn, blocks, nextId);
}
