import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse, preprocess } from "./harness.ts";

const soup = fc.constantFrom(
  ..."( ) { } [ ] ; , : ? . -> ... * & && + - ++ -- ! ~ = += == < << # ## \n \\\n \" ' /* */ // @".split(" "),
  ..."int void struct union enum u32 typedef static const if else while for do switch case default return goto".split(
    " ",
  ),
  ..."sizeof typeof __attribute__((x)) asm volatile _Generic __builtin_offsetof __auto_type __extension__ x y f 1 0x2 'c'".split(
    " ",
  ),
  ...['"s"', "SEC(x)", "BPF_PROG(", "min(", "NULL", "ETH_P_IP", "bpf_printk("],
  ...[
    "\n#define x y\n",
    "\n#define f(x) x f(x ## y)\n",
    "\n#if 1\n",
    "\n#if (\n",
    "\n#else\n",
    "\n#endif\n",
    "\n#pragma unroll\n",
  ],
  ...[
    "\n#define",
    "\n#include",
    "\n#pragma pack(",
    "\n#pragma clang attribute push (",
    "\n#pragma clang attribute pop\n",
    "_Pragma(",
  ],
);

describe("any text is read or refused, never more", () => {
  test("random tokens", () => {
    fc.assert(
      fc.property(fc.array(soup, { maxLength: 60 }), (words) => {
        const { unit, sink } = parse(words.join(" "), { limits: { nesting: 40 } });
        expect(unit.items.length + sink.diagnostics.length).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 2000 },
    );
  });

  test("random characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => void parse(text)),
      { numRuns: 500 },
    );
  });

  test("a program with a token dropped, doubled or swapped", () => {
    const program =
      'struct s { int a : 3; u32 *b; } v = { .a = 1 }; SEC("fentry/f") int BPF_PROG(p, struct s *q) { for (int i = 0; i < 3; i++) ' +
      'if (q->a) bpf_printk("%d", min(i, 2)); else switch (i) { case 1 ... 2: goto out; } out: return sizeof(struct s); }';
    const tokens = program.split(/(?<=\W)|(?=\W)/);
    const at = fc.nat(tokens.length - 1);
    fc.assert(
      fc.property(at, at, fc.constantFrom("drop", "double", "swap"), (i, j, how) => {
        const copy = [...tokens];
        if (how === "drop") copy.splice(i, 1);
        else if (how === "double") copy.splice(i, 0, copy[i]!);
        else [copy[i], copy[j]] = [copy[j]!, copy[i]!];
        parse(copy.join(""));
      }),
      { numRuns: 500 },
    );
  });
});

describe("limits", () => {
  const deep = 100_000;
  test.each([
    ["parentheses", `int x = ${"(".repeat(10_000_000)}`],
    ["brackets", `int x = a${"[a".repeat(deep)}`],
    ["calls", `int x = ${"f(".repeat(deep)}`],
    ["blocks", `void f(void) ${"{".repeat(deep)}`],
    ["ifs", `void f(void) { ${"if (a) ".repeat(deep)}`],
    ["loops", `void f(void) { ${"for (;;) ".repeat(deep)}`],
    ["initialisers", `int x[] = ${"{".repeat(deep)}`],
    ["declarators", `int ${"(".repeat(deep)}`],
    ["pointers", `int ${"*".repeat(deep)}p;`],
    ["arrays", `int a${"[1]".repeat(deep)};`],
    ["structs", "struct { ".repeat(deep)],
    ["parameters", `int f${"(int g".repeat(deep)}`],
    ["prefixes", `int x = ${"!".repeat(deep)}1;`],
    ["casts", `int x = ${"(int)".repeat(deep)}1;`],
    ["sizeofs", `int x = ${"sizeof ".repeat(deep)}1;`],
    ["conditionals", `int x = ${"a ? ".repeat(deep)}`],
    ["a long sum", `int x = 1${"+1".repeat(deep)};`],
    ["a long chain", `int x = a${"->a".repeat(deep)};`],
    ["statement expressions", `int x = ${"({".repeat(deep)}`],
    ["typeofs", `${"typeof(".repeat(deep)}`],
    ["generics", `int x = ${"_Generic(".repeat(deep)}`],
    ["macro arguments", `#define f(x) x\nint x = ${"f(".repeat(3000)}1${")".repeat(3000)};`],
  ])("%s", (_what, text) => {
    const { messages } = parse(text);
    expect(messages.length).toBe(1);
    expect(messages[0]).toMatch(/E0155 nested more than (256|2048) levels deep$/);
  });

  test("attributes in attributes", () => {
    expect(parse("__attribute__((x(".repeat(deep)).codes.length).toBe(1);
  });

  test("nesting in a condition", () => {
    expect(preprocess(`#if ${"(".repeat(deep)}\n#endif`).messages[0]).toContain("E0138");
    expect(preprocess(`#if ${"!".repeat(deep)}1\n#endif`).messages[0]).toContain("E0138");
    expect(preprocess(`#if ${"1 ? ".repeat(deep)}1\n#endif`).messages[0]).toContain("E0138");
  });

  test("a file that includes itself", () => {
    expect(parse('#include "a.h"', { files: { "a.h": '#include "a.h"\n' } }).codes).toEqual(["E0137"]);
  });

  test("macros that double", () => {
    const lines = Array.from({ length: 60 }, (_, i) => `#define M${i + 1} M${i} M${i}`);
    expect(parse(`#define M0 int x;\n${lines.join("\n")}\nM60`).codes).toEqual(["E0129"]);
  });

  test("a file that is too long, or no text", () => {
    expect(parse("int x;".repeat(10), { limits: { fileLength: 50 } }).codes).toEqual(["E0109"]);
    expect(parse("\x7fELF\0\0").codes).toEqual(["E0110"]);
  });
});
