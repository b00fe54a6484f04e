/** The sub-commands and their options; each loads its own code only when it is called. */
import yargs, { type Argv } from "yargs";
import { DiagSink } from "../diag/diagnostic.ts";
import { SourceMap } from "../diag/source.ts";
import { normaliseArgs } from "./args.ts";
import { type BuildArgs, buildOptions, compileOptions, type FixArgs, fixOptions } from "./build-options.ts";
import { kernelOptions, messageOption, type Parsed, strictly } from "./common-options.ts";
import {
  type DisasmArgs,
  disasmOptions,
  type InspectArgs,
  inspectOptions,
  type VerifyArgs,
  verifyOptions,
} from "./look-options.ts";
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
  strictly(parser)
    .alias({ help: "h", version: "V" })
    .version(version)
    .wrap(Math.min(100, process.stdout.columns ?? 100))
    .fail((message, error) => {
      if (error && !message) throw error;
      process.stderr.write(`bpfasm: ${message ?? error?.message}\n  'bpfasm --help' lists commands and options\n`);
      throw new UsageError();
    });

class UsageError extends Error {}

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

export type KfuncsArgs = Parsed<typeof kfuncsOptions>;
export type ExplainArgs = Parsed<typeof explainOptions>;
