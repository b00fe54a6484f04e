/** `verify`: what the kernel will say of an object of any compiler. */
import { DiagSink } from "../../diag/diagnostic.ts";
import { SourceMap } from "../../diag/source.ts";
import { type DisassembledFunc, disassemble, listing } from "../../driver/disassemble.ts";
import { verifyObject } from "../../driver/verdicts.ts";
import type { Kernel } from "../../kernel/model.ts";
import type { ProgramVerdict } from "../../verifier/model.ts";
import { findingText } from "../findings-text.ts";
import { choiceOf, chooseKernel } from "../kernel-choice.ts";
import type { VerifyArgs } from "../look-options.ts";
import { readingObject } from "../objects.ts";
import { Progress } from "../progress.ts";
import { report } from "../report.ts";

/** Prints a line a program; exit code 1 if one is rejected or the object cannot be read. */
export function verify(args: VerifyArgs): number {
  const sink = new DiagSink();
  const verdicts = readVerdicts(args, sink);
  report(sink.diagnostics, new SourceMap(), args["message-format"]);
  if (!verdicts) return 1;
  if (args.verbose) process.stdout.write(states(args));
  for (const v of verdicts) process.stdout.write(args.json ? `${JSON.stringify(asJson(v))}\n` : asText(v));
  return sink.hasErrors || verdicts.some((v) => v.verdict === "rejected") ? 1 : 0;
}

function readVerdicts(args: VerifyArgs, sink: DiagSink): readonly ProgramVerdict[] | undefined {
  const kernel = chooseKernel(choiceOf(args), sink);
  const all = kernel && readingObject(args.object, sink, (bytes) => verified(bytes, kernel, sink));
  if (!all || args.program === undefined) return all;
  const one = all.filter((v) => v.program === args.program);
  if (one.length > 0) return one;
  sink.error("E0709", undefined, args.program, args.object);
  return undefined;
}

function verified(bytes: Uint8Array, kernel: Kernel, sink: DiagSink): readonly ProgramVerdict[] {
  const progress = new Progress(process.stderr);
  const begins = (name: string, i: number, count: number) => progress.at(`${i + 1}/${count} ${name}`);
  const all = verifyObject(bytes, kernel, sink, { begins });
  progress.clear();
  return all;
}

/** The instructions that programs come by, with the states before them. */
function states(args: VerifyArgs): string {
  const sink = new DiagSink();
  const kernel = chooseKernel(choiceOf(args), sink)!;
  const made = readingObject(args.object, sink, (bytes) => disassemble(bytes, { kernel, states: true }));
  const isWanted = ({ name, insns }: DisassembledFunc) =>
    args.program === undefined ? insns.some(({ before }) => before) : name === args.program;
  return made ? listing({ ...made, funcs: made.funcs.filter(isWanted) }) : "";
}

function asJson(v: ProgramVerdict) {
  return {
    program: v.program,
    section: v.section,
    verdict: v.verdict,
    processed: v.processed,
    diagnostics: v.findings,
    unknown: v.unknown,
  };
}

function asText(v: ProgramVerdict): string {
  const head = `${v.program}: ${v.verdict} (${v.section}, ${v.processed} instructions processed)\n`;
  const unknown = v.unknown.map((u) => `  not modelled: ${u}\n`).join("");
  return head + unknown + v.findings.map((f) => findingText(f, "  ")).join("");
}
