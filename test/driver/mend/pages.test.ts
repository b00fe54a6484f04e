/** The failing examples of the pages: where the diagnostic carries an edit, making it mends the program. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { renderHuman } from "../../../src/diag/human.ts";
import { compile } from "../../../src/driver/compile.ts";
import { fixSource } from "../../../src/driver/fix.ts";
import { embeddedKernel } from "../../support/kernel.ts";

const kernel = embeddedKernel();

const example = (page: string): string | undefined =>
  /## Example that fails\n\n```c\n([\s\S]*?)```/.exec(readFileSync(`docs/errors/${page}`, "utf8"))?.[1];
const pages = readdirSync("docs/errors").flatMap((page) => {
  const source = /^(E05|W)/.test(page) ? example(page) : undefined;
  return source === undefined ? [] : [[page.replace(".md", ""), source] as const];
});

/** Codes whose example gets an edit. */
const mended: string[] = [];

test.each(pages)("%s", (code, source) => {
  const warning = code.startsWith("W") ? code.slice(1) : undefined;
  const options = { kernel, fileName: "probe.bpf", ...(warning && { warnings: { flags: [warning] } }) };
  const before = compile(source, options);
  const found = before.diagnostics.find((d) => d.code === (warning ? `-${code}` : code));
  if (!found?.edits?.length) return;
  mended.push(code);
  const { text, left } = fixSource(source, options);
  const shown = left.diagnostics.map((d) => renderHuman(d, left.files, { color: false })).join("");
  expect(
    left.diagnostics.filter((d) => d.severity === "error" || d.code === found.code).map((d) => d.code),
    text + shown,
  ).toEqual([]);
});

test("these can be mended, at least", () => {
  const refused =
    "E0509 E0510 E0511 E0515 E0518 E0520 E0523 E0525 E0526 E0533 E0537 E0539 E0547 E0550 E0551 E0558 E0560 E0562";
  const warned =
    "Wbitwise-conditional-parentheses Wbitwise-op-parentheses Wextra-tokens Wimplicit-fallthrough Wlicense " +
    "Wlogical-not-parentheses Wlogical-op-parentheses Wparentheses Wshift-op-parentheses";
  expect(mended).toEqual(expect.arrayContaining(`${refused} ${warned}`.split(" ")));
});
