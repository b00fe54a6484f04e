/** Whether the argument registers are what a helper takes, kind by kind. kernel/bpf/verifier.c:check_func_arg */
import type { Reg } from "../../isa/insn.ts";
import type { Helper, HelperArg } from "../../kernel/model.ts";
import type { LinkedMap } from "../../link/model.ts";
import type { Cx } from "../cx.ts";
import { constOf } from "../domain/scalar.ts";
import { reg as regOf, type State } from "../domain/state.ts";
import { isNull, type Pointer, type SockSort, type Value } from "../domain/value.ts";
import { checkReadable } from "../holds.ts";
import { type Outcome, refuse, refuseNull, unmodelled } from "../outcome.ts";
import { regName, valueWords } from "../words.ts";
import { bindsMap, checkField } from "./async.ts";
import { checkDynptr, type DynptrKind } from "./dynptr.ts";
import { checkAligned, checkMemory, checkSize, sized } from "./memory.ts";
import { pointsToStruct } from "./structs.ts";

/** One argument of one call, with what the checks need. */
export interface Arg {
  readonly helper: Helper;
  readonly arg: HelperArg;
  readonly index: number;
  readonly reg: Reg;
  readonly value: Value;
}

export const argReg = (index: number): Reg => (index + 1) as Reg;

/** The argument as a state gives it. */
function argAt(state: State, helper: Helper, index: number): Arg {
  const reg = argReg(index);
  return { helper, arg: helper.args[index]!, index, reg, value: regOf(state, reg) };
}

const has = (a: Arg, flag: string): boolean => a.arg.kind.flags.includes(flag);
const isSize = (arg: HelperArg | undefined): boolean =>
  arg?.kind.base === "ARG_CONST_SIZE" || arg?.kind.base === "ARG_CONST_SIZE_OR_ZERO";

/** The map that an earlier argument of the call gives. */
export function mapOf(state: State, helper: Helper): LinkedMap | undefined {
  const index = helper.args.findIndex((a) => a.kind.base === "ARG_CONST_MAP_PTR");
  if (index < 0) return undefined;
  const value = regOf(state, argReg(index));
  return value.kind === "ptr" && value.to.kind === "map" ? value.to.map : undefined;
}

type Check = (cx: Cx, state: State, a: Arg) => Outcome;

/** Checks by kind; a kind that is missing is not modelled. */
const checks: Readonly<Record<string, Check>> = {
  ARG_DONTCARE: () => undefined,
  ARG_ANYTHING: () => undefined,
  ARG_SCALAR: (cx, _, a) => number(cx, a),
  ARG_CONST_SIZE: (cx, state, a) => sizeArg(cx, state, a, false),
  ARG_CONST_SIZE_OR_ZERO: (cx, state, a) => sizeArg(cx, state, a, true),
  ARG_CONST_ALLOC_SIZE_OR_ZERO: (cx, _, a) => number(cx, a) ?? constant(a),
  ARG_CONST_MAP_PTR: (cx, _, a) => mapArg(cx, a),
  ARG_PTR_TO_MAP_KEY: (cx, state, a) => mapData(cx, state, a, "key"),
  ARG_PTR_TO_MAP_VALUE: (cx, state, a) => mapData(cx, state, a, "value"),
  ARG_PTR_TO_MEM: memArg,
  ARG_PTR_TO_CTX: (cx, _, a) => ctxArg(cx, a),
  ARG_PTR_TO_BTF_ID: (cx, _, a) => structArg(cx, a, a.arg.kind.struct),
  ARG_PTR_TO_BTF_ID_SOCK_COMMON: (cx, _, a) =>
    isSocket(a) ? socketArg(cx, a, ANY_SOCKET) : structArg(cx, a, "sock_common"),
  ARG_PTR_TO_SOCK_COMMON: (cx, _, a) => socketArg(cx, a, ANY_SOCKET),
  ARG_PTR_TO_SOCKET: (cx, _, a) => socketArg(cx, a, ["sock"]),
  ARG_PTR_TO_RINGBUF_MEM: (cx, _, a) => recordArg(cx, a),
  ARG_PTR_TO_STACK: (cx, _, a) =>
    has(a, "PTR_MAYBE_NULL") && isNull(a.value) ? undefined : ofRegion(cx, a, "stack", "a pointer to the stack"),
  ARG_PTR_TO_PERCPU_BTF_ID: (cx, _, a) =>
    a.value.kind === "ptr" &&
    a.value.to.kind === "btf" &&
    a.value.to.space === "percpu" &&
    !a.value.to.alloc &&
    !a.value.nullable
      ? undefined
      : wrongKind(cx, a, "the address of a variable that each processor has"),
  ARG_PTR_TO_SPIN_LOCK: () => undefined, // looked at with the call
  ARG_PTR_TO_FUNC: (cx, _, a) => ofRegion(cx, a, "func", "a function"),
  ARG_PTR_TO_CONST_STR: (_cx, _, a) => checkString(a.helper.name, a.reg, a.value),
  ARG_PTR_TO_DYNPTR: dynptrArg,
  ARG_PTR_TO_TIMER: (cx, _, a) => told(cx, a, checkField(cx, a.value, "bpf_timer")),
};

/** Whether the register of argument `index` suits. */
export function checkArg(cx: Cx, state: State, helper: Helper, index: number): Outcome {
  const a = argAt(state, helper, index);
  const { base } = a.arg.kind;
  if (base === "ARG_DONTCARE") return undefined;
  const check = checks[base];
  return checkReadable(cx, state, a.reg) ?? (check ? check(cx, state, a) : unmodelled(`${a.helper.name} (${base})`));
}

function wrongKind(cx: Cx, a: Arg, want: string): Outcome {
  return refuse("E0549", [regName(a.reg), a.helper.name, want, valueWords(cx, a.value)], { about: [a.value] });
}

const number = (cx: Cx, a: Arg): Outcome => (a.value.kind === "scalar" ? undefined : wrongKind(cx, a, "a number"));

function constant(a: Arg): Outcome {
  const known = a.value.kind === "scalar" && constOf(a.value) !== undefined;
  return known ? undefined : refuse("E0553", [regName(a.reg), a.helper.name], { about: [a.value] });
}

/** A proper pointer to that kind of region. */
function ofRegion(cx: Cx, a: Arg, kind: Pointer["to"]["kind"], want: string): Outcome {
  if (a.value.kind !== "ptr" || a.value.to.kind !== kind) return wrongKind(cx, a, want);
  return a.value.nullable ? orNull(a) : undefined;
}

const orNull = (a: Arg): Outcome => refuseNull(regName(a.reg), a.helper.name, a.value);

function mapArg(cx: Cx, a: Arg): Outcome {
  const wrong = ofRegion(cx, a, "map", "a map");
  if (wrong || a.value.kind !== "ptr" || a.value.to.kind !== "map") return wrong;
  const { map } = a.value.to;
  const kind = cx.facts.mapKind(map.type);
  if (!kind) return unmodelled(`map type ${map.type}`);
  if (bindsMap(a.helper.name)) return undefined; // the member of a value tells which map it must be
  const name = a.helper.name.startsWith("bpf_") ? a.helper.name.slice(4) : a.helper.name;
  return kind.helpers.includes(name) ? undefined : refuse("E0554", [map.name, kind.name, a.helper.name]);
}

function mapData(cx: Cx, state: State, a: Arg, what: "key" | "value"): Outcome {
  const nullAllowed = has(a, "PTR_MAYBE_NULL");
  if (nullAllowed && isNull(a.value)) return undefined;
  const map = mapOf(state, a.helper);
  if (!map) return unmodelled(`${a.helper.name} with a map that is not known`);
  const size = BigInt(what === "key" ? map.keySize : map.valueSize);
  const writes = has(a, "MEM_WRITE");
  if (size === 0n) return unmodelled(`a ${what} of no bytes in map '${map.name}'`);
  const packetAccess = a.helper.packetAccess ?? false;
  const use = { name: a.helper.name, reg: a.reg, size, writes, zeroAllowed: false, nullAllowed, packetAccess };
  return checkMemory(cx, state, use);
}

function memArg(cx: Cx, state: State, a: Arg): Outcome {
  const nullAllowed = has(a, "PTR_MAYBE_NULL");
  const fixed = a.arg.kind.size;
  const writes = has(a, "MEM_WRITE");
  const packetAccess = a.helper.packetAccess ?? false;
  const use = { name: a.helper.name, reg: a.reg, writes, zeroAllowed: false, nullAllowed, packetAccess };
  if (fixed !== undefined) {
    const aligned = has(a, "MEM_ALIGNED") ? checkAligned(cx, state, a.reg, fixed) : undefined;
    return checkMemory(cx, state, sized(use, BigInt(fixed))) ?? aligned;
  }
  if (has(a, "MEM_FIXED_SIZE")) return unmodelled(`${a.helper.name} (memory of a size that is not known)`);
  if (!isSize(a.helper.args[a.index + 1])) return unmodelled(`${a.helper.name} (memory without a size)`);
  // The size decides how much; here only the kind of pointer is looked at, before the size is.
  return checkMemory(cx, state, sized(use, 0n, true));
}

function sizeArg(cx: Cx, state: State, a: Arg, zeroAllowed: boolean): Outcome {
  const memory = a.helper.args[a.index - 1];
  if (!memory) return unmodelled(`${a.helper.name} (a size without memory)`);
  const { flags } = memory.kind;
  const nullAllowed = flags.includes("PTR_MAYBE_NULL");
  const use = {
    name: a.helper.name,
    reg: argReg(a.index - 1),
    writes: flags.includes("MEM_WRITE"),
    zeroAllowed,
    nullAllowed,
    packetAccess: a.helper.packetAccess ?? false,
  };
  return checkSize(cx, state, a.reg, use);
}

function ctxArg(cx: Cx, a: Arg): Outcome {
  if (has(a, "PTR_MAYBE_NULL") && isNull(a.value)) return undefined;
  const wrong = ofRegion(cx, a, "ctx", "the context");
  if (wrong || a.value.kind !== "ptr") return wrong;
  if (a.value.off === 0 && !a.value.varying) return undefined;
  return refuse("E0555", [regName(a.reg), a.helper.name], { about: [a.value] });
}

function structArg(cx: Cx, a: Arg, struct: string | undefined): Outcome {
  if (!struct) return unmodelled(`${a.helper.name} (a kernel struct)`);
  if (has(a, "OBJ_RELEASE")) return releasedStruct(cx, a, struct);
  const nullAllowed = has(a, "PTR_MAYBE_NULL");
  if (nullAllowed && isNull(a.value)) return undefined;
  const want = `a pointer to struct ${struct}`;
  if (a.value.kind !== "ptr" || a.value.to.kind !== "btf") return wrongKind(cx, a, want);
  if (a.value.nullable && !nullAllowed) return orNull(a);
  if (a.value.to.trust === "untrusted" && !cx.facts.asksForTrust) return unmodelled("what older kernels trust");
  if (a.value.to.trust === "untrusted" || a.value.to.space) return wrongKind(cx, a, `${want} that is trusted`);
  return pointsToStruct(a.value, struct) ? undefined : wrongKind(cx, a, want);
}

const ANY_SOCKET: readonly SockSort[] = ["sock", "sock_common", "tcp_sock", "xdp_sock"];
const isSocket = (a: Arg): boolean => a.value.kind === "ptr" && a.value.to.kind === "sock";

function socketArg(cx: Cx, a: Arg, sorts: readonly SockSort[]): Outcome {
  const nullAllowed = has(a, "PTR_MAYBE_NULL");
  if (nullAllowed && isNull(a.value)) return undefined;
  const { value } = a;
  if (value.kind !== "ptr" || value.to.kind !== "sock" || !sorts.includes(value.to.sort))
    return wrongKind(cx, a, "a pointer to a socket");
  if (value.nullable && !nullAllowed) return orNull(a);
  const moved = value.off !== 0 || value.varying !== undefined;
  if (has(a, "OBJ_RELEASE") && (value.ref === 0 || moved))
    return refuse("E0561", [regName(a.reg), a.helper.name], { about: [value] });
  return moved ? wrongKind(cx, a, "a pointer to a socket that was not moved") : undefined;
}

function releasedStruct(cx: Cx, a: Arg, struct: string): Outcome {
  const { value } = a;
  if (value.kind !== "ptr" || value.to.kind !== "btf") return wrongKind(cx, a, `a pointer to struct ${struct}`);
  if (value.nullable) return orNull(a);
  const asIs = value.ref !== 0 && value.off === 0 && !value.varying;
  return asIs ? undefined : refuse("E0561", [regName(a.reg), a.helper.name], { about: [value] });
}

function recordArg(cx: Cx, a: Arg): Outcome {
  const { value } = a;
  const want = "a record that bpf_ringbuf_reserve gave";
  if (value.kind !== "ptr" || value.to.kind !== "mem" || !value.to.ringbuf) return wrongKind(cx, a, want);
  if (value.nullable) return orNull(a);
  if (value.off === 0 && !value.varying && value.ref !== 0) return undefined;
  return refuse("E0561", [regName(a.reg), a.helper.name], { about: [value] });
}

/** The outcome, or that the argument is not what the words say. */
function told(cx: Cx, a: Arg, found: string | NonNullable<Outcome> | undefined): Outcome {
  return typeof found === "string" ? wrongKind(cx, a, found) : found;
}

const DYNPTR_KINDS: Readonly<Record<string, DynptrKind>> = {
  DYNPTR_TYPE_LOCAL: "local",
  DYNPTR_TYPE_RINGBUF: "ringbuf",
};

function dynptrArg(cx: Cx, state: State, a: Arg): Outcome {
  const kind = a.arg.kind.flags.map((flag) => DYNPTR_KINDS[flag]).find((k) => k !== undefined);
  const use = { makes: has(a, "MEM_UNINIT"), releases: has(a, "OBJ_RELEASE"), ...(kind && { kind }) };
  return told(cx, a, checkDynptr(cx, state, a.value, use));
}

/** A NUL-terminated string in frozen read-only data. */
export function checkString(name: string, reg: Reg, value: Value): Outcome {
  const not = (why: string): Outcome => refuse("E0556", [regName(reg), name, why], { about: [value] });
  if (value.kind !== "ptr" || value.to.kind !== "map_value" || value.nullable)
    return not("is not in read-only data of the program");
  const { map } = value.to;
  if (!map.readOnly || !map.data) return not(`is in map '${map.name}', which is not read-only`);
  if (value.varying) return not("is not at a constant offset");
  if (value.off < 0 || value.off >= map.valueSize) return not("is outside of its map");
  return map.data.indexOf(0, value.off) < 0 ? not("does not end in a zero byte") : undefined;
}
