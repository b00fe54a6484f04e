import { expect, test } from "vitest";
import { optimise } from "../../../src/asm/ir/optimise.ts";
import type { TExpr } from "../../../src/asm/sema/tree.ts";
import type { IntType } from "../../../src/asm/sema/types.ts";
import { run } from "../ir/interpreter.ts";
import * as t from "./tree.ts";

const types: readonly IntType[] = [t.char, t.ushort, t.int, t.uint, t.long, t.ulong];
const interesting = [
  0n,
  1n,
  2n,
  3n,
  127n,
  255n,
  1n << 31n,
  (1n << 31n) - 1n,
  (1n << 32n) - 1n,
  1n << 63n,
  (1n << 63n) - 1n,
  -1n,
  -2n,
  1n << 33n,
];

const cut = (value: bigint, type: IntType): bigint =>
  type.signed ? BigInt.asIntN(type.size * 8, value) : BigInt.asUintN(type.size * 8, value);

const exact = {
  add: (a: bigint, b: bigint) => a + b,
  sub: (a: bigint, b: bigint) => a - b,
  mul: (a: bigint, b: bigint) => a * b,
};

/** `main(a, b)`: whether it overflowed; the result goes to the global `g`. */
function program(op: keyof typeof exact, left: IntType, right: IntType, to: IntType) {
  const [a, b, r] = [t.local("a", left), t.local("b", right), t.local("r", to)];
  const wrong: TExpr = {
    kind: "builtin",
    builtin: { kind: "overflow", op, left: t.get(a), right: t.get(b), result: t.localPlace(r) },
    type: t.bool,
    span: t.span,
  };
  const w = t.local("w", t.bool);
  const body = t.block(
    t.declare(w, wrong),
    t.stmt(t.assign(t.globalPlace("g", t.long), t.convert(t.get(r), t.long))),
    t.ret(t.convert(t.get(w), t.int)),
  );
  return optimise(t.lowered(t.unit([t.fn("main", t.int, [a, b], body)], [t.global("g", t.long)])), {
    level: 2,
    check: true,
  });
}

const bytesOf = (value: bigint): string => {
  const bits = BigInt.asUintN(64, value);
  return Array.from({ length: 8 }, (_, i) => (bits >> BigInt(8 * i)) & 0xffn).join(",");
};

test.each(Object.keys(exact) as (keyof typeof exact)[])("%s with overflow is exact for every mix of types", (op) => {
  for (const left of types) {
    for (const right of types) {
      for (const to of types) {
        const made = program(op, left, right, to);
        for (const [i, x] of interesting.entries()) {
          const [a, b] = [cut(x, left), cut(interesting[(i * 5 + 3) % interesting.length]!, right)];
          const want = exact[op](a, b);
          const got = run(made, "main", [BigInt.asUintN(64, a), BigInt.asUintN(64, b)]);
          const text = `${a} ${op} ${b}: ${left.name}, ${right.name} to ${to.name}`;
          expect(`${text} ${got.result}`).toBe(`${text} ${cut(want, to) === want ? 0n : 1n}`);
          expect(got.trace.find((line) => line.startsWith("g="))).toContain(`g=${bytesOf(cut(want, to))},`);
        }
      }
    }
  }
});
