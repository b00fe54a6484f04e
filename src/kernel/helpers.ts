/** BPF helpers: their C prototypes, what the verifier asks of their arguments, and who may call them. */
import type { ArgKind, Helper, HelperArg, SectionInfo } from "./model.ts";
import { rareForm } from "./rare-helpers.ts";
import { listOf, once, rowsOf } from "./rows.ts";
import { helperRows } from "./tables/helpers.ts";

/** BPF_FUNC_tail_call: the helper that goes on in another program. */
export const TAIL_CALL = 12;

/** Number of the helper that does not exist, which a loader calls where a CO-RE relocation found nothing: 0xbad2310. tools/lib/bpf/relo_core.c:bpf_core_poison_insn */
export const POISON_CORE = 195_896_080;
/** The same for functions that are weak and missing, each by its number among the externs. tools/lib/bpf/libbpf.c:POISON_CALL_KFUNC_BASE */
export const POISON_KFUNC = 2_002_000_000;

/**
 * id; name; C return type; C arguments `type:name`; traits (a acquires, r releases, p changes packet data, c and d
 * callbacks); capability; for each group of program types the variants it may use; the variants, primary first, each
 * `flags@result@arguments@check` (g GPL only, s may sleep, p packet access, f fastcall)
 */
interface Row {
  readonly fields: readonly string[];
  readonly made: (Helper | undefined)[];
}

const groups = [
  "tracing_trampoline",
  "tracing_raw_tp",
  "tracing_iter",
  "kprobe",
  "tracepoint",
  "raw_tracepoint",
  "perf_event",
  "xdp",
  "sched_cls",
  "cgroup_skb",
  "socket_filter",
  "lsm",
  "lsm_cgroup",
  "syscall",
] as const;
export type HelperGroup = (typeof groups)[number];

const groupOfType: Readonly<Record<string, HelperGroup>> = {
  KPROBE: "kprobe",
  TRACEPOINT: "tracepoint",
  RAW_TRACEPOINT: "raw_tracepoint",
  RAW_TRACEPOINT_WRITABLE: "raw_tracepoint",
  PERF_EVENT: "perf_event",
  XDP: "xdp",
  SCHED_CLS: "sched_cls",
  SCHED_ACT: "sched_cls",
  CGROUP_SKB: "cgroup_skb",
  SOCKET_FILTER: "socket_filter",
  SYSCALL: "syscall",
};

const table = once(() => {
  const byId = new Map<number, Row>();
  const idOf = new Map<string, number>();
  for (const fields of rowsOf(helperRows)) {
    byId.set(Number(fields[0]), { fields, made: [] });
    idOf.set(fields[1]!, Number(fields[0]));
  }
  return { byId, idOf };
});

/** The helper as a tracing program gets it where it may call it, else in its first variant. Names start with `bpf_`. */
export function helperByName(name: string): Helper | undefined {
  const id = table().idOf.get(name);
  return id === undefined ? undefined : helperById(id);
}

export function helperById(id: number): Helper | undefined {
  const row = table().byId.get(id);
  return row && variant(row, 0);
}

/** All helper names, by number. */
export const helperNames = (): readonly string[] => [...table().idOf.keys()];

/** The group of program types that decides which helpers there are; undefined for types that the table leaves out. */
export function helperGroup(info: SectionInfo): HelperGroup | undefined {
  if (info.progType === "TRACING") {
    if (info.attachType === "BPF_TRACE_RAW_TP") return "tracing_raw_tp";
    return info.attachType === "BPF_TRACE_ITER" ? "tracing_iter" : "tracing_trampoline";
  }
  if (info.progType === "LSM") return info.attachType === "BPF_LSM_CGROUP" ? "lsm_cgroup" : "lsm";
  return groupOfType[info.progType];
}

/**
 * The variant that a program of that section gets, or undefined where the kernel refuses the call (`program of this type
 * cannot use helper`). For program types of which nothing is known it answers as `helperById` does.
 */
export function helperFor(id: number, info: SectionInfo): Helper | undefined {
  const row = table().byId.get(id);
  const group = helperGroup(info);
  if (!row) return undefined;
  if (!group) {
    const form = everyGroup(row) ? 0 : rareForm(id, info);
    return form === "no" ? undefined : variant(row, form ?? 0);
  }
  return ofGroup(row, group, info);
}

function ofGroup(row: Row, group: HelperGroup, info: SectionInfo): Helper | undefined {
  const choices = row.fields[6]!.split("/")[groups.indexOf(group)] ?? "";
  for (const [, index, condition] of choices.matchAll(/(\d)([a-z]?)/g))
    if (holds(condition!, info)) return variant(row, Number(index));
  return undefined;
}

/** Every group has them, and not from what all have. */
const ofEachGroup: ReadonlySet<string> = new Set(["bpf_perf_event_output"]);

/** The helper if every program has it, in that form. kernel/bpf/helpers.c:bpf_base_func_proto */
export function baseHelper(id: number, info: SectionInfo): Helper | undefined {
  const row = table().byId.get(id);
  if (!row || ofEachGroup.has(row.fields[1]!)) return undefined;
  const choices = row.fields[6]!.split("/");
  const isBase = choices.length === groups.length && choices.every((choice) => choice !== "");
  return isBase ? ofGroup(row, "syscall", info) : undefined;
}

/** The helper in the form for programs that have a socket of the kernel, not its UAPI form. */
export function socketHelper(id: number, info: SectionInfo): Helper | undefined {
  const row = table().byId.get(id);
  return row && (ofGroup(row, "sched_cls", info) ?? variant(row, 0));
}

/** Whether all groups have the helper in one form: so have the types that are in none. */
function everyGroup(row: Row): boolean {
  const choices = row.fields[6]!.split("/");
  return choices.length === groups.length && choices.every((c) => c === "0");
}

/** What an iterator of sockets offers beyond the others: bpf_iter_tcp_get_func_proto and its kin. */
const ofIterators: ReadonlySet<string> = new Set(["bpf_setsockopt", "bpf_getsockopt"]);

/**
 * Whether what `helperFor` answers is certain. It is not for program types without a group, unless every group has the
 * helper in one form; for iterators that may offer a helper of their own; and where the kernel checks hook by hook.
 */
export function isCertain(id: number, info: SectionInfo): boolean {
  const row = table().byId.get(id);
  if (!row) return true;
  const choices = row.fields[6]!.split("/");
  const group = helperGroup(info);
  if (!group) return everyGroup(row) || rareForm(id, info) !== undefined;
  const choice = choices[groups.indexOf(group)] ?? "";
  if (choice === "" && group === "tracing_iter" && ofIterators.has(row.fields[1]!)) return false;
  return !choice.includes("h");
}

/** Whether the program is of the kind that a letter of the table stands for. */
function holds(condition: string, info: SectionInfo): boolean {
  const multi = (what: string): boolean =>
    /_(MULTI|SESSION)$/.test(info.attachType ?? "") && info.attachType!.includes(what);
  switch (condition) {
    case "s":
      return info.sleepable;
    case "n":
      return !info.sleepable;
    case "k":
      return multi("KPROBE");
    case "u":
      return multi("UPROBE");
    default:
      return true; // no condition, what is left of the kprobes, or hooks that the kernel checks one by one
  }
}

function variant(row: Row, index: number): Helper {
  row.made[index] ??= decode(row.fields, index);
  return row.made[index];
}

function decode(fields: readonly string[], index: number): Helper {
  const [id, name = "", ret = "", args, traits = "", capability, , variants = ""] = fields;
  const [flags = "", result = "", kinds = "", allowedBy] = variants.split("|")[index]!.split("@");
  const kindTexts = listOf(kinds);
  const named = listOf(args).filter((arg) => arg !== "...");
  return {
    id: Number(id),
    name,
    ret: { c: ret, kind: kindOf("RET_", result) },
    args: named.map((arg, i): HelperArg => {
      const colon = arg.lastIndexOf(":");
      return { c: arg.slice(0, colon), name: arg.slice(colon + 1), kind: kindOf("ARG_", kindTexts[i] ?? "DONTCARE") };
    }),
    variadic: listOf(args).includes("..."),
    gplOnly: flags.includes("g"),
    mightSleep: flags.includes("s"),
    acquires: traits.includes("a"),
    releases: traits.includes("r"),
    changesPacket: traits.includes("p"),
    packetAccess: flags.includes("p"),
    fastcall: flags.includes("f"),
    ...(/[cd]/.test(traits) && { callback: traits.includes("c") ? "sync" : "async" }),
    ...(allowedBy && { allowedBy }),
    ...(capability && capability !== "none" && { capability }),
  };
}

/** `PTR_TO_BTF_ID+PTR_MAYBE_NULL+=task_struct`: the base, flags, `=struct` and `#size`. */
function kindOf(prefix: string, text: string): ArgKind {
  const [base, ...rest] = text.split("+");
  const struct = rest.find((part) => part.startsWith("="))?.slice(1);
  const size = rest.find((part) => part.startsWith("#"))?.slice(1);
  return {
    base: prefix + base,
    flags: rest.filter((part) => !/^[=#]/.test(part)),
    ...(struct && { struct }),
    ...(size && { size: Number(size) }),
  };
}
