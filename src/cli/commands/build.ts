/** `build` and `check`: sources to objects. */
import { basename, join } from "node:path";
import { DiagSink } from "../../diag/diagnostic.ts";
import { SourceMap } from "../../diag/source.ts";
import { type Compilation, compile, preprocess } from "../../driver/compile.ts";
import { disassemble, listing, listingJson } from "../../driver/disassemble.ts";
import { includeHost, type SearchPath } from "../../driver/host.ts";
import { irPasses, optionalPasses, type PassDump } from "../../driver/options.ts";
import type { Kernel } from "../../kernel/model.ts";
import { isFolder, readHeader, readSource, writeWhole } from "../files.ts";
import { choiceOf, chooseKernel } from "../kernel-choice.ts";
import { makeRule, quotedForMake } from "../make-rule.ts";
import { PassSteps } from "../pass-steps.ts";
import { report } from "../report.ts";
import { type BuildArgs, emitKinds } from "../run.ts";
import { Stopwatch } from "../stopwatch.ts";

type Emit = (typeof emitKinds)[number];

/** Compiles every file and, if `write`, writes what `--emit` names. Exit code 1 if one of them failed. */
export function build(args: BuildArgs, write: boolean): number {
  const usage = usageFault(args, write);
  if (usage !== undefined) {
    process.stderr.write(`bpfasm: ${usage}\n`);
    return 2;
  }
  const watch = args.time ? new Stopwatch() : undefined;
  watch?.stage("start");
  const sink = new DiagSink();
  const kernel = chooseKernel(choiceOf(args), sink);
  watch?.stage("open the kernel");
  if (!kernel) return fail(sink, args);
  let failed = false;
  for (const file of args.file) failed = !buildOne(file, { kernel, args, write, watch }) || failed;
  if (watch) process.stderr.write(watch.table());
  return failed ? 1 : 0;
}

function fail(sink: DiagSink, args: BuildArgs): number {
  report(sink.diagnostics, new SourceMap(), args["message-format"]);
  return 1;
}

/** What is wrong with the combination of options, if something is. */
function usageFault(args: BuildArgs, write: boolean): string | undefined {
  if (args.kernel !== undefined && !/^\d+\.\d+/.test(args.kernel))
    return `--kernel takes a release such as 6.12, not '${args.kernel}'`;
  const pass = unknownPass(args["without-pass"], optionalPasses) ?? unknownPass(args["ir-pass"] ?? [], irPasses);
  if (pass !== undefined) return pass;
  if (!write) return undefined;
  const kinds = (args.emit ?? "obj").split(",");
  const unknown = kinds.find((k) => !(emitKinds as readonly string[]).includes(k));
  if (unknown !== undefined) return `--emit takes ${emitKinds.join(", ")}, not '${unknown}'`;
  if (args.o === undefined || isFolder(args.o)) return undefined;
  if (args.file.length > 1)
    return `-o ${args.o} names one file, but there are ${args.file.length} inputs; -o takes a folder, too`;
  if (kinds.length > 1)
    return `-o ${args.o} names one file, but --emit asks for ${kinds.length}; -o takes a folder, too`;
  return undefined;
}

const unknownPass = (names: readonly string[], known: readonly string[]): string | undefined => {
  const name = names.find((one) => !known.includes(one));
  return name === undefined ? undefined : `no pass '${name}' can be named here; there are ${known.join(", ")}`;
};

/** What is the same for all files of one run. */
interface Run {
  readonly kernel: Kernel;
  readonly args: BuildArgs;
  readonly write: boolean;
  readonly watch: Stopwatch | undefined;
}

function buildOne(file: string, run: Run): boolean {
  const { kernel, args, write, watch } = run;
  const sink = new DiagSink();
  const text = readSource(file, sink);
  if (text === undefined) return fail(sink, args) === 0;
  if (write && args.E) return preprocessOne(text, file, kernel, args, sink);
  const timed = watch && { ended: (stage: string) => watch.stage(stage) };
  const steps = new PassSteps(args["ir-pass"] ?? []);
  const dump: PassDump = (pass, after, before) => {
    watch?.pass(pass);
    steps.note(pass, after, before);
  };
  const options = { ...compileOptions(file, kernel, args), ...timed, ...((watch || steps.wanted) && { dump }) };
  const made = compile(text, options);
  report(made.diagnostics, made.files, args["message-format"]);
  if (!made.object) return false;
  if (!write) return true;
  const ok = (args.emit ?? "obj").split(",").every((kind) => emit(kind as Emit, file, { ...made, steps }, args, sink));
  watch?.stage("report and output");
  if (ok && (args.MD || args.MMD)) return dependencies(file, made, args, sink) || fail(sink, args) === 0;
  if (!ok) fail(sink, args);
  return ok;
}

/** Files of the disk that the compilation read. */
const namesRead = (made: Compilation, file: string): readonly string[] =>
  made.files.files
    .filter((f) => !f.builtin && (f.name === file || readHeader(f.name) !== undefined))
    .map((f) => f.name);

/** `-MD`: a rule for make beside the object. */
function dependencies(file: string, made: Compilation, args: BuildArgs, sink: DiagSink): boolean {
  const object = outputPath(file, "obj", args);
  const rule = makeRule(namesRead(made, file), {
    targets: [...(args.MT ?? []), ...(args.MQ ?? []).map(quotedForMake)],
    object,
    phony: args.MP === true,
    machine: args.MMD ? undefined : true,
  });
  return writeWhole(args.MF ?? object.replace(/\.o$/, ".d"), new TextEncoder().encode(rule), sink);
}

/** `-E`: the text to standard output, or to the file that `-o` names. */
function preprocessOne(text: string, file: string, kernel: Kernel, args: BuildArgs, sink: DiagSink): boolean {
  const made = preprocess(text, compileOptions(file, kernel, args));
  report(made.diagnostics, made.files, args["message-format"]);
  if (made.diagnostics.some((d) => d.severity === "error")) return false;
  if (args.o === undefined || args.o === "-") {
    process.stdout.write(made.text);
    return true;
  }
  const path = isFolder(args.o) ? join(args.o, `${basename(file).replace(/\.c$/, "")}.i`) : args.o;
  const ok = writeWhole(path, new TextEncoder().encode(made.text), sink);
  if (!ok) fail(sink, args);
  return ok;
}

export function compileOptions(file: string, kernel: Kernel, args: BuildArgs) {
  return {
    kernel,
    fileName: file,
    includes: includeHost(readHeader, searchPath(kernel, args)),
    defines: args.D.map(definition),
    undefs: args.U,
    forcedIncludes: args.include,
    cpu: args.mcpu,
    level: args["opt-level"] === "0" ? 0 : 2,
    strictAliasing: args["strict-aliasing"],
    debug: args.debug,
    verify: args.verify,
    resolveKfuncs: args["resolve-kfuncs"],
    withoutPasses: args["without-pass"],
    warnings: { flags: args.warning, none: args["silence-warnings"] },
  } as const;
}

/** Debian's folders for what differs by architecture; other distributions keep `asm/` in `/usr/include`. */
const multiarch: Readonly<Record<Kernel["arch"], string>> = {
  x86: "/usr/include/x86_64-linux-gnu",
  arm64: "/usr/include/aarch64-linux-gnu",
};

/**
 * Where clang looks when it compiles for BPF, its own headers between `local` and `machine`; and last, what clang has
 * to be told by `-idirafter`: the headers of an architecture, the kernel's before any other that the machine has.
 */
export function searchPath(kernel: Kernel, args: BuildArgs): SearchPath {
  const own = { quoted: args.iquote, dirs: args.I, system: args.isystem };
  if (args.nostdinc || args.nostdlibinc) return { ...own, machine: args.idirafter };
  const ofArch = [...new Set([multiarch[kernel.arch], ...Object.values(multiarch)])];
  return {
    ...own,
    local: ["/usr/local/include"],
    machine: ["/usr/include", ...args.idirafter, ...ofArch],
  };
}

function definition(text: string): { name: string; value: string } {
  const equals = text.indexOf("=");
  return equals === -1 ? { name: text, value: "1" } : { name: text.slice(0, equals), value: text.slice(equals + 1) };
}

const endings: Readonly<Record<Emit, string>> = { obj: ".o", asm: ".s", json: ".json", ir: ".ir" };

/** `probe.bpf` and `probe.bpf.c` give `probe.bpf.o`. */
export function outputName(file: string, kind: Emit): string {
  return file.replace(/\.c$/, "") + endings[kind];
}

type Made = Compilation & { readonly steps: PassSteps };

function emit(kind: Emit, file: string, made: Made, args: BuildArgs, sink: DiagSink): boolean {
  const bytes = kind === "obj" ? made.object! : new TextEncoder().encode(textOf(kind, made));
  if (args.o === "-") {
    process.stdout.write(bytes);
    return true;
  }
  return writeWhole(outputPath(file, kind, args), bytes, sink);
}

function outputPath(file: string, kind: Emit, args: BuildArgs): string {
  const name = outputName(file, kind);
  return args.o === undefined ? name : isFolder(args.o) ? join(args.o, basename(name)) : args.o;
}

function textOf(kind: "asm" | "json" | "ir", { object, ir, steps }: Made): string {
  if (kind === "ir") return steps.wanted ? steps.text() : ir();
  const read = disassemble(object!);
  return kind === "asm" ? listing(read) : `${JSON.stringify(listingJson(read), null, 2)}\n`;
}
