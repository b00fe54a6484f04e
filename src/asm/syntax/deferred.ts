/**
 * Declarations of large headers that have been skimmed and not parsed: an index of the names they declare, and the
 * means to parse one of them when its name is first looked up. What a name was at that place (macros, packing,
 * attributes pushed) is remembered, so that a declaration means what it would have meant had it been parsed there.
 */
import type { DiagSink } from "../../diag/diagnostic.ts";
import type { SourceFile } from "../../diag/source.ts";
import type { DeferredSource, ExternalItem } from "./ast.ts";
import type { Preprocessor } from "./preprocess.ts";
import { type MacroKind, namesOf, type Skimmed } from "./skim.ts";
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

export class Deferred implements DeferredSource {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  /** By ordinary name: the chunk, doubled, and one more where the name is a type. */
  readonly #names = new Map<string, number>();
  readonly #tags = new Map<string, { readonly chunk: number; readonly of: "struct" | "union" | "enum" | "forward" }>();
  readonly #stretches: Stretch[] = [];
  parseChunk: ParseChunk = () => [];

  get count(): number {
    return this.#starts.length;
  }

  /**
   * Takes in the declarations from `pos` on, up to a directive, the end, or one that is not plain enough. Gives where
   * reading must go on, which is `pos` where there was none.
   */
  skim(pp: Preprocessor, file: SourceFile, pos: number, macroKind: MacroKind): number {
    const scan = new SkimScanner(file.text, pos, pp.userMacros);
    const firstChunk = this.count;
    let end = pos;
    while (scan.next()) {
      const names = namesOf(scan, macroKind);
      if (!names) break;
      if (names.length > 0) this.#add(names, scan.starts[0]!, scan.pos);
      end = scan.pos;
    }
    if (this.count > firstChunk)
      this.#stretches.push({ file, firstChunk, macroVersion: pp.macroVersion, pack: pp.pack });
    return end;
  }

  /** The stretch that was taken in last. */
  get lastStretch(): Stretch | undefined {
    return this.#stretches.at(-1);
  }

  #add(names: readonly Skimmed[], start: number, end: number): void {
    const chunk = this.#starts.push(start) - 1;
    this.#ends.push(end);
    for (const { kind, name } of names) {
      if (kind === "type" || kind === "value") {
        if (!this.#names.has(name)) this.#names.set(name, chunk * 2 + (kind === "type" ? 1 : 0));
      } else if (!this.#tags.has(name) || (kind !== "forward" && this.#tags.get(name)!.of === "forward"))
        this.#tags.set(name, { chunk, of: kind });
    }
  }

  /** Whether the name is a type; undefined where it is not declared. */
  isType(name: string): boolean | undefined {
    const found = this.#names.get(name);
    return found === undefined ? undefined : (found & 1) === 1;
  }

  ordinary(name: string): number | undefined {
    const found = this.#names.get(name);
    return found === undefined ? undefined : found >> 1;
  }

  tag(name: string): { readonly chunk: number; readonly of: "struct" | "union" | "enum" | "forward" } | undefined {
    return this.#tags.get(name);
  }

  names(): Iterable<string> {
    return this.#names.keys();
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
