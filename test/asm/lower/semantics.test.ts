import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkSsa } from "../../../src/asm/ir/check.ts";
import { optimise } from "../../../src/asm/ir/optimise.ts";
import type { Unit } from "../../../src/asm/sema/tree.ts";
import { integerShape } from "../../../src/asm/sema/type-ops.ts";
import { type Outcome, run } from "../ir/interpreter.ts";
import { Evaluator } from "./evaluate.ts";
import { RandomUnit } from "./random.ts";
import { lowered } from "./tree.ts";

const names = ["arr", "g", "rec"];

/** Arguments as values of the parameters' types. */
function cut(unit: Unit, args: readonly bigint[]): bigint[] {
  const main = unit.functions.find((fn) => fn.name === "main")!;
  return main.params.map((param, i) => {
    if (param.type.kind === "bool") return args[i]! & 1n;
    const { size, signed } = integerShape(param.type);
    return signed ? BigInt.asIntN(size * 8, args[i]!) : BigInt.asUintN(size * 8, args[i]!);
  });
}

function meaning(unit: Unit, args: readonly bigint[]): Outcome {
  const evaluator = new Evaluator(unit);
  const main = unit.functions.find((fn) => fn.name === "main")!;
  const result = evaluator.call(main, args);
  return { result, trace: [...evaluator.trace, ...evaluator.globals(names)] };
}

const calls = (outcome: Outcome): string[] => outcome.trace.filter((line) => !line.includes("="));

/** Globals that a program never names are missing from its outcome. */
const comparable = (outcome: Outcome, want: Outcome, unit: Unit): Outcome => {
  const ret = unit.functions.find((fn) => fn.name === "main")!.type.ret;
  const bits = ret.kind === "int" && ret.size === 8 ? 64 : 32;
  const seen = new Set(outcome.trace.map((line) => line.split("=")[0]));
  const untouched = want.trace.filter((line) => line.includes("=") && !seen.has(line.split("=")[0]!));
  return {
    result: outcome.result === undefined ? undefined : BigInt.asUintN(bits, outcome.result),
    trace: [...calls(outcome), ...[...outcome.trace.filter((line) => line.includes("=")), ...untouched].sort()],
  };
};

const runs = Number(process.env.RUNS ?? 60);
const args = fc.array(fc.bigInt(-(1n << 63n), (1n << 63n) - 1n), { minLength: 3, maxLength: 3 });

describe("a random program means the same", () => {
  test.each([
    ["as lowered", undefined],
    ["at level 0", 0],
    ["at level 2", 2],
  ] as const)(
    "%s",
    (_, level) => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 2 ** 31 }), args, (seed, values) => {
          const unit = new RandomUnit(seed).unit();
          const program = lowered(unit);
          for (const fn of program.functions) checkSsa(fn, "lower");
          const made = level === undefined ? program : optimise(program, { level, check: true });
          const passed = cut(unit, values);
          const want = meaning(unit, passed);
          const got = run(
            made,
            "main",
            passed.map((v) => BigInt.asUintN(64, v)),
          );
          expect(comparable(got, want, unit)).toEqual(comparable(want, want, unit));
        }),
        { numRuns: runs },
      );
    },
    240_000,
  );
});
