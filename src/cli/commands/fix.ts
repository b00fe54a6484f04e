/** `fix`: makes the edits that diagnostics carry. */
import { DiagSink } from "../../diag/diagnostic.ts";
import { SourceMap } from "../../diag/source.ts";
import { type Fixed, fixSource } from "../../driver/fix.ts";
import type { Kernel } from "../../kernel/model.ts";
import type { FixArgs } from "../build-options.ts";
import { compileOptions } from "../compile-options.ts";
import { readHeader, readSource, writeWhole } from "../files.ts";
import { choiceOf, chooseKernel } from "../kernel-choice.ts";
import { lineDiff } from "../line-diff.ts";
import { report } from "../report.ts";

/** Mends every file, or with `--dry-run` prints how; exit code 1 if errors are left. */
export function fix(args: FixArgs): number {
  const sink = new DiagSink();
  const kernel = chooseKernel(choiceOf(args), sink);
  report(sink.diagnostics, new SourceMap(), args["message-format"]);
  if (!kernel) return 1;
  let failed = false;
  for (const file of args.file) failed = !fixOne(file, kernel, args) || failed;
  return failed ? 1 : 0;
}

function fixOne(file: string, kernel: Kernel, args: FixArgs): boolean {
  const sink = new DiagSink();
  const source = readSource(file, sink);
  if (source === undefined) return failed(sink, args);
  const { text, fixed, left } = fixSource(source, compileOptions(file, kernel, args, readHeader));
  if (args["dry-run"]) process.stdout.write(lineDiff(file, source, text));
  else {
    for (const one of fixed) process.stdout.write(`${lineOf(one)}\n`);
    if (text !== source && !writeWhole(file, new TextEncoder().encode(text), sink)) return failed(sink, args);
  }
  report(left.diagnostics, left.files, args["message-format"]);
  return left.object !== undefined;
}

function failed(sink: DiagSink, args: FixArgs): false {
  report(sink.diagnostics, new SourceMap(), args["message-format"]);
  return false;
}

function lineOf({ diagnostic, files }: Fixed): string {
  const place = diagnostic.span && files.place(diagnostic.span);
  return `${place ? `${place.file}:${place.line}:${place.column}: ` : ""}mended: ${diagnostic.text} [${diagnostic.code}]`;
}
