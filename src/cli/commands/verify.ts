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
  const kernel = chooseKernel(choiceOf(args), sink);
  const answer = kernel && readingObject(args.object, sink, (bytes) => answerOf(args, bytes, kernel, sink));
  report(sink.diagnostics, new SourceMap(), args["message-format"]);
  if (!answer) return 1;
  process.stdout.write(answer.states);
  for (const v of answer.verdicts) process.stdout.write(args.json ? `${JSON.stringify(asJson(v))}\n` : asText(v));
  return sink.hasErrors || answer.verdicts.some((v) => v.verdict === "rejected") ? 1 : 0;
}

interface Answer {
  readonly verdicts: readonly ProgramVerdict[];
  /** With `--verbose`, the listing with the states; else nothing. */
  readonly states: string;
}

/** What is asked of the object; undefined after a report if it has no such program. */
function answerOf(args: VerifyArgs, bytes: Uint8Array, kernel: Kernel, sink: DiagSink): Answer | undefined {
  const all = verified(bytes, kernel, sink);
  const verdicts = args.program === undefined ? all : all.filter((v) => v.program === args.program);
  if (args.program !== undefined && verdicts.length === 0) {
    sink.error("E0709", undefined, args.program, args.object);
    return undefined;
  }
  return { verdicts, states: args.verbose ? states(args, bytes, kernel) : "" };
}

function verified(bytes: Uint8Array, kernel: Kernel, sink: DiagSink): readonly ProgramVerdict[] {
  const progress = new Progress(process.stderr);
  const begins = (name: string, i: number, count: number) => progress.at(`${i + 1}/${count} ${name}`);
  const all = verifyObject(bytes, kernel, sink, { begins });
  progress.clear();
  return all;
}

/** The instructions that programs come by, with the states before them. */
function states(args: VerifyArgs, bytes: Uint8Array, kernel: Kernel): string {
  const made = disassemble(bytes, { kernel, states: true });
  const isWanted = ({ name, insns }: DisassembledFunc) =>
    args.program === undefined ? insns.some(({ before }) => before) : name === args.program;
  return listing({ ...made, funcs: made.funcs.filter(isWanted) });
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
