/** What BTF does not tell of a kfunc: flags, callers, filters. From the BTF id sets and filters of the kernel's source. */
import { listOf, once, rowsOf } from "../kernel/rows.ts";
import { kfuncRows } from "./tables/kfuncs.ts";
import { kfuncOpsRows } from "./tables/struct-ops.ts";

/** `KF_*` of linux/btf.h, without the prefix. */
export type KfuncFlag =
  | "ACQUIRE"
  | "RELEASE"
  | "RET_NULL"
  | "SLEEPABLE"
  | "DESTRUCTIVE"
  | "RCU"
  | "ITER_NEW"
  | "ITER_NEXT"
  | "ITER_DESTROY"
  | "RCU_PROTECTED"
  | "FASTCALL"
  | "ARENA_RET"
  | "ARENA_ARG1"
  | "ARENA_ARG2"
  | "IMPLICIT_ARGS";

export interface KfuncFacts {
  readonly name: string;
  readonly flags: readonly KfuncFlag[];
  /** Short names of program types; `any`: all. */
  readonly callers: readonly string[];
  /** What a filter adds; undefined where there is none. Empty: nobody. */
  readonly filter?: readonly FilterRule[];
  /** Arguments that the kernel adds and programs do not declare. */
  readonly implicitArgs: number;
  /** May be called with a spin lock held; `needed`: must be. */
  readonly underLock?: "allowed" | "needed";
  /** Release that brought it, where that is known. */
  readonly since?: string;
}

/** A caller that a filter lets through. */
export interface FilterRule {
  /** `any` with `sleepable`. */
  readonly progType: string;
  readonly attachTypes?: readonly string[];
  readonly sleepable?: true;
  /** Only some operations of a struct_ops; which ones cannot be told from the section. */
  readonly someOps?: true;
  /** Types that share the hook too (`TRACING*`). */
  readonly shared?: true;
}

const groups: Readonly<Record<string, readonly string[]>> = {
  "@T": ["TRACING", "TRACEPOINT", "RAW_TRACEPOINT", "PERF_EVENT", "LSM"],
  "@C": [
    "CGROUP_SKB",
    "CGROUP_SOCK",
    "CGROUP_DEVICE",
    "CGROUP_SOCK_ADDR",
    "CGROUP_SOCKOPT",
    "CGROUP_SYSCTL",
    "SOCK_OPS",
  ],
  "@L": ["LWT_OUT", "LWT_IN", "LWT_XMIT", "LWT_SEG6LOCAL"],
};

/** Program types that share the kfunc hook of TRACING: bpf_prog_type_to_kfunc_hook of btf.c. */
export const tracingHook: readonly string[] = groups["@T"]!;

const rows = once(() => new Map(rowsOf(kfuncRows).map((row) => [row[0]!, row])));
const made = new Map<string, KfuncFacts>();

/** Undefined for kfuncs that the table does not have: those of other kernels and of modules outside the tree. */
export function kfuncFacts(name: string): KfuncFacts | undefined {
  const known = made.get(name);
  const row = known ? undefined : rows().get(name);
  if (!row) return known;
  const facts = decode(row);
  made.set(name, facts);
  return facts;
}

/** `struct.member` (or `struct.*`); kfuncs */
const operations = once(
  () => new Map(rowsOf(kfuncOpsRows).flatMap(([ops, names]) => listOf(names).map((name) => [name, listOf(ops)]))),
);

/** The operations in which a struct_ops program may call the kfunc, as `struct.member` or `struct.*`; undefined: all. */
export const kfuncOperations = (name: string): readonly string[] | undefined => operations().get(name);

/** Names of all kfuncs of the table. */
export const kfuncTableNames = (): readonly string[] => [...rows().keys()];

/** name; flags; callers; filter; implicit arguments; `h` or `l` under a lock; since */
function decode([name = "", flags, callers, filter, implicit, lock = "", since]: readonly string[]): KfuncFacts {
  return {
    name,
    flags: listOf(flags) as readonly KfuncFlag[],
    callers: listOf(callers).flatMap((caller) => groups[caller] ?? [caller]),
    ...(filter && { filter: filter === "none" ? [] : listOf(filter).map(filterRule) }),
    implicitArgs: Number(implicit),
    ...(lock && { underLock: lock.includes("l") ? "needed" : "allowed" }),
    ...(since && { since }),
  };
}

function filterRule(text: string): FilterRule {
  if (text === "sleepable") return { progType: "any", sleepable: true };
  if (text.endsWith("!")) return { progType: text.slice(0, -1), someOps: true };
  if (text.endsWith("*")) return { progType: text.slice(0, -1), shared: true };
  const [progType = "", attach] = text.split(":");
  return { progType, ...(attach && { attachTypes: attach.split("+").map((a) => `BPF_${a}`) }) };
}
