/** Random functions from a tape of numbers: structured control flow over variables, made into SSA on the way. */
import type { InstBody } from "../../../src/asm/ir/inst.ts";
import { branchTo } from "../../../src/asm/ir/inst.ts";
import type {
  BinOp,
  Block,
  BlockId,
  CmpOp,
  Inst,
  IrFunction,
  IrType,
  PhiArg,
  SlotId,
  Term,
  ValueId,
} from "../../../src/asm/ir/model.ts";
import type { Size } from "../../../src/isa/insn.ts";
import type { FileId } from "../../../src/support/span.ts";

type Num = "i32" | "i64";
interface Variable {
  readonly ty: Num;
  value: ValueId;
}

const arithmetic: readonly BinOp[] = ["add", "sub", "mul", "and", "or", "xor", "udiv", "umod", "shl", "lshr", "ashr"];
const comparisons: readonly CmpOp[] = ["eq", "ne", "ult", "ule", "ugt", "uge", "slt", "sle", "sgt", "sge", "set"];
const constants = [0n, 1n, 2n, 7n, 31n, 255n, 0x7fff_ffffn, 0x8000_0000n, 0xffff_ffffn, 0x1_0000_0000n, -1n, -8n];
const sizes: readonly Size[] = [1, 2, 4, 8];

/** A function of (ptr to 64 bytes, i64, i64, i32, i32). */
export function randomFunction(tape: readonly number[], v4: boolean): IrFunction {
  return new Maker(tape, v4).build();
}

class Maker {
  readonly #tape: readonly number[];
  readonly #v4: boolean;
  #at = 0;
  #next = 1000;
  #nextBlock = 0;
  readonly #blocks: { id: BlockId; insts: Inst[]; term: Term }[] = [];
  #insts: Inst[] = [];
  #block: BlockId = 0 as BlockId;
  #vars: Variable[] = [];
  #pointers: { readonly value: ValueId; readonly size: number }[] = [];

  constructor(tape: readonly number[], v4: boolean) {
    this.#tape = tape;
    this.#v4 = v4;
  }

  build(): IrFunction {
    this.#block = this.#newBlock();
    const base = this.#add({ op: "param", ty: "ptr", index: 0 });
    const slot = this.#add({ op: "slot", ty: "ptr", slot: 0 as SlotId });
    const global = this.#add({ op: "addr", ty: "ptr", symbol: { kind: "global", name: "g", addend: 0 } });
    this.#pointers = [
      { value: base, size: 64 },
      { value: slot, size: 32 },
      { value: global, size: 32 },
    ];
    for (let i = 1; i < 5; i++) {
      const ty = i < 3 ? "i64" : "i32";
      this.#vars.push({ ty, value: this.#add({ op: "param", ty, index: i }) });
    }
    for (let off = 0; off < 32; off += 8) this.#store(slot, off, 8, this.#vars[(off / 8) % 2]!.value);
    for (let n = this.#pick(14); n > 0; n--) {
      const ty = this.#pick(2) ? "i64" : "i32";
      this.#vars.push({
        ty,
        value: this.#add({
          op: "load",
          ty,
          size: ty === "i64" ? 8 : 4,
          signed: false,
          base,
          off: 8 * (n % 8),
          volatile: false,
        }),
      });
    }
    this.#statements(3);
    let sum = this.#constant("i64", 0n);
    for (const v of this.#vars)
      sum = this.#bin("xor", "i64", this.#bin("add", "i64", sum, this.#wide(v)), this.#constant("i64", 0x5555n));
    this.#end({ op: "ret", value: sum });
    const span = { file: 0 as FileId, start: 0, end: 0 };
    return {
      name: "f",
      params: ["ptr", "i64", "i64", "i32", "i32"],
      ret: "i64",
      linkage: "static",
      inlining: "auto",
      slots: [{ id: 0 as SlotId, size: 32, align: 8, name: "s" }],
      blocks: this.#blocks as Block[],
      nextId: Math.max(this.#next, this.#nextBlock),
      span,
    };
  }

  #pick(n: number): number {
    return (this.#tape[this.#at++] ?? 0) % n;
  }

  #newBlock(): BlockId {
    return this.#nextBlock++ as BlockId;
  }

  #add(body: InstBody): ValueId {
    const id = this.#next++ as ValueId;
    this.#insts.push({ ...body, id } as Inst);
    return id;
  }

  /** Ends the block at hand; `next` is the one that code goes to from now on. */
  #end(term: Term, next?: BlockId): void {
    this.#blocks.push({ id: this.#block, insts: this.#insts, term });
    this.#insts = [];
    if (next !== undefined) this.#block = next;
  }

  #constant(ty: Num, value: bigint): ValueId {
    return this.#add({ op: "const", ty, value: BigInt.asUintN(ty === "i32" ? 32 : 64, value) });
  }

  #bin(fn: BinOp, ty: IrType, a: ValueId, b: ValueId): ValueId {
    return this.#add({ op: "bin", fn, ty, a, b });
  }

  #store(base: ValueId, off: number, size: Size, value: ValueId): void {
    this.#add({ op: "store", ty: "void", size, base, off, value, volatile: false });
  }

  #wide(v: Variable): ValueId {
    return v.ty === "i64" ? v.value : this.#add({ op: "zext", ty: "i64", from: 32, a: v.value });
  }

  #operand(ty: Num): ValueId {
    const choice = this.#pick(4);
    if (choice === 0) return this.#constant(ty, constants[this.#pick(constants.length)]!);
    const v = this.#vars[this.#pick(this.#vars.length)]!;
    if (v.ty === ty) return v.value;
    if (ty === "i32") return this.#add({ op: "trunc", ty: "i32", a: v.value });
    return this.#add({ op: choice === 1 ? "sext" : "zext", ty: "i64", from: 32, a: v.value });
  }

  #statements(depth: number): void {
    for (let n = this.#pick(6) + 1; n > 0 && this.#at < this.#tape.length; n--) this.#statement(depth);
  }

  #statement(depth: number): void {
    const target = this.#vars[this.#pick(this.#vars.length)]!;
    const { ty } = target;
    switch (this.#pick(depth > 0 ? 14 : 11)) {
      case 0:
      case 1:
        target.value = this.#arithmetic(ty);
        return;
      case 2:
        target.value = this.#add({ op: "cmp", ty, ...this.#compare() });
        return;
      case 3:
        target.value = this.#add({ op: "neg", ty, a: this.#operand(ty) });
        return;
      case 4:
        target.value = this.#add({
          op: this.#pick(2) ? "zext" : "sext",
          ty,
          from: this.#pick(2) ? 8 : 16,
          a: this.#operand(ty),
        });
        return;
      case 5:
        target.value = this.#add({
          op: "bswap",
          ty,
          bits: ty === "i64" ? ([16, 32, 64] as const)[this.#pick(3)]! : 16,
          a: this.#operand(ty),
        });
        return;
      case 6:
        target.value = this.#memory(ty);
        return;
      case 7:
      case 8:
        target.value = this.#call(ty);
        return;
      case 9:
        target.value = this.#atomic(ty);
        return;
      case 10:
        target.value = this.#add({ op: "opaque", ty, a: this.#operand(ty) });
        return;
      case 11:
      case 12:
        this.#if(depth);
        return;
      default:
        this.#loop(depth);
    }
  }

  #arithmetic(ty: Num): ValueId {
    const signed: readonly BinOp[] = this.#v4 ? ["sdiv", "smod"] : [];
    const ops = [...arithmetic, ...signed];
    const fn = ops[this.#pick(ops.length)]!;
    const a = this.#operand(ty);
    if (!/sh/.test(fn)) return this.#bin(fn, ty, a, this.#operand(ty));
    const limit = this.#constant(ty, ty === "i32" ? 31n : 63n);
    const by = this.#pick(2)
      ? this.#bin("and", ty, this.#operand(ty), limit)
      : this.#constant(ty, BigInt(this.#pick(32)));
    return this.#bin(fn, ty, a, by);
  }

  #compare() {
    const ty = this.#pick(2) ? "i64" : "i32";
    const fn = comparisons[this.#pick(comparisons.length)]!;
    if (this.#pick(4) === 0) {
      const mask = this.#bin("and", ty, this.#operand(ty), this.#operand(ty));
      return { fn: this.#pick(2) ? "eq" : "ne", a: mask, b: this.#constant(ty, 0n) } as const;
    }
    return { fn, a: this.#operand(ty), b: this.#operand(ty) };
  }

  #place(size: Size): { base: ValueId; off: number } {
    const { value, size: room } = this.#pointers[this.#pick(this.#pointers.length)]!;
    if (this.#pick(3) > 0) return { base: value, off: size * this.#pick(room / size) };
    const index = this.#bin("and", "i64", this.#operand("i64"), this.#constant("i64", BigInt(room / size - 1)));
    const scaled = this.#bin("mul", "i64", index, this.#constant("i64", BigInt(size)));
    return { base: this.#bin("add", "ptr", value, scaled), off: 0 };
  }

  #memory(ty: Num): ValueId {
    const size = sizes[this.#pick(ty === "i32" ? 3 : 4)]!;
    const place = this.#place(size);
    if (this.#pick(2)) this.#store(place.base, place.off, size, this.#operand(ty));
    const from = this.#place(size);
    return this.#add({ op: "load", ty, size, signed: this.#pick(2) === 1, ...from, volatile: false });
  }

  #call(ty: Num): ValueId {
    const args: ValueId[] = [];
    let id = 0;
    const count = this.#pick(6);
    for (let i = 0; i < count; i++) {
      if (this.#pick(5) === 0)
        args.push(
          this.#pointers[this.#pick(3)]!.value === this.#pointers[1]!.value
            ? this.#pointers[0]!.value
            : this.#pointers[this.#pick(3) === 1 ? 0 : 2]!.value,
        );
      else {
        const narrow = this.#pick(2) === 1;
        if (narrow) id |= 1 << i;
        args.push(this.#operand(narrow ? "i32" : "i64"));
      }
    }
    return this.#add({ op: "call", ty, callee: { kind: "helper", id: id | (count << 8) }, args });
  }

  #atomic(ty: Num): ValueId {
    const size = ty === "i32" ? 4 : 8;
    const place = this.#place(size);
    const fn = (["add", "or", "and", "xor", "xchg", "cmpxchg"] as const)[this.#pick(6)]!;
    const value = this.#operand(ty);
    const rest = { op: "atomic", fn, size, ...place, value } as const;
    if (fn === "cmpxchg") return this.#add({ ...rest, ty, fetch: true, expected: this.#operand(ty) });
    if (fn === "xchg" || this.#pick(2)) return this.#add({ ...rest, ty, fetch: true });
    this.#add({ ...rest, ty: "void", fetch: false });
    return this.#operand(ty);
  }

  #if(depth: number): void {
    const [yes, no, join] = [this.#newBlock(), this.#newBlock(), this.#newBlock()];
    const compare = this.#compare();
    const before = this.#vars.map((v) => ({ ...v }));
    const hasElse = this.#pick(2) === 1;
    const from = this.#block;
    const hint = this.#pick(4) === 0 ? { likely: this.#pick(2) === 1 } : {};
    this.#end(branchTo({ ...compare, ...hint }, yes, hasElse ? no : join), yes);
    this.#statements(depth - 1);
    const after = this.#vars;
    const yesEnd = this.#block;
    this.#end({ op: "jump", to: join }, hasElse ? no : join);
    this.#vars = before.map((v) => ({ ...v }));
    let noEnd = from;
    if (hasElse) {
      this.#statements(depth - 1);
      noEnd = this.#block;
      this.#end({ op: "jump", to: join }, join);
    }
    this.#vars = this.#vars.map((v, i) => {
      const other = after[i]!.value;
      if (other === v.value) return v;
      const args = [
        { block: yesEnd, value: other },
        { block: noEnd, value: v.value },
      ];
      return { ty: v.ty, value: this.#add({ op: "phi", ty: v.ty, args }) };
    });
  }

  #loop(depth: number): void {
    const [head, body, exit] = [this.#newBlock(), this.#newBlock(), this.#newBlock()];
    const zero = this.#constant("i64", 0n);
    const from = this.#block;
    this.#end({ op: "jump", to: head }, head);
    const counterArgs: PhiArg[] = [{ block: from, value: zero }];
    const counter = this.#add({ op: "phi", ty: "i64", args: counterArgs });
    const phis = this.#vars.map((v) => {
      const args: PhiArg[] = [{ block: from, value: v.value }];
      return { args, value: this.#add({ op: "phi", ty: v.ty, args }) };
    });
    this.#vars = this.#vars.map((v, i) => ({ ty: v.ty, value: phis[i]!.value }));
    const bound = this.#constant("i64", BigInt(this.#pick(5)));
    this.#end(branchTo({ fn: "ult", a: counter, b: bound }, body, exit), body);
    const atHead = this.#vars.map((v) => ({ ...v }));
    this.#statements(depth - 1);
    if (this.#pick(3) === 0 && this.#vars.length > 1) this.#rotate();
    const next = this.#bin("add", "i64", counter, this.#constant("i64", 1n));
    counterArgs.push({ block: this.#block, value: next });
    this.#vars.forEach((v, i) => {
      phis[i]!.args.push({ block: this.#block, value: v.value });
    });
    this.#end({ op: "jump", to: head }, exit);
    this.#vars = atHead;
  }

  /** Exchanges variables, which makes phis that read each other. */
  #rotate(): void {
    const [a, b] = [this.#vars[0]!, this.#vars.find((v, i) => i > 0 && v.ty === this.#vars[0]!.ty)];
    if (!b) return;
    [a.value, b.value] = [b.value, a.value];
  }
}
