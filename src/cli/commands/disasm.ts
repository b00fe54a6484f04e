/** `disasm`: instructions of an object, with source lines and relocations. */
import { DiagSink } from "../../diag/diagnostic.ts";
import { SourceMap } from "../../diag/source.ts";
import { assemblyText, type Disassembly, disassemble, listing, listingJson } from "../../driver/disassemble.ts";
import { ElfError } from "../../elf/object-file.ts";
import { readBytes } from "../files.ts";
import type { DisasmArgs } from "../look-options.ts";
import { report } from "../report.ts";

export function disasm(args: DisasmArgs): number {
  const sink = new DiagSink();
  const bytes = readBytes(args.object, sink);
  const made = bytes && tryDisassemble(bytes, args.object, sink);
  report(sink.diagnostics, new SourceMap(), args["message-format"]);
  if (!made) return 1;
  process.stdout.write(textOf(made, args));
  return 0;
}

function textOf(made: Disassembly, { json, asm }: DisasmArgs): string {
  if (json) return `${JSON.stringify(listingJson(made), null, 2)}\n`;
  return asm ? assemblyText(made) : listing(made);
}

function tryDisassemble(bytes: Uint8Array, path: string, sink: DiagSink): Disassembly | undefined {
  try {
    return disassemble(bytes);
  } catch (error) {
    if (!(error instanceof ElfError)) throw error;
    sink.error("E0601", undefined, path, error.message);
    return undefined;
  }
}
