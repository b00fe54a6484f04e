import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { generate } from "../../../src/asm/codegen/generate.ts";
import type { Cpu } from "../../../src/asm/codegen/target.ts";
import { checkSsa } from "../../../src/asm/ir/check.ts";
import { DiagSink } from "../../../src/diag/diagnostic.ts";
import { mix, type Value, World } from "./memory.ts";
import { randomFunction } from "./random-ir.ts";
import { runBpf } from "./run-bpf.ts";
import { runIr } from "./run-ir.ts";

/** Parameters with full registers; the 32-bit ones have rubbish above. */
const paramsFor = (world: World, seed: number): readonly Value[] => [
  { region: world.memory, off: 0 },
  ...[1, 2, 3, 4].map((i) => mix(`param ${i} ${seed}`) >> BigInt(i % 2 ? 0 : seed % 60)),
];

const tapes = fc.array(fc.nat({ max: 1 << 20 }), { minLength: 10, maxLength: 400, size: "max" });

describe("generated code does what its SSA does", () => {
  test.each<[Cpu, boolean, number]>([
    ["v3", true, 400],
    ["v4", true, 150],
    ["v3", false, 100],
    ["v2", true, 150],
    ["v1", false, 100],
  ])(
    "%s, optimised: %s",
    (cpu, optimise, numRuns) => {
      const property = fc.property(tapes, fc.nat({ max: 1000 }), (tape, seed) => {
        const fn = randomFunction(tape, cpu === "v4");
        checkSsa(fn, "random-ir");
        const sink = new DiagSink();
        const subprog = generate(fn, { cpu, optimise }, sink);
        const lacking = sink.diagnostics.filter((d) => d.code === "E0443");
        expect(sink.diagnostics.map((d) => d.text)).toEqual(lacking.map((d) => d.text));
        fc.pre(lacking.length === 0); // atomic operations that the processor does not have
        const [reference, world] = [new World(), new World()];
        const wanted = reference.outcome(runIr(fn, paramsFor(reference, seed), reference));
        expect(world.outcome(runBpf(subprog, paramsFor(world, seed), world))).toEqual(wanted);
      });
      fc.assert(property, { numRuns, seed: 1 });
    },
    120_000,
  );
});
