import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { syntaxCodes } from "../../../src/diag/codes/syntax.ts";
import { parse, preprocess } from "./harness.ts";

const folder = new URL("../../../docs/errors/", import.meta.url);
const ourWarnings = ["Wcpp", "Wextra-tokens", "Wmacro-redefined", "Wunknown-escape-sequence"];
const pages = [...Object.keys(syntaxCodes), ...ourWarnings];

function examples(page: string): readonly [lang: string, bad: string, good: string] {
  const text = readFileSync(new URL(`${page}.md`, folder), "utf8");
  const [bad, good] = [...text.matchAll(/^```(\w+)\n(.*?)\n```$/gms)];
  return [bad![1]!, bad![2]!, good![2]!];
}

describe("every code's page shows it", () => {
  test.each(pages)(
    "%s",
    (page) => {
      const [lang, bad, good] = examples(page);
      if (lang !== "c") return;
      const code = page.startsWith("W") ? `-${page}` : page;
      expect([...new Set(parse(bad).codes)]).toEqual([code]);
      expect(parse(good).messages).toEqual([]);
    },
    20_000,
  );

  test("no page is left over", () => {
    const known = readdirSync(folder).filter((name) => name.startsWith("E01"));
    expect(known.map((name) => name.replace(".md", "")).sort()).toEqual(Object.keys(syntaxCodes).sort());
  });
});

describe("one clear message, at the right place", () => {
  test.each([
    ["int x = 1\nint y;", "1:10 E0150 expected ';' after the declaration"],
    ["void f(void) {\n  g()\n  h();\n}", "2:6 E0150 expected ';' after the expression"],
    ["void f(void) { return 1 }", "1:24 E0150 expected ';' after 'return'"],
    ["void f(void) { g(1; }", "1:19 E0150 expected ')'"],
    ["void f(void) { if (a { b; } }", "1:21 E0150 expected ')'"],
    ["void f(void) { a[1; }", "1:19 E0150 expected ']'"],
    ["void f(void) { a = ; }", "1:20 E0151 expected an expression, found ';'"],
    ["void f(void) { if () b; }", "1:20 E0151 expected an expression, found ')'"],
    ["void f(void) { else; }", "1:16 E0153 expected a statement, found 'else'"],
    ["void f(void) {\n  a;\n", "2:5 E0150 expected '}'"],
    ["struct s { int a }; int b;", "1:17 E0150 expected ';' after the member"],
    ["struct s { int a; } int b;", "1:21 E0156 'struct s' and 'int' cannot be combined in one type"],
    ["enum e { A B };", "1:11 E0150 expected '}'"],
    ["int a[3;", "1:8 E0150 expected ']'"],
    ["int f(int a, b) { return 0; }", "1:14 E0159 the parameters of 'f' are listed without types"],
    ["long float x;", "1:1 E0156 'long' and 'float' cannot be combined in one type"],
    ["int 3x;", "1:5 E0150 expected a name, found '3x'"],
    ["x = 3;", "1:1 E0164 'x' needs a type before it"],
    ["void f(void) { for (int i = 0; i < 3, i++) ; }", "1:42 E0150 expected ';' in 'for'"],
    ["void f(void) { case 1 b; }", "1:22 E0150 expected ':' after 'case'"],
    ["void f(void) { a ? b; }", "1:21 E0150 expected ':'"],
    ['char *s = "abc', '1:11 E0102 missing closing "'],
    ["int x; /* never", "1:8 E0101 this comment is never closed"],
    ["#include <no.h>", "1:10 E0136 file 'no.h' not found"],
    ["int x = 08;", "1:9 E0104 invalid number '08': an octal constant holds the digits 0 to 7"],
    ["int x = 1'000;", "1:9 E0104 invalid number '1'000': digit separators are not part of this C"],
    ["int x = 5foo;", "1:9 E0104 invalid number '5foo': 'foo' is no suffix of a number"],
    ["int \u2018x\u2019;", "1:5 E0103 stray '\u2018' in the program"],
    ["int \u0001x;", "1:5 E0103 stray 'U+0001' in the program"],
  ])("%s", (source, message) => {
    expect(parse(source).messages[0]).toBe(message);
  });

  test("a missing ';' comes with the edit that mends it", () => {
    const [diagnostic] = parse("int x = 1\nint y;").sink.diagnostics;
    expect(diagnostic?.edits).toEqual([{ span: { file: 0, start: 9, end: 9 }, text: ";" }]);
  });

  test("a bracket points at its partner", () => {
    const [diagnostic] = parse("void f(void) { g(1; }").sink.diagnostics;
    expect(diagnostic?.notes).toEqual([{ text: "to match this '('", span: { file: 0, start: 16, end: 17 } }]);
  });
});

describe("reading goes on after an error", () => {
  test("each mistake in a function is reported, and what is right is kept", () => {
    const { unit, messages } = parse(`
      int f(void) {
        a = ;
        int ok = 1;
        g(1, ];
        if (x) { y = * ; z(); }
        return ok;
      }
      int g(void { return 1; }
      int h(void) { return 2; }
    `);
    expect(messages).toEqual([
      "3:13 E0151 expected an expression, found ';'",
      "5:14 E0151 expected an expression, found ']'",
      "6:24 E0151 expected an expression, found ';'",
      "9:17 E0150 expected ')'",
    ]);
    expect(unit.items.flatMap((item) => (item.kind === "function" ? [item.name.name] : []))).toEqual(["f", "h"]);
  });

  test("after too many errors it stops", () => {
    const { codes } = parse("x = 1;\n".repeat(100));
    expect(codes.length).toBe(51);
    expect(codes.at(-1)).toBe("E0165");
  });
});

describe("preprocessor errors", () => {
  test.each([
    ["#if 1 +\n#endif", "1:8 E0138 wrong condition of '#if': it ends too early"],
    ["#if\n#endif", "1:4 E0138 wrong condition of '#if': there is no expression"],
    ["#if 1.5\n#endif", "1:5 E0138 wrong condition of '#if': '1.5' is no integer"],
    ["#if (1\n#endif", "1:7 E0138 wrong condition of '#if': ')' is missing"],
    ["#if 1 2\n#endif", "1:7 E0138 wrong condition of '#if': '2' is not expected here"],
    ["#if defined 1\n#endif", "1:5 E0138 wrong condition of '#if': 'defined' needs a name"],
    ["#if 1\nx", "1:1 E0132 '#if' is never closed by '#endif'"],
    ["#define f(x) x\nf(1, 2)", "2:1 E0127 macro 'f' takes 1 argument, but 2 are given"],
    ["#define f(x, y...) x\nf()", undefined],
    ["#define f(x, y, z...) x\nf(1)", "2:1 E0127 macro 'f' takes at least 2 arguments, but 1 are given"],
    ["#define f(x) x\nf(1", "2:1 E0126 the arguments of macro 'f' are never closed"],
    ["#define f(x,) x", "1:13 E0123 wrong parameter list of macro 'f': expected a parameter name, found ')'"],
    ["#elif 1", "1:2 E0133 '#elif' without '#if'"],
    ["#line x", "1:7 E0121 expected a line number in #line"],
    ["#include", '1:9 E0121 expected "FILE" or <FILE> in #include'],
    ["#pragma push_macro(A)", "1:19 E0139 wrong '#pragma push_macro': it takes (\"NAME\")"],
    ["#error no way  out", "1:1 E0135 #error no way  out"],
  ])("%s", (source, message) => {
    expect(preprocess(source).messages).toEqual(message === undefined ? [] : [message]);
  });
});
