// The objects themselves, as other tools read them; nothing of this needs a guest.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "../harness/compiler.mjs";
import { fetch, kernelTests, project } from "../harness/paths.mjs";
import { mapLimited, mustRun, run } from "../harness/process.mjs";
import { programNamed, programs } from "../harness/programs.mjs";
import { skip, skipReason } from "../harness/skip.mjs";

const bpftool = (...words) => mustRun(join(kernelTests, "vm", "bpftool"), [fetch("guest"), ...words]);

const objects = mkdtempSync(join(tmpdir(), "bpfasm-objects-"));
process.on("exit", () => rmSync(objects, { recursive: true, force: true }));
const built = new Map();

/** The object of a program, built once for all checks here. */
function objectOf(program) {
  if (!built.has(program.source)) built.set(program.source, buildNow(program));
  return built.get(program.source);
}

async function buildNow(program) {
  const output = join(objects, `${program.name.replaceAll("-", "_")}.o`);
  const { status, stderr } = await build(join(project, program.source), output, program);
  if (status !== 0) throw new Error(`does not build\n${stderr.slice(0, 500)}`);
  return output;
}

/** Hands the object of each program to `work`; complaints are collected, so that one program does not hide the others. */
const onEvery =
  (work, chosen = programs) =>
  async (cx) => {
    const problems = await mapLimited(chosen, 2, async (program) => {
      try {
        await work(await objectOf(program), program, cx);
      } catch (error) {
        if (skipReason(error)) throw error;
        return `${program.source}: ${error.message}`;
      }
    });
    const found = problems.filter((problem) => problem !== undefined);
    assert.ok(found.length === 0, `${found.length} of ${chosen.length} programs\n${found.join("\n")}`);
  };

/** The tool takes the object and has nothing to say against it. */
async function quietly(tool, ...words) {
  const { stdout, stderr } = await mustRun(tool, words);
  assert.equal(stderr, "", `${tool} ${words.join(" ")}`);
  assert.doesNotMatch(stdout, /warning:|<unknown>/, `${tool} ${words.join(" ")}`);
  return stdout;
}

/** The names of a source's programs, from its text. */
const programNames = (source) =>
  [...readFileSync(join(project, source), "utf8").matchAll(/^(?:int BPF_PROG\((\w+)|SEC\("tc"\)\nint (\w+))/gm)].map(
    (match) => match[1] ?? match[2],
  );

async function checkTypes(object, { source }) {
  const { stdout } = await bpftool("btf", "dump", "file", object, "format", "raw");
  for (const name of programNames(source))
    assert.match(stdout, new RegExp(`FUNC '${name}' type_id=\\d+ linkage=global`));
  await bpftool("btf", "dump", "file", object, "format", "c");
}

// their globals are structures, which a skeleton leaves to a header of the user's
const NO_SKELETON = ["data"];

/** A C program on the skeleton, linked: its structure has to hold every global by name and type. */
async function checkSkeleton(object, { name, source }, { folder }) {
  if (NO_SKELETON.includes(name)) return;
  const id = name.replaceAll("-", "_");
  const { stdout } = await bpftool("gen", "skeleton", object, "name", id);
  writeFileSync(join(folder, `${id}.skel.h`), stdout);
  const uses = programNames(source).map((program) => `\t(void)skeleton->progs.${program};\n`);
  const main = `#include "${join(kernelTests, "guest", "kernel-types.h")}"
#include "${id}.skel.h"
int main(void)
{
\tstruct ${id} *skeleton = ${id}__open();
\tif (!skeleton)
\t\treturn 1;
${uses.join("")}\t${id}__destroy(skeleton);
\treturn 0;
}
`;
  writeFileSync(join(folder, `${id}.c`), main);
  await linkStatic(join(folder, `${id}.c`), join(folder, id));
  await mustRun(join(folder, id), []); // opens the object, which loads nothing
}

/** A program that loads the latency example by its skeleton, runs a command and prints the calls it counted. */
async function skeletonThatRuns(object) {
  const { stdout } = await bpftool("gen", "skeleton", object, "name", "latency");
  writeFileSync(join(objects, "latency.skel.h"), stdout);
  const main = `#include "${join(kernelTests, "guest", "kernel-types.h")}"
#include "latency.skel.h"
#include <stdio.h>
#include <stdlib.h>
int main(int count, char **words)
{
\tstruct latency *skeleton = latency__open_and_load();
\tif (count < 2 || !skeleton || latency__attach(skeleton))
\t\treturn 1;
\tif (system(words[1]))
\t\treturn 2;
\tprintf("calls %llu\\n", skeleton->bss->calls);
\tlatency__destroy(skeleton);
\treturn 0;
}
`;
  writeFileSync(join(objects, "run-latency.c"), main);
  await linkStatic(join(objects, "run-latency.c"), join(objects, "run-latency"));
  return join(objects, "run-latency");
}

async function linkStatic(source, output) {
  const target = ["--target=x86_64-linux-gnu", `--sysroot=${fetch("sysroot")}`, "-static", "-fuse-ld=lld-19"];
  const libraries = ["-lbpf", "-lz", "-lelf", "-lzstd", "-Wl,-z,muldefs"];
  await mustRun("clang-19", [...target, "-Wall", "-Werror", source, ...libraries, "-o", output]);
}

function readers() {
  if (process.getuid() !== 0) skip("the readers in Go and Rust are built in a chroot, which takes root");
  return fetch("readers");
}

async function checkCilium(object, { source }) {
  const { stdout } = await mustRun(join(readers(), "read-go"), [object]);
  const { programs: found, types } = JSON.parse(stdout);
  for (const name of programNames(source)) assert.ok(found[name], `does not see ${name}`);
  assert.ok(types > 0, "no types");
  for (const { license, section, attach, attachTo } of Object.values(found)) {
    if (source.endsWith(".bpf.c")) assert.equal(license, "GPL"); // header-free ones get it only where they need it
    if (!section.startsWith("fsession/")) continue;
    assert.equal(attachTo, section.slice("fsession/".length));
    assert.ok(["TraceFSession", "AttachType(58)"].includes(attach), attach);
  }
}

// aya-obj knows classifiers by their older section name only, and no ksyscall; it does not find the functions that
// `assembly` calls, which libbpf, cilium/ebpf and bpftool do
const NOT_FOR_AYA = ["assembly", "kprobes", "target"];
const forAya = programs.filter(({ name }) => !NOT_FOR_AYA.includes(name));

async function checkAya(object, { source }) {
  const { stdout } = await mustRun(join(readers(), "read-rust"), [join(fetch("kernel", "7.2"), "btf"), object]);
  for (const name of programNames(source)) assert.ok(stdout.includes(`"${name}"`), `does not see ${name}: ${stdout}`);
}

export default [
  {
    // cilium/ebpf 0.22 reads sessions but does not look their targets up
    name: "cilium/ebpf loads, attaches and reads variables",
    kernels: ["7.2-amd64"],
    objects: { "pair.o": programNamed("fentry-fexit") },
    files: () => ({ "read-go": join(readers(), "read-go") }),
    script: "chmod +x read-go && ./read-go -attach pair.o ping -c 2 127.0.0.1",
    expect: (output) => output.assertGlobals({ entered: 4, left: 4, unmatched: 0 }),
  },
  {
    name: "a skeleton loads, attaches and reads a session's variables",
    kernels: ["7.2-amd64"],
    objects: { "latency.o": programNamed("latency") },
    files: async () => ({ skeleton: await skeletonThatRuns(await objectOf(programNamed("latency"))) }),
    script: "chmod +x skeleton && ./skeleton 'ping -c 2 127.0.0.1 >/dev/null'",
    expect: (output) => assert.match(output.text, /^calls 4$/m),
  },
  {
    name: "object: llvm-readelf reads all",
    host: onEvery((object) => quietly("llvm-readelf-19", "--all", object)),
  },
  {
    name: "object: llvm-objdump disassembles all",
    host: onEvery((object) => quietly("llvm-objdump-19", "--mcpu=v4", "-d", "-r", "-t", object)),
  },
  { name: "object: bpftool shows the types", host: onEvery(checkTypes) },
  { name: "object: bpftool's skeleton compiles and opens", host: onEvery(checkSkeleton) },
  { name: "object: cilium/ebpf reads all", host: onEvery(checkCilium) },
  { name: "object: aya-obj reads all", host: onEvery(checkAya, forAya) },
  {
    name: "object: no debug sections beyond BTF",
    compilers: ["bpfasm"],
    host: onEvery(async (object) => assert.doesNotMatch(await quietly("llvm-readelf-19", "-S", object), /\.debug_/)),
  },
  {
    name: "object: bpftool links two into one",
    host: async ({ folder }) => {
      const names = ["latency", "packet-record"];
      const parts = await mapLimited(names, 2, (name) => objectOf(programNamed(name)));
      await bpftool("gen", "object", join(folder, "both.o"), ...parts);
      const { stdout } = await run("llvm-readelf-19", ["--symbols", join(folder, "both.o")]);
      for (const name of ["measure", "packet", "histogram", "records"])
        assert.match(stdout, new RegExp(`\\b${name}\\b`));
    },
  },
];
