/**
 * Arguments that every call of a static function passes alike, constants and addresses, become known in its body; those
 * that it does not read are not passed at all. Its BTF keeps the parameters of the source: the kernel expects compilers
 * to leave arguments out of static functions (btf.c:btf_check_subprog_call).
 * Relies on: calls pass values of the parameters' types. Keeps: functions that are entries, global, or whose address is
 * taken.
 */
import type { InstOf } from "../inst.ts";
import { instOf, withArgs, withCode, withInsts } from "../layout.ts";
import type { Block, Inst, IrFunction, IrProgram, ValueId } from "../model.ts";
import { definitions, useCounts } from "../uses.ts";
import { valueKey } from "./number-values.ts";

/** What the calls of a function agree on. */
interface Calls {
  /** By parameter: the instruction that makes the argument everywhere, or that there are several. */
  readonly args: (Inst | "various")[];
}

export function knownArguments(program: IrProgram): IrProgram {
  const fixed = new Set(program.functions.filter(isFixed).map((fn) => fn.name));
  const calls = new Map<string, Calls>();
  for (const fn of program.functions) gather(fn, fixed, calls);
  const kept = new Map<string, readonly number[]>();
  const bodies = program.functions.map((fn) => {
    const called = calls.get(fn.name);
    if (fixed.has(fn.name) || !called || called.args.length !== fn.params.length) return fn;
    const known = withKnown(fn, called);
    const read = readParams(known);
    if (read.length === fn.params.length) return fn;
    kept.set(fn.name, read);
    return renumbered(known, read);
  });
  return kept.size === 0 ? program : { functions: bodies.map((fn) => passingLess(fn, kept)) };
}

const isFixed = (fn: IrFunction): boolean =>
  fn.linkage === "global" || fn.section !== undefined || fn.keep === true || fn.inlining === "always";

const calleeOf = (inst: Inst): string | undefined =>
  inst.op === "call" && inst.callee.kind === "function" ? inst.callee.name : undefined;

function gather(fn: IrFunction, fixed: Set<string>, calls: Map<string, Calls>): void {
  const defs = definitions(fn);
  for (const block of fn.blocks) {
    for (const inst of block.insts) {
      if (inst.op === "addr" && inst.symbol.kind === "func") fixed.add(inst.symbol.name);
      const name = calleeOf(inst);
      if (name !== undefined)
        agree(
          calls,
          name,
          (inst as InstOf<"call">).args.map((arg) => defs.get(arg)!),
        );
    }
  }
}

function agree(calls: Map<string, Calls>, name: string, args: readonly Inst[]): void {
  const before = calls.get(name);
  if (!before) {
    calls.set(name, { args: args.map((arg) => (arg.op === "const" || arg.op === "addr" ? arg : "various")) });
    return;
  }
  const same = (a: Inst | "various" | undefined, b: Inst | undefined): boolean =>
    a !== undefined && a !== "various" && b !== undefined && a.ty === b.ty && valueKey(a) === valueKey(b);
  for (let i = 0; i < before.args.length; i++) if (!same(before.args[i], args[i])) before.args[i] = "various";
}

/** The function with each parameter that is known replaced by what it is. */
function withKnown(fn: IrFunction, { args }: Calls): IrFunction {
  const inst = (old: Inst): Inst => {
    if (old.op !== "param") return old;
    const arg = args[old.index];
    if (arg === undefined || arg === "various" || arg.ty !== old.ty) return old;
    return instOf(arg, old.id, undefined);
  };
  return withCode(
    fn,
    fn.blocks.map((block) => withInsts(block, block.insts.map(inst))),
  );
}

/** Numbers of the parameters whose values are read. */
function readParams(fn: IrFunction): readonly number[] {
  const uses = useCounts(fn);
  const read = new Set<number>();
  for (const block of fn.blocks)
    for (const inst of block.insts) if (inst.op === "param" && uses.has(inst.id)) read.add(inst.index);
  return [...read].sort((a, b) => a - b);
}

function renumbered(fn: IrFunction, read: readonly number[]): IrFunction {
  const inst = (old: Inst): Inst[] => {
    if (old.op !== "param") return [old];
    const index = read.indexOf(old.index);
    return index < 0 ? [] : [instOf({ ...old, index }, old.id, undefined)];
  };
  const blocks = fn.blocks.map((block) => withInsts(block, block.insts.flatMap(inst)));
  return { ...fn, params: read.map((index) => fn.params[index]!), blocks };
}

function passingLess(fn: IrFunction, kept: ReadonlyMap<string, readonly number[]>): IrFunction {
  let changed = false;
  const inst = (old: Inst): Inst => {
    const read = kept.get(calleeOf(old) ?? "");
    if (!read || old.op !== "call") return old;
    changed = true;
    return withArgs(
      old,
      read.map((index): ValueId => old.args[index]!),
    );
  };
  const blocks = fn.blocks.map((block): Block => withInsts(block, block.insts.map(inst)));
  return changed ? withCode(fn, blocks) : fn;
}
