/** Runs SSA as its model defines it: the reference for what code generation makes of it. */
import type { BlockId, Inst, IrFunction, ValueId } from "../../../src/asm/ir/model.ts";
import {
  atomicResult,
  compute,
  holds,
  isPointer,
  type Pointer,
  Region,
  swapBytes,
  type Value,
  type World,
} from "./memory.ts";

const aluNames: Readonly<Record<string, string>> = {
  udiv: "div",
  umod: "mod",
  shl: "lsh",
  lshr: "rsh",
  ashr: "arsh",
};

export function runIr(fn: IrFunction, params: readonly Value[], world: World): Value | undefined {
  const values = new Map<ValueId, Value>();
  const blocks = new Map(fn.blocks.map((b) => [b.id, b]));
  const slots = new Map(fn.slots.map((slot) => [slot.id, new Region(slot.name, slot.size, false)]));
  const types = new Map(fn.blocks.flatMap((b) => b.insts.map((inst) => [inst.id, inst.ty] as const)));
  const value = (id: ValueId): Value => values.get(id)!;
  const number = (id: ValueId): bigint => {
    const v = value(id);
    if (isPointer(v)) throw new Error(`%${id} is a pointer`);
    return v;
  };
  const bitsOf = (id: ValueId) => (types.get(id) === "i32" ? 32 : 64);
  const at = (base: ValueId, off: number): Pointer => {
    const p = value(base) as Pointer;
    return { region: p.region, off: p.off + off };
  };

  function evaluate(inst: Inst): Value | undefined {
    const bits = inst.ty === "i32" ? 32 : 64;
    switch (inst.op) {
      case "const":
        return inst.value;
      case "undef":
        return 0n;
      case "param": {
        const v = params[inst.index]!;
        return isPointer(v) ? v : BigInt.asUintN(bits, v);
      }
      case "bin": {
        const [a, b] = [value(inst.a), value(inst.b)];
        if (isPointer(a))
          return {
            region: a.region,
            off: a.off + (inst.fn === "add" ? 1 : -1) * Number(BigInt.asIntN(64, b as bigint)),
          };
        if (isPointer(b)) return { region: b.region, off: b.off + Number(BigInt.asIntN(64, a)) };
        return compute(aluNames[inst.fn] ?? inst.fn, a, b, bits);
      }
      case "neg":
        return BigInt.asUintN(bits, -number(inst.a));
      case "cmp":
        return holds(inst.fn, number(inst.a), number(inst.b), bitsOf(inst.a)) ? 1n : 0n;
      case "zext":
        return BigInt.asUintN(inst.from, number(inst.a));
      case "sext":
        return BigInt.asUintN(bits, BigInt.asIntN(inst.from, number(inst.a)));
      case "trunc":
        return BigInt.asUintN(32, number(inst.a));
      case "bswap":
        return swapBytes(number(inst.a), inst.bits);
      case "opaque":
      case "cast":
        return value(inst.a);
      case "slot":
        return { region: slots.get(inst.slot)!, off: 0 };
      case "addr":
        return { region: world.global(inst.symbol.name), off: 0 };
      case "load": {
        const p = at(inst.base, inst.off);
        const raw = p.region.load(p.off, inst.size);
        if (isPointer(raw) || !inst.signed) return raw;
        return BigInt.asUintN(bits, BigInt.asIntN(inst.size * 8, raw));
      }
      case "store": {
        const p = at(inst.base, inst.off);
        p.region.store(p.off, inst.size, value(inst.value));
        return undefined;
      }
      case "call": {
        if (inst.callee.kind !== "helper") throw new Error("helpers only");
        return BigInt.asUintN(bits, world.call(inst.callee.id, inst.args.map(value)));
      }
      case "atomic": {
        const p = at(inst.base, inst.off);
        const old = p.region.load(p.off, inst.size) as bigint;
        const expected = inst.expected === undefined ? 0n : number(inst.expected);
        const next = atomicResult(inst.fn, old, number(inst.value), expected, inst.size === 4 ? 32 : 64);
        if (next !== undefined) p.region.store(p.off, inst.size, next);
        return old;
      }
      default:
        throw new Error(inst.op);
    }
  }

  let id: BlockId = fn.blocks[0]!.id;
  let from: BlockId | undefined;
  for (let steps = 0; steps < 100_000; steps++) {
    const block = blocks.get(id)!;
    const phis = block.insts.flatMap((inst) =>
      inst.op === "phi" ? [[inst.id, value(inst.args.find((arg) => arg.block === from)!.value)] as const] : [],
    );
    for (const [phi, v] of phis) values.set(phi, v);
    for (const inst of block.insts) {
      if (inst.op === "phi") continue;
      const v = evaluate(inst);
      if (v !== undefined) values.set(inst.id, v);
    }
    const { term } = block;
    if (term.op === "ret") return term.value === undefined ? undefined : value(term.value);
    if (term.op === "unreachable") throw new Error("unreachable");
    from = id;
    if (term.op === "jump") id = term.to;
    else id = holds(term.fn, number(term.a), number(term.b), bitsOf(term.a)) ? term.then : term.else;
  }
  throw new Error("endless");
}
