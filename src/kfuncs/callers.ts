/** Who may call a kfunc: registration by program type, and the filters that narrow it. */
import type { SectionInfo } from "../kernel/model.ts";
import type { Kfunc } from "./kfunc.ts";
import { type FilterRule, kfuncOperations, tracingHook } from "./table.ts";

/** A struct_ops program's place: `sched_ext_ops`, `dispatch`. */
export interface Operation {
  readonly struct: string;
  readonly member: string;
}

/**
 * Whether the kernel lets a program of that section call the kfunc (`calling kernel function %s is not allowed`). For a
 * kfunc that the tables do not have (`known` is false) it says true: nothing is known against it. Where the operation that a
 * struct_ops program is is not told, it says true if there is one in which it may.
 */
export function mayCall(kfunc: Kfunc, info: SectionInfo, op?: Operation): true | { readonly reason: string } {
  if (!kfunc.known || info.progType === "EXT") return true;
  const { callers, filter } = kfunc;
  if (filter && !filter.some((rule) => lets(rule, info))) return { reason: filterReason(filter) };
  if (!callers.includes("any") && !callers.includes(info.progType)) return { reason: callersReason(callers) };
  const operations = op && info.progType === "STRUCT_OPS" ? kfuncOperations(kfunc.name) : undefined;
  if (op && operations && !operations.some((o) => o === `${op.struct}.*` || o === `${op.struct}.${op.member}`))
    return { reason: operationsReason(op, operations) };
  if (kfunc.sleepable && !info.sleepable) return { reason: "it may sleep, and the program is not sleepable" };
  return true;
}

function lets(rule: FilterRule, info: SectionInfo): boolean {
  if (rule.sleepable) return info.sleepable;
  if (rule.shared) return tracingHook.includes(info.progType);
  if (rule.progType !== info.progType) return false;
  return !rule.attachTypes || rule.attachTypes.includes(info.attachType ?? "");
}

function filterReason(filter: readonly FilterRule[]): string {
  if (filter.length === 0) return "the verifier alone puts calls of it into programs";
  const words = filter.flatMap((rule) => {
    if (rule.sleepable) return ["any sleepable program"];
    if (rule.someOps) return [`some operations of ${rule.progType}`];
    return rule.attachTypes?.map(sectionWord) ?? [rule.progType];
  });
  return `only for ${[...new Set(words)].join(", ")}`;
}

function operationsReason(op: Operation, operations: readonly string[]): string {
  const here = operations.filter((o) => o.startsWith(`${op.struct}.`)).map((o) => o.slice(op.struct.length + 1));
  if (here.length > 0) return `of the operations of ${op.struct}, only for ${here.join(", ")}`;
  const structs = new Set(operations.map((o) => o.slice(0, o.indexOf("."))));
  return `only for operations of ${[...structs].join(", ")}`;
}

/** `fsession.multi` of `BPF_TRACE_FSESSION_MULTI`. */
const sectionWord = (attachType: string): string =>
  attachType
    .replace(/^BPF_(TRACE_)?/, "")
    .toLowerCase()
    .replaceAll("_", ".");

function callersReason(callers: readonly string[]): string {
  if (callers.length === 0) return "no program may call it";
  const shown = callers.slice(0, 6).join(", ");
  return `only for programs of type ${shown}${callers.length > 6 ? ` and ${callers.length - 6} more` : ""}`;
}
