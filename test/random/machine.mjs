// Runs the objects of random programs outside of a kernel: an interpreter of eBPF with the helpers that they call. The
// kernel has the last word; this one is quick, which is what cutting a program down needs.
import { readElf } from "./elf.mjs";

const MEMORY = 1 << 20;
const STACK = 4096;
const FRAME = 512;
const MOST_STEPS = 2_000_000;
const VALUE_ROOM = 256;
const CONTEXT = 64n;
const MAP_MARK = 0x4000_0000n;
const CODE_MARK = 0x8000_0000n;

const u64 = (value) => BigInt.asUintN(64, value);
const s64 = (value) => BigInt.asIntN(64, value);

const OPERATIONS = {
  0: (a, b) => a + b,
  1: (a, b) => a - b,
  2: (a, b) => a * b,
  4: (a, b) => a | b,
  5: (a, b) => a & b,
  6: (a, b, bits) => a << (b & BigInt(bits - 1)),
  7: (a, b, bits) => a >> (b & BigInt(bits - 1)),
  10: (a, b) => a ^ b,
  12: (a, b, bits) => BigInt.asIntN(bits, a) >> (b & BigInt(bits - 1)),
};

function divided(signed, modulo, bits, left, right) {
  const [a, b] = signed ? [BigInt.asIntN(bits, left), BigInt.asIntN(bits, right)] : [left, right];
  if (b === 0n) return modulo ? a : 0n;
  return modulo ? a % b : a / b;
}

const CONDITIONS = {
  1: (a, b) => a === b,
  2: (a, b) => a > b,
  3: (a, b) => a >= b,
  4: (a, b) => (a & b) !== 0n,
  5: (a, b) => a !== b,
  10: (a, b) => a < b,
  11: (a, b) => a <= b,
};

const SIGNED_CONDITIONS = {
  6: (a, b) => a > b,
  7: (a, b) => a >= b,
  12: (a, b) => a < b,
  13: (a, b) => a <= b,
};

const swapped = (value, bits) => {
  let result = 0n;
  for (let i = 0; i < bits / 8; i++) result = (result << 8n) | ((value >> BigInt(8 * i)) & 0xffn);
  return result;
};

const SIZES = { 0: 4, 8: 2, 16: 1, 24: 8 };

class Machine {
  #memory = Buffer.alloc(MEMORY);
  #elf;
  #bases = new Map();
  #maps = [];
  #steps = 0;

  constructor(file, source) {
    this.#elf = readElf(file);
    // length and protocol of the packet of zeros that the kernel's test run is given
    this.#memory.writeUInt32LE(64, Number(CONTEXT));
    this.#memory.writeUInt32LE(0x0400, Number(CONTEXT) + 16);
    let at = 1024;
    for (const section of this.#elf.sections) {
      if (!/^\.(data|bss|rodata)/.test(section.name)) continue;
      this.#bases.set(section.index, at);
      section.bytes.copy(this.#memory, at);
      at += (section.bytes.length + 63) & ~63;
    }
    for (const [, entries, name] of source.matchAll(/max_entries, (\d+)\).*} (\w+) SEC\("\.maps"\)/g)) {
      this.#maps.push({ name, entries: Number(entries), base: at });
      at += Number(entries) * VALUE_ROOM;
    }
  }

  /** Return value, and the bytes of the program's variables and maps by name. */
  run(program) {
    const entry = this.#elf.symbols.find(({ name }) => name === program);
    const returned = this.#call({ section: entry.section, at: entry.value / 8 }, [CONTEXT, 0n, 0n, 0n, 0n], MEMORY);
    const left = this.#elf.symbols
      .filter(({ name, section }) => name.startsWith(`${program}_g`) && this.#bases.has(section))
      .map(({ name, section, value, size }) => {
        const start = this.#bases.get(section) + value;
        return [name, this.#memory.toString("hex", start, start + size)];
      });
    const maps = this.#maps.map(({ name, base, entries }) => [
      name,
      this.#memory.toString("hex", base, base + entries * VALUE_ROOM),
    ]);
    return { returned: BigInt.asUintN(32, returned), left: [...left, ...maps].sort((a, b) => (a[0] < b[0] ? -1 : 1)) };
  }

  #read(address, size) {
    const at = Number(address);
    if (size === 8) return this.#memory.readBigUInt64LE(at);
    return BigInt(this.#memory.readUIntLE(at, size));
  }

  #write(address, size, value) {
    const at = Number(address);
    if (size === 8) this.#memory.writeBigUInt64LE(u64(value), at);
    else this.#memory.writeUIntLE(Number(BigInt.asUintN(8 * size, value)), at, size);
  }

  #address(symbol, addend) {
    if (this.#bases.has(symbol.section)) return BigInt(this.#bases.get(symbol.section) + symbol.value + addend);
    const map = this.#maps.findIndex(({ name }) => name === symbol.name);
    if (map >= 0) return MAP_MARK + BigInt(map);
    return CODE_MARK + (BigInt(symbol.section) << 20n) + BigInt((symbol.value + addend) / 8);
  }

  #helper(id, r, top) {
    if (id === 1) {
      const map = this.#maps[Number(r[1] - MAP_MARK)];
      const key = Number(this.#read(r[2], 4));
      return key < map.entries ? BigInt(map.base + key * VALUE_ROOM) : 0n;
    }
    if (id !== 181) throw new Error(`helper ${id}`);
    const code = r[2] - CODE_MARK;
    const target = { section: Number(code >> 20n), at: Number(code & 0xfffffn) };
    for (let i = 0n; i < r[1]; i++) if (this.#call(target, [i, r[3], 0n, 0n, 0n], top - FRAME) !== 0n) return i + 1n;
    return r[1];
  }

  #target(section, at, imm, relocation) {
    if (!relocation) return { section, at: at + 1 + imm };
    const { symbol } = relocation;
    return { section: symbol.section, at: symbol.value / 8 + imm + 1 };
  }

  /** Calls what begins at instruction `at` of a section; `top` is where its stack frame ends. */
  #call({ section, at: start }, args, top) {
    const code = this.#elf.sections[section].bytes;
    const relocations = this.#elf.relocations.get(section) ?? new Map();
    if (top - FRAME < MEMORY - STACK) throw new Error("stack");
    this.#memory.fill(0, top - FRAME, top);
    const r = [0n, ...args, 0n, 0n, 0n, 0n, BigInt(top)];
    for (let at = start; ; at++) {
      if (++this.#steps > MOST_STEPS) throw new Error("too many steps");
      const opcode = code[at * 8];
      const [dst, src] = [code[at * 8 + 1] & 15, code[at * 8 + 1] >> 4];
      const [off, imm] = [code.readInt16LE(at * 8 + 2), code.readInt32LE(at * 8 + 4)];
      const kind = opcode & 7;
      if (opcode === 0x18) {
        const relocation = relocations.get(at * 8);
        const high = code.readUInt32LE(at * 8 + 12);
        r[dst] = relocation ? this.#address(relocation.symbol, imm) : (BigInt(high) << 32n) | BigInt(imm >>> 0);
        at++;
      } else if (kind === 7 || kind === 4) r[dst] = this.#alu(opcode, r, dst, src, off, imm);
      else if (kind === 1) {
        const size = SIZES[opcode & 24];
        const value = this.#read(s64(r[src]) + BigInt(off), size);
        r[dst] = (opcode & 0xe0) === 0x80 ? u64(BigInt.asIntN(8 * size, value)) : value;
      } else if (kind === 2 || opcode === 0x63 || opcode === 0x6b || opcode === 0x73 || opcode === 0x7b) {
        this.#write(s64(r[dst]) + BigInt(off), SIZES[opcode & 24], kind === 2 ? u64(BigInt(imm)) : r[src]);
      } else if (kind === 3) this.#atomic(opcode, r, dst, src, off, imm);
      else if (opcode === 0x95) return r[0];
      else if (opcode === 0x85) {
        if (src === 0) r[0] = this.#helper(imm, r, top);
        else r[0] = this.#call(this.#target(section, at, imm, relocations.get(at * 8)), r.slice(1, 6), top - FRAME);
      } else if (opcode === 0x05) at += off;
      else if (opcode === 0x06) at += imm;
      else at += this.#taken(opcode, r, dst, src, imm) ? off : 0;
    }
  }

  #taken(opcode, r, dst, src, imm) {
    const bits = (opcode & 7) === 5 ? 64 : 32;
    const a = BigInt.asUintN(bits, r[dst]);
    const b = BigInt.asUintN(bits, opcode & 8 ? r[src] : BigInt(imm));
    const condition = CONDITIONS[opcode >> 4];
    return condition ? condition(a, b) : SIGNED_CONDITIONS[opcode >> 4](BigInt.asIntN(bits, a), BigInt.asIntN(bits, b));
  }

  #alu(opcode, r, dst, src, off, imm) {
    const bits = (opcode & 7) === 7 ? 64 : 32;
    const op = opcode >> 4;
    if (op === 13) {
      const value = BigInt.asUintN(imm, r[dst]);
      return (opcode & 7) === 7 || opcode & 8 ? swapped(value, imm) : value;
    }
    const a = BigInt.asUintN(bits, r[dst]);
    const b = BigInt.asUintN(bits, opcode & 8 ? r[src] : BigInt(imm));
    const narrow = (value) => BigInt.asUintN(bits, value);
    if (op === 8) return narrow(-a);
    if (op === 11) return narrow(off === 0 ? b : BigInt.asIntN(off, b));
    if (op === 3 || op === 9) return narrow(divided(off === 1, op === 9, bits, a, b));
    return narrow(OPERATIONS[op](a, b, bits));
  }

  #atomic(opcode, r, dst, src, off, imm) {
    const size = SIZES[opcode & 24];
    const address = s64(r[dst]) + BigInt(off);
    const old = this.#read(address, size);
    const value = BigInt.asUintN(8 * size, r[src]);
    if (imm === 0xf1) {
      if (old === BigInt.asUintN(8 * size, r[0])) this.#write(address, size, value);
      r[0] = old;
      return;
    }
    const operation = { 0: 0, 4: 4, 5: 5, 10: 10 }[imm >> 4];
    this.#write(address, size, imm === 0xe1 ? value : OPERATIONS[operation](old, value, 64));
    if (imm & 1) r[src] = old;
  }
}

/** What a program of an object returns and leaves behind, as text; an error is told as such. */
export function runAlone(object, source, program) {
  try {
    const { returned, left } = new Machine(object, source).run(program);
    return JSON.stringify([String(returned), left]);
  } catch (error) {
    return `error: ${error.message}`;
  }
}
