/** Include search in clang's order. */
import { describe, expect, test } from "vitest";
import { compile } from "../../src/driver/compile.ts";
import { includeHost, remembering } from "../../src/driver/host.ts";
import { embeddedKernel } from "../support/kernel.ts";

const path = { dirs: ["i1", "both", "i2"], system: ["sys", "both"], local: ["/local"], machine: ["/usr"] };

/** Which of the files is found. */
function search(files: readonly string[], name: string, angled: boolean, from = "src/main.c") {
  const found = includeHost((p) => (files.includes(p) ? "" : undefined), path).find(name, angled, from);
  return found && ("builtin" in found ? `builtin ${found.builtin}` : found.name);
}
function next(files: readonly string[], name: string, from: string) {
  const found = includeHost((p) => (files.includes(p) ? "" : undefined), path).findNext!(name, from);
  return found && ("builtin" in found ? `builtin ${found.builtin}` : found.name);
}

describe("the order", () => {
  const order = ["src/x.h", "i1/x.h", "i2/x.h", "sys/x.h", "both/x.h", "/local/x.h", "/usr/x.h"];
  test.each(order.map((file, i) => ({ file, rest: order.slice(i) })))("$file", ({ file, rest }) => {
    expect(search(rest, "x.h", false)).toBe(file);
  });

  test.each([
    ["<> does not look beside the file", ["src/x.h"], "x.h", true, undefined],
    ["the compiler's own come before the machine's", ["/usr/limits.h"], "limits.h", true, "<limits.h>"],
    ["but behind the local ones", ["/local/limits.h"], "limits.h", true, "/local/limits.h"],
    ["a real file wins over a built-in one", ["/usr/linux/bpf.h"], "linux/bpf.h", true, "/usr/linux/bpf.h"],
    ["built in where there is none", [], "linux/bpf.h", true, "builtin linux/bpf.h"],
    ["no path but the whole one", ["i1//abs/x.h", "/abs/x.h"], "/abs/x.h", false, "/abs/x.h"],
    ["no multiarch folder", ["/usr/x86_64-linux-gnu/asm/types.h"], "asm/types.h", true, undefined],
  ] as const)("%s", (_what, files, name, angled, found) => {
    expect(search(files, name, angled)).toBe(found);
  });
});

test.each([
  ["from a file of the path", "i1/x.h", "i2/x.h"],
  ["from the last", "/usr/x.h", undefined],
  ["from another header of a folder", "i2/y.h", "sys/x.h"],
  ["from a file beside the path", "src/main.c", "i1/x.h"],
])("#include_next %s", (_what, from, found) => {
  expect(next(["i1/x.h", "i2/x.h", "sys/x.h", "/usr/x.h"], "x.h", from)).toBe(found);
});

test("a wrapper around a header of the compiler's", () => {
  expect(next(["i1/limits.h"], "limits.h", "i1/limits.h")).toBe("<limits.h>");
});

test.each([
  ["limits.h", '_Static_assert(INT_MAX == 2147483647 && LONG_MIN < 0 && UCHAR_MAX == 255, "");'],
  ["stdint.h", 'uint64_t x = UINT64_C(1) << 40; _Static_assert(INT32_MIN == -2147483647 - 1, "");'],
  ["stdbool.h", "bool b = true;"],
  ["stddef.h", "size_t n = sizeof(void *); void *p = NULL;"],
  ["stdarg.h", "int x;"],
  ["stdalign.h", "alignas(16) int x;"],
])("<%s>", (name, text) => {
  const includes = includeHost(() => undefined, path);
  const made = compile(`#include <${name}>\n${text}\n`, { kernel: embeddedKernel("x86"), includes });
  expect(made.diagnostics.map((d) => d.text)).toEqual([]);
});

test("a remembering reader asks once for each path, for files that are missing as well", () => {
  const asked: string[] = [];
  const read = remembering((path) => {
    asked.push(path);
    return path === "a.h" ? "text" : undefined;
  });
  expect([read("a.h"), read("b.h"), read("a.h"), read("b.h")]).toEqual(["text", undefined, "text", undefined]);
  expect(asked).toEqual(["a.h", "b.h"]);
});
