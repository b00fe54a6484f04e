/** Selection of arithmetic, extensions and comparisons used as values. */

import type { AluOp } from "../../isa/insn.ts";
import { bug } from "../../support/bug.ts";
import { fitsS32, s32, s64 } from "../../support/int.ts";
import type { InstOf } from "../ir/inst.ts";
import type { BinOp, Inst, ValueId } from "../ir/model.ts";
import type { VCond, VReg, VSrc } from "./machine.ts";
import { type Compare, conditionOf } from "./select-branch.ts";
import type { Selector } from "./selector.ts";

/** `zext` and `sext` are one member of the union. */
type Extension = Extract<Inst, { readonly from: number }>;

interface OpRow {
  readonly alu: AluOp;
  readonly commutes?: true;
  /** How operands must be extended where 32-bit values have unknown upper halves. */
  readonly wants?: "unsigned" | "signed";
  readonly shift?: true;
  readonly divides?: true;
}

const rows: Readonly<Record<BinOp, OpRow>> = {
  add: { alu: "add", commutes: true },
  sub: { alu: "sub" },
  mul: { alu: "mul", commutes: true },
  udiv: { alu: "div", wants: "unsigned", divides: true },
  sdiv: { alu: "sdiv", wants: "signed", divides: true },
  umod: { alu: "mod", wants: "unsigned", divides: true },
  smod: { alu: "smod", wants: "signed", divides: true },
  and: { alu: "and", commutes: true },
  or: { alu: "or", commutes: true },
  xor: { alu: "xor", commutes: true },
  shl: { alu: "lsh", shift: true },
  lshr: { alu: "rsh", wants: "unsigned", shift: true },
  ashr: { alu: "arsh", wants: "signed", shift: true },
};

export function selectBin(s: Selector, inst: InstOf<"bin">): void {
  const row = rows[inst.fn];
  const dst = s.regOf(inst.id);
  if ((row.alu === "sdiv" || row.alu === "smod") && !s.target.v4)
    bug("signed division before v4: divide.ts did not run");
  const [a, b] = tiedFirst(s, inst, row);
  if ((row.wants || row.shift) && inst.ty === "i32" && !s.target.alu32) {
    extendedBin(s, row, dst, a, b);
    return;
  }
  if (inst.fn === "and" && maskLow(s, inst, dst, a, b)) return;
  if (inst.fn === "sub" && s.facts.constant(a) === 0n) {
    s.copy(dst, s.use(b), inst.ty);
    s.emit({ kind: "neg", width: s.width(inst.ty), dst });
    return;
  }
  const core = row.divides ? undefined : coreImm(s, b);
  s.copy(dst, s.use(a), inst.ty);
  if (core) {
    s.emit({ kind: "alu", op: row.alu, width: s.width(inst.ty), dst, ...core });
    return;
  }
  s.emit({ kind: "alu", width: s.width(inst.ty), dst, ...operation(s, inst, row, b) });
}

/** The operand that shares its register with the result comes first: a pointer, else one that ends here. */
function tiedFirst(s: Selector, inst: InstOf<"bin">, row: OpRow): readonly [ValueId, ValueId] {
  const { a, b } = inst;
  const { facts } = s;
  if (!row.commutes) return [a, b];
  if (facts.constant(b) !== undefined) return [a, b];
  if (facts.constant(a) !== undefined) return [b, a];
  const pointer = (id: ValueId) => facts.def(id).ty === "ptr";
  if (pointer(a) || pointer(b)) return pointer(a) ? [a, b] : [b, a];
  return preferSecond(s, inst) ? [b, a] : [a, b];
}

/** The second operand is the better one to overwrite: it ends here, goes round a loop with the result, or is younger. */
function preferSecond(s: Selector, inst: InstOf<"bin">): boolean {
  const { facts } = s;
  const [a, b] = [facts.def(inst.a), facts.def(inst.b)];
  if (a.op === "core" || b.op === "core") return a.op === "core";
  const feeds = (phi: Inst) => phi.op === "phi" && phi.args.some((arg) => arg.value === inst.id);
  if (feeds(a) || feeds(b)) return feeds(b);
  const [onceA, onceB] = [facts.useCount(inst.a) === 1, facts.useCount(inst.b) === 1];
  if (!onceA || !onceB) return onceB && !onceA;
  return facts.position(inst.b) > facts.position(inst.a);
}

/** The operation and its second operand; subtracting a constant is adding its negative. */
function operation(s: Selector, inst: InstOf<"bin">, row: OpRow, b: ValueId): { op: AluOp; src: VSrc } {
  const width = s.width(inst.ty);
  const imm = s.imm(b, width);
  if (imm === undefined) return { op: row.alu, src: { reg: s.use(b) } };
  if (row.alu === "sub") {
    if (imm !== -0x8000_0000) return { op: "add", src: { imm: -imm } };
    return width === 32 ? { op: "sub", src: { imm } } : { op: "sub", src: { reg: s.use(b) } };
  }
  // The kernel refuses these as immediates (verifier.c:check_alu_op); a register has a defined result.
  const refused = (row.divides && imm === 0) || (row.shift && (imm < 0 || imm >= width));
  return { op: row.alu, src: refused ? { reg: s.use(b) } : { imm } };
}

/** A number the loader patches may be the immediate of any operation (libbpf relo_core.c:bpf_core_patch_insn). */
function coreImm(s: Selector, id: ValueId) {
  const inst = s.facts.def(id);
  if (inst.op !== "core") return undefined;
  const value = inst.ty === "i32" ? s32(inst.guess) : s64(inst.guess);
  return fitsS32(value) ? { src: { imm: Number(value) }, core: inst.access } : undefined;
}

/** `x & mask` for masks that a 64-bit immediate cannot hold but a 32-bit operation can. */
function maskLow(s: Selector, inst: InstOf<"bin">, dst: VReg, a: ValueId, b: ValueId): boolean {
  const mask = s.facts.constant(b);
  if (inst.ty === "i32" || !s.target.alu32 || mask === undefined) return false;
  if (fitsS32(s64(mask)) || mask >= 0x1_0000_0000n || s.facts.isPointer(a)) return false;
  if (mask === 0xffff_ffffn) {
    s.emit({ kind: "extend", op: "mov", width: 32, dst, src: s.use(a) });
    return true;
  }
  s.copy(dst, s.use(a), "i64");
  s.emit({ kind: "alu", op: "and", width: 32, dst, src: { imm: Number(s32(mask)) } });
  return true;
}

/** i32 operations that look at upper halves, on machines without 32-bit arithmetic. */
function extendedBin(s: Selector, row: OpRow, dst: VReg, a: ValueId, b: ValueId): void {
  s.copy(dst, row.wants ? widened(s, a, row.wants === "signed") : s.use(a), "i64");
  const imm = s.imm(b, 32);
  const limit = row.shift ? 32 : 0x8000_0000;
  const usable = imm !== undefined && imm >= 0 && imm < limit && !(row.divides && imm === 0);
  const other = usable ? { imm } : { reg: row.shift ? shiftCount(s, b) : widened(s, b, row.wants === "signed") };
  s.emit({ kind: "alu", op: row.alu, width: 64, dst, src: other });
}

/** The count of a 32-bit shift, for a 64-bit one that would not mask it to 5 bits. */
function shiftCount(s: Selector, id: ValueId): VReg {
  const reg = s.fresh();
  s.copy(reg, s.use(id), "i64");
  s.emit({ kind: "alu", op: "and", width: 64, dst: reg, src: { imm: 31 } });
  return reg;
}

/** A register with the i32 value `id` extended to 64 bits, by shifts. */
export function widened(s: Selector, id: ValueId, signed: boolean): VReg {
  const value = s.facts.constant(id);
  if (value !== undefined) return s.immReg(signed ? BigInt.asUintN(64, s32(value)) : value, "i64");
  if (!signed && !s.facts.isDirty(id)) return s.use(id);
  const reg = s.fresh();
  s.copy(reg, s.use(id), "i64");
  shiftUpAndDown(s, reg, 64, 32, signed);
  return reg;
}

/** Extends the low bits of `dst` by shifting `bits` up and down again. */
export function shiftUpAndDown(s: Selector, dst: VReg, width: 32 | 64, bits: number, signed: boolean): void {
  s.emit({ kind: "alu", op: "lsh", width, dst, src: { imm: bits } });
  s.emit({ kind: "alu", op: signed ? "arsh" : "rsh", width, dst, src: { imm: bits } });
}

export function selectZext(s: Selector, inst: Extension): void {
  const dst = s.regOf(inst.id);
  const src = s.use(inst.a);
  if (inst.from !== 32) {
    s.copy(dst, src, inst.ty);
    const width = s.facts.isPointer(inst.a) ? 64 : s.width("i32");
    s.emit({ kind: "alu", op: "and", width, dst, src: { imm: inst.from === 8 ? 0xff : 0xffff } });
    return;
  }
  if (s.target.alu32) {
    s.emit({ kind: "extend", op: "mov", width: 32, dst, src });
    return;
  }
  s.copy(dst, src, "i64");
  shiftUpAndDown(s, dst, 64, 32, false);
}

const signedMoves = { 8: "movs8", 16: "movs16", 32: "movs32" } as const;

export function selectSext(s: Selector, inst: Extension): void {
  const dst = s.regOf(inst.id);
  const src = s.use(inst.a);
  const width = s.width(inst.ty);
  if (s.target.v4) {
    s.emit({ kind: "extend", op: signedMoves[inst.from], width, dst, src });
    return;
  }
  s.copy(dst, src, inst.ty);
  shiftUpAndDown(s, dst, width, width - inst.from, true);
}

/** The low half of what the kernel may see as a pointer: a 32-bit move makes it a number. */
export function selectTrunc(s: Selector, inst: InstOf<"trunc">): void {
  const dst = s.regOf(inst.id);
  const src = s.use(inst.a);
  if (s.target.alu32) {
    s.emit({ kind: "extend", op: "mov", width: 32, dst, src });
    return;
  }
  s.copy(dst, src, "i64");
}

export function selectNeg(s: Selector, inst: InstOf<"neg">): void {
  const dst = s.regOf(inst.id);
  s.copy(dst, s.use(inst.a), inst.ty);
  s.emit({ kind: "neg", width: s.width(inst.ty), dst });
}

export function selectBswap(s: Selector, inst: InstOf<"bswap">): void {
  const dst = s.regOf(inst.id);
  s.copy(dst, s.use(inst.a), s.facts.def(inst.a).ty);
  s.emit({ kind: "endian", op: s.target.v4 ? "swap" : "be", bits: inst.bits, dst });
}

/** 0, and 1 unless the kernel ends the loop. */
export function selectMayGoto(s: Selector, inst: InstOf<"may_goto">): void {
  const dst = s.regOf(inst.id);
  const width = s.width("i32");
  s.emit({ kind: "make", dst, recipe: { kind: "imm", width, imm: 0 } });
  s.emit({ kind: "unless", cond: "may_goto", width, dst, value: { imm: 1 } });
}

/**
 * Whether the condition is `a != 0` of a number whose whole register is 0 where it does not hold: then that is the 0. A
 * pointer is none: one that is never null the kernel takes for a pointer on either way.
 */
function isTruth(s: Selector, { a }: InstOf<"cmp">, cond: VCond, inverted: boolean): boolean {
  const { facts } = s;
  if (!("imm" in cond.b) || cond.b.imm !== 0 || cond.op !== (inverted ? "eq" : "ne") || cond.a !== s.use(a))
    return false;
  if (facts.isPointer(a) || s.isRecipe(cond.a)) return false;
  return facts.def(a).ty === "i32" ? !facts.isDirty(a) && hasKnownUpperHalf(s, facts.def(a)) : cond.width === 64;
}

/**
 * Whether the kernel, too, knows that the upper half of an i32's register is 0: of divisions and of shifts by a register
 * it forgets all 64 bits (verifier.c:adjust_scalar_min_max_vals), and what comes from elsewhere may be one of these.
 */
function hasKnownUpperHalf(s: Selector, def: Inst): boolean {
  if (def.op === "load" || def.op === "cmp") return true;
  if (def.op !== "bin") return false;
  if (def.fn === "shl" || def.fn === "lshr" || def.fn === "ashr") return s.facts.constant(def.b) !== undefined;
  return !["udiv", "umod", "sdiv", "smod"].includes(def.fn);
}

/** The one bit that a number is asked for; a pointer's bits are no number to the kernel. */
function bitAsked(s: Selector, { fn, a, b }: InstOf<"cmp">): number | undefined {
  const mask = s.facts.constant(b);
  if (fn !== "set" || !mask || (mask & (mask - 1n)) !== 0n) return undefined;
  return s.facts.def(a).ty === "ptr" || s.facts.isPointer(a) ? undefined : mask.toString(2).length - 1;
}

/** A bit as the number that it is: without a branch, of which the kernel would follow both ways. */
function selectBit(s: Selector, { id, a }: InstOf<"cmp">, bit: number): void {
  const dst = s.regOf(id);
  const def = s.facts.def(a);
  const width = s.width(def.ty === "i32" ? "i32" : "i64");
  const highest = def.op === "load" && !def.signed ? def.size * 8 - 1 : width - 1;
  s.copy(dst, s.use(a), def.ty === "i32" ? "i32" : "i64");
  if (bit > 0) s.emit({ kind: "alu", op: "rsh", width, dst, src: { imm: bit } });
  if (bit !== highest) s.emit({ kind: "alu", op: "and", width: s.width("i32"), dst, src: { imm: 1 } });
}

/** A comparison as the number 0 or 1: set one, and the other unless the condition holds. */
export function selectCmp(s: Selector, inst: InstOf<"cmp">): void {
  const dst = s.regOf(inst.id);
  const compare: Compare = inst;
  const ty = s.facts.def(inst.a).ty;
  if (inst.fn === "slt" && s.facts.constant(inst.b) === 0n && (ty === "i64" || (ty === "i32" && s.target.alu32))) {
    const width = s.width(ty);
    s.copy(dst, s.use(inst.a), ty);
    s.emit({ kind: "alu", op: "rsh", width, dst, src: { imm: width - 1 } });
    return;
  }
  const bit = bitAsked(s, inst);
  if (bit !== undefined) {
    selectBit(s, inst, bit);
    return;
  }
  const { cond, inverted } = conditionOf(s, compare);
  const width = s.width("i32");
  if (isTruth(s, inst, cond, inverted)) {
    s.copy(dst, cond.a, ty);
    s.emit({ kind: "unless", cond: { ...cond, op: "eq", a: dst }, width, dst, value: { imm: 1 } });
    return;
  }
  s.emit({ kind: "make", dst, recipe: { kind: "imm", width, imm: inverted ? 0 : 1 } });
  s.emit({ kind: "unless", cond, width, dst, value: { imm: inverted ? 1 : 0 } });
}
