/** Places of a text before and after an edit. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Drift, moved } from "../../src/lsp/drift.ts";
import { TextLines, wordAt } from "../../src/lsp/text.ts";

const text = fc.string({ unit: fc.constantFrom("a", "b", " ", "\n", "("), maxLength: 30 });

test("what has not changed is found again, and is the same", () => {
  fc.assert(
    fc.property(text, text, text, text, fc.nat(90), (head, cut, put, tail, at) => {
      const [old, now] = [new TextLines(head + cut + tail), new TextLines(head + put + tail)];
      const drift = new Drift(old, now);
      const offset = Math.min(at, now.text.length);
      const was = drift.before(now.position(offset));
      if (was) expect(wordAt(old.text, old.offset(was))?.text).toBe(wordAt(now.text, offset)?.text);
      const [start, end] = [Math.min(at, old.text.length), Math.min(at + 3, old.text.length)];
      const range = drift.after(old.range(start, end));
      if (range)
        expect(now.text.slice(now.offset(range.start), now.offset(range.end))).toBe(old.text.slice(start, end));
      if (end < head.length) expect(range).toEqual(old.range(start, end));
      if (start > head.length + cut.length) expect(range).toBeDefined();
    }),
  );
});

test("answers move, those about other documents do not", () => {
  const drift = new Drift(new TextLines("a\nbc\nd"), new TextLines("a\nb+c\nd"));
  const line = (n: number) => ({ start: { line: n, character: 0 }, end: { line: n, character: 2 } });
  const at = (uri: string, n: number) => ({ uri, range: line(n) });
  expect(moved([at("x", 1), at("y", 1), at("x", 0)], "x", drift)).toEqual([
    at("y", 1),
    { uri: "x", range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } } },
  ]);
  expect(moved({ contents: "text", range: line(1) }, "x", drift)).toEqual({ contents: "text" });
  expect(moved(null, "x", drift)).toBe(null);
});
