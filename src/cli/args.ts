/** Compiler options in clang's spelling, which option parsers do not know, in the long form that yargs takes. */

import { clangOption, spelled } from "./clang-options.ts";
import { STDIN_NAME } from "./files.ts";

export type Normalised = { readonly args: readonly string[] } | { readonly why: string };

const compiles = new Set(["build", "check", "fix"]);

/**
 * The arguments with clang's spellings replaced, or why one of them is refused; nothing behind `--` is touched.
 * `explain` takes a warning's name.
 */
export function normaliseArgs(args: readonly string[]): Normalised {
  const [command = "", ...rest] = args;
  if (command === "explain") return { args: args.map((arg) => arg.replace(/^-W(?=.)/, "W")) };
  if (!compiles.has(command)) return { args };
  const end = rest.indexOf("--");
  const head = end === -1 ? rest : rest.slice(0, end);
  const out: string[] = [command];
  for (const one of spelled(head)) {
    // yargs passes over a lone `-`.
    if (one.option === "-" && out.at(-1) !== "-o") {
      out.push(STDIN_NAME);
      continue;
    }
    const made = clangOption(one);
    if ("why" in made) return made;
    out.push(...made.args);
  }
  return { args: [...out, ...(end === -1 ? [] : rest.slice(end))] };
}
