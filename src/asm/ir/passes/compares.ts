/**
 * `__builtin_memcmp` whose length is a constant by now becomes loads and branches: less than, equal to or greater than 0
 * by the first bytes that differ.
 * Relies on: nothing. Keeps: the order of accesses.
 */
import type { Size } from "../../../isa/insn.ts";
import { blockMap, Ids, type Pass, withBlocks } from "../edit.ts";
import { type InstBody, type InstOf, successors } from "../inst.ts";
import { branchOf, jumpTo, withArgs, withInsts } from "../layout.ts";
import type { Block, BlockId, Inst, IrFunction, PhiArg, ValueId } from "../model.ts";
import { definitions } from "../uses.ts";
import { chunks } from "./expand.ts";

/** Loads of either side that one compare may become. */
const maxLoads = 128;

const isCompare = (inst: Inst): inst is InstOf<"call"> =>
  inst.op === "call" && inst.callee.kind === "function" && inst.callee.name === "__builtin_memcmp";

export const expandCompares: Pass = {
  name: "expand-compares",
  run(fn) {
    if (!fn.blocks.some((block) => block.insts.some(isCompare))) return fn;
    const expander = new Expander(fn);
    for (const { id } of fn.blocks) expander.block(id);
    return expander.changed ? expander.done() : fn;
  },
};

class Expander {
  changed = false;
  readonly #fn: IrFunction;
  readonly #ids: Ids;
  readonly #defs: ReadonlyMap<ValueId, Inst>;
  readonly #blocks: Map<BlockId, Block>;

  constructor(fn: IrFunction) {
    this.#fn = fn;
    this.#ids = new Ids(fn);
    this.#defs = definitions(fn);
    this.#blocks = blockMap(fn);
  }

  done(): IrFunction {
    return withBlocks(this.#fn, this.#blocks, { nextId: this.#ids.next });
  }

  block(id: BlockId): void {
    const block = this.#blocks.get(id)!;
    let head = block.id;
    let insts: Inst[] = [];
    for (const inst of block.insts) {
      const loads = isCompare(inst) ? this.#loadsOf(inst) : undefined;
      if (!loads || !isCompare(inst)) insts.push(inst);
      else if (loads.length === 0)
        insts.push({ op: "const", ty: "i32", value: 0n, id: inst.id, ...(inst.span && { span: inst.span }) });
      else {
        const behind = this.#expand(head, insts, inst, loads);
        head = behind.id;
        insts = [behind.result];
      }
      if (loads) this.changed = true;
    }
    if (head === block.id) this.#blocks.set(head, withInsts(block, insts));
    else {
      this.#blocks.set(head, { id: head, insts, term: block.term });
      for (const next of successors(block.term)) this.#renamePred(next, block.id, head);
    }
  }

  #loadsOf({ args }: InstOf<"call">): { at: number; size: Size }[] | undefined {
    const [length, align] = [this.#defs.get(args[2]!), this.#defs.get(args[3]!)];
    if (length?.op !== "const" || align?.op !== "const") return undefined;
    const size = Number(align.value) as Size;
    return length.value > BigInt(maxLoads * size) ? undefined : chunks(Number(length.value), size);
  }

  #emit(into: Inst[], body: InstBody, from: Inst): ValueId {
    const made = this.#ids.inst(body, from.span);
    into.push(made);
    return made.id;
  }

  /** Ends the block `head` with the first loads; gives the block that goes on with the result. */
  #expand(head: BlockId, before: Inst[], call: InstOf<"call">, loads: readonly { at: number; size: Size }[]) {
    const span = call.span && { span: call.span };
    const [differ, end] = [this.#ids.block(), this.#ids.block()];
    const sides: [PhiArg[], PhiArg[]] = [[], []];
    let at = head;
    let insts = before;
    for (const { at: off, size } of loads) {
      const load = (base: ValueId): ValueId =>
        this.#emit(insts, { op: "load", ty: "i64", size, signed: false, base, off, volatile: false }, call);
      const [a, b] = [load(call.args[0]!), load(call.args[1]!)];
      const next = this.#ids.block();
      this.#blocks.set(at, { id: at, insts, term: branchOf({ fn: "ne", a, b, ...span }, differ, next) });
      sides[0].push({ block: at, value: a });
      sides[1].push({ block: at, value: b });
      at = next;
      insts = [];
    }
    const zero = this.#emit(insts, { op: "const", ty: "i32", value: 0n }, call);
    this.#blocks.set(at, { id: at, insts, term: jumpTo(end, span?.span) });
    const order = this.#order(differ, end, sides, call);
    const result: Inst = {
      op: "phi",
      ty: "i32",
      args: [
        { block: at, value: zero },
        { block: differ, value: order },
      ],
      id: call.id,
      ...span,
    };
    return { id: end, result };
  }

  /** -1 or 1: the values as they lie in memory, first byte first. */
  #order(differ: BlockId, end: BlockId, sides: readonly PhiArg[][], call: InstOf<"call">): ValueId {
    const insts: Inst[] = [];
    const emit = (body: InstBody): ValueId => this.#emit(insts, body, call);
    const phis = sides.map((args) => emit({ op: "phi", ty: "i64", args }));
    const [left, right] = phis.map((a) => emit({ op: "bswap", ty: "i64", bits: 64, a }));
    const less = emit({ op: "cmp", ty: "i32", fn: "ult", a: left!, b: right! });
    const one = emit({ op: "const", ty: "i32", value: 1n });
    const twice = emit({ op: "bin", ty: "i32", fn: "shl", a: less, b: one });
    const order = emit({ op: "bin", ty: "i32", fn: "sub", a: one, b: twice });
    this.#blocks.set(differ, { id: differ, insts, term: jumpTo(end, undefined) });
    return order;
  }

  #renamePred(block: BlockId, from: BlockId, to: BlockId): void {
    const at = this.#blocks.get(block)!;
    const insts = at.insts.map((inst) =>
      inst.op === "phi"
        ? withArgs(
            inst,
            inst.args.map((arg) => (arg.block === from ? { block: to, value: arg.value } : arg)),
          )
        : inst,
    );
    this.#blocks.set(block, withInsts(at, insts));
  }
}
