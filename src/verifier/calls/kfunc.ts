/** Calls of kfuncs: who may call them, what they take by the types of their parameters, what they leave. kernel/bpf/verifier.c:check_kfunc_call */
import type { BtfSpec, BtfType, Param } from "../../btf/type.ts";
import type { Cx } from "../cx.ts";
import { unknownScalar } from "../domain/scalar.ts";
import { reg as regOf, release, type State, setReg } from "../domain/state.ts";
import { nothing, pointer, type Value } from "../domain/value.ts";
import type { KfuncFacts } from "../facts.ts";
import { checkReadable } from "../holds.ts";
import { checkThrow } from "../leave.ts";
import { firstOf, type Outcome, refuse, unmodelled } from "../outcome.ts";
import { canSleep } from "../sleep.ts";
import { sizeOf, strip } from "../struct-walk.ts";
import { regName, valueWords } from "../words.ts";
import { castResult, checkCast, isCast } from "./casts.ts";
import { clobber } from "./clobber.ts";
import { heldChild } from "./dynptr.ts";
import { GRAPH_KFUNCS } from "./graph.ts";
import { argReg } from "./helper-args.ts";
import { IRQ_KFUNCS } from "./irq-flags.ts";
import { askIterator, checkIterator, destroyIterator, iterStep, makeIterator } from "./iterators.ts";
import { checkParam, memoryParams, resultMemory } from "./kfunc-args.ts";
import { LOCK_KFUNCS } from "./locks.ts";
import { forgetWritten } from "./memory.ts";
import { OBJECT_KFUNCS } from "./objects.ts";
import type { OwnKfunc } from "./own-kfunc.ts";
import { checkOwn, isOwn, laterOf, ownResult, runOwn } from "./own-params.ts";
import { checkSection, checkWithLock, inRcu, RCU_ITERATORS, runSection, sectionOf, sleepless } from "./sections.ts";
import { unmodelledCall } from "./unmodelled.ts";

const OWN_RULES: Readonly<Record<string, OwnKfunc>> = {
  ...OBJECT_KFUNCS,
  ...GRAPH_KFUNCS,
  ...LOCK_KFUNCS,
  ...IRQ_KFUNCS,
};

/** What is called `_impl` is as the kfunc without, which hides an argument. */
function ownRules(kfunc: KfuncFacts): OwnKfunc | undefined {
  const name = kfunc.name.replace(/_impl$/, "");
  return Object.hasOwn(OWN_RULES, name) ? OWN_RULES[name] : undefined;
}

/** Parameters that are numbers are such, also those that only the older form of a kfunc shows. */
function checkNumbers(cx: Cx, state: State, kfunc: KfuncFacts, { params }: Proto): Outcome {
  return firstOf(
    params.map((param, i) => {
      const { kind } = strip(kfunc.btf, param.type).type;
      if ((kind !== "int" && kind !== "enum") || param.name.endsWith("__ign") || i > 4) return undefined;
      const value = regOf(state, argReg(i));
      if (value.kind === "scalar") return undefined;
      const got = valueWords(cx, value);
      return (
        checkReadable(cx, state, argReg(i)) ??
        refuse("E0559", [regName(argReg(i)), kfunc.name, "a number", got], { about: [value] })
      );
    }),
  );
}

export type Proto = BtfType & { readonly kind: "func_proto" };

function protoOf(kfunc: KfuncFacts): Proto | undefined {
  const { type } = strip(kfunc.btf, kfunc.proto);
  return type.kind === "func_proto" ? type : undefined;
}

export const SESSION_KFUNCS: ReadonlySet<string> = new Set(["bpf_session_is_return", "bpf_session_cookie"]);

export function checkKfunc(cx: Cx, state: State, btfId: number, off: number): Outcome {
  const kfunc = cx.facts.kfunc(btfId, off);
  if (!kfunc) return off === 0 ? refuse("E0557", [btfId]) : unmodelled("a kfunc of a kernel module");
  const { name } = kfunc;
  if (!cx.facts.gpl) return refuse("E0547", [name], { help: 'give the program a license such as "GPL"' });
  if (kfunc.barred !== undefined) return refuse("E0558", [name, kfunc.barred]);
  const proto = protoOf(kfunc);
  if (!proto) return unmodelled(`the prototype of ${name}`);
  if (!kfunc.known) return unmodelled(`the kfunc ${name}`);
  if (kfunc.flags.includes("SLEEPABLE") && !canSleep(cx, state)) {
    return refuse("E0548", [name], { help: "use a sleepable section (`.s`) and a target that may sleep" });
  }
  const locked = checkWithLock(state, name, true);
  if (locked) return locked;
  const sleeps = kfunc.flags.includes("SLEEPABLE") ? sleepless(state) : undefined;
  if (sleeps) return refuse("E0558", [name, `it may sleep, and this is ${sleeps}`]);
  if (kfunc.flags.includes("RCU_PROTECTED") && !inRcu(cx, state))
    return refuse("E0558", [name, "it needs an RCU section"], { help: "call bpf_rcu_read_lock before it" });
  const section = sectionOf(kfunc);
  if (section) return checkSection(state, kfunc, section);
  const own = ownRules(kfunc);
  if (own) return own.check(cx, state, kfunc) ?? checkNumbers(cx, state, kfunc, proto);
  if (isCast(kfunc)) {
    const unread =
      checkReadable(cx, state, 1) ?? (name === "bpf_rdonly_cast" ? checkReadable(cx, state, 2) : undefined);
    return unread ?? checkCast(cx, state, kfunc);
  }
  const step = iterStep(kfunc);
  const args = firstOf(
    proto.params.map((p, i) =>
      step && i === 0
        ? (checkReadable(cx, state, 1) ?? checkIterator(cx, state, kfunc, proto, step))
        : checkParam(cx, state, kfunc, proto, p, i),
    ),
  );
  if (args?.kind === "refused") return args;
  if (name === "bpf_throw") return args ?? checkThrow(cx, state);
  if (isOwn(kfunc)) return args ?? checkOwn(cx, kfunc) ?? checkResult(cx, state, kfunc, proto);
  return unmodelledCall(kfunc) ?? args ?? checkReleased(state, kfunc, proto) ?? checkResult(cx, state, kfunc, proto);
}

function checkReleased(state: State, kfunc: KfuncFacts, proto: Proto): Outcome {
  if (!kfunc.flags.includes("RELEASE") || proto.params.length === 0) return undefined;
  const index = releasedArg(state, proto.params);
  if (index < 0) return refuse("E0561", ["r1", kfunc.name], { about: [regOf(state, 1)] });
  const released = regOf(state, argReg(index));
  const child = heldChild(state, released.kind === "ptr" ? released.ref : 0);
  return (
    child &&
    refuse("E0560", ["what was made from it"], {
      help: "release that first",
      marks: [{ at: child.at, text: "acquired here" }],
    })
  );
}

/** The first argument that carries a reference. */
function releasedArg(state: State, params: readonly Param[]): number {
  return params.findIndex((_, i) => {
    const value = regOf(state, argReg(i));
    return value.kind === "ptr" && value.ref !== 0 && value.off === 0 && !value.varying;
  });
}

/** Runs a checked call; where an iterator is asked, the second state is the one with an element. */
export function runKfunc(cx: Cx, state: State, btfId: number, off: number): State | undefined {
  const kfunc = cx.facts.kfunc(btfId, off);
  const proto = kfunc && protoOf(kfunc);
  if (!kfunc || !proto) return undefined;
  const own = ownRules(kfunc);
  if (own) return own.run(cx, state, kfunc);
  const section = sectionOf(kfunc);
  if (section) runSection(state, section);
  const step = iterStep(kfunc);
  if (step === "next") return runNext(cx, state, kfunc, proto);
  if (step === "destroy") destroyIterator(state, kfunc, proto);
  else if (!isCast(kfunc))
    for (const { index, size } of memoryParams(state, kfunc, proto)) forgetWritten(state, argReg(index), size);
  const later = laterOf(cx, state, kfunc);
  if (isOwn(kfunc)) runOwn(cx, state, kfunc, proto);
  else if (kfunc.flags.includes("RELEASE")) {
    const value = regOf(state, argReg(Math.max(0, releasedArg(state, proto.params))));
    if (value.kind === "ptr" && value.ref !== 0) release(state, value.ref, () => unknownScalar(state.at));
  }
  if (step === "new") makeIterator(cx, state, kfunc, proto);
  const result = resultOf(cx, state, kfunc, proto);
  clobber(state);
  if (!result) return later;
  setReg(state, 0, result);
  if (kfunc.flags.includes("ACQUIRE") && result.kind === "ptr") {
    state.refs = [...state.refs, { id: result.ref, at: state.at }];
  }
  return later;
}

function runNext(cx: Cx, state: State, kfunc: KfuncFacts, proto: Proto): State | undefined {
  const result = resultOf(cx, state, kfunc, proto);
  const element = result?.kind === "ptr" ? { ...result, nullable: false, id: 0 } : unknownScalar(state.at);
  const other = askIterator(state, kfunc, proto, element);
  const r0 = regOf(state, 0);
  clobber(state);
  setReg(state, 0, r0);
  if (!other) return undefined;
  clobber(other);
  setReg(other, 0, element);
  other.at++;
  return other;
}

function checkResult(cx: Cx, state: State, kfunc: KfuncFacts, proto: Proto): Outcome {
  return resultOf(cx, state, kfunc, proto) ? undefined : unmodelled(`the result of ${kfunc.name}`);
}

/** The value in r0 after the call; undefined where it is not modelled. */
function resultOf(cx: Cx, state: State, kfunc: KfuncFacts, proto: Proto): Value | undefined {
  const { at } = state;
  if (kfunc.name === "bpf_session_cookie") {
    return pointer({ kind: "mem", size: 8, readOnly: false, ringbuf: false }, at);
  }
  if (isCast(kfunc)) return castResult(cx, state, kfunc);
  const own = ownResult(cx, state, kfunc);
  if (own) return own;
  const { type } = strip(kfunc.btf, proto.ret);
  switch (type.kind) {
    case "void":
      return nothing(at);
    case "int":
    case "enum":
    case "enum64":
      return unknownScalar(at);
    case "ptr":
      return pointerResult(cx, state, kfunc, proto, type);
    default:
      return undefined;
  }
}

function pointerResult(
  cx: Cx,
  state: State,
  kfunc: KfuncFacts,
  proto: Proto,
  type: BtfType & { readonly kind: "ptr" },
): Value | undefined {
  const target = strip(kfunc.btf, type.type);
  const nullable = kfunc.flags.includes("RET_NULL");
  const acquires = kfunc.flags.includes("ACQUIRE");
  const id = nullable || acquires ? cx.newId() : 0;
  const more = { nullable, id, ref: acquires ? id : 0 };
  if (target.type.kind === "struct") {
    const guarded = kfunc.flags.includes("RCU_PROTECTED") || asksInRcu(kfunc.name);
    const trust = kfunc.name === UNTRUSTED ? "untrusted" : guarded ? "rcu" : "trusted";
    return pointer({ kind: "btf", btf: kfunc.btf, type: target.id, trust }, state.at, more);
  }
  const memory = resultMemory(state, proto);
  if (memory && !acquires) return pointer({ kind: "mem", ...memory, ringbuf: false }, state.at, more);
  if (target.type.kind === "void") return acquires ? undefined : unknownScalar(state.at);
  const size = byteSize(kfunc.btf, type);
  return size === undefined || acquires
    ? undefined
    : pointer({ kind: "mem", size, readOnly: true, ringbuf: false }, state.at, more);
}

/** Its result may be freed at any time. kernel/bpf/verifier.c:check_kfunc_call */
const UNTRUSTED = "bpf_get_kmem_cache";

/** Whether the kfunc asks an iterator whose elements RCU protects. */
const asksInRcu = (name: string): boolean =>
  name.endsWith("_next") && RCU_ITERATORS.has(name.slice(0, -"_next".length));

const byteSize = (btf: BtfSpec, type: BtfType & { readonly kind: "ptr" }): number | undefined => sizeOf(btf, type.type);
