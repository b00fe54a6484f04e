/**
 * Calls through a pointer whose value was not known where they stand, but is after inlining, become calls by name.
 * What is left when all is done is refused: the kernel takes no call of an address that is computed.
 * Relies on: nothing. Keeps: control flow.
 */
import type { Pass } from "../edit.ts";
import { instOf, withCode, withInsts } from "../layout.ts";
import type { Inst, IrCallee, ValueId } from "../model.ts";
import { definitions } from "../uses.ts";

/** What stands for the callee until it is known; the pointer is the first argument. */
export const POINTER_CALL = "__builtin_call_pointer";

export const isPointerCall = (inst: Inst): boolean =>
  inst.op === "call" && inst.callee.kind === "function" && inst.callee.name === POINTER_CALL;

/** Functions whose addresses constant globals hold, by the global's name and the place in it. */
export type FunctionTables = ReadonlyMap<string, ReadonlyMap<number, string>>;

export const knownCallees = (tables: FunctionTables = new Map()): Pass => ({
  name: "known-callees",
  run(fn) {
    if (!fn.blocks.some((block) => block.insts.some(isPointerCall))) return fn;
    const defs = definitions(fn);
    let changed = false;
    const settle = (inst: Inst): Inst => {
      if (inst.op !== "call" || !isPointerCall(inst)) return inst;
      const target = defs.get(inst.args[0]!);
      const callee = calleeAt(target) ?? calleeIn(tables, target, defs);
      if (!callee) return inst;
      changed = true;
      return instOf({ ...inst, callee, args: inst.args.slice(1) }, inst.id, inst.span);
    };
    const blocks = fn.blocks.map((block) => withInsts(block, block.insts.map(settle)));
    return changed ? withCode(fn, blocks) : fn;
  },
});

/** A function of the file, one of the kernel's, or a helper by its number. */
function calleeAt(target: Inst | undefined): IrCallee | undefined {
  if (target?.op === "const")
    return target.value > 0n && target.value < 0x7fff_ffffn ? { kind: "helper", id: Number(target.value) } : undefined;
  if (target?.op !== "addr") return undefined;
  const { symbol } = target;
  if (symbol.kind === "func") return { kind: "function", name: symbol.name };
  return symbol.kind === "extern" ? { kind: "kfunc", name: symbol.name } : undefined;
}

/** What a constant table holds where a pointer was loaded from. */
function calleeIn(
  tables: FunctionTables,
  load: Inst | undefined,
  defs: ReadonlyMap<ValueId, Inst>,
): IrCallee | undefined {
  if (load?.op !== "load" || load.volatile || load.size !== 8) return undefined;
  const base = defs.get(load.base);
  if (base?.op !== "addr" || base.symbol.kind !== "global") return undefined;
  const name = tables.get(base.symbol.name)?.get(base.symbol.addend + load.off);
  return name === undefined ? undefined : { kind: "function", name };
}
