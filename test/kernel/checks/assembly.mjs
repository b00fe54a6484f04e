// Assembly in C in the kernel: what each statement computes, at both levels.
import assert from "node:assert/strict";

const OUT = [
  18n, // 11 + 7
  51606n, // 5, 11 + 5, 7 - 1
  64n, // 16 << 2
  16n, // 0xfffffff0 + 32, in 32 bits
  2n ** 64n - 3n,
  44n, // 200 + 100, in 8 bits
  123n,
  40n,
  42n,
  2n ** 64n - 10n, // (1 + 4) * -2
  80n,
  43n,
  21201n,
  45n,
  2001n,
  101002n, // before each cleanup: 1, then 1001 + 1
  0x1122334455667788n,
  12n,
  42n,
  45n,
  11n,
  0n,
  0n,
  0n,
];

export default ["-O2", "-O0"].map((level) => ({
  name: `assembly, ${level}`,
  kernels: level === "-O2" ? ["7.2-amd64", "7.2-arm64"] : ["7.2-amd64"],
  ...(level === "-O0" && { compilers: ["bpfasm"] }), // clang wants constants of assembly to be constant in C then
  objects: { "probe.o": { source: "test/kernel/programs/assembly.bpf.c", flags: [level] } },
  script: "bpfrun open probe.o load attach run work detach globals",
  expect: (output) => {
    assert.deepEqual(output.array("out", 8), OUT);
  },
}));
