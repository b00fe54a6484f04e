/** Whose first value is folded: read in the instructions that are left of a program that returns it. */
import { describe, expect, test } from "vitest";
import { type Compilation, compile } from "../../../src/driver/compile.ts";
import { readObject } from "../../../src/elf/reader.ts";
import { embeddedKernel } from "../../support/kernel.ts";

const kernel = embeddedKernel("x86");
const made = (source: string): Compilation => compile(source, { kernel, fileName: "p.bpf.c", verify: false });

/** Whether the object has no variable `x`: every load of it was folded. */
function folds(source: string): boolean {
  const { object, diagnostics } = made(`${source}\nchar LICENSE[] SEC("license") = "GPL";`);
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return !readObject(object!).symbols.some(({ name }) => name === "x");
}

const program = (body: string): string => `SEC("raw_tp/sys_enter") int p(u64 *ctx) { ${body} }`;
const reads = program("return x;");

describe("a static variable that nothing writes is what it was at first", () => {
  test.each([
    ["a number", `static int x = 5; ${reads}`],
    ["zeros", `static int x; ${reads}`],
    ["a local", program("static int x = 3; return x;")],
    ["an element", `static int x[4] = { 1, 2, 3 }; ${program("return x[2];")}`],
    [
      "elements of a loop",
      `static int x[4] = { 1, 2, 3 }; ${program("int s = 0; for (int i = 0; i < 4; i++) s += x[i]; return s;")}`,
    ],
    ["a member", `static struct { int a; long b; } x = { 1, 2 }; ${program("return x.b;")}`],
    [
      "a copy",
      `struct s { int a; long b; }; static struct s x = { 1, 2 }; ${program("struct s y = x; return y.b + y.a;")}`,
    ],
    ["in a section of its own", `static int x __attribute__((section(".data.x"))) = 5; ${reads}`],
  ])("%s", (_, source) => expect(folds(source)).toBe(true));
});

describe("but it may change", () => {
  test.each([
    ["global", `int x = 5; ${reads}`],
    ["the loader's", `static const volatile int x = 5; ${reads}`],
    ["volatile", `static volatile int x = 5; ${reads}`],
    ["a volatile member", `static struct { volatile int a; } x = { 5 }; ${program("return x.a;")}`],
    ["used", `static int x __attribute__((used)) = 5; ${reads}`],
    ["used, as a second declaration says", `static int x; static int x __attribute__((used)); ${reads}`],
    ["retained", `static int x __attribute__((retain)) = 5; ${reads}`],
    ["of SEC", `static int x SEC(".data.x") = 5; ${reads}`],
    ["written by another", `static int x = 5; ${reads} SEC("raw_tp/sys_exit") int q(u64 *ctx) { x = *ctx; return 0; }`],
    ["counted", `static int x = 5; ${program("return x++;")}`],
    ["counted at once", `static int x = 5; ${program("return __sync_fetch_and_add(&x, 1);")}`],
    ["a written element", `static int x[4]; ${program("x[*ctx & 3] = 1; return x[0];")}`],
    [
      "a copied-to struct",
      `struct s { int a; long b; }; static struct s x, y; ${program("x = *(volatile struct s *)&y; return x.b;")}`,
    ],
    ["given to a helper", `static u64 x = 5; ${program("bpf_probe_read_kernel(&x, 8, ctx); return x;")}`],
    ["known by a pointer", `static int x = 5; int *volatile at = &x; ${reads}`],
    [
      "known by a static pointer",
      `static int x = 5; static int *at[2] = { 0, &x }; ${program("*at[*ctx & 1] = 3; return x;")}`,
    ],
    [
      "named in assembly",
      `static int x = 5; ${program('asm volatile("r1 = x ll; *(u32 *)(r1 + 0) = r1" ::: "r1", "memory"); return x;')}`,
    ],
    [
      "an operand of assembly",
      `static int x = 5; ${program('asm volatile("*(u32 *)(%0 + 0) = %0" :: "r"(&x) : "memory"); return x;')}`,
    ],
    [
      "named by a naked function",
      `static int x = 5; ${reads} __attribute__((naked)) SEC("raw_tp/sys_exit") int q(void *ctx) { asm volatile("r1 = %[x] ll; r0 = 0; *(u32 *)(r1 + 0) = r0; exit" :: [x]"i"(&x)); }`,
    ],
  ])("%s", (_, source) => expect(folds(source)).toBe(false));
});

test("what is used stays, though no code names it", () => {
  expect(folds(`static int x __attribute__((used)); ${program("return 0;")}`)).toBe(false);
  expect(folds(`static int x; ${program("return 0;")}`)).toBe(true);
});
