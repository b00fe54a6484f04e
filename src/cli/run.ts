/** The sub-commands and their options; each loads its own code only when it is called. */
import yargs, { type Argv } from "yargs";
import { DiagSink } from "../diag/diagnostic.ts";
import { SourceMap } from "../diag/source.ts";
import { normaliseArgs } from "./args.ts";
import { kernelOptions, messageOption } from "./common-options.ts";
import { type DisasmArgs, disasmOptions, type InspectArgs, inspectOptions } from "./look-options.ts";
import { finishReports, report } from "./report.ts";
import { withResponses } from "./response-files.ts";
import { version } from "./version.ts";

interface Command {
  readonly words: string;
  readonly describe: string;
  readonly options: (y: Argv) => Argv<unknown>;
  /** Loads the command's code and runs it; gives the exit code. */
  readonly run: (args: never, words: readonly string[]) => Promise<number>;
}

const commands: Readonly<Record<string, Command>> = {
  build: {
    words: "<file...>",
    describe: "compile, verify and write an object",
    options: (y) => buildOptions(y),
    run: async (args: BuildArgs, words) => (await import("./commands/build.ts")).build(args, true, words),
  },
  check: {
    words: "<file...>",
    describe: "the same without writing",
    options: (y) => compileOptions(y),
    run: async (args: BuildArgs, words) => (await import("./commands/build.ts")).build(args, false, words),
  },
  fix: {
    words: "<file...>",
    describe: "make the edits that mend what is wrong",
    options: (y) => fixOptions(y),
    run: async (args: FixArgs) => (await import("./commands/fix.ts")).fix(args),
  },
  verify: {
    words: "<object>",
    describe: "say what the kernel will say of an object",
    options: (y) => verifyOptions(y),
    run: async (args: VerifyArgs) => (await import("./commands/verify.ts")).verify(args),
  },
  inspect: {
    words: "<object>",
    describe: "tell what is in an object",
    options: (y) => inspectOptions(y),
    run: async (args: InspectArgs) => (await import("./commands/inspect.ts")).inspect(args),
  },
  disasm: {
    words: "<object>",
    describe: "print an object's instructions",
    options: (y) => disasmOptions(y),
    run: async (args: DisasmArgs) => (await import("./commands/disasm.ts")).disasm(args),
  },
  lsp: {
    words: "",
    describe: "serve an editor over standard input and output",
    options: (y) => lspOptions(y),
    run: async () => (await import("./commands/lsp.ts")).lsp(),
  },
  kfuncs: {
    words: "[name]",
    describe: "list the kernel's kfuncs",
    options: (y) => kfuncsOptions(y),
    run: async (args: KfuncsArgs) => (await import("./commands/kfuncs.ts")).kfuncs(args),
  },
  explain: {
    words: "[code]",
    describe: "say what a diagnostic means, or what the kernel's verifier logged",
    options: (y) => explainOptions(y),
    run: async (args: ExplainArgs) => (await import("./commands/explain.ts")).explain(args),
  },
};

/** Runs one command line; gives the exit code: 0 done, 1 errors in the input, 2 wrong usage. */
export async function run(given: readonly string[]): Promise<number> {
  const sink = new DiagSink();
  const args = withResponses(given, sink);
  if (sink.hasErrors) {
    report(sink.diagnostics, new SourceMap(), "human");
    return 2;
  }
  const normal = normaliseArgs(args);
  if ("why" in normal) {
    process.stderr.write(`bpfasm: ${normal.why}\n`);
    return 2;
  }
  const plain = normal.args;
  const only = plain.includes("--help") || plain.includes("-h") ? undefined : args[0];
  const chosen: Chosen = {};
  const parser =
    only !== undefined && Object.hasOwn(commands, only) ? one(plain, only, chosen, args) : all(plain, chosen, args);
  try {
    await settings(parser).parseAsync();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return 2;
  }
  const code = chosen.run ? await chosen.run() : 0;
  finishReports();
  return code;
}

/** What the command line asks for. */
interface Chosen {
  run?: () => Promise<number>;
}

/** Options of `build` as a project keeps them for a file, or why they are refused. */
export function parseBuildArgs(flags: readonly string[], file: string): BuildArgs | { readonly why: string } {
  const normal = normaliseArgs(["build", ...flags]);
  if ("why" in normal) return normal;
  let why: string | undefined;
  const parser = yargs([...normal.args.slice(1), file])
    .command("$0 <file...>", "", (y) => buildOptions(y))
    .locale("en")
    .strict()
    .help(false)
    .version(false)
    .exitProcess(false)
    .parserConfiguration({ "greedy-arrays": false, "boolean-negation": true })
    .fail((message, error) => {
      why = message ?? error?.message;
    });
  const args = parser.parseSync();
  return why === undefined ? (args as unknown as BuildArgs) : { why };
}

/** yargs alone with one command: it lays out no help that nobody asked for. */
function one(args: readonly string[], name: string, chosen: Chosen, line: readonly string[]): Argv {
  const { words, describe, options, run: start } = commands[name]!;
  return yargs(args.slice(1))
    .scriptName(`bpfasm ${name}`)
    .command(words === "" ? "$0" : `$0 ${words}`, describe, options, (argv) => {
      chosen.run = () => start(argv as never, line);
    });
}

/** Every command, for help, completion and whatever is no command. */
function all(args: readonly string[], chosen: Chosen, line: readonly string[]): Argv {
  const parser = yargs([...args])
    .scriptName("bpfasm")
    .usage(ABOUT);
  for (const [name, { words, describe, options, run: start }] of Object.entries(commands))
    parser.command(`${name} ${words}`.trim(), describe, options, (argv) => {
      chosen.run = () => start(argv as never, line);
    });
  return parser
    .completion("completion", "print a completion script for the shell")
    .demandCommand(1, "a command is needed")
    .recommendCommands();
}

const ABOUT = "$0 COMMAND\n\nCompiles BPF C to objects that the Linux kernel loads, and says before whether it will.";

const settings = (parser: Argv): Argv =>
  parser
    .locale("en")
    .strict()
    .alias({ help: "h", version: "V" })
    .version(version)
    .wrap(Math.min(100, process.stdout.columns ?? 100))
    .parserConfiguration({ "greedy-arrays": false, "boolean-negation": true })
    .exitProcess(false)
    .fail((message, error) => {
      if (error && !message) throw error;
      process.stderr.write(`bpfasm: ${message ?? error?.message}\n  'bpfasm --help' lists commands and options\n`);
      throw new UsageError();
    });

class UsageError extends Error {}

const compileOptions = (y: Argv) =>
  messageOption(kernelOptions(y))
    .positional("file", {
      type: "string",
      array: true,
      demandOption: true,
      describe: "BPF C sources; - is standard input",
    })
    .option("D", {
      type: "string",
      array: true,
      default: [] as string[],
      describe: "define a macro: NAME or NAME=VALUE",
    })
    .option("U", { type: "string", array: true, default: [] as string[], describe: "undefine a macro" })
    .option("I", { type: "string", array: true, default: [] as string[], describe: "search a folder for headers" })
    .option("isystem", {
      type: "string",
      array: true,
      default: [] as string[],
      describe: "search a folder after those",
    })
    .option("idirafter", {
      type: "string",
      array: true,
      default: [] as string[],
      describe: "search a folder after the machine's own",
    })
    .option("iquote", {
      type: "string",
      array: true,
      default: [] as string[],
      describe: 'search a folder before those, for #include "..." alone',
    })
    .option("nostdinc", { type: "boolean", default: false, describe: "search no folder of the machine" })
    .option("nostdlibinc", { type: "boolean", default: false, hidden: true })
    .option("include", { type: "string", array: true, default: [] as string[], describe: "read a header first" })
    .option("opt-level", {
      type: "string",
      choices: ["0", "2"] as const,
      default: "2" as const,
      describe: "-O0 or -O2; -O, -O1, -O3, -Os and -Oz are -O2",
    })
    .option("strict-aliasing", {
      type: "boolean",
      default: true,
      describe: "an access by one type leaves objects of others alone (-fno-strict-aliasing)",
    })
    .option("mcpu", {
      choices: ["v1", "v2", "v3", "v4"] as const,
      default: "v3" as const,
      describe: "instructions that may be used (-mcpu=v3)",
    })
    .option("debug", { type: "boolean", default: true, describe: "source lines in the object (-g; -g0: none)" })
    .option("warning", {
      type: "string",
      array: true,
      default: [] as string[],
      describe: "-Werror, -Werror=NAME, -Wno-NAME",
    })
    .option("silence-warnings", { type: "boolean", default: false, describe: "no warnings (-w)" })
    .option("without-pass", {
      type: "string",
      array: true,
      default: [] as string[],
      describe: "leave out a pass of the optimizer",
    })
    .option("v", { type: "boolean", default: false, describe: "tell what is read and written" })
    .option("time", { type: "boolean", default: false, describe: "tell on standard error where the time went" })
    .option("verify", { type: "boolean", default: true, describe: "ask the verifier (--no-verify: do not)" })
    .option("resolve-kfuncs", {
      type: "boolean",
      default: false,
      describe: "write the kernel's BTF ids into kfunc calls",
    });

export const emitKinds = ["obj", "asm", "json", "ir"] as const;

const buildOptions = (y: Argv) =>
  compileOptions(y)
    .option("o", { type: "string", describe: "output file, '-' for standard output, or a folder" })
    .option("MD", { type: "boolean", default: false, describe: "write what make must know: the files that were read" })
    .option("MMD", { type: "boolean", default: false, describe: "the same without the machine's headers" })
    .option("MF", { type: "string", describe: "where to write that (default: the object's name, .d)" })
    .option("MT", { type: "string", array: true, default: [] as string[], describe: "the target that it names" })
    .option("MQ", { type: "string", array: true, default: [] as string[], describe: "the same, quoted for make" })
    .option("MP", { type: "boolean", default: false, describe: "with a target for each header, too" })
    .option("E", { type: "boolean", default: false, describe: "print the source after preprocessing, and stop" })
    .option("check", {
      type: "boolean",
      default: false,
      describe: "write nothing: compare what is there with what would be written",
    })
    .option("watch", { type: "boolean", default: false, describe: "build again whenever a file that was read changes" })
    .option("compile-commands", {
      type: "string",
      describe: "add how it was built to this list (compile_commands.json)",
    })
    .option("emit", {
      type: "string",
      default: "obj",
      describe: "what to write: obj, asm, json, ir, or several with commas",
    })
    .option("ir-pass", {
      type: "string",
      array: true,
      default: [] as string[],
      describe: "--emit ir shows what this pass did, before and after",
    });

const fixOptions = (y: Argv) =>
  compileOptions(y).option("dry-run", {
    type: "boolean",
    default: false,
    describe: "print the edits as a patch and leave the files alone",
  });

const verifyOptions = (y: Argv) =>
  messageOption(kernelOptions(y))
    .positional("object", { type: "string", demandOption: true, describe: "a BPF object, of any compiler" })
    .option("program", { type: "string", describe: "only this program" })
    .option("json", { type: "boolean", default: false, describe: "a JSON object a program" });

const kfuncsOptions = (y: Argv) =>
  messageOption(kernelOptions(y))
    .positional("name", { type: "string", describe: "a name or a part of one" })
    .option("json", { type: "boolean", default: false, describe: "a JSON object a kfunc" });

/** Editors add `--stdio` by habit; there is no other way. */
const lspOptions = (y: Argv) => y.option("stdio", { type: "boolean", default: true, describe: "the one way there is" });

const explainOptions = (y: Argv) =>
  messageOption(kernelOptions(y))
    .positional("code", { type: "string", describe: "a code such as E0203 or -Wlicense" })
    .option("log", { type: "string", describe: "a log of the kernel's verifier; '-' or nothing: standard input" })
    .option("object", { type: "string", describe: "the object that was loaded: it knows the source lines" })
    .option("program", { type: "string", describe: "the program of the object that the log is of" })
    .option("json", { type: "boolean", default: false, describe: "one JSON document for the log" });

type Parsed<F extends (y: Argv) => Argv<unknown>> = Awaited<ReturnType<F>> extends Argv<infer A> ? A : never;
export type BuildArgs = Parsed<typeof compileOptions> & {
  readonly MD?: boolean;
  readonly MMD?: boolean;
  readonly MF?: string | undefined;
  readonly MT?: readonly string[];
  readonly MQ?: readonly string[];
  readonly MP?: boolean;
  readonly o?: string | undefined;
  readonly emit?: string;
  readonly E?: boolean;
  readonly check?: boolean;
  readonly watch?: boolean;
  readonly "compile-commands"?: string | undefined;
  readonly "ir-pass"?: readonly string[];
};
export type FixArgs = Parsed<typeof compileOptions> & { readonly "dry-run": boolean };
export type VerifyArgs = Parsed<typeof verifyOptions>;
export type KfuncsArgs = Parsed<typeof kfuncsOptions>;
export type ExplainArgs = Parsed<typeof explainOptions>;
