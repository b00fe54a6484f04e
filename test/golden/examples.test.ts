/** Every example and its instructions: a change of code generation shows in review. `npm run test:update` accepts it. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compile } from "../../src/driver/compile.ts";
import { disassemble, listing } from "../../src/driver/disassemble.ts";
import { embeddedKernel } from "../support/kernel.ts";

const kernel = embeddedKernel();
const sources = readdirSync("examples", { recursive: true, encoding: "utf8" }).filter((f) => /\.bpf(\.c)?$/.test(f));

test.each(sources.sort())("%s", async (file) => {
  const made = compile(readFileSync(`examples/${file}`, "utf8"), { kernel, fileName: `examples/${file}` });
  expect(made.diagnostics.filter((d) => d.severity === "error")).toEqual([]);
  expect(made.verdicts.map((v) => v.verdict)).not.toContain("rejected");
  await expect(listing(disassemble(made.object!))).toMatchFileSnapshot(`../../examples/${file.replace(/\.bpf(\.c)?$/, "")}.lst`);
});
