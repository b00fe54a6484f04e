/** What another kind of program may do: the section's name is changed to the nearest kind that may. */
import { maySleep } from "../../kernel/attach.ts";
import { attachTarget } from "../../kernel/attach-target.ts";
import { helperByName, helperFor } from "../../kernel/helpers.ts";
import type { SectionInfo } from "../../kernel/model.ts";
import { parseSection } from "../../kernel/sections.ts";
import { mayCall } from "../../kfuncs/callers.ts";
import { findKfunc } from "../../kfuncs/kfunc.ts";
import { replace } from "./insert.ts";
import { callOf, type Edits, type Mender, spotAt, type Trouble } from "./trouble.ts";

/** Kinds that run at the same place as others, the nearest first. */
const siblings: Readonly<Record<string, readonly string[]>> = {
  fentry: ["fsession", "fexit", "fentry.s", "fsession.s", "fexit.s"],
  fexit: ["fsession", "fexit.s", "fsession.s"],
  fsession: ["fsession.s"],
  "fentry.multi": ["fsession.multi", "fexit.multi"],
  "fexit.multi": ["fsession.multi"],
  fmod_ret: ["fmod_ret.s"],
  lsm: ["lsm.s"],
  tp_btf: ["tp_btf.s"],
  iter: ["iter.s"],
  kprobe: ["kprobe.session", "fentry", "fsession"],
  kretprobe: ["kprobe.session", "fexit", "fsession"],
  uprobe: ["uprobe.session", "uprobe.s"],
  uretprobe: ["uprobe.session", "uretprobe.s"],
};

type Suits = (info: SectionInfo) => boolean;

/** The siblings that may call what is called. */
export const anotherSection: Mender = (t) => {
  const name = t.finding.cause.callee;
  if (name === undefined) return [];
  const kfunc = findKfunc(t.kernel, name);
  const helper = helperByName(name);
  if (kfunc) return moved(t, (info) => mayCall(kfunc, info) === true && (!kfunc.sleepable || sleeps(info)));
  if (helper) {
    const id = helper.id;
    const section = moved(t, (info) => helperFor(id, info) !== undefined && (!helper.mightSleep || sleeps(info)));
    return [...section, anotherHelper(t, name)];
  }
  return [];
};

/** The return value exists where the function has run. */
export const atTheEnd: Mender = (t) =>
  moved(t, (info) => {
    if (!info.prefix.startsWith("fexit")) return false;
    const answer = attachTarget(t.kernel, info);
    return answer.kind === "target" && answer.target.returnSlot !== undefined;
  });

const sleeps = (info: SectionInfo): boolean => info.sleepable && maySleep(info);

function moved({ section, nameSpan, tree, kernel }: Trouble, suits: Suits): readonly Edits[] {
  const info = parseSection(section);
  if (!info || !nameSpan) return [];
  const now = section.replace(/^\?/, "").slice(info.prefix.length);
  const to = (siblings[info.prefix] ?? []).filter((prefix) => {
    const other = parseSection(`${prefix}${now}`);
    return other?.prefix === prefix && suits(other) && attachTarget(kernel, other).kind !== "problem";
  });
  const quoted = `"${section}"`;
  const at = tree.file.text.lastIndexOf(quoted, nameSpan.start);
  if (at < 0) return [];
  const from = at + 1 + (section.startsWith("?") ? 1 : 0);
  const span = { file: tree.file.id, start: from, end: from + info.prefix.length };
  return to.map((prefix) => [replace(span, prefix)]);
}

/** Helpers that do nearly the same and may be called everywhere. */
const likewise: Readonly<Record<string, string>> = {
  bpf_ktime_get_coarse_ns: "bpf_ktime_get_ns",
  bpf_ktime_get_tai_ns: "bpf_ktime_get_ns",
  bpf_probe_read: "bpf_probe_read_kernel",
  bpf_probe_read_str: "bpf_probe_read_kernel_str",
};

/** A number that should be a pointer to the running task. */
export const taskPointer: Mender = ({ tree, made, finding }) => {
  const item = finding.cause.maker === "bpf_get_current_task" ? spotAt(tree, made)?.step.item : undefined;
  const call = item && callOf(item, "bpf_get_current_task", made!.start);
  return call ? [[replace(call.callee.span, "bpf_get_current_task_btf")]] : [];
};

function anotherHelper({ tree, at }: Trouble, name: string): Edits {
  const item = spotAt(tree, at)?.step.item;
  const call = item && callOf(item, name, at.start);
  const to = likewise[name];
  return call && to !== undefined ? [replace(call.callee.span, to)] : [];
}
