/** Loops that the source wants unrolled: how many copies, and what is said where it cannot be done. */
import { describe, expect, test } from "vitest";
import { type Compilation, compile } from "../../../src/driver/compile.ts";
import { embeddedKernel } from "../../support/kernel.ts";

const kernel = embeddedKernel();

const build = (body: string, before = "", level: 0 | 2 = 2): Compilation =>
  compile(
    `char LICENSE[] SEC("license") = "GPL";\nu64 out[64];\n${before}\nSEC("tracepoint/syscalls/sys_enter_getpid") int probe(void *ctx)\n{\n${body}\nreturn 0;\n}`,
    { kernel, level },
  );

const lines = (made: Compilation) => made.subprogs.find((subprog) => subprog.name === "probe")!.lines;
const calls = (made: Compilation): number => lines(made).filter(({ insn }) => insn.kind === "call").length;
const warnings = (made: Compilation): readonly string[] => made.diagnostics.map((d) => d.code);
const jumps = (made: Compilation): number => lines(made).filter(({ insn }) => insn.kind === "jump").length;

const body = "out[i & 63] = bpf_get_prandom_u32();";

describe("copies of the body", () => {
  test.each([
    ["full", "", `#pragma unroll\nfor (int i = 0; i < 5; i++) ${body}`, 5],
    ["from above", "", `#pragma clang loop unroll(full)\nfor (int i = 9; i > 3; i -= 2) ${body}`, 3],
    ["until it differs", "", `#pragma unroll\nfor (u64 i = 1; i != 256; i <<= 1) ${body}`, 8],
    ["never", "", `#pragma unroll\nfor (int i = 5; i < 5; i++) ${body}`, 0],
    ["do", "", `int i = 0;\n#pragma unroll\ndo { ${body} } while (++i < 4);`, 4],
    ["while", "", `int i = 0;\n#pragma unroll\nwhile (i < 4) { ${body} i++; }`, 4],
    [
      "inner and outer",
      "",
      `#pragma unroll\nfor (int k = 0; k < 3; k++)\n#pragma unroll\nfor (int i = 0; i <= k; i++) ${body}`,
      6,
    ],
    [
      "inner only",
      "",
      `u32 n = bpf_get_prandom_u32() & 7;\nfor (int k = 0; k < n; k++)\n#pragma unroll\nfor (int i = 0; i < 3; i++) ${body}`,
      4,
    ],
    ["GCC's, more than there are", "", `#pragma GCC unroll 8\nfor (int i = 0; i < 3; i++) ${body}`, 3],
    [
      "some of many",
      "",
      `u32 n = bpf_get_prandom_u32() & 31;\n#pragma clang loop unroll_count(4)\nfor (int i = 0; i < n; i++) ${body}`,
      5,
    ],
    [
      "after inlining",
      `static __always_inline void some(int n)\n{\n#pragma unroll\nfor (int i = 0; i < n; i++) ${body}\n}`,
      "some(3); some(2);",
      5,
    ],
    [
      "left in between",
      "",
      `#pragma unroll\nfor (int i = 0; i < 3; i++) { if (bpf_get_prandom_u32() == i) break; ${body} }`,
      6,
    ],
    ["disabled", "", `#pragma clang loop unroll(disable)\nfor (int i = 0; i < 5; i++) ${body}`, 1],
  ])("%s", (_, before, text, want) => {
    const made = build(text, before);
    expect(warnings(made)).toEqual([]);
    expect(calls(made)).toBe(want);
  });

  test("of a sum of constants nothing is left", () => {
    const made = build("u64 sum = 0;\n#pragma unroll\nfor (int i = 0; i < 100; i++) sum += i * i;\nreturn sum;");
    expect(jumps(made)).toBe(0);
    expect(lines(made)).toHaveLength(2);
  });

  test("at level 0 a loop stays one, and nobody is told", () => {
    const made = build(`#pragma unroll\nfor (int i = 0; i < 5; i++) ${body}`, "", 0);
    expect(warnings(made)).toEqual([]);
    expect(calls(made)).toBe(1);
  });
});

describe("loops that nobody asks to unroll", () => {
  test.each([
    ["short", "for (int i = 0; i < 4; i++) out[i] = bpf_get_prandom_u32();", 4],
    ["around a short one", `for (int k = 0; k < 2; k++)\nfor (int i = 0; i < 3; i++) ${body}`, 6],
    ["too much code", "for (int i = 0; i < 63; i++) out[i] = bpf_get_prandom_u32();", 1],
    ["told to stay", `#pragma clang loop unroll(disable)\nfor (int i = 0; i < 3; i++) ${body}`, 1],
    ["unknown rounds", `u32 n = bpf_get_prandom_u32() & 3;\nfor (int i = 0; i < n; i++) ${body}`, 2],
    ["ended by the kernel", `for (int i = 0; i < 3 && can_loop; i++) ${body}`, 1],
  ])("%s", (_, text, want) => {
    const made = build(text);
    expect(warnings(made)).toEqual([]);
    expect(calls(made)).toBe(want);
  });
});

describe("-Wpass-failed", () => {
  test.each([
    [
      "an unknown number of rounds",
      "u32 n = bpf_get_prandom_u32() & 7;\n#pragma unroll\nfor (int i = 0; i < n; i++) out[i & 63] = bpf_get_prandom_u32();",
      ["-Wpass-failed"],
    ],
    [
      "too many copies",
      "#pragma unroll\nfor (int i = 0; i < 100000; i++) { out[i & 63] = bpf_get_prandom_u32(); }",
      ["-Wpass-failed"],
    ],
    [
      "a loop that is gone",
      "u32 n = bpf_get_prandom_u32() & 7;\nfor (int k = 0; k < n; k++)\n#pragma unroll\ndo { out[k] = 1; } while (0);",
      [],
    ],
  ])("%s", (_, text, want) => {
    expect(
      build(text)
        .diagnostics.filter((d) => d.severity === "warning")
        .map((d) => d.code),
    ).toEqual(want);
  });
});
