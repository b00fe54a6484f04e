/** Statements with operands compute what they say, whatever registers they get and whatever they clobber. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compile } from "../../../src/driver/compile.ts";
import { openKernel } from "../../../src/kernel/kernel.ts";
import type { World } from "../codegen/memory.ts";
import { runBpf } from "../codegen/run-bpf.ts";

const kernel = openKernel({
  arch: "x86",
  btf: readFileSync("data/vmlinux-7.2-x86.btf"),
  index: readFileSync("data/vmlinux-7.2-x86.idx"),
  name: "Linux 7.2",
});

const registers = ["r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9"];

interface Shape {
  readonly clobbers: readonly string[];
  readonly narrow: boolean;
  readonly memory: boolean;
  readonly level: 0 | 2;
}

/** `y` lives across the statement, `s` and `t` come out of it. */
const source = ({ clobbers, narrow, memory }: Shape): string => `
long f(${narrow ? "int" : "long"} a, long b, long c)
{
    long s, t = c, y = a * 3 + b, m = b + 1;
    asm volatile("${memory ? "%[s] = *(u64 *)%[b]" : "%[s] = %[b]"}; %[s] += %[a]; if %[s] s> 100 goto 1f; %[t] *= 7; 1: %[t] -= %[k]"
        : [s]"=&r"(s), [t]"+r"(t)
        : [a]"r"(a), [b]"${memory ? "m" : "r"}"(m), [k]"i"(sizeof(int))
        : ${[...clobbers.map((c) => `"${c}"`), '"memory"'].join(", ")});
    return s + t * 5 + y * 11 + c;
}
`;

const s64 = (v: bigint): bigint => BigInt.asIntN(64, v);

function expected(narrow: boolean, a: bigint, b: bigint, c: bigint): bigint {
  const x = narrow ? BigInt.asIntN(32, a) : a;
  const s = s64(s64(b + 1n) + x);
  const t = s64((s > 100n ? c : s64(c * 7n)) - 4n);
  const triple = narrow ? BigInt.asIntN(32, x * 3n) : x * 3n;
  return s64(s + t * 5n + s64(triple + b) * 11n + c);
}

test("results, values that live on and branches come out right", () => {
  const shapes = fc.record({
    clobbers: fc.subarray(registers, { maxLength: 6 }),
    narrow: fc.boolean(),
    memory: fc.boolean(),
    level: fc.constantFrom(0 as const, 2 as const),
  });
  const number = fc.oneof(
    fc.bigInt({ min: -1000n, max: 1000n }),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  );
  fc.assert(
    fc.property(shapes, number, number, number, (shape, a, b, c) => {
      const made = compile(source(shape), { kernel, level: shape.level, fileName: "f.bpf", verify: false });
      expect(made.diagnostics.map((d) => d.text)).toEqual([]);
      const params = [a, b, c].map((v) => BigInt.asUintN(64, v));
      const result = runBpf(made.subprogs[0]!, params, {} as World);
      expect(s64(result as bigint)).toBe(expected(shape.narrow, a, b, c));
    }),
    { numRuns: 200 },
  );
});
