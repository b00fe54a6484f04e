/** How a project compiles its sources, for editors: `bpfasm.json` or `compile_commands.json` in a folder above the file. */
import { readFileSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";

/** Options as on a command line, the folder that they are relative to, and what is wrong with the file they came from. */
export interface ProjectFlags {
  readonly flags: readonly string[];
  readonly folder: string;
  readonly problem?: string;
}

interface Read {
  readonly stamp: number;
  readonly value: unknown;
  readonly problem?: string;
}

const reads = new Map<string, Read>();

/** A JSON file, read again only when it has changed; undefined where there is none. */
function readJson(path: string): Read | undefined {
  const stamp = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (stamp === undefined) return undefined;
  let read = reads.get(path);
  if (read?.stamp !== stamp) {
    read = parse(path, stamp);
    reads.set(path, read);
  }
  return read;
}

function parse(path: string, stamp: number): Read {
  try {
    return { stamp, value: JSON.parse(readFileSync(path, "utf8")) };
  } catch (error) {
    return { stamp, value: undefined, problem: `${path}: ${error instanceof Error ? error.message : error}` };
  }
}

/** The nearest folder's settings win; `bpfasm.json` before `compile_commands.json`. */
export function projectFlags(file: string): ProjectFlags {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const found = ownFlags(folder) ?? databaseFlags(folder, file) ?? databaseFlags(join(folder, "build"), file);
    if (found) return found;
    if (folder === dirname(folder)) return { flags: [], folder: dirname(file) };
  }
}

const isTexts = (v: unknown): v is readonly string[] => Array.isArray(v) && v.every((one) => typeof one === "string");

/** `{ "flags": ["-I", "include", "--btf", "vmlinux"] }`. */
function ownFlags(folder: string): ProjectFlags | undefined {
  const path = join(folder, "bpfasm.json");
  const read = readJson(path);
  if (!read) return undefined;
  if (read.problem !== undefined) return { flags: [], folder, problem: read.problem };
  const { flags } = (read.value ?? {}) as { readonly flags?: unknown };
  if (isTexts(flags)) return { flags, folder };
  return { flags: [], folder, problem: `${path}: "flags" must be a list of options` };
}

/** What the database says of the file; nothing where it does not name it. */
function databaseFlags(folder: string, file: string): ProjectFlags | undefined {
  const read = readJson(join(folder, "compile_commands.json"));
  if (!read || !Array.isArray(read.value)) return undefined;
  for (const entry of read.value as readonly (Record<string, unknown> | null)[]) {
    if (entry === null) continue;
    const directory = typeof entry.directory === "string" ? resolve(folder, entry.directory) : folder;
    if (typeof entry.file !== "string" || resolve(directory, entry.file) !== file) continue;
    const words = isTexts(entry.arguments) ? entry.arguments : splitCommand(String(entry.command ?? ""));
    return { flags: withoutFiles(words.slice(1), directory, file), folder: directory };
  }
  return undefined;
}

/** Words of a shell command with its quotes undone. */
export function splitCommand(command: string): string[] {
  const words = command.match(/(?:[^\s"'\\]|\\.|"(?:\\.|[^"\\])*"|'[^']*')+/g) ?? [];
  return words.map((word) =>
    word.replace(/\\(.)|"((?:\\.|[^"\\])*)"|'([^']*)'/g, (_, escaped, double, single) =>
      escaped !== undefined ? escaped : (double?.replace(/\\(["\\$`])/g, "$1") ?? single),
    ),
  );
}

/** The options of a compiler's command: without the input, the output and what asks for dependencies. */
function withoutFiles(words: readonly string[], directory: string, file: string): string[] {
  const flags: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (/^-(?:o|MF|MT|MQ)$/.test(word)) at++;
    else if (!/^(?:-c|build|check|-M[DMPG]*|-MF.+|-o.+|--emit.*)$/.test(word) && resolve(directory, word) !== file)
      flags.push(word);
  }
  return flags;
}

/** A path of the project's, as seen from its folder. */
export const inFolder = (folder: string, path: string): string => (isAbsolute(path) ? path : join(folder, path));
