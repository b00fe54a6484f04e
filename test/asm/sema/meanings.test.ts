/** C's corners: what small programs return at both levels, as clang's objects of them do, and what is refused. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compile } from "../../../src/driver/compile.ts";
import { embeddedKernel } from "../../support/kernel.ts";

// a plain script without types, so that it runs as it is
const { runAlone } = await import(new URL("../../random/machine.mjs", import.meta.url).href);

const kernel = embeddedKernel();
const PROG = 'SEC("tc") int p(struct __sk_buff *s)';

interface Case {
  readonly name: string;
  readonly cpu: "v3" | "v4";
  readonly expected: string;
  readonly source: string;
}

function read(text: string): Case[] {
  return text
    .split(/^=== /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf("\n");
      const [, name = "", cpu = "v3", expected = ""] = /^(.*?)(?: cpu=(v4))? -> (\S+)$/.exec(part.slice(0, end)) ?? [];
      return { name, cpu: cpu as Case["cpu"], expected, source: part.slice(end + 1).replace("PROG", PROG) };
    });
}

function outcome({ cpu, source }: Case, level: 0 | 2): string {
  const text = `${source}\nchar LICENSE[] SEC("license") = "GPL";`;
  const made = compile(text, { kernel, fileName: "a.bpf.c", cpu, level, verify: false, warnings: { none: true } });
  if (!made.object) return made.diagnostics.find(({ severity }) => severity === "error")?.code ?? "nothing";
  return JSON.parse(runAlone(Buffer.from(made.object), text, "p"))[0];
}

const cases = read(readFileSync(new URL("meanings-cases.txt", import.meta.url), "utf8"));

describe.each([0, 2] as const)("at -O%d", (level) => {
  test.each(cases.map((one) => [one.name, one] as const))("%s", (_, one) => {
    expect(outcome(one, level)).toBe(one.expected);
  });
});
