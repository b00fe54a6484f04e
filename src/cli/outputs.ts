/** What a build writes: under which names, and what is in it. */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { DiagSink } from "../diag/diagnostic.ts";
import type { Compilation } from "../driver/compile.ts";
import { disassemble, listing, listingJson } from "../driver/disassemble.ts";
import type { BuildArgs, emitKinds } from "./build-options.ts";
import { isFolder, readHeader, STDIN_NAME, sameContents, writeWhole } from "./files.ts";
import { makeRule, quotedForMake } from "./make-rule.ts";
import type { PassSteps } from "./pass-steps.ts";

export type Emit = (typeof emitKinds)[number];

const endings: Readonly<Record<Emit, string>> = { obj: ".o", asm: ".s", json: ".json", ir: ".ir" };

/** `probe.bpf` and `probe.bpf.c` give `probe.bpf.o`. */
export function outputName(file: string, kind: Emit): string {
  return (file === STDIN_NAME ? "stdin" : file).replace(/\.c$/, "") + endings[kind];
}

export type Made = Compilation & { readonly steps: PassSteps };

/** Writes one kind of output; false after a report where it cannot. */
export function emit(kind: Emit, file: string, made: Made, args: BuildArgs, sink: DiagSink): boolean {
  const bytes = kind === "obj" ? made.object! : new TextEncoder().encode(textOf(kind, made));
  if (toStandardOutput(file, args)) {
    process.stdout.write(bytes);
    return true;
  }
  return put(outputPath(file, kind, args), bytes, args, sink);
}

/** What comes from standard input goes to standard output, if nothing else is said. */
const toStandardOutput = (file: string, { o }: BuildArgs): boolean =>
  o === "-" || (o === undefined && file === STDIN_NAME);

/** Writes a file, or with `--check` only looks whether it is the one that would be written. */
function put(path: string, bytes: Uint8Array, args: BuildArgs, sink: DiagSink): boolean {
  if (!args.check) return tell(`writes ${path}`, args, writeWhole(path, bytes, sink));
  if (!existsSync(path)) sink.error("E0701", undefined, path);
  else if (!sameContents(path, bytes)) sink.error("E0720", undefined, path);
  else return tell(`${path} is up to date`, args, true);
  return false;
}

/** `-v`: a line about what was done. */
function tell(what: string, { v }: BuildArgs, ok: boolean): boolean {
  if (v && ok) process.stderr.write(`bpfasm: ${what}\n`);
  return ok;
}

/** Where an output goes. */
export function outputPath(file: string, kind: Emit, args: BuildArgs): string {
  const name = outputName(file, kind);
  return args.o === undefined ? name : isFolder(args.o) ? join(args.o, basename(name)) : args.o;
}

function textOf(kind: "asm" | "json" | "ir", { object, ir, steps }: Made): string {
  if (kind === "ir") return steps.wanted ? steps.text() : ir();
  const read = disassemble(object!);
  return kind === "asm" ? listing(read) : `${JSON.stringify(listingJson(read), null, 2)}\n`;
}

/** Files of the disk that the compilation read. */
export const namesRead = (made: Compilation, file: string): readonly string[] =>
  made.files.files
    .filter((f) => !f.builtin && (f.name === file || readHeader(f.name) !== undefined))
    .map((f) => f.name);

/** `-MD`: a rule for make beside the object. */
export function dependencies(file: string, made: Compilation, args: BuildArgs, sink: DiagSink): boolean {
  const object = outputPath(file, "obj", args);
  const rule = makeRule(namesRead(made, file), {
    targets: [...(args.MT ?? []), ...(args.MQ ?? []).map(quotedForMake)],
    object,
    phony: args.MP === true,
    machine: args.MMD ? undefined : true,
  });
  return put(args.MF ?? object.replace(/\.o$/, ".d"), new TextEncoder().encode(rule), args, sink);
}
