/** `explain --log`: what the kernel's verifier said when it refused a program. */
import { readFileSync } from "node:fs";
import { DiagSink } from "../../diag/diagnostic.ts";
import { SourceMap } from "../../diag/source.ts";
import { explainLog, type LogReport } from "../../driver/explain-log.ts";
import { readBytes, reasonOf } from "../files.ts";
import { findingText } from "../findings-text.ts";
import { choiceOf, chooseKernel } from "../kernel-choice.ts";
import { readingObject } from "../objects.ts";
import { report } from "../report.ts";
import type { ExplainArgs } from "../run.ts";

/** Exit code 0 if the log was read, 1 if it tells nothing or something cannot be read. */
export function explainKernelLog(args: ExplainArgs, path: string): number {
  const sink = new DiagSink();
  const made = explained(args, path, sink);
  report(sink.diagnostics, new SourceMap(), args["message-format"]);
  if (!made?.finding) return 1;
  process.stdout.write(args.json ? `${JSON.stringify(made)}\n` : asText(made));
  return 0;
}

function explained(args: ExplainArgs, path: string, sink: DiagSink): LogReport | undefined {
  const text = readLog(path, sink);
  const made = text === undefined ? undefined : reportOf(text, args, sink);
  if (made && !made.finding) nothingSaid(text!, path, sink);
  return made;
}

function reportOf(text: string, args: ExplainArgs, sink: DiagSink): LogReport | undefined {
  if (args.object === undefined) return explainLog(text);
  const kernel = chooseKernel(choiceOf(args), sink);
  const { program } = args;
  return kernel && readingObject(args.object, sink, (bytes) => explainLog(text, { bytes, kernel, program }));
}

function nothingSaid(text: string, path: string, sink: DiagSink): void {
  const made = sink.error("E0715", undefined, path === "-" ? "standard input" : path);
  if (/^processed 0 insns/m.test(text))
    made.help("the kernel looked at no instruction: it may not know this kind of program, or where it is attached");
}

function readLog(path: string, sink: DiagSink): string | undefined {
  if (path !== "-") {
    const bytes = readBytes(path, sink);
    return bytes && new TextDecoder().decode(bytes);
  }
  try {
    return readFileSync(0, "utf8");
  } catch (error) {
    sink.error("E0702", undefined, "standard input", reasonOf(error));
    return undefined;
  }
}

function asText({ program, finding }: LogReport): string {
  return `${program === undefined ? "" : `${program}:\n`}${findingText(finding!, program === undefined ? "" : "  ")}`;
}
