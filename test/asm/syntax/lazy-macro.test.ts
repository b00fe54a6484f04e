import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LazyMacro, plainDefinition } from "../../../src/asm/syntax/lazy-macro.ts";
import { type Macro, parseMacro } from "../../../src/asm/syntax/macro.ts";
import { Scanner } from "../../../src/asm/syntax/scan.ts";
import { type Tok, WordTable } from "../../../src/asm/syntax/token.ts";
import { EndOfFile, EndOfLine } from "../../../src/asm/syntax/tokens.ts";
import { DiagSink } from "../../../src/diag/diagnostic.ts";
import { SourceMap } from "../../../src/diag/source.ts";

interface Read {
  readonly macro: Macro | undefined;
  readonly end: number;
  readonly errors: number;
}

/** The definition read at once, as a directive reads it. */
function eagerly(text: string): Read {
  const sink = new DiagSink();
  let openComments = 0;
  const scanner = new Scanner(new SourceMap().add("a", text), new WordTable(), () => openComments++);
  scanner.inDirective = true;
  const line: Tok[] = [];
  let tok = scanner.next();
  for (; tok.tokenType !== EndOfLine && tok.tokenType !== EndOfFile; tok = scanner.next()) line.push(tok);
  const macro = parseMacro(line, tok, false, sink);
  return { macro, end: scanner.pos, errors: sink.diagnostics.length + openComments };
}

const shown = ({ name, params, variadic, body, paramOf, hasOperators, span }: Macro) => ({
  name,
  params,
  variadic,
  body: body.map(({ image, flags, startOffset, end, tokenType }) => ({ image, flags, startOffset, end, tokenType })),
  paramOf: [...paramOf],
  hasOperators,
  span,
});

function lazily(text: string): Read | undefined {
  const file = new SourceMap().add("a", text);
  const plain = plainDefinition(text, 0);
  return plain && { macro: new LazyMacro(file, 0, plain, new WordTable()), end: plain.end, errors: 0 };
}

const piece = fc.constantFrom(
  ..."A b_1 defined __VA_ARGS__ __VA_OPT__ const ( ) ( , ... 1 0x1f 1.5e+3 { } ; struct + << ; % : # ## /* */ // \\ ' \" @ é".split(
    " ",
  ),
  " ",
  "\t",
  "\n",
  "\r\n",
  "\\\n",
  "a, b",
  "(a)",
  "(a, b) a",
  "(a, a)",
  "(...)",
  "(a...) a",
  "(a, ...) __VA_ARGS__",
  "%:",
);

describe("definitions that are read when they are used", () => {
  test("what is taken for plain is what reading it at once gives, without an error", () => {
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => `A${pieces.join("")}\nnext`);
    fc.assert(
      fc.property(text, (source) => {
        const lazy = lazily(source);
        if (!lazy) return;
        const eager = eagerly(source);
        expect(eager.errors).toBe(0);
        expect(lazy.end).toBe(eager.end);
        expect(shown(lazy.macro!)).toEqual(shown(eager.macro!));
      }),
      { numRuns: 5000 },
    );
  });

  test.each([
    ["A 1\n", true],
    ["A\n", true],
    ["A(a, b) ((a) + (b)) // sum\n", true],
    ["A(a) #a\n", false],
    ["A a ## b\n", false],
    ["A /* over\nlines */ 1\n", false],
    ["A 1 \\\n + 2\n", true],
    ["A(a, a) a\n", false],
    ["A(a, ...) a\n", true],
    ["A 1 \\ \n + 2\n", false],
    ["A(a, b...) b\n", true],
    ["A(a ..., b) b\n", false],
    ['A "text"\n', false],
    ["defined 1\n", false],
    ["A+1\n", false],
  ])("%j is plain: %s", (text, plain) => {
    expect(lazily(text) !== undefined).toBe(plain);
  });

  test.each([
    ["A {\n", true],
    ["A struct x\n", true],
    ["A 1 + 2\n", false],
  ])("%j may declare something: %s", (text, may) => {
    expect(lazily(text)!.macro!.mayDeclare).toBe(may);
  });
});
