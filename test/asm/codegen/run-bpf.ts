/** Runs instructions the way the kernel's rules allow: unwritten registers, narrow work on pointers and the like throw. */
import type { Subprog } from "../../../src/asm/codegen/subprog.ts";
import type { Condition, Insn, Reg, Src } from "../../../src/isa/insn.ts";
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

const argumentCount = (insn: Insn): number =>
  insn.kind === "call" && insn.callee.kind === "helper" ? insn.callee.id >> 8 : 0;

export function runBpf(subprog: Subprog, params: readonly Value[], world: World): Value {
  const places = new Map(subprog.lines.flatMap((line, i) => (line.labels ?? []).map((label) => [label, i])));
  const stack = new Region("stack", 512, false);
  const regs: (Value | undefined)[] = [undefined, ...params];
  regs[10] = { region: stack, off: 512 };
  const read = (r: Reg): Value => {
    const v = regs[r];
    if (v === undefined) throw new Error(`r${r} !read_ok`);
    return v;
  };
  const write = (r: Reg, v: Value) => {
    if (r === 10) throw new Error("r10 is read only");
    regs[r] = isPointer(v) ? v : BigInt.asUintN(64, v);
  };
  const operand = (src: Src): Value => ("reg" in src ? read(src.reg) : BigInt.asUintN(64, BigInt(src.imm)));
  const narrow = (v: Value, bits: number): bigint => {
    if (isPointer(v)) throw new Error(`${bits}-bit work on a pointer`);
    return BigInt.asUintN(bits, v);
  };
  const at = (base: Reg, off: number): Pointer => {
    const p = read(base);
    if (!isPointer(p)) throw new Error(`r${base} is no pointer`);
    if (p.region === stack && (p.off + off < 512 - subprog.stackSize || p.off + off >= 512))
      throw new Error("off stack");
    return { region: p.region, off: p.off + off };
  };
  const asked = (c: Condition): boolean => {
    const [a, b] = [read(c.dst), operand(c.src)];
    return holds(c.op, narrow(a, c.width), narrow(b, c.width), c.width);
  };
  const alu = (insn: Insn & { kind: "alu" }) => {
    const { op, width, dst, src } = insn;
    const b = operand(src);
    if (op === "mov") return write(dst, width === 32 ? narrow(b, 32) : b);
    if (op.startsWith("movs")) {
      return write(dst, BigInt.asUintN(width, BigInt.asIntN(Number(op.slice(4)), narrow(b, 64))));
    }
    if ("imm" in src) {
      if (/div|mod/.test(op) && src.imm === 0) throw new Error("div by zero");
      if (/sh$/.test(op) && (src.imm < 0 || src.imm >= width)) throw new Error("invalid shift");
    }
    const a = read(dst);
    if (width === 64 && (op === "add" || op === "sub") && isPointer(a) && !isPointer(b)) {
      const by = Number(BigInt.asIntN(64, b));
      return write(dst, { region: a.region, off: a.off + (op === "add" ? by : -by) });
    }
    if (width === 64 && op === "add" && isPointer(b) && !isPointer(a)) {
      return write(dst, { region: b.region, off: b.off + Number(BigInt.asIntN(64, a)) });
    }
    return write(dst, compute(op, narrow(a, width), narrow(b, width), width));
  };

  let pc = 0;
  for (let steps = 0; steps < 200_000; steps++) {
    const { insn } = subprog.lines[pc++]!;
    switch (insn.kind) {
      case "alu":
        alu(insn);
        break;
      case "neg":
        write(insn.dst, BigInt.asUintN(insn.width, -narrow(read(insn.dst), insn.width)));
        break;
      case "endian":
        write(insn.dst, swapBytes(narrow(read(insn.dst), 64), insn.bits));
        break;
      case "load": {
        const p = at(insn.base, insn.off);
        const raw = p.region.load(p.off, insn.size);
        write(insn.dst, insn.signed ? BigInt.asIntN(insn.size * 8, narrow(raw, 64)) : raw);
        break;
      }
      case "store": {
        const p = at(insn.base, insn.off);
        p.region.store(p.off, insn.size, operand(insn.src));
        break;
      }
      case "atomic": {
        const bits = insn.size === 4 ? 32 : 64;
        const p = at(insn.base, insn.off);
        const old = narrow(p.region.load(p.off, insn.size), bits);
        const expected = insn.op === "cmpxchg" ? narrow(read(0), bits) : 0n;
        const next = atomicResult(insn.op, old, narrow(read(insn.src), bits), expected, bits);
        if (next !== undefined) p.region.store(p.off, insn.size, next);
        if (insn.fetch) write(insn.op === "cmpxchg" ? 0 : insn.src, old);
        break;
      }
      case "ld_imm64":
        if (insn.value.kind === "int") write(insn.dst, insn.value.value);
        else if (insn.value.kind === "global") write(insn.dst, { region: world.global(insn.value.name), off: 0 });
        else throw new Error(insn.value.kind);
        break;
      case "jump":
        if (!("label" in insn.target)) throw new Error("no label");
        if (!insn.cond || asked(insn.cond)) pc = places.get(insn.target.label)!;
        break;
      case "call": {
        if (insn.callee.kind !== "helper") throw new Error("helpers only");
        const args = Array.from({ length: argumentCount(insn) }, (_, i) => read((i + 1) as Reg));
        const result = world.call(insn.callee.id, args);
        regs.fill(undefined, 0, 6);
        write(0, result);
        break;
      }
      case "exit":
        return read(0);
      default:
        throw new Error(insn.kind);
    }
  }
  throw new Error("endless");
}
