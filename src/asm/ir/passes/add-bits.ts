/**
 * `if (x & 4) n += 4` is `n += x & 4`, and so it is with `|`, `^` and `-`, and where the bit has to be clear: without a
 * branch the kernel's verifier follows what comes behind once, not for each bit anew.
 * Relies on: nothing. Keeps: the order of effects. Only where nobody else reads x, so that no copy of it is needed.
 */
import { onlyBit } from "../../../support/int.ts";
import { predecessors } from "../cfg.ts";
import { blockMap, Ids, type Pass, resized, withBlocks } from "../edit.ts";
import { type Branch, type InstOf, valueType } from "../inst.ts";
import { mayBePointer } from "../kernel-rules.ts";
import { blockOf, jumpTo, withArgs, withInsts } from "../layout.ts";
import type { BinOp, Block, BlockId, Inst, IrFunction, IrType } from "../model.ts";
import { type Definitions, definitions, type UseCounts, useCounts } from "../uses.ts";

export const addBits: Pass = {
  name: "add-bits",
  run(fn) {
    if (!fn.blocks.some(({ term }) => asksBits(term))) return fn;
    return new Adder(fn).run();
  },
};

const asksBits = (term: Block["term"]): term is Branch => term.op === "br" && term.fn === "set";

const additive: ReadonlySet<BinOp> = new Set(["add", "sub", "or", "xor"]);

/** The greatest bit that is an immediate in either width. */
const maxBit = 1n << 30n;

/** A way that does nothing but change a number by the bit that the branch asks for. */
interface Change {
  readonly way: BlockId;
  readonly join: BlockId;
  readonly phi: InstOf<"phi">;
  readonly sum: InstOf<"bin">;
  readonly bit: bigint;
  /** The way is taken where the bit is clear. */
  readonly clear: boolean;
}

class Adder {
  readonly #fn: IrFunction;
  readonly #ids: Ids;
  readonly #defs: Definitions;
  readonly #uses: UseCounts;
  readonly #blocks: Map<BlockId, Block>;

  constructor(fn: IrFunction) {
    this.#fn = fn;
    this.#ids = new Ids(fn);
    this.#defs = definitions(fn);
    this.#uses = useCounts(fn);
    this.#blocks = blockMap(fn);
  }

  run(): IrFunction {
    const preds = predecessors(this.#fn.blocks);
    let changed = false;
    for (const { id } of this.#fn.blocks) {
      const term = this.#blocks.get(id)?.term;
      if (!term || !asksBits(term) || this.#uses.get(term.a) !== 1) continue;
      const change = this.#change(id, term, preds);
      if (!change) continue;
      this.#apply(id, term, change);
      changed = true;
    }
    return changed ? withBlocks(this.#fn, this.#blocks, { nextId: this.#ids.next }) : this.#fn;
  }

  #change(from: BlockId, term: Branch, preds: ReadonlyMap<BlockId, readonly BlockId[]>): Change | undefined {
    for (const [way, join] of [
      [term.then, term.else],
      [term.else, term.then],
    ] as const) {
      const { insts, term: end } = this.#blocks.get(way)!;
      const work = insts.filter(({ op }) => op !== "const");
      const [sum] = work;
      if (way === join || end.op !== "jump" || end.to !== join || preds.get(way)!.length !== 1) continue;
      if (work.length !== 1 || sum?.op !== "bin" || this.#uses.get(sum.id) !== 1) continue;
      const phi = this.#phi(join, way, from, sum);
      const bit = this.#bit(term, sum);
      if (phi && bit !== undefined) return { way, join, phi, sum, bit, clear: way === term.else };
    }
    return undefined;
  }

  /** The phi that takes the changed number from the way and the old one from the branch, where no other tells them apart. */
  #phi(join: BlockId, way: BlockId, from: BlockId, sum: InstOf<"bin">): InstOf<"phi"> | undefined {
    const valueFrom = (phi: InstOf<"phi">, block: BlockId) => phi.args.find((arg) => arg.block === block)?.value;
    const phis = this.#blocks.get(join)!.insts.flatMap((inst) => (inst.op === "phi" ? [inst] : []));
    const differing = phis.filter((phi) => valueFrom(phi, way) !== valueFrom(phi, from));
    const [phi] = differing;
    return differing.length === 1 && valueFrom(phi!, way) === sum.id && valueFrom(phi!, from) === sum.a
      ? phi
      : undefined;
  }

  /** The one bit that is asked for, if it is the number that the sum is made with. */
  #bit({ a, b }: Branch, { fn, b: by, ty }: InstOf<"bin">): bigint | undefined {
    const [mask, number] = [this.#defs.get(b)!, this.#defs.get(by)!];
    if (mask.op !== "const" || number.op !== "const" || ty === "ptr") return undefined;
    const asked = this.#defs.get(a)!;
    if (mayBePointer(asked, (value) => this.#defs.get(value)!)) return undefined;
    const { value } = mask;
    const isBit = value <= maxBit && onlyBit(value) !== undefined;
    return isBit && value === number.value && additive.has(fn) ? value : undefined;
  }

  #apply(from: BlockId, term: Branch, { way, join, phi, sum, bit, clear }: Change): void {
    const block = this.#blocks.get(from)!;
    const made: Inst[] = [];
    const make = this.#ids.emitter(made, sum.span);
    const ty = sum.ty as IrType;
    const x = resized(term.a, valueType(this.#defs.get(term.a)!), ty, make);
    const mask = make({ op: "const", ty, value: bit });
    const set = make({ op: "bin", ty, fn: "and", a: x, b: mask });
    const b = clear ? make({ op: "bin", ty, fn: "xor", a: set, b: mask }) : set;
    const value = make({ ...sum, b });
    const { span } = term;
    this.#blocks.set(from, blockOf(block.id, [...block.insts, ...made], jumpTo(join, span)));
    this.#blocks.delete(way);
    const target = this.#blocks.get(join)!;
    const insts = target.insts.map((inst) => {
      if (inst.op !== "phi") return inst;
      const args = inst.args.filter((arg) => arg.block !== way);
      if (inst.id !== phi.id) return withArgs(inst, args);
      return withArgs(
        inst,
        args.map((arg) => (arg.block === from ? { block: from, value } : arg)),
      );
    });
    this.#blocks.set(join, withInsts(target, insts));
  }
}
