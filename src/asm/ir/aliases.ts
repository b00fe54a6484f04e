/** Which memory an address may name: a stack object, a global, or anything else; and which stack objects escape. */
import type { CoreAccess } from "../../btf/core.ts";
import { eachOperand, eachTermOperand } from "./inst.ts";
import type { AccessTag, Inst, IrFunction, SlotId, ValueId } from "./model.ts";
import { type Definitions, definitions } from "./uses.ts";

/** `slot 3`, `global counts`, or `other`: memory of different names of the first two kinds never overlaps. */
export type Region = string;
export const other: Region = "other";
/** One string for each, so that they compare as pointers do. */
const slotRegions: Region[] = [];
const maxKept = 10_000;
export function slotRegion(slot: SlotId): Region {
  const known = slotRegions[slot];
  if (known !== undefined) return known;
  const region = `slot ${slot}`;
  if (slot < maxKept) slotRegions[slot] = region;
  return region;
}

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
  const memo = new Array<Region | undefined>(fn.nextId);
  const regionOf = (base: ValueId): Region => {
    const known = memo[base];
    if (known !== undefined) return known;
    const def = defs.get(base);
    if (def?.op !== "bin" || def.ty !== "ptr") {
      const found = root(def);
      memo[base] = found;
      return found;
    }
    return followed(base, def.a);
  };
  /** The same for the sum `base`, whose address is made of `from`. */
  const followed = (base: ValueId, from: ValueId): Region => {
    const path = [base];
    let at = from;
    let found = memo[at];
    while (found === undefined) {
      path.push(at);
      const def = defs.get(at);
      if (def?.op === "bin" && def.ty === "ptr") at = def.a;
      else found = root(def);
      found ??= memo[at];
    }
    for (const value of path) memo[value] = found;
    return found;
  };
  const escaped = new Set<Region>();
  const markEscaped = (value: ValueId): void => {
    const def = defs.get(value);
    if (def?.ty === "ptr") escaped.add(regionOf(value));
  };
  for (const block of fn.blocks) {
    for (const inst of block.insts) eachEscaping(inst, markEscaped);
    if (block.term.op === "ret") eachTermOperand(block.term, markEscaped);
  }
  return { regionOf, isPrivate: (region) => region.startsWith("slot ") && !escaped.has(region) };
}

function root(def: Inst | undefined): Region {
  if (def?.op === "slot") return slotRegion(def.slot);
  return def?.op === "addr" && def.symbol.kind === "global" ? `global ${def.symbol.name}` : other;
}

/** Calls `visit` with operands whose value goes where it can no longer be followed. */
export function eachEscaping(inst: Inst, visit: (value: ValueId) => void): void {
  switch (inst.op) {
    case "load":
    case "copy":
    case "fill":
    case "cmp":
      return;
    case "store":
      visit(inst.value);
      return;
    case "atomic":
      visit(inst.value);
      if (inst.expected !== undefined) visit(inst.expected);
      return;
    case "bin":
      if (inst.ty === "ptr") return;
      break;
  }
  eachOperand(inst, visit);
}
