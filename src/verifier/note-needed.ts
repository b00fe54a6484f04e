/** Marks the numbers whose exact value an instruction turns on. kernel/bpf/verifier.c calls mark_chain_precision at these places. */
import type { Insn, Reg } from "../isa/insn.ts";
import { weighedArgs } from "./calls/args.ts";
import type { Cx } from "./cx.ts";
import { markNeeded } from "./domain/need.ts";
import { isConst } from "./domain/scalar.ts";
import { placeOf } from "./domain/stack.ts";
import { type FrameKind, reg as regOf, type State, topFrame } from "./domain/state.ts";
import { isNull, type Value } from "./domain/value.ts";
import { calledFunc } from "./prepare.ts";

const need = (v: Value | undefined): void => {
  if (v?.kind === "scalar") markNeeded(v.origin);
};

/** Looks at the instruction that is about to run; decided jumps mark what decided them themselves. */
export function noteNeeded(cx: Cx, state: State): void {
  const { insn } = cx.prep.insns[state.at]!;
  switch (insn.kind) {
    case "alu":
      if ("reg" in insn.src && !insn.op.startsWith("mov")) pointerSum(state, insn.dst, insn.src.reg);
      return;
    case "store":
      if ("reg" in insn.src) zeroByte(state, insn);
      return;
    case "call":
      callArgs(cx, state, insn);
      return;
    case "exit":
      if (isRanged(cx, topFrame(state).why)) need(regOf(state, 0));
      return;
    default:
      return;
  }
}

/** Whether the result must lie in a range; in place of a pointer, that is null. */
function isRanged(cx: Cx, why: FrameKind): boolean {
  if (why.kind === "callback" || why.kind === "async") return true;
  const ends = why.kind === "entry" || (why.kind === "global" && why.catches);
  return ends === true && ["range", "reference"].includes(cx.facts.returns.kind);
}

/** How far a pointer is moved; in an arena any distance will do. */
function pointerSum(state: State, dst: Reg, src: Reg): void {
  const a = regOf(state, dst);
  const b = regOf(state, src);
  if (a.kind === "ptr" && a.to.kind !== "arena") need(b);
  if (b.kind === "ptr" && b.to.kind !== "arena") need(a);
}

/** A zero that is stored beside the start of a slot is remembered as zero bytes. */
function zeroByte(state: State, insn: Insn & { readonly kind: "store" }): void {
  const p = regOf(state, insn.base);
  if (p.kind !== "ptr" || p.to.kind !== "stack" || !("reg" in insn.src)) return;
  const value = regOf(state, insn.src.reg);
  if (isNull(value) && (p.varying || placeOf(p.off + insn.off).byte !== 0)) need(value);
}

const ARGS: readonly Reg[] = [1, 2, 3, 4, 5];
const ANY_VALUE: ReadonlySet<string> = new Set(["ARG_ANYTHING", "ARG_DONTCARE", "ARG_SCALAR"]);

/** Arguments that may be any number to their kind, but not to the helper. */
const WEIGHED: Readonly<Record<string, Reg>> = { bpf_loop: 1, bpf_set_retval: 1, bpf_get_local_storage: 2 };

/** Sizes, constants and null pointers; the key of a lookup, which may be surely found. */
function callArgs(cx: Cx, state: State, insn: Insn & { readonly kind: "call" }): void {
  if (insn.callee.kind === "kfunc_id") {
    const { btfId, off } = insn.callee;
    for (const r of weighedArgs(cx.facts, btfId, off)) need(regOf(state, r));
    if (cx.facts.kfunc(btfId, off)?.name === "bpf_throw") need(regOf(state, 1));
    return;
  }
  if (insn.callee.kind !== "helper") {
    const func = insn.callee.kind === "subprog_off";
    if (!func || isGlobalCall(cx, state)) for (const r of ARGS) need(regOf(state, r));
    return;
  }
  const helper = cx.facts.helper(insn.callee.id);
  if ("missing" in helper) return;
  for (let i = 0; i < helper.args.length; i++) {
    if (!ANY_VALUE.has(helper.args[i]!.kind.base)) need(regOf(state, ARGS[i] ?? 5));
  }
  if (helper.name === "bpf_map_lookup_elem") storedKey(cx, state);
  const weighed = WEIGHED[helper.name];
  if (weighed !== undefined) need(regOf(state, weighed));
}

function isGlobalCall(cx: Cx, state: State): boolean {
  return cx.prep.funcs[calledFunc(cx.prep, state.at)]?.linkage === "global";
}

/** A constant in place of a key that may be surely found. kernel/bpf/verifier.c:get_constant_map_key */
function storedKey(cx: Cx, state: State): void {
  const map = regOf(state, 1);
  if (map.kind !== "ptr" || map.to.kind !== "map" || !cx.facts.mapKind(map.to.map.type)?.constKeyFound) return;
  const key = regOf(state, 2);
  if (key.kind !== "ptr" || key.to.kind !== "stack" || key.varying || key.off >= 0) return;
  const value = state.frames[key.to.frame]?.stack[placeOf(key.off).slot]?.spill?.value;
  if (value?.kind === "scalar" && isConst(value)) markNeeded(value.origin);
}
