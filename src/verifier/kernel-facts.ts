/** The facts of a real kernel, from the tables and the BTF of `kernel` and `kfuncs`. */
import type { BtfSpec, TypeId } from "../btf/type.ts";
import { iteratorPointers, lsmHook, mayCallDPath, returnRange, tracepointArg } from "../kernel/attach.ts";
import { type AttachAnswer, type AttachTarget, attachTarget } from "../kernel/attach-target.ts";
import { contextAccess, contextLayout, contextRule } from "../kernel/contexts.ts";
import { helperById, helperFor, isCertain } from "../kernel/helpers.ts";
import { hasEnumerator } from "../kernel/kernel.ts";
import { limitsOf } from "../kernel/limits.ts";
import { mapTypeById } from "../kernel/maps.ts";
import type { Helper, Kernel, SectionInfo } from "../kernel/model.ts";
import type { KernelProblem } from "../kernel/problem.ts";
import { opHelper, opWrites } from "../kernel/struct-ops.ts";
import { writesStruct } from "../kernel/struct-writes.ts";
import { atLeast } from "../kernel/version.ts";
import { mayCall, type Operation } from "../kfuncs/callers.ts";
import { kfuncById } from "../kfuncs/kfunc.ts";
import { kfuncFacts } from "../kfuncs/table.ts";
import type { LinkedProgram } from "../link/model.ts";
import { fieldAccess, ruledCtx, unclearCtx } from "./ctx/fields.ts";
import {
  checkOperation,
  type OpAnswer,
  operationCtx,
  operationOf,
  operationResult,
  ownedArguments,
} from "./ctx/struct-ops.ts";
import { multiCtx, type Slot, trampolineCtx } from "./ctx/trampoline.ts";
import type { SockSort, Trust } from "./domain/value.ts";
import type { CtxModel, Facts, KfuncFacts, MapKind, ReturnRule } from "./facts.ts";
import { type Outcome, refuse, unmodelled } from "./outcome.ts";
import { strip } from "./struct-walk.ts";

/** license_is_gpl_compatible of the kernel's include/linux/license.h. */
const GPL: ReadonlySet<string> = new Set([
  "GPL",
  "GPL v2",
  "GPL and additional rights",
  "Dual BSD/GPL",
  "Dual MIT/GPL",
  "Dual MPL/GPL",
]);

/** What holds for a program of that section in that kernel. */
export function kernelFacts(kernel: Kernel, program: LinkedProgram, info: SectionInfo): Facts {
  const answer = attachTarget(kernel, info);
  const target = answer.kind === "target" ? answer.target : undefined;
  const operation = info.progType === "STRUCT_OPS" ? operationOf(kernel, program) : undefined;
  const op = operation && "op" in operation ? operation.op : undefined;
  const kind = op ? `${op.struct}.${op.member}` : kindOf(info);
  const gpl = GPL.has(program.license);
  const mapKinds = new Map<number, MapKind | undefined>();
  const kfuncs = new Map<string, KfuncFacts | undefined>();
  const memo = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
    if (!map.has(key)) map.set(key, make());
    return map.get(key)!;
  };
  return {
    programKind: kind,
    kernelName: kernel.name,
    kernelBtf: kernel.btf,
    ctx: withMoves(op ? operationCtx(op, kind) : ctxOf(kernel, info, kind, answer.kind, target), kernel),
    returns: op ? operationResult(op) : returnRule(info),
    returnsReferences: op !== undefined,
    owned: op ? ownedArguments(op) : [],
    gpl,
    sleepable: info.sleepable,
    maxFrames: limitsOf(kernel).callFrames,
    privateStack: hasPrivateStack(kernel, info),
    loopsForFetch: kernel.arch === "x86",
    countsClones: atLeast(kernel.version, 7, 2),
    timersAnywhere: atLeast(kernel.version, 7, 2),
    followsDivision: atLeast(kernel.version, 7, 0),
    followsSwaps: atLeast(kernel.version, 7, 0),
    mergesOffsets: atLeast(kernel.version, 7, 1),
    splitsSigns: atLeast(kernel.version, 7, 2),
    errorsOnly: atLeast(kernel.version, 7, 2) && info.attachType !== "BPF_CGROUP_GETSOCKOPT",
    linksLowSums: atLeast(kernel.version, 7, 2),
    // It came together with this feature. kernel/bpf/btf.c:btf_struct_walk
    followsAddresses: hasEnumerator(kernel.btf, "BPF_FEAT_RDONLY_CAST_TO_VOID"),
    release: kernel.version,
    callsUnderLock: atLeast(kernel.version, 6, 9),
    asksForTrust: atLeast(kernel.version, 6, 4),
    voidGlobals: atLeast(kernel.version, 7, 2),
    countsCpus: atLeast(kernel.version, 7, 0),
    linksSubtraction: atLeast(kernel.version, 7, 0),
    writesStruct: (btf, struct, off, size) => {
      if (op) return btf === op.btf ? (opWrites(op, struct, off, size) ? "yes" : "no") : "unclear";
      return writesStruct(kernel, info.progType, struct, off, size);
    },
    kernelCtx: kernelCtx(kernel.btf, info),
    // kernel/bpf/verifier.c:check_map_prog_compatibility
    barsLocks: /^(SOCKET_FILTER|KPROBE|TRACEPOINT|PERF_EVENT|RAW_TRACEPOINT(_WRITABLE)?)$/.test(info.progType),
    interrupts: mayInterrupt(info),
    packets: packetUse(info.progType),
    loadsPackets: ["SOCKET_FILTER", "SCHED_CLS", "SCHED_ACT"].includes(info.progType),
    socket: (sort, off, size) => socketAccess(kernel, info, sort, off, size),
    ctxTypes: ctxTypes(kernel.btf, info),
    isCertain: remembered(
      (id) =>
        op !== undefined || isCertain(id, info) || (RETVAL.has(id) && info.progType !== "CGROUP_SKB" && isCgroup(info)),
    ),
    helper: remembered((id) => (op ? (opHelper(op, id, info) ?? missingHelper(id)) : helperFact(kernel, info, id))),
    allows: (helper) => allowed(kernel, helper, info, target),
    kfunc: (id, off) => memo(kfuncs, `${id}:${off}`, () => (off === 0 ? kfuncFact(kernel, info, id, op) : undefined)),
    mapKind: (type) => memo(mapKinds, type, () => mapKind(kernel, type)),
    attach: op
      ? checkOperation(op, program, info, gpl)
      : answer.kind === "problem"
        ? attachRefusal(answer.problem)
        : undefined,
    ...doubts(info, answer, operation),
  };
}

/** The kernel lists the context of each program type as a member of `struct bpf_ctx_convert`. kernel/bpf/btf.c:find_canonical_prog_ctx_type */
function ctxTypes(btf: BtfSpec, info: SectionInfo): readonly string[] {
  const [id] = btf.byName("bpf_ctx_convert", "struct");
  const list = id === undefined ? undefined : btf.type(id);
  const member = list?.kind === "struct" && list.members.find((m) => m.name === `BPF_PROG_TYPE_${info.progType}_prog`);
  if (!member) return [];
  const first = btf.type(member.type);
  const last = strip(btf, member.type).type;
  return [first, last].flatMap((t) => ("name" in t && t.name !== "" ? [t.name] : []));
}

/** Programs that the kernel keeps from running inside themselves, where the JIT can. kernel/bpf/verifier.c:bpf_enable_priv_stack */
function hasPrivateStack({ arch, version }: Kernel, { progType, attachType }: SectionInfo): boolean {
  const fits = arch === "x86" ? atLeast(version, 6, 13) : arch === "arm64" && atLeast(version, 6, 17);
  const guarded = /^(KPROBE|TRACEPOINT|PERF_EVENT|RAW_TRACEPOINT|TRACING)$/.test(progType);
  return fits && guarded && attachType !== "BPF_TRACE_ITER";
}

/** Programs that trace, but for iterators and those that may sleep. */
function mayInterrupt({ progType, attachType, sleepable }: SectionInfo): boolean {
  const traces = /^(KPROBE|TRACEPOINT|PERF_EVENT|RAW_TRACEPOINT(_WRITABLE)?|TRACING)$/.test(progType);
  return traces && !sleepable && attachType !== "BPF_TRACE_ITER";
}

/** kernel/bpf/verifier.c:may_access_direct_pkt_data */
function packetUse(progType: string): Facts["packets"] {
  if (["LWT_IN", "LWT_OUT", "LWT_SEG6LOCAL", "SK_REUSEPORT", "FLOW_DISSECTOR", "CGROUP_SKB"].includes(progType))
    return "read";
  const writers = ["SCHED_CLS", "SCHED_ACT", "XDP", "LWT_XMIT", "SK_SKB", "SK_MSG", "CGROUP_SOCKOPT"];
  return writers.includes(progType) ? "write" : "none";
}

/** The structures of the UAPI through which programs see the kinds of sockets, with the rows that tell what may be read. */
const SOCKETS: Readonly<Record<SockSort, readonly [string, string]>> = {
  sock: ["bpf_sock", "PTR_TO_SOCKET"],
  sock_common: ["bpf_sock", "PTR_TO_SOCK_COMMON"],
  tcp_sock: ["bpf_tcp_sock", "PTR_TO_TCP_SOCK"],
  xdp_sock: ["bpf_xdp_sock", "PTR_TO_XDP_SOCK"],
};

/** kernel/bpf/verifier.c:check_sock_access */
function socketAccess(kernel: Kernel, info: SectionInfo, sort: SockSort, off: number, size: number): boolean {
  const [struct, rows] = SOCKETS[sort];
  const layout = contextLayout(struct, kernel.arch);
  if (!layout) return false;
  const answer = fieldAccess(
    layout,
    new Map(contextAccess(struct, { ...info, progType: rows }).map((row) => [row.field, row])),
    off,
    size,
    "read",
    kernel.btf,
  );
  return answer?.kind === "scalar";
}

/** kernel/bpf/btf.c:get_kern_ctx_btf_id */
function kernelCtx(btf: BtfSpec, info: SectionInfo): TypeId | undefined {
  const [id] = btf.byName("bpf_ctx_convert", "struct");
  const list = id === undefined ? undefined : btf.type(id);
  const member = list?.kind === "struct" && list.members.find((m) => m.name === `BPF_PROG_TYPE_${info.progType}_kern`);
  const found = member ? strip(btf, member.type) : undefined;
  return found?.type.kind === "struct" ? found.id : undefined;
}

/** `fsession` of `fsession.s/foo`. */
const kindOf = (info: SectionInfo): string => info.prefix.replace(/\.s$/, "");

function attachRefusal(p: KernelProblem): Outcome {
  const marks = p.notes.map((text) => ({ at: -1, text }));
  return {
    kind: "refused",
    code: p.code,
    text: p.text,
    args: p.args,
    about: [],
    marks,
    ...(p.help && { help: p.help }),
  };
}

function doubts(
  info: SectionInfo,
  answer: AttachAnswer,
  operation: OpAnswer | undefined,
): Pick<Facts, "doubt" | "unmodelled"> {
  if (info.progType === "EXT")
    return { unmodelled: `${kindOf(info)} programs, whose target is only known when they are loaded` };
  if (operation) return "unclear" in operation ? { unmodelled: operation.unclear } : {};
  if (answer.kind === "elsewhere") return { doubt: `the attach target '${answer.name}', which this kernel lacks` };
  const multi = info.attachType?.endsWith("_MULTI") ?? false;
  return answer.kind === "unset" && !multi
    ? { doubt: "an attach target that is only set when the object is loaded" }
    : {};
}

function returnRule(info: SectionInfo): ReturnRule {
  const range = returnRange(info);
  if (range === undefined) return { kind: "unmodelled" };
  if (range === "any") return { kind: "number" };
  if (range === "unchecked") return { kind: "ignored" };
  // Security hooks return int, and only that half is compared.
  return { kind: "range", min: range.min, max: range.max, ...(info.attachType === "BPF_LSM_MAC" && { width: 32 }) };
}

/** The same answers, each looked up once. */
function remembered<T>(ask: (id: number) => T): (id: number) => T {
  const known = new Map<number, { readonly answer: T }>();
  return (id) => {
    const before = known.get(id);
    if (before) return before.answer;
    const answer = ask(id);
    known.set(id, { answer });
    return answer;
  };
}

/** bpf_get_retval and bpf_set_retval: cgroup programs have them, but for some hooks. kernel/bpf/cgroup.c:cgroup_common_func_proto */
const RETVAL: ReadonlySet<number> = new Set([186, 187]);
const NO_RETVAL = /INET_(INGRESS|EGRESS)|SOCK_OPS|_RECVMSG|_GETPEERNAME|_GETSOCKNAME/;
const isCgroup = (info: SectionInfo): boolean => /^BPF_(CGROUP|LSM_CGROUP)/.test(info.attachType ?? "");

/** Helpers that a kind of program got after others had them. */
const late: readonly {
  readonly ids: readonly number[];
  readonly attach: RegExp;
  readonly since: readonly [number, number];
}[] = [
  { ids: [49, 57], attach: /^BPF_CGROUP_INET_SOCK_CREATE$/, since: [6, 19] }, // bpf_setsockopt, bpf_getsockopt
];

const isTooEarly = ({ version }: Kernel, info: SectionInfo, id: number): boolean =>
  late.some(
    ({ ids, attach, since }) => ids.includes(id) && attach.test(info.attachType ?? "") && !atLeast(version, ...since),
  );

function helperFact(
  kernel: Kernel,
  info: SectionInfo,
  id: number,
): Helper | { readonly missing: true; readonly name?: string } {
  if (isTooEarly(kernel, info, id)) return missingHelper(id);
  const isVoid = info.attachType === "BPF_LSM_CGROUP" && (lsmHook(info.target ?? "")?.isVoid ?? false);
  const barred = RETVAL.has(id) && isCgroup(info) && (isVoid || NO_RETVAL.test(info.attachType ?? ""));
  const helper = barred
    ? undefined
    : (helperFor(id, info) ?? (isCgroup(info) && RETVAL.has(id) ? helperById(id) : undefined));
  return helper ?? missingHelper(id);
}

function missingHelper(id: number): { readonly missing: true; readonly name?: string } {
  const name = helperById(id)?.name;
  return name === undefined ? { missing: true } : { missing: true, name };
}

/** Kernels have it by CONFIG_BPF_KPROBE_OVERRIDE. */
const OVERRIDE = "bpf_override_return";

function allowed(kernel: Kernel, helper: Helper, info: SectionInfo, target: AttachTarget | undefined): Outcome {
  if (helper.allowedBy === "bpf_d_path_allowed" && target?.kind === "func") {
    return mayCallDPath(target.name) ? undefined : refuse("E0546", [helper.name, `${kindOf(info)}/${target.name}`]);
  }
  if (helper.allowedBy === "bpf_sk_storage_tracing_allowed" && mayUseStorage(info, target)) return undefined;
  if (helper.name === OVERRIDE && kernel.btf.byName(OVERRIDE, "func").length > 0) return undefined;
  return unmodelled(`whether ${helper.name} may be called here`);
}

/** net/core/bpf_sk_storage.c:bpf_sk_storage_tracing_allowed */
function mayUseStorage(info: SectionInfo, target: AttachTarget | undefined): boolean {
  if (info.attachType === "BPF_TRACE_ITER" || info.attachType === "BPF_TRACE_RAW_TP") return true;
  return target?.kind === "func" && !target.name.startsWith("bpf_sk_storage");
}

function kfuncFact(kernel: Kernel, info: SectionInfo, id: number, op: Operation | undefined): KfuncFacts | undefined {
  if (id <= 0 || id >= kernel.btf.typeCount) return undefined;
  const found = kfuncById(kernel, id as TypeId);
  if (!found) return untaggedKfunc(kernel, id as TypeId);
  // Whether it may sleep turns on the place of the call, too.
  const may = mayCall({ ...found, sleepable: false }, info, op);
  return {
    name: found.name,
    btf: found.btf,
    proto: found.proto,
    flags: found.flags,
    known: found.known,
    ...(may !== true && { barred: may.reason }),
  };
}

/** Some kfuncs lack their tag in the BTF of older kernels; whether such a function is one then stays open. */
function untaggedKfunc({ btf }: Kernel, id: TypeId): KfuncFacts | undefined {
  const func = btf.type(id);
  if (func.kind !== "func" || !kfuncFacts(func.name)) return undefined;
  return { name: func.name, btf, proto: func.type, flags: [], known: false };
}

function mapKind(kernel: Kernel, type: number): MapKind | undefined {
  const found = mapTypeById(type);
  if (!found) return undefined;
  return {
    name: found.name,
    helpers: [...found.helpers, ...found.failingHelpers],
    sleepable: found.sleepable,
    ...(found.lookup && { lookup: found.lookup }),
    // The kernel knows it since 6.14 (kernel/bpf/verifier.c:can_elide_value_nullness).
    constKeyFound: found.lookupNull === "const" && atLeast(kernel.version, 6, 14),
  };
}

function ctxOf(
  kernel: Kernel,
  info: SectionInfo,
  kind: string,
  answer: string,
  target: AttachTarget | undefined,
): CtxModel {
  if (target) return targetCtx(info, kind, target);
  if (info.progType === "TRACING" && answer === "unset" && info.attachType?.endsWith("_MULTI")) return multiCtx(kind);
  const rule = contextRule(info.progType);
  if (!rule || info.progType === "TRACING" || info.progType === "LSM") {
    return unclearCtx(`the context of ${kind} programs`);
  }
  return ruledCtx(rule, info, kind, kernel);
}

/** Before 7.1 no context could be read through a register that carries an offset. */
const withMoves = (ctx: CtxModel, kernel: Kernel): CtxModel =>
  atLeast(kernel.version, 7, 1) ? ctx : { ...ctx, movable: ctx.variable ?? false };

function targetCtx(info: SectionInfo, kind: string, target: AttachTarget): CtxModel {
  const slots = target.slots.map(
    (slot): Slot => ({ name: slot.name, type: slot.type, ...slotFacts(target, slot.param, slot.name) }),
  );
  const range = info.progType === "LSM" ? returnRange(info) : undefined;
  const low = typeof range === "object" ? range : undefined;
  const result: Slot = {
    name: "the return value",
    type: target.ret,
    trust: "plain",
    nullable: false,
    ...(low && { low }),
  };
  return trampolineCtx({
    name: target.name,
    kind,
    btf: target.btf,
    slots,
    result: target.returnSlot === undefined ? { barred: noResult(info, target) } : result,
  });
}

function noResult(info: SectionInfo, target: AttachTarget): string {
  return target.retSize === 0 ? "it returns nothing" : `${kindOf(info)} programs run before there is one`;
}

type SlotFacts = Pick<Slot, "trust" | "nullable" | "asNumber" | "unclear">;

function slotFacts(target: AttachTarget, param: number, name: string): SlotFacts {
  switch (target.kind) {
    case "func":
      return { trust: "plain", nullable: false };
    case "tracepoint": {
      const { maybeNull, maybeError } = tracepointArg(target.name, param);
      return {
        trust: "trusted",
        nullable: maybeNull || target.module !== undefined,
        ...(maybeError && { asNumber: true }),
      };
    }
    case "lsm": {
      const hook = lsmHook(target.name);
      if (!hook) return { trust: "plain", nullable: false, unclear: `the security hook ${target.name}` };
      return { trust: hook.trustedArgs ? "trusted" : "plain", nullable: false };
    }
    case "iter":
      return iterFacts(target.name, param, name);
  }
}

function iterFacts(iterator: string, param: number, name: string): SlotFacts {
  if (param === 0) return { trust: "trusted", nullable: false };
  const reg = iteratorPointers(iterator)?.find((p) => p.field === name)?.reg;
  const trust: Trust = "trusted";
  if (reg?.startsWith("PTR_TO_BTF_ID"))
    return { trust: reg.includes("TRUSTED") ? trust : "plain", nullable: reg.includes("NULL") };
  return { trust: "plain", nullable: false, unclear: `${name} of the iterator ${iterator}` };
}
