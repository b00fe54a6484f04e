/** Calls of helpers: who may call them, and what they leave. kernel/bpf/verifier.c:check_helper_call */
import type { Reg } from "../../isa/insn.ts";
import { POISON_CORE, POISON_KFUNC } from "../../kernel/helpers.ts";
import { MAX_ERRNO } from "../../kernel/limits.ts";
import type { Helper, HelperArg } from "../../kernel/model.ts";
import type { LinkedMap } from "../../link/model.ts";
import type { Cx } from "../cx.ts";
import { constOf, describe, type Scalar, unknownScalar, withBounds } from "../domain/scalar.ts";
import { placeOf, type Stack } from "../domain/stack.ts";
import { reg as regOf, release, type State, setReg } from "../domain/state.ts";
import { nothing, type Pointer, pointer, type SockSort, type Value } from "../domain/value.ts";
import { checkAbnormalReturn } from "../leave.ts";
import { specialFields, valuesHaveLocks } from "../map-fields.ts";
import { type Outcome, refuse, unmodelled } from "../outcome.ts";
import { dropPackets } from "../packet.ts";
import { canSleep } from "../sleep.ts";
import { sizeOf, strip } from "../struct-walk.ts";
import { valueWords } from "../words.ts";
import { ASYNC_FIELDS, checkOwnMap } from "./async.ts";
import { clobber } from "./clobber.ts";
import { dynptrAt, makeDynptr, releaseDynptr, sliceOf } from "./dynptr.ts";
import { checkExchange, runExchange } from "./exchange.ts";
import { checkSnprintf } from "./format.ts";
import { argReg, checkArg, mapOf } from "./helper-args.ts";
import { checkLock, runLock } from "./locks.ts";
import { forgetWritten, greatest } from "./memory.ts";
import { checkSections, checkWithLock, sleepless } from "./sections.ts";
import { structNamed } from "./structs.ts";

export function checkHelper(cx: Cx, state: State, id: number): Outcome {
  const helper = cx.facts.helper(id);
  if (!cx.facts.isCertain(id))
    return unmodelled(`${helper.name ?? `helper ${id}`} in ${cx.facts.programKind} programs`);
  if ("missing" in helper) return missing(cx, state.at, id, helper.name);
  const { name } = helper;
  if (helper.gplOnly && !cx.facts.gpl)
    return refuse("E0547", [name], { help: 'give the program a license such as "GPL"' });
  const barred = helper.allowedBy || name === "bpf_override_return" ? cx.facts.allows(helper) : undefined;
  if (barred) return barred;
  if (helper.mightSleep && !canSleep(cx, state)) {
    return refuse("E0548", [name], { help: "use a sleepable section (`.s`) and a target that may sleep" });
  }
  const locked = checkWithLock(state, name, false);
  if (locked) return locked;
  const section = helper.mightSleep ? sleepless(state) : undefined;
  if (section) return refuse("E0558", [name, `it may sleep, and this is ${section}`]);
  const sockets = changesSockets(state, helper);
  if (sockets) return sockets;
  if (name === EXCHANGE) return checkExchange(cx, state);
  const args = checkArgs(cx, state, helper);
  if (args?.kind === "refused") return args;
  return args ?? checkAfterArgs(cx, state, helper);
}

function checkArgs(cx: Cx, state: State, helper: Helper): Outcome {
  for (let i = 0; i < helper.args.length; i++) {
    const outcome = checkArg(cx, state, helper, i);
    if (outcome) return outcome;
  }
  return undefined;
}

function missing(cx: Cx, at: number, id: number, name: string | undefined): Outcome {
  if (id === POISON_CORE) return refuse("E0568", [cx.prep.insns[at]?.missing ?? "something"]);
  if (id >= POISON_KFUNC)
    return refuse("E0569", ["the weak function that is called"], { help: "guard the call with bpf_ksym_exists" });
  if (name === undefined) return refuse("E0545", [id]);
  return refuse("E0546", [name, cx.facts.programKind]);
}

const EXCHANGE = "bpf_kptr_xchg";
const LOCKS: ReadonlySet<string> = new Set(["bpf_spin_lock", "bpf_spin_unlock"]);

/** SOCKMAP and SOCKHASH: their values are sockets, and few programs may change them. kernel/bpf/verifier.c:may_update_sockmap */
const SOCKET_MAPS: ReadonlySet<number> = new Set([15, 18]);
const CHANGES: ReadonlySet<string> = new Set(["bpf_map_update_elem", "bpf_map_delete_elem"]);

function changesSockets(state: State, helper: Helper): Outcome {
  const map = CHANGES.has(helper.name) ? mapOf(state, helper) : undefined;
  if (!map || !SOCKET_MAPS.has(map.type)) return undefined;
  return unmodelled(`${helper.name} with map '${map.name}', which holds sockets`);
}

/** Errors and 0. kernel/bpf/verifier.c:check_helper_call, for BPF_FUNC_set_retval */
function checkRetval(cx: Cx, state: State): Outcome {
  const value = regOf(state, 1);
  if (!cx.facts.errorsOnly || value.kind !== "scalar") return undefined;
  if (value.s32.min >= -MAX_ERRNO && value.s32.max <= 0n) return undefined;
  return refuse("E0549", ["r1", "bpf_set_retval", "0 or an error from -4095 on", `a number (${describe(value)})`], {
    about: [value],
  });
}

/** kernel/bpf/verifier.c:check_helper_call, for BPF_FUNC_get_local_storage */
function checkStorageFlags(state: State): Outcome {
  const flags = regOf(state, 2);
  if (flags.kind === "scalar" && constOf(flags) === 0n) return undefined;
  return refuse("E0549", ["r2", "bpf_get_local_storage", "the constant 0", "something else"], { about: [flags] });
}

function checkAfterArgs(cx: Cx, state: State, helper: Helper): Outcome {
  if (helper.name === "bpf_tail_call" && checkSections(state)) return checkSections(state);
  if (helper.name === "bpf_tail_call" && state.refs.length > 0) {
    return refuse("E0560", ["what was acquired before a tail call"], {
      marks: state.refs.map((r) => ({ at: r.at, text: "acquired here" })),
    });
  }
  if (helper.name === "bpf_tail_call") return checkAbnormalReturn(cx, state, "a tail call");
  if (helper.name === "bpf_get_local_storage") return checkStorageFlags(state);
  if (LOCKS.has(helper.name)) return checkLock(cx, state, helper.name);
  if (helper.name === "bpf_set_retval") return checkRetval(cx, state);
  if (helper.name === "bpf_snprintf") return checkSnprintf(cx, state);
  if (helper.name === "bpf_dynptr_from_mem") return checkLocal(cx, state);
  if (helper.name === "bpf_timer_init") return checkTimerMap(cx, state);
  return undefined;
}

/** kernel/bpf/verifier.c:check_reg_type, for BPF_FUNC_dynptr_from_mem */
function checkLocal(cx: Cx, state: State): Outcome {
  const value = regOf(state, 1);
  if (value.kind === "ptr" && value.to.kind === "map_value") return undefined;
  return refuse("E0549", ["r1", "bpf_dynptr_from_mem", "a pointer to a map value", valueWords(cx, value)], {
    about: [value],
  });
}

function checkTimerMap(cx: Cx, state: State): Outcome {
  const map = regOf(state, 2);
  const want = checkOwnMap(regOf(state, 1), map);
  return want === undefined
    ? undefined
    : refuse("E0549", ["r2", "bpf_timer_init", want, valueWords(cx, map)], { about: [map] });
}

/** The effects of a call whose arguments were checked. */
export function runHelper(cx: Cx, state: State, helper: Helper): void {
  if (helper.name === EXCHANGE) {
    runExchange(cx, state);
    return;
  }
  const result = resultOf(cx, state, helper);
  if (result.kind === "unmodelled") return;
  for (let i = 0; i < helper.args.length; i++) written(state, helper, i);
  if (helper.name === "bpf_dynptr_write" && movesPacket(state)) dropPackets(state);
  helper.args.forEach((arg, i) => {
    if (arg.kind.base === DYNPTR_ARG) runDynptr(cx, state, arg, argReg(i));
  });
  if (helper.releases) releaseArgs(state, helper);
  if (LOCKS.has(helper.name)) runLock(state, helper.name);
  if (helper.changesPacket) dropPackets(state);
  clobber(state);
  setReg(state, 0, result.value);
  if (result.acquired) state.refs = [...state.refs, { id: result.acquired, at: state.at }];
}

const DYNPTR_ARG = "ARG_PTR_TO_DYNPTR";

/** A dynptr that the helper makes, or that it gives back. */
function runDynptr(cx: Cx, state: State, arg: HelperArg, r: Reg): void {
  const { flags } = arg.kind;
  const value = regOf(state, r);
  const kind = flags.includes("DYNPTR_TYPE_RINGBUF") ? "ringbuf" : "local";
  if (flags.includes("MEM_UNINIT")) makeDynptr(cx, state, value, { kind });
  else if (flags.includes("OBJ_RELEASE")) releaseDynptr(state, value);
}

/** kernel/bpf/verifier.c:check_helper_call, for BPF_FUNC_dynptr_write */
function movesPacket(state: State): boolean {
  const kind = dynptrAt(state, regOf(state, 1))?.kind;
  return kind === "skb" || kind === "skb_meta";
}

/** The helper's memory arguments that it writes to. */
function written(state: State, helper: Helper, index: number): void {
  const { kind } = helper.args[index]!;
  if (!kind.flags.includes("MEM_WRITE") || kind.base === DYNPTR_ARG) return;
  if (kind.size !== undefined) forgetWritten(state, argReg(index), BigInt(kind.size));
  else if (kind.base === "ARG_PTR_TO_MAP_VALUE") {
    forgetWritten(state, argReg(index), BigInt(mapOf(state, helper)?.valueSize ?? 512));
  } else forgetWritten(state, argReg(index), greatest(regOf(state, argReg(index + 1))));
}

function releaseArgs(state: State, helper: Helper): void {
  helper.args.forEach((arg, i) => {
    const value = regOf(state, argReg(i));
    if (!arg.kind.flags.includes("OBJ_RELEASE") || arg.kind.base === DYNPTR_ARG || value.kind !== "ptr") return;
    release(state, value.ref, () => unknownScalar(state.at));
  });
}

type Result =
  | { readonly kind: "known"; readonly value: Value; readonly acquired?: number }
  | { readonly kind: "unmodelled"; readonly what: string };

const known = (value: Value): Result => ({ kind: "known", value });

const ALWAYS_MODELLED: ReadonlySet<string> = new Set(["RET_VOID", "RET_INTEGER"]);

/** Whether the result of the call is modelled. */
export function checkResult(cx: Cx, state: State, helper: Helper): Outcome {
  if (helper.name === EXCHANGE || ALWAYS_MODELLED.has(helper.ret.kind.base)) return undefined;
  const result = resultOf(cx, state, helper);
  return result.kind === "unmodelled" ? unmodelled(result.what) : undefined;
}

function resultOf(cx: Cx, state: State, helper: Helper): Result {
  const { base, flags, struct } = helper.ret.kind;
  const nullable = flags.includes("PTR_MAYBE_NULL");
  const { at } = state;
  switch (base) {
    case "RET_VOID":
      return known(nothing(at));
    case "RET_INTEGER":
      return known(numberOf(cx, state, helper));
    case "RET_PTR_TO_MAP_VALUE":
      return mapValue(cx, state, helper, nullable);
    case "RET_PTR_TO_MEM": {
      if (helper.name === "bpf_dynptr_data") return dataOf(cx, state);
      if (!flags.includes("MEM_RINGBUF")) return { kind: "unmodelled", what: `the result of ${helper.name}` };
      const id = cx.newId();
      const size = Number(constOf(regOf(state, 2) as Scalar) ?? 0n);
      return {
        kind: "known",
        value: pointer({ kind: "mem", size, readOnly: false, ringbuf: true }, at, { nullable, id, ref: id }),
        acquired: id,
      };
    }
    case "RET_PTR_TO_MEM_OR_BTF_ID":
      return perCpuOf(cx, state, helper, nullable);
    case "RET_PTR_TO_BTF_ID": {
      const type = struct === undefined ? undefined : structNamed(cx.facts.kernelBtf, struct);
      if (type === undefined || helper.acquires) return { kind: "unmodelled", what: `the result of ${helper.name}` };
      const trust = flags.includes("PTR_TRUSTED") ? "trusted" : "plain";
      const to = { kind: "btf", btf: cx.facts.kernelBtf, type, trust } as const;
      return known(pointer(to, at, { nullable, id: nullable ? cx.newId() : 0, ref: castFrom(state, helper) }));
    }
    case "RET_PTR_TO_SOCKET":
    case "RET_PTR_TO_SOCK_COMMON":
    case "RET_PTR_TO_TCP_SOCK":
      return socketOf(cx, state, helper, SOCKETS[base], nullable);
    default:
      return { kind: "unmodelled", what: `the result of ${helper.name}` };
  }
}

/** bpf_dynptr_data: the bytes that a constant in r3 tells. */
function dataOf(cx: Cx, state: State): Result {
  const of = dynptrAt(state, regOf(state, 1));
  const size = regOf(state, 3);
  const slice = size.kind === "scalar" && of ? sliceOf(cx, state, of, constOf(size) ?? 0n, false) : undefined;
  return slice ? known(slice) : { kind: "unmodelled", what: "the result of bpf_dynptr_data" };
}

/** What a variable of one processor is on this one, or on another. kernel/bpf/verifier.c:check_helper_call */
function perCpuOf(cx: Cx, state: State, helper: Helper, nullable: boolean): Result {
  const from = regOf(state, 1);
  if (from.kind !== "ptr" || from.to.kind !== "btf" || from.to.space !== "percpu")
    return { kind: "unmodelled", what: `the result of ${helper.name}` };
  const { btf, type } = from.to;
  const found = strip(btf, type);
  // What bpf_percpu_obj_new made is there for every processor.
  if (from.to.trust === "rcu") return known(pointer({ kind: "btf", btf, type, trust: "rcu", alloc: "seen" }, state.at));
  const id = nullable ? cx.newId() : 0;
  if (found.type.kind === "struct")
    return known(pointer({ kind: "btf", btf, type: found.id, trust: "plain" }, state.at, { nullable, id }));
  const size = sizeOf(btf, type);
  if (size === undefined) return { kind: "unmodelled", what: `the result of ${helper.name}` };
  return known(pointer({ kind: "mem", size, readOnly: true, ringbuf: false }, state.at, { nullable, id }));
}

const SOCKETS = {
  RET_PTR_TO_SOCKET: "sock",
  RET_PTR_TO_SOCK_COMMON: "sock_common",
  RET_PTR_TO_TCP_SOCK: "tcp_sock",
} as const;

/** Helpers that give their argument back as another kind of socket. kernel/bpf/verifier.c:is_ptr_cast_function */
const CASTS: ReadonlySet<string> = new Set([
  "bpf_tcp_sock",
  "bpf_sk_fullsock",
  "bpf_skc_to_tcp_sock",
  "bpf_skc_to_tcp6_sock",
  "bpf_skc_to_udp6_sock",
  "bpf_skc_to_mptcp_sock",
  "bpf_skc_to_tcp_timewait_sock",
  "bpf_skc_to_tcp_request_sock",
]);
const castFrom = (state: State, helper: Helper): number => {
  const from = CASTS.has(helper.name) ? regOf(state, 1) : undefined;
  return from?.kind === "ptr" ? from.ref : 0;
};

function socketOf(cx: Cx, state: State, helper: Helper, sort: SockSort, nullable: boolean): Result {
  const id = cx.newId();
  const ref = helper.acquires ? id : castFrom(state, helper);
  const value = pointer({ kind: "sock", sort }, state.at, { nullable, id, ref });
  return { kind: "known", value, ...(helper.acquires && { acquired: id }) };
}

/** Helpers whose result is a size or an error. kernel/bpf/verifier.c:do_refine_retval_range */
const SIZED: ReadonlySet<string> = new Set([
  "bpf_get_stack",
  "bpf_get_task_stack",
  "bpf_probe_read_str",
  "bpf_probe_read_kernel_str",
  "bpf_probe_read_user_str",
]);

/** At most NR_CPUS of x86-64; how many there are is the machine's affair, and at least one. */
const MOST_CPUS = 8192n;

function numberOf(cx: Cx, state: State, helper: Helper): Value {
  if (helper.name === "bpf_get_smp_processor_id" && (cx.facts.countsCpus || cx.sharp)) {
    const range = { min: 0n, max: cx.sharp ? 1n : MOST_CPUS - 1n };
    return withBounds({ u: range, s: range, u32: range, s32: range }, state.at);
  }
  if (helper.name === "bpf_get_retval" && (cx.facts.errorsOnly || cx.sharp)) {
    const errors = { min: -MAX_ERRNO, max: 0n };
    return withBounds({ s: errors, s32: errors }, state.at);
  }
  if (!SIZED.has(helper.name)) return unknownScalar(state.at);
  const sizeAt = helper.args.findIndex((a) => a.kind.base.startsWith("ARG_CONST_SIZE"));
  const max = greatest(regOf(state, argReg(sizeAt)));
  return cx.recall.signed(-MAX_ERRNO, max, state.at);
}

function mapValue(cx: Cx, state: State, helper: Helper, nullable: boolean): Result {
  const map = mapOf(state, helper);
  if (!map) return { kind: "unmodelled", what: `${helper.name} with a map that is not known` };
  const { at } = state;
  if (map.inner) {
    const id = cx.newId();
    const uid = specialFields(cx, map.inner).some((f) => ASYNC_FIELDS.has(f.name)) ? { uid: id } : {};
    return known(pointer({ kind: "map", map: map.inner, ...uid }, at, { nullable: true, id }));
  }
  const lookup = cx.facts.mapKind(map.type)?.lookup;
  if (helper.name === "bpf_map_lookup_elem" && lookup !== "PTR_TO_MAP_VALUE") {
    return { kind: "unmodelled", what: `a lookup in map '${map.name}'` };
  }
  const found = helper.name === "bpf_map_lookup_elem" && foundForSure(cx, state, map);
  const orNull = nullable && !found;
  const keepsId = valuesHaveLocks(cx, map);
  const id = orNull || keepsId ? cx.newId() : 0;
  return known(pointer({ kind: "map_value", map, ...uidOf(regOf(state, 1)) }, at, { nullable: orNull, id, keepsId }));
}

const uidOf = (map: Value): { readonly uid?: number } =>
  map.kind === "ptr" && map.to.kind === "map" && map.to.uid !== undefined ? { uid: map.to.uid } : {};

/** A constant key that is surely in the array. kernel/bpf/verifier.c:get_constant_map_key */
function foundForSure(cx: Cx, state: State, map: LinkedMap): boolean {
  if (!cx.facts.mapKind(map.type)?.constKeyFound || (map.flags & 0x1000) !== 0) return false;
  const key = regOf(state, 2);
  if (key.kind !== "ptr" || key.to.kind !== "stack" || key.varying) return false;
  const value = storedKey(state.frames[key.to.frame]?.stack ?? [], key, map.keySize);
  return value !== undefined && value < BigInt(map.maxEntries);
}

function storedKey(stack: Stack, key: Pointer, size: number): bigint | undefined {
  const { slot, byte } = placeOf(key.off);
  const found = stack[slot];
  if (!found) return undefined;
  const zeros = ((1 << size) - 1) << byte;
  if ((found.zeros & zeros) === zeros) return 0n;
  const spill = found.spill;
  // The kernel counts the saved bytes from the key on, and takes the saved number as a whole.
  if (!spill || spill.size - byte !== size || spill.value.kind !== "scalar") return undefined;
  return constOf(spill.value);
}
