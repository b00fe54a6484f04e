/** C's rules for types, as static assertions: bpfasm must agree with all of them. clang is asked in test/kernel. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compile } from "../../../src/driver/compile.ts";
import { embeddedKernel } from "../../support/kernel.ts";

test("types, conversions, constants and layout are C's", () => {
  const source = readFileSync("test/asm/sema/facts.bpf.c", "utf8");
  const made = compile(source, { kernel: embeddedKernel(), fileName: "facts.bpf.c" });
  expect(made.diagnostics.map((d) => `${d.span && made.files.place(d.span).line}: ${d.text}`)).toEqual([]);
});
