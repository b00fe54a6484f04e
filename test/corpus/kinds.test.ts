import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

// a plain script without types, so that it runs as it is
const { allKinds, kindOf, kindsOf } = await import(new URL("../../scripts/corpus/kinds.mjs", import.meta.url).href);

/** What the guest's kernel is built without. */
const NOT_COMPARED = ["lirc_mode2"];

const folder = new URL("../kernel/programs/behaviour/", import.meta.url);
const rows: { path: string; beside?: string }[] = JSON.parse(
  readFileSync(new URL("behaviour.json", import.meta.url), "utf8"),
);
const own = readdirSync(folder).filter((name) => name.endsWith(".bpf.c"));

test("every program kind has a program of ours whose behaviour is compared", () => {
  const sections = own.flatMap((name) =>
    [...readFileSync(new URL(name, folder), "utf8").matchAll(/"([a-z][\w.]*(?:\/[^"]*)?)"/g)].map((found) => found[1]),
  );
  const covered = new Set(sections.map(kindOf));
  expect(allKinds.filter((kind: string) => !covered.has(kind)).sort()).toEqual(NOT_COMPARED);
});

test("every program of ours is in the table, and no file is twice", () => {
  const listed = rows.flatMap(({ path, beside }) => [path, ...(beside ? [beside] : [])]);
  expect(own.filter((name) => !listed.some((path) => path.endsWith(`/behaviour/${name}`)))).toEqual([]);
  expect(new Set(rows.map(({ path }) => path)).size).toBe(rows.length);
});

test("a kind counts where its program ran; what replaces another's function is not counted by the kernel", () => {
  const lines = [
    { counted: "a", runs: 0, section: "xdp" },
    { counted: "b", runs: 3, section: "?tp_btf/sys_enter" },
    { counted: "c", runs: 0, section: "freplace/f" },
  ];
  expect(kindsOf(lines)).toEqual(["tp_btf", "freplace"]);
});
