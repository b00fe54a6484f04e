/** The cleanup attribute: which calls are made on which way out, in the order of the text; what the kernel runs is tested there. */
import { describe, expect, test } from "vitest";
import { compile } from "../../../src/driver/compile.ts";
import { embeddedKernel } from "../../support/kernel.ts";

const head = `
int seen;
static __noinline void first(int *p) { seen += *p; }
static __noinline void second(int *p) { seen -= *p; }
#define FIRST __attribute__((cleanup(first)))
#define SECOND __attribute__((cleanup(second)))
`;

const build = (body: string) =>
  compile(
    `${head}\nSEC("raw_tp/sys_enter")\nint probe(void *ctx)\n{\n${body}\n}\nchar LICENSE[] SEC("license") = "GPL";\n`,
    {
      kernel: embeddedKernel(),
      level: 0,
    },
  );

/** Names of the functions that `probe` calls, in the order of its instructions. */
function calls(body: string): string[] {
  const made = build(body);
  expect(made.diagnostics.map((d) => `${d.code} ${d.text}`)).toEqual([]);
  const lines = made.subprogs.find((s) => s.name === "probe")!.lines;
  return lines.flatMap(({ insn }) =>
    insn.kind === "call" && insn.callee.kind === "subprog" ? [insn.callee.name] : [],
  );
}

const codes = (body: string): string[] => build(body).diagnostics.map((d) => d.code);

describe("calls on the ways out of a scope", () => {
  test.each([
    ["the end", "{ int a FIRST = 1; int b SECOND = 2; } return 0;", ["second", "first"]],
    ["return", "int a FIRST = 1; int b SECOND = 2; return a;", ["second", "first"]],
    [
      "a return before the second begins",
      "int a FIRST = 1; if (seen) return 1; int b SECOND = 2; return 0;",
      ["first", "second", "first"],
    ],
    [
      "break leaves the loop's own",
      "int a FIRST = 1; for (;;) { int b SECOND = 2; break; } return 0;",
      ["second", "first"],
    ],
    [
      "goto leaves what the label does not see",
      "int a FIRST = 1; { int b SECOND = 2; goto out; } out: return 0;",
      ["second", "first"],
    ],
    ["goto within the scope", "int a FIRST = 1; goto out; out: return 0;", ["first"]],
    ["for's own variable", "for (int a FIRST = 0; a < seen; a++) {} return 0;", ["first"]],
    ["a statement expression", "return ({ int a FIRST = 1; a + 1; });", ["first"]],
    ["a condition", "if (({ int a FIRST = 1; a == seen; })) return 1; return 0;", ["first"]],
  ])("%s", (_, body, expected) => {
    expect(calls(body)).toEqual(expected);
  });
});

describe("what is wrong", () => {
  test.each([
    ["goto into the scope", "if (seen) goto in; int a FIRST = 1; in: return 0;", "E0245"],
    ["case into the scope", "switch (seen) { case 0:; int a FIRST = 1; case 1: return a; } return 0;", "E0245"],
    ["default into the scope", "switch (seen) { case 0:; int a FIRST = 1; default: return a; } return 0;", "E0245"],
    ["no function", "int a __attribute__((cleanup(no_such_thing))) = 1; return a;", "E0201"],
    ["a text instead of a name", 'int a __attribute__((cleanup("first"))) = 1; return a;', "E0220"],
  ])("%s", (_, body, code) => {
    expect(codes(body)).toContain(code);
  });
});
