/** Objects named on the command line: read, and what is no object reported. */
import type { DiagSink } from "../diag/diagnostic.ts";
import { ElfError } from "../elf/object-file.ts";
import { readBytes } from "./files.ts";

/** What `use` makes of the bytes of a file; undefined after a report where it is no object or cannot be read. */
export function readingObject<T>(path: string, sink: DiagSink, use: (bytes: Uint8Array) => T): T | undefined {
  const bytes = readBytes(path, sink);
  if (!bytes) return undefined;
  try {
    return use(bytes);
  } catch (error) {
    if (!(error instanceof ElfError)) throw error;
    sink.error("E0601", undefined, path, error.message);
    return undefined;
  }
}
