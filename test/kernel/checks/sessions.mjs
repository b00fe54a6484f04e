// What a session sees and what the programs around it use: arguments, helpers, cookies, maps, rings, printing, fields.
import assert from "node:assert/strict";

const BOTH = ["7.2-amd64", "7.2-arm64"];
const ALL = [...BOTH, "7.0-amd64"];
const program = (name) => `test/kernel/programs/${name}.bpf.c`;
const runs = (name) => `bpfrun open probe.o load attach run ${name} detach globals maps rings`;
const row = (values, width, index) => values.slice(index * width, (index + 1) * width);
const text = (bytes) => bytes.toString("latin1").split("\0")[0];

const check = (name, source, first, expect, kernels = BOTH) => ({
  name,
  kernels,
  objects: { "probe.o": program(source) },
  script: runs(first),
  expect,
});

const ARGUMENTS = [[], [1], [2, 3], [4, 5, 6], [7, 8, 9, 10], [11, 12, 13, 14, 15], [16, 17, 18, 19, 20, 21], [0], [0]];
const RETURNED = [0, 2, 5, 15, 34, 65, 111, 0, 0];

const printed = [
  "none",
  "one 1",
  "two -1 65535",
  "three -5000000000 beef z",
  "four 1 2 word 4",
  "five 1 2 3 4 18446744073709551615",
  "eight 1 2 3 4 5 6 7 8",
  "twelve 1 2 3 -1 5 6 7 8 65535 10 11 12",
  "percent % done",
];

function expectMaps(output) {
  const results = output.array("results", 8).map((value) => Number(BigInt.asIntN(64, value)));
  const [ENOENT, EEXIST, EINVAL] = [-2, -17, -22];
  assert.deepEqual(results, [ENOENT, 0, EEXIST, ENOENT, 0, 0, 0, 0, EINVAL, 0, 0, ENOENT, 0, 0, 0, 0]);
  assert.deepEqual(output.array("seen", 8).slice(0, 5), [42n, 16n, 2n, 7n, 15n]);
  assert.deepEqual(
    output.map("array").map(([, value]) => value.readBigUInt64LE()),
    [1n, 1000n, 5n],
  );
  const hash = output.map("hash").map(([key, value]) => [key.readUInt16LE(4), value.readInt32LE(20)]);
  assert.deepEqual(
    hash.sort((a, b) => a[0] - b[0]),
    [
      [80, -4],
      [81, -4],
    ],
  );
  const [[, perCpu]] = output.map("per_cpu");
  assert.equal(perCpu.readBigUInt64LE(8 * Number(output.global("cpu"))), 5n);
  assert.equal(output.map("recent").length, 7);
}

function expectRecords(output) {
  const records = output
    .records("events")
    .map((r) => [r.readBigUInt64LE(), text(r.subarray(8, 16)), r.readUInt16LE(16)]);
  assert.deepEqual(records, [
    [0n, "a", 0],
    [1n, "b", 256],
    [3n, "d", 768],
    [99n, "whole", 0xabcd],
  ]);
  output.assertGlobals({ out_result: 0, reserved: 4 });
}

function expectFields(output) {
  const tgid = output.global("expected_tgid");
  output.assertGlobals({ tgid, leader: tgid, first_level: tgid, forked: 0, has_mm: 1, comm_size: 16, exists: 1 });
  assert.equal(output.global("parent"), output.global("parent_again"));
  assert.notEqual(output.global("parent"), 0n);
  assert.deepEqual(
    ["comm", "comm_again"].map((name) => text(output.bytes(name))),
    ["bpfrun", "bpfrun"],
  );
}

export default [
  check(
    "arguments and return values of bpf_fentry_test1 to 8",
    "arguments",
    "test1",
    (output) => {
      const seen = output.array("arguments", 8);
      ARGUMENTS.forEach((wanted, i) => {
        assert.deepEqual(
          row(seen, 6, i).slice(0, wanted.length).map(Number),
          wanted,
          `arguments of bpf_fentry_test${i}`,
        );
      });
      assert.deepEqual(output.array("at_entry", 8).slice(1).map(Number), RETURNED.slice(1).fill(0));
      assert.deepEqual(output.array("at_exit", 8).map(Number), RETURNED);
      assert.deepEqual(output.array("runs", 4).slice(1).map(Number), Array(8).fill(2));
    },
    ALL,
  ),
  {
    ...check(
      "helpers of the traced function",
      "helpers",
      "ask",
      (output) => {
        const ip = BigInt(`0x${/^([0-9a-f]{16}) [Tt] bpf_fentry_test5$/m.exec(output.text)[1]}`);
        assert.ok(output.global("address") - ip < 16n);
        assert.deepEqual(output.array("values", 8), [11n, 12n, 13n, 14n]);
        assert.deepEqual(output.array("errors", 8), [0n, 0n, 0n, 0n]);
        output.assertGlobals({ argument_count: 5, entry_error: 0, entry_result: 0 });
        output.assertGlobals({ exit_error: 0, exit_result: 65, beyond_error: -22 });
      },
      ALL,
    ),
    script: `${runs("ask")}\ngrep -E ' [Tt] bpf_fentry_test5$' /proc/kallsyms`,
  },
  check(
    "sessions with and without a cookie on one function",
    "cookieless",
    "without",
    (output) => {
      assert.deepEqual(output.array("entries", 4), [1n, 1n, 0n]);
      assert.deepEqual(output.array("exits", 4), [1n, 1n, 2n]);
      output.assertGlobals({ initial: 0, final: 0x7766554433220011n });
    },
    ALL,
  ),
  check("maps: look-up, update, deletion", "maps", "use_maps", expectMaps),
  check("ring buffer: submit, discard, output", "ring", "send", expectRecords),
  check("weak externs", "weak", "probe_kernel", (output) => {
    output.assertGlobals({ missing: 0, present: 1, found_pid: 1 });
  }),
  check("fields of kernel structures", "fields", "read_task", expectFields, ALL),
  {
    ...check("bpf_printk with up to twelve arguments", "printk", "print", (output) => {
      const lines = output.lines.flatMap((line) => /bpf_trace_printk: (.*)$/.exec(line)?.[1] ?? []);
      assert.deepEqual(lines, printed);
    }),
    script: `
      echo > /sys/kernel/tracing/trace
      ${runs("print")}
      grep bpf_trace_printk /sys/kernel/tracing/trace`,
  },
];
