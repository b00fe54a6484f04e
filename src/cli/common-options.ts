/** Options that several commands take: which kernel, and how diagnostics look. */
import type { Argv } from "yargs";
import { messageFormats } from "./report.ts";

export const kernelOptions = <T>(y: Argv<T>) =>
  y
    .option("arch", {
      choices: ["x86", "arm64"] as const,
      default: "x86" as const,
      describe: "whose registers, whose embedded kernel",
    })
    .option("btf", {
      type: "string",
      default: process.env.BPFASM_BTF,
      defaultDescription: "the embedded kernel, or BPFASM_BTF",
      describe: "a kernel's BTF: a file, raw or in ELF, or 'host'",
    })
    .option("btf-module", { type: "string", array: true, default: [] as string[], describe: "a module's BTF on top" })
    .option("kernel", { type: "string", describe: "release whose tables hold, such as 6.12 (guessed from the BTF)" });

export const messageOption = <T>(y: Argv<T>) =>
  y.option("message-format", {
    alias: "diagnostics",
    choices: messageFormats,
    default: "human" as const,
    describe: "how diagnostics are printed",
  });

/** How every command line is read: in English, with nothing that is not known, and without ending the process. */
export const strictly = (parser: Argv): Argv =>
  parser
    .locale("en")
    .strict()
    .parserConfiguration({ "greedy-arrays": false, "boolean-negation": true })
    .exitProcess(false);

/** What a command gets whose options `F` describes. */
export type Parsed<F extends (y: Argv) => Argv<unknown>> = Awaited<ReturnType<F>> extends Argv<infer A> ? A : never;
