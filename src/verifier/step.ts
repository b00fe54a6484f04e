/** What an instruction does to a state that gives what it needs. Changes the state; where paths part, returns the other one. */
import type { AluOp, Callee, Insn, Reg, Size, Src } from "../isa/insn.ts";
import { TAIL_CALL } from "../kernel/helpers.ts";
import { s64 } from "../support/int.ts";
import { addressValue } from "./address.ts";
import { spanOf } from "./bounds.ts";
import { branch } from "./branch.ts";
import { runCall } from "./calls/call.ts";
import { clobber } from "./calls/clobber.ts";
import { overwrite } from "./calls/dynptr.ts";
import type { Cx } from "./cx.ts";
import {
  bounded,
  constant,
  constOf,
  isConst,
  LOW_SUM,
  linked,
  madeAt,
  madeOf,
  type Scalar,
  U32,
  unknownScalar,
  unlinked,
  withBounds,
  zeroExtend32,
} from "./domain/scalar.ts";
import { arithmetic, negate } from "./domain/scalar-alu.ts";
import { sharpen } from "./domain/sharpen.ts";
import { forget, linkSpill, write } from "./domain/stack.ts";
import { copyState, reg as regOf, type State, setReg, topFrame } from "./domain/state.ts";
import { cutBits, swapBytes } from "./domain/tnum.ts";
import { type Pointer, pointer, type Value } from "./domain/value.ts";
import { loaded } from "./load.ts";
import { noteNeeded } from "./note-needed.ts";
import { operand } from "./operand.ts";
import { movedPacket } from "./packet.ts";
import { movePointer } from "./pointer-math.ts";
import { jumpTarget } from "./prepare.ts";

/** What comes after an instruction: this state goes on, or its path ends; `other` is a second way to go. */
export interface Step {
  readonly ends: boolean;
  readonly other?: State;
}

const ON: Step = { ends: false };
const END: Step = { ends: true };

/** Runs the instruction at `state.at`, whose needs hold. */
export function step(cx: Cx, state: State): Step {
  noteNeeded(cx, state);
  const { insn } = cx.prep.insns[state.at]!;
  switch (insn.kind) {
    case "jump":
      return insn.cond ? branch(cx, state, insn.cond) : go(state, jumpTarget(cx.prep, state.at));
    case "call": {
      if (throws(cx, insn.callee)) return END;
      const other = runCall(cx, state, insn.callee) ?? afterTailCall(insn.callee, state);
      return other ? { ends: false, other } : ON;
    }
    case "exit":
      return leave(state);
    case "may_goto":
      return mayGoto(cx, state);
    default: {
      const split = insn.kind === "alu" ? splitSign(cx, state, insn) : undefined;
      const other = insn.kind === "load_packet" ? returnedEarly(state, constant(0n, state.at)) : split;
      compute(cx, state, insn);
      state.at++;
      return other ? { ends: false, other } : ON;
    }
  }
}

const throws = (cx: Cx, callee: Callee): boolean =>
  callee.kind === "kfunc_id" && cx.facts.kfunc(callee.btfId, callee.off)?.name === "bpf_throw";

/** A tail call that succeeds ends the function, with whatever the other program returns. */
const afterTailCall = (callee: Callee, state: State): State | undefined =>
  callee.kind === "helper" && callee.id === TAIL_CALL ? returnedEarly(state, unknownScalar(state.at)) : undefined;

/** What ends the running function early: the caller sees `r0`. Undefined in the entry, where the program ends. */
function returnedEarly(state: State, r0: Value): State | undefined {
  if (topFrame(state).why.kind !== "call") return undefined;
  const other = copyState(state);
  setReg(other, 0, r0);
  leave(other);
  return other;
}

function go(state: State, to: number): Step {
  state.at = to;
  return ON;
}

/** Back to the caller; out of a callback, to the call again: it may come once more. kernel/bpf/verifier.c:prepare_func_exit */
function leave(state: State): Step {
  const callee = topFrame(state);
  if (callee.why.kind === "entry" || callee.why.kind === "global" || callee.why.kind === "async") return END;
  state.frames.pop();
  if (callee.why.kind === "callback") {
    state.at = callee.callsite;
    state.rounds++;
    return ON;
  }
  setReg(state, 0, callee.regs[0]!);
  state.at = callee.callsite + 1;
  return ON;
}

/** The loop is cut off, or goes on; how often cannot be told. */
function mayGoto(cx: Cx, state: State): Step {
  const other = copyState(state);
  other.at++;
  other.rounds++;
  state.at = jumpTarget(cx.prep, state.at);
  return { ends: false, other };
}

/** Instructions that change registers or memory and go on to the next. */
function compute(cx: Cx, state: State, insn: Insn): void {
  switch (insn.kind) {
    case "alu":
      if (isMove(insn.op)) move(cx, state, insn);
      else alu(cx, state, insn);
      return;
    case "neg":
    case "endian":
      unary(cx, state, insn);
      return;
    case "load":
    case "load_acquire":
      setReg(
        state,
        insn.dst,
        readThrough(cx, state, insn.base, insn.off, insn.size, insn.kind === "load" && insn.signed),
      );
      return;
    case "store":
    case "store_release":
      store(cx, state, insn.base, insn.off, insn.size, insn.kind === "store" ? insn.src : { reg: insn.src });
      return;
    case "atomic":
      atomic(cx, state, insn);
      return;
    case "load_packet":
      clobber(state);
      setReg(state, 0, unknownScalar(state.at));
      return;
    case "addr_space_cast":
      setReg(
        state,
        insn.dst,
        insn.to === 0 && insn.from === 1 ? pointer({ kind: "arena" }, state.at) : unknownScalar(state.at),
      );
      return;
    case "ld_imm64":
      setReg(state, insn.dst, addressValue(cx, state, insn.value));
      return;
    default:
      return;
  }
}

const isMove = (op: AluOp): boolean => op === "mov" || op === "movs8" || op === "movs16" || op === "movs32";

function readThrough(cx: Cx, state: State, base: Reg, off: number, size: Size, signed: boolean): Value {
  const p = regOf(state, base);
  const frame = p.kind === "ptr" && p.to.kind === "stack" && !p.varying ? state.frames[p.to.frame] : undefined;
  if (frame && p.kind === "ptr") frame.stack = linkSpill(frame.stack, p.off + off, cx.newId);
  return p.kind === "ptr" ? loaded(cx, state, p, off, size, signed, state.at) : unknownScalar(state.at);
}

const DIVISIONS: ReadonlySet<string> = new Set(["div", "sdiv", "mod", "smod"]);

type Alu = Insn & { readonly kind: "alu" };

/** Copies keep their link, so that what is learnt of one is known of the other. */
function move(cx: Cx, state: State, insn: Alu): void {
  const { at } = state;
  const from = operand(cx, state, insn.src);
  if (from.kind !== "scalar") {
    const whole = insn.op === "mov" && insn.width === 64;
    const cutOff = insn.width === 64 ? unknownScalar(at) : zeroExtend32(unknownScalar(at), at);
    setReg(state, insn.dst, whole ? from : cutOff);
    return;
  }
  if (!("reg" in insn.src) || isConst(from)) {
    setReg(state, insn.dst, keepOrigin(from, arithmetic(insn.op, insn.width, from, from, at)));
    return;
  }
  if (!sameAfter(insn, from)) {
    setReg(state, insn.dst, cx.recall.arithmetic(insn.op, insn.width, from, from, at));
    return;
  }
  const copy = from.id === 0 ? linked(from, cx.newId(), from.delta) : from;
  if (copy !== from) setReg(state, insn.src.reg, copy);
  setReg(state, insn.dst, copy);
}

/** A constant that is copied stays the one that was made before. */
const keepOrigin = (from: Scalar, now: Scalar): Scalar => (constOf(now) === constOf(from) ? madeAt(now, from.at) : now);

/** Whether the move leaves the value as it is. */
function sameAfter(insn: Alu, v: Scalar): boolean {
  const limit: Readonly<Record<string, bigint>> = { movs8: 1n << 7n, movs16: 1n << 15n, movs32: 1n << 31n };
  const below = limit[insn.op] ?? (insn.width === 64 ? undefined : 1n << 32n);
  return below === undefined || v.u.max < below;
}

function alu(cx: Cx, state: State, insn: Alu): void {
  const { at } = state;
  const dst = regOf(state, insn.dst);
  const by = operand(cx, state, insn.src);
  if (dst.kind === "scalar" && by.kind === "scalar") {
    const blind = !cx.facts.followsDivision && DIVISIONS.has(insn.op);
    const made = blind ? unknownScalar(at) : cx.recall.arithmetic(insn.op, insn.width, dst, by, at);
    const result = cx.sharp ? bounded(made, sharpen(made) ?? made) : made;
    setReg(state, insn.dst, linkedSum(cx, insn, dst, by, result));
    return;
  }
  if (dst.kind === "ptr" && dst.to.kind === "arena") return;
  const minus = insn.op === "sub";
  if (insn.width === 64 && dst.kind === "ptr" && by.kind === "scalar")
    setReg(state, insn.dst, movedPacket(cx, dst, movePointer(cx, dst, by, minus, at)));
  else if (insn.width === 64 && !minus && dst.kind === "scalar" && by.kind === "ptr")
    setReg(state, insn.dst, movedPacket(cx, by, movePointer(cx, by, dst, false, at)));
  else setReg(state, insn.dst, insn.width === 64 ? unknownScalar(at) : zeroExtend32(unknownScalar(at), at));
}

/** `copy += constant` stays linked to what it was copied from, at a distance. */
function linkedSum(cx: Cx, insn: Alu, dst: Scalar, by: Scalar, sum: Scalar): Scalar {
  const c = constOf(by);
  const linkable = (insn.op === "add" || (insn.op === "sub" && cx.facts.linksSubtraction)) && "imm" in insn.src;
  if (!linkable || c === undefined || dst.id === 0 || dst.delta !== 0n || isConst(sum)) return sum;
  if (insn.width === 32 && (!(cx.facts.linksLowSums || cx.sharp) || dst.u.max > U32.max)) return sum;
  const step = insn.op === "add" ? s64(c) : -s64(c);
  return linked(sum, dst.id, insn.width === 32 ? LOW_SUM + step : step);
}

/**
 * A number that is 0 or -1, as a shifted sign is: `&` and `|` with a constant follow both. The state goes on with -1.
 * kernel/bpf/verifier.c:maybe_fork_scalars
 */
function splitSign(cx: Cx, state: State, insn: Alu): State | undefined {
  if ((insn.op !== "and" && insn.op !== "or") || !(cx.facts.splitsSigns || cx.sharp)) return undefined;
  const v = regOf(state, insn.dst);
  const by = operand(cx, state, insn.src);
  if (v.kind !== "scalar" || by.kind !== "scalar" || !isConst(by)) return undefined;
  const wide = v.s.min === -1n && v.s.max === 0n;
  if (!wide && !(insn.width === 32 && v.s32.min === -1n && v.s32.max === 0n)) return undefined;
  const other = copyState(state);
  setReg(other, insn.dst, madeOf(constant(0n, v.at), v.origin));
  compute(cx, other, insn);
  other.at++;
  setReg(state, insn.dst, madeOf(constant(wide ? -1n : 0xffffffffn, v.at), v.origin));
  return other;
}

function unary(cx: Cx, state: State, insn: Insn & { readonly kind: "neg" | "endian" }): void {
  const { at } = state;
  const v = regOf(state, insn.dst);
  if (insn.kind === "neg") {
    const blank = insn.width === 64 ? unknownScalar(at) : zeroExtend32(unknownScalar(at), at);
    setReg(state, insn.dst, v.kind === "scalar" ? negate(insn.width, v, at) : blank);
    return;
  }
  setReg(
    state,
    insn.dst,
    v.kind === "scalar" && cx.facts.followsSwaps ? madeOf(swapped(insn, v, at), v.origin) : unknownScalar(at),
  );
}

/** BPF machines here are little-endian: `le` only cuts off. */
function swapped(insn: Insn & { readonly kind: "endian" }, v: Scalar, at: number): Scalar {
  const size = insn.bits / 8;
  return withBounds({ bits: insn.op === "le" ? cutBits(v.bits, size) : swapBytes(v.bits, size) }, at);
}

/** Only what is written to the stack is remembered. kernel/bpf/verifier.c:check_stack_write */
function store(cx: Cx, state: State, base: Reg, off: number, size: Size, src: Src): void {
  const p = regOf(state, base);
  if (p.kind !== "ptr" || p.to.kind !== "stack") return;
  const frame = state.frames[p.to.frame];
  if (!frame) return;
  if (p.varying) {
    const span = spanOf(p);
    if (!span) return;
    overwrite(state, p.to.frame, Number(span.min) + off, Number(span.max) + off + size);
    frame.stack = forget(frame.stack, Number(span.min) + off, Number(span.max) + off + size);
    return;
  }
  overwrite(state, p.to.frame, p.off + off, p.off + off + size);
  frame.stack = write(frame.stack, p.off + off, size, linkedForSpill(cx, state, src, size));
}

/** A number that is saved whole is one more copy. */
function linkedForSpill(cx: Cx, state: State, src: Src, size: Size): Value {
  const value = operand(cx, state, src);
  if (value.kind !== "scalar" || !("reg" in src) || isConst(value) || value.id !== 0) return value;
  if (size < 8 && value.u.max >= 1n << BigInt(size * 8)) return value;
  const copy = linked(value, cx.newId(), value.delta);
  setReg(state, src.reg, copy);
  return copy;
}

function atomic(cx: Cx, state: State, insn: Insn & { readonly kind: "atomic" }): void {
  const p = regOf(state, insn.base);
  const old = readThrough(cx, state, insn.base, insn.off, insn.size, false);
  if (p.kind === "ptr" && p.to.kind === "stack") clearStack(state, p, insn.off, insn.size);
  const whole = old.kind === "ptr" && insn.size === 8;
  const plain: Value = old.kind === "scalar" ? unlinked(old) : whole ? old : unknownScalar(state.at);
  if (insn.op === "cmpxchg") setReg(state, 0, plain);
  else if (insn.fetch) setReg(state, insn.src, plain);
}

function clearStack(state: State, p: Pointer, off: number, size: number): void {
  const frame = p.to.kind === "stack" ? state.frames[p.to.frame] : undefined;
  const span = spanOf(p);
  if (frame && span) frame.stack = forget(frame.stack, Number(span.min) + off, Number(span.max) + off + size);
}
