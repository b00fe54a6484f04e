/** What clang takes and bpfasm must take, and what is refused with which code. */
import { describe, expect, test } from "vitest";
import { compile } from "../../../src/driver/compile.ts";
import { embeddedKernel } from "../../support/kernel.ts";

const kernel = embeddedKernel();
const codes = (source: string): string[] =>
  compile(`${source}\nchar LICENSE[] SEC("license") = "GPL";`, {
    kernel,
    fileName: "a.bpf.c",
    verify: false,
  }).diagnostics.map((d) => d.code);
const inProgram = (body: string): string =>
  `SEC("tc") int probe(struct __sk_buff *skb) { int a = skb->len, b = skb->mark; long l = skb->ifindex; static int *p; ${body}; return a + b + l; }`;

describe("at file scope", () => {
  test.each([
    ["int x[2] = {1, 2, 3};", ["-Wexcess-initializers"]],
    ["int x = {1, 2};", ["-Wexcess-initializers"]],
    ['char c[3] = "abcd";', ["-Wexcess-initializers"]],
    ["struct s { int a; } v = {1, {2, 3}};", ["-Wexcess-initializers"]],
    ["int x[2] = {[2] = 1};", ["E0224"]],
    ["unsigned long x = 10E9;", []],
    ["enum e : unsigned char { A = 300 };", ["E0229"]],
    ["int f(int n, int a[n]) { return a[0]; }", []],
    ["float f = 1.5;", ["E0222"]],
    ["const volatile int n = 4; int x[n];", ["E0223"]],
    ['int f(int a) asm("g");', []],
    ['static int f(int a) asm("g"); static int f(int a) { return a; } int h(int a) { return f(a); }', ["E0230"]],
  ])("%s", (source, expected) => expect(codes(source)).toEqual(expected));
});

describe("in a program", () => {
  test.each([
    ["a = __builtin_ffs(a) + __builtin_parityl(l) + __builtin_clrsb(b)", []],
    ["a = __builtin_sadd_overflow(a, b, &b)", []],
    ["int e = 1; a = __atomic_compare_exchange_n(p, &e, 2, 0, 5, 5) + e", []],
    ["a = __atomic_compare_exchange_n(p, 1, 2, 0, 5, 5)", ["E0203"]],
    ["const int n = 3; int v[n]; v[0] = a; b = v[0]; switch (a) { case n: b = 1; }", []],
    ["l += 1e9", ["E0222"]],
    ["a = l > 0.5", ["E0222"]],
    ["l = 1e9 * 60", []],
    ["l = a ? 1.0 : 2.0", ["E0222"]],
    ["double d = a", ["E0222"]],
    ['bpf_printk("%d", 1.5)', ["E0222"]],
  ])("%s", (body, expected) => expect(codes(inProgram(body))).toEqual(expected));
});

describe("a call through a pointer", () => {
  const one = "static int one(int x) { return x * 2; } static int two(int x) { return x * 3; }";
  test.each([
    ["int (*f)(int) = one; a = f(b)", []],
    ["int (*f)(int) = 1 ? one : two; a = (*f)(b)", []],
    ["struct { int (*f)(int); } ops = {one}; a = ops.f(b)", []],
    ["static int (*const table[])(int) = {one, two}; a = table[1](b)", []],
    ["static int (*never_written)(int) = two; a = never_written(b)", []],
    ["u64 (*now)(void) = bpf_ktime_get_ns; l = now()", []],
    ["int (*f)(int) = a ? one : two; b = f(l)", ["E0403"]],
    ["static int (*written)(int) = two; if (a) written = one; b = written(l)", ["E0403"]],
    ["int (*f)(int) = (void *)p; a = f(b)", ["E0403"]],
  ])("%s", (body, expected) => expect(codes(`${one}\n${inProgram(body)}`)).toEqual(expected));
});
