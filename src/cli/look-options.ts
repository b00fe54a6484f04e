/** Options of the commands that look at an object: `verify`, `inspect` and `disasm`. */
import type { Argv } from "yargs";
import { kernelOptions, messageOption, type Parsed } from "./common-options.ts";

const objectOptions = (y: Argv) =>
  messageOption(kernelOptions(y)).positional("object", {
    type: "string",
    demandOption: true,
    describe: "a BPF object, of any compiler",
  });

export const inspectOptions = (y: Argv) =>
  objectOptions(y)
    .option("json", { type: "boolean", default: false, describe: "one JSON document, which docs/inspect.md describes" })
    .option("types", { type: "boolean", default: true, describe: "the object's types as C (--no-types: without)" })
    .option("types-only", { type: "boolean", default: false, describe: "the types alone, as a header" });

export const disasmOptions = (y: Argv) =>
  objectOptions(y)
    .option("asm", { type: "boolean", default: false, describe: "assembly alone, as the assembler reads it" })
    .option("json", { type: "boolean", default: false, describe: "one JSON document" })
    .option("states", { type: "boolean", default: false, describe: "what the verifier knows before each instruction" })
    .option("program", { type: "string", describe: "only this program or function" })
    .option("cfg", { choices: ["dot", "mermaid", "svg"] as const, describe: "a picture of the control flow" })
    .option("html", {
      type: "string",
      describe: "write a page to look at: source, instructions, states, control flow",
    });

export const verifyOptions = (y: Argv) =>
  objectOptions(y)
    .option("program", { type: "string", describe: "only this program" })
    .option("json", { type: "boolean", default: false, describe: "a JSON object a program" })
    .option("verbose", { type: "boolean", default: false, describe: "what is known before each instruction, too" })
    .check(({ json, verbose }) => {
      if (json && verbose) throw new Error("--verbose is for reading: 'disasm --states --json' has the states as data");
      return true;
    });

export type InspectArgs = Parsed<typeof inspectOptions>;
export type DisasmArgs = Parsed<typeof disasmOptions>;
export type VerifyArgs = Parsed<typeof verifyOptions>;
