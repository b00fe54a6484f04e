/** Selection of loads, stores, atomic operations and calls. */

import type { Callee } from "../../isa/insn.ts";
import { fitsS16, fitsS32, s32, s64 } from "../../support/int.ts";
import type { InstOf } from "../ir/inst.ts";
import type { IrCallee, ValueId } from "../ir/model.ts";
import { isMemoryCall } from "../ir/passes/known-lengths.ts";
import { contextTakesImmediates } from "./kernel-rules.ts";
import { FP, type VReg, type VSrc } from "./machine.ts";
import { shiftUpAndDown } from "./select-alu.ts";
import type { Selector } from "./selector.ts";

/** Where `base + off` is: inside a stack object, or behind a register. `fixed`: the loader patches the offset. */
function placeOf(s: Selector, base: ValueId, off: number, fixed: boolean) {
  const inst = s.facts.def(base);
  if (inst.op === "slot" && !fixed) return { base: FP, slot: s.slotIndex(inst.slot), off };
  if (inst.op === "addr" && inst.symbol.kind === "global" && !fixed && fitsS16(off + inst.symbol.addend)) {
    // All parts of a variable share its address.
    return { base: s.address({ ...inst.symbol, addend: 0 }), off: off + inst.symbol.addend };
  }
  if (fitsS16(off)) return { base: s.use(base), off };
  const reg = s.fresh();
  s.copy(reg, s.use(base), "ptr");
  s.emit({ kind: "alu", op: "add", width: 64, dst: reg, src: { imm: off } });
  return { base: reg, off: 0 };
}

export function selectLoad(s: Selector, inst: InstOf<"load">): void {
  const dst = s.regOf(inst.id);
  const place = placeOf(s, inst.base, inst.off, inst.core !== undefined);
  const extends64 = inst.ty !== "i32" && inst.size < 8;
  const signed = inst.signed && (extends64 || inst.size < 4);
  const inOne = signed && s.target.v4;
  const { size } = inst;
  s.emit({ kind: "load", size, signed: inOne, dst, ...place, ...(inst.core && { core: inst.core }) });
  if (!signed || inOne) return;
  const width = s.width(inst.ty);
  shiftUpAndDown(s, dst, width, width - size * 8, true);
}

export function selectStore(s: Selector, inst: InstOf<"store">): void {
  const place = placeOf(s, inst.base, inst.off, inst.core !== undefined);
  const src = storedValue(s, inst);
  s.emit({ kind: "store", size: inst.size, src, ...place, ...(inst.core && { core: inst.core }) });
}

function storedValue(s: Selector, { base, value: id, size }: InstOf<"store">): VSrc {
  const value = s.facts.constant(id);
  if (value === undefined || (s.facts.isContext(base) && !contextTakesImmediates(s.target))) return { reg: s.use(id) };
  if (size < 8) return { imm: Number(s32(BigInt.asIntN(size * 8, value))) };
  const signed = s64(value);
  return fitsS32(signed) ? { imm: Number(signed) } : { reg: s.use(id) };
}

/** On 4 bytes, only an addition whose old value nobody asks for is older than 32-bit arithmetic. */
function refuseNarrow(s: Selector, inst: InstOf<"atomic">): void {
  const plain = inst.fn === "add" && !inst.fetch;
  if (inst.size === 4 && !plain && !s.target.alu32)
    s.sink.error("E0443", inst.span, `atomic ${inst.fn}`).help("use 8 bytes, or compile with -mcpu=v3");
}

export function selectAtomic(s: Selector, inst: InstOf<"atomic">): void {
  const { fn, size, ty } = inst;
  refuseNarrow(s, inst);
  const place = placeOf(s, inst.base, inst.off, false);
  if (fn === "cmpxchg") {
    const src = s.use(inst.value);
    s.copy(0, s.use(inst.expected!), "i64");
    s.emit({ kind: "atomic", op: fn, size, fetch: true, src, ...place });
    if (s.isNeeded(inst.id)) s.copy(s.regOf(inst.id), 0, ty);
    return;
  }
  if (!inst.fetch && fn !== "xchg") {
    s.emit({ kind: "atomic", op: fn, size, fetch: false, src: s.use(inst.value), ...place });
    return;
  }
  const dst = s.regOf(inst.id);
  s.copy(dst, s.use(inst.value), "i64");
  s.emit({ kind: "atomic", op: fn, size, fetch: true, src: dst, ...place });
}

const calleeOf = (callee: IrCallee): Callee =>
  callee.kind === "function" ? { kind: "subprog", name: callee.name } : callee;

const lengthHelp = "loop over the bytes, or use a helper such as bpf_probe_read_kernel";

/** A memory function whose length never became a constant, or only one that is too long. */
function refuseLength(s: Selector, inst: InstOf<"call">): void {
  const length = s.facts.def(inst.args[2]!);
  if (length.op === "const") s.sink.error("E0411", inst.span, Number(length.value), 1024);
  else s.sink.error("E0409", inst.span, inst.callee.kind === "function" ? inst.callee.name : "").help(lengthHelp);
}

/** Values move into argument registers before constants do, so that they can be made there in the first place. */
export function selectCall(s: Selector, inst: InstOf<"call">): void {
  if (isMemoryCall(inst)) {
    refuseLength(s, inst);
    return;
  }
  const moves = inst.args.map((id, i) => ({ id, reg: (i + 1) as VReg, src: s.use(id) }));
  const move = ({ id, reg, src }: (typeof moves)[number]) => s.copy(reg, src, s.facts.def(id).ty);
  moves.filter(({ src }) => !s.isRecipe(src)).forEach(move);
  moves.filter(({ src }) => s.isRecipe(src)).forEach(move);
  s.emit({ kind: "call", callee: calleeOf(inst.callee), args: inst.args.length });
  if (inst.ty !== "void" && s.isNeeded(inst.id)) s.copy(s.regOf(inst.id), 0, inst.ty);
}
