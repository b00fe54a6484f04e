// libbpf's macros in the kernel: arguments and results by registers, and open-coded iterators; by name and by headers.
import assert from "node:assert/strict";
import { join } from "node:path";
import { fetch } from "../harness/paths.mjs";

const KERNELS = ["7.2-amd64", "7.2-arm64", "6.18-amd64"];

/** The same source twice: with what is built in, and with libbpf's own headers on the include path. */
const ways = [
  { suffix: "", flags: [] },
  { suffix: ", libbpf's headers", flags: ["-isystem", join(fetch("sysroot", "amd64"), "usr/include")] },
];

const checks = (name, file, first, expect) =>
  ways.map(({ suffix, flags }) => ({
    name: `${name}${suffix}`,
    kernels: suffix ? KERNELS.slice(0, 1) : KERNELS,
    objects: { "probe.o": { source: `test/kernel/programs/${file}.bpf.c`, flags } },
    script: `bpfrun open probe.o load attach run ${first} detach globals`,
    expect,
  }));

export default [
  ...checks("kprobe, kretprobe and ksyscall: arguments and result", "kprobes", "start", (output) => {
    assert.deepEqual(output.array("arguments", 8), [11n, 12n, 13n, 14n, 15n]);
    assert.deepEqual(output.array("by_name", 8), [11n, 15n, 1n]);
    output.assertGlobals({ result: 65, calls: 1, command: 10 });
    assert.ok(output.global("command_size") >= 72n);
  }),
  ...checks("bpf_for, bpf_repeat and bpf_for_each", "loops", "loop", (output) => {
    const squares = Array.from({ length: 16 }, (_, i) => BigInt(i === 5 || i >= 12 ? 0 : i * i));
    assert.deepEqual(output.array("table", 4), squares);
    assert.deepEqual(output.array("sums", 8), [7n, 33n, 28n, 6n, 99n, 121n]);
  }),
];
