/** The directives of C11 6.10 and GNU's, one function each. */
import type { Span } from "../../support/span.ts";
import { isTrue } from "./condition.ts";
import { featureQueries } from "./features.ts";
import { Asked, type HeaderName, type KnownDirective, type KnownSkip, type Said } from "./known-directives.ts";
import { LazyMacro, plainDefinition, readDefinition } from "./lazy-macro.ts";
import { parseNumber } from "./literal.ts";
import { type Macro, parseMacro, sameMacro } from "./macro.ts";
import { runPragma } from "./pragma.ts";
import type { FileLevel, Preprocessor } from "./preprocess.ts";
import { AFTER_SPACE, spanBetween, spanOf, type Tok, type Word } from "./token.ts";
import { EndOfFile, EndOfLine, StringLit } from "./tokens.ts";

/** One open `#if`. */
export interface Condition {
  readonly hash: Tok;
  readonly directive: string;
  /** Some group of it was or is being read. */
  taken: boolean;
  seenElse: boolean;
}

type Run = (pp: Preprocessor, level: FileLevel, name: Tok, hash: Tok) => void;

/** Notes what is known of the directive that has just been read, for other compilations. */
function learn({ known, learnAt, scanner }: FileLevel, directive: Said): void {
  if (learnAt >= 0) known?.learn(learnAt, { ...directive, end: scanner.pos });
}

const directives: Readonly<Record<string, Run>> = {
  define,
  undef,
  include: (pp, level, name) => include(pp, level, name, false),
  include_next: (pp, level, name) => include(pp, level, name, true),
  import: (pp, level, name) => include(pp, level, name, false),
  if: (pp, level, name, hash) => openCondition(pp, level, name, hash),
  ifdef: (pp, level, name, hash) => openCondition(pp, level, name, hash),
  ifndef: (pp, level, name, hash) => openCondition(pp, level, name, hash),
  elif: leaveGroup,
  elifdef: leaveGroup,
  elifndef: leaveGroup,
  else: leaveGroup,
  endif,
  line,
  error: (pp, level, name, hash) => pp.sink.error("E0135", spanBetween(hash, name), level.scanner.restOfLine()),
  warning: (pp, level, name, hash) => pp.sink.warn("cpp", spanBetween(hash, name), level.scanner.restOfLine()),
  pragma: (pp, level) => {
    const { tokens, end } = readLine(level);
    runPragma(pp, tokens, end);
  },
  ident: (_pp, level) => void level.scanner.restOfLine(),
  sccs: (_pp, level) => void level.scanner.restOfLine(),
};

/** Obeys the directive whose `#` was just read, to the end of its line. */
export function runDirective(pp: Preprocessor, level: FileLevel, hash: Tok): void {
  const { scanner } = level;
  scanner.inDirective = true;
  const name = scanner.next();
  const run = Object.hasOwn(directives, name.image) ? directives[name.image] : undefined;
  if (run) run(pp, level, name, hash);
  else if (name.tokenType !== EndOfLine && name.tokenType !== EndOfFile) unknown(pp, level, name);
  scanner.inDirective = false;
}

function unknown(pp: Preprocessor, level: FileLevel, name: Tok): void {
  const rest = level.scanner.restOfLine();
  const isLineMarker = /^\d+$/.test(name.image) && (rest === "" || rest.startsWith('"'));
  if (!isLineMarker) pp.sink.error("E0131", spanOf(name), name.image);
}

interface Line {
  readonly tokens: Tok[];
  /** Stands behind the last one. */
  readonly end: Tok;
}

function readLine({ scanner }: FileLevel): Line {
  scanner.inDirective = true;
  const tokens: Tok[] = [];
  let tok = scanner.next();
  for (; tok.tokenType !== EndOfLine && tok.tokenType !== EndOfFile; tok = scanner.next()) tokens.push(tok);
  return { tokens, end: tok };
}

function noMore(pp: Preprocessor, level: FileLevel, directive: string): void {
  const { tokens } = readLine(level);
  if (tokens[0]) extraTokens(pp, tokens[0], tokens.at(-1)!, directive);
}

/** What is ignored can as well be a comment. */
function extraTokens(pp: Preprocessor, first: Tok, last: Tok, directive: string): void {
  const span = spanBetween(first, last);
  const warning = pp.sink.warn("extra-tokens", span, directive).help("make a comment of it");
  warning.edit({ ...span, end: span.start }, "/* ").edit({ ...span, start: span.end }, " */");
}

// ---- macros ----

function define(pp: Preprocessor, level: FileLevel): void {
  const macro = plainMacro(pp, level) ?? definedMacro(pp, level);
  if (macro) enact(pp, macro);
}

function enact(pp: Preprocessor, macro: Macro): void {
  const word = pp.words.get(macro.name);
  const old = word.macro;
  if (old && !old.ambient && !sameMacro(old, macro))
    pp.sink.warn("macro-redefined", macro.span, macro.name).note("the first definition", old.span);
  pp.setMacro(word, macro);
}

function definedMacro(pp: Preprocessor, level: FileLevel): Macro | undefined {
  const { tokens, end } = readLine(level);
  const macro = parseMacro(tokens, end, false, pp.sink);
  if (macro)
    learn(level, {
      kind: "define",
      start: tokens[0]!.startOffset,
      definition: readDefinition(macro, level.scanner.pos),
    });
  return macro;
}

/** A definition that need not be read as yet. */
function plainMacro(pp: Preprocessor, level: FileLevel): Macro | undefined {
  const { scanner, file } = level;
  const start = scanner.afterBlanks();
  const plain = plainDefinition(file.text, start);
  if (!plain) return undefined;
  scanner.pos = plain.end;
  learn(level, { kind: "define", start, definition: plain });
  return new LazyMacro(file, start, plain, pp.words);
}

function undef(pp: Preprocessor, level: FileLevel): void {
  const { tokens, end } = readLine(level);
  const name = tokens[0];
  if (name?.word) {
    learn(level, { kind: "undef", name: name.word.name });
    pp.setMacro(name.word, null);
  } else pp.sink.error("E0121", spanOf(name ?? end), "a macro name", "#undef");
}

// ---- files ----

function include(pp: Preprocessor, level: FileLevel, directive: Tok, next: boolean): void {
  const { scanner } = level;
  const spelled = scanner.headerName();
  const { tokens, end } = readLine(level);
  const header = spelled ?? computedHeader(pp, tokens, end);
  const at = spelled
    ? { file: level.file.id, start: spelled.start, end: spelled.start + spelled.name.length + 2 }
    : spanOf(tokens[0] ?? end);
  if (!header) {
    pp.sink.error("E0121", at, '"FILE" or <FILE>', `#${directive.image}`);
    return;
  }
  if (spelled) learn(level, { kind: "include", header, at, next });
  read(pp, level, header, at, next);
}

/** Starts reading what a header's name means here. */
function read(pp: Preprocessor, level: FileLevel, header: HeaderName, at: Span, next: boolean): void {
  if (pp.levels.length > pp.limits.includeDepth) {
    pp.sink.error("E0137", at, pp.limits.includeDepth);
    pp.stop();
    return;
  }
  const found = find(pp, level, header, next);
  if (!found) notFound(pp, at, header.name);
  else if ("text" in found && !pp.once.has(found.name)) {
    level.scanner.inDirective = false;
    pp.enter(pp.fileFor(found.name, found.text));
  }
}

function notFound(pp: Preprocessor, at: Span, name: string): void {
  const report = pp.sink.error("E0136", at, name);
  if (name.startsWith("asm/"))
    report.help("asm/ lies in a folder of its own on some machines, as -idirafter /usr/include/x86_64-linux-gnu");
}

function find(pp: Preprocessor, level: FileLevel, { name, angled }: HeaderName, next: boolean) {
  const { includes } = pp.input;
  return next && includes.findNext
    ? includes.findNext(name, level.file.name)
    : includes.find(name, angled, level.file.name);
}

/** `#include MACRO`. */
function computedHeader(pp: Preprocessor, tokens: readonly Tok[], end: Tok): HeaderName | undefined {
  const [first, ...rest] = pp.within(tokens, end, () => readToEnd(pp));
  if (first?.tokenType === StringLit && rest.length === 0 && first.image.startsWith('"'))
    return { name: first.image.slice(1, -1), angled: false };
  if (first?.image !== "<" || rest.at(-1)?.image !== ">") return undefined;
  return { name: spelling(rest.slice(0, -1)), angled: true };
}

function readToEnd(pp: Preprocessor): Tok[] {
  const out: Tok[] = [];
  for (let tok = pp.next(); tok.tokenType !== EndOfLine && tok.tokenType !== EndOfFile; tok = pp.next()) out.push(tok);
  return out;
}

/** Tokens as they were written, white space as one space. */
export function spelling(tokens: readonly Tok[]): string {
  return tokens.map((tok, i) => (i > 0 && tok.flags & AFTER_SPACE ? ` ${tok.image}` : tok.image)).join("");
}

// ---- conditions ----

/** Whether `#ifdef` sees the name: macros of every kind, and the operators of `#if`. */
export function isDefined(pp: Preprocessor, word: Word): boolean {
  const { name } = word;
  if (featureQueries.has(name) || name === "__has_include" || name === "__has_include_next") return true;
  return pp.macroOf(word) !== null;
}

function holds(pp: Preprocessor, level: FileLevel, directive: Tok, hash?: Tok): boolean {
  const { tokens, end } = readLine(level);
  if (directive.image === "if" || directive.image === "elif") return isTrue(pp, tokens, end, directive.image);
  const name = tokens[0];
  if (!name?.word) {
    pp.sink.error("E0121", spanOf(name ?? end), "a macro name", `#${directive.image}`);
    return false;
  }
  const wanted = directive.image.endsWith("ifdef");
  if (tokens[1]) extraTokens(pp, tokens[1], tokens.at(-1)!, directive.image);
  else if (hash) learn(level, { kind: "ifdef", name: name.word.name, wanted, hash, as: directive.image });
  return isDefined(pp, name.word) === wanted;
}

function openCondition(pp: Preprocessor, level: FileLevel, name: Tok, hash: Tok): void {
  if (name.image === "if" && level.learnAt >= 0) open(pp, level, hash, "if", heldIf(pp, level, name, hash));
  else open(pp, level, hash, name.image, holds(pp, level, name, hash));
}

/** Decides an `#if`, and notes on what that depends. */
function heldIf(pp: Preprocessor, level: FileLevel, name: Tok, hash: Tok): boolean {
  const asked = new Asked();
  const [reports, expanded] = [pp.sink.reports, pp.expanded];
  pp.asked = asked;
  const taken = holds(pp, level, name);
  pp.asked = undefined;
  if (!asked.isSpoilt && pp.sink.reports === reports && !pp.stopped)
    learn(level, { kind: "if", asked, holds: taken, hash, expanded: pp.expanded - expanded });
  return taken;
}

function open(pp: Preprocessor, level: FileLevel, hash: Tok, directive: string, taken: boolean): void {
  level.conditions.push({ hash, directive, taken, seenElse: false });
  if (!taken) skipGroups(pp, level);
}

/** `#elif` or `#else` behind a group that was read: everything up to `#endif` is skipped. */
function leaveGroup(pp: Preprocessor, level: FileLevel, name: Tok): void {
  const open = level.conditions.at(-1);
  if (!open) {
    pp.sink.error("E0133", spanOf(name), name.image);
    readLine(level);
    return;
  }
  afterElse(pp, open, name);
  readLine(level);
  skipGroups(pp, level);
}

function afterElse(pp: Preprocessor, open: Condition, name: Tok): void {
  if (open.seenElse) pp.sink.error("E0134", spanOf(name), name.image).note("the '#if' is here", spanOf(open.hash));
  if (name.image === "else") open.seenElse = true;
}

function endif(pp: Preprocessor, level: FileLevel, name: Tok): void {
  if (!level.conditions.pop()) pp.sink.error("E0133", spanOf(name), name.image);
  const { reports } = pp.sink;
  noMore(pp, level, "endif");
  if (pp.sink.reports === reports) learn(level, { kind: "endif" });
}

/** Skips groups that are switched off, up to one that holds or to the `#endif`. */
function skipGroups(pp: Preprocessor, level: FileLevel): void {
  const { scanner, known } = level;
  const from = scanner.pos;
  if (skipKnown(level, known?.skip(from))) return;
  level.learnAt = -1;
  const { reports } = pp.sink;
  const plain = (atElse: boolean): void => {
    if (pp.sink.reports === reports) known?.learnSkip(from, { end: scanner.pos, atElse });
  };
  let isPlain = true;
  for (let depth = 0; ; ) {
    scanner.inDirective = false;
    scanner.skipToDirective();
    if (scanner.next().tokenType === EndOfFile) return;
    scanner.inDirective = true;
    const name = scanner.next();
    if (/^if(?:n?def)?$/.test(name.image)) depth++;
    else if (name.image === "endif" && depth-- === 0) {
      endif(pp, level, name);
      if (isPlain) plain(false);
      return;
    } else if (depth === 0 && /^(?:else|elif(?:n?def)?)$/.test(name.image)) {
      isPlain &&= name.image === "else" && !level.conditions.at(-1)!.taken;
      if (startsGroup(pp, level, name)) {
        if (isPlain) plain(true);
        return;
      }
      isPlain = false;
    }
    scanner.restOfLine();
  }
}

/** The same where it is known how the groups end; for an `#else` that is so if its group is to be read. */
function skipKnown({ scanner, conditions }: FileLevel, known: KnownSkip | undefined): boolean {
  const open = conditions.at(-1)!;
  if (!known || (known.atElse && (open.taken || open.seenElse))) return false;
  scanner.resume(known.end);
  if (known.atElse) {
    open.seenElse = true;
    open.taken = true;
  } else conditions.pop();
  return true;
}

/** Whether the group behind an `#elif` or `#else` is to be read. */
function startsGroup(pp: Preprocessor, level: FileLevel, name: Tok): boolean {
  const open = level.conditions.at(-1)!;
  const wasElse = open.seenElse;
  afterElse(pp, open, name);
  if (open.taken || wasElse) return false;
  if (name.image === "else") noMore(pp, level, "else");
  open.taken = name.image === "else" || holds(pp, level, name);
  return open.taken;
}

// ---- #line ----

function line(pp: Preprocessor, level: FileLevel, directive: Tok): void {
  const { tokens, end } = readLine(level);
  const [number, name] = pp.within(tokens, end, () => readToEnd(pp));
  const value = number && /^\d+$/.test(number.image) ? parseNumber(number.image.replace(/^0+(?=\d)/, "")) : undefined;
  if (value?.kind !== "int" || value.value > 0x7fffffffn) {
    pp.sink.error("E0121", spanOf(number ?? end), "a line number", "#line");
    return;
  }
  const here = pp.input.files.place(spanOf(directive)).line;
  level.lineShift = Number(value.value) - here - 1;
  if (name?.tokenType === StringLit) level.shownName = name.image.slice(1, -1);
}

// ---- what other compilations have read ----

/** Obeys a directive that was read before, if it means now what it meant; the scanner then stands behind it. */
export function obeyKnown(pp: Preprocessor, level: FileLevel, known: KnownDirective): boolean {
  const { scanner } = level;
  if (known.kind === "endif" && level.conditions.length === 0) return false;
  if (known.kind === "if" && !(known.asked.holds(pp) && pp.expand(known.expanded))) return false;
  scanner.resume(known.end);
  if (known.kind === "define") enact(pp, new LazyMacro(level.file, known.start, known.definition, pp.words));
  else if (known.kind === "undef") pp.setMacro(pp.words.get(known.name), null);
  else if (known.kind === "if") open(pp, level, known.hash, "if", known.holds);
  else if (known.kind === "endif") level.conditions.pop();
  else if (known.kind === "include") read(pp, level, known.header, known.at, known.next);
  else open(pp, level, known.hash, known.as, isDefined(pp, pp.words.get(known.name)) === known.wanted);
  scanner.inDirective = false;
  return true;
}
