/** A plain interpreter of linked instructions: stack, one map value and numbers. A fault throws. */
import type { Insn, Reg, Size, Src } from "../../src/isa/insn.ts";
import type { LinkedProgram } from "../../src/link/model.ts";

export const STACK_TOP = 0x10200n;
export const VALUE_AT = 0x20000n;
const VALUE_SIZE = 48;
const MOST_STEPS = 2000;

export class Fault extends Error {}

/** Called before each instruction with its index and r0 to r9. */
export type Watch = (index: number, regs: readonly bigint[]) => void;

const u64 = (v: bigint): bigint => BigInt.asUintN(64, v);
const part = (v: bigint, width: number, signed: boolean): bigint =>
  signed ? BigInt.asIntN(width, v) : BigInt.asUintN(width, v);

type Binary = (a: bigint, b: bigint, width: number) => bigint;

const ALU: Readonly<Record<string, Binary>> = {
  mov: (_, b) => b,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  or: (a, b) => a | b,
  and: (a, b) => a & b,
  xor: (a, b) => a ^ b,
  lsh: (a, b, w) => a << (b & BigInt(w - 1)),
  rsh: (a, b, w) => a >> (b & BigInt(w - 1)),
  arsh: (a, b, w) => BigInt.asIntN(w, a) >> (b & BigInt(w - 1)),
  div: (a, b) => (b === 0n ? 0n : a / b),
  mod: (a, b) => (b === 0n ? a : a % b),
  sdiv: (a, b, w) => (b === 0n ? 0n : BigInt.asIntN(w, a) / BigInt.asIntN(w, b)),
  smod: (a, b, w) => (b === 0n ? a : BigInt.asIntN(w, a) % BigInt.asIntN(w, b)),
  movs8: (_, b) => BigInt.asIntN(8, b),
  movs16: (_, b) => BigInt.asIntN(16, b),
  movs32: (_, b) => BigInt.asIntN(32, b),
};

const COMPARE: Readonly<Record<string, (a: bigint, b: bigint) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  set: (a, b) => (a & b) !== 0n,
};

export class Machine {
  readonly #regs: bigint[] = new Array<bigint>(11).fill(0n);
  readonly #stack = new Uint8Array(512);
  readonly #value: Uint8Array;
  readonly #random: () => bigint;
  readonly #found: boolean;

  /** `value`: the bytes of the map value; `found`: whether a lookup finds it. */
  constructor(value: Uint8Array, found: boolean, random: () => bigint) {
    this.#value = value.slice(0, VALUE_SIZE);
    this.#found = found;
    this.#random = random;
    this.#regs[10] = STACK_TOP;
    for (let i = 0; i < 512; i++) this.#stack[i] = Number(random() & 255n);
  }

  run(program: LinkedProgram, watch: Watch): bigint {
    const bySlot = new Map(program.insns.map(({ slot }, index) => [slot, index]));
    let at = 0;
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      const line = program.insns[at];
      if (!line) throw new Fault("ran out of the program");
      watch(at, this.#regs);
      const { insn, slot } = line;
      if (insn.kind === "exit") return this.#regs[0]!;
      const jumps = insn.kind === "jump" && this.#holds(insn);
      const off = jumps && "off" in insn.target ? insn.target.off : undefined;
      at = off === undefined ? at + 1 : (bySlot.get(slot + 1 + off) ?? -1);
      this.#step(insn);
    }
    throw new Fault("does not end");
  }

  #step(insn: Insn): void {
    const regs = this.#regs;
    switch (insn.kind) {
      case "alu": {
        const [a, b] = [regs[insn.dst]!, this.#operand(insn.src)].map((v) => part(v, insn.width, false)) as [
          bigint,
          bigint,
        ];
        const made = ALU[insn.op]!(a, b, insn.width);
        regs[insn.dst] = insn.width === 32 ? part(made, 32, false) : u64(made);
        return;
      }
      case "neg":
        regs[insn.dst] = insn.width === 32 ? part(-regs[insn.dst]!, 32, false) : u64(-regs[insn.dst]!);
        return;
      case "ld_imm64":
        regs[insn.dst] = insn.value.kind === "int" ? insn.value.value : 0n;
        return;
      case "load": {
        const raw = this.#read(u64(regs[insn.base]! + BigInt(insn.off)), insn.size);
        regs[insn.dst] = insn.signed ? u64(BigInt.asIntN(insn.size * 8, raw)) : raw;
        return;
      }
      case "store":
        this.#write(u64(regs[insn.base]! + BigInt(insn.off)), insn.size, this.#operand(insn.src));
        return;
      case "call":
        this.#call(insn.callee.kind === "helper" ? insn.callee.id : -1);
        return;
      default:
        return;
    }
  }

  #operand(src: Src): bigint {
    return "imm" in src ? u64(BigInt(src.imm)) : this.#regs[src.reg as Reg]!;
  }

  #holds(insn: Insn & { readonly kind: "jump" }): boolean {
    const { cond } = insn;
    if (!cond) return true;
    const signed = cond.op.startsWith("s") && cond.op !== "set";
    const [a, b] = [this.#regs[cond.dst]!, this.#operand(cond.src)].map((v) => part(v, cond.width, signed)) as [
      bigint,
      bigint,
    ];
    return COMPARE[signed ? cond.op.slice(1) : cond.op]!(a, b);
  }

  #call(id: number): void {
    const regs = this.#regs;
    regs[0] = id === 1 ? (this.#found ? VALUE_AT : 0n) : this.#random();
    for (let r = 1; r <= 5; r++) regs[r] = 0xdeadn;
  }

  #place(address: bigint, size: number): readonly [Uint8Array, number] {
    const inStack = address >= STACK_TOP - 512n && address + BigInt(size) <= STACK_TOP;
    if (inStack) return [this.#stack, Number(address - STACK_TOP + 512n)];
    const inValue = address >= VALUE_AT && address + BigInt(size) <= VALUE_AT + BigInt(VALUE_SIZE);
    if (inValue) return [this.#value, Number(address - VALUE_AT)];
    throw new Fault(`an access of ${size} bytes at ${address.toString(16)}`);
  }

  #read(address: bigint, size: Size): bigint {
    const [bytes, at] = this.#place(address, size);
    let value = 0n;
    for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i]!);
    return value;
  }

  #write(address: bigint, size: Size, value: bigint): void {
    const [bytes, at] = this.#place(address, size);
    for (let i = 0; i < size; i++) bytes[at + i] = Number((value >> BigInt(8 * i)) & 255n);
  }
}
