/** `-W` options: groups, order, errors; pragmas over them; files and macros of the system. */
import { expect, test } from "vitest";
import { WarningLevels } from "../../src/diag/warning-levels.ts";
import { warningsOf } from "../../src/diag/warning-names.ts";
import { compile } from "../../src/driver/compile.ts";
import { includeHost } from "../../src/driver/host.ts";
import { embeddedKernel } from "../support/kernel.ts";

const kernel = embeddedKernel("x86");

const levels: readonly (readonly [flags: string, name: string, level: string])[] = [
  ["", "shadow", "ignored"],
  ["", "return-type", "warning"],
  ["shadow", "shadow", "warning"],
  ["all", "shadow", "ignored"],
  ["all", "unused-variable", "warning"],
  ["all", "unused-parameter", "ignored"],
  ["extra", "unused-parameter", "warning"],
  ["all no-unused", "unused-label", "ignored"],
  ["no-unused all", "unused-label", "warning"],
  ["error", "return-type", "error"],
  ["error", "shadow", "ignored"],
  ["error no-error", "return-type", "warning"],
  ["error no-error=return-type", "return-type", "warning"],
  ["error=shadow", "shadow", "error"],
  ["error=shadow no-shadow", "shadow", "ignored"],
  ["error=shadow shadow", "shadow", "error"],
  ["error=shadow no-error=shadow", "shadow", "warning"],
  ["error=unused", "unused-variable", "error"],
  ["everything", "sign-conversion", "warning"],
  ["everything no-everything", "return-type", "ignored"],
  ["conversion", "shorten-64-to-32", "warning"],
  ["no-conversion", "constant-conversion", "ignored"],
  ["", "int-conversion", "error"],
  ["no-error=int-conversion", "int-conversion", "warning"],
  ["no-int-conversion", "int-conversion", "ignored"],
];

test.each(levels.map(([flags, name, level]) => ({ flags, name, level })))("-W $flags: $name is $level", (row) => {
  expect(new WarningLevels(row.flags.split(" ").filter(Boolean)).of(row.name)).toBe(row.level);
});

test("-w leaves errors", () => {
  const quiet = new WarningLevels(["error=shadow", "all"], true);
  expect([quiet.of("unused-variable"), quiet.of("shadow")]).toEqual(["ignored", "error"]);
});

test("clang's other names are passed over, nobody's are told", () => {
  const { unknown } = new WarningLevels([
    "missing-prototypes",
    "no-unused-varaible",
    "error=nothing",
    "a,-b",
    "format=2",
  ]);
  expect(unknown).toEqual(["-Wno-unused-varaible", "-Werror=nothing"]);
});

test("groups hold names that exist", () => {
  for (const group of ["all", "extra", "conversion", "parentheses", "unused", "address"])
    expect(warningsOf(group).length, group).toBeGreaterThan(1);
});

const unused = "static int f(int x) { int y; return x; }\nint g(int x) { return f(x); }\n";

function codes(source: string, flags: readonly string[], headers: Record<string, string> = {}): string[] {
  const includes = includeHost((path) => headers[path], { dirs: ["own"], system: ["sys"], machine: ["/usr/include"] });
  const made = compile(source, { kernel, includes, verify: false, warnings: { flags } });
  return made.diagnostics.map((d) => `${d.severity} ${d.code}`);
}

const variable = ["warning -Wunused-variable"];
const ignored = '#pragma GCC diagnostic ignored "-Wunused"\n';

const sources: readonly (readonly [what: string, source: string, flags: string, expected: readonly string[]])[] = [
  ["off", unused, "", []],
  ["on", unused, "all", variable],
  ["an error", unused, "all error", ["error -Wunused-variable"]],
  ["a group in a pragma", ignored + unused, "all", []],
  ["switched on by a pragma", `#pragma clang diagnostic warning "-Wall"\n${unused}`, "", variable],
  ["and then an error", `#pragma clang diagnostic warning "-Wall"\n${unused}`, "error", ["error -Wunused-variable"]],
  ["in the user's header", '#include "own.h"\n', "all", variable],
  ["in a system's header", "#include <sys.h>\n", "all", []],
  ["in the machine's header", "#include <machine.h>\n", "all", []],
  ["in a header beside a system's", "#include <outer.h>\n", "all", []],
  ["an unknown name", "", "unused-varaible", ["warning -Wunknown-warning-option"]],
];

test.each(sources.map(([what, source, flags, expected]) => ({ what, source, flags, expected })))("$what", (row) => {
  const headers = { "own/own.h": unused, "sys/sys.h": unused, "/usr/include/machine.h": unused };
  const nested = { "sys/outer.h": '#include "inner.h"\n', "sys/inner.h": unused };
  expect(codes(row.source, row.flags.split(" ").filter(Boolean), { ...headers, ...nested })).toEqual(row.expected);
});

test("what an optional program lacks is a warning, told once", () => {
  const source = 'SEC("?fsession/no_such_function_at_all") int BPF_PROG(f) { return 0; }';
  const { object, diagnostics } = compile(source, { kernel });
  expect(object).toBeDefined();
  expect(diagnostics.map(({ code }) => code)).toEqual(["-Woptional-programs"]);
});
