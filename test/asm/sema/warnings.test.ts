/** Warnings are clang's: same names, same lines, under each set of options; the answers of clang-19 are recorded. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isWarningName } from "../../../src/diag/warning-names.ts";
import { compile } from "../../../src/driver/compile.ts";
import { embeddedKernel } from "../../support/kernel.ts";
// @ts-expect-error: a script, also run by itself
import { clangAnswers, folder, hasClang, inOrder, optionSets, programs } from "./warnings/clang.mjs";

const kernel = embeddedKernel("x86");
const answers = JSON.parse(readFileSync(`${folder}answers.json`, "utf8")) as Record<string, Record<string, string[]>>;

/** clang has more warnings: those that bpfasm does not have are left out. */
const shared = (list: readonly string[]): string[] => list.filter((answer) => isWarningName(answer.split(" ")[1]!));

/** What is told of the object, or of what clang takes for an error. */
const oursAlone = new Set(["license", "undefined-externs", "unknown-sections"]);

function ours(program: string, options: string): string[] {
  const flags = options.split(" ").flatMap((flag) => (flag === "" ? [] : [flag.slice(2)]));
  const { diagnostics, files } = compile(readFileSync(`${folder}${program}`, "utf8"), {
    kernel,
    verify: false,
    warnings: { flags },
  });
  const told = diagnostics.flatMap(({ code, span }) =>
    span && code.startsWith("-W") && !oursAlone.has(code.slice(2))
      ? [`${files.place(span).line} ${code.slice(2)}`]
      : [],
  );
  return inOrder(told);
}

const rows = (programs as string[]).flatMap((program) =>
  (optionSets as string[]).map((options) => ({ program, options })),
);

test.each(rows)("$program $options", ({ program, options }) => {
  expect(ours(program, options)).toEqual(shared(answers[program]![options]!));
});

describe.skipIf(!hasClang())("clang-19, where it is installed", () => {
  test("gives the answers that are recorded", { timeout: 120_000 }, () => {
    expect(clangAnswers()).toEqual(answers);
  });
});
