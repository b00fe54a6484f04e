import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defaultLimits } from "../../../src/asm/syntax/input.ts";
import { KnownHeaders } from "../../../src/asm/syntax/known-headers.ts";
import { KnownSkims, NO_STATE } from "../../../src/asm/syntax/known-skims.ts";
import type { FileId } from "../../../src/support/span.ts";
import { parse, type Setup } from "./harness.ts";

/** Headers in which much depends on what was defined and declared before them. */
const files: Readonly<Record<string, string>> = {
  "base.h": `#ifndef BASE_H
#define BASE_H
typedef int base_t; /* a */ typedef unsigned long word;
#define ATTR __attribute__((unused))
#define LEN 4
#define GROUP "x" # y
struct pair { base_t a; word b[LEN]; } ATTR;
enum { ONE = LEN, TWO };
;
static inline int twice(base_t v) { return v * (word)LEN; }
#endif
`,
  "more.h": `#include "base.h"
#if defined(WIDE) && LEVEL > 1
typedef word value;
#elif defined(NARROW)
typedef char value;
#else
#define value base_t
#endif
#ifdef LEN
int lens[LEN];
#else
int *lens;
#endif
#define JOIN(a, b) a##b /* pasted */
int JOIN(more, LEVEL)(value v), line = __LINE__;
static int use(value v) { base_t(x); return (value)-v * twice(v) + sizeof(struct pair); }
#undef LEN
int LEN;
int lv[] = { LEVEL }; int nulls = min(1, 2) + ETH_P_IP;
#if LEVEL
#else extra
#endif
`,
  "plain.h": `base_t (*call)(value);
struct s {
#ifdef WIDE
  word w;
#endif
  SEC(x) int m;
} SEC("y");
struct inside {
#ifdef WIDE
  word w;
#endif
  int z;
};
int min(int min) { return min; }
enum { NULL_ = min(1, 2), barrier };
#pragma pack(1)
struct packed { int a; };
#pragma pack()
const char *name = NAME;
int broken = 'ab\\q';
T (t);
enum e { min = 1, ETH_P_IP };
_Pragma("unroll") int last; int over = 99999999999999999999999;
`,
};

const line = fc.constantFrom(
  ...[
    ...Object.keys(files).map((name) => `#include "${name}"`),
    "#define WIDE",
    "#define NARROW 1",
    "#undef WIDE",
    "#define NULL 0",
    "int ETH_P_IP;",
    "#define LEVEL 2",
    "#define LEVEL LEN",
    "#define LEN 8",
    "#define NAME #x",
    '#define NAME "n" SEC',
    "#define word short",
    "#define int long",
    "typedef int base_t;",
    "typedef long value;",
    "int value;",
    "typedef int T;",
    "int T(int);",
    "int min; int SEC;",
    "#pragma pack(2)",
    "#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)",
    "#pragma clang attribute pop",
    "struct open {",
    "}; f(",
    "#if 0",
    "#endif",
  ],
);

/** Tree and reports, with the names of files for their numbers. */
function shown(text: string, setup: Setup): string[] {
  const { unit, sink, files: read } = parse(text, { files, ...setup });
  const plain = (key: string, value: unknown) => {
    if (key === "file") return read.file(value as FileId).name;
    return typeof value === "bigint" ? `${value}n` : value instanceof Uint8Array ? [...value] : value;
  };
  return [...unit.items, ...sink.diagnostics].map((one) => JSON.stringify(one, plain));
}

/** What the skimmed part of a program's headers declares: each name, and the tree that is parsed for it. */
function skimmed(text: string, setup: Setup): string[] {
  const { unit, files: read } = parse(text, setup);
  const plain = (key: string, value: unknown) =>
    key === "file" ? read.file(value as FileId).name : typeof value === "bigint" ? `${value}n` : value;
  return unit.items.flatMap((item) => {
    if (item.kind !== "deferred") return [JSON.stringify(item, plain)];
    const chunks = [...item.source.names()].map((name) => item.source.ordinary(name)!);
    const tags = ["s", "t", "e"].map((name) => item.source.tag(name));
    return [JSON.stringify([item.end, tags, chunks.map((chunk) => item.source.parse(chunk))], plain)];
  });
}

const differing = (a: readonly string[], b: readonly string[]) => {
  const i = a.findIndex((one, k) => one !== b[k]);
  return i === -1 && a.length === b.length ? undefined : [a[i], b[i], a.length, b.length];
};

describe("headers that were read before", () => {
  test("give the tree and the reports that reading them anew gives", () => {
    const program = fc.array(line, { maxLength: 9 }).map((lines) => `${lines.join("\n")}\nint end;\n`);
    fc.assert(
      fc.property(fc.array(program, { minLength: 1, maxLength: 4 }), fc.boolean(), (programs, wide) => {
        const defines = wide ? [{ name: "LEVEL", value: "3" }] : [];
        for (const one of [...programs, ...programs, ...programs])
          expect(differing(shown(one, { defines }), shown(one, { defines, limits: {} }))).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });
});

/** A header, and two programs to which it means something else. */
const twoMeanings: Readonly<Record<string, readonly [header: string, one: string, other: string]>> = {
  "a macro of the program": ["int a[N];", "#define N 2\n#include <h>", "#define N 3\n#include <h>"],
  "a macro inside of a macro": ["#define M N\nint a[M];", "#define N 2\n#include <h>", "#define N 3\n#include <h>"],
  "a name that is a type": ["int f(T (x));", "typedef int T;\n#include <h>", "#include <h>"],
  "a name in a cast": ["int a = (T) - 1;", "typedef int T;\n#include <h>", "int T;\n#include <h>"],
  "a kernel's type": ["u32 a;", "#include <h>", "int u32;\n#include <h>"],
  "an ambient macro": ["int a = NULL;", "#include <h>", "int NULL;\n#include <h>"],
  "an ambient macro defined": ["int a = NULL;", "#include <h>", "#define NULL 1\n#include <h>"],
  "an #if of a value": ["#if N > 2\nint a;\n#endif", "#define N 2\n#include <h>", "#define N 3\n#include <h>"],
  "an #if of an ambient macro": ["#if ETH_P_IP\nint a;\n#endif", "#include <h>", "int ETH_P_IP;\n#include <h>"],
  "an #else": ["#if A\nint a;\n#elif B\nint b;\n#else\nint c;\n#endif", "#include <h>", "#define B 1\n#include <h>"],
  "an #else behind a group": ["#ifdef A\nint a;\n#else\nint c;\n#endif", "#include <h>", "#define A 1\n#include <h>"],
  "a directive inside": ["struct s {\n#ifdef A\nint a;\n#endif\n};", "#include <h>", "#define A\n#include <h>"],
  "#pragma pack": ["struct s { int a; };", "#include <h>", "#pragma pack(1)\n#include <h>"],
  "a name declared by it": ["typedef int T;\nint a = (T) - 1;", "#include <h>", "int T;\n#include <h>"],
  "a redefinition": ["#define N 2 /* two */\n", "#include <h>", "#define N 3\n#include <h>"],
  "an end in a macro": ["#define E ; int b\nint a E;\nint c E2", "#define E2 ;\n#include <h>", "#include <h>\n, d;"],
  "an end in the next file": ["int a", "#include <h>\n;", "#include <h>\n, b;"],
};

describe("a header means to each program what it says there", () => {
  test.each(Object.entries(twoMeanings))("%s", (name, [header, one, other]) => {
    const setup = { files: { h: `/* ${name} */ ${header}\n` } };
    for (const program of [one, one, one, other, other, one])
      expect(shown(program, setup)).toEqual(shown(program, { ...setup, limits: {} }));
  });

  test("and what it says twice is two trees", () => {
    const setup = { files: { h: "struct { int twice; } *p;\n" } };
    for (let i = 0; i < 4; i++) {
      const { items } = parse("#include <h>\n#include <h>\n", setup).unit;
      expect(items).toHaveLength(2);
      expect(items[0]).not.toBe(items[1]);
    }
  });

  test("and a declaration is parsed once where it means the same", () => {
    const setup = { files: { h: "#define N 2\nstruct once { int a[N]; };\n" } };
    const [, second, third] = [1, 2, 3].map(() => parse("#include <h>\n", setup).unit.items[0]);
    expect(third).toBe(second);
  });
});

/** Long enough to be skimmed. */
const padding = `/* ${"-".repeat(defaultLimits.deferredLength)} */`;

/** A skimmed header, and two programs to which it means something else. */
const twoSkims: Readonly<Record<string, readonly [header: string, one: string, other: string]>> = {
  "a macro among members": ["struct s { int a; };\nint f(void);", "#include <h>", "#define a b; int c\n#include <h>"],
  "a macro for a tag": ["struct s { int a; };\nstruct t { struct s s; };", "#include <h>", "#define t u\n#include <h>"],
  "an attribute": ["int f(void) A;\nint g(void);", "#define A __attribute__((pure))\n#include <h>", "#include <h>"],
  "its own macros": [
    "#ifndef N\n#define N 2\n#endif\nenum e { E = N };\n#define M 1\ntypedef int t[N];",
    "#include <h>",
    "#define N 3\n#include <h>",
  ],
  packing: ["struct s { char a; int b; };", "#include <h>", "#pragma pack(1)\n#include <h>"],
  "a helper declared before": [
    "static int (*const call)(void) = (void *) 1;\nint f(void);",
    "#include <h>",
    "static int (*const call)(void);\n#include <h>",
  ],
};

describe("a skimmed header means to each program what it says there", () => {
  test.each(Object.entries(twoSkims))("%s", (name, [header, one, other]) => {
    const setup = { files: { h: `/* ${name} */ ${padding}\n${header}\n` } };
    for (const program of [one, one, one, other, other, other, one])
      expect(skimmed(program, setup)).toEqual(skimmed(program, { ...setup, limits: {} }));
  });

  test("and is not searched again where it says the same", () => {
    const skims = new KnownSkims("int a, b;");
    expect(skims.next(0, "c", null)).toBe(0);
    const undefinedB = skims.next(0, "b", null);
    expect(skims.next(0, "b", null)).toBe(undefinedB);
    expect(skims.next(undefinedB, "a", null)).not.toBe(undefinedB);
    expect(skims.next(NO_STATE, "a", null)).toBe(NO_STATE);
  });
});

describe("KnownHeaders", () => {
  test("knows a header from the second time on, and another text as another header", () => {
    const headers = new KnownHeaders();
    expect(headers.meet("a.h", "int a;", "x86")).toBeUndefined();
    const known = headers.meet("a.h", "int a;", "x86");
    expect(headers.meet("a.h", `int${" "}a;`, "x86")).toBe(known);
    expect(headers.meet("a.h", "int a;", "arm64")).toBeUndefined();
    expect(headers.meet("a.h", "int b;", "x86")).toBeUndefined();
    expect(headers.meet("a.h", "int a;", "x86")).toBeUndefined();
    expect(headers.meet("a.h", "int a;", "x86")?.file.id).not.toBe(known?.file.id);
  });

  test("forgets the oldest where there are too many", () => {
    const headers = new KnownHeaders();
    const large = " ".repeat(1 << 22);
    for (let i = 0; i < 20; i++) headers.meet(`${i}.h`, large, "x86");
    expect(headers.meet("0.h", large, "x86")).toBeUndefined();
    expect(headers.meet("19.h", large, "x86")).toBeDefined();
  });
});
