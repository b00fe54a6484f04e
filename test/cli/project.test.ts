/** Where a project says how its files are compiled. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { projectFlags, splitCommand } from "../../src/cli/project.ts";

const root = mkdtempSync(join(tmpdir(), "bpfasm-project-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test.each([
  ["clang -O2 -c a.c", ["clang", "-O2", "-c", "a.c"]],
  [`cc -DX="a b" '-DY=1 2' -I"x y"/z`, ["cc", "-DX=a b", "-DY=1 2", "-Ix y/z"]],
  [String.raw`cc -DX=\"text\" a\ b`, ["cc", '-DX="text"', "a b"]],
  [`cc -DX='"q"'`, ["cc", '-DX="q"']],
  ["", []],
])("%s", (command, words) => {
  expect(splitCommand(command)).toEqual(words);
});

function project(name: string, files: Readonly<Record<string, unknown>>): string {
  const folder = join(root, name);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), typeof content === "string" ? content : JSON.stringify(content));
  }
  return folder;
}

test("the nearest folder wins, and bpfasm.json before the database", () => {
  const folder = project("near", {
    "bpfasm.json": { flags: ["-Dfar"] },
    "src/bpfasm.json": { flags: ["-Dnear"] },
    "src/compile_commands.json": [{ directory: ".", file: "a.bpf", command: "clang -Ddatabase -c a.bpf" }],
  });
  expect(projectFlags(join(folder, "src/a.bpf"))).toEqual({ flags: ["-Dnear"], folder: join(folder, "src") });
  expect(projectFlags(join(folder, "a.bpf")).flags).toEqual(["-Dfar"]);
});

test("a database in the build folder, without what names files", () => {
  const folder = project("db", {
    "build/compile_commands.json": [
      { directory: "..", file: "src/other.bpf.c", arguments: ["clang", "-DB"] },
      {
        directory: "..",
        file: "src/a.bpf.c",
        arguments: "clang -target bpf -MD -MF x.d -Iinc -c src/a.bpf.c -o a.o".split(" "),
      },
    ],
  });
  expect(projectFlags(join(folder, "src/a.bpf.c"))).toEqual({ flags: ["-target", "bpf", "-Iinc"], folder });
});

test("entries of a database that are none are passed over", () => {
  const entries = [null, 5, "x", [], { file: 5 }, { file: "a.bpf", directory: 5 }];
  const folder = project("odd", { "compile_commands.json": entries });
  expect(projectFlags(join(folder, "a.bpf"))).toEqual({ flags: [], folder });
});

test.each([
  ["no JSON", "{", /bpfasm\.json/],
  ["no list", { flags: "-I x" }, /"flags" must be a list/],
  ["no object", [], /"flags" must be a list/],
])("a wrong file is told: %s", (name, content, problem) => {
  const folder = project(`wrong ${name}`, { "bpfasm.json": content });
  const found = projectFlags(join(folder, "a.bpf"));
  expect([found.flags, found.problem]).toEqual([[], expect.stringMatching(problem)]);
});
