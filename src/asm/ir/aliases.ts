/** Which memory an address may name: a stack object, a global, or anything else; and which stack objects escape. */
import type { CoreAccess } from "../../btf/core.ts";
import { operands, termOperands } from "./inst.ts";
import type { AccessTag, Inst, IrFunction, SlotId, ValueId } from "./model.ts";
import { type Definitions, definitions } from "./uses.ts";

/** `slot 3`, `global counts`, or `other`: memory of different names of the first two kinds never overlaps. */
export type Region = string;
export const other: Region = "other";
export const slotRegion = (slot: SlotId): Region => `slot ${slot}`;

export interface Aliases {
  regionOf(base: ValueId): Region;
  /** Stack objects whose address is only ever the base of accesses: calls and other pointers cannot reach them. */
  isPrivate(region: Region): boolean;
}

/** Bytes that an instruction reads or writes: `size` of them at `base + off`, elsewhere where the loader moves them. */
export interface Access {
  readonly base: ValueId | Region;
  readonly off: number;
  readonly size: number;
  readonly tag?: AccessTag;
  readonly core?: CoreAccess;
}

/** Whether two accesses that may be in one region can meet: not by what their types say, nor beside each other. */
export function canMeet(a: Access, b: Access): boolean {
  if (a.tag && b.tag && a.tag !== b.tag) return false;
  if (a.base !== b.base || a.core || b.core) return true;
  return a.off < b.off + b.size && b.off < a.off + a.size;
}

/** Addresses are followed through additions; what a phi or a load gives is `other`. */
export function aliasesOf(fn: IrFunction, defs: Pick<Definitions, "get"> = definitions(fn)): Aliases {
  const memo = new Map<ValueId, Region>();
  const regionOf = (base: ValueId): Region => {
    const path: ValueId[] = [];
    let at = base;
    let found = memo.get(at);
    while (found === undefined) {
      path.push(at);
      const def = defs.get(at);
      if (def?.op === "bin" && def.ty === "ptr") at = def.a;
      else found = root(def);
      found ??= memo.get(at);
    }
    for (const value of path) memo.set(value, found);
    return found;
  };
  const escaped = new Set<Region>();
  const markEscaped = (value: ValueId): void => {
    const def = defs.get(value);
    if (def?.ty === "ptr") escaped.add(regionOf(value));
  };
  for (const block of fn.blocks) {
    for (const inst of block.insts) for (const value of escaping(inst)) markEscaped(value);
    if (block.term.op === "ret") termOperands(block.term).forEach(markEscaped);
  }
  return { regionOf, isPrivate: (region) => region.startsWith("slot ") && !escaped.has(region) };
}

function root(def: Inst | undefined): Region {
  if (def?.op === "slot") return slotRegion(def.slot);
  return def?.op === "addr" && def.symbol.kind === "global" ? `global ${def.symbol.name}` : other;
}

/** Operands whose value goes where it can no longer be followed. */
export function escaping(inst: Inst): readonly ValueId[] {
  switch (inst.op) {
    case "load":
    case "copy":
    case "fill":
    case "cmp":
      return [];
    case "store":
      return [inst.value];
    case "atomic":
      return inst.expected === undefined ? [inst.value] : [inst.value, inst.expected];
    case "bin":
      return inst.ty === "ptr" ? [] : operands(inst);
    default:
      return operands(inst);
  }
}
