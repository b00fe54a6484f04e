/** Options of the commands that compile: `build`, `check` and `fix`; and a project's own, read as `build` reads its line. */
import yargs, { type Argv } from "yargs";
import { normaliseArgs } from "./args.ts";
import { kernelOptions, messageOption, type Parsed, strictly } from "./common-options.ts";

export const compileOptions = (y: Argv) =>
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

export const buildOptions = (y: Argv) =>
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

export const fixOptions = (y: Argv) =>
  compileOptions(y).option("dry-run", {
    type: "boolean",
    default: false,
    describe: "print the edits as a patch and leave the files alone",
  });

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
export type FixArgs = Parsed<typeof fixOptions>;

/** Options of `build` as a project keeps them for a file, or why they are refused. */
export function parseBuildArgs(flags: readonly string[], file: string): BuildArgs | { readonly why: string } {
  const normal = normaliseArgs(["build", ...flags]);
  if ("why" in normal) return normal;
  let why: string | undefined;
  const parser = strictly(yargs([...normal.args.slice(1), file]))
    .command("$0 <file...>", "", (y) => buildOptions(y))
    .help(false)
    .version(false)
    .fail((message, error) => {
      why = message ?? error?.message;
    });
  const args = parser.parseSync();
  return why === undefined ? (args as unknown as BuildArgs) : { why };
}
