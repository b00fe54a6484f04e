/**
 * What instructions do to the bytes that one load reads: give them a value, perhaps change them, or leave them alone.
 * Addresses that are made the same way count as one, wherever they are made.
 */
import { flatMap } from "../../support/lists.ts";
import { type Access, type Aliases, aliasesOf, canMeet, other, type Region } from "./aliases.ts";
import { type InstOf, isPure, mapOperands, operands } from "./inst.ts";
import type { BlockId, Inst, IrFunction, ValueId } from "./model.ts";
import { type ValueKey, valueKey } from "./passes/number-values.ts";
import { type KnownValue, reread } from "./reread.ts";
import { Homes, OwnDefinitions } from "./uses.ts";

/** Additions and the like that are followed from an address. */
const maxDepth = 6;

/** The bytes of one load. */
export interface Wanted {
  readonly load: InstOf<"load">;
  readonly at: Access;
  readonly region: Region;
}

/** Instructions that `Memory` has to be asked about. */
export const touchesMemory = (inst: Inst): boolean => effects.has(inst.op);
const effects: ReadonlySet<Inst["op"]> = new Set(["load", "store", "copy", "fill", "atomic", "call", "asm", "barrier"]);

export class Memory {
  readonly aliases: Aliases;
  readonly #defs: OwnDefinitions;
  readonly #home: Homes;
  readonly #same = new Map<ValueId, ValueId>();
  readonly #byKey = new Map<ValueKey, ValueId>();

  constructor(fn: IrFunction) {
    this.#defs = new OwnDefinitions(fn);
    this.aliases = aliasesOf(fn, this.#defs);
    this.#home = new Homes(fn);
  }

  def(value: ValueId): Inst {
    return this.#defs.get(value)!;
  }

  homeOf(value: ValueId): BlockId {
    return this.#home.get(value)!;
  }

  add(inst: Inst, block: BlockId): void {
    this.#defs.set(inst.id, inst);
    this.#home.set(inst.id, block);
  }

  wanted(load: InstOf<"load">): Wanted {
    return { load, at: this.#access(load.base, load.off, load.size, load), region: this.aliases.regionOf(load.base) };
  }

  /** What has to be there for an address to be made anew: what has effects, and what is too long a chain to follow. */
  sources(value: ValueId, depth = maxDepth): readonly ValueId[] {
    const def = this.def(value);
    if (!isPure(def) || depth === 0) return [value];
    return flatMap(operands(def), (operand) => this.sources(operand, depth - 1));
  }

  /** Whether `test` holds for each of the sources of an address. */
  everySource(value: ValueId, test: (source: ValueId) => boolean, depth = maxDepth): boolean {
    const def = this.def(value);
    if (depth === 0 || !isPure(def)) return test(value);
    return operands(def).every((operand) => this.everySource(operand, test, depth - 1));
  }

  /** What `inst` makes of the wanted bytes; undefined where it leaves them alone. */
  effect(inst: Inst, wanted: Wanted): KnownValue | "changed" | undefined {
    switch (inst.op) {
      case "load":
        return inst.volatile ? undefined : this.#loaded(inst, wanted);
      case "store":
        return this.#stored(inst, wanted);
      case "copy":
      case "fill": {
        const at = this.#access(inst.dst, inst.dstOff, inst.length);
        return this.#meets(at, this.aliases.regionOf(inst.dst), wanted) ? "changed" : undefined;
      }
      case "atomic":
        if (this.aliases.regionOf(inst.base) === wanted.region) return "changed";
        return this.aliases.isPrivate(wanted.region) ? undefined : "changed";
      case "call":
      case "asm":
      case "barrier":
        return this.aliases.isPrivate(wanted.region) ? undefined : "changed";
      default:
        return undefined;
    }
  }

  #loaded(inst: InstOf<"load">, wanted: Wanted): KnownValue | undefined {
    if (!sameBytes(this.#access(inst.base, inst.off, inst.size, inst), wanted.at)) return undefined;
    const known: KnownValue = { value: inst.id, ty: inst.ty, signed: inst.signed };
    return reread(known, wanted.load) === "unfit" ? undefined : known;
  }

  #stored(inst: InstOf<"store">, wanted: Wanted): KnownValue | "changed" | undefined {
    const at = this.#access(inst.base, inst.off, inst.size, inst);
    const { ty } = this.def(inst.value);
    if (!inst.volatile && ty !== "void" && sameBytes(at, wanted.at)) {
      const known: KnownValue = { value: inst.value, ty, signed: undefined };
      return reread(known, wanted.load) === "unfit" ? "changed" : known;
    }
    return this.#meets(at, this.aliases.regionOf(inst.base), wanted) ? "changed" : undefined;
  }

  #meets(at: Access, region: Region, wanted: Wanted): boolean {
    if (region !== wanted.region) {
      if (region !== other && wanted.region !== other) return false;
      if (this.aliases.isPrivate(region) || this.aliases.isPrivate(wanted.region)) return false;
    }
    return canMeet(at, wanted.at);
  }

  /** The bytes by the object's name where the base is the object itself, else by the address. */
  #access(base: ValueId, off: number, size: number, { tag, core }: Pick<InstOf<"load">, "tag" | "core"> = {}): Access {
    const def = this.def(base);
    const isGlobal = def.op === "addr" && def.symbol.kind === "global";
    const from = isGlobal ? off + (def.symbol as { readonly addend: number }).addend : off;
    const named = isGlobal || def.op === "slot" ? this.aliases.regionOf(base) : this.#canonical(base, maxDepth);
    if (!tag && !core) return { base: named, off: from, size };
    return { base: named, off: from, size, ...(tag && { tag }), ...(core && { core }) };
  }

  /** The first value that was made of the same in the same way. */
  #canonical(value: ValueId, depth: number): ValueId {
    const known = this.#same.get(value);
    if (known !== undefined) return known;
    const def = this.def(value);
    if (!isPure(def) || depth === 0) return value;
    const key = valueKey(mapOperands(def, (operand) => this.#canonical(operand, depth - 1)));
    const first = key === undefined ? value : (this.#byKey.get(key) ?? value);
    if (key !== undefined) this.#byKey.set(key, first);
    this.#same.set(value, first);
    return first;
  }
}

/** Whether two accesses are to the same bytes, whatever they say of types. */
export function sameBytes(a: Access, b: Access): boolean {
  if (a.base !== b.base || a.off !== b.off || a.size !== b.size) return false;
  return coreText(a.core) === coreText(b.core);
}

const coreText = (core: InstOf<"load">["core"]): string =>
  core ? `${core.kind} ${core.root}:${core.path.join(":")}` : "";
