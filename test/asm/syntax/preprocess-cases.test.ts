/** Small sources and what is left of them, or the code that refuses them; where clang is installed, it must agree. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { preprocess } from "./harness.ts";

const clang = ["clang-19", "clang"].find((name) => spawnSync(name, ["--version"]).status === 0);
const cases = readFileSync("test/asm/syntax/preprocess-cases.txt", "utf8")
  .split(/^---\n/m)
  .map((text) => {
    const at = text.lastIndexOf("\n=> ");
    return { source: text.slice(0, at), expected: text.slice(at + 4).trim() };
  });

/** White space and the pragmas that clang keeps do not count. */
const squeeze = (text: string): string => text.replace(/^#\s*pragma.*$/gm, "").replace(/\s+/g, "");

function outcome(source: string): string {
  const { text, messages } = preprocess(`${source}\n`, { ambient: {} });
  const refused = messages.map((message) => /\b(E0\d{3})\b/.exec(message)?.[1]).find(Boolean);
  return refused ? `refused ${refused}` : squeeze(text);
}

describe("the preprocessor", () => {
  test.each(cases)("$source", ({ source, expected }) => {
    expect(outcome(source)).toBe(expected.startsWith("refused") ? expected : squeeze(expected));
  });

  test.skipIf(!clang).each(cases)("clang agrees: $source", ({ source, expected }) => {
    const args = ["-target", "bpf", "-E", "-P", "-x", "c", "-std=gnu2x", "-w", "-"];
    const theirs = spawnSync(clang!, args, { input: `${source}\n`, encoding: "utf8" });
    expect(theirs.status === 0).toBe(!expected.startsWith("refused"));
    if (theirs.status === 0) expect(squeeze(theirs.stdout)).toBe(squeeze(expected));
  });
});
