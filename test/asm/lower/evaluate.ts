/** What a typed tree means in C, computed straight from the tree: the measure for `lower`. */
import { wrapTo } from "../../../src/asm/sema/fold.ts";
import { sizeOf } from "../../../src/asm/sema/layout.ts";
import type { TCase, TExpr, TFunction, TLocal, TPlace, TStmt, Unit } from "../../../src/asm/sema/tree.ts";
import type { CType } from "../../../src/asm/sema/types.ts";

class Jump {
  readonly kind: "break" | "continue" | "return";
  readonly value: bigint | undefined;
  constructor(kind: "break" | "continue" | "return", value?: bigint) {
    this.kind = kind;
    this.value = value;
  }
}

interface Spot {
  readonly bytes: Uint8Array;
  readonly off: number;
  readonly bits?: { size: number; bitOff: number; bitSize: number; signed: boolean };
}

type Frame = Map<TLocal, Uint8Array>;

const initial = (name: string): Uint8Array => Uint8Array.from({ length: 256 }, (_, i) => (i * 37 + name.length) & 0xff);

export class Evaluator {
  readonly #unit: Unit;
  readonly #globals = new Map<string, Uint8Array>();
  readonly trace: string[] = [];

  constructor(unit: Unit) {
    this.#unit = unit;
  }

  globals(names: readonly string[]): string[] {
    return names.map((name) => `${name}=${[...this.#global(name).slice(0, 64)]}`);
  }

  #global(name: string): Uint8Array {
    const bytes = this.#globals.get(name) ?? initial(name);
    this.#globals.set(name, bytes);
    return bytes;
  }

  call(fn: TFunction, args: readonly bigint[]): bigint | undefined {
    const frame: Frame = new Map();
    fn.params.forEach((param, i) => {
      this.#write(
        this.#spot(frame, { kind: "local", local: param, type: param.type, span: fn.span }),
        param.type,
        args[i] ?? 0n,
      );
    });
    try {
      this.#run(frame, fn.body);
    } catch (jump) {
      if (jump instanceof Jump && jump.kind === "return") return jump.value;
      throw jump;
    }
    return undefined;
  }

  #run(frame: Frame, s: TStmt): void {
    switch (s.kind) {
      case "block":
        for (const item of s.items) this.#run(frame, item);
        return;
      case "expr":
        this.#value(frame, s.expr);
        return;
      case "local":
        this.#init(frame, s);
        return;
      case "if":
        if (this.#value(frame, s.cond) !== 0n) this.#run(frame, s.then);
        else if (s.else) this.#run(frame, s.else);
        return;
      case "loop":
        this.#loop(frame, s);
        return;
      case "switch":
        this.#switch(frame, s);
        return;
      case "case":
        this.#run(frame, s.body);
        return;
      case "break":
      case "continue":
        throw new Jump(s.kind);
      case "return":
        throw new Jump("return", s.value && this.#value(frame, s.value));
      default:
        throw new Error(`no meaning for ${s.kind}`);
    }
  }

  #init(frame: Frame, s: Extract<TStmt, { kind: "local" }>): void {
    const bytes = new Uint8Array(sizeOf(s.local.type)!);
    if (s.init?.kind === "scalar") {
      const value = this.#value(frame, s.init.value);
      frame.set(s.local, bytes);
      this.#write({ bytes, off: 0 }, s.local.type, value);
    } else if (s.init?.kind === "copy" && s.init.from.kind === "load") {
      const from = this.#spot(frame, s.init.from.place);
      frame.set(s.local, from.bytes.slice(from.off, from.off + bytes.length));
    } else if (s.init?.kind === "parts") {
      frame.set(s.local, bytes);
      for (const part of s.init.parts)
        if (part.value.kind === "expr")
          this.#write({ bytes, off: part.off }, part.value.expr.type, this.#value(frame, part.value.expr));
    }
  }

  #loop(frame: Frame, s: Extract<TStmt, { kind: "loop" }>): void {
    let first = !s.testFirst;
    for (;;) {
      if (!first && s.cond && this.#value(frame, s.cond) === 0n) return;
      first = false;
      try {
        this.#run(frame, s.body);
      } catch (jump) {
        if (!(jump instanceof Jump) || jump.kind === "return") throw jump;
        if (jump.kind === "break") return;
      }
      if (s.step) this.#value(frame, s.step);
    }
  }

  #switch(frame: Frame, s: Extract<TStmt, { kind: "switch" }>): void {
    const value = this.#value(frame, s.value);
    const hit = (label: TCase): boolean => !!label.range && label.range.first <= value && value <= label.range.last;
    const target = s.cases.find(hit) ?? s.cases.find((label) => !label.range);
    const items = s.body.kind === "block" ? s.body.items : [];
    const start = items.findIndex((item) => item.kind === "case" && item.label === target);
    if (!target || start < 0) return;
    try {
      for (const item of items.slice(start)) this.#run(frame, item);
    } catch (jump) {
      if (!(jump instanceof Jump) || jump.kind !== "break") throw jump;
    }
  }

  #spot(frame: Frame, p: TPlace): Spot {
    switch (p.kind) {
      case "local": {
        const bytes = frame.get(p.local) ?? new Uint8Array(sizeOf(p.local.type)!);
        frame.set(p.local, bytes);
        return { bytes, off: 0 };
      }
      case "global":
        return { bytes: this.#global(p.name), off: 0 };
      case "field": {
        const base = this.#spot(frame, p.base);
        return { bytes: base.bytes, off: base.off + p.off, ...(p.bits && { bits: p.bits }) };
      }
      case "deref": {
        const { addr } = p;
        if (addr.kind !== "ptr_add" || addr.ptr.kind !== "addr") throw new Error("no such place");
        const base = this.#spot(frame, addr.ptr.place);
        return { bytes: base.bytes, off: base.off + Number(this.#value(frame, addr.offset)) };
      }
    }
  }

  #raw(at: Spot, size: number): bigint {
    let v = 0n;
    for (let i = size - 1; i >= 0; i--) v = (v << 8n) | BigInt(at.bytes[at.off + i] ?? 0);
    return v;
  }

  #read(at: Spot, type: CType): bigint {
    if (!at.bits) return wrapTo(this.#raw(at, sizeOf(type)!), type.kind === "bool" ? { kind: "bool" } : type);
    const cut = this.#raw(at, at.bits.size) >> BigInt(at.bits.bitOff);
    return at.bits.signed ? BigInt.asIntN(at.bits.bitSize, cut) : BigInt.asUintN(at.bits.bitSize, cut);
  }

  #write(at: Spot, type: CType, value: bigint): void {
    const size = at.bits?.size ?? sizeOf(type)!;
    let raw = value;
    if (at.bits) {
      const mask = ((1n << BigInt(at.bits.bitSize)) - 1n) << BigInt(at.bits.bitOff);
      raw = (this.#raw(at, size) & ~mask) | ((value << BigInt(at.bits.bitOff)) & mask);
    }
    for (let i = 0; i < size; i++) at.bytes[at.off + i] = Number((raw >> BigInt(8 * i)) & 0xffn);
  }

  #value(frame: Frame, e: TExpr): bigint {
    const of = (x: TExpr): bigint => this.#value(frame, x);
    switch (e.kind) {
      case "const":
        return e.value;
      case "load":
        return this.#read(this.#spot(frame, e.place), e.type);
      case "unary": {
        const v = of(e.operand);
        return e.op === "lnot" ? (v === 0n ? 1n : 0n) : wrapTo(e.op === "neg" ? -v : ~v, e.type);
      }
      case "arith":
        return arithmetic(e.op, of(e.left), of(e.right), e.type);
      case "compare":
        return comparison(e.op, of(e.left), of(e.right)) ? 1n : 0n;
      case "logical": {
        const left = of(e.left) !== 0n;
        if (left === (e.op === "or")) return left ? 1n : 0n;
        return of(e.right) !== 0n ? 1n : 0n;
      }
      case "cond":
        return of(e.cond) !== 0n ? of(e.then!) : of(e.else);
      case "convert":
        return wrapTo(of(e.operand), e.type);
      case "assign":
        return this.#assign(frame, e);
      case "update": {
        const value = of(e.value);
        const at = this.#spot(frame, e.place);
        const before = this.#read(at, e.place.type);
        const after = wrapTo(arithmetic(e.op, wrapTo(before, e.operation), value, e.operation), e.place.type);
        this.#write(at, e.place.type, after);
        return e.old ? before : this.#read(at, e.place.type);
      }
      case "call":
        return this.#call(frame, e);
      case "builtin":
        return builtin(e, of);
      default:
        throw new Error(`no meaning for ${e.kind}`);
    }
  }

  #assign(frame: Frame, e: Extract<TExpr, { kind: "assign" }>): bigint {
    if (e.type.kind === "record" && e.value.kind === "load") {
      const at = this.#spot(frame, e.place);
      const from = this.#spot(frame, e.value.place);
      at.bytes.set(from.bytes.slice(from.off, from.off + sizeOf(e.type)!), at.off);
      return 0n;
    }
    const value = this.#value(frame, e.value);
    const at = this.#spot(frame, e.place);
    this.#write(at, e.place.type, value);
    return this.#assigned(at, e);
  }

  #assigned(at: Spot, e: Extract<TExpr, { kind: "assign" }>): bigint {
    return this.#read(at, e.place.type);
  }

  #call(frame: Frame, e: Extract<TExpr, { kind: "call" }>): bigint {
    const args = e.args.map((arg) => this.#value(frame, arg));
    const { callee } = e;
    if (callee.kind === "function") {
      const fn = this.#unit.functions.find((f) => f.name === callee.name)!;
      return this.call(fn, args) ?? 0n;
    }
    if (callee.kind !== "kfunc") throw new Error("no such call");
    const seen = args.map((v, i) => String(BigInt.asUintN(sizeOf(e.args[i]!.type) === 8 ? 64 : 32, v)));
    this.trace.push(`${callee.name}(${seen.join(", ")})`);
    const hash = seen.reduce(
      (h, v) => h * 1_000_003n + BigInt(v.length) + 17n,
      BigInt(this.trace.length) * 0x9e37_79b9_7f4a_7c15n,
    );
    return e.type.kind === "void" ? 0n : wrapTo(hash, e.type);
  }
}

function comparison(op: Extract<TExpr, { kind: "compare" }>["op"], a: bigint, b: bigint): boolean {
  return { eq: a === b, ne: a !== b, lt: a < b, le: a <= b, gt: a > b, ge: a >= b }[op];
}

/** Division by zero as BPF defines it (RFC 9669, 4.1). */
function arithmetic(op: Extract<TExpr, { kind: "arith" }>["op"], a: bigint, b: bigint, type: CType): bigint {
  const table = {
    add: () => a + b,
    sub: () => a - b,
    mul: () => a * b,
    div: () => (b === 0n ? 0n : a / b),
    mod: () => (b === 0n ? a : a % b),
    and: () => a & b,
    or: () => a | b,
    xor: () => a ^ b,
    shl: () => a << b,
    shr: () => a >> b,
  };
  return wrapTo(table[op](), type);
}

function builtin(e: Extract<TExpr, { kind: "builtin" }>, of: (x: TExpr) => bigint): bigint {
  const { builtin: made } = e;
  if (made.kind === "popcount") return BigInt([...of(made.value).toString(2)].filter((digit) => digit === "1").length);
  if (made.kind !== "bswap") throw new Error("no such builtin");
  let v = BigInt.asUintN(made.bits, of(made.value));
  let out = 0n;
  for (let i = 0; i < made.bits; i += 8) {
    out = (out << 8n) | (v & 0xffn);
    v >>= 8n;
  }
  return out;
}
