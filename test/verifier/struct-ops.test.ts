/** What the verifier says of struct_ops programs. */
import { describe, expect, test } from "vitest";
import { answer } from "./program.ts";
import { cases, sleepers, withOffsets } from "./struct-op-cases.ts";

const judged = (section: string, operation: string, main: string): string =>
  answer({ section, operation, main: withOffsets(main) });

describe.each(cases)("%s", (_, list) => {
  test.each(list)("%s %s: %s", (expected, operation, text) => {
    expect(judged("struct_ops/op", operation, text)).toBe(expected);
  });
});

test.each(sleepers)("%s %s asleep: %s", (expected, operation, text) => {
  expect(judged("struct_ops.s/op", operation, text)).toBe(expected);
});

test("a program without a license", () => {
  const program = { section: "struct_ops/op", operation: "sched_ext_ops.running", license: "MIT", main: "exit" };
  expect(answer(program)).toBe("E0547");
});
