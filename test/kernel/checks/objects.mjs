// The objects themselves, as other tools read them; nothing of this needs a guest.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "../harness/compiler.mjs";
import { fetch, kernelTests, project } from "../harness/paths.mjs";
import { mapLimited, mustRun, run } from "../harness/process.mjs";
import { programNamed, programs } from "../harness/programs.mjs";
import { skip } from "../harness/skip.mjs";

const bpftool = (...words) => mustRun(join(kernelTests, "vm", "bpftool"), [fetch("guest"), ...words]);

const buildIn = async (folder, program) => {
  const output = join(folder, `${program.name.replaceAll("-", "_")}.o`);
  const { status, stderr } = await build(join(project, program.source), output, program);
  assert.equal(status, 0, `${program.source} does not build\n${stderr}`);
  return output;
};

/** Builds every program and hands each object to `work`; the first complaint ends the check. */
const onEvery = (work) => async (cx) => {
  await mapLimited(programs, 2, async (program) => work(await buildIn(cx.folder, program), program, cx));
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

async function linkStatic(source, output) {
  const target = ["--target=x86_64-linux-gnu", `--sysroot=${fetch("sysroot")}`, "-static", "-fuse-ld=lld-19"];
  const libraries = ["-lbpf", "-lz", "-lelf", "-lzstd", "-Wl,-z,muldefs"];
  await mustRun("clang-19", [...target, "-Wall", "-Werror", source, ...libraries, "-o", output]);
}

function readers() {
  if (process.getuid() !== 0) skip("the readers in Go and Rust are built in a chroot, which takes root");
  return fetch("readers");
}

async function checkCilium({ folder }) {
  const tool = join(readers(), "read-go");
  const objects = await mapLimited(programs, 2, (program) => buildIn(folder, program));
  const { stdout } = await mustRun(tool, objects);
  const seen = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  programs.forEach(({ source }, index) => {
    const { programs: found, types } = seen[index];
    const names = programNames(source);
    for (const name of names) assert.ok(found[name], `${source}: cilium/ebpf does not see ${name}`);
    assert.ok(types > 0, `${source}: no types`);
    for (const { license, section, attach, attachTo } of Object.values(found)) {
      assert.equal(license, "GPL", source);
      if (!section.startsWith("fsession/")) continue;
      assert.equal(attachTo, section.slice("fsession/".length), source);
      assert.ok(["TraceFSession", "AttachType(58)"].includes(attach), `${source}: ${attach}`);
    }
  });
}

// aya-obj knows classifiers by their older section name only
const NOT_FOR_AYA = ["target"];

async function checkAya({ folder }) {
  const tool = join(readers(), "read-rust");
  const chosen = programs.filter(({ name }) => !NOT_FOR_AYA.includes(name));
  const objects = await mapLimited(chosen, 2, (program) => buildIn(folder, program));
  const { stdout } = await mustRun(tool, [join(fetch("kernel", "7.2"), "btf"), ...objects]);
  const lines = stdout.trim().split("\n");
  chosen.forEach(({ source }, index) => {
    for (const name of programNames(source))
      assert.ok(lines[index].includes(`"${name}"`), `${source}: ${lines[index]}`);
  });
}

export default [
  {
    name: "object: llvm-readelf reads all",
    host: onEvery((object) => quietly("llvm-readelf-19", "--all", object)),
  },
  {
    name: "object: llvm-objdump disassembles all",
    host: onEvery((object) => quietly("llvm-objdump-19", "-d", "-r", "-t", object)),
  },
  { name: "object: bpftool shows the types", host: onEvery(checkTypes) },
  { name: "object: bpftool's skeleton compiles and opens", host: onEvery(checkSkeleton) },
  { name: "object: cilium/ebpf reads all", host: checkCilium },
  { name: "object: aya-obj reads all", host: checkAya },
  {
    name: "object: no debug sections beyond BTF",
    compilers: ["bpfasm"],
    host: onEvery(async (object) => assert.doesNotMatch(await quietly("llvm-readelf-19", "-S", object), /\.debug_/)),
  },
  {
    name: "object: bpftool links two into one",
    host: async ({ folder }) => {
      const names = ["latency", "packet-record"];
      const objects = await mapLimited(names, 2, (name) => buildIn(folder, programNamed(name)));
      await bpftool("gen", "object", join(folder, "both.o"), ...objects);
      const { stdout } = await run("llvm-readelf-19", ["--symbols", join(folder, "both.o")]);
      for (const name of ["measure", "packet", "histogram", "records"])
        assert.match(stdout, new RegExp(`\\b${name}\\b`));
    },
  },
];
