// Builds the cookie program in a temporary folder and shows its source, its instructions and what the object holds.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const command = join(root, "dist", "bpfasm.js");
const source = join(root, "examples", "cookie", "cookie.bpf");
const folder = mkdtempSync(join(tmpdir(), "bpfasm-demo-"));
const object = join(folder, "cookie.bpf.o");

/** Runs bpfasm; its diagnostics go to the terminal, what it prints comes back. */
const bpfasm = (...args) =>
  execFileSync(process.execPath, [command, ...args], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
const rows = (text) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

const title = (text) => console.log(`\n== ${text}\n`);
const row = (...cells) =>
  console.log(
    `  ${cells
      .map((cell) => String(cell).padEnd(22))
      .join("")
      .trimEnd()}`,
  );

/** Name, size and number of entries of each section (ELF64, little-endian). */
function sections(bytes) {
  const headers = Number(bytes.readBigUInt64LE(40));
  const header = (i) => headers + i * bytes.readUInt16LE(58);
  const field = (i, at) => Number(bytes.readBigUInt64LE(header(i) + at));
  const strings = field(bytes.readUInt16LE(62), 24);
  return Array.from({ length: bytes.readUInt16LE(60) }, (_, i) => {
    const start = strings + bytes.readUInt32LE(header(i));
    return { name: bytes.toString("utf8", start, bytes.indexOf(0, start)), size: field(i, 32) };
  }).slice(1);
}

function show() {
  title(`The source: ${relative(root, source)}`);
  console.log(readFileSync(source, "utf8").trimEnd());

  title("bpfasm build");
  bpfasm("build", relative(root, source), "-o", object);

  title("The instructions: bpfasm disasm");
  console.log(bpfasm("disasm", object).trimEnd());

  const listing = JSON.parse(bpfasm("disasm", object, "--json"));
  title("What the object holds");
  for (const section of sections(readFileSync(object))) row(section.name, `${section.size} bytes`);
  console.log();
  row("license", listing.license);
  row("maps", listing.maps.length > 0 ? listing.maps.join(", ") : "none but the literals' own (.rodata)");
  for (const program of listing.funcs)
    row(program.name, `${program.slots} instruction slots, section ${program.section}`);

  title("Its kfuncs in the embedded kernel: bpfasm kfuncs");
  const calls = listing.funcs
    .flatMap((f) => f.insns)
    .flatMap((i) => (i.text.startsWith("call ") && i.reloc ? [i.reloc.symbol] : []));
  for (const name of new Set(calls))
    for (const kfunc of rows(bpfasm("kfuncs", name, "--json"))) row(name, `BTF id ${kfunc.id}`, kfunc.prototype);

  title("What the kernel will say: bpfasm verify");
  for (const v of rows(bpfasm("verify", object, "--json")))
    row(v.program, v.verdict, `${v.processed} instructions followed`);
}

try {
  show();
  console.log("\nThe kernel takes it with: bpftool prog loadall cookie.bpf.o /sys/fs/bpf/cookie autoattach");
} finally {
  rmSync(folder, { recursive: true });
}
