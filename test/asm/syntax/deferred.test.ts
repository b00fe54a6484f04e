/** Large headers: skimmed and parsed where used, they mean what they mean parsed whole. */
import { describe, expect, test } from "vitest";
import type { DeferredSource, ExternalItem } from "../../../src/asm/syntax/ast.ts";
import { parse } from "./harness.ts";
import { showItem } from "./sexpr.ts";

const deferred = (items: readonly ExternalItem[]): DeferredSource | undefined =>
  items.flatMap((i) => (i.kind === "deferred" ? [i.source] : []))[0];

function skim(header: string, before = "") {
  const parsed = parse(`${before}\n#include "big.h"\nint after;\n`, {
    files: { "big.h": header },
    limits: { deferredLength: 0 },
  });
  return { ...parsed, source: deferred(parsed.unit.items) };
}

describe("what a declaration declares", () => {
  test.each([
    ["struct a { int x; };", [], ["a"]],
    ["struct a {\n\tint x;\n};", [], ["a"]],
    ["struct __attribute__((packed)) a { int x; } __attribute__((aligned(8)));", [], ["a"]],
    [
      "union u { struct inner { int y; } i; enum e { E1, E2 = (1 << 3), E3 } k; };",
      ["E1", "E2", "E3"],
      ["u", "inner", "e"],
    ],
    ["enum { A = 1, B = -2,\n C };", ["A", "B", "C"], []],
    ["enum t {\n\tA = 1,\n\tB = 2,\n};", ["A", "B"], ["t"]],
    ["typedef struct s { int c; } s_t;", ["s_t"], ["s"]],
    ["typedef unsigned int word;", ["word"], []],
    ["typedef struct s *ptr;", ["ptr"], []],
    ["typedef int arr[3][4];", ["arr"], []],
    ["typedef void (*fn)(struct s *, int);", ["fn"], []],
    ["typedef int fun(void *, int);", ["fun"], []],
    ["typedef foo (*row)[3];", ["row"], []],
    ['extern int f(struct s *p) __attribute__((section(".ksyms")));', ["f"], []],
    ["struct s *g(int a, const char *b);", ["g"], []],
    ["extern const int v[4];", ["v"], []],
    ["static long (* const f)(struct s *p, const void *q) = (void *) 7;", ["f"], []],
    ["static struct s *(*const f)(void) = (void*)7;", ["f"], []],
    ["/* { */ struct a { /* } */ int x; // }\n };", [], ["a"]],
  ])("%s", (text, names, tags) => {
    const { source, codes } = skim(text, "typedef int foo;");
    expect(codes).toEqual([]);
    expect([...(source?.names() ?? [])].sort()).toEqual([...names].sort());
    for (const tag of tags) expect(source?.tag(tag), tag).toBeDefined();
  });
});

test("constants like libbpf's helpers are skimmed in headers of every size", () => {
  const header = `
#define __fast __attribute__((bpf_fastcall))
static inline int one(void) { return 1; }
/* a helper */
static void *(* const look_up)(void *map, const void *key) = (void *) 1;

/* another */
static __fast long (* const now)(void) = (void *) 5;
struct s { int x; };
`;
  const { unit, codes } = parse('#include "small.h"\nint after;\n', { files: { "small.h": header } });
  expect(codes).toEqual([]);
  expect([...(deferred(unit.items)?.names() ?? [])].sort()).toEqual(["look_up", "now"]);
  expect(unit.items.map(({ kind }) => kind)).toEqual(["function", "deferred", "declaration", "declaration"]);
});

test.each([
  ["a definition", "int x = 1;"],
  ["a pointer that is no constant", "static long (*f)(void) = (void *) 7;"],
  ["a constant of the object", "long (*const f)(void) = (void *) 7;"],
  ["a pointer to data", "static long *const p = (void *) 7;"],
  ["a tentative one", "int x;"],
  ["a function", "static inline int f(void) { return 0; }"],
  ["two declarators", "typedef int a, *b;"],
  ["a macro that may be anything", "#define D(x) int x\nD(y);"],
  ["a declarator in parentheses", "typedef int (name);"],
  ["typeof", "typedef typeof(1) name;"],
  ["a directive inside", "struct a {\n#ifdef X\nint x;\n#endif\nint y;\n};"],
  ["a renamed tag", "#define a b\nstruct a { int x; };"],
  ["an enumerator that is a macro", "#define A B\nenum { A };"],
  ["a static assertion", '_Static_assert(1, "");'],
])("%s is read by the grammar", (_what, text) => {
  const { source, unit, codes } = skim(text);
  expect(codes).toEqual([]);
  expect(source).toBeUndefined();
  expect(unit.items.length).toBe(2);
});

test("macros and packing are those of the place", () => {
  const { source, files } = skim(
    "#define W int\n#pragma pack(1)\nstruct a { W x; };\n#undef W\n#define W long\n#pragma pack()\nstruct b { W x; };\n#undef W\n",
  );
  expect(files.files.length).toBeGreaterThan(1);
  const of = (tag: string) => source!.parse(source!.tag(tag)!.chunk).map(showItem).join(" ");
  expect(of("a")).toMatch(/packed|aligned|pack/);
  expect(of("a")).toContain("int");
  expect(of("b")).toContain("long");
  expect(of("b")).not.toMatch(/pack/);
});

test("types of a skimmed header are types to the grammar", () => {
  const { codes } = parse('#include "big.h"\nint f(void) { word x = 1; A * x; return sizeof(word) + (word)2; }\n', {
    files: { "big.h": "typedef unsigned int word;\nenum { A = 3 };\n" },
    limits: { deferredLength: 0 },
  });
  expect(codes).toEqual([]);
});

test("skimming costs no more than a header is long", () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `#define M${i} ${i}\nextern int v${i};\n`);
  const start = performance.now();
  skim(lines.join(""));
  expect(performance.now() - start).toBeLessThan(8000);
});
