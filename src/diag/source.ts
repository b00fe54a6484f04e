import type { FileId, Span } from "../support/span.ts";

export interface SourceFile {
  readonly id: FileId;
  readonly name: string;
  readonly text: string;
  /** Built into bpfasm: its text is never shown as the user's. */
  readonly builtin: boolean;
}

/** Numbers from here on are those of files that compilations share. */
const FIRST_SHARED = 1 << 24;
let sharedCount = 0;

/** A file for `SourceMap.adopt`, with a number that no other file of the process has. */
export function sharedFile(name: string, text: string, builtin = false): SourceFile {
  return { id: (FIRST_SHARED + sharedCount++) as FileId, name, text, builtin };
}

/** Whether a file is one that compilations share. */
export const isShared = (id: FileId): boolean => id >= FIRST_SHARED;

/** A place as people count: both from 1; the column counts UTF-16 units. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The files of one compilation; gives out `FileId`s and turns offsets into lines and columns. */
export class SourceMap {
  readonly #files: SourceFile[] = [];
  /** Files of this compilation alone, by number. */
  readonly #own: SourceFile[] = [];
  readonly #shared = new Map<FileId, SourceFile>();
  readonly #lineStarts = new Map<FileId, Uint32Array>();

  add(name: string, text: string, builtin = false): SourceFile {
    const file: SourceFile = { id: this.#own.length as FileId, name, text, builtin };
    this.#files.push(file);
    this.#own.push(file);
    return file;
  }

  /** Takes in a file that other compilations read as well, under the number it has in all of them. */
  adopt(file: SourceFile): SourceFile {
    this.#files.push(file);
    this.#shared.set(file.id, file);
    return file;
  }

  file(id: FileId): SourceFile {
    const file = this.#own[id] ?? this.#shared.get(id);
    if (!file) throw new RangeError(`no source file ${id}`);
    return file;
  }

  get files(): readonly SourceFile[] {
    return this.#files;
  }

  /** File, line and column of a span's start. */
  place(span: Span): Place {
    const starts = this.#starts(span.file);
    const line = lastAtMost(starts, span.start);
    return { file: this.file(span.file).name, line: line + 1, column: span.start - starts[line]! + 1 };
  }

  /** The text of a line, counted from 1, without its end. */
  lineText(id: FileId, line: number): string {
    const starts = this.#starts(id);
    const end = line < starts.length ? starts[line]! : this.file(id).text.length + 1;
    return this.file(id)
      .text.slice(starts[line - 1]!, end - 1)
      .replace(/\r$/, "");
  }

  /** The span of one character at a line and column (both from 1) of a file; undefined where there is none. */
  spanAt(id: FileId, line: number, column: number): Span | undefined {
    const start = this.#starts(id)[line - 1];
    if (start === undefined) return undefined;
    const at = Math.min(start + column - 1, this.file(id).text.length);
    return { file: id, start: at, end: at + 1 };
  }

  #starts(id: FileId): Uint32Array {
    let starts = this.#lineStarts.get(id);
    if (!starts) {
      starts = lineStarts(this.file(id).text);
      this.#lineStarts.set(id, starts);
    }
    return starts;
  }
}

function lineStarts(text: string): Uint32Array {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return Uint32Array.from(starts);
}

/** Index of the last element that is at most `v`; the first element must be. */
function lastAtMost(sorted: Uint32Array, v: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if (sorted[mid]! <= v) low = mid;
    else high = mid - 1;
  }
  return low;
}
