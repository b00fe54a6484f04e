/** Attach rules that do not show in BTF: which functions are refused, which may sleep, what may be returned. */
import type { Kernel, SectionInfo } from "./model.ts";
import { listOf, once, rowsOf } from "./rows.ts";
import { attachListRows, iteratorRows, lsmRows, returnRangeRows, tracepointArgRows } from "./tables/attach.ts";
import { atLeast } from "./version.ts";

const lists = once(() => new Map(rowsOf(attachListRows).map(([name, items]) => [name!, new Set(listOf(items))])));
const isIn = (list: string, name: string): boolean => lists().get(list)?.has(name) ?? false;

/** noreturn_deny of verifier.c: nothing that runs at the exit may be attached. */
export const isNoreturn = (func: string): boolean => isIn("noreturn", func);
/** Whether an attach type needs its function to return. */
export const needsReturn = (info: SectionInfo): boolean => isIn("noreturn_attach", shortAttach(info));
/** btf_id_deny of verifier.c: no tracing program may be attached. Some entries depend on the kernel's configuration. */
export const isDenied = (func: string): boolean => isIn("denied", func);
/** btf_allowlist_d_path and what the kernel adds to it: may call bpf_d_path. */
export const mayCallDPath = (func: string): boolean => isIn("d_path", func);
/** tracepoint_is_faultable: a program there may sleep. */
export const isFaultableTracepoint = (name: string): boolean => isIn("faultable_tracepoints", name);

const shortAttach = (info: SectionInfo): string => (info.attachType ?? "").replace(/^BPF_/, "");

/** Whether a program of that section may be sleepable at all. */
export function maySleep(info: SectionInfo): boolean {
  if (info.progType === "TRACING") return isIn("sleepable_tracing", shortAttach(info));
  if (info.progType === "LSM") return info.attachType === "BPF_LSM_MAC";
  return ["KPROBE", "STRUCT_OPS", "RAW_TRACEPOINT", "TRACEPOINT", "SYSCALL"].includes(info.progType);
}

/** CONFIG_FUNCTION_ERROR_INJECTION: lib/error-inject.c is part of the kernel. */
export const hasErrorInjection = (kernel: Kernel): boolean =>
  kernel.btf.byName("within_error_injection_list", "func").length > 0;

/**
 * Whether the function may fail by design: it is in the error injection list, where the SYSCALL_DEFINE macros put every
 * system call. Kernels without the list know system calls by their name since 7.1 or 7.2, and none before.
 */
function mayFail(func: string, kernel: Kernel): boolean {
  const prefixes = [...(lists().get(`syscall_prefix_${kernel.arch}`) ?? [])];
  const isSyscall = prefixes.some((prefix) => func.startsWith(prefix));
  if (hasErrorInjection(kernel)) return isSyscall || isIn("error_injection", func);
  return isSyscall && atLeast(kernel.version, 7, 1);
}

/** check_sleepable of verifier.c: the function may fail and is not one that must not sleep, or a sleepable fmod_ret one. */
export const isSleepableFunc = (func: string, kernel: Kernel): boolean =>
  isIn("fmod_ret_sleepable", func) || (mayFail(func, kernel) && !isIn("non_sleepable", func));

/** check_attach_modify_return of verifier.c. */
export const isModifiable = (func: string, kernel: Kernel): boolean =>
  func.startsWith("security_") || isIn("fmod_ret", func) || mayFail(func, kernel);

export interface LsmHook {
  /** Returns nothing. */
  readonly isVoid: boolean;
  readonly attachable: boolean;
  readonly sleepable: boolean;
  /** Pointer arguments are trusted. */
  readonly trustedArgs: boolean;
  readonly returns?: ReturnRange;
}

const hooks = once(() => new Map(rowsOf(lsmRows).map((row) => [row[0]!, hookOf(row)])));

function hookOf([, flags = "", returns]: readonly string[]): LsmHook {
  return {
    isVoid: flags.includes("v"),
    attachable: !flags.includes("x"),
    sleepable: flags.includes("s"),
    trustedArgs: flags.includes("t"),
    ...(returns && { returns: rangeOf(returns) }),
  };
}

/** A security hook, by its name without `bpf_lsm_`; undefined where the table has none. */
export const lsmHook = (name: string): LsmHook | undefined => hooks().get(name);

/** Pointer fields of an iterator's context with their register type, as the kernel's `bpf_iter_reg` gives them. */
export function iteratorPointers(
  target: string,
): readonly { readonly field: string; readonly reg: string }[] | undefined {
  const row = rowsOf(iteratorRows).find(([name]) => name === target);
  if (!row) return undefined;
  return listOf(row[1]).map((text) => {
    const equals = text.indexOf("=");
    return { field: text.slice(text.indexOf(".") + 1, equals), reg: text.slice(equals + 1) };
  });
}

/** Arguments of a tracepoint (after the hidden first) that may be null or an error pointer: raw_tp_null_args of btf.c. */
export function tracepointArg(
  tracepoint: string,
  arg: number,
): { readonly maybeNull: boolean; readonly maybeError: boolean } {
  const row = rowsOf(tracepointArgRows).find(([name]) => name === tracepoint);
  const found = listOf(row?.[1]).find((text) => Number.parseInt(text, 10) === arg) ?? "";
  return { maybeNull: found.endsWith("n") || found.endsWith("ne"), maybeError: found.includes("e") };
}

/** What r0 may hold at exit, both ends included. */
export interface ReturnRange {
  readonly min: bigint;
  readonly max: bigint;
}

function rangeOf(text: string): ReturnRange {
  const [min = "0", max = "0"] = text.split(":");
  return { min: BigInt(min), max: BigInt(max) };
}

/** program type; attach types (empty: those without a row of their own); `min:max`, `hook`, `operation` or nothing */
const ranges = once(() => rowsOf(returnRangeRows));

/**
 * What a program may return: a range, `any` scalar, `unchecked` (a void hook: r0 need not be set), or undefined where it
 * cannot be told (struct_ops, a hook that the table does not have). From return_retval_range of verifier.c.
 */
export function returnRange(info: SectionInfo): ReturnRange | "any" | "unchecked" | undefined {
  const attach = shortAttach(info);
  const row =
    ranges().find(([type, list]) => type === info.progType && list && listOf(list).includes(attach)) ??
    ranges().find(([type, list]) => type === info.progType && !list);
  if (!row) return undefined;
  const [, , range = ""] = row;
  if (info.progType === "LSM") return lsmRange(info, range);
  if (range === "") return "any";
  return range === "operation" ? undefined : rangeOf(range);
}

function lsmRange(info: SectionInfo, range: string): ReturnRange | "unchecked" | undefined {
  const hook = lsmHook(info.target ?? "");
  if (range !== "hook") return hook?.isVoid ? { min: 1n, max: 1n } : rangeOf(range);
  return hook?.isVoid ? "unchecked" : hook?.returns;
}
