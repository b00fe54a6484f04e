/** Which stack objects may lie in one place, and that programs need no more stack than their scopes ask for. */
import { describe, expect, test } from "vitest";
import { parseIr } from "../../../src/asm/ir/parse.ts";
import { shareSlots } from "../../../src/asm/ir/passes/share-slots.ts";
import { compile } from "../../../src/driver/compile.ts";
import { embeddedKernel } from "../../support/kernel.ts";
import { through } from "./through.ts";

const two = "s0: 16 align 8 a\ns1: 8 align 4 b";
const given = "%1 = slot s0\n%2 = slot s1\n%3 = const i64 1\n%5 = const i64 0";

/** Sizes of the stack objects that are left. */
function left(body: string, slots = two): number[] {
  const made = through(`global auto f() i64\n${slots}\nb0:\n${given}\n${body}`, shareSlots);
  expect(made.blocks.flatMap((block) => block.insts).filter((inst) => inst.op === "end")).toEqual([]);
  return made.slots.map((slot) => slot.size);
}

describe("share-slots", () => {
  test.each([
    ["passed to calls, ended between", "call void helper 1(%1)\nend s0\ncall void helper 1(%2)\nend s1\nret %3", [16]],
    ["passed to calls, never ended", "call void helper 1(%1)\ncall void helper 1(%2)\nret %3", [16, 8]],
    [
      "passed to calls, ended too late",
      "call void helper 1(%1)\ncall void helper 1(%2)\nend s0\nend s1\nret %3",
      [16, 8],
    ],
    [
      "accessed by name one after the other",
      "store u64 [%1], %3\n%6 = load i64 u64 [%1]\nstore u64 [%2], %6\n%7 = load i64 u64 [%2]\nret %7",
      [16],
    ],
    [
      "accessed by name in turns",
      "store u64 [%1], %3\nstore u64 [%2], %3\n%6 = load i64 u64 [%1]\n%7 = load i64 u64 [%2]\nret %7",
      [16, 8],
    ],
    ["one copied to the other", "fill [%1], 0, 8 align 8\ncopy [%2], [%1], 8 align 4\nret %3", [16, 8]],
    [
      "a computed address keeps its object",
      "%6 = opaque i64 %5\n%7 = add ptr %1, %6\nstore u64 [%7], %3\nstore u64 [%2], %3\n%8 = load i64 u64 [%7]\n%9 = load i64 u64 [%2]\nret %8",
      [16, 8],
    ],
    ["an address kept in memory", "store u64 [%2], %1\nend s0\ncall void helper 1(%2)\nret %3", [16, 8]],
    [
      "an address kept in memory that ends",
      "%6 = addr global g\nstore u64 [%6], %1\nend s0\ncall void helper 1(%2)\nret %3",
      [16],
    ],
    [
      "either way of a branch",
      "br eq %3, %5, b10, b11\nb10:\ncall void helper 1(%1)\njump b12\nb11:\ncall void helper 1(%2)\njump b12\nb12:\nret %3",
      [16],
    ],
    [
      "either way, and both behind",
      "br eq %3, %5, b10, b11\nb10:\ncall void helper 1(%1)\njump b12\nb11:\ncall void helper 1(%2)\njump b12\nb12:\ncall void helper 1(%1)\nret %3",
      [16, 8],
    ],
    [
      "an address chosen by a phi",
      "br eq %3, %5, b10, b11\nb10:\njump b11\nb11:\n%6 = phi ptr b0: %1, b10: %2\nstore u64 [%1], %3\nstore u64 [%6], %3\n%7 = load i64 u64 [%1]\nret %7",
      [16, 8],
    ],
    [
      "in a loop, ended in each round",
      "jump b10\nb10:\nstore u64 [%2], %3\n%6 = load i64 u64 [%2]\nend s1\nstore u64 [%1], %6\n%7 = load i64 u64 [%1]\nend s0\nbr eq %7, %6, b10, b11\nb11:\nret %3",
      [16],
    ],
    [
      "read in the next round of a loop",
      "jump b10\nb10:\n%6 = load i64 u64 [%2]\nstore u64 [%1], %6\n%7 = load i64 u64 [%1]\nstore u64 [%2], %7\nbr eq %7, %6, b10, b11\nb11:\nret %3",
      [16, 8],
    ],
  ])("%s", (_, body, want) => {
    expect(left(body)).toEqual(want);
  });

  test("the shared object has the greatest alignment", () => {
    const text = `global auto f() i64\ns0: 16 align 4 a\ns1: 8 align 8 b\nb0:\n${given}\ncall void helper 1(%1)\nend s0\ncall void helper 1(%2)\nret %3`;
    expect(shareSlots.run(parseIr(text)).slots).toMatchObject([{ size: 16, align: 8 }]);
  });
});

describe("stack of a program", () => {
  const kernel = embeddedKernel();
  const stackOf = (body: string, before = "", level: 0 | 2 = 2): number | undefined => {
    const made = compile(
      `char LICENSE[] SEC("license") = "GPL";\n${before}\nSEC("kprobe/icmp_rcv") int probe(struct pt_regs *ctx)\n{\n${body}\nreturn 0;\n}`,
      { kernel, level },
    );
    expect(made.diagnostics.filter((d) => d.severity === "error")).toEqual([]);
    return made.subprogs.find((subprog) => subprog.name === "probe")?.stackSize;
  };
  const read = (n: number): string => `{ char buf[${n}] = {}; bpf_probe_read_kernel(buf, ${n}, (void *)ctx->sp); }`;

  test.each([
    ["blocks side by side", read(200) + read(200) + read(100), "", 200],
    [
      "a block left by break",
      `for (int i = 0; i < 3; i++) { char a[200] = {}; bpf_probe_read_kernel(a, 200, (void *)ctx->sp); if (a[3]) break; }${read(200)}`,
      "",
      200,
    ],
    [
      "a block left by continue",
      `for (int i = 0; i < 3; i++) { { char a[200] = {}; bpf_probe_read_kernel(a, 200, (void *)ctx->sp); if (a[3]) continue; } ${read(200)} }`,
      "",
      200,
    ],
    [
      "cases of a switch",
      `switch (bpf_get_smp_processor_id()) { case 1: ${read(160)} break; case 2: ${read(160)} default: ${read(160)} }`,
      "",
      160,
    ],
    [
      "inlined functions",
      "return one(ctx) + one(ctx) + one(ctx);",
      `static __always_inline int one(struct pt_regs *ctx) { char a[160] = {}; bpf_probe_read_kernel(a, 160, (void *)ctx->sp); return a[bpf_get_smp_processor_id() & 127]; }`,
      160,
    ],
    [
      "statement expressions",
      `u64 sum = 0; ${"sum += ({ u64 v[20] = {}; bpf_probe_read_kernel(v, 160, (void *)ctx->sp); v[3]; });".repeat(4)} return sum;`,
      "",
      160,
    ],
  ])("%s", (_, body, before, want) => {
    expect(stackOf(body, before)).toBeLessThanOrEqual(want + 16);
    expect(stackOf(body, before, 0)).toBeLessThanOrEqual(want + 80);
  });
});
