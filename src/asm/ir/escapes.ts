/** From where on a stack object can be reached other than by its name: behind the first instruction that gives it away. */
import { type Aliases, eachEscaping, type Region } from "./aliases.ts";
import { successors, termOperands } from "./inst.ts";
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
  behind?: ReadonlySet<BlockId>;
}

export function escapesOf(fn: IrFunction, defs: Pick<Definitions, "get">, aliases: Aliases): Escapes {
  const places = new Map<Region, Place>();
  const mark = (value: ValueId, block: BlockId, index: number): void => {
    if (defs.get(value)?.ty !== "ptr") return;
    const region = aliases.regionOf(value);
    const place = places.get(region) ?? { first: new Map() };
    places.set(region, place);
    if (!place.first.has(block)) place.first.set(block, index);
  };
  const terms = new Map(fn.blocks.map(({ id, term }) => [id, term]));
  for (const { id, insts, term } of fn.blocks) {
    insts.forEach((inst, index) => {
      eachEscaping(inst, (value) => mark(value, id, index));
    });
    if (term.op === "ret") for (const value of termOperands(term)) mark(value, id, insts.length);
  }
  const behind = (place: Place): ReadonlySet<BlockId> => {
    const seen = new Set<BlockId>();
    const work = [...place.first.keys()];
    const visit = (next: BlockId): void => {
      seen.add(next);
      work.push(next);
    };
    for (let at = work.pop(); at !== undefined; at = work.pop())
      for (const next of successors(terms.get(at)!)) if (!seen.has(next)) visit(next);
    return seen;
  };
  return {
    hasEscaped(region, block, index) {
      const place = places.get(region);
      if (!place) return false;
      place.behind ??= behind(place);
      return place.behind.has(block) || (place.first.get(block) ?? Number.POSITIVE_INFINITY) <= index;
    },
  };
}
