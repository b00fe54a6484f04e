/**
 * One instruction for equal pure ones, where the first dominates the second. Calls, loads and phis are never merged
 * here. Constants and addresses of stack objects cost nothing where they are not used: they all go to the entry.
 * Relies on: nothing. Keeps: control flow, order of the rest.
 */

import type { CoreAccess } from "../../../btf/core.ts";
import { dominators } from "../dominators.ts";
import { type Pass, Replacements, substitute } from "../edit.ts";
import { isPure, mapOperands } from "../inst.ts";
import type { BinOp, Block, BlockId, Inst, IrFunction } from "../model.ts";

const commutative: ReadonlySet<BinOp> = new Set(["add", "mul", "and", "or", "xor"]);
const coreKey = ({ kind, root, path }: CoreAccess): string => `${kind} ${root} ${path.join(":")}`;

/** Equal for instructions that give the same value; undefined for those that may not. */
export function valueKey(inst: Inst): string | undefined {
  if (!isPure(inst)) return undefined;
  switch (inst.op) {
    case "const":
      return `${inst.ty} ${inst.value}`;
    case "bin": {
      const swap = commutative.has(inst.fn) && inst.ty !== "ptr" && inst.a > inst.b;
      return `${inst.fn} ${inst.ty} ${swap ? `${inst.b} ${inst.a}` : `${inst.a} ${inst.b}`}`;
    }
    case "cmp":
      return `cmp ${inst.ty} ${inst.fn} ${inst.a} ${inst.b}`;
    case "zext":
    case "sext":
      return `${inst.op} ${inst.ty} ${inst.from} ${inst.a}`;
    case "space_cast":
      return `space_cast ${inst.toSpace} ${inst.fromSpace} ${inst.a}`;
    case "bswap":
      return `bswap ${inst.ty} ${inst.bits} ${inst.a}`;
    case "neg":
    case "trunc":
    case "cast":
      return `${inst.op} ${inst.ty} ${inst.a}`;
    case "slot":
      return `slot ${inst.slot}`;
    case "addr": {
      const { symbol } = inst;
      return `addr ${symbol.kind} ${symbol.name} ${symbol.kind === "global" ? symbol.addend : 0}`;
    }
    case "core":
      return `core ${inst.ty} ${coreKey(inst.access)}`;
    default:
      return undefined;
  }
}

export const numberValues: Pass = {
  name: "number-values",
  run(fn) {
    const replaced = new Replacements();
    const hoisted = hoistFree(fn, replaced);
    walk(hoisted, replaced);
    return substitute(hoisted, replaced);
  },
};

const isFree = (inst: Inst): boolean => inst.op === "const" || inst.op === "slot";

/** Puts one of each constant and stack address at the start of the function, those that are there already first. */
function hoistFree(fn: IrFunction, replaced: Replacements): IrFunction {
  const first = new Map<string, Inst>();
  for (const block of fn.blocks) {
    for (const inst of block.insts) {
      if (!isFree(inst)) continue;
      const key = valueKey(inst)!;
      const known = first.get(key);
      if (known) replaced.set(inst.id, known.id);
      else first.set(key, inst);
    }
  }
  const [entry, ...rest] = fn.blocks;
  if (replaced.size === 0 && !rest.some((block) => block.insts.some(isFree))) return fn;
  const without = (block: Block): Block =>
    block.insts.some(isFree) ? { ...block, insts: block.insts.filter((inst) => !isFree(inst)) } : block;
  const start = without(entry!);
  const free = [...first.values()].map((inst): Inst => (inst.op === "const" ? unplaced(inst) : inst));
  return { ...fn, blocks: [{ ...start, insts: [...free, ...start.insts] }, ...rest.map(without)] };
}

/** A constant that many places share belongs to no line of the source. */
function unplaced(inst: Inst): Inst {
  const { span: _, ...rest } = inst;
  return rest as Inst;
}

/** Walks the dominator tree with what is available from the blocks above. */
function walk(fn: IrFunction, replaced: Replacements): void {
  const doms = dominators(fn);
  const byId = new Map(fn.blocks.map((block) => [block.id, block]));
  const available = new Map<string, Inst["id"]>();
  const stack: { block: BlockId; added?: string[] }[] = [{ block: fn.blocks[0]!.id }];
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    if (top.added) {
      for (const key of top.added) available.delete(key);
      stack.pop();
      continue;
    }
    top.added = [];
    for (const inst of byId.get(top.block)!.insts) {
      const key = valueKey(mapOperands(inst, replaced.get));
      if (key === undefined) continue;
      const first = available.get(key);
      if (first === undefined) {
        available.set(key, inst.id);
        top.added.push(key);
      } else replaced.set(inst.id, first);
    }
    for (const child of doms.children(top.block)) stack.push({ block: child });
  }
}
