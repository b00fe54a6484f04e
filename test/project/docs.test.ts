/** The documents are true of the tree: links lead somewhere, commands exist, examples compile. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { errorTexts, warningTexts } from "../../src/diag/catalogue.ts";
import { compile } from "../../src/driver/compile.ts";
import { openKernel } from "../../src/kernel/kernel.ts";

const markdownIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name));

const top = readdirSync(".").filter((name) => name.endsWith(".md"));
const documents = [...top, ...["docs", "examples", "bench", "test"].filter(existsSync).flatMap(markdownIn)].sort();
const textOf = (path: string): string => readFileSync(path, "utf8");

/** The contents of the fences of one language. */
const fences = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map((m) => m[1]!);

test("what a stranger looks for is there", () => {
  const wanted = [
    "README.md",
    "LICENSE",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/architecture.md",
    "docs/language.md",
  ];
  expect(wanted.filter((path) => !existsSync(path))).toEqual([]);
});

test("links lead to files of the tree or to the web", () => {
  const dead = documents.flatMap((path) =>
    [...textOf(path).matchAll(/\]\(([^)\s]+)\)/g)]
      .map((m) => m[1]!.replace(/#.*/, ""))
      .filter((target) => target !== "" && !/^https:\/\//.test(target))
      .filter((target) => !existsSync(join(dirname(path), target)))
      .map((target) => `${path}: ${target}`),
  );
  expect(dead).toEqual([]);
});

test("npm scripts that documents name exist", () => {
  const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };
  const missing = documents.flatMap((path) =>
    [...textOf(path).matchAll(/\bnpm (?:run )?(?:--silent )?([a-z][\w:]*)/g)]
      .map((m) => m[1]!)
      .filter((name) => !["ci", "install", "run", "packages"].includes(name) && !Object.hasOwn(scripts, name))
      .map((name) => `${path}: ${name}`),
  );
  expect(missing).toEqual([]);
});

test("the README sets everything up in two commands", () => {
  const [setUp] = fences(textOf("README.md"), "console");
  expect(setUp).toMatch(/^\$ npm ci && npm run demo/m);
  expect(setUp).toMatch(/^\$ npm ci && npm test/m);
});

test("files that documents name in code exist", () => {
  const missing = ["README.md", "CONTRIBUTING.md", "docs/architecture.md"].flatMap((path) =>
    [...textOf(path).matchAll(/`((?:src|test|docs|scripts|data|examples)\/[\w./-]+)`/g)]
      .map((m) => m[1]!)
      .filter((name) => !existsSync(name) && name !== "docs/errors/E0237.md")
      .map((name) => `${path}: ${name}`),
  );
  expect(missing).toEqual([]);
});

test("codes that documents name are in the catalogue", () => {
  const known = new Set([...Object.keys(errorTexts), ...Object.keys(warningTexts).map((w) => `-W${w}`)]);
  const unknown = ["README.md", "CHANGELOG.md", "docs/language.md", "docs/architecture.md"].flatMap((path) =>
    [...textOf(path).matchAll(/\bE0\d{3}\b/g)]
      .map((m) => m[0])
      .filter((code) => !known.has(code))
      .map((code) => `${path}: ${code}`),
  );
  expect(unknown).toEqual([]);
});

test("no document names a place on somebody's machine", () => {
  const place = /(?:\/home\/\w|\/Users\/|\/work\/|\/tmp\/|[A-Z]:\\)/;
  expect(documents.filter((path) => place.test(textOf(path)))).toEqual([]);
});

test("the table of rooms has every folder of src", () => {
  const rooms = [...textOf("docs/architecture.md").matchAll(/^\| `([\w/]+)\/` \|/gm)].map((m) => m[1]!).sort();
  const folders = (path: string): string[] =>
    readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  const inner = folders("src/asm").map((name) => `asm/${name}`);
  const there = [...folders("src").filter((name) => name !== "asm"), ...inner];
  expect(rooms.filter((room) => room !== "asm/text")).toEqual(there.filter((room) => room !== "asm/text").sort());
});

describe("programs in documents compile", () => {
  const kernel = openKernel({
    arch: "x86",
    btf: readFileSync("data/vmlinux-7.2-x86.btf"),
    index: readFileSync("data/vmlinux-7.2-x86.idx"),
  });
  const programs = ["README.md", "docs/language.md"].flatMap((path) =>
    fences(textOf(path), "c").map((source, i) => ({ name: `${path}, ${i + 1}`, source })),
  );

  test.each(programs)("$name", ({ source }) => {
    const made = compile(source, { kernel });
    expect(made.diagnostics.filter((d) => d.severity === "error")).toEqual([]);
    expect(made.verdicts.map((v) => v.verdict)).toEqual(["accepted"]);
  });

  test("the README's message is what bpfasm says", () => {
    const readme = textOf("README.md");
    const shown = /^typo\.bpf:(\d+):(\d+): error: (.*) \[(E\d+)\]$/m.exec(readme)!;
    const line = /^ +4 \| (.*)$/m.exec(readme)![1]!;
    const source = `SEC("fsession/icmp_rcv")\nint BPF_PROG(probe, struct sk_buff *skb)\n{\n${line}\n    return 0;\n}\n`;
    const made = compile(source, { kernel, fileName: "typo.bpf" });
    const [only] = made.diagnostics;
    expect([only?.text, only?.code]).toEqual([shown[3], shown[4]]);
    expect(made.files.place(only!.span!)).toEqual({
      file: "typo.bpf",
      line: Number(shown[1]),
      column: Number(shown[2]),
    });
  });
});
