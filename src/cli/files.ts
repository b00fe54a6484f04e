/** Files: read as text with a clear word where that fails, written whole or not at all. */
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import type { DiagSink } from "../diag/diagnostic.ts";

/** What standard input is called as a file; `-` on the command line. */
export const STDIN_NAME = "<stdin>";
const STDIN = 0;
const MAX_SOURCE = 64 * 1024 * 1024;

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? "";
const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "no space left",
  ENOTDIR: "a part of its path is no folder",
  ELOOP: "too many symbolic links",
  EMFILE: "too many open files",
};
export const reasonOf = (error: unknown): string => reasons[codeOf(error)] ?? codeOf(error) ?? String(error);

/** Bytes of a file; reports and gives undefined where it cannot be read. */
export function readBytes(path: string, sink: DiagSink): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") sink.error("E0701", undefined, path);
    else if (codeOf(error) === "EISDIR") sink.error("E0705", undefined, path);
    else sink.error("E0702", undefined, path, reasonOf(error));
    return undefined;
  }
}

/** Text of a source file given on the command line, or standard input; size is checked before it is read. */
export function readSource(path: string, sink: DiagSink): string | undefined {
  let fd: number;
  try {
    fd = path === STDIN_NAME ? STDIN : openSync(path, "r");
  } catch {
    readBytes(path, sink);
    return undefined;
  }
  try {
    const stat = fstatSync(fd);
    if (stat.isDirectory()) sink.error("E0705", undefined, path);
    else if (stat.size > MAX_SOURCE) sink.error("E0710", undefined, path, stat.size);
    else return decode(path, readFileSync(fd), sink);
  } catch (error) {
    sink.error("E0702", undefined, path, reasonOf(error));
  } finally {
    if (fd !== STDIN) closeSync(fd);
  }
  return undefined;
}

function decode(path: string, bytes: Uint8Array, sink: DiagSink): string | undefined {
  if (bytes.length === 0) {
    sink.error("E0711", undefined, path);
    return undefined;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    sink.error("E0703", undefined, path).help("write the file in UTF-8; is it a source file?");
    return undefined;
  }
}

const lenient = new TextDecoder("utf-8");

/** Text of a header; undefined where there is none or it is no text. */
export function readHeader(path: string): string | undefined {
  try {
    // Most of the places that are searched have none, and an exception costs more than a look.
    return existsSync(path) ? lenient.decode(readFileSync(path)) : undefined;
  } catch {
    return undefined;
  }
}

export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Writes beside the target and renames, so that readers see the old file or the new one; leaves an equal file alone. */
export function writeWhole(path: string, bytes: Uint8Array, sink: DiagSink): boolean {
  const aside = `${path}.${process.pid}.tmp`;
  try {
    if (sameContents(path, bytes)) return true;
    writeFileSync(aside, bytes);
    renameSync(aside, path);
    return true;
  } catch (error) {
    removeIfThere(aside);
    if (codeOf(error) === "ENOENT" && !isFolder(dirname(path))) sink.error("E0706", undefined, path);
    else if (codeOf(error) === "EISDIR") sink.error("E0705", undefined, path);
    else sink.error("E0704", undefined, path, reasonOf(error));
    return false;
  }
}

function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Its folder is none: then there is nothing to remove either.
  }
}

/** Whether a file holds exactly these bytes. */
export function sameContents(path: string, bytes: Uint8Array): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true && stat.size === bytes.length && Buffer.compare(readFileSync(path), bytes) === 0;
}
