/**
 * Declarations of large headers that have been skimmed and not parsed: an index of the names they declare, and the
 * means to parse one of them when its name is first looked up. What a name was at that place (macros, packing,
 * attributes pushed) is remembered, so that a declaration means what it would have meant had it been parsed there.
 */
import type { DiagSink } from "../../diag/diagnostic.ts";
import type { SourceFile } from "../../diag/source.ts";
import type { DeferredSource, DeferredTag, ExternalItem } from "./ast.ts";
import type { KnownSkim, SkimLog } from "./known-skims.ts";
import { NameTable } from "./name-table.ts";
import type { Preprocessor } from "./preprocess.ts";
import { type AddName, type MacroKind, type SkimmedKind, skimNames } from "./skim.ts";
import type { SeenNames } from "./skim-body.ts";
import { FastLane } from "./skim-lane.ts";
import { SkimScanner } from "./skim-scan.ts";
import type { Tok } from "./token.ts";

/** Declarations in a row, and what held where they stand. */
export interface Stretch {
  readonly file: SourceFile;
  readonly firstChunk: number;
  /** How many changes of macros came before. */
  readonly macroVersion: number;
  readonly pack: Tok | undefined;
}

/** Parses one stretch of a file as declarations at file scope. */
export type ParseChunk = (stretch: Stretch, start: number, end: number) => readonly ExternalItem[];

/** Which declarations of a file are taken in: all that are plain, or constants like libbpf's helpers alone. */
export type Wanted = "all" | "constants";

/** Blanks and comments, and then what begins like `static T (*const name)`. */
const constantNext = /(?:\s|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/)*static\s[^;{}=()]*\(\s*\*\s*const\s/y;

/** Whether a constant of that kind may come next; most places of a header are told quickly that it does not. */
export function constantMayFollow(text: string, pos: number): boolean {
  constantNext.lastIndex = pos;
  return constantNext.test(text);
}

const tagKinds = ["struct", "union", "enum", "forward"] as const;
const FORWARD = 3;

/** The names that one file's skimmed declarations declare. */
class FileIndex {
  /** The number of the declaration, doubled, and one more where the name is a type. */
  readonly names: NameTable;
  /** Four times the number of the declaration, and the kind. */
  readonly tags: NameTable;
  readonly seen: SeenNames = new Map();

  constructor(text: string) {
    this.names = new NameTable(text);
    this.tags = new NameTable(text);
  }

  /** The first declaration of a name counts, but any definition of a tag counts before a bare mention. */
  add(chunk: number, kind: SkimmedKind, start: number, end: number): void {
    if (kind === "type" || kind === "value") {
      this.names.add(start, end, chunk * 2 + (kind === "type" ? 1 : 0));
      return;
    }
    const of = tagKinds.indexOf(kind);
    const known = this.tags.add(start, end, chunk * 4 + of);
    if (of !== FORWARD && (known & 3) === FORWARD) this.tags.replace(start, end, chunk * 4 + of);
  }
}

export class Deferred implements DeferredSource {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #indexes = new Map<SourceFile, FileIndex>();
  readonly #stretches: Stretch[] = [];
  parseChunk: ParseChunk = () => [];

  get count(): number {
    return this.#starts.length;
  }

  /**
   * Takes in the declarations from `pos` on, up to a directive, the end, or one that is not plain enough. Gives where
   * reading must go on, which is `pos` where there was none.
   */
  skim(
    pp: Preprocessor,
    file: SourceFile,
    pos: number,
    wanted: Wanted,
    macroKind: MacroKind,
    log: SkimLog | undefined,
  ): number {
    const index = this.#indexOf(file);
    const scan = new SkimScanner(file.text, pos, pp.userMacros, index.seen);
    const firstChunk = this.count;
    const add: AddName = (kind, start, nameEnd) => {
      index.add(this.count, kind, start, nameEnd);
      log?.add(this.count - firstChunk, kind, start, nameEnd);
    };
    const inFastLane = wanted === "all" && pp.userMacros.shaping.size === 0;
    const lane = inFastLane ? new FastLane(file.text, scan.isMacro.bind(scan), add) : undefined;
    const isDeclared = (name: string): boolean => {
      const yes = pp.declared.isDeclared(name);
      log?.asked(name, yes);
      return yes;
    };
    let end = pos;
    for (;;) {
      const leapt = lane?.leap(end) ?? -1;
      scan.pos = leapt === -1 ? end : leapt;
      if (
        leapt === -1 &&
        !(scan.next() && (wanted === "all" || scan.isConstant) && skimNames(scan, macroKind, isDeclared, add))
      )
        break;
      const start = leapt === -1 && scan.count > 0 ? scan.starts[0]! : end;
      end = scan.pos;
      if (leapt === -1 && scan.count === 0) continue;
      this.#starts.push(start);
      this.#ends.push(end);
      log?.starts.push(start);
      log?.ends.push(end);
    }
    this.#endStretch(pp, file, firstChunk);
    return end;
  }

  /** Takes in a stretch that is known. */
  take(pp: Preprocessor, file: SourceFile, { starts, ends, names }: KnownSkim): void {
    const index = this.#indexOf(file);
    const firstChunk = this.count;
    for (const { chunk, kind, start, end } of names) index.add(firstChunk + chunk, kind, start, end);
    for (let i = 0; i < starts.length; i++) {
      this.#starts.push(starts[i]!);
      this.#ends.push(ends[i]!);
    }
    this.#endStretch(pp, file, firstChunk);
  }

  #endStretch(pp: Preprocessor, file: SourceFile, firstChunk: number): void {
    if (this.count > firstChunk)
      this.#stretches.push({ file, firstChunk, macroVersion: pp.macroVersion, pack: pp.pack });
  }

  /** The stretch that was taken in last. */
  get lastStretch(): Stretch | undefined {
    return this.#stretches.at(-1);
  }

  #indexOf(file: SourceFile): FileIndex {
    let index = this.#indexes.get(file);
    if (!index) {
      index = new FileIndex(file.text);
      this.#indexes.set(file, index);
    }
    return index;
  }

  #name(name: string): number {
    for (const { names } of this.#indexes.values()) {
      const found = names.find(name);
      if (found !== -1) return found;
    }
    return -1;
  }

  /** Whether the name is a type; undefined where it is not declared. */
  isType(name: string): boolean | undefined {
    const found = this.#name(name);
    return found === -1 ? undefined : (found & 1) === 1;
  }

  ordinary(name: string): number | undefined {
    const found = this.#name(name);
    return found === -1 ? undefined : found >> 1;
  }

  tag(name: string): DeferredTag | undefined {
    let forward: DeferredTag | undefined;
    for (const { tags } of this.#indexes.values()) {
      const found = tags.find(name);
      if (found === -1) continue;
      const tag = { chunk: found >> 2, of: tagKinds[found & 3]! };
      if (tag.of !== "forward") return tag;
      forward ??= tag;
    }
    return forward;
  }

  names(): Iterable<string> {
    return [...this.#indexes.values()].flatMap(({ names }) => names.all());
  }

  parse(chunk: number): readonly ExternalItem[] {
    return this.parseChunk(this.#stretchOf(chunk), this.#starts[chunk]!, this.#ends[chunk]!);
  }

  #stretchOf(chunk: number): Stretch {
    let low = 0;
    let high = this.#stretches.length - 1;
    while (low < high) {
      const mid = (low + high + 1) >> 1;
      if (this.#stretches[mid]!.firstChunk <= chunk) low = mid;
      else high = mid - 1;
    }
    return this.#stretches[low]!;
  }
}

/** Parsers of single declarations need a preprocessor in the state of the place; one serves all with equal macros. */
export class ChunkPreprocessors {
  readonly #main: Preprocessor;
  readonly #sink: DiagSink;
  readonly #made = new Map<number, Preprocessor>();

  constructor(main: Preprocessor, sink: DiagSink) {
    this.#main = main;
    this.#sink = sink;
  }

  /** A preprocessor that will deliver the text from `start` to `end` of the stretch's file. */
  aim({ file, macroVersion, pack }: Stretch, start: number, end: number): Preprocessor {
    let pp = this.#made.get(macroVersion);
    if (!pp) {
      pp = this.#main.asOf(macroVersion, this.#sink);
      this.#made.set(macroVersion, pp);
    }
    pp.pack = pack;
    pp.aim(file, start, end);
    return pp;
  }
}
