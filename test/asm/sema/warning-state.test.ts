/** `#pragma GCC diagnostic` holds from its place on, and `pop` gives back what held at `push`. */
import { expect, test } from "vitest";
import { compile } from "../../../src/driver/compile.ts";
import { includeHost } from "../../../src/driver/host.ts";
import { embeddedKernel } from "../../support/kernel.ts";

const kernel = embeddedKernel("x86");
function codes(source: string, header = ""): string[] {
  const read = (path: string) => (path === "./h.h" || path === "h.h" ? header : undefined);
  const includes = includeHost(read, { dirs: ["."], system: [], machine: [] });
  return compile(source, { kernel, includes }).diagnostics.map((d) => `${d.severity} ${d.code}`);
}

const off = '#pragma GCC diagnostic ignored "-Wint-conversion"\n';
const mix = "static long f(long *p) { return p; }\n";
const redefined = "#define M 1\n#define M 2\n";

const rows: readonly (readonly [what: string, source: string, expected: readonly string[], header?: string])[] = [
  ["an error by default", mix, ["error E0203"]],
  ["allowed behind the pragma", off + mix, []],
  ["not before it", mix + off, ["error E0203"]],
  ["given back", `#pragma GCC diagnostic push\n${off}#pragma GCC diagnostic pop\n${mix}`, ["error E0203"]],
  ["clang's spelling", `#pragma clang diagnostic ignored "-Wint-conversion"\n${mix}`, []],
  ["the operator", `_Pragma("GCC diagnostic ignored \\"-Wint-conversion\\"") ${mix}`, []],
  ["a macro of pragmas", `#define OFF _Pragma("GCC diagnostic ignored \\"-Wint-conversion\\"")\nOFF\n${mix}`, []],
  ["set by a header", `#include "h.h"\n${mix}`, [], off],
  ["a warning", redefined, ["warning -Wmacro-redefined"]],
  ["a warning switched off", `#pragma GCC diagnostic ignored "-Wmacro-redefined"\n${redefined}`, []],
  [
    "a warning made an error",
    `#pragma GCC diagnostic error "-Wmacro-redefined"\n${redefined}`,
    ["error -Wmacro-redefined"],
  ],
  ["a pop too many", `#pragma GCC diagnostic pop\n${mix}`, ["error E0203"]],
];

test.each(rows.map(([what, source, expected, header = ""]) => ({ what, source, expected, header })))("$what", (row) => {
  expect(codes(row.source, row.header)).toEqual(row.expected);
});

test("a region inside of a macro", () => {
  const macro = (body: string) => `#define F(name) static int name(int x) { ${body} ; return x; }\nF(g)\n`;
  const warns = "char *s = (char *)0; int *p = s";
  const quiet = `_Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \\"-Wincompatible-pointer-types\\"") ${warns} ; _Pragma("GCC diagnostic pop")`;
  expect(codes(macro(quiet))).toEqual([]);
});
