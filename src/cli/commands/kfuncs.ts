/** `kfuncs`: the kfuncs of a kernel, with id, prototype, flags and callers. */
import { DiagSink } from "../../diag/diagnostic.ts";
import { SourceMap } from "../../diag/source.ts";
import { reportProblem } from "../../kernel/problem.ts";
import { type Kfunc, kfuncPrototype, listKfuncs, noSuchKfunc } from "../../kfuncs/kfunc.ts";
import { choiceOf, chooseKernel } from "../kernel-choice.ts";
import { report } from "../report.ts";
import type { KfuncsArgs } from "../run.ts";

export function kfuncs(args: KfuncsArgs): number {
  const sink = new DiagSink();
  const kernel = chooseKernel(choiceOf(args), sink);
  const all = kernel ? listKfuncs(kernel) : [];
  const found = args.name === undefined ? all : all.filter((k) => k.name.includes(args.name!));
  if (kernel && args.name !== undefined && found.length === 0)
    reportProblem(sink, undefined, noSuchKfunc(kernel, args.name));
  report(sink.diagnostics, new SourceMap(), args["message-format"]);
  for (const k of found) process.stdout.write(args.json ? `${JSON.stringify(asJson(k))}\n` : asText(k));
  return sink.hasErrors ? 1 : 0;
}

function asJson(k: Kfunc) {
  return {
    id: k.btfId,
    name: k.name,
    prototype: kfuncPrototype(k),
    flags: k.flags,
    callers: k.callers,
    sleepable: k.sleepable,
    ...(k.since !== undefined && { since: k.since }),
  };
}

function asText(k: Kfunc): string {
  const tags = k.flags.length > 0 ? `  ${k.flags.join(" ")}` : "";
  const callers = k.known ? k.callers.join(", ") : "not in bpfasm's tables";
  return `${String(k.btfId).padStart(7)}  ${kfuncPrototype(k)}${tags}\n         called from: ${callers}\n`;
}
