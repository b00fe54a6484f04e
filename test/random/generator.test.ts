import { describe, expect, test } from "vitest";

// plain scripts without types, so that they run as they are
const script = (path: string) => import(new URL(path, import.meta.url).href);
const { makeProgram, sourceOf } = await script("./program.mjs");
const { changesOf, rebuilt, textOf, ex, fixed, stmt, word } = await script("./tree.mjs");
const { differenceOf } = await script("./verdict.mjs");

test("a seed names a program, whatever its prefix", () => {
  for (let seed = 1; seed < 60; seed++) {
    const text = sourceOf(makeProgram(seed, "p"));
    expect(sourceOf(makeProgram(seed, "p"))).toBe(text);
    expect(sourceOf(makeProgram(seed, "other")).replaceAll("other", "p")).toBe(text);
  }
});

describe("cutting down", () => {
  const guard = fixed`(${ex`(${word("a")} + ${word("b")})`} & 31)`;
  const tree = { kind: "fixed", parts: [[stmt`x = (y << ${guard});`, stmt`z = 1;`]] };

  test("statements go, expressions shrink, guards stay", () => {
    const texts = changesOf(tree).map(({ node, other }: { node: object; other: object }) =>
      textOf(rebuilt(tree, new Map([[node, other]]))).trim(),
    );
    expect(texts).toContain("z = 1;");
    expect(texts).toContain("x = (y << ((a + b) & 31));");
    expect(texts).toContain("x = (y << (0 & 31));\nz = 1;");
    expect(texts.some((text: string) => text.includes("y << 0)"))).toBe(false);
  });
});

describe("what is a difference", () => {
  const ran = (value: string) => ({ kind: "ran", value });
  const same = { O0: ran("1"), O2: ran("1"), clang: ran("1") };
  const rows: readonly [string, object, boolean][] = [
    ["all the same", same, false],
    ["another result", { ...same, O2: ran("2") }, true],
    ["refused by our verifier alone", { ...same, O2: { ...ran("1"), rejected: "E0500: no" } }, true],
    ["refused from us", { ...same, O2: { kind: "refused", text: "R1 !read_ok" } }, true],
    ["refused from clang alone", { ...same, clang: { kind: "refused", text: "R1 !read_ok" } }, false],
    ["too much stack at -O0", { ...same, O0: { kind: "unbuilt", text: "E0440: stack" } }, false],
    ["a crash", { ...same, O0: { kind: "crash", text: "crash: bug" } }, true],
    ["no answer", { ...same, clang: { kind: "lost", text: "" } }, true],
  ];
  test.each(rows)("%s", (_, outcomes, is) => expect(differenceOf(outcomes) !== undefined).toBe(is));
  test("too much stack at -O2, unless it has one pass alone", () => {
    const outcomes = { ...same, O2: { kind: "unbuilt", text: "E0565: the stack of 3 nested functions" } };
    expect(differenceOf(outcomes)).toContain("does not build");
    expect(differenceOf(outcomes, "inline")).toBeUndefined();
  });
});
