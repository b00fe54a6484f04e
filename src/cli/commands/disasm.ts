/** `disasm`: instructions of an object, with source lines, relocations and what the verifier knows; or pictures of them. */
import { DiagSink } from "../../diag/diagnostic.ts";
import { SourceMap } from "../../diag/source.ts";
import { assemblyText, type Disassembly, disassemble, listing, listingJson } from "../../driver/disassemble.ts";
import type { Kernel } from "../../kernel/model.ts";
import { choiceOf, chooseKernel } from "../kernel-choice.ts";
import type { DisasmArgs } from "../look-options.ts";
import { readingObject } from "../objects.ts";
import { report } from "../report.ts";

export async function disasm(args: DisasmArgs): Promise<number> {
  const sink = new DiagSink();
  // A kernel is opened only where something is asked of it.
  const states = args.states || args.html !== undefined;
  const kernel = states || args.btf !== undefined ? chooseKernel(choiceOf(args), sink) : undefined;
  const made = sink.hasErrors ? undefined : read(args, kernel, states, sink);
  const output =
    made &&
    (args.cfg === undefined ? textOf(made, args) : (await import("../../view/cfg.ts")).draw(made.funcs, args.cfg));
  if (made && args.html !== undefined)
    (await import("../page.ts")).writePage(made, { object: args.object, html: args.html, kernel: kernel!.name }, sink);
  else if (output !== undefined) process.stdout.write(output);
  report(sink.diagnostics, new SourceMap(), args["message-format"]);
  return sink.hasErrors ? 1 : 0;
}

function read(args: DisasmArgs, kernel: Kernel | undefined, states: boolean, sink: DiagSink): Disassembly | undefined {
  const made = readingObject(args.object, sink, (bytes) => disassemble(bytes, kernel ? { kernel, states } : {}));
  return made && only(made, args, sink);
}

/** The functions that are wanted. */
function only(made: Disassembly, { program, object }: DisasmArgs, sink: DiagSink): Disassembly | undefined {
  if (program === undefined) return made;
  const funcs = made.funcs.filter(({ name }) => name === program);
  if (funcs.length > 0) return { ...made, funcs };
  sink.error("E0709", undefined, program, object);
  return undefined;
}

function textOf(made: Disassembly, { json, asm }: DisasmArgs): string {
  if (json) return `${JSON.stringify(listingJson(made), null, 2)}\n`;
  return asm ? assemblyText(made) : listing(made);
}
