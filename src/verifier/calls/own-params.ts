/**
 * Parameters of kfuncs with rules of their own: dynptrs, members of map values and their maps, functions that are called
 * later, constant strings, slices. kernel/bpf/verifier.c:check_kfunc_args
 */
import type { Param } from "../../btf/type.ts";
import type { Reg } from "../../isa/insn.ts";
import { MAX_VAR_OFF } from "../bounds.ts";
import type { Cx } from "../cx.ts";
import { constOf } from "../domain/scalar.ts";
import { reg as regOf, type State } from "../domain/state.ts";
import { isNull, mayBeNull, type Value } from "../domain/value.ts";
import type { KfuncFacts } from "../facts.ts";
import { type Outcome, refuse, unmodelled } from "../outcome.ts";
import { dropPackets } from "../packet.ts";
import { strip } from "../struct-walk.ts";
import { regName, structName, valueWords } from "../words.ts";
import { ASYNC_FIELDS, bindsMap, checkField, checkOwnMap, laterState, setterOf } from "./async.ts";
import {
  checkDynptr,
  DYNPTR,
  type DynptrKind,
  type DynptrUse,
  dynptrAt,
  makeDynptr,
  releaseDynptr,
  sliceOf,
} from "./dynptr.ts";
import { argReg, checkString } from "./helper-args.ts";
import type { Proto } from "./kfunc.ts";
import { checkSize } from "./memory.ts";

/** An argument with its parameter. */
export interface Own {
  readonly kfunc: KfuncFacts;
  readonly param: Param;
  readonly reg: Reg;
  readonly value: Value;
}

type Rule = (cx: Cx, state: State, a: Own) => Outcome;

const PULL = "bpf_xdp_pull_data";

/** Kfuncs whose rules beyond their parameters are all here. */
const MODELLED: ReadonlySet<string> = new Set([
  "bpf_copy_from_user_str",
  "bpf_copy_from_user_task_str",
  "bpf_map_sum_elem_count",
  "bpf_stream_vprintk",
  "bpf_task_work_schedule_resume",
  "bpf_task_work_schedule_signal",
  "bpf_timer_cancel_async",
  "bpf_wq_init",
  "bpf_wq_set_callback",
  "bpf_wq_start",
  PULL,
]);

/** Whether nothing but the parameters has to be looked at. */
export const isOwn = (kfunc: KfuncFacts): boolean =>
  MODELLED.has(kfunc.name) || /^bpf_dynptr_|_dynptr$/.test(kfunc.name);

/** Kinds that kfuncs make; others make local ones. */
const MAKES: Readonly<Record<string, DynptrKind>> = {
  bpf_dynptr_from_skb: "skb",
  bpf_dynptr_from_xdp: "xdp",
  bpf_dynptr_from_skb_meta: "skb_meta",
  bpf_dynptr_from_file: "file",
};
const DISCARD = "bpf_dynptr_file_discard";
const CLONE = "bpf_dynptr_clone";
const SLICES: ReadonlySet<string> = new Set(["bpf_dynptr_slice", "bpf_dynptr_slice_rdwr"]);

/** The rule of a parameter that has one; undefined for all others. */
export function ownRule(kfunc: KfuncFacts, param: Param): Rule | undefined {
  const { name } = kfunc;
  if (SLICES.has(name) && param.name.startsWith("buffer__"))
    return param.name.endsWith("__szk") ? sliceSize : fitsSlice;
  if (param.name.endsWith("__map")) return bindsMap(name) ? ownMap : undefined;
  if (param.name.endsWith("__str")) return constantString;
  const { type } = strip(kfunc.btf, param.type);
  if (type.kind !== "ptr") return undefined;
  const target = strip(kfunc.btf, type.type).type;
  if (target.kind === "func_proto") return setterOf(name) ? laterFunc : undefined;
  if (target.kind !== "struct") return undefined;
  if (target.name === DYNPTR) return dynptr;
  if (ASYNC_FIELDS.has(target.name)) return (cx, _, a) => told(cx, a, checkField(cx, a.value, target.name));
  const ofPacket = name === PULL || (name in MAKES && name !== "bpf_dynptr_from_file");
  return ofPacket ? packetSource : undefined;
}

/** Whether the argument is no memory that the kfunc writes to, though it is a pointer. */
export function isNotMemory(kfunc: KfuncFacts, param: Param): boolean {
  const rule = ownRule(kfunc, param);
  return rule !== undefined && rule !== fitsSlice;
}

function told(cx: Cx, a: Own, found: string | NonNullable<Outcome> | undefined): Outcome {
  if (found === undefined || typeof found !== "string") return found;
  if (mayBeNull(a.value)) return refuse("E0550", [regName(a.reg), a.kfunc.name], { about: [a.value] });
  return refuse("E0559", [regName(a.reg), a.kfunc.name, found, valueWords(cx, a.value)], { about: [a.value] });
}

function dynptr(cx: Cx, state: State, a: Own): Outcome {
  if (a.param.name.includes("__nullable") && isNull(a.value)) return undefined;
  const use = dynptrUse(a);
  const wrong = checkDynptr(cx, state, a.value, use);
  if (wrong !== undefined || !use.makes || a.kfunc.name !== CLONE) return told(cx, a, wrong);
  return dynptrAt(state, regOf(state, 1)) ? undefined : unmodelled("a clone of what is no dynptr");
}

function dynptrUse({ kfunc, param }: Own): DynptrUse {
  const makes = param.name.includes("__uninit");
  if (makes) return { makes };
  if (kfunc.name === DISCARD) return { releases: true, kind: "file" };
  return {};
}

function ownMap(cx: Cx, state: State, a: Own): Outcome {
  const field = regOf(state, a.kfunc.name === "bpf_wq_init" ? 1 : 2);
  return told(cx, a, checkOwnMap(field, a.value));
}

function laterFunc(cx: Cx, _: State, a: Own): Outcome {
  const isFunc = a.value.kind === "ptr" && a.value.to.kind === "func";
  return isFunc ? undefined : told(cx, a, "a function of the program");
}

const constantString: Rule = (_cx, _state, a) => checkString(a.kfunc.name, a.reg, a.value);

/** The buffer may be missing; how much it holds, the size tells. */
function fitsSlice(cx: Cx, _: State, a: Own): Outcome {
  return isNull(a.value) || a.value.kind === "ptr" ? undefined : told(cx, a, "a pointer to memory, or NULL");
}

function sliceSize(cx: Cx, state: State, a: Own): Outcome {
  const { name } = a.kfunc;
  if (a.value.kind !== "scalar") return unmodelled(`a size that is ${valueWords(cx, a.value)}`);
  const buffer = argReg(2);
  const use = { name, reg: buffer, writes: true, zeroAllowed: true, nullAllowed: true };
  const room = isNull(regOf(state, buffer)) ? undefined : checkSize(cx, state, a.reg, use);
  if (room?.kind === "refused" && room.code === "E0527") return unmodelled(`read-only memory as a buffer of ${name}`);
  if (room) return room;
  const size = constOf(a.value);
  if (size === undefined) return refuse("E0553", [regName(a.reg), name], { about: [a.value] });
  return size >= MAX_VAR_OFF ? unmodelled(`a slice of ${size} bytes`) : undefined;
}

/** The context of programs that have packets; elsewhere the kernel's struct. kernel/bpf/btf.c:btf_is_prog_ctx_type */
function packetSource(cx: Cx, _: State, a: Own): Outcome {
  const { value, kfunc } = a;
  const want = kfunc.name === "bpf_dynptr_from_xdp" || kfunc.name === PULL ? "xdp_md" : "__sk_buff";
  if (cx.facts.ctxTypes.includes(want)) {
    if (value.kind !== "ptr" || value.to.kind !== "ctx") return told(cx, a, "the context");
    const asGiven = value.off === 0 && !value.varying;
    return asGiven ? undefined : refuse("E0555", [regName(a.reg), kfunc.name], { about: [value] });
  }
  if (value.kind !== "ptr" || value.to.kind !== "btf") return told(cx, a, "a pointer to struct sk_buff");
  const { trust } = value.to;
  if (value.nullable || (trust !== "trusted" && value.ref === 0))
    return told(cx, a, "a pointer to struct sk_buff that the kernel trusts or holds a reference to");
  const asIs = structName(value.to) === "sk_buff" && value.off === 0 && !value.varying;
  return asIs ? undefined : unmodelled(`${valueWords(cx, value)} as an argument of ${kfunc.name}`);
}

/** What of a call is not met beyond its single arguments. */
export function checkOwn(cx: Cx, kfunc: KfuncFacts): Outcome {
  if (kfunc.name === "bpf_dynptr_slice_rdwr" && cx.facts.packets !== "write")
    return refuse("E0558", [kfunc.name, `${cx.facts.programKind} programs may not write to packets`]);
  return undefined;
}

/** What a checked call does to dynptrs, before its registers are gone. */
export function runOwn(cx: Cx, state: State, kfunc: KfuncFacts, proto: Proto): void {
  if (kfunc.name === PULL) dropPackets(state);
  if (kfunc.name === DISCARD) releaseDynptr(state, regOf(state, 1));
  proto.params.forEach((param, i) => {
    if (!param.name.includes("__uninit") || ownRule(kfunc, param) !== dynptr) return;
    makeDynptr(cx, state, regOf(state, argReg(i)), madeBy(state, kfunc));
  });
}

function madeBy(
  state: State,
  kfunc: KfuncFacts,
): { readonly kind: DynptrKind; readonly ref?: number; readonly parent: number } {
  const first = regOf(state, 1);
  if (kfunc.name === CLONE) {
    const from = dynptrAt(state, first);
    return from ? { kind: from.kind, ref: from.ref, parent: from.parent } : { kind: "local", parent: 0 };
  }
  return { kind: MAKES[kfunc.name] ?? "local", parent: first.kind === "ptr" ? first.ref : 0 };
}

/** A slice; undefined for other kfuncs. */
export function ownResult(cx: Cx, state: State, kfunc: KfuncFacts): Value | undefined {
  if (!SLICES.has(kfunc.name)) return undefined;
  const of = dynptrAt(state, regOf(state, 1));
  const size = regOf(state, 4);
  if (!of || size.kind !== "scalar") return undefined;
  return sliceOf(cx, state, of, constOf(size) ?? 0n, kfunc.name === "bpf_dynptr_slice");
}

/** The function that the kernel calls later, as the kfunc takes it. */
export function laterOf(cx: Cx, state: State, kfunc: KfuncFacts): State | undefined {
  const setter = setterOf(kfunc.name);
  return setter && laterState(cx, state, setter, kfunc.name);
}
