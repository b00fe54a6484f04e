/** Who may call a kfunc: registration by program type, and the filters that narrow it. */
import type { SectionInfo } from "../kernel/model.ts";
import type { Kfunc } from "./kfunc.ts";
import { type FilterRule, tracingHook } from "./table.ts";

/**
 * Whether the kernel lets a program of that section call the kfunc (`calling kernel function %s is not allowed`). For a
 * kfunc that the tables do not have (`known` is false) it says true: nothing is known against it.
 */
export function mayCall(kfunc: Kfunc, info: SectionInfo): true | { readonly reason: string } {
  if (!kfunc.known || info.progType === "EXT") return true;
  const { callers, filter } = kfunc;
  if (filter && !filter.some((rule) => lets(rule, info))) return { reason: filterReason(filter) };
  if (!callers.includes("any") && !callers.includes(info.progType)) return { reason: callersReason(callers) };
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
