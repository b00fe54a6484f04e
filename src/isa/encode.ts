/**
 * Instructions to bytes, little-endian. Every operand must be a number by now: names are the business of whoever knows
 * what they stand for (the ELF writer, the linker), labels that of `layout.ts`. RFC 9669 section 3.
 */
import { assertNever, bug } from "../support/bug.ts";
import { ByteWriter } from "../support/bytes.ts";
import { fitsS16 } from "../support/int.ts";
import type { Callee, Imm64, Insn, Reg, Src, Target } from "./insn.ts";
import {
  ADDR_SPACE_CAST,
  ATOMIC_FETCH,
  aluByOp,
  atomicByOp,
  CALL,
  CALL_KFUNC,
  CALL_SUBPROG,
  CLASS,
  condByOp,
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
  sizeBits,
} from "./ops.ts";

/** Fields of one slot; `next` is the `imm` of the second slot of `ld_imm64`. */
interface Fields {
  readonly code: number;
  readonly dst?: number;
  readonly src?: number;
  readonly off?: number;
  readonly imm?: number;
  readonly next?: number;
}

/** Bytes of a whole stream. Throws `InternalError` for an operand that is still a name or does not fit its field. */
export function encodeInsns(insns: readonly Insn[]): Uint8Array {
  const out = new ByteWriter();
  for (const insn of insns) put(out, fieldsOf(insn));
  return out.finish();
}

/** Bytes of one instruction: 8, or 16 for `ld_imm64`. */
export const encodeInsn = (insn: Insn): Uint8Array => encodeInsns([insn]);

function put(out: ByteWriter, { code, dst = 0, src = 0, off = 0, imm = 0, next }: Fields): void {
  if (!fitsS16(off)) bug(`offset ${off} does not fit 16 bits`);
  out
    .u8(code)
    .u8((src << 4) | dst)
    .u16(off & 0xffff)
    .u32(imm >>> 0);
  if (next !== undefined) out.u32(0).u32(next >>> 0);
}

function fieldsOf(insn: Insn): Fields {
  switch (insn.kind) {
    case "alu": {
      const { code, off } = aluByOp[insn.op];
      return { dst: insn.dst, off, ...operand(insn.src, code | aluClass(insn.width)) };
    }
    case "neg":
      return { code: NEG | aluClass(insn.width), dst: insn.dst };
    case "endian": {
      const code = insn.op === "swap" ? CLASS.ALU64 : insn.op === "be" ? CLASS.ALU | SRC_X : CLASS.ALU;
      return { code: END | code, dst: insn.dst, imm: insn.bits };
    }
    case "addr_space_cast": {
      const code = aluByOp.mov.code | CLASS.ALU64 | SRC_X;
      return { code, dst: insn.dst, src: insn.src, off: ADDR_SPACE_CAST, imm: (insn.to << 16) | insn.from };
    }
    case "load": {
      const mode = insn.signed ? MODE.MEMSX : MODE.MEM;
      return { code: CLASS.LDX | mode | sizeBits[insn.size], dst: insn.dst, src: insn.base, off: insn.off };
    }
    case "store": {
      const code = MODE.MEM | sizeBits[insn.size];
      const { base: dst, off } = insn;
      return "imm" in insn.src
        ? { code: CLASS.ST | code, dst, off, imm: insn.src.imm }
        : { code: CLASS.STX | code, dst, off, src: insn.src.reg };
    }
    case "atomic": {
      const imm = atomicByOp[insn.op].imm | (insn.fetch ? ATOMIC_FETCH : 0);
      return { code: atomicCode(insn.size), dst: insn.base, src: insn.src, off: insn.off, imm };
    }
    case "load_acquire":
      return { code: atomicCode(insn.size), dst: insn.dst, src: insn.base, off: insn.off, imm: LOAD_ACQUIRE };
    case "store_release":
      return { code: atomicCode(insn.size), dst: insn.base, src: insn.src, off: insn.off, imm: STORE_RELEASE };
    case "load_packet": {
      const mode = insn.src === undefined ? MODE.ABS : MODE.IND;
      return { code: CLASS.LD | mode | sizeBits[insn.size], src: insn.src ?? 0, imm: insn.imm };
    }
    case "ld_imm64":
      return { code: CLASS.LD | MODE.IMM | sizeBits[8], dst: insn.dst, ...wide(insn.value) };
    case "jump":
      return jumpFields(insn);
    case "may_goto":
      return { code: CLASS.JMP | JCOND, off: offOf(insn.target) };
    case "gotox":
      return { code: CLASS.JMP | JA | SRC_X, dst: insn.dst };
    case "call":
      return { code: CLASS.JMP | CALL, ...callFields(insn.callee) };
    case "callx":
      return { code: CLASS.JMP | CALL | SRC_X, dst: insn.dst };
    case "exit":
      return { code: CLASS.JMP | EXIT };
    case "raw":
      return rawFields(insn.bytes);
    default:
      return assertNever(insn);
  }
}

function rawFields(bytes: bigint): Fields {
  const [code, regs] = [Number(bytes & 0xffn), Number((bytes >> 8n) & 0xffn)];
  const off = Number(BigInt.asIntN(16, bytes >> 16n));
  return { code, dst: regs & 15, src: regs >> 4, off, imm: Number(BigInt.asIntN(32, bytes >> 32n)) };
}

const aluClass = (width: 32 | 64): number => (width === 64 ? CLASS.ALU64 : CLASS.ALU);
const atomicCode = (size: 1 | 2 | 4 | 8): number => CLASS.STX | MODE.ATOMIC | sizeBits[size];

/** The second operand, with the source bit in the opcode. */
const operand = (src: Src, code: number): { code: number; src?: Reg; imm?: number } =>
  "imm" in src ? { code, imm: src.imm } : { code: code | SRC_X, src: src.reg };

function jumpFields({ cond, target, long }: Extract<Insn, { kind: "jump" }>): Fields {
  if (cond) {
    const code = condByOp[cond.op].code | (cond.width === 64 ? CLASS.JMP : CLASS.JMP32);
    return { dst: cond.dst, off: offOf(target), ...operand(cond.src, code) };
  }
  return long ? { code: CLASS.JMP32 | JA, imm: offOf(target) } : { code: CLASS.JMP | JA, off: offOf(target) };
}

const offOf = (target: Target): number =>
  "off" in target ? target.off : bug(`label ${target.label} has no place yet`);

function callFields(callee: Callee): Omit<Fields, "code"> {
  switch (callee.kind) {
    case "helper":
      return { imm: callee.id };
    case "subprog_off":
      return { src: CALL_SUBPROG, imm: callee.off };
    case "kfunc_id":
      return { src: CALL_KFUNC, imm: callee.btfId, off: callee.off };
    case "subprog":
    case "kfunc":
      return bug(`${callee.name} has no number yet`);
    default:
      return assertNever(callee);
  }
}

function wide(value: Imm64): Omit<Fields, "code"> {
  switch (value.kind) {
    case "int":
      return { imm: Number(BigInt.asIntN(32, value.value)), next: Number(BigInt.asIntN(32, value.value >> 32n)) };
    case "map_fd":
      return { src: PSEUDO.MAP_FD, imm: value.fd, next: 0 };
    case "map_value":
      return { src: PSEUDO.MAP_VALUE, imm: value.fd, next: value.off };
    case "btf_id":
      return { src: PSEUDO.BTF_ID, imm: value.btfId, next: value.fd };
    case "func_off":
      return { src: PSEUDO.FUNC, imm: value.off, next: 0 };
    case "map_idx":
      return { src: PSEUDO.MAP_IDX, imm: value.idx, next: 0 };
    case "map_idx_value":
      return { src: PSEUDO.MAP_IDX_VALUE, imm: value.idx, next: value.off };
    case "map":
    case "global":
    case "func":
    case "extern":
      return bug(`${value.name} has no number yet`);
    default:
      return assertNever(value);
  }
}
