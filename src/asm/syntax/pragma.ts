/** `#pragma` and `_Pragma`: the pragmas that BPF C acts on; others are passed over, as C allows. */
import { evaluate } from "./condition.ts";
import type { Preprocessor } from "./preprocess.ts";
import { Scanner } from "./scan.ts";
import { Origin, spanOf, Tok } from "./token.ts";
import {
  Comma,
  EndOfFile,
  EndOfLine,
  LParen,
  NumberLit,
  PragmaEnd,
  PragmaPop,
  PragmaPush,
  PragmaUnroll,
  RBrace,
  RParen,
  Semi,
  StringLit,
} from "./tokens.ts";

type Run = (pp: Preprocessor, tokens: readonly Tok[], end: Tok) => readonly Tok[] | undefined;

/** By the words that begin the pragma, the longest first. */
const pragmas: readonly (readonly [words: string, run: Run])[] = [
  ["once", (pp) => void pp.once.add(pp.level.file.name)],
  ["push_macro", (pp, tokens, end) => pushMacro(pp, tokens, end)],
  ["pop_macro", (pp, tokens, end) => popMacro(pp, tokens, end)],
  ["unroll", (pp, tokens, end) => unroll(pp, tokens, end, "unroll")],
  ["nounroll", (_pp, tokens, end) => [marker(PragmaUnroll, "disable", tokens[0] ?? end)]],
  ["pack", pack],
  ["GCC unroll", (pp, tokens, end) => unroll(pp, tokens, end, "GCC unroll")],
  ["clang loop", clangLoop],
  ["GCC diagnostic", diagnostic],
  ["clang diagnostic", diagnostic],
  ["clang attribute push", (_pp, tokens, end) => attributePush(tokens, end)],
  ["clang attribute pop", (_pp, tokens, end) => [marker(PragmaPop, "", tokens[0] ?? end)]],
];

/** Obeys the pragma whose words are `tokens`; what the grammar must see of it comes next in the token stream. */
export function runPragma(pp: Preprocessor, tokens: readonly Tok[], end: Tok): void {
  const made = pragmaTokens(pp, tokens, end);
  if (made) pp.push(made);
}

function pragmaTokens(pp: Preprocessor, tokens: readonly Tok[], end: Tok): readonly Tok[] | undefined {
  for (const [words, run] of pragmas) {
    const wanted = words.split(" ");
    if (wanted.every((word, i) => tokens[i]?.image === word)) return run(pp, tokens.slice(wanted.length), end);
  }
  return undefined;
}

function marker(type: typeof PragmaUnroll, image: string, at: Tok): Tok {
  return new Tok(type, image, at.file, at.startOffset, at.end, 0, undefined, at.origin);
}

/** `#pragma unroll`, `unroll 4`, `unroll(4)`. */
function unroll(pp: Preprocessor, tokens: readonly Tok[], end: Tok, name: string): readonly Tok[] {
  if (tokens.length === 0) return [marker(PragmaUnroll, "full", end)];
  const count = evaluate(pp, tokens, end, `pragma ${name}`);
  const times = count === undefined || count < 0n ? "full" : count <= 1n ? "disable" : String(count);
  return [marker(PragmaUnroll, times, tokens[0]!)];
}

/** `#pragma clang loop unroll(full) unroll_count(4)`: what it says about unrolling; the rest is for other machines. */
function clangLoop(pp: Preprocessor, tokens: readonly Tok[], end: Tok): readonly Tok[] | undefined {
  let made: readonly Tok[] | undefined;
  for (let at = 0; at < tokens.length; ) {
    const close = tokens.findIndex((tok, i) => i > at && tok.tokenType === RParen);
    if (tokens[at + 1]?.tokenType !== LParen || close === -1) {
      pp.sink.error("E0139", spanOf(tokens[at]!), "clang loop", "an option has the form 'name(value)'");
      return made;
    }
    const option = tokens[at]!.image;
    const value = tokens.slice(at + 2, close);
    if (option === "unroll" && value[0])
      made = [marker(PragmaUnroll, value[0].image === "disable" ? "disable" : "full", tokens[at]!)];
    else if (option === "unroll_count") made = unroll(pp, value, end, "clang loop");
    at = close + 1;
  }
  return made;
}

/** `#pragma pack(push, 1)`, `pack(4)`, `pack(pop)`, `pack()`. */
function pack(pp: Preprocessor, tokens: readonly Tok[], end: Tok): undefined {
  const words = tokens.slice(1, -1).filter((tok) => tok.tokenType !== Comma);
  const size = words.find((tok) => tok.tokenType === NumberLit);
  const wrong = size && !["1", "2", "4", "8", "16"].includes(size.image);
  if (tokens[0]?.tokenType !== LParen || tokens.at(-1)?.tokenType !== RParen || wrong) {
    pp.sink.error(
      "E0139",
      spanOf(size ?? tokens[0] ?? end),
      "pack",
      "it takes (push, N), (pop), (N) or () with N 1, 2, 4, 8 or 16",
    );
    return;
  }
  if (words[0]?.image === "push") pp.packStack.push(pp.pack);
  if (words[0]?.image === "pop") pp.pack = pp.packStack.pop();
  if (size || words.length === 0) pp.pack = size;
}

/** `push`, `pop`, `ignored "-Wname"`, `warning "-Wname"`, `error "-Wname"`; others are passed over. */
function diagnostic(pp: Preprocessor, tokens: readonly Tok[], end: Tok): undefined {
  const name = tokens[1]?.tokenType === StringLit ? /^"-W(.+)"$/.exec(tokens[1].image)?.[1] : undefined;
  pp.warningState.obey(tokens[0]?.image ?? "", name, tokens[0] ?? end);
}

function attributePush(tokens: readonly Tok[], end: Tok): readonly Tok[] {
  const at = tokens[0] ?? end;
  return [marker(PragmaPush, "", at), ...tokens, marker(PragmaEnd, "", end)];
}

/** The name in `push_macro("NAME")`. */
function macroName(pp: Preprocessor, tokens: readonly Tok[], end: Tok, pragma: string): string | undefined {
  const [open, name, close] = tokens;
  if (open?.tokenType === LParen && name?.tokenType === StringLit && close?.tokenType === RParen)
    return name.image.slice(1, -1);
  return void pp.sink.error("E0139", spanOf(open ?? end), pragma, 'it takes ("NAME")');
}

function pushMacro(pp: Preprocessor, tokens: readonly Tok[], end: Tok): undefined {
  const name = macroName(pp, tokens, end, "push_macro");
  if (name === undefined) return;
  const stack = pp.pushedMacros.get(name) ?? [];
  stack.push(pp.words.get(name).macro);
  pp.pushedMacros.set(name, stack);
}

function popMacro(pp: Preprocessor, tokens: readonly Tok[], end: Tok): undefined {
  const name = macroName(pp, tokens, end, "pop_macro");
  const stack = name === undefined ? undefined : pp.pushedMacros.get(name);
  if (stack?.length) pp.setMacro(pp.words.get(name!), stack.pop());
}

/** Passes what stands in the parentheses of a wrong `_Pragma`; what lies behind is kept. */
function skipOperand(pp: Preprocessor, first: Tok): readonly Tok[] {
  let tok = first;
  while (![RParen, Semi, RBrace, EndOfFile, EndOfLine].includes(tok.tokenType)) tok = pp.raw();
  return tok.tokenType === RParen || tok.tokenType === EndOfFile ? [] : [tok];
}

/** `_Pragma("...")`: reads its operand; the tokens that stand for it. */
export function runPragmaOperator(pp: Preprocessor, use: Tok): readonly Tok[] {
  const open = pp.raw();
  const text = open.tokenType === LParen ? pp.next() : open;
  const close = text.tokenType === StringLit ? pp.raw() : text;
  if (close.tokenType !== RParen || text.tokenType !== StringLit) {
    pp.sink.error("E0130", spanOf(use));
    return skipOperand(pp, close);
  }
  const inner = text.image.slice(text.image.indexOf('"') + 1, -1).replace(/\\(["\\])/g, "$1");
  const file = pp.input.files.add("<_Pragma>", inner, true);
  const scanner = new Scanner(file, pp.words, () => {});
  const origin = new Origin("_Pragma", use, close.file === use.file ? Math.max(close.end, use.end) : use.end);
  const tokens: Tok[] = [];
  for (let tok = scanner.next(); tok.tokenType !== EndOfFile; tok = scanner.next())
    tokens.push(new Tok(tok.tokenType, tok.image, file.id, tok.startOffset, tok.end, 0, tok.word, origin));
  return pragmaTokens(pp, tokens, new Tok(EndOfFile, "", use.file, use.end, use.end, 0, undefined, use.origin)) ?? [];
}
