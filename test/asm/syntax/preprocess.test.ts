import { execFileSync, spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { preprocess } from "./harness.ts";

/** Text, and what is left of it; where clang is installed, it must agree token by token. */
const cases: readonly (readonly [name: string, source: string, expected: string])[] = [
  ["object macros rescan", "#define A B C\n#define B 1\n#define C A\nA", "1 A"],
  ["a macro does not expand in itself", "#define f(x) x f(x)\nf(f)(1) f(f(2))", "f f(f)(1) 2 f(2) f(2 f(2))"],
  ["mutual recursion stops", "#define X Y\n#define Y X\nX Y", "X Y"],
  ["a name without parentheses stays", "#define f(x) [x]\nf f (1) f\n(2) f", "f [1] [2] f"],
  ["a call that begins in an expansion and ends behind it", "#define f(x) <x>\n#define g f\ng(1) g (2)", "<1> <2>"],
  ["an argument brings the name of a function", "#define call(f, x) f(x)\n#define inc(x) x+1\ncall(inc, 2)", "2+1"],
  [
    "the example of C11 6.10.3.5p5",
    "#define x 3\n#define f(a) f(x * (a))\n#undef x\n#define x 2\n#define g f\n#define z z[0]\n#define h g(~\n#define m(a) a(w)\n#define w 0,1\n#define t(a) a\n#define p() int\n#define q(x) x\n#define r(x,y) x ## y\n#define str(x) # x\nf(y+1) + f(f(z)) % t(t(g)(0) + t)(1);\ng(x+(3,4)-w) | h 5) & m\n(f)^m(m);\np() i[q()] = { q(1), r(2,3), r(4,), r(,5), r(,) };\nchar c[2][6] = { str(hello), str() };",
    'f(2 * (y+1)) + f(2 * (f(2 * (z[0])))) % f(2 * (0)) + t(1); f(2 * (2+(3,4)-0,1)) | f(2 * (~ 5)) & f(2 * (0,1))^m(0,1); int i[] = { 1, 23, 4, 5, }; char c[2][6] = { "hello", "" };',
  ],
  [
    "the example of C11 6.10.3.5p6",
    '#define str(s) # s\n#define xstr(s) str(s)\n#define debug(s, t) printf("x" # s "= %d, x" # t "= %s", \\\nx ## s, x ## t)\n#define INCFILE(n) vers ## n\n#define glue(a, b) a ## b\n#define xglue(a, b) glue(a, b)\n#define HIGHLOW "hello"\n#define LOW LOW ", world"\ndebug(1, 2);\nfputs(str(strncmp("abc\\0d", "abc", \'\\4\')\n== 0) str(: @\\n), s);\nxstr(INCFILE(2).h)\nglue(HIGH, LOW);\nxglue(HIGH, LOW)',
    'printf("x" "1" "= %d, x" "2" "= %s", x1, x2); fputs("strncmp(\\"abc\\\\0d\\", \\"abc\\", \'\\\\4\') == 0" ": @\\n", s); "vers2.h" "hello"; "hello" ", world"',
  ],
  [
    "the example of C11 6.10.3.5p7",
    "#define t(x,y,z) x ## y ## z\nint j[] = { t(1,2,3), t(,4,5), t(6,,7), t(8,9,), t(10,,), t(,11,), t(,,12), t(,,) };",
    "int j[] = { 123, 45, 67, 89, 10, 11, 12, };",
  ],
  [
    "the example of C11 6.10.3.3p4",
    "#define hash_hash # ## #\n#define mkstr(a) # a\n#define in_between(a) mkstr(a)\n#define join(c, d) in_between(c hash_hash d)\nchar p[] = join(x, y);",
    'char p[] = "x ## y";',
  ],
  ["variadic", "#define e(fmt, ...) p(fmt, __VA_ARGS__)\ne(1, 2, 3) e(1,)", "p(1, 2, 3) p(1, )"],
  [
    "GNU's comma",
    "#define e(fmt, ...) p(fmt, ##__VA_ARGS__)\n#define n(fmt, args...) p(fmt, ##args)\ne(1) e(1, 2, 3) n(1) n(1, 2) e(1,)",
    "p(1) p(1, 2, 3) p(1) p(1, 2) p(1,)",
  ],
  [
    "__VA_OPT__",
    "#define F(a, ...) f(a __VA_OPT__(,) __VA_ARGS__)\n#define G(X, ...) x ## X __VA_OPT__(a ## b c)\n#define E\nF(1) F(1, 2) F(1, E) G(1) G(2, 3)",
    "f(1 ) f(1 , 2) f(1 ) x1 x2 ab c",
  ],
  [
    "counting arguments",
    "#define N(...) N_(__VA_ARGS__, 3, 2, 1, 0)\n#define N_(a, b, c, n, ...) n\nN(x) N(x, y) N(x, y, z)",
    "1 2 3",
  ],
  [
    "dispatch by count",
    "#define CAT(a, b) CAT_(a, b)\n#define CAT_(a, b) a##b\n#define N(...) N_(__VA_ARGS__, 2, 1)\n#define N_(a, b, n, ...) n\n#define M(...) CAT(M, N(__VA_ARGS__))(__VA_ARGS__)\n#define M1(a) one a\n#define M2(a, b) two a b\nM(x) M(x, y)",
    "one x two x y",
  ],
  [
    "a pasted name expands",
    "#define AB 7\n#define cat(a, b) a##b\ncat(A, B) cat(+, +) cat(1, e5) cat(L, x)",
    "7 ++ 1e5 Lx",
  ],
  [
    "operands of ## stay unexpanded",
    "#define one 1\n#define cat(a, b) a##b\n#define wrap(a, b) cat(a, b)\ncat(one, 2) wrap(one, 2)",
    "one2 12",
  ],
  [
    "# keeps spaces single and quotes safe",
    '#define s(...) #__VA_ARGS__\ns( a   b\n  "c\\n" \'"\' ) s(1 , 2,3)',
    '"a b \\"c\\\\n\\" \'\\"\'" "1 , 2,3"',
  ],
  ["an empty argument", "#define f(a, b) [a|b]\n#define g(a) [a]\nf(,) f(1,) g()", "[|] [1|] []"],
  [
    "line splices and comments",
    "#define A 1 /* a\n b */ + \\\n 2 // x \\\n y\nA in\\\nt /* */x; // c\ny",
    "1 + 2 int x; y",
  ],
  [
    "#if arithmetic",
    "#if (1 + 2 * 3 == 7) && !(5 % 3 != 2) && (1 ? 2 : 0) == 2 && (-1 < 0) && -1 > 0u && ~0 == -1 && 'a' == 97\nyes\n#else\nno\n#endif",
    "yes",
  ],
  [
    "#if in 64 bits",
    "#if 0xffffffffffffffff == -1 && (1 << 40) > 0 && 0x7fffffffffffffff + 1 < 0 && -8 >> 1 == -4 && 1 / 2 == 0\nyes\n#endif",
    "yes",
  ],
  [
    "#if does not evaluate what does not count",
    "#if 0 && 1 / 0\n#elif 1 || 1 / 0\nyes\n#endif\n#if 1 ? 2 : 1 / 0\nyes\n#endif",
    "yes yes",
  ],
  [
    "names in #if are 0, macros expand",
    "#define A B\n#define B 3\n#if A == 3 && C == 0 && defined A && !defined(C)\nyes\n#endif",
    "yes",
  ],
  ["defined out of a macro", "#define HAS defined(A) && A\n#define A 1\n#if HAS\nyes\n#endif", "yes"],
  [
    "conditions nest",
    "#if 0\n#if 1\nno\n#else\nno\n#endif\n#elif 1\n#ifdef X\nno\n#else\nyes\n#endif\n#else\nno\n#endif",
    "yes",
  ],
  [
    "what is off is not looked at",
    "#if 0\nit's \"unclosed /* #else\n*/ #bogus\n#if (((\n#endif\n@ ` \\\n#endif\n#endif\nyes",
    "yes",
  ],
  ["a condition inside arguments", "#define f(x) [x]\nf(1\n#if 1\n+2\n#else\n+3\n#endif\n)", "[1 +2]"],
  [
    "__LINE__ and __COUNTER__",
    '__LINE__\n\n__LINE__ __COUNTER__ __COUNTER__\n#line 100\n__LINE__\n#line 7 "x.c"\n__LINE__ __FILE__',
    '1 3 0 1 100 7 "x.c"',
  ],
  [
    "push_macro and pop_macro",
    '#define A 1\n#pragma push_macro("A")\n#undef A\n#define A 2\nA\n#pragma pop_macro("A")\nA',
    "2 1",
  ],
  ["a null directive, a line of spaces", "#\n  #  define A 1\n # \nA", "1"],
  ["digraphs", "%:define A <: :> <% %>\nA", "<: :> <% %>"],
  ["keywords are names here", "#define const\n#define int long\nconst int x; sizeof(int)", "long x; sizeof(long)"],
  ["#undef in the middle", "#define A 1\nA\n#undef A\nA\n#undef A", "1 A"],
  ["an unbalanced parenthesis from a macro", "#define LP (\n#define f(x) [x]\nf LP 1)", "f ( 1)"],
  ["the tail of an expansion takes arguments from the file", "#define f(a) a*g\n#define g(a) f(a)\nf(2)(9)", "2*9*g"],
  [
    "a paste that makes a macro's name",
    "#define EMPTY\n#define DEFER(x) x EMPTY\n#define EXPAND(x) x\n#define A() 1\nDEFER(A)() EXPAND(DEFER(A)())",
    "A () 1",
  ],
  ["pp-numbers are one token", "#define e 9\n0x1e+1 1e-e .5e 1..e", "0x1e+1 1e-e .5e 1..e"],
  [
    "__has_attribute and __has_builtin",
    "#if __has_attribute(always_inline) && __has_attribute(__packed__) && !__has_attribute(no_such) && __has_builtin(__builtin_memcpy) && !__has_builtin(__builtin_nonsense)\nyes\n#endif\n#ifdef __has_include\nyes\n#endif",
    "yes yes",
  ],
];

/** Tokens without the spaces between them. */
const squeeze = (text: string): string => text.replace(/^#.*$/gm, "").replace(/\s+/g, "");

const clang = ["clang-19", "clang"].find((name) => spawnSync(name, ["--version"]).status === 0);

describe("what is left after preprocessing", () => {
  test.each(cases)("%s", (_name, source, expected) => {
    const { text, messages } = preprocess(source, { ambient: {} });
    expect(messages.filter((m) => !m.includes("-W"))).toEqual([]);
    expect(text.replace(/\s+/g, " ").trim().replace(/ /g, "")).toBe(expected.replace(/ /g, ""));
  });

  test.skipIf(!clang).each(cases)("clang agrees: %s", (_name, source) => {
    const args = ["-E", "-P", "-x", "c", "-std=gnu2x", "-w", "-"];
    const theirs = execFileSync(clang!, args, { input: `${source}\n`, encoding: "utf8" });
    expect(squeeze(preprocess(source, { ambient: {} }).text)).toBe(squeeze(theirs));
  });
});

describe("files", () => {
  test("#include finds, nests, and counts levels", () => {
    const files = { "a.h": '#include "b.h"\na __INCLUDE_LEVEL__', "b.h": "b __INCLUDE_LEVEL__ __FILE__" };
    expect(preprocess('#include "a.h"\n#define H <b.h>\n#include H\nmain', { files }).text).toBe(
      'b 2 "b.h"\na 1\nb 1 "b.h"\nmain\n',
    );
  });

  test("#pragma once and include guards", () => {
    const files = { "o.h": "#pragma once\nonce", "g.h": "#ifndef G\n#define G\nguard\n#endif" };
    expect(preprocess('#include "o.h"\n#include "o.h"\n#include "g.h"\n#include "g.h"\n', { files }).text).toBe(
      "once\nguard\n",
    );
  });

  test("__has_include asks the host", () => {
    const source = '#if __has_include("a.h") && __has_include(<vmlinux.h>) && !__has_include(<no.h>)\nyes\n#endif';
    expect(preprocess(source, { files: { "a.h": "" } }).text).toBe("yes\n");
  });

  test("a built-in header is empty", () => {
    expect(preprocess("#include <bpf/bpf_helpers.h>\nx").text).toBe("x\n");
  });

  test("-D, -U and -include come first", () => {
    const defines = [
      { name: "A", value: "1" },
      { name: "F(x)", value: "x+x" },
      { name: "B", value: "2" },
    ];
    const setup = { defines, undefs: ["B"], forcedIncludes: ["f.h"], files: { "f.h": "forced A" } };
    expect(preprocess("A F(3) B", setup).text).toBe("forced 1\n1 3 +3 B\n");
  });
});

describe("warnings", () => {
  test.each([
    ["#define A 1\n#define A 2", "2:9 -Wmacro-redefined macro 'A' is defined again, differently"],
    ["#define A(x) x  +  1\n#define A(x) x + 1", undefined],
    ["#define A(x) x\n#define A(y) y", "2:9 -Wmacro-redefined macro 'A' is defined again, differently"],
    ["#warning mind the gap", "1:1 -Wcpp #warning mind the gap"],
    ["#ifdef A\n#endif A", "2:8 -Wextra-tokens what follows '#endif' on its line is ignored"],
    ["#ifndef NULL\n#define NULL 0\n#endif", undefined],
    ["#define NULL 0", undefined],
  ])("%s", (source, message) => {
    expect(preprocess(source).messages).toEqual(message === undefined ? [] : [message]);
  });
});
