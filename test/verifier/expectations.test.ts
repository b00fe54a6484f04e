/** Every rule says what it asks for and how it is mended, in the common form. */
import { expect, test } from "vitest";
import { kernelLogCodes } from "../../src/diag/codes/kernel-log.ts";
import { verifierCodes } from "../../src/diag/codes/verifier.ts";
import { expectations } from "../../src/verifier/expectations.ts";
import { expressionAt, nameGiven } from "../../src/verifier/source-names.ts";

test("every code has a row", () => {
  const codes = Object.keys({ ...verifierCodes, ...kernelLogCodes });
  expect(codes.filter((code) => !Object.hasOwn(expectations, code))).toEqual([]);
});

test("rows are phrases: no capital at the start, no stop at the end", () => {
  const texts = Object.values(expectations).flatMap(({ expected, mend }) => [expected, mend]);
  expect(texts.filter((t) => /^[A-Z][a-z]|\.$/.test(t))).toEqual([]);
});

const at = (text: string, what: string) => ({ file: "p.bpf", line: 1, column: text.indexOf(what) + 1, text });

test.each([
  ["  u64 *count = bpf_map_lookup_elem(&m, &k);", "bpf_map", "count"],
  ["  struct task_struct *t = (struct task_struct *)bpf_get_current_task();", "bpf_get", "t"],
  ["  if ((p = lookup(1)) && *p)", "lookup", "p"],
  ["  s->p = lookup(1);", "lookup", undefined],
  ["  if (a == lookup(1))", "lookup", undefined],
  ["  *lookup(1) = 5;", "lookup", undefined],
  ["", "x", undefined],
])("the name that %s gives to what %s makes is %s", (text, what, name) => {
  expect(nameGiven(at(text, what))).toBe(name);
});

test.each([
  ["  table[skb->len] += 1;", "skb", "skb->len"],
  ["  f(a.b[0].c, 1);", "a.b", "a.b[0].c"],
  ["  f(a);", "f(", undefined],
  ["  return 0;", "return", undefined],
])("the expression in %s at %s is %s", (text, what, name) => {
  expect(expressionAt(at(text, what))).toBe(name);
});
