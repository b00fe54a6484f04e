/** `explain`: the page of a diagnostic, or with `--log` what the kernel said. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { nearestOf } from "../../btf/nearest.ts";
import { errorTexts, warningTexts } from "../../diag/catalogue.ts";
import { DiagSink } from "../../diag/diagnostic.ts";
import { SourceMap } from "../../diag/source.ts";
import { didYouMean } from "../../kernel/problem.ts";
import { report } from "../report.ts";
import type { ExplainArgs } from "../run.ts";
import { explainKernelLog } from "./explain-log.ts";

/** Name of the page: `E0203`, `-Wlicense` and `Wlicense` are understood in any case. */
function pageName(code: string): string | undefined {
  const plain = code.replace(/^-/, "");
  if (/^e\d+$/i.test(plain) && Object.hasOwn(errorTexts, plain.toUpperCase())) return plain.toUpperCase();
  const warning = plain.replace(/^W/, "");
  return Object.hasOwn(warningTexts, warning) ? `W${warning}` : undefined;
}

export function explain(args: ExplainArgs): number {
  if (args.log !== undefined) return explainKernelLog(args, args.log === "" ? "-" : args.log);
  if (args.code === undefined) {
    process.stderr.write("bpfasm: explain takes a code such as E0203 or -Wlicense, or --log FILE\n");
    return 2;
  }
  return explainCode(args.code, args);
}

function explainCode(code: string, args: ExplainArgs): number {
  const name = pageName(code);
  if (name === undefined) {
    const sink = new DiagSink();
    const known = [...Object.keys(errorTexts), ...Object.keys(warningTexts).map((w) => `-W${w}`)];
    const help = didYouMean(nearestOf(code.toUpperCase(), known, 3));
    const made = sink.error("E0707", undefined, code);
    if (help) made.help(help);
    report(sink.diagnostics, new SourceMap(), args["message-format"]);
    return 1;
  }
  process.stdout.write(readFileSync(fileURLToPath(new URL(`../docs/errors/${name}.md`, import.meta.url)), "utf8"));
  return 0;
}
