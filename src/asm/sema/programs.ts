/** Entry programs: their section, what it attaches to, what the kernel will accept of it. */
import { attachTarget } from "../../kernel/attach-target.ts";
import { didYouMean, reportProblem } from "../../kernel/problem.ts";
import { nearestSections, parseSection } from "../../kernel/sections.ts";
import type { Sema } from "./context.ts";
import type { FunctionDraft } from "./scope.ts";

/** Reports a section or attach target that cannot work; once for each kind of missing kernel support. */
export function checkProgram(cx: Sema, fn: FunctionDraft): void {
  if (fn.linkage === "static") cx.sink.error("E0235", fn.span, fn.name);
  const info = parseSection(fn.section!);
  if (!info) {
    const report = cx.sink.warn("unknown-sections", fn.span, fn.section!);
    const help = didYouMean(nearestSections(fn.section!));
    if (help) report.help(help);
    return;
  }
  const answer = attachTarget(cx.kernel, info);
  if (answer.kind === "elsewhere") {
    const { what, name } = answer;
    cx.sink
      .warn("unknown-targets", fn.span, what, name, cx.kernel.name)
      .help("user space must set the target before it loads the object, or --btf-module names the module that has it");
  }
  if (answer.kind !== "problem") return;
  const sessions = answer.problem.code === "E0302" && info.attachType?.startsWith("BPF_TRACE_FSESSION");
  if (sessions && cx.sessionsMissing) return;
  cx.sessionsMissing ||= sessions === true;
  if (!info.optional) reportProblem(cx.sink, fn.span, answer.problem); // else the verdict tells it, as a warning
}
