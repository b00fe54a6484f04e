/** `inspect`: what an object of any compiler holds. */
import { DiagSink } from "../../diag/diagnostic.ts";
import { SourceMap } from "../../diag/source.ts";
import { inspect as inspectObject } from "../../driver/inspect.ts";
import { inspectionText } from "../../view/inspection-text.ts";
import { choiceOf, chooseKernel } from "../kernel-choice.ts";
import type { InspectArgs } from "../look-options.ts";
import { readingObject } from "../objects.ts";
import { report } from "../report.ts";

export function inspect(args: InspectArgs): number {
  const sink = new DiagSink();
  const kernel = chooseKernel(choiceOf(args), sink);
  const made = kernel && readingObject(args.object, sink, (bytes) => inspectObject(bytes, { kernel }));
  report(sink.diagnostics, new SourceMap(), args["message-format"]);
  if (!made) return 1;
  if (args["types-only"]) process.stdout.write(made.types);
  else process.stdout.write(args.json ? `${JSON.stringify(made, null, 2)}\n` : inspectionText(made, args));
  return 0;
}
