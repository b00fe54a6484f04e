/**
 * Memory functions whose length was no constant where they stand, but is one after inlining, become copies and fills.
 * What is left when all is done was reachable with an unknown length, and code generation refuses it.
 * Relies on: nothing. Keeps: control flow.
 */
import { Ids, type Pass } from "../edit.ts";
import type { Inst, ValueId } from "../model.ts";
import { definitions } from "../uses.ts";

/** Lengths beyond this stay calls: they would become more loads and stores than are worth it. */
const longest = 1024n;

type Known = (value: ValueId) => bigint | undefined;

/** A memory function that still waits for its length: its name, as a function called would have it. */
export const isMemoryCall = (inst: Inst): boolean =>
  inst.op === "call" && inst.callee.kind === "function" && inst.callee.name.startsWith("__builtin_mem");

export const knownLengths: Pass = {
  name: "known-lengths",
  run(fn) {
    if (!fn.blocks.some((block) => block.insts.some(isMemoryCall))) return fn;
    const ids = new Ids(fn);
    const defs = definitions(fn);
    const known: Known = (value) => {
      const def = defs.get(value);
      return def?.op === "const" ? def.value : undefined;
    };
    const blocks = fn.blocks.map((block) => ({
      ...block,
      insts: block.insts.flatMap((inst) => settle(inst, known, ids)),
    }));
    return ids.next === fn.nextId ? fn : { ...fn, blocks, nextId: ids.next };
  },
};

function settle(inst: Inst, known: Known, ids: Ids): readonly Inst[] {
  if (inst.op !== "call" || !isMemoryCall(inst)) return [inst];
  const [dst, second, lengthId] = inst.args as [ValueId, ValueId, ValueId];
  const length = known(lengthId);
  if (length === undefined || length > longest) return [inst];
  const common = { ty: "void", dst, dstOff: 0, length: Number(length), align: 1 } as const;
  if (inst.callee.kind === "function" && inst.callee.name === "__builtin_memset") {
    const byte = known(second);
    return byte === undefined
      ? [inst]
      : [ids.inst({ op: "fill", byte: Number(BigInt.asUintN(8, byte)), ...common }, inst.span)];
  }
  return [ids.inst({ op: "copy", src: second, srcOff: 0, volatile: false, ...common }, inst.span)];
}
