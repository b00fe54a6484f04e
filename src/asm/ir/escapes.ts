/** From where on a stack object can be reached other than by its name: behind the first instruction that gives it away. */
import { type Aliases, eachEscaping, type Region } from "./aliases.ts";
import { type BlockSet, blocksBehind } from "./cfg.ts";
import { termOperands } from "./inst.ts";
import type { BlockId, IrFunction, ValueId } from "./model.ts";
import type { Definitions } from "./uses.ts";

export interface Escapes {
  /** Whether instruction `index` of `block`, or one that ran before it, may have given the object's address away. */
  hasEscaped(region: Region, block: BlockId, index: number): boolean;
}

interface Place {
  /** First instruction of each block that gives the address away. */
  readonly first: Map<BlockId, number>;
  /** Blocks that may run after one of these. */
  behind?: BlockSet;
}

export function escapesOf(fn: IrFunction, defs: Pick<Definitions, "get">, aliases: Aliases): Escapes {
  const places = new Map<Region, Place>();
  let block = fn.blocks[0]!.id;
  let index = 0;
  const mark = (value: ValueId): void => {
    if (defs.get(value)?.ty !== "ptr") return;
    const region = aliases.regionOf(value);
    let place = places.get(region);
    if (!place) {
      place = { first: new Map() };
      places.set(region, place);
    }
    if (!place.first.has(block)) place.first.set(block, index);
  };
  for (const { id, insts, term } of fn.blocks) {
    block = id;
    for (index = 0; index < insts.length; index++) eachEscaping(insts[index]!, mark);
    if (term.op === "ret") termOperands(term).forEach(mark);
  }
  return {
    hasEscaped(region, block, index) {
      const place = places.get(region);
      if (!place) return false;
      place.behind ??= blocksBehind(fn.blocks, place.first.keys());
      return place.behind.has(block) || (place.first.get(block) ?? Number.POSITIVE_INFINITY) <= index;
    },
  };
}
