/** From a section to the kernel function it attaches to: its prototype, the slots of its context, or why it is refused. */
import { isSlipOf, nearestOf } from "../btf/nearest.ts";
import { sizeOf, skipModifiers } from "../btf/resolve.ts";
import type { BtfSpec, BtfType, Param, TypeId } from "../btf/type.ts";
import {
  hasErrorInjection,
  isDenied,
  isFaultableTracepoint,
  isModifiable,
  isNoreturn,
  isSleepableFunc,
  lsmHook,
  needsReturn,
} from "./attach.ts";
import { allBtf, hasEnumerator } from "./kernel.ts";
import type { Kernel, SectionInfo } from "./model.ts";
import { didYouMean, type KernelCode, type KernelProblem, problem, withHelp, withNote } from "./problem.ts";
import { atLeast } from "./version.ts";

export type Proto = BtfType & { readonly kind: "func_proto" };

/** 8 bytes of the context. */
export interface ArgSlot {
  /** Index into `params`. */
  readonly param: number;
  readonly name: string;
  /** The parameter's type, as declared. */
  readonly type: TypeId;
  /** Which 8 bytes of the parameter: a 16-byte structure has two. */
  readonly part: 0 | 1;
}

export interface AttachTarget {
  readonly kind: "func" | "tracepoint" | "lsm" | "iter";
  /** Function, tracepoint, hook or iterator, as the section names it without its module. */
  readonly name: string;
  /** BTF that `id` and all types below are of: the kernel's, or a module's. */
  readonly btf: BtfSpec;
  /** Number of the module among `Kernel.modules`; undefined for the kernel itself. */
  readonly module?: number;
  /** `attach_btf_id`: FUNC, or TYPEDEF for a tracepoint. */
  readonly id: TypeId;
  /** As the program sees them: without the hidden first parameter of a tracepoint. */
  readonly params: readonly Param[];
  readonly slots: readonly ArgSlot[];
  readonly ret: TypeId;
  /** Bytes; 0 for void. */
  readonly retSize: number;
  /** Number of the slot that holds the return value, where a program of that section may read it. */
  readonly returnSlot?: number;
}

/**
 * `elsewhere`: the kernel has nothing of that name or like it, so user space sets another target before it loads the
 * object, or a module has it. `unset`: the section leaves the target to whoever loads the object (a bare `fsession`,
 * `freplace`, the multi forms), so nothing is known of its arguments. `none`: programs of that section have no BTF target
 * at all.
 */
export type AttachAnswer =
  | { readonly kind: "target"; readonly target: AttachTarget }
  | { readonly kind: "problem"; readonly problem: KernelProblem }
  | { readonly kind: "elsewhere"; readonly what: TargetKind; readonly name: string }
  | { readonly kind: "unset" }
  | { readonly kind: "none" };

/** What the name of a target names. */
export type TargetKind = "function" | "tracepoint" | "security hook" | "iterator";

const missingCode = {
  function: "E0301",
  tracepoint: "E0311",
  "security hook": "E0312",
  iterator: "E0313",
} as const satisfies Readonly<Record<TargetKind, KernelCode>>;

const refuse = (p: KernelProblem): AttachAnswer => ({ kind: "problem", problem: p });

/** No such name: a mistake where the kernel has one almost like it, and for sessions, whose target is never set later. */
function missing(
  kernel: Kernel,
  info: SectionInfo,
  what: TargetKind,
  name: string,
  near: readonly string[],
): AttachAnswer {
  const session = info.attachType?.startsWith("BPF_TRACE_FSESSION") ?? false;
  if (!session && !near.some((other) => isSlipOf(name, other))) return { kind: "elsewhere", what, name };
  return refuse(withHelp(problem(missingCode[what], name, kernel.name), didYouMean(near)));
}

/** MAX_BPF_FUNC_ARGS of linux/bpf.h. */
const MAX_ARGS = 12;

/** What a program of that section attaches to in this kernel. Follows bpf_check_attach_target of verifier.c. */
export function attachTarget(kernel: Kernel, info: SectionInfo): AttachAnswer {
  const missing = missingAttachType(kernel, info) ?? sleepsTooEarly(kernel, info);
  if (missing) return refuse(missing);
  if (!info.needsBtfTarget) return { kind: info.attachType?.endsWith("_MULTI") ? "unset" : "none" };
  if (!info.target || info.progType === "EXT") return { kind: "unset" };
  if (info.attachType === "BPF_TRACE_RAW_TP") return tracepointTarget(kernel, info, info.target);
  if (info.attachType === "BPF_TRACE_ITER") return hookTarget(kernel, info, "iter", info.target);
  if (info.progType === "LSM") return hookTarget(kernel, info, "lsm", info.target);
  return funcTarget(kernel, info, info.target);
}

function missingAttachType(kernel: Kernel, info: SectionInfo): KernelProblem | undefined {
  const type = info.attachType;
  if (!type || !/^(TRACING|KPROBE|LSM)$/.test(info.progType) || hasEnumerator(kernel.btf, type)) return undefined;
  const p = problem("E0302", info.section, type, kernel.name);
  if (type === "BPF_TRACE_FSESSION") {
    const arity = "before 7.0, bpf_session_is_return() and bpf_session_cookie() take no argument";
    return withHelp(
      withNote(p, `sessions came with Linux 7.0; ${arity} and serve kprobe.session only`),
      "use an fentry and an fexit program with a map, or build for a newer kernel",
    );
  }
  return p;
}

const withoutSleep = (info: SectionInfo): string => info.section.replace(/\.s(?=\/|$)/, "");

/** Tracepoint programs of all kinds may sleep since 7.1 or 7.2; before 6.2 nobody looked at those of BTF (can_be_sleepable of verifier.c). */
function sleepsTooEarly(kernel: Kernel, info: SectionInfo): KernelProblem | undefined {
  const isTracepoint = info.attachType === "BPF_TRACE_RAW_TP" || /^(RAW_)?TRACEPOINT$/.test(info.progType);
  if (!info.sleepable || !isTracepoint || atLeast(kernel.version, 7, 1)) return undefined;
  if (info.progType === "TRACING" && !atLeast(kernel.version, 6, 2)) return undefined;
  const p = problem("E0302", info.section, "tracepoint programs that may sleep", kernel.name);
  return withHelp(p, `use '${withoutSleep(info)}'`);
}

/** `func`, `vmlinux:func` or `module:func`; a module's name is not in its BTF, so it only tells the two places apart. */
function splitTarget(target: string): { readonly name: string; readonly place: "any" | "kernel" | "module" } {
  const colon = target.indexOf(":");
  if (colon < 0) return { name: target, place: "any" };
  return { name: target.slice(colon + 1), place: target.slice(0, colon) === "vmlinux" ? "kernel" : "module" };
}

function funcTarget(kernel: Kernel, info: SectionInfo, text: string): AttachAnswer {
  const { name, place } = splitTarget(text);
  for (const { btf, module } of allBtf(kernel)) {
    if (place === (module === undefined ? "module" : "kernel")) continue;
    const id = btf.byName(name, "func").find((found) => module === undefined || found >= firstOwn(btf));
    const func = id === undefined ? undefined : btf.type(id);
    if (id === undefined || func?.kind !== "func") continue;
    const proto = btf.type(func.type);
    if (proto.kind !== "func_proto") continue;
    const reason = refusal(kernel, info, name) ?? badPrototype(btf, info, name, proto);
    if (reason) return refuse(reason);
    return found("func", info, name, btf, module, id, proto);
  }
  if (place !== "module") return missing(kernel, info, "function", name, kernel.btf.nearest(name, ["func"], 3));
  const answer = missing(kernel, info, "function", name, []);
  if (answer.kind !== "problem") return answer;
  return refuse(withHelp(answer.problem, "give the module's BTF with --btf-module"));
}

/** Ids of a module's own types begin where its base ends. */
const firstOwn = (btf: BtfSpec): number => btf.base?.typeCount ?? 1;

/** Lists of functions that the kernel refuses whatever their prototype is. */
function refusal(kernel: Kernel, info: SectionInfo, name: string): KernelProblem | undefined {
  if (isDenied(name)) return problem("E0303", name);
  if (needsReturn(info) && isNoreturn(name)) return withHelp(problem("E0304", name, info.section), "use fentry");
  const modifies = info.attachType === "BPF_MODIFY_RETURN";
  if (info.sleepable && !isSleepableFunc(name, kernel)) {
    const where = hasErrorInjection(kernel)
      ? "sleepable programs attach to system calls and to functions of the error injection list"
      : "this kernel has no error injection list: sleepable programs attach to system calls of its architecture";
    const p = withNote(problem("E0307", name, info.section), where);
    return withHelp(p, `use '${withoutSleep(info)}'`);
  }
  if (modifies && !info.sleepable && !isModifiable(name, kernel)) return problem("E0314", name);
  return undefined;
}

/** btf_distill_func_proto of btf.c: what a trampoline can pass on. */
function badPrototype(btf: BtfSpec, info: SectionInfo, name: string, proto: Proto): KernelProblem | undefined {
  if (proto.params.length > MAX_ARGS)
    return problem("E0306", name, `it has ${proto.params.length} arguments, more than ${MAX_ARGS}`);
  if (proto.variadic) return problem("E0306", name, "it takes variable arguments");
  for (const [i, param] of proto.params.entries()) {
    const { type } = skipModifiers(btf, param.type);
    const size = sizeOf(btf, param.type);
    const what = `argument ${i + 1}${param.name ? ` '${param.name}'` : ""}`;
    if (type.kind === "float") return problem("E0306", name, `${what} is a floating-point number`);
    if (size === undefined || size > 16 || type.kind === "array")
      return problem("E0306", name, `${what} is larger than 16 bytes or of no size`);
  }
  const { type: ret } = skipModifiers(btf, proto.ret);
  if (ret.kind === "struct" || ret.kind === "union" || ret.kind === "float")
    return problem("E0306", name, "it returns a structure or a floating-point number");
  const size = ret.kind === "void" ? 0 : (sizeOf(btf, proto.ret) ?? 0);
  if (needsReturn(info) && size > 8) return problem("E0306", name, `it returns ${size} bytes, more than 8`);
  return undefined;
}

/** A raw tracepoint is the typedef `btf_trace_NAME` of a pointer to its function, whose first parameter is hidden. */
function tracepointTarget(kernel: Kernel, info: SectionInfo, text: string): AttachAnswer {
  const prefix = info.btfPrefix ?? "btf_trace_";
  const { name } = splitTarget(text);
  for (const { btf, module } of allBtf(kernel)) {
    const id = btf.byName(prefix + name, "typedef").at(-1);
    if (id === undefined) continue;
    const { type: pointer } = skipModifiers(btf, id);
    const proto = pointer.kind === "ptr" ? skipModifiers(btf, pointer.type).type : undefined;
    if (proto?.kind !== "func_proto") continue;
    if (info.sleepable && atLeast(kernel.version, 7, 1) && module === undefined && !isFaultableTracepoint(name)) {
      const p = withNote(problem("E0307", name, info.section), "only the tracepoints of system calls may sleep");
      return refuse(withHelp(p, `use '${withoutSleep(info)}'`));
    }
    return found("tracepoint", info, name, btf, module, id, { ...proto, params: proto.params.slice(1) });
  }
  return missing(kernel, info, "tracepoint", name, suggest(kernel, prefix, name, "typedef"));
}

/** A security hook or an iterator: the function `bpf_lsm_NAME` or `bpf_iter_NAME`. */
function hookTarget(kernel: Kernel, info: SectionInfo, kind: "lsm" | "iter", name: string): AttachAnswer {
  const prefix = info.btfPrefix ?? (kind === "lsm" ? "bpf_lsm_" : "bpf_iter_");
  const what: TargetKind = kind === "lsm" ? "security hook" : "iterator";
  for (const { btf, module } of allBtf(kernel)) {
    const [id] = btf.byName(prefix + name, "func");
    const func = id === undefined ? undefined : btf.type(id);
    const proto = func?.kind === "func" ? btf.type(func.type) : undefined;
    if (id === undefined || proto?.kind !== "func_proto") continue;
    const hook = kind === "lsm" ? lsmHook(name) : undefined;
    if (hook && !hook.attachable && atLeast(kernel.version, 7, 2))
      return refuse(
        withNote(problem(missingCode[what], name, kernel.name), "the kernel keeps this hook from BPF programs"),
      );
    if (hook && info.sleepable && !hook.sleepable) return refuse(problem("E0307", name, info.section));
    return found(kind, info, name, btf, module, id, proto);
  }
  return missing(kernel, info, what, name, suggest(kernel, prefix, name, "func"));
}

/** Near names among those with a prefix; the kfuncs of open-coded iterators have an iterator's prefix too. */
function suggest(kernel: Kernel, prefix: string, name: string, kind: "func" | "typedef"): readonly string[] {
  const near = kernel.btf.nearest(prefix + name, [kind], 20).filter((n) => n.startsWith(prefix));
  const bare = near.map((n) => n.slice(prefix.length)).filter((n) => !/_(new|next|destroy)$/.test(n));
  return nearestOf(name, bare, 3);
}

function found(
  kind: AttachTarget["kind"],
  info: SectionInfo,
  name: string,
  btf: BtfSpec,
  module: number | undefined,
  id: TypeId,
  proto: Proto,
): AttachAnswer {
  const slots = argSlots(btf, proto.params);
  const { type: ret } = skipModifiers(btf, proto.ret);
  const retSize = ret.kind === "void" ? 0 : (sizeOf(btf, proto.ret) ?? 0);
  const target: AttachTarget = {
    kind,
    name,
    btf,
    ...(module !== undefined && { module }),
    id,
    params: proto.params,
    slots,
    ret: proto.ret,
    retSize,
    ...(retSize > 0 && readsReturn(info) && { returnSlot: slots.length }),
  };
  return { kind: "target", target };
}

/** The slots that parameters fill, in order: each 8 bytes begun (`btf_ctx_arg_idx` of btf.c). */
export function argSlots(btf: BtfSpec, params: readonly Param[]): readonly ArgSlot[] {
  return params.flatMap((p, param) => {
    const size = sizeOf(btf, p.type) ?? 8;
    const slot = { param, name: p.name, type: p.type };
    return size > 8
      ? [
          { ...slot, part: 0 as const },
          { ...slot, part: 1 as const },
        ]
      : [{ ...slot, part: 0 as const }];
  });
}

const readers = ["BPF_TRACE_FEXIT", "BPF_TRACE_FSESSION", "BPF_MODIFY_RETURN", "BPF_LSM_MAC", "BPF_LSM_CGROUP"];

/** btf_ctx_access of btf.c: who has the slot behind the arguments. */
const readsReturn = (info: SectionInfo): boolean => readers.includes(info.attachType ?? "");
