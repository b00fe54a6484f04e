// The language, a group of features a file: each program of programs/language fills `out`, which has to be what its
// `want` says, built with and without optimisation and by clang. One more file is one more check.
import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { kernelTests } from "../harness/paths.mjs";
import { programsIn } from "../harness/programs.mjs";

/** What a file needs beyond the usual. */
const NEEDS = { "signed-division.bpf.c": { cpu: "v4" } };

const builtIn = join(kernelTests, "programs/language/clang/built-in.h");
const BUILDS = [
  { name: "O2", how: { flags: ["-O2"], compiler: "bpfasm" } },
  { name: "O0", how: { flags: ["-O0"], compiler: "bpfasm" } },
  { name: "clang", how: { flags: ["-include", builtIn], compiler: "clang" } },
];

/** A configuration for the loader to read, which Debian's guests come without. */
const configure = `
mkdir -p /boot && printf 'CONFIG_HZ=250\\nCONFIG_BPF_SYSCALL=y\\n' >/boot/config-$(uname -r)`;

/** Timers and work queues get the time to run. */
const script = BUILDS.map(
  ({ name }) => `
echo "--- ${name}"
bpfrun open ${name}.o load try-attach try-run shell 'usleep 50000' globals`,
).join("\n");

const hexOf = (output, name) => output.json.filter((line) => line.global === name).at(-1)?.value;

function expectWanted(output) {
  const parts = output.text.split("--- ").slice(1);
  for (const [index, { name }] of BUILDS.entries()) {
    const part = new output.constructor(output.status, parts[index] ?? "");
    const failed = part.json.find((line) => (line.step ?? line.ran) !== undefined && line.error !== 0);
    assert.equal(failed, undefined, `${name}: ${failed?.step ?? failed?.ran}\n${failed?.said}`);
    assert.ok(hexOf(part, "want"), `${name}: no globals\n${output.text}`);
    const [got, wanted] = ["out", "want"].map((array) => part.array(array, 8).map(BigInt.asIntN.bind(BigInt, 64)));
    assert.deepEqual(got, wanted, name);
  }
}

const checkOf = (source) => ({
  name: `language: ${basename(source, ".bpf.c")}`,
  kernels: ["7.2-amd64"],
  objects: Object.fromEntries(
    BUILDS.map(({ name, how }) => [`${name}.o`, { source, ...how, ...NEEDS[basename(source)] }]),
  ),
  script: `${configure}\n${script}`,
  mayFail: true,
  expect: expectWanted,
});

export default programsIn("language").map(checkOf);
