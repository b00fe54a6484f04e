// CO-RE: one object, built once for the newest kernel, on kernels where its fields, types and enumerators differ. What it
// reads is what the kernel says elsewhere, what clang's object of the same source reads, and what BTF says.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "../harness/compiler.mjs";
import { command, fetch, kernelTests, project } from "../harness/paths.mjs";
import { run } from "../harness/process.mjs";

const KERNELS = ["6.1-amd64", "6.12-amd64", "6.18-amd64", "7.0-amd64", "7.2-amd64", "7.2-arm64"];

const sourceOf = (name) => join(project, "test/kernel/programs/core", `${name}.bpf.c`);

const built = new Map();

/** The path of an object, built once for all kernels and both machines; the verdict of this build's kernel does not count. */
function objectOf(name, compiler) {
  const key = `${name} ${compiler}`;
  if (!built.has(key)) {
    const output = join(mkdtempSync(join(tmpdir(), "bpfasm-core-")), `${name}.o`);
    const flags = compiler === "bpfasm" ? ["--no-verify"] : [];
    built.set(
      key,
      build(sourceOf(name), output, { flags }, compiler).then(({ status, stderr }) => {
        assert.equal(status, 0, stderr);
        return output;
      }),
    );
  }
  return built.get(key);
}

const bothOf = (name) => async () => ({
  "ours.o": await objectOf(name, "bpfasm"),
  "clangs.o": await objectOf(name, "clang"),
});

const btfOf = (kernel) => join(fetch("kernel", ...kernel.split("-")), "btf");

/** A kernel's BTF as bpftool prints it, a type or member a line. */
function btfText(kernel) {
  const tool = [fetch("guest", "amd64"), "btf", "dump", "file", btfOf(kernel)];
  return execFileSync(join(kernelTests, "vm", "bpftool"), tool, { encoding: "utf8", maxBuffer: 256 << 20 });
}

/** What bpftool says of an enumerator, or of a struct; 0 where there is none. */
const enumerator = (text, name) => BigInt(new RegExp(`^\\t'${name}' val=(\\d+)$`, "m").exec(text)?.[1] ?? 0);
const structSize = (text, name) =>
  BigInt(new RegExp(`^\\[\\d+\\] STRUCT '${name}' size=(\\d+)`, "m").exec(text)?.[1] ?? 0);

function memberOffset(text, struct, member) {
  const members = new RegExp(`^\\[\\d+\\] STRUCT '${struct}' .*\\n((?:\\t.*\\n)*)`, "m").exec(text)[1];
  return BigInt(new RegExp(`^\\t'${member}' .*bits_offset=(\\d+)`, "m").exec(members)[1]) / 8n;
}

// what differs from run to run between the two objects: who runs, and what is busy
const LIVELY = new Set(
  "tgid expected_tgid parent leader first_number copied_number inode file_pages queued".split(" "),
);

const globalsOf = (lines) => new Map(lines.filter((line) => line.global).map((line) => [line.global, line.value]));

function expectSame({ json, text }) {
  const second = json.findIndex((line) => line.step === "open" && line.object === "ours.o");
  const [clangs, ours] = [globalsOf(json.slice(0, second)), globalsOf(json.slice(second))];
  assert.ok(ours.size > 60 && clangs.size === ours.size, `${ours.size} and ${clangs.size} globals\n${text}`);
  for (const [name, value] of ours) if (!LIVELY.has(name)) assert.equal(value, clangs.get(name), `${name}, clang's`);
}

/** The words that the script printed behind a keyword. */
const said = (output, key) => new RegExp(`^${key} (.*)$`, "m").exec(output.text)[1].split(" ");
const textOf = (output, name) => output.bytes(name).toString().replace(/\0.*/s, "");

function expectKernelsWord(output) {
  const [ino, size, time, mode] = said(output, "file");
  const tgid = output.global("tgid");
  const [net] = said(output, "net");
  output.assertGlobals({
    ...{ expected_tgid: tgid, leader: tgid, first_number: tgid, copied_number: tgid, on_cpu: 1, static_prio: 120 },
    ...{ open_files: 512, open_files_max: 512, capabilities: BigInt(`0x${said(output, "CapEff:\\t")[0]}`) },
    ...{ inode: ino, file_size: size, changed_at: time, file_mode: Number.parseInt(mode, 16) },
    ...{ net_namespace: net, copied_inum: net, cgroup_id: output.global("expected_cgroup_id"), cgroup_level: 0 },
    ...{ parents_known: 1, cgroup_parent: 0, second_cpu: 1, map_entries: 123, map_value_size: 8, map_kind: 2 },
    // what busybox's ping asks of its socket: 2 * (7 KiB + 2 * 56 bytes), locked
    ...{ locks: 2, receive_buffer: 14_560, protocol: 1, socket_type: 3, kernels_own: 0, has_own_header: 0 },
    ...{ interface: 1, mtu: 65_536, flags: 9, queues: 1, length: 64, packet_type: 0, header_words: 5, version: 4 },
    ...{
      time_to_live: 64,
      list_matches: 1,
      other_matches: 0,
      is_signed: 1,
      second_place_agrees: 1,
      written: 0x65,
      initialised: 14,
    },
  });
  assert.equal(textOf(output, "comm"), "bpfrun");
  assert.equal(textOf(output, "first_argument"), "bpfrun");
  assert.equal(textOf(output, "release"), said(output, "release")[0]);
  assert.equal(textOf(output, "device"), "lo");
}

function expectBtfsWord(output, kernel) {
  const btf = btfText(kernel);
  const has = (name) => Number(structSize(btf, name) > 0n);
  const known = (name) => Number(enumerator(btf, name) > 0n);
  output.assertGlobals({
    ...{ shared_pages: enumerator(btf, "NR_SHMEM"), node_items: enumerator(btf, "NR_VM_NODE_STAT_ITEMS") },
    ...{ head_bit: enumerator(btf, "PG_head"), swap_bit: enumerator(btf, "PG_swapbacked") },
    ...{ attach_types: enumerator(btf, "__MAX_BPF_ATTACH_TYPE"), has_session: known("BPF_TRACE_FSESSION") },
    ...{ has_netfilter: known("BPF_PROG_TYPE_NETFILTER"), has_bounce: known("NR_BOUNCE") },
    ...{ bounce: enumerator(btf, "NR_BOUNCE"), task_size: structSize(btf, "task_struct") },
    ...{ scx_size: structSize(btf, "sched_ext_entity"), iterator_size: structSize(btf, "bpf_iter_num") },
    ...{ has_scx: has("sched_ext_entity"), has_lsm_prop: has("lsm_prop"), has_rss_stat: has("mm_rss_stat") },
    ...{ resident_is_old: has("mm_rss_stat"), kernel_id_known: has("lsm_prop") || 2 },
  });
  const places = ["task_struct tgid", "task_struct comm", "net_device mtu"].map((words) => words.split(" "));
  assert.deepEqual(
    output.array("offsets", 8).slice(0, places.length),
    places.map(([struct, member]) => memberOffset(btf, struct, member)),
  );
}

const OPEN = "load attach run read_task shell 'ping -c 1 127.0.0.1 >/dev/null' detach globals";

/** What bpfasm says of each program of an object for a kernel's BTF: name to verdict. */
async function verdicts(object, kernel) {
  const { stdout, stderr } = await run(process.execPath, [command, "verify", "--json", "--btf", btfOf(kernel), object]);
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  assert.ok(lines.length > 10, stdout + stderr);
  return new Map(lines.map((line) => JSON.parse(line)).map(({ program, verdict }) => [program, verdict]));
}

/** Building with the newest kernel's own header, checked against another kernel. */
async function buildFor(name, version, folder) {
  const headers = ["-I", fetch("headers", "7.2"), "-I", join(fetch("sysroot"), "usr/include")];
  const flags = ["--btf", join(fetch("kernel", version), "btf"), ...headers];
  const { status, stderr } = await build(sourceOf(name), join(folder, `${name}.o`), { flags });
  assert.equal(status, 0, stderr); // another kernel may have what this one lacks: a warning
  return stderr.match(/: warning: .*\[-Wunresolved\]/g) ?? [];
}

const whenBuilding = {
  name: "CO-RE: building for a kernel tells what it lacks, and only that",
  compilers: ["bpfasm"],
  host: async ({ folder }) => {
    const object = await objectOf("refused", "bpfasm");
    for (const version of ["6.1", "6.12", "6.18"]) {
      assert.deepEqual(await buildFor("moved", version, folder), [], version);
      const told = await buildFor("refused", version, folder);
      const rejected = [...(await verdicts(object, `${version}-amd64`)).values()].filter((v) => v === "rejected");
      assert.equal(told.length, rejected.length, version);
      for (const warning of told) assert.match(warning, /\[E0568\]/);
    }
  },
};

const inGuests = KERNELS.flatMap((kernel) => [
  {
    name: "CO-RE: one object reads what each kernel has",
    kernels: [kernel],
    files: bothOf("moved"),
    script: `
      ulimit -n 512
      stat -c 'file %i %s %Y %f' check.sh
      readlink /proc/self/ns/net | sed 's/.*\\[\\(.*\\)\\]/net \\1/'
      echo release $(uname -r)
      grep CapEff /proc/self/status | sed 's/\\t/\\t /'
      bpfrun open clangs.o ${OPEN} <check.sh
      bpfrun open ours.o ${OPEN} <check.sh`,
    expect: (output) => {
      expectSame(output);
      expectKernelsWord(output);
      expectBtfsWord(output, kernel);
    },
  },
  {
    name: "CO-RE: what a kernel lacks is refused where it is used, and only there",
    kernels: [kernel],
    files: bothOf("refused"),
    mayFail: true,
    script: "bpfrun open ours.o judge; bpfrun open clangs.o judge",
    expect: async (output) => {
      const expected = await verdicts(await objectOf("refused", "bpfasm"), kernel);
      const judged = output.json.filter((line) => line.verdict !== undefined);
      assert.equal(judged.length, 2 * expected.size, output.text);
      for (const { object, program, verdict, log } of judged)
        assert.equal(verdict, expected.get(program), `${program} of ${object}: ${log}`);
      assert.ok(new Set(expected.values()).size === 2);
    },
  },
]);

/** Code that newer kernels take in shorter forms. */
const older = ["6.1-amd64", "7.2-amd64"].map((kernel) => ({
  name: "what the embedded kernel's code owes older ones",
  kernels: [kernel],
  files: async () => ({ "ours.o": await objectOf("older", "bpfasm") }),
  script: "bpfrun open ours.o judge",
  expect: ({ json }) => {
    const told = json.filter(({ verdict }) => verdict).map(({ program, verdict }) => `${program}: ${verdict}`);
    assert.deepEqual(
      told.sort(),
      ["compares", "marks", "to_loopback", "waits"].map((name) => `${name}: accepted`),
    );
  },
}));

export default [whenBuilding, ...inGuests, ...older];
