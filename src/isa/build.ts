/** Constructors of instructions that read like assembly: `add64.imm(1, 22)` is `r1 += 22`. */
import type { AluOp, AtomicOp, CondOp, Imm64, Insn, Reg, Size, Target, Width } from "./insn.ts";

const alu = (op: AluOp, width: Width) => ({
  imm: (dst: Reg, imm: number): Insn => ({ kind: "alu", op, width, dst, src: { imm } }),
  reg: (dst: Reg, src: Reg): Insn => ({ kind: "alu", op, width, dst, src: { reg: src } }),
});

export const add64 = alu("add", 64);
export const sub64 = alu("sub", 64);
export const mul64 = alu("mul", 64);
export const div64 = alu("div", 64);
export const sdiv64 = alu("sdiv", 64);
export const mod64 = alu("mod", 64);
export const smod64 = alu("smod", 64);
export const or64 = alu("or", 64);
export const and64 = alu("and", 64);
export const xor64 = alu("xor", 64);
export const lsh64 = alu("lsh", 64);
export const rsh64 = alu("rsh", 64);
export const arsh64 = alu("arsh", 64);
export const mov64 = alu("mov", 64);
export const add32 = alu("add", 32);
export const sub32 = alu("sub", 32);
export const mul32 = alu("mul", 32);
export const div32 = alu("div", 32);
export const sdiv32 = alu("sdiv", 32);
export const mod32 = alu("mod", 32);
export const smod32 = alu("smod", 32);
export const or32 = alu("or", 32);
export const and32 = alu("and", 32);
export const xor32 = alu("xor", 32);
export const lsh32 = alu("lsh", 32);
export const rsh32 = alu("rsh", 32);
export const arsh32 = alu("arsh", 32);
export const mov32 = alu("mov", 32);

/** `dst = (s8)src`; a 32-bit move sign-extends 8 or 16 bits only. */
export const movs = (bits: 8 | 16 | 32, width: Width, dst: Reg, src: Reg): Insn => ({
  kind: "alu",
  op: `movs${bits}`,
  width,
  dst,
  src: { reg: src },
});
export const neg64 = (dst: Reg): Insn => ({ kind: "neg", width: 64, dst });
export const neg32 = (dst: Reg): Insn => ({ kind: "neg", width: 32, dst });
/** `r1 = be16 r1`. */
export const endian = (op: "le" | "be" | "swap", bits: 16 | 32 | 64, dst: Reg): Insn => ({
  kind: "endian",
  op,
  bits,
  dst,
});
/** `r1 = addr_space_cast(r2, to, from)`. */
export const addrSpaceCast = (dst: Reg, src: Reg, to: number, from: number): Insn => ({
  kind: "addr_space_cast",
  dst,
  src,
  to,
  from,
});

/** `dst = *(u32 *)(base + off)`, zero-extended to 64 bits. */
export const load = (size: Size, dst: Reg, base: Reg, off: number): Insn => ({
  kind: "load",
  size,
  signed: false,
  dst,
  base,
  off,
});
/** `dst = *(s32 *)(base + off)`, sign-extended to 64 bits. */
export const loadSigned = (size: 1 | 2 | 4, dst: Reg, base: Reg, off: number): Insn => ({
  kind: "load",
  size,
  signed: true,
  dst,
  base,
  off,
});
/** `*(u32 *)(base + off) = src`. */
export const store = (size: Size, base: Reg, off: number, src: Reg): Insn => ({
  kind: "store",
  size,
  base,
  off,
  src: { reg: src },
});
/** `*(u64 *)(base + off) = imm`; an 8-byte store sign-extends `imm`. */
export const storeImm = (size: Size, base: Reg, off: number, imm: number): Insn => ({
  kind: "store",
  size,
  base,
  off,
  src: { imm },
});
/** `lock *(u64 *)(base + off) += src`; `fetch` brings the old value back in `src` (`cmpxchg`: in r0). */
export const atomic = (op: AtomicOp, size: 4 | 8, base: Reg, off: number, src: Reg, fetch = false): Insn => ({
  kind: "atomic",
  op,
  size,
  fetch: fetch || op === "xchg" || op === "cmpxchg",
  base,
  off,
  src,
});
export const loadAcquire = (size: Size, dst: Reg, base: Reg, off: number): Insn => ({
  kind: "load_acquire",
  size,
  dst,
  base,
  off,
});
export const storeRelease = (size: Size, base: Reg, off: number, src: Reg): Insn => ({
  kind: "store_release",
  size,
  base,
  off,
  src,
});
/** `r0 = *(u8 *)skb[imm]`, or at the offset in `src`. */
export const loadPacket = (size: 1 | 2 | 4, imm: number, src?: Reg): Insn => ({
  kind: "load_packet",
  size,
  imm,
  ...(src !== undefined && { src }),
});

export const ldImm64 = (dst: Reg, value: Imm64): Insn => ({ kind: "ld_imm64", dst, value });
/** `r1 = 0xdeadbeef ll`. */
export const ldInt = (dst: Reg, value: bigint): Insn => ldImm64(dst, { kind: "int", value: BigInt.asUintN(64, value) });
/** The address of a map. */
export const ldMap = (dst: Reg, name: string): Insn => ldImm64(dst, { kind: "map", name });
/** The address of a global variable, `addend` bytes on. */
export const ldGlobal = (dst: Reg, name: string, addend = 0): Insn => ldImm64(dst, { kind: "global", name, addend });
/** The address of a subprogram. */
export const ldFunc = (dst: Reg, name: string): Insn => ldImm64(dst, { kind: "func", name });
/** The address or value of an extern. */
export const ldExtern = (dst: Reg, name: string): Insn => ldImm64(dst, { kind: "extern", name });

const target = (to: string | number): Target => (typeof to === "string" ? { label: to } : { off: to });

/** `goto to`: a label, or slots from the next instruction. */
export const jump = (to: string | number): Insn => ({ kind: "jump", target: target(to) });
/** `gotol to`, whose distance has 32 bits. */
export const jumpLong = (to: string | number): Insn => ({ kind: "jump", target: target(to), long: true });
const jumpIf = (op: CondOp, width: Width) => ({
  imm: (dst: Reg, imm: number, to: string | number): Insn => ({
    kind: "jump",
    cond: { op, width, dst, src: { imm } },
    target: target(to),
  }),
  reg: (dst: Reg, src: Reg, to: string | number): Insn => ({
    kind: "jump",
    cond: { op, width, dst, src: { reg: src } },
    target: target(to),
  }),
});
/** `if64("eq").imm(0, 0, "out")` is `if r0 == 0 goto out`. */
export const if64 = (op: CondOp) => jumpIf(op, 64);
export const if32 = (op: CondOp) => jumpIf(op, 32);
export const mayGoto = (to: string | number): Insn => ({ kind: "may_goto", target: target(to) });
export const gotox = (dst: Reg): Insn => ({ kind: "gotox", dst });

export const callHelper = (id: number): Insn => ({ kind: "call", callee: { kind: "helper", id } });
/** A bpf-to-bpf call: by name, or as slots from the next instruction. */
export const callSubprog = (to: string | number): Insn => ({
  kind: "call",
  callee: typeof to === "string" ? { kind: "subprog", name: to } : { kind: "subprog_off", off: to },
});
export const callKfunc = (name: string): Insn => ({ kind: "call", callee: { kind: "kfunc", name } });
/** A kfunc as linked: `off` picks the BTF, 0 for the kernel's own. */
export const callKfuncId = (btfId: number, off = 0): Insn => ({
  kind: "call",
  callee: { kind: "kfunc_id", btfId, off },
});
export const callx = (dst: Reg): Insn => ({ kind: "callx", dst });
export const exit = (): Insn => ({ kind: "exit" });
