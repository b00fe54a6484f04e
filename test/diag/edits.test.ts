/** Edits are made together, in any order, or not at all. */
import { expect, test } from "vitest";
import { applyEdits } from "../../src/diag/edits.ts";
import { SourceMap } from "../../src/diag/source.ts";

const file = new SourceMap().add("a.bpf", "int a;").id;
const edit = (start: number, end: number, text: string) => ({ span: { file, start, end }, text });

test.each([
  ["nothing", [], "abcdef"],
  ["an insertion", [edit(3, 3, "X")], "abcXdef"],
  ["insertions at one place, in their order", [edit(3, 3, "X"), edit(3, 3, "Y")], "abcXYdef"],
  ["several, told backwards", [edit(4, 6, "Z"), edit(0, 1, "")], "bcdZ"],
  ["edits that touch", [edit(0, 3, "1"), edit(3, 6, "2")], "12"],
  ["edits that overlap", [edit(0, 4, "1"), edit(3, 6, "2")], undefined],
  ["one behind the end", [edit(6, 7, "1")], undefined],
])("%s", (_, edits, text) => {
  expect(applyEdits("abcdef", edits)).toBe(text);
});
