/**
 * The preprocessor (C11 6.10): a stream of tokens with directives obeyed and macros expanded. Pulled by the parser
 * token by token, so that what the user has declared so far can keep ambient macros from expanding.
 *
 * A macro is disabled while its expansion is being read; a name met then is painted for good, which gives C's rule
 * that no macro expands inside itself.
 */
import type { DiagSink } from "../../diag/diagnostic.ts";
import type { SourceFile } from "../../diag/source.ts";
import { givesWay } from "./ambient.ts";
import { ArgumentReader } from "./arguments.ts";
import { Boundary } from "./boundary.ts";
import { installBuiltinMacros } from "./builtin-macros.ts";
import { printableChar } from "./chars.ts";
import { Deferred } from "./deferred.ts";
import { type Condition, runDirective } from "./directives.ts";
import { copyBody, type MacroArg, type Paster, substitute } from "./expand.ts";
import { defaultLimits, type Limits, type PreprocessInput } from "./input.ts";
import type { Asked } from "./known-directives.ts";
import type { KnownHeader, KnownItem } from "./known-headers.ts";
import { type Macro, parseMacro } from "./macro.ts";
import { MacroHistory } from "./macro-history.ts";
import { MacroNames } from "./macro-names.ts";
import { Scanner } from "./scan.ts";
import {
  AFTER_SPACE,
  AT_LINE_START,
  NO_EXPAND,
  Origin,
  spanOf,
  Tok,
  type Word,
  WordTable,
  withFlags,
} from "./token.ts";
import {
  AttributeWord,
  CharLit,
  EndOfFile,
  EndOfLine,
  Hash,
  LParen,
  NumberLit,
  OpenQuote,
  RParen,
  Stray,
  StringLit,
} from "./tokens.ts";
import { WarningState } from "./warning-state.ts";

/** A file being read. */
export interface FileLevel {
  readonly file: SourceFile;
  readonly scanner: Scanner;
  /** Open `#if`s, innermost last. */
  readonly conditions: Condition[];
  /** What `#line` adds to line numbers. */
  lineShift: number;
  /** What `#line` calls the file. */
  shownName: string;
  /** Declarations of it are skimmed rather than read; of other included files constants like libbpf's helpers are. */
  readonly isDeferred: boolean;
  /** What is known of it from other compilations. */
  readonly known: KnownHeader | undefined;
  /** Where reading stood before the directive that is being read, if it may be kept; else -1. */
  learnAt: number;
}

interface Context {
  readonly tokens: readonly Tok[];
  at: number;
  /** Enabled again when the context ends. */
  readonly macro: Macro | undefined;
  /** Returned for ever at the end, where reading must not go on with what lies below. */
  readonly end: Tok | undefined;
}

/** What the parser knows and the preprocessor asks. */
export interface Declared {
  isDeclared(name: string): boolean;
  /** Whether the next name is an enumerator being declared. */
  readonly atEnumerator: boolean;
  /** Takes a known declaration in, if its names mean what they meant. */
  takeKnown(known: KnownItem): boolean;
}

const nothingDeclared: Declared = { isDeclared: () => false, atEnumerator: false, takeKnown: () => false };

export class Preprocessor implements Paster {
  readonly input: PreprocessInput;
  readonly sink: DiagSink;
  readonly limits: Limits;
  readonly words: WordTable;
  readonly userMacros = new MacroNames();
  /** The parser is about to read a declaration at file scope: here it may be skimmed. */
  atBoundary = false;
  /** Told where declarations were skimmed. */
  onSkimmed: (() => void) | undefined;
  readonly deferred = new Deferred();
  /** What `#pragma GCC diagnostic` has said. */
  readonly warningState = new WarningState();
  readonly #macroHistory = new MacroHistory();
  readonly levels: FileLevel[] = [];
  /** Names of files that said `#pragma once`. */
  readonly once = new Set<string>();
  readonly pushedMacros = new Map<string, (Macro | null | undefined)[]>();
  /** The number of the `#pragma pack` in force. */
  pack: Tok | undefined;
  readonly packStack: (Tok | undefined)[] = [];
  declared: Declared = nothingDeclared;
  readonly #known = new Map<string, SourceFile>();
  readonly boundary = new Boundary(this);
  /** Set while an `#if` is decided that may be kept. */
  asked: Asked | undefined;
  readonly #contexts: Context[] = [];
  #expanded = 0;
  readonly #arguments = new ArgumentReader(this);
  #stopped = false;
  /** The text ended where it should not have, which has been reported: what is missing behind is no news. */
  truncated = false;
  /** The last two tokens that were read, before expansion. */
  #previous: Tok | undefined;
  #current: Tok | undefined;

  constructor(input: PreprocessInput, sink: DiagSink, words = new WordTable()) {
    this.input = input;
    this.sink = sink;
    this.words = words;
    this.limits = { ...defaultLimits, ...input.limits };
    installBuiltinMacros(this);
    this.enter(input.main);
    const prelude = commandLine(input);
    if (prelude) this.enter(input.files.add("<command line>", prelude));
  }

  get level(): FileLevel {
    return this.levels[this.levels.length - 1]!;
  }

  /** The token read before the current one, unexpanded. */
  get previous(): Tok | undefined {
    return this.#previous;
  }

  /** Whether a limit has ended the reading. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Starts reading `file`. */
  enter(file: SourceFile): void {
    const text = this.#checked(file);
    const scanner = new Scanner(file, this.words, (start) => this.#openComment(file, start), text);
    const isDeferred = this.levels.length > 0 && text.length >= this.limits.deferredLength;
    const known = this.boundary.known(file);
    this.levels.push({
      file,
      scanner,
      conditions: [],
      lineShift: 0,
      shownName: file.name,
      isDeferred,
      known,
      learnAt: -1,
    });
    this.warningState.note(file.id, 0);
  }

  // ---- macros through time ----

  /** Defines or undefines a macro of the user's. */
  setMacro(word: Word, macro: Macro | null | undefined): void {
    this.#macroHistory.record(word.name, word.macro, macro);
    word.macro = macro;
    this.userMacros.set(word.name, macro);
    this.boundary.changed(word.name, macro);
  }

  /** The number of changes of macros so far. */
  get macroVersion(): number {
    return this.#macroHistory.version;
  }

  /** A preprocessor that knows the macros of this one as they were at a version; it has nothing to read as yet. */
  asOf(version: number, sink: DiagSink): Preprocessor {
    const nothing = { defines: [], undefs: [], forcedIncludes: [] };
    const words = new WordTable((name) => this.#macroHistory.at(name, version));
    return new Preprocessor({ ...this.input, ...nothing }, sink, words);
  }

  /** Reads the text from `start` to `end` of a file, and nothing else. */
  aim(file: SourceFile, start: number, end: number): void {
    const scanner = new Scanner(file, this.words, () => {}, file.text.slice(0, end));
    scanner.pos = start;
    this.levels.length = 0;
    const { name: shownName } = file;
    const rest = { isDeferred: false, known: undefined, learnAt: -1 };
    this.levels.push({ file, scanner, conditions: [], lineShift: 0, shownName, ...rest });
    this.#contexts.length = 0;
    this.#stopped = false;
    this.truncated = false;
    this.#previous = undefined;
    this.#current = undefined;
  }

  /** What kind of macro a word is, as far as a skimmed declaration must know. */
  macroKind(name: string): "attribute" | "other" | undefined {
    if (!this.userMacros.has(name) && this.input.ambientMacros.get(name) === undefined) return undefined;
    const macro = this.macroOf(this.words.get(name));
    if (!macro) return undefined;
    return !macro.params && !macro.dynamic && isAttributeList(macro.body) ? "attribute" : "other";
  }

  /** The `SourceFile` of an included file; the same one each time. */
  fileFor(name: string, text: string): SourceFile {
    let file = this.#known.get(name);
    if (!file) {
      file = this.boundary.meet(name, text);
      this.#known.set(name, file);
    }
    return file;
  }

  #checked(file: SourceFile): string {
    const span = { file: file.id, start: 0, end: 0 };
    if (file.text.length > this.limits.fileLength) {
      this.sink.error("E0109", span, file.name, this.limits.fileLength);
      return "";
    }
    const nul = file.text.indexOf("\0");
    if (nul === -1) return file.text;
    this.sink.error("E0110", { file: file.id, start: nul, end: nul + 1 }, file.name);
    return "";
  }

  #openComment(file: SourceFile, start: number): void {
    this.sink.error("E0101", { file: file.id, start, end: start + 2 });
    this.truncated = true;
  }

  /** The next token as the grammar sees it: only tokens of C, and `EndOfFile` for ever. */
  pull(): Tok {
    for (;;) {
      const tok = this.next();
      if (tok.tokenType === Stray) this.#reportStray(tok);
      else if (tok.tokenType === OpenQuote) return this.#closeQuote(tok);
      else return tok;
    }
  }

  #reportStray(tok: Tok): void {
    this.sink.error("E0103", spanOf(tok), printableChar(tok.image));
  }

  #closeQuote(tok: Tok): Tok {
    const at = tok.image.search(/["']/);
    const quote = tok.image[at]!;
    this.sink.error("E0102", spanOf(tok), quote);
    const { file, startOffset, end, flags, origin } = tok;
    const closed = quote === '"' ? '""' : "'0'";
    return new Tok(quote === '"' ? StringLit : CharLit, closed, file, startOffset, end, flags, undefined, origin);
  }

  /** The next token after expansion. */
  next(): Tok {
    for (;;) {
      const tok = this.raw();
      const { word } = tok;
      if (word === undefined) return tok;
      const watch = this.boundary.trace ?? this.asked;
      if (watch) watch.word(word, this.macroOf(word), this);
      if (word.macro === null || tok.flags & NO_EXPAND) return tok;
      const macro = this.macroOf(word);
      if (!macro) return tok;
      if (macro.disabled) return withFlags(tok, tok.flags | NO_EXPAND);
      if (macro.ambient && givesWay(this, macro, tok)) return tok;
      if (macro.params && !this.#nextIsLParen()) return tok;
      const left = this.#expand(macro, tok);
      if (left) return left;
    }
  }

  /** The next token before expansion; directives are obeyed on the way. */
  raw(): Tok {
    for (;;) {
      const top = this.#contexts[this.#contexts.length - 1];
      const tok = top === undefined ? this.#fromFile() : top.at < top.tokens.length ? top.tokens[top.at++] : top.end;
      if (tok) {
        this.#previous = this.#current;
        this.#current = tok;
        return tok;
      }
      if (top) this.#contexts.pop();
      if (top?.macro) top.macro.disabled = false;
    }
  }

  /** A token of the innermost file, or nothing where a directive put tokens in its place. */
  #fromFile(): Tok | undefined {
    const { level } = this;
    if (this.atBoundary) this.boundary.pass(level);
    if (this.level !== level) return undefined;
    const start = level.scanner.pos;
    const tok = level.scanner.next();
    if (tok.tokenType === EndOfFile) return this.#endOfFile(tok);
    if (tok.tokenType !== Hash || !(tok.flags & AT_LINE_START)) {
      if (this.atBoundary) this.boundary.begin(level, start);
      this.atBoundary = false;
      return tok;
    }
    if (this.#stopped) return undefined;
    this.boundary.directives++;
    level.learnAt = this.atBoundary && level.known ? start : -1;
    runDirective(this, level, tok);
    level.learnAt = -1;
    return undefined;
  }

  /** Whether the next token is read from the file, and not from the expansion of a macro. */
  get isInFile(): boolean {
    return this.#contexts.length === 0;
  }

  /** How many tokens macros have made so far. */
  get expanded(): number {
    return this.#expanded;
  }

  /** Counts tokens that macros need not make again; false where that would be too many. */
  expand(count: number): boolean {
    if (this.#expanded + count > this.limits.expandedTokens) return false;
    this.#expanded += count;
    return true;
  }

  #endOfFile(tok: Tok): Tok | undefined {
    if (!this.#stopped)
      for (const open of this.level.conditions) this.sink.error("E0132", spanOf(open.hash), open.directive);
    this.level.conditions.length = 0;
    if (this.levels.length === 1) return tok;
    this.levels.pop();
    this.warningState.note(this.level.file.id, this.level.scanner.pos);
    return undefined;
  }

  /** Leaves the rest unread: from now on there is only `EndOfFile`. */
  stop(): void {
    this.#stopped = true;
    this.truncated = true;
    this.#contexts.length = 0;
    this.levels.length = Math.min(this.levels.length, 1);
    this.level.scanner.pos = this.level.file.text.length;
    this.level.conditions.length = 0;
  }

  /** Puts tokens before what comes next. */
  push(tokens: readonly Tok[], macro?: Macro): void {
    this.#contexts.push({ tokens, at: 0, macro, end: undefined });
  }

  /** Runs `read` over `tokens` alone; `end` stands behind them. */
  within<T>(tokens: readonly Tok[], end: Tok, read: () => T): T {
    const depth = this.#contexts.length;
    const { previous, current } = { previous: this.#previous, current: this.#current };
    this.#contexts.push({ tokens, at: 0, macro: undefined, end });
    const result = read();
    while (this.#contexts.length > depth) {
      const top = this.#contexts.pop()!;
      if (top.macro) top.macro.disabled = false;
    }
    this.#previous = previous;
    this.#current = current;
    return result;
  }

  /** `tokens`, fully expanded. */
  expandAll(tokens: readonly Tok[]): Tok[] {
    if (!tokens.some((tok) => tok.word && tok.word.macro !== null)) return tokens as Tok[];
    const out: Tok[] = [];
    return this.within(tokens, endOf(tokens), () => {
      for (let tok = this.next(); tok.tokenType !== EndOfLine && tok.tokenType !== EndOfFile; tok = this.next())
        out.push(tok);
      return out;
    });
  }

  /** The macro of a word, an ambient one read on its first use. */
  macroOf(word: Word): Macro | null {
    if (word.macro === undefined) {
      const text = this.input.ambientMacros.get(word.name);
      word.macro = text === undefined ? null : (this.#ambient(word.name, text) ?? null);
    }
    return word.macro;
  }

  #ambient(name: string, text: string): Macro | undefined {
    const file = this.boundary.builtin(`<built-in ${name}>`, text);
    const scanner = new Scanner(file, this.words, () => {});
    const line: Tok[] = [];
    let tok = scanner.next();
    for (; tok.tokenType !== EndOfFile; tok = scanner.next()) line.push(withFlags(tok, tok.flags & AFTER_SPACE));
    return parseMacro(line, tok, true, this.sink);
  }

  #nextIsLParen(): boolean {
    for (let i = this.#contexts.length - 1; i >= 0; i--) {
      const context = this.#contexts[i]!;
      const tok = context.tokens[context.at];
      if (tok) return tok.tokenType === LParen;
      if (context.end) return false;
    }
    return this.level.scanner.peekIsLParen();
  }

  /** Puts the expansion of `macro` in place of its use; a use that is wrong is reported and stands for 0. */
  #expand(macro: Macro, tok: Tok): Tok | undefined {
    if (macro.dynamic) {
      this.push(macro.dynamic(tok));
      return undefined;
    }
    let end = tok.end;
    let args: MacroArg[] = [];
    if (macro.params) {
      const collected = this.#arguments.read(macro, tok);
      if (!collected)
        return new Tok(NumberLit, "0", tok.file, tok.startOffset, tok.end, tok.flags, undefined, tok.origin);
      ({ end, args } = collected);
    }
    const origin = new Origin(macro.name, tok, end);
    const tokens = macro.params || macro.hasOperators ? substitute(macro, args, origin, this) : copyBody(macro, origin);
    this.#expanded += tokens.length + 1;
    if (this.#expanded > this.limits.expandedTokens) return this.tooMuch(tok);
    if (tokens[0]) tokens[0] = withFlags(tokens[0], (tokens[0].flags & NO_EXPAND) | tok.flags);
    macro.disabled = true;
    this.push(tokens, macro);
    return undefined;
  }

  /** Macros expand to more than memory is spent on: told once, and the rest is left unread. */
  tooMuch(tok: Tok): undefined {
    if (!this.#stopped) this.sink.error("E0129", spanOf(tok), this.limits.expandedTokens);
    this.stop();
    return undefined;
  }

  paste(text: string, left: Tok, right: Tok, origin: Origin): Tok | undefined {
    const scanner = new Scanner(this.input.files.file(left.file), this.words, () => {}, text);
    const tok = scanner.next();
    if (
      scanner.pos === text.length &&
      tok.tokenType !== EndOfFile &&
      tok.tokenType !== Stray &&
      tok.tokenType !== OpenQuote
    ) {
      return new Tok(
        tok.tokenType,
        tok.image,
        left.file,
        left.startOffset,
        left.end,
        left.flags & ~NO_EXPAND,
        tok.word,
        origin,
      );
    }
    this.sink.error(
      "E0128",
      spanOf(new Tok(Stray, text, right.file, right.startOffset, right.end, 0, undefined, origin)),
      text,
    );
    return undefined;
  }
}

/** `__attribute__((...))`, any number of times. */
function isAttributeList(tokens: readonly Tok[]): boolean {
  for (let at = 0, depth = 0; at < tokens.length; at++) {
    const { tokenType } = tokens[at]!;
    if (depth === 0 && tokenType !== AttributeWord && tokenType !== LParen) return false;
    if (depth === 0 && tokenType === LParen && tokens[at - 1]?.tokenType !== AttributeWord) return false;
    if (tokenType === LParen) depth++;
    if (tokenType === RParen) depth--;
  }
  return true;
}

/** The end of a token list. */
function endOf(tokens: readonly Tok[]): Tok {
  const last = tokens[tokens.length - 1]!;
  return new Tok(EndOfLine, "", last.file, last.end, last.end, AT_LINE_START, undefined, last.origin);
}

function commandLine(input: PreprocessInput): string {
  const line = (text: string): string => `${text.replace(/[\r\n]+/g, " ")}\n`;
  return [
    ...input.defines.map(({ name, value }) => line(`#define ${name} ${value}`)),
    ...input.undefs.map((name) => line(`#undef ${name}`)),
    ...input.forcedIncludes.map((name) => line(`#include "${name}"`)),
  ].join("");
}
