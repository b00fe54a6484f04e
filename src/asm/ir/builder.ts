/** Makes an `IrFunction` block by block; whoever fills it need not think of order or of unreachable code. */

import type { Size } from "../../isa/insn.ts";
import { bug } from "../../support/bug.ts";
import type { Span } from "../../support/span.ts";
import { reversePostOrder } from "./cfg.ts";
import { bitsOf, branchTo, type InstBody, type InstOf } from "./inst.ts";
import { copyOfTerm, instOf, jumpTo, withArgs, withCode } from "./layout.ts";
import type { BinOp, Block, BlockId, CmpOp, Inst, IrFunction, IrType, Slot, SlotId, Term, ValueId } from "./model.ts";

interface OpenBlock {
  readonly id: BlockId;
  readonly insts: Inst[];
  term: Term;
  sealed: boolean;
}

export type FunctionHead = Omit<IrFunction, "slots" | "blocks" | "nextId">;

export class IrBuilder {
  readonly #head: FunctionHead;
  readonly #blocks = new Map<BlockId, OpenBlock>();
  readonly #slots: Slot[] = [];
  readonly #types = new Map<ValueId, IrType>();
  readonly #entry: BlockId;
  #nextId: number;
  #current: OpenBlock;
  /** Given to what is emitted from now on. */
  span: Span | undefined;

  constructor(head: FunctionHead) {
    this.#head = head;
    this.#nextId = 0;
    this.#entry = this.block();
    this.#current = this.#blocks.get(this.#entry)!;
  }

  /** A new, empty block; unreachable unless something jumps to it. */
  block(): BlockId {
    const id = this.#nextId++ as BlockId;
    this.#blocks.set(id, { id, insts: [], term: { op: "unreachable" }, sealed: false });
    return id;
  }

  /** From now on instructions go to the end of `block`. */
  enter(block: BlockId): void {
    this.#current = this.#blocks.get(block) ?? bug(`no block b${block}`);
  }

  get current(): BlockId {
    return this.#current.id;
  }

  /** Whether the current block has its terminator: what is emitted now is dropped. */
  get sealed(): boolean {
    return this.#current.sealed;
  }

  slot(size: number, align: Size, name: string): SlotId {
    const id = this.#slots.length as SlotId;
    this.#slots.push({ id, size, align, name });
    return id;
  }

  /** Objects made so far: numbers below it. */
  get slotCount(): number {
    return this.#slots.length;
  }

  emit(body: InstBody): ValueId {
    const id = this.#nextId++ as ValueId;
    if (body.ty !== "void") this.#types.set(id, body.ty);
    if (!this.#current.sealed) this.#current.insts.push(instOf(body, id, this.span));
    return id;
  }

  /** Ends the current block; a second end is unreachable and ignored. */
  seal(term: Term): void {
    if (this.#current.sealed) return;
    this.#current.term = copyOfTerm(term, this.span);
    this.#current.sealed = true;
  }

  jump(to: BlockId): void {
    this.seal(jumpTo(to, undefined));
  }

  /** Branches to `yes` if `a fn b`. */
  branch(fn: CmpOp, a: ValueId, b: ValueId, yes: BlockId, no: BlockId, likely?: boolean): void {
    this.seal(branchTo({ fn, a, b, ...(likely !== undefined && { likely }) }, yes, no));
  }

  typeOf(value: ValueId): IrType {
    return this.#types.get(value) ?? bug(`%${value} has no value`);
  }

  const(ty: IrType, value: bigint): ValueId {
    return this.emit({ op: "const", ty, value: BigInt.asUintN(bitsOf(ty), value) });
  }

  bin(fn: BinOp, a: ValueId, b: ValueId, ty: IrType = this.typeOf(a)): ValueId {
    return this.emit({ op: "bin", ty, fn, a, b });
  }

  cmp(fn: CmpOp, a: ValueId, b: ValueId): ValueId {
    return this.emit({ op: "cmp", ty: "i32", fn, a, b });
  }

  load(body: Omit<InstOf<"load">, "op" | "id" | "span" | "volatile"> & { readonly volatile?: boolean }): ValueId {
    return this.emit({ op: "load", volatile: false, ...body });
  }

  store(body: Omit<InstOf<"store">, "op" | "id" | "span" | "ty" | "volatile"> & { readonly volatile?: boolean }): void {
    this.emit({ op: "store", ty: "void", volatile: false, ...body });
  }

  /** One value per predecessor. */
  phi(ty: IrType, args: InstOf<"phi">["args"]): ValueId {
    return args.length === 1 ? args[0]!.value : this.emit({ op: "phi", ty, args });
  }

  /** Asks for copies of the body of a loop; `before` is what `loopMark` gave ahead of it. */
  unroll(before: ValueId, times: InstOf<"unroll">["times"]): void {
    this.emit({ op: "unroll", ty: "void", a: before, times });
  }

  /** A value by which a loop is told from the loops around it. */
  loopMark(): ValueId {
    return this.emit({ op: "opaque", ty: "i32", a: this.const("i32", 0n) });
  }

  /** The function: reachable blocks in reverse post-order. */
  finish(): IrFunction {
    const blocks = reversePostOrder(this.#entry, this.#blocks);
    const reached = new Set(blocks.map((block) => block.id));
    const head: IrFunction = { ...this.#head, slots: [], blocks: [], nextId: this.#nextId };
    return withCode(
      head,
      blocks.map((block) => finishBlock(block, reached)),
      this.#nextId,
      this.#slots,
    );
  }
}

function finishBlock({ id, insts, term }: OpenBlock, reached: ReadonlySet<BlockId>): Block {
  return {
    id,
    insts: insts.map((inst) =>
      inst.op === "phi"
        ? withArgs(
            inst,
            inst.args.filter((arg) => reached.has(arg.block)),
          )
        : inst,
    ),
    term,
  };
}
