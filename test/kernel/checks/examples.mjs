// The examples in the guest, with the results checked there.
import assert from "node:assert/strict";

const SESSION_KERNELS = ["7.2-amd64", "7.2-arm64", "7.0-amd64"];
// before 7.2, a kernel without error injection (as Debian builds it) lets no sleepable program near a system call
const SLEEPABLE_KERNELS = ["7.2-amd64", "7.2-arm64"];
const example = (name, file = `${name}.bpf.c`) => `examples/${name}/${file}`;
const TRACE = "/sys/kernel/tracing/trace";

/** bpftool alone, as a user would do it; then the trace as text. */
const loadAndPing = (object) => `
echo > ${TRACE}
bpftool prog loadall ${object} /sys/fs/bpf/probe autoattach || exit 1
ping -c 1 127.0.0.1 >/dev/null
grep bpf_trace_printk ${TRACE}
rm -r /sys/fs/bpf/probe
`;

const traced = (output) => output.lines.flatMap((line) => /bpf_trace_printk: (.*)$/.exec(line)?.[1] ?? []);

const printing = (name, source, expected) => ({
  name,
  kernels: SESSION_KERNELS,
  objects: { "probe.o": source },
  script: loadAndPing("probe.o"),
  expect: (output) => assert.deepEqual(traced(output), expected),
});

// ping over loopback: the request arrives, and then its answer
const ENTRY_EXIT = ["fsession entry.", "fsession exit.", "fsession entry.", "fsession exit."];
const COOKIES = ["fsession cookie: 0xdeadbeef", "fsession cookie: 0xdeadbeef"];

const slotsOf = (output) => output.map("histogram").map(([, value]) => value.readBigUInt64LE());
const sum = (values) => values.reduce((a, b) => a + b, 0n);

export default [
  printing("example entry-exit", example("entry-exit", "entry-exit.bpf"), ENTRY_EXIT),
  printing("example cookie", example("cookie", "cookie.bpf"), COOKIES),
  printing("entry-exit with headers and licence", "test/kernel/programs/entry-exit-headers.bpf.c", ENTRY_EXIT),
  printing("cookie with headers and licence", "test/kernel/programs/cookie-headers.bpf.c", COOKIES),
  {
    name: "example latency: the slots of the histogram add up to the calls",
    kernels: SESSION_KERNELS,
    objects: { "latency.o": example("latency") },
    script: `bpfrun open latency.o load attach shell 'ping -c 3 127.0.0.1 >/dev/null' detach globals maps`,
    expect: (output) => {
      output.assertGlobals({ calls: 6 });
      assert.equal(sum(slotsOf(output)), 6n);
      const used = slotsOf(output).flatMap((count, slot) => (count > 0n ? [slot] : []));
      assert.ok(
        used.every((slot) => slot > 8 && slot < 32),
        `a call took 2^${used} ns`,
      );
    },
  },
  {
    name: "example call-counter: reading a folder fails",
    kernels: SESSION_KERNELS,
    objects: { "counter.o": example("call-counter") },
    script: `bpfrun open counter.o load attach shell 'for i in 1 2 3; do cat / 2>/dev/null; done; true' detach globals`,
    expect: (output) => {
      output.assertGlobals({ failed: 3, last_error: -21 });
      assert.ok(output.global("calls") >= 3n);
    },
  },
  {
    name: "example packet-record: fields of the packet and of the network namespace two pointers away",
    kernels: SESSION_KERNELS,
    objects: { "packet.o": example("packet-record") },
    script: `
      readlink /proc/self/ns/net
      bpfrun open packet.o load attach shell 'ping -c 1 -s 100 127.0.0.1 >/dev/null' detach rings`,
    expect: (output) => {
      const netns = Number(/net:\[(\d+)\]/.exec(output.text)[1]);
      const records = output.records("records").map((r) => [0, 4, 8, 12].map((off) => r.readInt32LE(off) >>> 0));
      // 20 bytes of IP header, 8 of ICMP, 100 of data; loopback is interface 1; NET_RX_SUCCESS is 0
      assert.deepEqual(records, [
        [128, 1, netns, 0],
        [128, 1, netns, 0],
      ]);
    },
  },
  {
    name: "example fentry-fexit: every exit finds its entry",
    kernels: SESSION_KERNELS,
    objects: { "pair.o": example("fentry-fexit") },
    script: `bpfrun open pair.o load attach shell 'ping -c 2 127.0.0.1 >/dev/null' detach globals maps`,
    expect: (output) => {
      output.assertGlobals({ entered: 4, left: 4, unmatched: 0 });
      assert.ok(output.global("longest") > 0n);
      assert.deepEqual(output.map("started"), []);
    },
  },
  {
    name: "example three-sessions: each program has a cookie of its own",
    kernels: SESSION_KERNELS,
    objects: { "three.o": example("three-sessions") },
    script: `
      bpfrun open three.o load attach run first detach globals
      grep -E ' [Tt] bpf_fentry_test1$' /proc/kallsyms`,
    expect: (output) => {
      const ip = BigInt(`0x${/^([0-9a-f]{16}) [Tt] bpf_fentry_test1$/m.exec(output.text)[1]}`);
      assert.deepEqual(output.array("kept", 8).slice(0, 2), [0x1111111111111111n, 0x2222222222222223n]);
      assert.ok(output.array("kept", 8)[2] - ip < 16n, "bpf_get_func_ip lies at the start of the function");
      assert.deepEqual(output.array("exits", 8), [1n, 1n, 1n]);
    },
  },
  {
    name: "example trace-bpf: a session on a function of another BPF program",
    kernels: SESSION_KERNELS,
    objects: { "target.o": example("trace-bpf", "target.bpf.c"), "session.o": example("trace-bpf", "session.bpf.c") },
    // the classifier is run through a pin, as it is not the object opened last
    script: `
      head -c 64 /dev/zero > packet
      bpfrun open target.o load shell 'true' open session.o target weigh load attach \\
        shell 'bpftool prog run id $(bpftool prog show name classify | head -n 1 | cut -d: -f1) data_in packet' detach globals`,
    expect: (output) => {
      // 64 bytes less the Ethernet header, which the kernel takes off for a classifier
      output.assertGlobals({ seen_len: 64, seen_factor: 3, seen_result: 192, seen_cookie: 3n << 32n });
    },
  },
  {
    name: "example sleepable: a session that reads user memory",
    kernels: SLEEPABLE_KERNELS,
    objects: { "sleepable.o": example("sleepable") },
    script: `bpfrun open sleepable.o load attach shell 'usleep 150000' detach globals`,
    expect: (output) => {
      output.assertGlobals({ read_error: 0, asked_ns: 150000000 });
      assert.ok(output.global("slept_ns") >= 150000000n);
    },
  },
];
