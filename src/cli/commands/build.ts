/** `build` and `check`: sources to objects. */
import { basename, join } from "node:path";
import { DiagSink } from "../../diag/diagnostic.ts";
import { SourceMap } from "../../diag/source.ts";
import { compile, preprocess } from "../../driver/compile.ts";
import { Memory } from "../../driver/memory.ts";
import { type CompileOptions, irPasses, optionalPasses, type PassDump } from "../../driver/options.ts";
import type { Kernel } from "../../kernel/model.ts";
import { type BuildArgs, emitKinds } from "../build-options.ts";
import { addCommands } from "../compile-commands.ts";
import { compileOptions, searchPath } from "../compile-options.ts";
import { isFolder, readHeader, readSource, STDIN_NAME, writeWhole } from "../files.ts";
import { choiceOf, chooseKernel } from "../kernel-choice.ts";
import { dependencies, type Emit, emit, outputPath } from "../outputs.ts";
import { PassSteps } from "../pass-steps.ts";
import { Progress } from "../progress.ts";
import { report } from "../report.ts";
import { Stopwatch } from "../stopwatch.ts";

/**
 * Compiles every file and, if `write`, writes what `--emit` names. Exit code 1 if one of them failed. `words` is the
 * command line, for the list of compile commands.
 */
export async function build(args: BuildArgs, write: boolean, words: readonly string[]): Promise<number> {
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
  if (args.v) process.stderr.write(settingsText(kernel, args));
  const run: Run = { kernel, args, write, watch, progress: new Progress(process.stderr), read: readHeader };
  if (args.watch) {
    const memories = new Map(args.file.map((file) => [file, new Memory()]));
    const again = (file: string, read: Run["read"]) => buildOne(file, { ...run, read, memory: memories.get(file) });
    return (await import("../watch.ts")).watchFiles(args.file, again);
  }
  let failed = false;
  for (const [i, file] of args.file.entries()) {
    run.progress.at(`${i + 1}/${args.file.length} ${file}`);
    failed = !buildOne(file, run) || failed;
  }
  run.progress.clear();
  if (watch) process.stderr.write(watch.table());
  if (args["compile-commands"] !== undefined && !addCommands(args["compile-commands"], commandsFor(args, words), sink))
    return fail(sink, args);
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
  if (args.watch && args.file.includes(STDIN_NAME)) return "--watch needs files, and '-' is none";
  if (!write) return undefined;
  const kinds = (args.emit ?? "obj").split(",");
  const unknown = kinds.find((k) => !(emitKinds as readonly string[]).includes(k));
  if (unknown !== undefined) return `--emit takes ${emitKinds.join(", ")}, not '${unknown}'`;
  if (args.MF !== undefined && args.file.length > 1)
    return `-MF ${args.MF} names one file, but there are ${args.file.length} inputs`;
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

/** `-v`: for which kernel, and where headers are looked for. */
function settingsText(kernel: Kernel, args: BuildArgs): string {
  const { quoted = [], dirs, system, local = [], machine } = searchPath(kernel, args);
  const folders = [...quoted, ...dirs, ...system, ...local, ...machine];
  return [`for ${kernel.name}, -mcpu=${args.mcpu}`, ...folders.map((dir) => `searches ${dir}`)]
    .map((line) => `bpfasm: ${line}\n`)
    .join("");
}

/** What is the same for all files of one run. */
interface Run {
  readonly kernel: Kernel;
  readonly args: BuildArgs;
  readonly write: boolean;
  readonly watch: Stopwatch | undefined;
  readonly progress: Progress;
  /** Reads headers. */
  readonly read: (path: string) => string | undefined;
  /** Of earlier builds of the file. */
  readonly memory?: Memory | undefined;
}

function buildOne(file: string, run: Run): boolean {
  const { args, write, watch, progress } = run;
  const sink = new DiagSink();
  const text = readSource(file, sink);
  if (text === undefined) return fail(sink, args) === 0;
  if (args.v) process.stderr.write(`bpfasm: reads ${file}\n`);
  if (write && args.E) return preprocessOne(text, file, run, sink);
  const ended = (stage: string): void => {
    watch?.stage(stage);
    progress.at(`${file}: ${stage} done`);
  };
  const steps = new PassSteps(args["ir-pass"] ?? []);
  const dump: PassDump = (pass, after, before) => {
    watch?.pass(pass);
    steps.note(pass, after, before);
  };
  const options = { ...optionsFor(file, run), ended, ...((watch || steps.wanted) && { dump }) };
  const made = compile(text, options);
  progress.clear();
  report(made.diagnostics, made.files, args["message-format"]);
  if (!made.object) return false;
  if (!write) return true;
  const ok = (args.emit ?? "obj").split(",").every((kind) => emit(kind as Emit, file, { ...made, steps }, args, sink));
  watch?.stage("report and output");
  if (ok && (args.MD || args.MMD)) return dependencies(file, made, args, sink) || fail(sink, args) === 0;
  if (!ok) fail(sink, args);
  return ok;
}

const optionsFor = (file: string, { kernel, args, read, memory }: Run): CompileOptions => ({
  ...compileOptions(file, kernel, args, read),
  ...(memory && { memory }),
});

/** `-E`: the text to standard output, or to the file that `-o` names. */
function preprocessOne(text: string, file: string, run: Run, sink: DiagSink): boolean {
  const { args } = run;
  const made = preprocess(text, optionsFor(file, run));
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

/** How each file is built alone, in this folder. */
function commandsFor(args: BuildArgs, words: readonly string[]) {
  return args.file
    .filter((file) => file !== STDIN_NAME)
    .map((file) => ({
      directory: process.cwd(),
      file,
      arguments: [
        "bpfasm",
        ...words.filter((word, i) => !isForList(words, i) && (word === file || !args.file.includes(word))),
      ],
      output: outputPath(file, "obj", args),
    }));
}

/** Whether the word is `--compile-commands` or what belongs to it. */
const isForList = (words: readonly string[], i: number): boolean =>
  words[i]!.startsWith("--compile-commands") || words[i - 1] === "--compile-commands";
