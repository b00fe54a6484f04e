/** Every diagnostic has a page, and the examples on it show what it says. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { errorTexts, warningTexts } from "../../src/diag/catalogue.ts";
import { renderHuman } from "../../src/diag/human.ts";
import { isWarningName } from "../../src/diag/warning-names.ts";
import { type Compilation, compile } from "../../src/driver/compile.ts";
import { embeddedKernel } from "../support/kernel.ts";

interface Page {
  readonly title: string;
  readonly cause: string;
  readonly fence: string;
  readonly fails: string;
  readonly mended: string;
}

const FORM =
  /^# (?<title>[^\n]+)\n\n(?<cause>(?!#|```)[\s\S]*?)\n\n## Example that fails\n\n```(?<fence>\w+)\n(?<fails>[\s\S]*?)```\n\n## Mended\n\n```\w+\n(?<mended>[\s\S]*?)```\n$/;

const pathOf = (name: string): string => `docs/errors/${name}.md`;
const readPage = (name: string): Page | undefined => {
  if (!existsSync(pathOf(name))) return undefined;
  return FORM.exec(readFileSync(pathOf(name), "utf8"))?.groups as Page | undefined;
};

const names = [...Object.keys(errorTexts), ...Object.keys(warningTexts).map((w) => `W${w}`)];
const compiled = names.filter((name) => readPage(name)?.fence === "c");
/** The code as diagnostics carry it. */
const codeOf = (name: string): string => (name.startsWith("W") ? `-${name}` : name);

const kernel = embeddedKernel();

/** With the warning asked for that the page is about. */
const build = (source: string, page: string): Compilation =>
  compile(source, {
    kernel,
    fileName: "probe.bpf",
    warnings: { flags: page.startsWith("W") && isWarningName(page.slice(1)) ? [page.slice(1)] : [] },
  });
const errorsOf = (made: Compilation): string[] => [
  ...new Set(made.diagnostics.filter((d) => d.severity === "error").map((d) => d.code)),
];
const shown = (made: Compilation): string =>
  made.diagnostics.map((d) => renderHuman(d, made.files, { color: false })).join("");

test("every diagnostic has a page in the common form", () => {
  const missing = names.filter((name) => !existsSync(pathOf(name)));
  const misshapen = names.filter((name) => existsSync(pathOf(name)) && !readPage(name));
  expect({ missing, misshapen }).toEqual({ missing: [], misshapen: [] });
});

test("every page belongs to a diagnostic, and its title names it", () => {
  const pages = readdirSync("docs/errors").map((file) => file.replace(/\.md$/, ""));
  expect(pages.filter((name) => !names.includes(name))).toEqual([]);
  expect(names.filter((name) => readPage(name) && !readPage(name)!.title.startsWith(`${codeOf(name)}: `))).toEqual([]);
});

test("causes are short and in prose", () => {
  const long = names.filter((name) => (readPage(name)?.cause.length ?? 0) > 600);
  const listed = names.filter((name) => /\n/.test(readPage(name)?.cause ?? ""));
  expect({ long, listed }).toEqual({ long: [], listed: [] });
});

describe("the example that fails", () => {
  test.each(compiled)("%s", async (name) => {
    const made = build(readPage(name)!.fails, name);
    const code = codeOf(name);
    if (name.startsWith("W")) expect(made.diagnostics.map((d) => d.code)).toContain(code);
    expect(errorsOf(made)).toEqual(name.startsWith("W") ? [] : [code]);
    expect(made.object === undefined).toBe(!name.startsWith("W"));
    await expect(shown(made)).toMatchFileSnapshot(`golden/${name}.txt`);
  });
});

describe("the example as mended", () => {
  test.each(compiled)("%s", (name) => {
    const made = build(readPage(name)!.mended, name);
    expect(errorsOf(made), shown(made)).toEqual([]);
    expect(made.diagnostics.map((d) => d.code)).not.toContain(codeOf(name));
    expect(made.object).toBeDefined();
  });
});
