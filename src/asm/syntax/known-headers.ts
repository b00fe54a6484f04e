/**
 * What a process knows of headers that it has read before: their declarations, parsed, each with all that its parse
 * asked of the rest of the file. A declaration whose questions have the same answers now is the same tree, so that it
 * is taken and not parsed again.
 *
 * How that is sure: what the grammar makes of a stretch of text depends on that text (which is compared), on the macros
 * of the names in it, and on which names are types. Both are noted as they are asked, and asked again. A declaration
 * is only kept where nothing else came into it: no directive inside of it, no diagnostic (not even one that is switched
 * off), no `#pragma` in force, and only macros that such headers define, whose text is compared as well.
 */
import { isShared, type SourceFile, sharedFile } from "../../diag/source.ts";
import type { FileId } from "../../support/span.ts";
import type { ExternalItem } from "./ast.ts";
import type { KnownDirective, KnownSkip } from "./known-directives.ts";
import { KnownSkims } from "./known-skims.ts";
import type { Macro } from "./macro.ts";
import type { Preprocessor } from "./preprocess.ts";
import type { Word } from "./token.ts";

/** What a name is at file scope, as far as the grammar asks. */
export type NameState = "unknown" | "kernel type" | "value" | "type";

/** Where the definition of a macro stands; `null` for a name that is no macro. */
type MacroPlace = { readonly file: FileId; readonly start: number } | null;

/** A declaration, and on what it depends. */
export interface KnownItem {
  /** Missing for a lone `;`. */
  readonly item: ExternalItem | undefined;
  /** Where reading goes on behind it. */
  readonly end: number;
  readonly macros: readonly (readonly [name: string, place: MacroPlace])[];
  readonly names: ReadonlyMap<string, NameState>;
  /** What it declares at file scope: name, and whether it is a type. */
  readonly declares: ReadonlyMap<string, boolean>;
  /** Tokens that macros made. */
  readonly expanded: number;
}

/** Of one place at most so many are kept, for files that include it with other macros before it. */
const MOST_VARIANTS = 3;
/** UTF-16 units of headers that are remembered, and of their declarations that are kept; the oldest are dropped first. */
const MOST_TEXT = 1 << 25;
const MOST_KEPT = 1 << 22;
/** What a token of a macro, and the name of a skimmed declaration, count for. */
const PER_TOKEN = 8;

/** A header that several compilations have read. */
export class KnownHeader {
  readonly file: SourceFile;
  readonly #items = new Map<number, KnownItem[]>();
  /** Directives by where reading stood before them, and groups that are switched off. */
  readonly #directives = new Map<number, KnownDirective>();
  readonly #skips = new Map<number, KnownSkip>();
  readonly #room: Room;
  readonly skims: KnownSkims;
  #kept = 0;
  #isForgotten = false;

  constructor(name: string, text: string, room: Room) {
    this.file = sharedFile(name, text);
    this.#room = room;
    this.skims = new KnownSkims(text);
  }

  directive(pos: number): KnownDirective | undefined {
    return this.#directives.get(pos);
  }

  learn(pos: number, directive: KnownDirective): void {
    this.#directives.set(pos, directive);
  }

  skip(pos: number): KnownSkip | undefined {
    return this.#skips.get(pos);
  }

  learnSkip(pos: number, skip: KnownSkip): void {
    this.#skips.set(pos, skip);
  }

  /** What was kept of the declaration that begins behind `pos`. */
  at(pos: number): readonly KnownItem[] | undefined {
    return this.#items.get(pos);
  }

  /** Whether the declaration behind `pos` is worth keeping. */
  wants(pos: number): boolean {
    return (this.#items.get(pos)?.length ?? 0) < MOST_VARIANTS;
  }

  keep(pos: number, item: KnownItem): void {
    const variants = this.#items.get(pos);
    if (variants) variants.push(item);
    else this.#items.set(pos, [item]);
    this.#count(item.end - pos + item.expanded * PER_TOKEN);
  }

  keepSkim(...stretch: Parameters<KnownSkims["keep"]>): void {
    this.#count(this.skims.keep(...stretch) * PER_TOKEN);
  }

  #count(kept: number): void {
    if (this.#isForgotten) return;
    this.#kept += kept;
    this.#room.kept += kept;
  }

  /** It is remembered no longer. */
  leave(): void {
    this.#room.kept -= this.#kept;
    this.#isForgotten = true;
  }
}

/** What headers and their declarations take, in UTF-16 units of their text. */
interface Room {
  text: number;
  kept: number;
}

/** Headers by ambient macros and name, the one used last at the end. */
export class KnownHeaders {
  readonly #headers = new Map<string, { readonly text: string; header: KnownHeader | undefined }>();
  readonly #room: Room = { text: 0, kept: 0 };
  readonly #builtins = new Map<string, SourceFile>();

  /** The file of an ambient macro, of which there are only so many. */
  builtin(name: string, text: string): SourceFile {
    let file = this.#builtins.get(text);
    if (!file) {
      file = sharedFile(name, text, true);
      this.#builtins.set(text, file);
    }
    return file;
  }

  /**
   * The header, if an earlier compilation with the same ambient macros has read it, too; other text under its name is
   * another header.
   */
  meet(name: string, text: string, ambient: string): KnownHeader | undefined {
    const key = `${ambient} ${name}`;
    const known = this.#headers.get(key);
    const isSame = known?.text === text;
    const again = isSame ? known : { text, header: undefined };
    if (isSame) again.header ??= new KnownHeader(name, text, this.#room);
    else if (known) this.#drop(key);
    this.#headers.delete(key);
    this.#headers.set(key, again);
    if (!isSame) this.#room.text += text.length;
    for (const oldest of this.#headers.keys()) {
      if (this.#room.text <= MOST_TEXT && this.#room.kept <= MOST_KEPT) break;
      this.#drop(oldest);
    }
    return again.header;
  }

  #drop(key: string): void {
    const { text, header } = this.#headers.get(key)!;
    this.#headers.delete(key);
    this.#room.text -= text.length;
    header?.leave();
  }
}

/** Notes what the parse of one declaration asks. */
export class Trace {
  readonly header: KnownHeader;
  readonly start: number;
  /** How much had been reported, expanded and obeyed when it began. */
  readonly before: Progress;
  readonly names = new Map<string, NameState>();
  readonly declares = new Map<string, boolean>();
  readonly #macros = new Map<Word, MacroPlace>();
  /** Something came into it that is not compared. */
  #isSpoilt = false;

  constructor(header: KnownHeader, start: number, before: Progress) {
    this.header = header;
    this.start = start;
    this.before = before;
  }

  word(word: Word, macro: Macro | null, pp: Preprocessor): void {
    if (macro?.ambient && !this.#isPlain(macro, pp)) this.#isSpoilt = true;
    if (this.#macros.has(word)) return;
    this.#macros.set(word, macro && { file: macro.span.file, start: macro.span.start });
    if (macro && (macro.dynamic || !isShared(macro.span.file))) this.#isSpoilt = true;
  }

  /** An ambient macro gives way to what is declared, and to what is spelled before it, which must not be another's end. */
  #isPlain({ name }: Macro, pp: Preprocessor): boolean {
    return this.#macros.size > 0 && !pp.declared.isDeclared(name);
  }

  /** The declaration is `item`, and ends at `end`: kept if nothing else came into it. */
  finish(item: ExternalItem | undefined, end: number, after: Progress): KnownItem | undefined {
    const { header, before, names, declares } = this;
    if (this.#isSpoilt || after.reports !== before.reports || after.directives !== before.directives) return undefined;
    const macros = [...this.#macros].map(([{ name }, place]) => [name, place] as const);
    const known = { item, end, macros, names, declares, expanded: after.expanded - before.expanded };
    header.keep(this.start, known);
    return known;
  }
}

export interface Progress {
  readonly reports: number;
  readonly directives: number;
  readonly expanded: number;
}

/** Whether a macro is the one that was met before. */
export function isSameMacro(macro: Macro | null, place: MacroPlace, pp: Preprocessor): boolean {
  if (macro === null || place === null) return macro === place;
  if (macro.span.file !== place.file || macro.span.start !== place.start) return false;
  return !macro.ambient || !pp.declared.isDeclared(macro.name);
}

/** The headers that this process knows: like the parser, one for all that it compiles. */
export const processHeaders = new KnownHeaders();
