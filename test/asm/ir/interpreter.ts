/** Runs SSA: the meaning that every pass must keep. Memory is flat; calls return a hash of what they were given. */
import { bitsOf } from "../../../src/asm/ir/inst.ts";
import type { BinOp, CmpOp, Inst, IrFunction, IrProgram, ValueId } from "../../../src/asm/ir/model.ts";

export interface Outcome {
  readonly result: bigint | undefined;
  /** Calls of helpers and kfuncs, volatile accesses, and stores to globals, in order. */
  readonly trace: readonly string[];
}

const u = (bits: number, v: bigint): bigint => BigInt.asUintN(bits, v);
const s = (bits: number, v: bigint): bigint => BigInt.asIntN(bits, v);

export function evalBin(fn: BinOp, bits: 32 | 64, a: bigint, b: bigint): bigint {
  const count = b & BigInt(bits - 1);
  const [x, y] = [s(bits, a), s(bits, b)];
  switch (fn) {
    case "add":
      return u(bits, a + b);
    case "sub":
      return u(bits, a - b);
    case "mul":
      return u(bits, a * b);
    case "udiv":
      return b === 0n ? 0n : a / b;
    case "umod":
      return b === 0n ? a : a % b;
    case "sdiv":
      return b === 0n ? 0n : u(bits, x / y);
    case "smod":
      return b === 0n ? a : u(bits, x % y);
    case "and":
      return a & b;
    case "or":
      return a | b;
    case "xor":
      return a ^ b;
    case "shl":
      return u(bits, a << count);
    case "lshr":
      return a >> count;
    case "ashr":
      return u(bits, x >> count);
  }
}

export function evalCmp(fn: CmpOp, bits: 32 | 64, a: bigint, b: bigint): boolean {
  const [x, y] = [s(bits, a), s(bits, b)];
  const table: Record<CmpOp, boolean> = {
    eq: a === b,
    ne: a !== b,
    ult: a < b,
    ule: a <= b,
    ugt: a > b,
    uge: a >= b,
    slt: x < y,
    sle: x <= y,
    sgt: x > y,
    sge: x >= y,
    set: (a & b) !== 0n,
  };
  return table[fn];
}

const swap = (bits: number, v: bigint): bigint => {
  let out = 0n;
  for (let i = 0; i < bits; i += 8) out = (out << 8n) | ((v >> BigInt(i)) & 0xffn);
  return out;
};

const widthOf = (types: ReadonlyMap<ValueId, string>, id: ValueId): 32 | 64 => (types.get(id) === "i32" ? 32 : 64);

class Machine {
  readonly #program: IrProgram;
  readonly #memory = new Map<bigint, number>();
  readonly #globals = new Map<string, bigint>();
  /** Bytes of the stack objects, by address. */
  readonly #sizes = new Map<bigint, number>();
  #stack = 0x10_0000n;
  readonly trace: string[] = [];
  steps = 0;

  constructor(program: IrProgram) {
    this.#program = program;
  }

  load(address: bigint, size: number): bigint {
    let v = 0n;
    for (let i = size - 1; i >= 0; i--) v = (v << 8n) | BigInt(this.#memory.get(address + BigInt(i)) ?? 0);
    return v;
  }

  store(address: bigint, size: number, value: bigint): void {
    for (let i = 0; i < size; i++) this.#memory.set(address + BigInt(i), Number((value >> BigInt(8 * i)) & 0xffn));
  }

  symbol(name: string): bigint {
    const known = this.#globals.get(name);
    if (known !== undefined) return known;
    const address = 0x1000_0000n + BigInt([...name].reduce((h, c) => (h * 31 + c.charCodeAt(0)) % 4096, 7)) * 0x1_0000n;
    this.#globals.set(name, address);
    for (let i = 0; i < 256; i++) this.#memory.set(address + BigInt(i), (i * 37 + name.length) & 0xff);
    return address;
  }

  /** What can be seen from outside at the end. */
  globals(): string[] {
    return [...this.#globals]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, at]) => `${name}=${Array.from({ length: 64 }, (_, i) => this.#memory.get(at + BigInt(i)) ?? 0)}`);
  }

  call(fn: IrFunction, args: readonly bigint[]): bigint | undefined {
    const frame = new Map<ValueId, bigint>();
    const slots = new Map<number, bigint>();
    for (const slot of fn.slots) {
      slots.set(slot.id, this.#stack);
      this.#sizes.set(this.#stack, slot.size);
      // Fresh stack memory is zero, as promoted values read before a store are.
      for (let i = 0; i < slot.size; i++) this.#memory.set(this.#stack + BigInt(i), 0);
      this.#stack += BigInt(slot.size + 16) & ~7n;
    }
    const blocks = new Map(fn.blocks.map((block) => [block.id, block]));
    let block = fn.blocks[0]!;
    let from = block.id;
    const get = (id: ValueId): bigint => {
      const v = frame.get(id);
      if (v === undefined) throw new Error(`%${id} read before it is made`);
      return v;
    };
    const types = new Map(fn.blocks.flatMap((b) => b.insts.map((inst) => [inst.id, inst.ty] as const)));

    for (;;) {
      if (++this.steps > 200_000) throw new Error("runs too long");
      const phis = block.insts.flatMap((inst) =>
        inst.op === "phi" ? [[inst.id, get(inst.args.find((arg) => arg.block === from)!.value)] as const] : [],
      );
      for (const [id, v] of phis) frame.set(id, v);
      for (const inst of block.insts) {
        if (inst.op === "phi") continue;
        const v = this.#run(inst, get, types, slots, args);
        if (v !== undefined) frame.set(inst.id, v);
      }
      const { term } = block;
      from = block.id;
      if (term.op === "ret") return term.value === undefined ? undefined : get(term.value);
      if (term.op === "unreachable") return undefined;
      const next =
        term.op === "jump"
          ? term.to
          : evalCmp(term.fn, widthOf(types, term.a), get(term.a), get(term.b))
            ? term.then
            : term.else;
      block = blocks.get(next)!;
    }
  }

  #run(
    inst: Inst,
    get: (id: ValueId) => bigint,
    types: ReadonlyMap<ValueId, string>,
    slots: ReadonlyMap<number, bigint>,
    args: readonly bigint[],
  ): bigint | undefined {
    const bits = inst.ty === "void" ? 64 : bitsOf(inst.ty);
    switch (inst.op) {
      case "const":
        return inst.value;
      case "undef":
        return 0n;
      case "param":
        return u(bits, args[inst.index] ?? 0n);
      case "bin":
        return evalBin(inst.fn, bits, get(inst.a), get(inst.b));
      case "neg":
        return u(bits, -get(inst.a));
      case "cmp":
        return evalCmp(inst.fn, widthOf(types, inst.a), get(inst.a), get(inst.b)) ? 1n : 0n;
      case "zext":
        return u(inst.from, get(inst.a));
      case "sext":
        return u(bits, s(inst.from, get(inst.a)));
      case "trunc":
        return u(32, get(inst.a));
      case "cast":
      case "opaque":
        return get(inst.a);
      case "bswap":
        return swap(inst.bits, u(inst.bits, get(inst.a)));
      case "slot":
        return slots.get(inst.slot)!;
      case "addr":
        return this.symbol(inst.symbol.name) + (inst.symbol.kind === "global" ? BigInt(inst.symbol.addend) : 0n);
      case "load": {
        const at = get(inst.base) + BigInt(inst.off);
        const v = this.load(at, inst.size);
        if (inst.volatile) this.trace.push(`load ${inst.size} ${at}`);
        return inst.signed ? u(bits, s(inst.size * 8, v)) : v;
      }
      case "store": {
        const at = get(inst.base) + BigInt(inst.off);
        this.store(at, inst.size, get(inst.value));
        if (inst.volatile) this.trace.push(`store ${inst.size} ${at} ${u(inst.size * 8, get(inst.value))}`);
        return undefined;
      }
      case "copy": {
        const bytes = Array.from({ length: inst.length }, (_, i) =>
          this.load(get(inst.src) + BigInt(inst.srcOff + i), 1),
        );
        bytes.forEach((v, i) => {
          this.store(get(inst.dst) + BigInt(inst.dstOff + i), 1, v);
        });
        return undefined;
      }
      case "fill":
        for (let i = 0; i < inst.length; i++) this.store(get(inst.dst) + BigInt(inst.dstOff + i), 1, BigInt(inst.byte));
        return undefined;
      case "core":
        return u(bits, inst.guess);
      case "call":
        return this.#call(inst, get, types);
      case "atomic":
        return this.#atomic(inst, get);
      case "end":
        // Whoever still reads it sees that it is gone.
        this.#poison(slots.get(inst.slot)!);
        return undefined;
      default:
        return undefined;
    }
  }

  #poison(slot: bigint): void {
    for (let i = 0; i < this.#sizes.get(slot)!; i++) this.store(slot + BigInt(i), 1, 0xa5n);
  }

  #call(inst: Extract<Inst, { op: "call" }>, get: (id: ValueId) => bigint, types: ReadonlyMap<ValueId, string>) {
    const { callee } = inst;
    const values = inst.args.map((arg) => u(widthOf(types, arg), get(arg)));
    if (callee.kind === "function") {
      const fn = this.#program.functions.find((f) => f.name === callee.name);
      if (!fn) throw new Error(`no function ${callee.name}`);
      return this.call(fn, values);
    }
    const name = callee.kind === "helper" ? `helper ${callee.id}` : callee.name;
    // Addresses differ from run to run: what they point at counts.
    const seen = values.map((v, i) => (types.get(inst.args[i]!) === "ptr" ? `*${this.load(v, 8)}` : String(v)));
    this.trace.push(`${name}(${seen.join(", ")})`);
    const hash = values.reduce(
      (h, _, i) => h * 1_000_003n + BigInt(seen[i]!.length) + 17n,
      BigInt(this.trace.length) * 0x9e37_79b9_7f4a_7c15n,
    );
    return inst.ty === "void" ? undefined : u(bitsOf(inst.ty), hash);
  }

  #atomic(inst: Extract<Inst, { op: "atomic" }>, get: (id: ValueId) => bigint): bigint | undefined {
    const at = get(inst.base) + BigInt(inst.off);
    const bits = (inst.size * 8) as 32 | 64;
    const old = this.load(at, inst.size);
    const value = u(bits, get(inst.value));
    if (inst.fn === "xchg") this.store(at, inst.size, value);
    else if (inst.fn === "cmpxchg") {
      if (old === u(bits, get(inst.expected!))) this.store(at, inst.size, value);
    } else this.store(at, inst.size, evalBin(inst.fn, bits, old, value));
    return inst.ty === "void" ? undefined : old;
  }
}

/** Runs one function of a program. */
export function run(program: IrProgram, name: string, args: readonly bigint[] = []): Outcome {
  const machine = new Machine(program);
  const fn = program.functions.find((f) => f.name === name);
  if (!fn) throw new Error(`no function ${name}`);
  const result = machine.call(fn, args);
  return { result, trace: [...machine.trace, ...machine.globals()] };
}
