/** Reads the text that `printIr` writes: passes are tested text in, text out. Errors are bugs of the test's author. */
import type { CoreAccess, CoreKind, LocalTypeRef } from "../../btf/core.ts";
import type { AtomicOp, Size } from "../../isa/insn.ts";
import { bug } from "../../support/bug.ts";
import type { FileId } from "../../support/span.ts";
import { type AddrSymbol, bitsOf, branchTo, type InstBody } from "./inst.ts";
import type {
  AccessTag,
  BinOp,
  Block,
  BlockId,
  CmpOp,
  Inst,
  IrCallee,
  IrFunction,
  IrProgram,
  IrType,
  PhiArg,
  Slot,
  SlotId,
  Term,
  ValueId,
} from "./model.ts";

const binOps = "add sub mul udiv sdiv umod smod and or xor shl lshr ashr".split(" ");
const nowhere = { file: 0 as FileId, start: 0, end: 0 };

/** Words of one line, taken from the left. */
class Words {
  readonly #words: string[];
  readonly #line: string;
  constructor(line: string) {
    this.#line = line;
    this.#words = line.match(/core\([^)]*\)|%\d+|-?\d+|[\w.$/-]+|[^\s]/g) ?? [];
  }
  get done(): boolean {
    return this.#words.length === 0;
  }
  next(): string {
    return this.#words.shift() ?? bug(`IR text ends early: ${this.#line}`);
  }
  peek(): string | undefined {
    return this.#words[0];
  }
  accept(word: string): boolean {
    if (this.#words[0] !== word) return false;
    this.#words.shift();
    return true;
  }
  expect(word: string): void {
    if (!this.accept(word)) bug(`IR text: expected '${word}' in: ${this.#line}`);
  }
  number(): number {
    return Number(this.next());
  }
  value(): ValueId {
    const word = this.next();
    return word.startsWith("%") ? (Number(word.slice(1)) as ValueId) : bug(`IR text: no value in: ${this.#line}`);
  }
  block(): BlockId {
    return Number(this.next().slice(1)) as BlockId;
  }
  type(): IrType {
    return this.next() as IrType;
  }
  /** `u32`: signedness and bytes. */
  access(): { signed: boolean; size: Size } {
    const word = this.next();
    return { signed: word.startsWith("s"), size: (Number(word.slice(1)) / 8) as Size };
  }
  address(): { base: ValueId; off: number } {
    this.expect("[");
    const base = this.value();
    let off = 0;
    if (!this.accept("]")) {
      const sign = this.next() === "-" ? -1 : 1;
      off = sign * this.number();
      this.expect("]");
    }
    return { base, off };
  }
}

function parseCore(word: string): CoreAccess {
  const found = /^core\((\w+) (\d+):([\d:]*)\)$/.exec(word) ?? bug(`IR text: ${word}`);
  const path = found[3]!.split(":").filter(Boolean).map(Number);
  return { kind: found[1] as CoreKind, root: Number(found[2]) as LocalTypeRef, path };
}

function parseFlags(words: Words): { volatile: boolean; tag?: AccessTag; core?: CoreAccess } {
  const volatile = words.accept("volatile");
  const tag = words.accept("as") ? (words.next() as AccessTag) : undefined;
  const core = words.peek()?.startsWith("core(") ? parseCore(words.next()) : undefined;
  return { volatile, ...(tag && { tag }), ...(core && { core }) };
}

function parseSymbol(words: Words): AddrSymbol {
  const kind = words.next() as AddrSymbol["kind"];
  const name = words.next();
  if (kind !== "global") return { kind, name };
  return { kind, name, addend: words.accept("+") ? words.number() : 0 };
}

function parseCall(words: Words): InstBody {
  const ty = words.next() as IrType | "void";
  const kind = words.next() as IrCallee["kind"];
  const callee: IrCallee = kind === "helper" ? { kind, id: words.number() } : { kind, name: words.next() };
  words.expect("(");
  const args: ValueId[] = [];
  while (!words.accept(")")) {
    args.push(words.value());
    words.accept(",");
  }
  return { op: "call", ty, callee, args };
}

function parseAtomic(words: Words): InstBody {
  const ty = words.next() as IrType | "void";
  const fn = words.next() as AtomicOp;
  const fetch = words.accept("fetch");
  const { size } = words.access();
  const { base, off } = words.address();
  words.expect(",");
  const value = words.value();
  const rest = { op: "atomic", ty, fn, size, fetch, base, off, value } as const;
  return words.accept(",") ? { ...rest, expected: words.value() } : rest;
}

function parsePhi(words: Words): InstBody {
  const ty = words.type();
  const args: PhiArg[] = [];
  while (!words.done) {
    const block = words.block();
    words.expect(":");
    args.push({ block, value: words.value() });
    words.accept(",");
  }
  return { op: "phi", ty, args };
}

function parseBody(words: Words): InstBody {
  const op = words.next();
  if (op.startsWith("core(")) {
    return { op: "core", access: parseCore(op), ty: words.type(), guess: BigInt(words.next()) };
  }
  if (binOps.includes(op)) {
    const ty = words.type();
    const a = words.value();
    words.expect(",");
    return { op: "bin", fn: op as BinOp, ty, a, b: words.value() };
  }
  switch (op) {
    case "const": {
      const ty = words.type();
      return { op, ty, value: BigInt.asUintN(bitsOf(ty), BigInt(words.next())) };
    }
    case "undef":
      return { op, ty: words.type() };
    case "param":
      return { op, ty: words.type(), index: words.number() };
    case "neg":
    case "opaque":
      return { op, ty: words.type(), a: words.value() };
    case "cast":
      return { op, ty: words.next() as "i64" | "ptr", a: words.value() };
    case "constant_p":
      words.expect("i32");
      return { op, ty: "i32", a: words.value() };
    case "trunc":
      words.expect("i32");
      return { op, ty: "i32", a: words.value() };
    case "cmp": {
      const ty = words.type();
      const fn = words.next() as CmpOp;
      const a = words.value();
      words.expect(",");
      return { op, ty, fn, a, b: words.value() };
    }
    case "zext":
    case "sext":
      return { op, ty: words.type(), from: words.number() as 8, a: words.value() };
    case "space_cast":
      return { op, ty: "ptr", toSpace: words.number(), fromSpace: words.number(), a: words.value() };
    case "bswap":
      return { op, ty: words.type(), bits: words.number() as 16, a: words.value() };
    case "slot":
      return { op, ty: "ptr", slot: Number(words.next().slice(1)) as SlotId };
    case "addr":
      return { op, ty: "ptr", symbol: parseSymbol(words) };
    case "load":
      return { op, ty: words.type(), ...words.access(), ...words.address(), ...parseFlags(words) };
    case "store": {
      const { size } = words.access();
      const at = words.address();
      words.expect(",");
      return { op, ty: "void", size, ...at, value: words.value(), ...parseFlags(words) };
    }
    case "copy": {
      const to = words.address();
      words.expect(",");
      const from = words.address();
      words.expect(",");
      const length = words.number();
      words.expect("align");
      const align = words.number() as Size;
      const { volatile } = parseFlags(words);
      return {
        op,
        ty: "void",
        dst: to.base,
        dstOff: to.off,
        src: from.base,
        srcOff: from.off,
        length,
        align,
        volatile,
      };
    }
    case "fill": {
      const to = words.address();
      words.expect(",");
      const byte = words.number();
      words.expect(",");
      const length = words.number();
      words.expect("align");
      return { op, ty: "void", dst: to.base, dstOff: to.off, byte, length, align: words.number() as Size };
    }
    case "call":
      return parseCall(words);
    case "atomic":
      return parseAtomic(words);
    case "barrier":
    case "trap":
      return { op, ty: "void" };
    case "unroll": {
      const a = words.value();
      words.expect(",");
      const times = words.next();
      return { op, ty: "void", a, times: times === "full" || times === "disable" ? times : Number(times) };
    }
    case "end":
      return { op, ty: "void", slot: Number(words.next().slice(1)) as SlotId };
    case "may_goto":
      return { op, ty: "i32" };
    case "phi":
      return parsePhi(words);
    default:
      return bug(`IR text: unknown '${op}'`);
  }
}

function parseTerm(words: Words): Term | undefined {
  switch (words.peek()) {
    case "jump":
      words.next();
      return { op: "jump", to: words.block() };
    case "ret":
      words.next();
      return words.done ? { op: "ret" } : { op: "ret", value: words.value() };
    case "unreachable":
      return { op: "unreachable" };
    case "br": {
      words.next();
      const fn = words.next() as CmpOp;
      const a = words.value();
      words.expect(",");
      const b = words.value();
      words.expect(",");
      const then = words.block();
      words.expect(",");
      const otherwise = words.block();
      return branchTo({ fn, a, b, ...(words.done ? {} : { likely: words.next() === "likely" }) }, then, otherwise);
    }
    default:
      return undefined;
  }
}

interface Reading {
  readonly slots: Slot[];
  readonly blocks: Block[];
  current: { id: BlockId; insts: Inst[] } | undefined;
  nextId: number;
}

function parseLine(line: string, cx: Reading): void {
  const label = /^b(\d+):$/.exec(line);
  if (label) {
    cx.current = { id: Number(label[1]) as BlockId, insts: [] };
    cx.nextId = Math.max(cx.nextId, cx.current.id + 1);
    return;
  }
  const slot = /^s(\d+): (\d+) align (\d) (\S+)$/.exec(line);
  if (slot) {
    const [, id, size, align, name] = slot;
    cx.slots.push({ id: Number(id) as SlotId, size: Number(size), align: Number(align) as Size, name: name! });
    return;
  }
  const block = cx.current ?? bug(`IR text outside a block: ${line}`);
  const words = new Words(line);
  const term = parseTerm(words);
  if (term) {
    cx.blocks.push({ ...block, term });
    return;
  }
  const named = words.peek()?.startsWith("%") ? words.value() : undefined;
  if (named !== undefined) words.expect("=");
  const id = named ?? ((1_000_000 + cx.nextId) as ValueId);
  cx.nextId = Math.max(cx.nextId, named === undefined ? cx.nextId + 1 : named + 1);
  block.insts.push({ ...parseBody(words), id } as Inst);
}

/** Instructions without a result have no number in the text: they get those after the greatest. */
function renumber(cx: Reading): Block[] {
  return cx.blocks.map((block) => ({
    ...block,
    insts: block.insts.map((inst) => (inst.ty === "void" ? { ...inst, id: cx.nextId++ as ValueId } : inst)),
  }));
}

/** One function. */
export function parseIr(text: string): IrFunction {
  const lines = text
    .split("\n")
    .map((line) => line.replace(/;.*/, "").trim())
    .filter(Boolean);
  const head =
    /^(static|global) (always|never|auto) ([\w.]+)\(([^)]*)\) (\w+)(?: section "([^"]*)")?$/.exec(lines[0] ?? "") ??
    bug(`IR text: no head in: ${lines[0]}`);
  const cx: Reading = { slots: [], blocks: [], current: undefined, nextId: 0 };
  for (const line of lines.slice(1)) parseLine(line, cx);
  const blocks = renumber(cx);
  return {
    name: head[3]!,
    params: head[4]!.split(",").flatMap((type) => (type.trim() ? [type.trim() as IrType] : [])),
    ret: head[5] as IrType | "void",
    linkage: head[1] as "static" | "global",
    inlining: head[2] as "always" | "never" | "auto",
    ...(head[6] !== undefined && { section: head[6] }),
    slots: cx.slots,
    blocks,
    nextId: cx.nextId,
    span: nowhere,
  };
}

/** Functions with an empty line between them. */
export const parseProgram = (text: string): IrProgram => ({
  functions: text
    .split(/\n\s*\n/)
    .filter((part) => part.trim())
    .map(parseIr),
});
