/** Calls of the program's own functions: static ones are followed, global ones are trusted by their signature. kernel/bpf/verifier.c:check_func_call */
import type { BtfSpec, TypeId } from "../../btf/type.ts";
import type { Reg } from "../../isa/insn.ts";
import type { LinkedFunc } from "../../link/model.ts";
import type { Cx } from "../cx.ts";
import { unknownScalar } from "../domain/scalar.ts";
import { entryRegs, reg as regOf, type State, setReg } from "../domain/state.ts";
import { isNull, pointer, type Value } from "../domain/value.ts";
import { checkReadable } from "../holds.ts";
import { firstOf, type Outcome, refuse, unmodelled } from "../outcome.ts";
import { dropPackets } from "../packet.ts";
import { calledFunc } from "../prepare.ts";
import { canSleep } from "../sleep.ts";
import { sizeOf, strip } from "../struct-walk.ts";
import { regName, valueWords } from "../words.ts";
import { clobber } from "./clobber.ts";
import { checkDynptr, DYNPTR, givenDynptr } from "./dynptr.ts";
import { mayMovePackets, maySleep, mayThrow } from "./effects.ts";
import { argReg } from "./helper-args.ts";
import { checkMemory, forgetWritten } from "./memory.ts";
import { sleepless } from "./sections.ts";

export function checkSubprog(cx: Cx, state: State): Outcome {
  const func = cx.prep.funcs[calledFunc(cx.prep, state.at)]!;
  const depth = state.frames.length + 1;
  if (depth > cx.facts.maxFrames)
    return refuse("E0564", [depth, cx.facts.maxFrames], { help: "make some of the functions inline" });
  if (state.held.lock && !(func.linkage === "static" && cx.facts.callsUnderLock))
    return refuse("E0583", [func.name], { help: "call bpf_spin_unlock first" });
  if (func.linkage === "static") return undefined;
  const sig = signatureOf(cx, func);
  if (sig.unclear) return unmodelled(`the global function '${func.name}' (${sig.unclear})`);
  const section = sleepless(state) ?? (canSleep(cx, state) ? undefined : "not a place to sleep");
  if (section && maySleep(cx, func)) return refuse("E0558", [func.name, `it may sleep, and this is ${section}`]);
  if (state.refs.length > 0 && mayThrow(cx, func))
    return unmodelled("a global function that may throw while something is held");
  return firstOf(sig.params.map((p, i) => checkGlobalArg(cx, state, func, p, argReg(i))));
}

const ARGS: readonly Reg[] = [1, 2, 3, 4, 5];

export function runSubprog(cx: Cx, state: State): void {
  const index = calledFunc(cx.prep, state.at);
  const func = cx.prep.funcs[index]!;
  if (func.linkage === "global") {
    passGlobal(cx, state, func);
    return;
  }
  const regs = entryRegs(ARGS.map((r) => regOf(state, r)));
  const callsite = state.at;
  clobber(state);
  state.frames.push({ func: index, why: { kind: "call" }, callsite, regs, stack: [], callbacks: 0 });
  state.at = func.start;
}

function passGlobal(cx: Cx, state: State, func: LinkedFunc): void {
  const sig = signatureOf(cx, func);
  sig.params.forEach((p, i) => {
    if (p.kind === "memory") forgetWritten(state, argReg(i), BigInt(p.size));
  });
  if (mayMovePackets(cx, func)) dropPackets(state);
  clobber(state);
  if (sig.returns) setReg(state, 0, unknownScalar(state.at));
  state.at++;
}

/** What a global function is given, by its prototype. kernel/bpf/btf.c:btf_prepare_func_args */
type GlobalParam =
  | { readonly kind: "number" }
  | { readonly kind: "context" }
  | { readonly kind: "dynptr" }
  | { readonly kind: "memory"; readonly size: number; readonly nullable: boolean };

interface Signature {
  readonly params: readonly GlobalParam[];
  readonly returns: boolean;
  readonly unclear?: string;
}

const unclear = (why: string): Signature => ({ params: [], returns: false, unclear: why });

export function signatureOf(cx: Cx, func: LinkedFunc): Signature {
  const { btf } = cx.prep.program;
  if (!btf || func.btfType === undefined) return unclear("no type information");
  const type = btf.type(func.btfType);
  const proto = type.kind === "func" ? strip(btf, type.type).type : type;
  if (proto.kind !== "func_proto") return unclear("its prototype");
  if (proto.params.length > 5 || proto.variadic) return unclear("more than five arguments");
  const tags = argTags(btf, func.btfType);
  const params: GlobalParam[] = [];
  for (const [i, p] of proto.params.entries()) {
    const param = paramOf(cx, btf, p.type, tags.get(i) ?? []);
    if (!param) return unclear(`argument ${i + 1}`);
    params.push(param);
  }
  const ret = strip(btf, proto.ret).type.kind;
  if (ret !== "void" && ret !== "int" && ret !== "enum" && ret !== "enum64") return unclear("its return type");
  if (ret === "void" && !cx.facts.voidGlobals) return unclear("it returns nothing, which older kernels do not take");
  return { params, returns: ret !== "void" };
}

/** Declaration tags such as `arg:nonnull` by argument. */
function argTags(btf: BtfSpec, func: TypeId): ReadonlyMap<number, readonly string[]> {
  const tags = new Map<number, string[]>();
  for (let id = 1; id < btf.typeCount; id++) {
    const type = btf.type(id as TypeId);
    if (type.kind !== "decl_tag" || type.type !== func || type.component < 0) continue;
    tags.set(type.component, [...(tags.get(type.component) ?? []), type.name]);
  }
  return tags;
}

function paramOf(cx: Cx, btf: BtfSpec, id: TypeId, tags: readonly string[]): GlobalParam | undefined {
  const { type } = strip(btf, id);
  if (type.kind === "int" || type.kind === "enum" || type.kind === "enum64") return { kind: "number" };
  if (type.kind !== "ptr") return undefined;
  const target = strip(btf, type.type);
  if (isContext(cx, btf, type.type)) return { kind: "context" };
  if (tags.includes("arg:ctx")) return { kind: "context" };
  if (tags.some((t) => t.startsWith("arg:") && t !== "arg:nonnull" && t !== "arg:nullable")) return undefined;
  if (target.type.kind === "struct" && target.type.name === DYNPTR)
    return tags.length > 0 ? undefined : { kind: "dynptr" };
  const size = sizeOf(btf, target.id);
  return !size ? undefined : { kind: "memory", size, nullable: !tags.includes("arg:nonnull") };
}

const PT_REGS = "bpf_user_pt_regs_t";
const MAX_DEPTH = 16;

/** Whether the type is the typedef of that name, qualified or not. */
function isNamed(btf: BtfSpec, id: TypeId, name: string): boolean {
  let at = id;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const type = btf.type(at);
    if (type.kind === "typedef") return type.name === name;
    if (type.kind !== "const" && type.kind !== "volatile" && type.kind !== "restrict") return false;
    at = type.type;
  }
  return false;
}

/** kernel/bpf/btf.c:btf_is_prog_ctx_type; the typedef of kprobes counts by its own name. */
function isContext(cx: Cx, btf: BtfSpec, target: TypeId): boolean {
  const { ctxTypes } = cx.facts;
  const { type } = strip(btf, target);
  if (type.kind === "struct" && ctxTypes.includes(type.name)) return true;
  return ctxTypes.includes(PT_REGS) && isNamed(btf, target, PT_REGS);
}

function checkGlobalArg(cx: Cx, state: State, func: LinkedFunc, param: GlobalParam, r: Reg): Outcome {
  const unread = checkReadable(cx, state, r);
  if (unread) return unread;
  const value = regOf(state, r);
  const not = (want: string): Outcome =>
    refuse("E0571", [regName(r), func.name, `must be ${want}, but is ${valueWords(cx, value)}`], { about: [value] });
  if (param.kind === "number") return value.kind === "scalar" ? undefined : not("a number");
  if (param.kind === "context") {
    return value.kind === "ptr" && value.to.kind === "ctx" && value.off === 0 && !value.varying
      ? undefined
      : not("the context");
  }
  if (param.kind === "dynptr") {
    const wrong = checkDynptr(cx, state, value, {});
    return typeof wrong === "string" ? not(wrong) : wrong;
  }
  if (isNull(value)) return param.nullable ? undefined : not("a pointer that is not NULL");
  const use = {
    name: func.name,
    reg: r,
    size: BigInt(param.size),
    writes: true,
    zeroAllowed: false,
    nullAllowed: param.nullable,
    inProgram: true,
  };
  return checkMemory(cx, state, use);
}

/** Registers at the start of a global function that is looked at on its own. */
export const globalEntry = (cx: Cx, func: LinkedFunc): Value[] =>
  entryRegs(signatureOf(cx, func).params.map((param) => givenValue(cx, param)));

function givenValue(cx: Cx, param: GlobalParam): Value {
  if (param.kind === "number") return unknownScalar(-1);
  if (param.kind === "context") return pointer({ kind: "ctx" }, -1);
  if (param.kind === "dynptr") return givenDynptr(cx, -1);
  const { size, nullable } = param;
  const id = nullable ? cx.newId() : 0;
  return pointer({ kind: "mem", size, readOnly: false, ringbuf: false }, -1, { nullable, id });
}
