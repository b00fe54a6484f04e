/** No instruction in an object is newer than `-mcpu` allows, with and without optimisation. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compile } from "../../../src/driver/compile.ts";
import type { Insn } from "../../../src/isa/insn.ts";
import { cpuVersion } from "../../../src/isa/ops.ts";
import { embeddedKernel } from "../../support/kernel.ts";

const kernel = embeddedKernel("x86");
const cpus = ["v1", "v2", "v3", "v4"] as const;

/** Something of everything that later levels have instructions for. */
const everything = `
long wide; int narrow; signed char tiny; unsigned short half; int table[16];
static __noinline int signs(signed char a, short b, int c) { return a + b + (c < -3) + (a > c) + -b; }
static __noinline long moves(int a, unsigned b, long c) { return (signed char)a + (short)b + (int)c + (c >> 3) + -a; }
static __noinline u32 words(u32 a, u32 b) { return a / (b | 1) + a % (b | 1) + (a << 3) + (a >> b) + (int)a * 3; }
SEC("tc")
int probe(struct __sk_buff *skb)
{
    u32 a = skb->len, b = skb->mark;
    long sum = 0;

    for (u32 i = 0; i < 16; i++)
        if (a <= i || (int)b < (int)i)
            sum += table[i] & 7;
    if (b < a && (long)a <= wide)
        sum += __builtin_bswap32(a) + __builtin_bswap64(wide) + __builtin_bswap16(half);
    narrow = 3;
    wide = -1;
    __sync_fetch_and_add(&narrow, 1);
    sum += __sync_fetch_and_add(&wide, 2) + __sync_val_compare_and_swap(&wide, 1, 2);
    return sum + signs(tiny, half, a) + moves(a, b, sum) + words(a, b) + (a ? tiny : narrow);
}
char LICENSE[] SEC("license") = "GPL";
`;

const examples = readdirSync("examples", { recursive: true, encoding: "utf8" })
  .filter((name) => /\.bpf(\.c)?$/.test(name))
  .map((name) => ({ name, source: readFileSync(`examples/${name}`, "utf8") }));

/**
 * Every kernel takes atomic operations on 8 bytes and stores of constants, though LLVM keeps the latter to v4. clang
 * makes the former at every level too.
 */
const allowed = (insn: Insn): number =>
  (insn.kind === "atomic" && insn.size === 8) || (insn.kind === "store" && "imm" in insn.src) ? 1 : cpuVersion(insn);

describe.each(cpus)("-mcpu=%s", (cpu) => {
  test.each([0, 2] as const)("at level %d", (level) => {
    for (const { name, source } of [{ name: "everything", source: everything }, ...examples]) {
      const made = compile(source, { kernel, cpu, level, verify: false });
      expect(
        made.diagnostics.filter((d) => d.severity === "error").map((d) => d.text),
        name,
      ).toEqual([]);
      const insns = made.subprogs.flatMap((s) => s.lines.flatMap(({ insn }) => ("kind" in insn ? [insn as Insn] : [])));
      expect(insns.length, name).toBeGreaterThan(0);
      expect(
        insns.filter((insn) => allowed(insn) > Number(cpu.slice(1))),
        name,
      ).toEqual([]);
    }
  });
});

const narrow = (call: string) => `
int n;
SEC("tc")
int probe(struct __sk_buff *skb) { return ${call}; }
char LICENSE[] SEC("license") = "GPL";
`;

test.each([
  ["__sync_fetch_and_add(&n, 1)", ["v1", "v2"]],
  ["__sync_lock_test_and_set(&n, 1)", ["v1", "v2"]],
  ["__sync_val_compare_and_swap(&n, 1, 2)", ["v1", "v2"]],
  ["(__sync_fetch_and_xor(&n, 1), 0)", ["v1", "v2"]],
  ["(__sync_fetch_and_add(&n, 1), 0)", []],
] as const)("%s is refused where there is no such instruction", (call, refusing) => {
  const refused = cpus.filter((cpu) =>
    compile(narrow(call), { kernel, cpu, verify: false }).diagnostics.some((d) => d.code === "E0443"),
  );
  expect(refused).toEqual(refusing);
});
