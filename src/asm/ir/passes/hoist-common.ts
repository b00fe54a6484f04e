/**
 * What both ways of a branch do alike is done once, before it: arithmetic, comparisons, and loads before which neither
 * way has changed the bytes.
 * Relies on: nothing takes up `end` marks afterwards. Keeps: order of stores, calls and volatile accesses; what the
 * branch finds out stays in front of what it is for (`Guard`), and no value lives across more calls than before for
 * which none ends there.
 */
import { predecessors } from "../cfg.ts";
import { blockMap, Ids, type Pass, Replacements, substitute } from "../edit.ts";
import { Guard } from "../guard.ts";
import { type Branch, type InstOf, isPure, mapOperands, operands } from "../inst.ts";
import { withCode, withInsts } from "../layout.ts";
import { Memory, touchesMemory } from "../memory.ts";
import type { Block, BlockId, Inst, IrFunction, ValueId } from "../model.ts";
import { type UseCounts, useCounts } from "../uses.ts";
import { type ValueKey, valueKey } from "./number-values.ts";

/** Instructions of a way that are looked at. */
const maxInsts = 48;

export const hoistCommon: Pass = {
  name: "hoist-common",
  run: (fn) => new Hoister(fn).run(),
};

/** An instruction of a way. */
interface Place {
  readonly inst: Inst;
  /** Whether a call comes before it. */
  readonly behindCall: boolean;
}

/** The same instruction on both ways. */
interface Pair {
  readonly a: Place;
  readonly b: Place;
}

class Hoister {
  readonly #fn: IrFunction;
  readonly #ids: Ids;
  readonly #blocks: Map<BlockId, Block>;
  readonly #replaced = new Replacements();
  readonly #uses: UseCounts;
  #memory: Memory | undefined;

  constructor(fn: IrFunction) {
    this.#fn = fn;
    this.#ids = new Ids(fn);
    this.#blocks = blockMap(fn);
    this.#uses = useCounts(fn);
  }

  /** From the end, so that what inner branches hand up goes on from there. */
  run(): IrFunction {
    const preds = predecessors(this.#fn.blocks);
    const alone = (id: BlockId): boolean => preds.get(id)!.length === 1;
    for (const { id, term } of [...this.#fn.blocks].reverse()) {
      if (term.op !== "br" || term.then === term.else) continue;
      if (alone(term.then) && alone(term.else)) this.#branch(id, term);
    }
    if (this.#replaced.size === 0) return this.#fn;
    const blocks = this.#fn.blocks.map(({ id }) => this.#blocks.get(id)!);
    this.#dropPhis(blocks);
    return substitute(withCode(this.#fn, blocks, this.#ids.next), this.#replaced);
  }

  /** Phis that had one of a pair from each way are that value. */
  #dropPhis(blocks: readonly Block[]): void {
    for (const { insts } of blocks) {
      for (const phi of insts) {
        if (phi.op !== "phi") break;
        const [first, ...others] = new Set(phi.args.map(({ value }) => this.#replaced.get(value)));
        if (first !== undefined && first !== phi.id && others.length === 0) this.#replaced.set(phi.id, first);
      }
    }
  }

  #branch(id: BlockId, term: Branch): void {
    const [then, other] = [this.#blocks.get(term.then)!, this.#blocks.get(term.else)!];
    const pairs = this.#pairs(then, other);
    if (pairs.length === 0) return;
    const guard = new Guard(term, this.#known());
    const own = new Set([...then.insts, ...other.insts].map((inst) => inst.id));
    const moved = new Set<ValueId>();
    const made: Inst[] = [];
    for (const { a, b } of pairs) {
      const inst = mapOperands(a.inst, this.#replaced.get);
      const local = operands(inst).filter((value) => own.has(value) && !moved.has(value));
      if (local.some((value) => !isFree(this.#def(value))) || guard.guards(inst)) continue;
      if ((a.behindCall || b.behindCall) && !this.#endsOne(a.inst, b.inst)) continue;
      made.push(mapOperands(inst, (value) => (local.includes(value) ? this.#copyOf(value, id, made) : value)));
      moved.add(inst.id);
      this.#replaced.set(b.inst.id, inst.id);
    }
    if (moved.size === 0) return;
    const home = this.#blocks.get(id)!;
    this.#blocks.set(id, withInsts(home, [...home.insts, ...made]));
    for (const inst of made) this.#known().add(inst, id);
    this.#blocks.set(
      then.id,
      withInsts(
        then,
        then.insts.filter((inst) => !moved.has(inst.id)),
      ),
    );
    this.#blocks.set(
      other.id,
      withInsts(
        other,
        other.insts.filter((inst) => !this.#replaced.has(inst.id)),
      ),
    );
  }

  #known(): Memory {
    this.#memory ??= new Memory(this.#fn);
    return this.#memory;
  }

  #def(value: ValueId): Inst {
    return this.#known().def(value);
  }

  /** What both blocks do alike, in the order of `then`. */
  #pairs(then: Block, other: Block): readonly Pair[] {
    const same = new Map<ValueId, ValueId>();
    const oneOf = (value: ValueId): ValueId => {
      const known = this.#replaced.get(value);
      return same.get(known) ?? known;
    };
    const found = new Map<ValueKey, Place>();
    for (const place of places(other)) {
      const key = keyOf(mapOperands(place.inst, oneOf));
      const first = key === undefined ? undefined : found.get(key);
      if (first && place.inst.op !== "load") same.set(place.inst.id, first.inst.id);
      else if (!first && key !== undefined) found.set(key, place);
    }
    const pairs: Pair[] = [];
    for (const a of places(then)) {
      const key = keyOf(mapOperands(a.inst, oneOf));
      const b = key === undefined ? undefined : found.get(key);
      if (!b || !this.#mayMove(a.inst, then) || !this.#mayMove(b.inst, other)) continue;
      same.set(a.inst.id, b.inst.id);
      if (isFree(a.inst) || pairs.some((pair) => pair.b === b)) continue;
      pairs.push({ a, b });
    }
    return pairs;
  }

  /** Whether nothing above a load in its block may have given it its bytes. */
  #mayMove(inst: Inst, { insts }: Block): boolean {
    if (inst.op !== "load") return true;
    const memory = this.#known();
    const wanted = memory.wanted(inst);
    for (const earlier of insts) {
      if (earlier.id === inst.id) return true;
      if (earlier.op !== "load" && touchesMemory(earlier) && memory.effect(earlier, wanted) !== undefined) return false;
    }
    return false;
  }

  /** Whether the two are the last to read an operand: its register is free for what they make. */
  #endsOne(a: Inst, b: Inst): boolean {
    const left = operands(a);
    const right = operands(b);
    return left.some((value, i) => {
      if (isFree(this.#def(value))) return false;
      const both = value === right[i];
      return both ? this.#uses.get(value) === 2 : this.#uses.get(value) === 1 && this.#uses.get(right[i]!) === 1;
    });
  }

  /** A constant or an address that is made on the way is made before it, too. */
  #copyOf(value: ValueId, home: BlockId, made: Inst[]): ValueId {
    const { id: _, span, ...body } = this.#def(value);
    const copy = this.#ids.inst(body, span);
    this.#known().add(copy, home);
    made.push(copy);
    return copy.id;
  }
}

/** Instructions of a block that may be worth a look, up to where more than values is at stake. */
function places({ insts }: Block): readonly Place[] {
  const found: Place[] = [];
  let behindCall = false;
  for (const inst of insts.slice(0, maxInsts)) {
    if (stops.has(inst.op)) break;
    if (inst.op === "call") behindCall = true;
    if (isPure(inst) || isPlainLoad(inst)) found.push({ inst, behindCall });
  }
  return found;
}

/** Assembly may ask questions of its own, and behind the others the rest may never run. */
const stops: ReadonlySet<Inst["op"]> = new Set(["asm", "may_goto", "trap"]);

const isPlainLoad = (inst: Inst): inst is InstOf<"load"> => inst.op === "load" && !inst.volatile;

/** Made where they are wanted, whatever block they are in. */
const isFree = (inst: Inst): boolean => inst.op === "const" || inst.op === "slot" || inst.op === "addr";

/** Equal for instructions that give the same, loads by their address. */
function keyOf(inst: Inst): ValueKey | undefined {
  if (inst.op !== "load") return valueKey(inst);
  const { base, ty, size, signed, off, align, tag, core } = inst;
  const moved = core ? `${core.kind} ${core.root}:${core.path.join(":")}` : "";
  return `load ${base} ${ty} ${size} ${signed} ${off} ${align} ${tag} ${moved}`;
}
