/** `--compile-commands`: what was built how, for editors (clang's JSON compilation database). */
import { closeSync, openSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import type { DiagSink } from "../diag/diagnostic.ts";
import { readHeader, reasonOf, writeWhole } from "./files.ts";

export interface CompileCommand {
  readonly directory: string;
  readonly file: string;
  readonly arguments: readonly string[];
  readonly output?: string;
}

/** How long another process may hold the list, in milliseconds. */
const PATIENCE = 5000;

/**
 * Puts the commands into the list, in place of those for the same file and output; the rest of it stays. Builds that run
 * at the same time wait for each other.
 */
export function addCommands(path: string, commands: readonly CompileCommand[], sink: DiagSink): boolean {
  const lock = `${path}.lock`;
  const held = lockFile(lock, sink);
  if (!held) return false;
  try {
    const old = readCommands(path, sink);
    if (!old) return false;
    const made = [...old.filter((one) => !commands.some((other) => isSame(one, other))), ...commands];
    const sorted = made.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    return writeWhole(path, new TextEncoder().encode(`${JSON.stringify(sorted, null, 2)}\n`), sink);
  } finally {
    rmSync(lock, { force: true });
  }
}

const keyOf = ({ directory, file, output }: CompileCommand): string => `${resolve(directory, file)} ${output ?? ""}`;
const isSame = (a: CompileCommand, b: CompileCommand): boolean => keyOf(a) === keyOf(b);

function readCommands(path: string, sink: DiagSink): readonly CompileCommand[] | undefined {
  const text = readHeader(path);
  if (text === undefined || text.trim() === "") return [];
  try {
    const read: unknown = JSON.parse(text);
    if (Array.isArray(read) && read.every(isCommand)) return read;
  } catch {
    // Not even JSON.
  }
  sink.error("E0722", undefined, path);
  return undefined;
}

const isCommand = (one: unknown): one is CompileCommand =>
  typeof one === "object" && one !== null && "file" in one && "directory" in one;

function lockFile(path: string, sink: DiagSink): boolean {
  const until = Date.now() + PATIENCE;
  for (;;) {
    try {
      closeSync(openSync(path, "wx"));
      return true;
    } catch (error) {
      const isTaken = (error as NodeJS.ErrnoException).code === "EEXIST";
      if (!isTaken || Date.now() > until) {
        sink.error("E0704", undefined, path, isTaken ? "another build holds it" : reasonOf(error));
        return false;
      }
      pause(5);
    }
  }
}

/** Waits without giving the thread away: the command does one thing after the other. */
const pause = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
