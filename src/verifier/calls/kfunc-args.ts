/** Arguments of kfuncs, by the type and the name of the parameter. kernel/bpf/verifier.c:check_kfunc_args */
import type { Param, TypeId } from "../../btf/type.ts";
import type { Reg } from "../../isa/insn.ts";
import type { Cx } from "../cx.ts";
import { constOf } from "../domain/scalar.ts";
import { reg as regOf, type State } from "../domain/state.ts";
import { isNull, mayBeNull, type Pointer, type Value } from "../domain/value.ts";
import type { KfuncFacts } from "../facts.ts";
import { checkReadable } from "../holds.ts";
import { type Outcome, refuse, refuseNull, unmodelled } from "../outcome.ts";
import { type Stripped, sizeOf, strip } from "../struct-walk.ts";
import { regName, valueWords } from "../words.ts";
import { argReg } from "./helper-args.ts";
import { type Proto, SESSION_KFUNCS } from "./kfunc.ts";
import { checkMemory, checkSize, greatest } from "./memory.ts";
import { ofScalars } from "./objects.ts";
import { isNotMemory, ownRule } from "./own-params.ts";
import { pointsToStruct } from "./structs.ts";

/** An argument, its parameter and the call. */
interface Arg {
  readonly kfunc: KfuncFacts;
  readonly proto: Proto;
  readonly index: number;
  readonly name: string;
  readonly reg: Reg;
  readonly value: Value;
}

const SUFFIXES = [
  "__map",
  "__str",
  "__alloc",
  "__uninit",
  "__iter",
  "__irq_flag",
  "__refcounted_kptr",
  "__prog",
  "__nonown_allowed",
];

/** Whether the register suits parameter `index`. */
export function checkParam(
  cx: Cx,
  state: State,
  kfunc: KfuncFacts,
  proto: Proto,
  param: Param,
  index: number,
): Outcome {
  if (index >= 5) return unmodelled("arguments on the stack (r11)");
  const reg = argReg(index);
  if (param.name.endsWith("__ign")) return undefined;
  const unread = checkReadable(cx, state, reg);
  if (unread) return unread;
  const a: Arg = { kfunc, proto, index, name: param.name, reg, value: regOf(state, reg) };
  const own = ownRule(kfunc, param);
  if (own) return own(cx, state, { kfunc, param, reg, value: a.value });
  const suffix = SUFFIXES.find((s) => param.name.includes(s));
  if (suffix === "__map" && ARENA_CALLS.test(kfunc.name)) return arenaMap(cx, a);
  if (suffix) return unmodelled(`${kfunc.name} (parameter ${param.name})`);
  if (SESSION_KFUNCS.has(kfunc.name)) return sessionArg(cx, a);
  const { type } = strip(kfunc.btf, param.type);
  switch (type.kind) {
    case "int":
    case "enum":
    case "enum64":
      return scalarArg(cx, state, a);
    case "ptr":
      return pointerArg(cx, state, a, type.type);
    default:
      return unmodelled(`${kfunc.name} (parameter ${param.name})`);
  }
}

const ARENA_CALLS = /^bpf_arena_(alloc|free|reserve)_pages$/;
const ARENA = 33;

/** kernel/bpf/verifier.c:check_kfunc_args, for KF_ARG_PTR_TO_MAP */
function arenaMap(cx: Cx, a: Arg): Outcome {
  const { value } = a;
  const isArena = value.kind === "ptr" && value.to.kind === "map" && value.to.map.type === ARENA && !value.nullable;
  return isArena ? undefined : unmodelled(`${a.kfunc.name} with ${valueWords(cx, value)}`);
}

function wrong(cx: Cx, a: Arg, want: string, help?: string): Outcome {
  return refuse("E0559", [regName(a.reg), a.kfunc.name, want, valueWords(cx, a.value)], {
    about: [a.value],
    ...(help && { help }),
  });
}

/** The session kfuncs take the context as the program got it. kernel/bpf/verifier.c:get_kfunc_ptr_arg_type */
function sessionArg(cx: Cx, a: Arg): Outcome {
  const { value } = a;
  if (value.kind !== "ptr" || value.to.kind !== "ctx") return wrong(cx, a, "the context", "pass ctx");
  return value.off === 0 && !value.varying
    ? undefined
    : refuse("E0555", [regName(a.reg), a.kfunc.name], { about: [value] });
}

/** The number of bytes that the result points to. kernel/bpf/verifier.c:is_kfunc_arg_scalar_with_name */
const RESULT_SIZE = /^(rdonly|rdwr)_buf_size$/;

/** The memory that an argument says the result is; undefined where none does. */
export function resultMemory(
  state: State,
  proto: Proto,
): { readonly size: number; readonly readOnly: boolean } | undefined {
  const index = proto.params.findIndex(({ name }) => RESULT_SIZE.test(name));
  if (index < 0 || index >= 5) return undefined;
  const value = regOf(state, argReg(index));
  const size = value.kind === "scalar" ? constOf(value) : undefined;
  if (size === undefined || size === 0n || size > MOST_BYTES) return undefined;
  return { size: Number(size), readOnly: proto.params[index]!.name.startsWith("rdonly") };
}

const MOST_BYTES = (1n << 31n) - 1n;

function scalarArg(cx: Cx, state: State, a: Arg): Outcome {
  if (a.value.kind !== "scalar") return wrong(cx, a, "a number");
  if (a.name.endsWith("__k")) return unmodelled(`${a.kfunc.name} (parameter ${a.name})`);
  if (RESULT_SIZE.test(a.name))
    return constOf(a.value) === undefined
      ? refuse("E0553", [regName(a.reg), a.kfunc.name], { about: [a.value] })
      : undefined;
  const size = /__szk?$/.test(a.name);
  if (!size) return undefined;
  if (a.index === 0) return unmodelled(`${a.kfunc.name} (a size without memory)`);
  if (a.name.endsWith("__szk") && constOf(a.value) === undefined) {
    return refuse("E0553", [regName(a.reg), a.kfunc.name], { about: [a.value] });
  }
  const nullAllowed = a.proto.params[a.index - 1]!.name.includes("__nullable");
  const use = { name: a.kfunc.name, reg: argReg(a.index - 1), writes: true, zeroAllowed: true, nullAllowed };
  return onlyIfWritable(cx, state, use.reg) ?? checkSize(cx, state, a.reg, use);
}

/** Whether read-only memory may be passed depends on the kernel's release. */
function onlyIfWritable(_cx: Cx, state: State, r: Reg): Outcome {
  const v = regOf(state, r);
  const readOnly =
    v.kind === "ptr" && ((v.to.kind === "mem" && v.to.readOnly) || (v.to.kind === "map_value" && v.to.map.readOnly));
  return readOnly ? unmodelled("read-only memory as an argument of a kfunc") : undefined;
}

/** Contexts that stand for a struct of the kernel, which some programs have. kernel/bpf/verifier.c:get_kfunc_ptr_arg_type */
const ALIASES: Readonly<Record<string, true>> = { __sk_buff: true, xdp_md: true, bpf_sock: true, bpf_sock_ops: true };

function pointerArg(cx: Cx, state: State, a: Arg, target: TypeId): Outcome {
  const nullable = a.name.includes("__nullable");
  const { value } = a;
  if (nullable && isNull(value)) return undefined;
  if (!nullable && mayBeNull(value)) return refuseNull(regName(a.reg), a.kfunc.name, value);
  if (ARENA_CALLS.test(a.kfunc.name) && value.kind === "scalar") return undefined;
  if (value.kind !== "ptr") return wrong(cx, a, "a pointer");
  if (value.to.kind === "arena") return unmodelled(`an address in the arena as an argument of ${a.kfunc.name}`);
  const to = strip(a.kfunc.btf, target);
  if (value.to.kind === "address") return unmodelled(`an address of the kernel as an argument of ${a.kfunc.name}`);
  if (value.to.kind === "ctx") return unmodelled(`the context as an argument of ${a.kfunc.name}`);
  if (value.to.kind === "btf" && "name" in to.type && to.type.name in ALIASES)
    return unmodelled(`${a.kfunc.name} with the kernel's form of struct ${to.type.name}`);
  if (value.to.kind === "btf") return structArg(cx, a, value, to);
  return memArg(cx, state, a, to);
}

/** kernel/bpf/verifier.c:process_kf_arg_ptr_to_btf_id */
function structArg(cx: Cx, a: Arg, value: Pointer, to: Stripped): Outcome {
  if (value.to.kind !== "btf" || to.type.kind !== "struct")
    return unmodelled(`a kernel struct as an argument of ${a.kfunc.name}`);
  const want = `a pointer to struct ${to.type.name}`;
  const { trust } = value.to;
  if (value.varying || value.off < 0 || value.to.alloc) return wrong(cx, a, want);
  // Of the kfuncs that release something, all do it to their first argument.
  const releases = a.index === 0 && a.kfunc.flags.includes("RELEASE");
  if (releases && value.ref === 0) return refuse("E0561", [regName(a.reg), a.kfunc.name], { about: [value] });
  const rcu = a.kfunc.flags.includes("RCU") && trust === "rcu";
  if (trust !== "trusted" && value.ref === 0 && !rcu) {
    const help =
      "arguments of traced functions are not trusted; take the struct from a kfunc such as bpf_task_from_pid";
    return wrong(cx, a, `${want} that the kernel trusts or holds a reference to`, help);
  }
  if (value.off !== 0 && releases) return refuse("E0561", [regName(a.reg), a.kfunc.name], { about: [value] });
  if (value.off !== 0 && trust === "trusted") return unmodelled(`a part of a struct as an argument of ${a.kfunc.name}`);
  return pointsToStruct(value, to.type.name) ? undefined : wrong(cx, a, want);
}

/** A parameter that is memory: with a size beside it, or of the size of its type. */
function memArg(cx: Cx, state: State, a: Arg, to: Stripped): Outcome {
  const nullAllowed = a.name.includes("__nullable");
  const next = a.proto.params[a.index + 1]?.name ?? "";
  if (/__szk?$/.test(next)) return undefined; // the size's own check looks at both
  if (to.type.kind === "struct" && !/^bpf_/.test(to.type.name) && !ofScalars(a.kfunc.btf, to.id, 0))
    return wrong(cx, a, `a pointer to struct ${to.type.name}`);
  if (to.type.kind !== "int" && to.type.kind !== "enum" && !ofScalars(a.kfunc.btf, to.id, 0))
    return unmodelled(`${a.kfunc.name} (parameter ${a.name})`);
  const size = sizeOf(a.kfunc.btf, to.id);
  if (size === undefined) return unmodelled(`${a.kfunc.name} (parameter ${a.name})`);
  const use = { name: a.kfunc.name, reg: a.reg, size: BigInt(size), writes: true, zeroAllowed: false, nullAllowed };
  return onlyIfWritable(cx, state, a.reg) ?? checkMemory(cx, state, use);
}

/** Memory arguments, which the kfunc may write to, with their greatest size. */
export function memoryParams(
  state: State,
  kfunc: KfuncFacts,
  proto: Proto,
): readonly { readonly index: number; readonly size: bigint }[] {
  const found: { index: number; size: bigint }[] = [];
  proto.params.forEach((param, index) => {
    const { type } = strip(kfunc.btf, param.type);
    if (type.kind !== "ptr" || index >= 5 || isNotMemory(kfunc, param)) return;
    const next = proto.params[index + 1]?.name ?? "";
    const sized = /__szk?$/.test(next) ? greatest(regOf(state, argReg(index + 1))) : undefined;
    found.push({ index, size: sized ?? BigInt(sizeOf(kfunc.btf, type.type) ?? 512) });
  });
  return found;
}
