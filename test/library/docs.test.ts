/** The examples of docs/api.md print what they say they print, with the package as it is built. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const text = readFileSync("docs/api.md", "utf8");
const examples = [...text.matchAll(/^(<!-- test: not in Node -->\n\n)?```js\n([\s\S]*?)^```/gm)]
  .filter(([, skipped]) => !skipped)
  .map(([, , code]) => code!);

const folder = mkdtempSync(join(tmpdir(), "bpfasm-api-"));
beforeAll(() => {
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(resolve("."), join(folder, "node_modules/bpfasm"));
  symlinkSync(resolve("node_modules/esbuild"), join(folder, "node_modules/esbuild"));
  for (const name of ["data", "examples"]) symlinkSync(resolve(name), join(folder, name));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(examples.map((code, i) => [i, code] as const))("example %i", (i, code) => {
  const file = join(folder, `example${i}.mjs`);
  writeFileSync(file, code);
  const ran = spawnSync(process.execPath, [file], { cwd: folder, encoding: "utf8" });
  expect(ran.stderr).toBe("");
  const said = [...code.matchAll(/^\/\/ (.*)$/gm)].map((m) => m[1]);
  expect(ran.stdout.trimEnd().split("\n")).toEqual(said);
});

test("there are examples, and each says what it prints", () => {
  expect(examples.length).toBeGreaterThan(5);
  expect(examples.filter((code) => !/^\/\/ /m.test(code))).toEqual([]);
});
