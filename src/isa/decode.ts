/**
 * Bytes to instructions, little-endian. Strict: unknown opcodes and reserved fields that are not zero are errors, so what
 * decodes encodes to the same bytes again. The reasons are the kernel's texts (kernel/bpf/verifier.c:resolve_pseudo_ldimm64,
 * check_insn_fields and their callees in 7.2) where it has one.
 */
import type { AluOp, Callee, CondOp, Imm64, Insn, Reg, Size, Src, Width } from "./insn.ts";
import { slotCount } from "./insn.ts";
import {
  ADDR_SPACE_CAST,
  ATOMIC_FETCH,
  aluRows,
  atomicRows,
  CALL,
  CALL_KFUNC,
  CALL_SUBPROG,
  CLASS,
  condRows,
  END,
  EXIT,
  JA,
  JCOND,
  LOAD_ACQUIRE,
  MODE,
  NEG,
  PSEUDO,
  SRC_X,
  STORE_RELEASE,
  sizeOfBits,
} from "./ops.ts";

/** Bytes that are no instruction: `slot` counts from the start of what was given. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
  readonly slot: number;
  constructor(slot: number, text: string) {
    super(text);
    this.slot = slot;
  }
}

/** Every instruction of a stream. Throws `DecodeError` at the first slot that is none, or if bytes are left over. */
export function decodeInsns(bytes: Uint8Array): readonly Insn[] {
  const view = viewOf(bytes);
  const insns: Insn[] = [];
  for (let slot = 0; slot * 8 < bytes.length; ) {
    const insn = decodeClass(new Raw(view, slot));
    insns.push(insn);
    slot += slotCount(insn);
  }
  return insns;
}

/** The instruction that begins at a slot. Throws `DecodeError`. */
export const decodeInsn = (bytes: Uint8Array, slot: number): Insn => decodeClass(new Raw(viewOf(bytes), slot));

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** One slot, split into its fields. */
class Raw {
  readonly view: DataView;
  readonly slot: number;
  readonly code: number;
  readonly dst: number;
  readonly src: number;
  readonly off: number;
  readonly imm: number;

  constructor(view: DataView, slot: number) {
    const at = slot * 8;
    this.view = view;
    this.slot = slot;
    const left = view.byteLength - at;
    if (left < 8) throw new DecodeError(slot, `truncated instruction: ${left} of 8 bytes`);
    const regs = view.getUint8(at + 1);
    this.code = view.getUint8(at);
    this.dst = regs & 15;
    this.src = regs >> 4;
    this.off = view.getInt16(at + 2, true);
    this.imm = view.getInt32(at + 4, true);
    if (this.dst > 11) this.refuse(`R${this.dst} is invalid`);
    if (this.src > 11) this.refuse(`R${this.src} is invalid`);
  }

  /** Whether the second slot of `ld_imm64` is there and holds nothing but its `imm`. */
  get hasSecond(): boolean {
    const at = this.slot * 8 + 8;
    return at + 8 <= this.view.byteLength && this.view.getUint32(at, true) === 0;
  }
  get secondImm(): number {
    return this.view.getInt32(this.slot * 8 + 12, true);
  }

  refuse(text: string): never {
    throw new DecodeError(this.slot, text);
  }
}

type Field = "dst" | "src" | "off" | "imm";

function zero(raw: Raw, what: string, ...fields: readonly Field[]): void {
  for (const field of fields) if (raw[field] !== 0) raw.refuse(`${what} uses reserved fields`);
}

const unknown = (raw: Raw): never => raw.refuse(`unknown opcode ${raw.code.toString(16).padStart(2, "0")}`);
const reg = (n: number): Reg => n as Reg;
const sizeOf = (raw: Raw): Size => sizeOfBits[(raw.code >> 3) & 3]!;
const modeOf = (raw: Raw): number => raw.code & 0xe0;

function decodeClass(raw: Raw): Insn {
  switch (raw.code & 7) {
    case CLASS.LD:
      return decodeLd(raw);
    case CLASS.LDX:
      return decodeLoad(raw);
    case CLASS.ST:
      if (modeOf(raw) !== MODE.MEM) return unknown(raw);
      zero(raw, "BPF_ST", "src");
      return { kind: "store", size: sizeOf(raw), base: reg(raw.dst), off: raw.off, src: { imm: raw.imm } };
    case CLASS.STX:
      return decodeStx(raw);
    case CLASS.ALU:
      return decodeAlu(raw, 32);
    case CLASS.ALU64:
      return decodeAlu(raw, 64);
    case CLASS.JMP:
      return decodeJump(raw, 64);
    default:
      return decodeJump(raw, 32);
  }
}

function decodeLd(raw: Raw): Insn {
  const size = sizeOf(raw);
  const mode = modeOf(raw);
  if (mode === MODE.IMM && size === 8) return { kind: "ld_imm64", dst: reg(raw.dst), value: decodeWide(raw) };
  if ((mode !== MODE.ABS && mode !== MODE.IND) || size === 8) return unknown(raw);
  zero(raw, "BPF_LD_[ABS|IND]", "dst", "off");
  if (mode === MODE.IND) return { kind: "load_packet", size, imm: raw.imm, src: reg(raw.src) };
  zero(raw, "BPF_LD_[ABS|IND]", "src");
  return { kind: "load_packet", size, imm: raw.imm };
}

function decodeWide(raw: Raw): Imm64 {
  if (!raw.hasSecond) return raw.refuse("invalid bpf_ld_imm64 insn");
  zero(raw, "BPF_LD_IMM64", "off");
  const low = raw.imm;
  const high = raw.secondImm;
  const alone = (value: Imm64): Imm64 => (high === 0 ? value : raw.refuse("unrecognized bpf_ld_imm64 insn"));
  switch (raw.src) {
    case PSEUDO.INT:
      return { kind: "int", value: (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0) };
    case PSEUDO.MAP_FD:
      return alone({ kind: "map_fd", fd: low });
    case PSEUDO.MAP_VALUE:
      return { kind: "map_value", fd: low, off: high };
    case PSEUDO.BTF_ID:
      return { kind: "btf_id", btfId: low, fd: high };
    case PSEUDO.FUNC:
      return alone({ kind: "func_off", off: low });
    case PSEUDO.MAP_IDX:
      return alone({ kind: "map_idx", idx: low });
    case PSEUDO.MAP_IDX_VALUE:
      return { kind: "map_idx_value", idx: low, off: high };
    default:
      return raw.refuse("unrecognized bpf_ld_imm64 insn");
  }
}

function decodeLoad(raw: Raw): Insn {
  const size = sizeOf(raw);
  const signed = modeOf(raw) === MODE.MEMSX;
  if ((!signed && modeOf(raw) !== MODE.MEM) || (signed && size === 8)) return unknown(raw);
  zero(raw, "BPF_LDX", "imm");
  return { kind: "load", size, signed, dst: reg(raw.dst), base: reg(raw.src), off: raw.off };
}

function decodeStx(raw: Raw): Insn {
  const size = sizeOf(raw);
  const { off, imm } = raw;
  if (modeOf(raw) === MODE.MEM) {
    zero(raw, "BPF_STX", "imm");
    return { kind: "store", size, base: reg(raw.dst), off, src: regSrcs[raw.src]! };
  }
  if (modeOf(raw) !== MODE.ATOMIC) return unknown(raw);
  if (imm === LOAD_ACQUIRE) return { kind: "load_acquire", size, dst: reg(raw.dst), base: reg(raw.src), off };
  if (imm === STORE_RELEASE) return { kind: "store_release", size, base: reg(raw.dst), off, src: reg(raw.src) };
  const fetch = (imm & ATOMIC_FETCH) !== 0;
  const row = atomicRows.find((r) => r.imm === (imm & ~ATOMIC_FETCH));
  if (!row || (row.alwaysFetch && !fetch)) {
    return raw.refuse(`BPF_ATOMIC uses invalid atomic opcode ${(imm >>> 0).toString(16).padStart(2, "0")}`);
  }
  if (size < 4) return raw.refuse("invalid atomic operand size");
  return { kind: "atomic", op: row.op, size, fetch, base: reg(raw.dst), off, src: reg(raw.src) };
}

/** The registers as operands, one object each for all instructions. */
const regSrcs: readonly Src[] = Array.from({ length: 12 }, (_, r) => ({ reg: reg(r) }));

const aluByCode: ReadonlyMap<number, AluOp> = new Map(aluRows.map((row) => [(row.off << 8) | row.code, row.op]));
const condByCode: ReadonlyMap<number, CondOp> = new Map(condRows.map((row) => [row.code, row.op]));

/** The second operand; the field that it does not use must be zero. */
function srcOf(raw: Raw, what: string): Src {
  if ((raw.code & SRC_X) === 0) {
    zero(raw, what, "src");
    return { imm: raw.imm };
  }
  zero(raw, what, "imm");
  return regSrcs[raw.src]!;
}

function decodeAlu(raw: Raw, width: Width): Insn {
  const code = raw.code & 0xf0;
  const dst = reg(raw.dst);
  const isReg = (raw.code & SRC_X) !== 0;
  if (code === NEG) {
    if (isReg) return unknown(raw);
    zero(raw, "BPF_NEG", "src", "off", "imm");
    return { kind: "neg", width, dst };
  }
  if (code === END) return decodeEndian(raw, width, isReg);
  const isMov = code === 0xb0;
  const what = isMov ? "BPF_MOV" : "BPF_ALU";
  if (isMov && isReg && width === 64 && raw.off === ADDR_SPACE_CAST) {
    return { kind: "addr_space_cast", dst, src: reg(raw.src), to: raw.imm >>> 16, from: raw.imm & 0xffff };
  }
  const isUnknown = !aluByCode.has(code);
  if (isUnknown) return unknown(raw);
  const op = raw.off >= 0 ? aluByCode.get((raw.off << 8) | code) : undefined;
  if (!op || (isMov && raw.off !== 0 && (!isReg || (op === "movs32" && width === 32)))) {
    return raw.refuse(`${what} uses reserved fields`);
  }
  return { kind: "alu", op, width, dst, src: srcOf(raw, what) };
}

function decodeEndian(raw: Raw, width: Width, isReg: boolean): Insn {
  if (width === 64 && isReg) return unknown(raw);
  zero(raw, "BPF_END", "src", "off");
  const { imm: bits } = raw;
  if (bits !== 16 && bits !== 32 && bits !== 64) return raw.refuse("BPF_END uses reserved fields");
  return { kind: "endian", op: width === 64 ? "swap" : isReg ? "be" : "le", bits, dst: reg(raw.dst) };
}

function decodeJump(raw: Raw, width: Width): Insn {
  const code = raw.code & 0xf0;
  const isReg = (raw.code & SRC_X) !== 0;
  const op = condByCode.get(code);
  if (op) {
    const cond = { op, width, dst: reg(raw.dst), src: srcOf(raw, "BPF_JMP/JMP32") };
    return { kind: "jump", cond, target: { off: raw.off } };
  }
  if (code === JA) return decodeGoto(raw, width, isReg);
  if (width === 32) return unknown(raw);
  if (code === CALL) return decodeCall(raw, isReg);
  if (isReg) return unknown(raw);
  if (code === EXIT) {
    zero(raw, "BPF_EXIT", "dst", "src", "off", "imm");
    return { kind: "exit" };
  }
  if (code !== JCOND) return unknown(raw);
  if (raw.src || raw.dst || raw.imm) return raw.refuse(`invalid may_goto imm ${raw.imm}`);
  return { kind: "may_goto", target: { off: raw.off } };
}

function decodeGoto(raw: Raw, width: Width, isReg: boolean): Insn {
  if (isReg) {
    if (width === 32) return unknown(raw);
    zero(raw, "BPF_JA|BPF_X", "src", "off", "imm");
    return { kind: "gotox", dst: reg(raw.dst) };
  }
  if (width === 32) {
    zero(raw, "BPF_JA", "dst", "src", "off");
    return { kind: "jump", target: { off: raw.imm }, long: true };
  }
  zero(raw, "BPF_JA", "dst", "src", "imm");
  return { kind: "jump", target: { off: raw.off } };
}

function decodeCall(raw: Raw, isReg: boolean): Insn {
  if (isReg) {
    zero(raw, "BPF_CALL", "src", "off", "imm");
    return { kind: "callx", dst: reg(raw.dst) };
  }
  zero(raw, "BPF_CALL", "dst");
  return { kind: "call", callee: calleeOf(raw) };
}

function calleeOf(raw: Raw): Callee {
  if (raw.src === CALL_KFUNC) return { kind: "kfunc_id", btfId: raw.imm, off: raw.off };
  zero(raw, "BPF_CALL", "off");
  if (raw.src === CALL_SUBPROG) return { kind: "subprog_off", off: raw.imm };
  return raw.src === 0 ? { kind: "helper", id: raw.imm } : raw.refuse("BPF_CALL uses reserved fields");
}
