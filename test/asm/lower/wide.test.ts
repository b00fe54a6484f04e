/** Integers of 128 bits mean what C says: compiled, run, and compared with unbounded arithmetic. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile } from "../../../src/driver/compile.ts";
import { embeddedKernel } from "../../support/kernel.ts";
import { Region, type World } from "../codegen/memory.ts";
import { runBpf } from "../codegen/run-bpf.ts";

type Wrap = (v: bigint) => bigint;
type Meaning = (a: bigint, b: bigint, n: bigint, wrap: Wrap) => bigint | boolean;
interface Row {
  readonly c: string;
  readonly is: Meaning;
}

const row = (c: string, is: Meaning): Row => ({ c, is });
const u = (bits: number, v: bigint): bigint => BigInt.asUintN(bits, v);
const s = (bits: number, v: bigint): bigint => BigInt.asIntN(bits, v);
const amounts = [0n, 1n, 31n, 63n, 64n, 65n, 100n, 127n];
const above = (v: bigint): bigint => v >> 64n;
/** What fits its type, else 3. */
const kept = (v: bigint, wrap: Wrap): bigint => (wrap(v) === v ? v : 3n);
const least = (a: bigint, b: bigint): bigint => (a > b ? b : a);

/** Of `u` and `s` alike: `a` and `b` are of the type, `n` is below 128. */
const both: readonly Row[] = [
  ...[
    row("a + b", (a, b) => a + b),
    row("a - b", (a, b) => a - b),
    row("a * b", (a, b) => a * b),
    row("a & b", (a, b) => a & b),
    row("a | b", (a, b) => a | b),
    row("a ^ b", (a, b) => a ^ b),
    row("~a", (a) => ~a),
    row("-a", (a) => -a),
    row("+a", (a) => a),
  ],
  ...[
    row("a == b", (a, b) => a === b),
    row("a != b", (a, b) => a !== b),
    row("a < b", (a, b) => a < b),
    row("a <= b", (a, b) => a <= b),
    row("a > b", (a, b) => a > b),
    row("a >= b", (a, b) => a >= b),
    row("a < 0", (a) => a < 0n),
    row("a >= (T)1 << 64", (a) => a >= 1n << 64n),
    row("a > 0xffffffffffffffff", (a) => a > 0xffff_ffff_ffff_ffffn),
    row("(T)5 <= a", (a) => 5n <= a),
    row("a == 5", (a) => a === 5n),
    row("a != ((T)7 << 70)", (a) => a !== 7n << 70n),
  ],
  ...[
    row("!a", (a) => a === 0n),
    row("!!a", (a) => a !== 0n),
    row("a && b", (a, b) => a !== 0n && b !== 0n),
    row("a || b", (a, b) => a !== 0n || b !== 0n),
    row("a ? b : 3", (a, b) => (a === 0n ? 3n : b)),
    row("a ?: b", (a, b) => (a === 0n ? b : a)),
    row("a < b ? a : b", least),
    row("(bool)a", (a) => a !== 0n),
  ],
  ...[
    row("a << n", (a, _, n) => a << n),
    row("a >> n", (a, _, n) => a >> n),
    row("a << (T)n", (a, _, n) => a << n),
    row("n << (b & 31)", (_, b, n) => u(32, n << (b & 31n))),
    ...amounts.map((by) => row(`a << ${by}`, (a) => a << by)),
    ...amounts.map((by) => row(`a >> ${by}`, (a) => a >> by)),
  ],
  ...[
    row("a * 8", (a) => a * 8n),
    row("((T)1 << 100) * a", (a) => a << 100n),
    row("a * -3", (a) => a * -3n),
    row("(u128)(u64)a * (u64)b", (a, b) => u(64, a) * u(64, b)),
    row("(T)(s64)a * (s64)b", (a, b) => s(64, a) * s(64, b)),
    row("(T)(u32)a * (u32)b", (a, b) => u(32, a) * u(32, b)),
    row("(u128)(u64)a / ((u64)b | 1)", (a, b) => u(64, a) / (u(64, b) | 1n)),
    row("(T)(u32)a % 10", (a) => u(32, a) % 10n),
    row("(u64)(((u128)(u64)a * (u64)b) >> 64)", (a, b) => above(u(64, a) * u(64, b))),
  ],
  ...[
    row("(s8)a", (a) => s(8, a)),
    row("(u16)a", (a) => u(16, a)),
    row("(s32)a", (a) => s(32, a)),
    row("(u32)a", (a) => u(32, a)),
    row("(s64)a", (a) => s(64, a)),
    row("(u64)a", (a) => u(64, a)),
    row("(T)(void *)a", (a) => u(64, a)),
    row("(T)(bool)a", (a) => (a === 0n ? 0n : 1n)),
    row("((void)a, b)", (_, b) => b),
  ],
  ...[
    row("({ T t = a; t += b; t ^= 5; t; })", (a, b) => (a + b) ^ 5n),
    row("({ T t = a; T v = t++; v * 2 + t--; })", (a) => a * 2n + (a + 1n)),
    row("({ T t = a; --t; t <<= 70; ++t; })", (a) => ((a - 1n) << 70n) + 1n),
    row("({ u64 t = a; t += b; t; })", (a, b) => u(64, a + b)),
    row("({ s32 t = a; t -= b; t; })", (a, b) => s(32, a - b)),
    row("({ s16 t = a; s16 v = t++; (T)v; })", (a) => s(16, a)),
    row("({ struct { char c; T t; } x = { 1, a }, y = x; y.t -= b; y.t; })", (a, b) => a - b),
    row("({ T t[2] = { a, b }; t[n & 1]; })", (a, b, n) => (n & 1n ? b : a)),
    row("({ volatile T t = a; t += b; t; })", (a, b) => a + b),
    row("((T){ a } - 1)", (a) => a - 1n),
    row("({ T t; bool o = __builtin_add_overflow(a, b, &t); t = o ? 3 : t; t; })", (a, b, _, wrap) =>
      kept(a + b, wrap),
    ),
    row("({ T t; bool o = __builtin_sub_overflow(a, b, &t); t = o ? 3 : t; t; })", (a, b, _, wrap) =>
      kept(a - b, wrap),
    ),
    row("({ T t; __builtin_add_overflow(a, 1, &t); })", (a, _b, _, wrap) => wrap(a + 1n) !== a + 1n),
    row("twice(a)", (a) => a * 2n),
    row("lower(a, b, n)", (a, b, n) => least(a, b) + n),
    row("({ T t = 0; for (int i = 0; i < 3; i++) t += a; t; })", (a) => a * 3n),
  ],
];

const ofUnsigned: readonly Row[] = [
  row("a / 1", (a) => a),
  row("a / 8", (a) => a / 8n),
  row("a % 8", (a) => a % 8n),
  row("a / ((u128)1 << 90)", (a) => a >> 90n),
  row("a % ((u128)1 << 90)", (a) => u(90, a)),
  row("a > (u128)-1 >> 1", (a) => a > (1n << 127n) - 1n),
  row("((u128)1 << 100 | 5) + a", (a) => ((1n << 100n) | 5n) + a),
];
const ofSigned: readonly Row[] = [
  row("a + (s8)b", (a, b) => a + s(8, b)),
  row("a == -1", (a) => a === -1n),
  row("a > -1", (a) => a > -1n),
  row("a <= -1", (a) => a <= -1n),
  row("a < (s64)b", (a, b) => a < s(64, b)),
];

const types = [
  { name: "u128", of: "unsigned __int128", rows: [...both, ...ofUnsigned], wrap: (v: bigint) => u(128, v) },
  { name: "s128", of: "__int128", rows: [...both, ...ofSigned], wrap: (v: bigint) => s(128, v) },
] as const;

const head = `
#define always static inline __attribute__((always_inline))
always T twice(T x) { return x + x; }
always T lower(T x, T y, u32 z) { return (x < y ? x : y) + z; }
`;

const sourceOf = (of: string, rows: readonly Row[]): string =>
  `typedef unsigned __int128 u128;\ntypedef ${of} T;\n${head}${rows
    .map(({ c }, i) => `int f${i}(T *x, T *y, T *out, u32 n) { T a = *x, b = *y; *out = ${c}; return 0; }\n`)
    .join("")}`;

const kernel = embeddedKernel();
const half = fc.oneof(
  fc.constantFrom(0n, 1n, 2n, 0x7fff_ffff_ffff_ffffn, 0x8000_0000_0000_0000n, 0xffff_ffff_ffff_ffffn, 0xffff_ffffn),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
);
const number = fc.tuple(half, half).map(([lo, hi]) => lo | (hi << 64n));
const pair = fc.oneof(
  fc.tuple(number, number),
  number.map((v) => [v, v] as const),
);

function memory(values: readonly bigint[]): Region {
  const region = new Region("numbers", 16 * values.length, true);
  values.forEach((v, i) => {
    region.store(16 * i, 8, u(64, v));
    region.store(16 * i + 8, 8, u(64, v >> 64n));
  });
  return region;
}

describe.each(types)("$name", ({ of, rows, wrap }) => {
  test.each([0, 2] as const)("at level %i", (level) => {
    const made = compile(sourceOf(of, rows), { kernel, level, fileName: "wide.bpf", verify: false });
    expect(made.diagnostics.map((d) => d.text)).toEqual([]);
    const subprogs = rows.map((_, i) => made.subprogs.find(({ name }) => name === `f${i}`)!);
    const run = fc.property(pair, fc.integer({ min: 0, max: 127 }), ([x, y], n) => {
      rows.forEach(({ c, is }, i) => {
        const region = memory([x, y, 0n]);
        const at = (off: number) => ({ region, off });
        runBpf(subprogs[i]!, [at(0), at(16), at(32), BigInt(n)], {} as World);
        const out = (region.load(40, 8) as bigint) * 2n ** 64n + (region.load(32, 8) as bigint);
        expect(`${c}: ${wrap(out)}`).toBe(`${c}: ${wrap(BigInt(is(wrap(x), wrap(y), BigInt(n), wrap)))}`);
      });
    });
    fc.assert(run, { numRuns: 40 });
  });
});
