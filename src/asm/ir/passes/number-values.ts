/**
 * One instruction for equal pure ones, where the first dominates the second. Calls, loads and phis are never merged
 * here. Constants and addresses of stack objects cost nothing where they are not used: they all go to the entry.
 * Relies on: nothing. Keeps: control flow, order of the rest.
 */

import type { CoreAccess } from "../../../btf/core.ts";
import { dominators } from "../dominators.ts";
import { blockMap, type Pass, Replacements, substitute } from "../edit.ts";
import { isPure, mapOperands } from "../inst.ts";
import { copyOf, withCode, withInsts } from "../layout.ts";
import type { BinOp, Block, BlockId, CmpOp, Inst, IrFunction, IrType, ValueId } from "../model.ts";

const commutative: ReadonlySet<BinOp> = new Set(["add", "mul", "and", "or", "xor"]);
const coreKey = ({ kind, root, path }: CoreAccess): string => `${kind} ${root} ${path.join(":")}`;

/** What equal pure instructions have in common: a number where the operands' numbers fit in, else a text. */
export type ValueKey = number | string;

/** Numbers of operands up to which two of them and a kind fit exactly into a number. */
const operandLimit = 2 ** 22;
const typeNumbers: Readonly<Record<IrType, number>> = { i32: 0, i64: 1, ptr: 2 };
const binNumbers: Readonly<Record<BinOp, number>> = {
  add: 0,
  sub: 1,
  mul: 2,
  udiv: 3,
  sdiv: 4,
  umod: 5,
  smod: 6,
  and: 7,
  or: 8,
  xor: 9,
  shl: 10,
  lshr: 11,
  ashr: 12,
};
const cmpNumbers: Readonly<Record<CmpOp, number>> = {
  eq: 16,
  ne: 17,
  ult: 18,
  ule: 19,
  ugt: 20,
  uge: 21,
  slt: 22,
  sle: 23,
  sgt: 24,
  sge: 25,
  set: 26,
};
/** Kinds of one operand; the bits of those that have some, in bytes, come on top. */
const unaryNumbers = { neg: 32, trunc: 33, cast: 34, slot: 35, zext: 40, sext: 49, bswap: 58 } as const;

/** `kind` is below 128. */
function keyOf(kind: number, ty: IrType, a: number, b: number): ValueKey {
  const what = kind * 4 + typeNumbers[ty];
  if (a < operandLimit && b < operandLimit) return (what * operandLimit + a) * operandLimit + b;
  return `${what} ${a} ${b}`;
}

/** Negative numbers, which no other key is, for constants that fit in. */
const constantKey = (ty: IrType, value: bigint): ValueKey =>
  value < constantLimit ? -1 - (Number(value) * 4 + typeNumbers[ty]) : `${ty} ${value}`;
const constantLimit = 1n << 28n;

/** Equal for the same two values, in either order. */
export const pairKey = (a: ValueId, b: ValueId): ValueKey => keyOf(0, "i64", Math.min(a, b), Math.max(a, b));

/** Equal for instructions that give the same value; undefined for those that may not. */
export function valueKey(inst: Inst): ValueKey | undefined {
  switch (inst.op) {
    case "const":
      return constantKey(inst.ty, inst.value);
    case "bin": {
      const swap = commutative.has(inst.fn) && inst.ty !== "ptr" && inst.a > inst.b;
      return swap
        ? keyOf(binNumbers[inst.fn], inst.ty, inst.b, inst.a)
        : keyOf(binNumbers[inst.fn], inst.ty, inst.a, inst.b);
    }
    case "cmp":
      return keyOf(cmpNumbers[inst.fn], inst.ty, inst.a, inst.b);
    case "zext":
    case "sext":
      return keyOf(unaryNumbers[inst.op] + inst.from / 8, inst.ty, inst.a, 0);
    case "space_cast":
      return `space_cast ${inst.toSpace} ${inst.fromSpace} ${inst.a}`;
    case "bswap":
      return keyOf(unaryNumbers.bswap + inst.bits / 8, inst.ty, inst.a, 0);
    case "neg":
    case "trunc":
    case "cast":
      return keyOf(unaryNumbers[inst.op], inst.ty, inst.a, 0);
    case "slot":
      return keyOf(unaryNumbers.slot, "ptr", inst.slot, 0);
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
  const first = new Map<ValueKey, Inst>();
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
    block.insts.some(isFree)
      ? withInsts(
          block,
          block.insts.filter((inst) => !isFree(inst)),
        )
      : block;
  const start = without(entry!);
  const free = [...first.values()].map((inst): Inst => (inst.op === "const" ? unplaced(inst) : inst));
  return withCode(fn, [withInsts(start, [...free, ...start.insts]), ...rest.map(without)]);
}

/** A constant that many places share belongs to no line of the source. */
function unplaced(inst: Inst): Inst {
  const made = copyOf(inst) as { span: unknown };
  made.span = undefined;
  return made as Inst;
}

/** Walks the dominator tree with what is available from the blocks above. */
function walk(fn: IrFunction, replaced: Replacements): void {
  const doms = dominators(fn);
  const byId = blockMap(fn);
  const available = new Map<ValueKey, Inst["id"]>();
  const stack: { block: BlockId; added?: ValueKey[] }[] = [{ block: fn.blocks[0]!.id }];
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    if (top.added) {
      for (const key of top.added) available.delete(key);
      stack.pop();
      continue;
    }
    top.added = [];
    for (const inst of byId.get(top.block)!.insts) {
      if (!isPure(inst)) continue;
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
