// Work at run time: the machine instructions that a call of each program of bench/work takes in the guest, beside clang's
// object in the same boot. The guest's clock counts instructions, so the kernel's own run-time statistics are counts.
//
//   work [--kernel NAME]
//
// Prints a table in Markdown; exit status 1 if a bar is missed.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "../test/kernel/harness/compiler.mjs";
import { boot } from "../test/kernel/harness/guest.mjs";
import { project } from "../test/kernel/harness/paths.mjs";
import { geometricMean } from "./measure.mjs";

const RUNS = 40;
/** Until the guest has nothing of its own to do. */
const SETTLE = "sleep 8";
const MEAN = 1;
const MOST = 1.05;

const { values: options } = parseArgs({ options: { kernel: { type: "string", default: "7.2-amd64" } } });

const sources = join(project, "bench", "work");
const names = readdirSync(sources)
  .filter((file) => file.endsWith(".bpf.c"))
  .map((file) => file.replace(".bpf.c", ""))
  .sort();

const KINDS = {
  tracing: { program: "empty_tracing", steps: (name) => ["attach", ...Array(RUNS).fill(`run ${name}`)] },
  packet: { program: "empty_packet", steps: () => Array(RUNS).fill("try-run") },
  syscall: { program: "empty_syscall", steps: (name) => Array(RUNS).fill(`run ${name}`) },
};
const PACKETS = ["parse-packet", "rewrite-packet", "hash-flow"];
const kindOf = (name) => (PACKETS.includes(name) ? "packet" : name === "interpret" ? "syscall" : "tracing");

const jobOf = (object, program, kind) => ({
  script: ["bpfrun open x.o", `only ${program}`, "load listen", ...KINDS[kind].steps(program), "counts"].join(" "),
  objects: { "x.o": object },
});

/** Instructions per call, as the kernel's statistics say. */
function perCall({ status, json, text }, program) {
  const line = json.find(({ counted }) => counted === program);
  if (status !== 0 || !line?.runs) throw new Error(`${program} did not run\n${text.slice(-600)}`);
  return line.time / line.runs;
}

async function objectsOf(folder) {
  const objects = new Map();
  for (const name of names)
    for (const compiler of ["bpfasm", "clang"]) {
      const output = join(folder, `${name}.${compiler}.o`);
      const { status, stderr } = await build(join(sources, `${name}.bpf.c`), output, {}, compiler);
      if (status !== 0) throw new Error(`${compiler}: ${name}: ${stderr}`);
      objects.set(`${name} ${compiler}`, output);
    }
  return objects;
}

async function measured(folder) {
  const objects = await objectsOf(folder);
  const rows = names
    .filter((name) => name !== "empty")
    .map((name) => ({ name, program: name.replaceAll("-", "_"), kind: kindOf(name) }));
  const empties = Object.entries(KINDS).map(([kind, { program }]) => ({ name: "empty", program, kind }));
  const all = [...empties, ...rows].flatMap((row) => ["bpfasm", "clang"].map((compiler) => ({ ...row, compiler })));
  const jobs = all.map(({ name, program, kind, compiler }) => jobOf(objects.get(`${name} ${compiler}`), program, kind));
  jobs[0].script = `${SETTLE}\n${jobs[0].script}`;
  const outputs = await boot(options.kernel, jobs, { seconds: 1500, counting: true });
  const costs = new Map(
    all.map(({ program, compiler }, index) => [`${program} ${compiler}`, perCall(outputs[index], program)]),
  );
  const baseOf = (kind) => costs.get(`${KINDS[kind].program} clang`);
  const costOf = ({ program, kind }, compiler) => costs.get(`${program} ${compiler}`) - baseOf(kind);
  return rows.map((row) => ({ name: row.name, ours: costOf(row, "bpfasm"), clang: costOf(row, "clang") }));
}

function table(rows) {
  console.log(`### Machine instructions per call (Linux ${options.kernel})\n`);
  console.log("| program | bpfasm | clang-19 v3 | ratio |\n| --- | --: | --: | --: |");
  for (const { name, ours, clang } of rows)
    console.log(`| ${name} | ${ours.toFixed(0)} | ${clang.toFixed(0)} | ${(ours / clang).toFixed(3)} |`);
  const ratios = rows.map(({ ours, clang }) => ours / clang);
  const mean = geometricMean(ratios);
  console.log(`| geometric mean | | | ${mean.toFixed(3)} |`);
  const over = rows.filter((_, index) => ratios[index] > MOST).map(({ name }) => name);
  const missed = [
    ...(mean > MEAN ? [`geometric mean over ${MEAN}`] : []),
    ...over.map((name) => `${name} over ${MOST}`),
  ];
  console.log(missed.length ? `\nbars missed: ${missed.join("; ")}` : "\nall bars kept");
  process.exitCode = missed.length ? 1 : 0;
}

const folder = mkdtempSync(join(tmpdir(), "bpfasm-work-"));
try {
  table(await measured(folder));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
