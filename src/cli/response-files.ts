/** Response files: an argument `@FILE` stands for the arguments in the file, as compilers have them. */
import type { DiagSink } from "../diag/diagnostic.ts";
import { readHeader } from "./files.ts";

/** Files inside files, and arguments in all. */
const MAX_DEPTH = 16;
const MAX_ARGUMENTS = 100_000;

/** The arguments with those of response files in their places; a name of no file stays as it is. */
export function withResponses(args: readonly string[], sink: DiagSink): readonly string[] {
  if (!args.some((arg) => arg.startsWith("@"))) return args;
  const out: string[] = [];
  expand(args, [], out, sink);
  return out;
}

function expand(args: readonly string[], inside: readonly string[], out: string[], sink: DiagSink): void {
  for (const arg of args) {
    const path = arg.startsWith("@") ? arg.slice(1) : "";
    const text = path === "" ? undefined : readHeader(path);
    if (text === undefined) out.push(arg);
    else if (inside.includes(path)) sink.error("E0721", undefined, path, "it leads to itself");
    else if (inside.length >= MAX_DEPTH || out.length > MAX_ARGUMENTS)
      sink.error("E0721", undefined, path, "there are too many");
    else {
      const words = wordsOf(text);
      if (words) expand(words, [...inside, path], out, sink);
      else sink.error("E0721", undefined, path, "a quotation mark is not closed");
    }
    if (sink.hasErrors) return;
  }
}

/** Words between blanks; quotes of either kind hold blanks, and a backslash takes the next character as it is. */
export function wordsOf(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === "\\" && i + 1 < text.length) word = (word ?? "") + text[++i]!;
    else if (quote !== "" && c === quote) quote = "";
    else if (quote === "" && (c === '"' || c === "'")) {
      quote = c;
      word ??= "";
    } else if (quote === "" && /\s/.test(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + c;
  }
  if (quote !== "") return undefined;
  return word === undefined ? words : [...words, word];
}
