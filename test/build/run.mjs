// Runs examples/build with each build system: everything is built, a header builds again what includes it, and then
// nothing is left to do. Then 200 files by `make -j` and by one process, which must give the same bytes. Ends with
// "N passed, N failed". Needs make, ninja, cmake and meson, and dist/.
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");
const work = mkdtempSync(join(tmpdir(), "bpfasm-build-"));
const log = join(work, "log");
const bin = join(work, "bin");
let passed = 0;
let failed = 0;

const check = (name, isRight, more = "") => {
  if (isRight) passed++;
  else failed++;
  console.log(`${isRight ? "ok  " : "FAIL"} ${name}${isRight ? "" : ` ${more}`}`);
};

/** A `bpfasm` in PATH that notes which object it was asked for. */
mkdirSync(bin);
writeFileSync(
  join(bin, "bpfasm"),
  `#!/bin/sh\necho "$*" >> ${log}\nexec ${process.execPath} ${join(root, "dist/bpfasm.js")} "$@"\n`,
);
chmodSync(join(bin, "bpfasm"), 0o755);
const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, MAKEFLAGS: "" };

const run = (cwd, line) => {
  writeFileSync(log, "");
  const ran = spawnSync("sh", ["-c", line], { cwd, env, encoding: "utf8" });
  const built = readFileSync(log, "utf8")
    .split("\n")
    .flatMap((row) => /(\w+)\.c\b/.exec(row)?.[1] ?? []);
  return { code: ran.status, text: ran.stdout + ran.stderr, built: built.sort().join(" ") };
};

const systems = {
  make: { build: "make -j2", objects: "." },
  ninja: { build: "ninja", objects: "." },
  "cmake with make": { first: "cmake -B out -G 'Unix Makefiles'", build: "cmake --build out", objects: "out" },
  "cmake with ninja": { first: "cmake -B out -G Ninja", build: "cmake --build out", objects: "out" },
  meson: { first: "meson setup out", build: "meson compile -C out", objects: "out" },
};

/** What the plain command makes of the sources. */
const plain = join(work, "plain");
cpSync(join(root, "examples/build"), plain, { recursive: true });
for (const name of ["arrivals", "sends"]) run(plain, `bpfasm build -o ${name}.bpf.o ${name}.c`);

for (const [name, { first, build, objects }] of Object.entries(systems)) {
  const folder = join(work, name.replaceAll(" ", "-"));
  cpSync(join(root, "examples/build"), folder, { recursive: true });
  const setUp = first ? run(folder, first) : { code: 0 };
  check(`${name}: is set up`, setUp.code === 0, setUp.text);
  const all = run(folder, build);
  check(`${name}: builds both objects`, all.code === 0 && all.built === "arrivals sends", all.text);
  const same = ["arrivals", "sends"].every((object) => {
    const read = (where) => readFileSync(join(where, `${object}.bpf.o`));
    return all.code === 0 && read(join(folder, objects)).equals(read(plain));
  });
  check(`${name}: gives the command's bytes`, same);
  const idle = run(folder, build);
  check(`${name}: then has nothing to do`, idle.code === 0 && idle.built === "", idle.built);
  writeFileSync(join(folder, "limits.h"), "#define LARGE 2000\n");
  const header = run(folder, build);
  check(`${name}: a header builds what includes it`, header.code === 0 && header.built === "arrivals", header.built);
  appendFileSync(join(folder, "limits.h"), "/* a comment */\n");
  run(folder, build);
  const again = run(folder, build);
  check(
    `${name}: an object that stays equal is not built for ever`,
    again.code === 0 && again.built === "",
    again.built,
  );
  writeFileSync(join(folder, "limits.h"), "#define LARGE nothing\n");
  const broken = run(folder, build);
  check(
    `${name}: an error stops the build`,
    broken.code !== 0 && /arrivals\.c:\d+:\d+: error/.test(broken.text),
    broken.text,
  );
}

const many = join(work, "many");
const COUNT = Number(process.env.BPFASM_MANY ?? 200);
mkdirSync(many);
const names = Array.from({ length: COUNT }, (_, i) => `probe${i}`);
const source = readFileSync(join(plain, "arrivals.c"), "utf8").replace(/#include.*\n/, "");
for (const [i, name] of names.entries()) writeFileSync(join(many, `${name}.c`), source.replace("LARGE", String(i)));
writeFileSync(join(many, "Makefile"), `all: $(patsubst %.c,%.o,$(wildcard *.c))\n%.o: %.c\n\tbpfasm build -o $@ $<\n`);
mkdirSync(join(many, "one"));
const jobs = run(many, "make -j4");
check(`${COUNT} files by make -j`, jobs.code === 0, jobs.text);
const one = run(many, "bpfasm build -o one *.c");
check(`${COUNT} files by one process`, one.code === 0, one.text);
const differ =
  jobs.code === 0 && one.code === 0
    ? names.filter((name) => {
        const read = (folder) => readFileSync(join(folder, `${name}.o`));
        return !read(many).equals(read(join(many, "one")));
      })
    : names;
check("both give the same bytes", differ.length === 0, differ.join(" "));

rmSync(work, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
