/** Conditional jumps: which sides are possible, and what each side knows. kernel/bpf/verifier.c:check_cond_jmp_op */
import type { Condition } from "../isa/insn.ts";
import type { Cx } from "./cx.ts";
import { markNeeded, mix } from "./domain/need.ts";
import { type Bounds, constant, constOf, copyOf, LOW_SUM, type Scalar } from "./domain/scalar.ts";
import { arithmetic } from "./domain/scalar-alu.ts";
import { copyState, reg as regOf, relearn, type State, setReg, settleNull } from "./domain/state.ts";
import type { Pointer, Value } from "./domain/value.ts";
import { operand } from "./operand.ts";
import { learnPacket, packetOutcome } from "./packet.ts";
import { jumpTarget } from "./prepare.ts";
import type { Step } from "./step.ts";

/** The state goes on without the jump; the second way, if it is possible, is the jump. */
export function branch(cx: Cx, state: State, cond: Condition): Step {
  const { at } = state;
  const a = regOf(state, cond.dst);
  const b = operand(cx, state, cond.src);
  const told = a.kind === "scalar" && b.kind === "scalar" ? cx.recall.compare(cond, a, b, at) : undefined;
  const known = told ? told.known : outcome(cond, a, b);
  const target = jumpTarget(cx.prep, at);
  if (known !== undefined) {
    // That the other side is not looked at turns on both.
    if (a.kind === "scalar") markNeeded(a.origin);
    if (b.kind === "scalar") markNeeded(b.origin);
    turn(state, at, known, known ? target : at + 1);
    return { ends: false };
  }
  const other = copyState(state);
  const taken = learn(other, cond, a, b, true, told?.holds);
  const fell = learn(state, cond, a, b, false, told?.fails);
  turn(other, at, true, target);
  turn(state, at, false, at + 1);
  if (!fell) return taken ? replace(state, other) : { ends: true };
  return taken ? { ends: false, other } : { ends: false };
}

function turn(state: State, at: number, taken: boolean, to: number): void {
  state.path = { at, taken, before: state.path };
  state.at = to;
}

/** Only the jump is possible: the state becomes what it would be there. */
function replace(state: State, by: State): Step {
  state.frames.splice(0, state.frames.length, ...by.frames);
  state.refs = by.refs;
  state.held = by.held;
  state.at = by.at;
  state.path = by.path;
  return { ends: false };
}

function outcome(cond: Condition, a: Value, b: Value): boolean | undefined {
  if (a.kind === "ptr" && b.kind === "ptr") return packetOutcome(cond, a, b);
  const p = a.kind === "ptr" ? a : b.kind === "ptr" ? b : undefined;
  const n = a.kind === "scalar" ? a : b.kind === "scalar" ? b : undefined;
  if (!p || !n || constOf(n) !== 0n || cond.width !== 64 || !surelyNotNull(p)) return undefined;
  if (cond.op === "eq") return false;
  return cond.op === "ne" ? true : undefined;
}

/** kernel/bpf/verifier.c:reg_not_null */
function surelyNotNull(p: Pointer): boolean {
  if (p.nullable) return false;
  switch (p.to.kind) {
    case "map":
    case "map_value":
    case "map_key":
    case "mem":
    case "sock":
      return true;
    case "btf":
      return p.to.trust === "trusted" || p.ref !== 0;
    default:
      return false;
  }
}

/** What is left of two numbers; undefined if nothing is. */
type Left = readonly [Bounds, Bounds] | undefined;

/** What the state knows where the condition `holds` or not; false if that cannot be. */
function learn(state: State, cond: Condition, a: Value, b: Value, holds: boolean, left: Left): boolean {
  if (a.kind === "scalar" && b.kind === "scalar") return learnNumbers(state, cond, a, b, left);
  learnPacket(state, cond, a, b, holds);
  if (cond.width === 64 && (cond.op === "eq" || cond.op === "ne")) {
    const isEqual = (cond.op === "eq") === holds;
    if (b.kind === "scalar") markNeeded(b.origin);
    if (a.kind === "ptr" && a.nullable && b.kind === "scalar" && constOf(b) === 0n) {
      settleNull(state, a.id, isEqual, constant(0n, a.at));
    }
  }
  return true;
}

function learnNumbers(state: State, cond: Condition, a: Scalar, b: Scalar, left: Left): boolean {
  if (!left) return false;
  const origin = mix(a.origin, b.origin);
  const x = copyOf(left[0], a, origin);
  setReg(state, cond.dst, x);
  relearn(state, a, x, shifted);
  if ("reg" in cond.src && cond.src.reg !== cond.dst) {
    const y = copyOf(left[1], b, origin);
    setReg(state, cond.src.reg, y);
    relearn(state, b, y, shifted);
  }
  return true;
}

/** The linked copy that is `delta` above what `v` is a copy of. */
function shifted(v: Scalar, delta: bigint): Scalar {
  const plus = (a: Scalar, width: 32 | 64, by: bigint): Scalar => arithmetic("add", width, a, constant(by, a.at), a.at);
  const from = sumOf(v.delta);
  const to = sumOf(delta);
  if (from.width === 64 && to.width === 64) return plus(v, 64, to.by - from.by);
  if (to.width === 32) return plus(v, 32, to.by - from.by);
  return plus(plus(v, 32, -from.by), 64, to.by);
}

function sumOf(delta: bigint): { readonly width: 32 | 64; readonly by: bigint } {
  return delta > LOW_SUM >> 1n ? { width: 32, by: delta - LOW_SUM } : { width: 64, by: delta };
}
