/** Memory operands: `*(u32 *)(r1 + 8)`, packet bytes, the atomics in all their spellings. */
import type { AtomicOp, Insn, Reg, Size } from "../../isa/insn.ts";
import { atomicRows } from "../../isa/ops.ts";
import type { Reader } from "./reader.ts";

interface Place {
  readonly base: Reg;
  readonly off: number;
}
interface Typed {
  readonly size: Size;
  readonly signed: boolean;
}

const sizes: Readonly<Record<string, Size>> = { "8": 1, "16": 2, "32": 4, "64": 8 };

/** `(u32 *)`, and whether it is signed. */
function cast(r: Reader): Typed {
  r.need("(");
  const match = /^([us])(8|16|32|64)$/.exec(r.next?.text ?? "");
  if (!match) r.refuse("a type such as 'u32'");
  r.take();
  r.need("*", ")");
  return { size: sizes[match![2]!]!, signed: match![1] === "s" };
}

function unsigned(r: Reader): Size {
  const { size, signed } = cast(r);
  if (signed) r.refuse("an unsigned type before it");
  return size;
}

/** `r1 + 8`, `r1 - 8`, `r1`. */
function sum(r: Reader): Place {
  const base = r.register(64).reg;
  const off = r.is("+") || r.is("-") ? r.signed(16) : 0;
  return { base, off };
}

function place(r: Reader): Place {
  r.need("(");
  const found = sum(r);
  r.need(")");
  return found;
}

/** A register that holds `size` bytes; narrow values may be named by either half. */
const held = (r: Reader, size: Size): Reg => r.register(size === 8 ? 64 : undefined).reg;

/** Behind `rX =`, at `*`. */
export function readLoad(r: Reader, dst: Reg, width: 32 | 64): Insn {
  r.need("*");
  const { size, signed } = cast(r);
  if (r.takeIf("skb")) return packet(r, dst, size);
  if ((signed || size === 8) && width === 32) r.refuse("a 64-bit register to load into");
  if (signed && size === 8) r.refuse("a type such as 's32'");
  return { kind: "load", size, signed, dst, ...place(r) };
}

function packet(r: Reader, dst: Reg, size: Size): Insn {
  if (dst !== 0 || size === 8) r.refuse("a load of 1, 2 or 4 bytes into r0");
  r.need("[");
  const src = r.registerAt() && r.register(64).reg;
  const imm = src === undefined || r.is("+") || r.is("-") ? r.imm() : 0;
  r.need("]");
  return { kind: "load_packet", size: size as 1 | 2 | 4, imm, ...(src !== undefined && { src }) };
}

/** At `*`, the beginning of a statement. */
export function readStore(r: Reader): Insn {
  r.need("*");
  const size = unsigned(r);
  const where = place(r);
  r.need("=");
  const src = r.registerAt() ? { reg: held(r, size) } : { imm: r.imm() };
  return { kind: "store", size, ...where, src };
}

const byText: ReadonlyMap<string, AtomicOp> = new Map(
  atomicRows.filter((row) => !row.alwaysFetch).map((row) => [row.text, row.op]),
);

/** Behind `lock`. */
export function readLocked(r: Reader): Insn {
  r.need("*");
  const size = atomicSize(r, unsigned(r));
  const where = place(r);
  const op = byText.get(r.next?.text ?? "");
  if (!op) r.refuse("one of '+=', '|=', '&=', '^='");
  r.take();
  return { kind: "atomic", op: op!, size, fetch: false, ...where, src: held(r, size) };
}

function atomicSize(r: Reader, size: Size): Size {
  if (size < 4) r.refuse("an atomic operation on 4 or 8 bytes");
  return size;
}

/** Behind `store_release`. */
export function readRelease(r: Reader): Insn {
  r.need("(");
  const size = unsigned(r);
  const where = place(r);
  r.need(",");
  const src = held(r, size);
  r.need(")");
  return { kind: "store_release", size, ...where, src };
}

const FETCH = /^atomic_fetch_(add|or|and|xor)$/;
const EXCHANGE = /^(cmp)?xchg(32_32|_64)$/;

/** Behind `rX =`, at a word: a fetching atomic, an exchange, `load_acquire`; undefined if it is none of them. */
export function readFetch(r: Reader, dst: Reg): Insn | undefined {
  const word = r.next?.text ?? "";
  if (word === "load_acquire") return acquire(r, dst);
  const fetch = FETCH.exec(word);
  if (fetch) return fetching(r, dst, fetch[1] as AtomicOp);
  const exchange = EXCHANGE.exec(word);
  return exchange ? exchanging(r, dst, exchange[1] !== undefined, exchange[2] === "_64" ? 8 : 4) : undefined;
}

function acquire(r: Reader, dst: Reg): Insn {
  r.need("load_acquire", "(");
  const size = unsigned(r);
  const where = place(r);
  r.need(")");
  return { kind: "load_acquire", size, dst, ...where };
}

function fetching(r: Reader, dst: Reg, op: AtomicOp): Insn {
  r.take();
  r.need("(");
  const size = atomicSize(r, unsigned(r));
  const where = place(r);
  r.need(",");
  sameRegister(r, dst);
  const src = held(r, size);
  r.need(")");
  return { kind: "atomic", op, size, fetch: true, ...where, src };
}

function exchanging(r: Reader, dst: Reg, isCompare: boolean, size: Size): Insn {
  r.take();
  r.need("(");
  const where = sum(r);
  r.need(",");
  sameRegister(r, isCompare ? 0 : dst);
  const first = held(r, size);
  if (isCompare) {
    if (dst !== 0) r.refuse("r0 on the left");
    r.need(",");
  }
  const src = isCompare ? held(r, size) : first;
  r.need(")");
  return { kind: "atomic", op: isCompare ? "cmpxchg" : "xchg", size, fetch: true, ...where, src };
}

function sameRegister(r: Reader, reg: Reg): void {
  if (r.registerAt()?.reg !== reg) r.refuse(`register ${reg} again`);
}
