/** Memory functions: with lengths that only inlining makes constant, over objects that overlap, and too long ones. */
import { describe, expect, test } from "vitest";
import { checkSsa } from "../../../src/asm/ir/check.ts";
import { optimise } from "../../../src/asm/ir/optimise.ts";
import { parseProgram } from "../../../src/asm/ir/parse.ts";
import { compile } from "../../../src/driver/compile.ts";
import { embeddedKernel } from "../../support/kernel.ts";
import { run } from "./interpreter.ts";

/** A program that calls `name` with a length that its callee is given; `a` and `b` are globals of arbitrary bytes. */
const program = (name: string, ty: string, length: number, second: string, align: number) =>
  parseProgram(`
    static always some(ptr, i64) i64
    b0:
    %1 = param ptr 0
    %2 = param i64 1
    %3 = addr global a
    ${second}
    %6 = const i64 ${align}
    %7 = call ${ty} function __builtin_${name}(%1, %4, %2, %6)
    ${ty === "void" ? "%8 = const i64 0" : "%8 = sext i64 32 %7"}
    ret %8

    global never main() i64 section "fentry/f"
    b0:
    %1 = addr global a
    %5 = const i64 3
    %2 = add ptr %1, %5
    %3 = const i64 ${length}
    %4 = call i64 function some(%2, %3)
    ret %4`);

const outcome = (name: string, ty: string, length: number, second: string, level: 0 | 2, align = 1) => {
  const made = optimise(program(name, ty, length, second, align), { level, check: true });
  for (const fn of made.functions) checkSsa(fn, "the test");
  const { result, trace } = run(made, "main");
  const a = trace.find((line) => line.startsWith("a=")) ?? "a=";
  return { result: BigInt.asIntN(32, result!), bytes: a.slice(2).split(",").map(Number) };
};

/** What the interpreter has in a global of one letter. */
const before = Array.from({ length: 64 }, (_, i) => (i * 37 + 1) & 0xff);

describe.each([0, 2] as const)("at level %i", (level) => {
  test("memmove of objects that overlap", () => {
    for (const length of [1, 5, 16, 31]) {
      const want = [...before];
      want.copyWithin(3, 0, length);
      expect(outcome("memmove", "void", length, "%4 = addr global a", level).bytes).toEqual(want);
    }
  });

  test("memset, of a constant and of a value", () => {
    for (const byte of ["%4 = const i32 7", "%9 = const i32 7\n%4 = opaque i32 %9"]) {
      const want = [...before].fill(7, 3, 3 + 13);
      expect(outcome("memset", "void", 13, byte, level).bytes).toEqual(want);
    }
  });

  test("memcmp", () => {
    const other = "%9 = const i64 3\n%4 = add ptr %3, %9";
    expect(outcome("memcmp", "i32", 13, other, level).result).toBe(0n);
    expect(outcome("memcmp", "i32", 0, "%4 = addr global a", level).result).toBe(0n);
    expect(outcome("memcmp", "i32", 13, "%4 = addr global a", level).result).toBe(before[3]! < before[0]! ? -1n : 1n);
  });
});

test.each([
  "memcpy(to, from, n)",
  "memmove(to, from, n)",
  "memset(to, 1, n)",
  "if (memcmp(to, from, n) == 0) return 1",
])("%s waits for inlining, and says so where it waits in vain", (call) => {
  const source = (n: string): string => `
      char LICENSE[] SEC("license") = "GPL";
      u64 a[4], b[4];
      static __always_inline int some(void *to, void *from, u64 n) { ${call.replace(/mem/, "__builtin_mem")}; return 0; }
      SEC("tracepoint/syscalls/sys_enter_getpid") int probe(void *ctx) { return some(a, b, ${n}); }`;
  const codes = (n: string): readonly string[] =>
    compile(source(n), { kernel: embeddedKernel() }).diagnostics.map((d) => d.code);
  expect(codes("12")).toEqual([]);
  expect(codes("bpf_get_prandom_u32() & 15")).toEqual(["E0409"]);
});
