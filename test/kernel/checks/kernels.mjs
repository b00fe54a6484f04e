// What a kernel says of whole objects: the one that knows no sessions, the verifier's verdict, the lines it shows.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "../harness/compiler.mjs";
import { fetch, project } from "../harness/paths.mjs";
import { mustRun } from "../harness/process.mjs";
import { programNamed, programs } from "../harness/programs.mjs";

/** Loads with bpftool, which has to fail; what it says follows. */
const refused = (object) => `
if bpftool prog loadall ${object} /sys/fs/bpf/refused autoattach 2>&1; then echo LOADED; fi
true
`;

const sourceLines = (source) => readFileSync(join(project, source), "utf8").split("\n");

/** Each line that the kernel shows is the line of the source at that number. */
function expectLines(source, output) {
  const lines = sourceLines(source);
  const shown = [...output.text.matchAll(/^; (.*) \[file:(.*) line_num:(\d+) line_col:(\d+)\]$/gm)];
  for (const [, text, file, number, column] of shown) {
    if (basename(file) !== basename(source)) continue;
    const line = lines[Number(number) - 1] ?? "";
    assert.equal(text.trim(), line.trim(), `line ${number}`);
    assert.ok(Number(column) >= 0 && Number(column) <= line.length + 1, `column ${column} of line ${number}`);
  }
  const numbers = new Set(shown.map((match) => match[3]));
  assert.ok(numbers.size >= 6, `only ${numbers.size} lines are shown\n${output.text}`);
}

const latency = programNamed("latency");
const loadable = programs.filter(({ name }) => !["session", "sleepable"].includes(name));

/** Flags that make the kernel's own vmlinux.h and libbpf's headers stand before the built-in ones. */
const realHeaders = () => ["-I", fetch("headers", "7.2"), "-I", join(fetch("sysroot"), "usr/include")];

/** Without relocations: members of a type that is taken from BTF are numbered as they are used. */
async function disassembled(source, output, flags) {
  const { status, stderr } = await build(join(project, source), output, { flags });
  assert.equal(status, 0, stderr);
  return (await mustRun("llvm-objdump-19", ["-d", output])).stdout.replace(/^.*file format.*$/m, "");
}

export default [
  {
    name: "real headers give the same code as the built-in ones",
    compilers: ["bpfasm"],
    host: async ({ folder }) => {
      for (const name of ["cookie-headers", "arguments", "maps", "printk", "ring", "weak"]) {
        const { source } = programNamed(name);
        const builtIn = await disassembled(source, join(folder, "a.o"), []);
        assert.equal(await disassembled(source, join(folder, "b.o"), realHeaders()), builtIn, source);
      }
    },
  },
  {
    // here the headers' macros do their work in another way, so the result is what counts
    name: "fields of kernel structures through the real headers",
    kernels: ["7.2-amd64"],
    objects: { "probe.o": { ...programNamed("fields"), flags: realHeaders } },
    script: "bpfrun open probe.o load attach run read_task detach globals",
    expect: (output) => {
      const tgid = output.global("expected_tgid");
      output.assertGlobals({ tgid, leader: tgid, parent_again: output.global("parent"), has_mm: 1, exists: 1 });
    },
  },
  {
    name: "6.18 refuses a session: its kfuncs take no argument",
    kernels: ["6.18-amd64"],
    objects: { "probe.o": programNamed("entry-exit") },
    script: refused("probe.o"),
    expect: (output) => {
      assert.doesNotMatch(output.text, /LOADED/);
      // libbpf stops at a strong extern with another prototype; a weak one counts as absent, and the kernel's word is next
      assert.match(output.text, /func_proto .* incompatible with vmlinux|-EINVAL/);
    },
  },
  {
    name: "6.18 refuses a session without kfuncs: no such attach type",
    kernels: ["6.18-amd64"],
    objects: { "probe.o": programNamed("plain") },
    script: refused("probe.o"),
    expect: (output) => {
      assert.doesNotMatch(output.text, /LOADED/);
      assert.match(output.text, /-EINVAL|Invalid argument/);
    },
  },
  {
    name: "6.18 still takes fentry and fexit",
    kernels: ["6.18-amd64"],
    objects: { "pair.o": programNamed("fentry-fexit") },
    script: `bpfrun open pair.o load attach shell 'ping -c 1 127.0.0.1 >/dev/null' detach globals`,
    expect: (output) => output.assertGlobals({ entered: 2, left: 2, unmatched: 0 }),
  },
  {
    name: "building for 6.18 says so in one diagnostic",
    compilers: ["bpfasm"],
    host: async ({ folder }) => {
      const flags = ["--btf", join(fetch("kernel", "6.18"), "btf")];
      const source = join(project, programNamed("cookie").source);
      const { status, stderr } = await build(source, join(folder, "cookie.o"), { flags });
      assert.equal(status, 1);
      assert.equal(stderr.match(/: error: /g)?.length, 1, stderr);
      assert.match(stderr, /BPF_TRACE_FSESSION|fsession/);
    },
  },
  {
    name: "prog dump xlated linum shows the source",
    kernels: ["7.2-amd64", "7.2-arm64"],
    objects: { "latency.o": latency },
    script: `
      bpftool prog loadall latency.o /sys/fs/bpf/lines || exit 1
      bpftool prog dump xlated pinned /sys/fs/bpf/lines/measure linum
      rm -r /sys/fs/bpf/lines`,
    expect: (output) => expectLines(latency.source, output),
  },
  {
    name: "the verifier accepts every program",
    kernels: ["7.2-amd64"],
    objects: Object.fromEntries(loadable.map((program) => [`${program.name}.o`, program])),
    script: loadable.map(({ name }) => `bpfrun open ${name}.o judge`).join("\n"),
    expect: (output) => {
      const verdicts = output.json.filter((line) => line.verdict);
      assert.ok(verdicts.length >= loadable.length);
      const wrong = verdicts.find((line) => line.verdict !== "accepted");
      assert.equal(wrong, undefined, `${wrong?.object} ${wrong?.program}: ${wrong?.log}`);
    },
  },
];
