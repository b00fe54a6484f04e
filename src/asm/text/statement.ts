/** One instruction from its text, symbolic still: every form that `isa/print.ts` and llvm-objdump print. */
import type { AluOp, CondOp, Imm64, Insn, Reg, Src, Target, Width } from "../../isa/insn.ts";
import { aluRows, condRows, PSEUDO } from "../../isa/ops.ts";
import { readFetch, readLoad, readLocked, readRelease, readStore } from "./memory.ts";
import { type Reader, type RegName, Unreadable } from "./reader.ts";
import type { Token } from "./token.ts";

/** What names in the text stand for, told by whoever assembles. */
export interface Symbols {
  /** `call name` and `call 7`. */
  readonly call: (name: Token) => Insn;
  /** `rX = name + addend ll`. */
  readonly address: (name: Token, addend: number) => Imm64;
  /** `goto name`, `goto 1f`. */
  readonly label: (name: Token) => Target;
}

const aluByText: ReadonlyMap<string, AluOp> = new Map(
  aluRows.filter((row) => row.text.endsWith("=")).map((row) => [row.text, row.op]),
);
const condByText: ReadonlyMap<string, CondOp> = new Map(condRows.map((row) => [row.text, row.op]));
const ENDIAN = /^(le|be|bswap)(16|32|64)$/;

/** Throws `Unreadable`. */
export function readInsn(r: Reader, symbols: Symbols): Insn {
  const insn = begin(r, symbols);
  r.end();
  return insn;
}

function begin(r: Reader, symbols: Symbols): Insn {
  if (r.registerAt()) return assignment(r, r.register(), symbols);
  if (r.is("*")) return readStore(r);
  const read = keywords.get(r.next?.text ?? "");
  if (!read) r.refuse("an instruction");
  r.take();
  return read!(r, symbols);
}

/** Reads on behind the keyword. */
type Read = (r: Reader, symbols: Symbols) => Insn;

const keywords: ReadonlyMap<string, Read> = new Map<string, Read>([
  ["exit", () => ({ kind: "exit" })],
  ["goto", (r, s) => ({ kind: "jump", target: target(r, s, 16) })],
  ["gotol", (r, s) => ({ kind: "jump", target: target(r, s, 32), long: true })],
  ["may_goto", (r, s) => ({ kind: "may_goto", target: target(r, s, 16) })],
  ["gotox", (r) => ({ kind: "gotox", dst: r.register(64).reg })],
  ["callx", (r) => ({ kind: "callx", dst: r.register(64).reg })],
  ["call", call],
  ["if", condition],
  ["lock", readLocked],
  ["store_release", readRelease],
  ["ld_pseudo", pseudo],
]);

function target(r: Reader, symbols: Symbols, bits: 16 | 32): Target {
  if (r.next?.kind === "word" || r.next?.kind === "local") return symbols.label(r.take());
  return { off: r.signed(bits) };
}

function call(r: Reader, symbols: Symbols): Insn {
  if (r.next?.kind === "word" || r.next?.kind === "local") return symbols.call(r.take());
  return { kind: "call", callee: { kind: "helper", id: r.imm() } };
}

function condition(r: Reader, symbols: Symbols): Insn {
  const { reg: dst, width } = r.register();
  const op = condByText.get(r.next?.text ?? "");
  if (!op) r.refuse("a comparison");
  r.take();
  const src = source(r, width);
  r.need("goto");
  return { kind: "jump", cond: { op: op!, width, dst, src }, target: target(r, symbols, 16) };
}

const source = (r: Reader, width: Width): Src => (r.registerAt() ? { reg: r.register(width).reg } : { imm: r.imm() });

/** Behind the register that begins a statement. */
function assignment(r: Reader, left: RegName, symbols: Symbols): Insn {
  const op = aluByText.get(r.next?.text ?? "");
  if (!op) r.refuse("an assignment");
  r.take();
  if (op === "mov") return move(r, left, symbols);
  return { kind: "alu", op: op!, width: left.width, dst: left.reg, src: source(r, left.width) };
}

function move(r: Reader, { reg: dst, width }: RegName, symbols: Symbols): Insn {
  if (r.is("*")) return readLoad(r, dst, width);
  if (r.is("-") && r.registerAt(1)) return negation(r, dst, width);
  if (r.is("(") && /^s(8|16|32)$/.test(r.peek(1)?.text ?? "")) return extension(r, dst, width);
  if (r.registerAt()) return { kind: "alu", op: "mov", width, dst, src: source(r, width) };
  if (r.next?.kind === "word") return named(r, dst, width, symbols);
  return constant(r, dst, width);
}

function negation(r: Reader, dst: Reg, width: Width): Insn {
  r.need("-");
  if (r.register(width).reg !== dst) throw new Unreadable("a register can only be negated in place", r.peek(-1)!);
  return { kind: "neg", width, dst };
}

function extension(r: Reader, dst: Reg, width: Width): Insn {
  r.need("(");
  const op = `mov${r.take().text}` as AluOp;
  r.need(")");
  if (op === "movs32" && width === 32) r.refuse("a 64-bit register on the left");
  return { kind: "alu", op, width, dst, src: { reg: r.register(width).reg } };
}

/** `rX = word...`: an operation that is spelled as a word, or an address. */
function named(r: Reader, dst: Reg, width: Width, symbols: Symbols): Insn {
  const atomic = readFetch(r, dst);
  if (atomic) return atomic;
  const endian = ENDIAN.exec(r.next!.text);
  if (endian && r.registerAt(1)) return swap(r, dst, endian[1]!, Number(endian[2]) as 16 | 32 | 64);
  if (r.is("addr_space_cast") && r.is("(", 1)) return spaceCast(r, dst);
  if (width === 32) r.refuse("a register or a number");
  const name = r.take();
  const addend = r.is("+") || r.is("-") ? r.imm() : 0;
  r.need("ll");
  return { kind: "ld_imm64", dst, value: symbols.address(name, addend) };
}

function swap(r: Reader, dst: Reg, text: string, bits: 16 | 32 | 64): Insn {
  r.take();
  if (r.register(64).reg !== dst) throw new Unreadable("bytes can only be swapped in place", r.peek(-1)!);
  return { kind: "endian", op: text === "bswap" ? "swap" : (text as "le" | "be"), bits, dst };
}

function spaceCast(r: Reader, dst: Reg): Insn {
  r.need("addr_space_cast", "(");
  const src = r.register(64).reg;
  r.need(",");
  const to = Number(r.number(16)) & 0xffff;
  r.need(",");
  const from = Number(r.number(16)) & 0xffff;
  r.need(")");
  return { kind: "addr_space_cast", dst, src, to, from };
}

/** A number: in the instruction, or with `ll` in 64 bits. */
function constant(r: Reader, dst: Reg, width: Width): Insn {
  const first = r.next;
  const value = r.number(64);
  if (width === 64 && r.takeIf("ll"))
    return { kind: "ld_imm64", dst, value: { kind: "int", value: BigInt.asUintN(64, value) } };
  return { kind: "alu", op: "mov", width, dst, src: { imm: r.keep32(value, first!) } };
}

/** `ld_pseudo rX, SOURCE, BITS`: the `src` field and both immediates of a 64-bit load as numbers. */
function pseudo(r: Reader): Insn {
  const dst = r.register(64).reg;
  r.need(",");
  const kind = r.imm();
  r.need(",");
  const bits = BigInt.asUintN(64, r.number(64));
  const low = Number(BigInt.asIntN(32, bits));
  const high = Number(BigInt.asIntN(32, bits >> 32n));
  const value = pseudoValue(kind, bits, low, high);
  if (!value) r.refuse("a pseudo source from 0 to 6 and a number that fits it");
  return { kind: "ld_imm64", dst, value: value! };
}

function pseudoValue(kind: number, value: bigint, low: number, high: number): Imm64 | undefined {
  switch (kind) {
    case PSEUDO.INT:
      return { kind: "int", value };
    case PSEUDO.MAP_VALUE:
      return { kind: "map_value", fd: low, off: high };
    case PSEUDO.BTF_ID:
      return { kind: "btf_id", btfId: low, fd: high };
    case PSEUDO.MAP_IDX_VALUE:
      return { kind: "map_idx_value", idx: low, off: high };
  }
  if (high !== 0) return undefined;
  if (kind === PSEUDO.MAP_FD) return { kind: "map_fd", fd: low };
  if (kind === PSEUDO.FUNC) return { kind: "func_off", off: low };
  return kind === PSEUDO.MAP_IDX ? { kind: "map_idx", idx: low } : undefined;
}
