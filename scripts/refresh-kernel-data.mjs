// Makes data/vmlinux-VERSION-ARCH.btf and .idx from the Debian kernel packages that data/kernel.json pins.
// Run: node scripts/refresh-kernel-data.mjs [--check]
//
// It needs Debian or a derivative with apt-get, dpkg-deb, zstd, lz4 and xz; packages come from the machine's own
// configured archive. The machine's apt state stays as it is: lists and sources of its own are kept in a temporary
// folder. To move to another kernel, change data/kernel.json (and data/NOTICE) and run it again. With --check it writes
// nothing, and fails where the files in data/ differ.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const pin = JSON.parse(readFileSync(join(root, "data/kernel.json"), "utf8"));
const check = process.argv.includes("--check");
const scratch = mkdtempSync(join(tmpdir(), "kernel-data-"));

/** Reads the index maker out of src, so that the files are exactly what the reader expects. */
async function btfModule() {
  const outfile = join(scratch, "btf.mjs");
  await build({
    entryPoints: [join(root, "src/btf/reader.ts")],
    bundle: true,
    format: "esm",
    platform: "node",
    outfile,
  });
  return import(outfile);
}

/** Options that give apt a private view of the pinned suite, for one architecture. */
function aptView(debianArch) {
  const dir = join(scratch, `apt-${debianArch}`);
  for (const part of ["sources", "lists/partial", "cache/archives/partial"])
    mkdirSync(join(dir, part), { recursive: true });
  const machine = "/etc/apt/sources.list.d/debian.sources";
  if (!existsSync(machine)) throw new Error(`${machine} is missing: this script needs a Debian machine`);
  const stanza = readFileSync(machine, "utf8")
    .split(/\n\s*\n/)
    .find((s) => /^Suites:/m.test(s) && !/security/.test(s));
  writeFileSync(join(dir, "sources/pinned.sources"), `${stanza.replace(/^Suites:.*$/m, `Suites: ${pin.suite}`)}\n`);
  const options = { "APT::Sandbox::User": "root", "APT::Architecture": debianArch, "APT::Architectures": debianArch };
  Object.assign(options, { "Dir::Etc::sourcelist": "/dev/null", "Dir::Etc::sourceparts": join(dir, "sources") });
  Object.assign(options, { "Dir::State::lists": join(dir, "lists"), "Dir::Cache": join(dir, "cache") });
  const flags = ["-qq", ...Object.entries(options).flatMap(([k, v]) => ["-o", `${k}=${v}`])];
  execFileSync("apt-get", [...flags, "update"], { stdio: "inherit" });
  return flags;
}

function kernelImage(debianArch, name) {
  const dir = join(scratch, debianArch);
  mkdirSync(dir);
  execFileSync("apt-get", [...aptView(debianArch), "download", name], { cwd: dir, stdio: "inherit" });
  const deb = readdirSync(dir).find((f) => f.endsWith(".deb"));
  execFileSync("dpkg-deb", ["-x", deb, "x"], { cwd: dir });
  const image = readdirSync(join(dir, "x"), { recursive: true }).find((f) => /(^|\/)vmlinuz[^/]*$/.test(f));
  if (!image) throw new Error(`${name} holds no kernel image`);
  return readFileSync(join(dir, "x", image));
}

/** The image itself, then whatever is compressed in it, by the magics of zstd, lz4 (legacy frame) and xz. */
function* unpacked(image) {
  yield image;
  const tools = [
    ["28b52ffd", "zstd", "-dcq"],
    ["02214c18", "lz4", "-dcq"],
    ["fd377a58", "xz", "-dcq"],
  ];
  for (const [magic, tool, flag] of tools) {
    const needle = Buffer.from(magic, "hex");
    for (let at = image.indexOf(needle); at >= 0; at = image.indexOf(needle, at + 1)) {
      const run = spawnSync(tool, [flag], { input: image.subarray(at), maxBuffer: 2 ** 30 });
      if (run.stdout?.length) yield run.stdout; // what follows the stream makes the tool end with an error
    }
  }
}

/** The largest BTF blob: its header says where it ends. */
function findBtf(blob) {
  const start = Buffer.from("9feb010018000000" + "00000000", "hex");
  let best = Buffer.alloc(0);
  for (let at = blob.indexOf(start); at >= 0; at = blob.indexOf(start, at + 1)) {
    const [typeLen, strOff, strLen] = [12, 16, 20].map((o) => blob.readUInt32LE(at + o));
    const size = 24 + strOff + strLen;
    if (typeLen === strOff && at + size <= blob.length && size > best.length) best = blob.subarray(at, at + size);
  }
  return best;
}

function kernelBtf(image) {
  for (const blob of unpacked(image)) {
    const found = findBtf(blob);
    if (found.length > 2 ** 20) return found;
  }
  throw new Error("the kernel image holds no BTF");
}

let stale = false;
function put(name, bytes) {
  const path = join(root, "data", name);
  if (existsSync(path) && readFileSync(path).equals(bytes)) return console.log(`${name}: as pinned`);
  stale = true;
  if (!check) writeFileSync(path, bytes);
  console.log(`${name}: ${check ? "differs" : `written, ${bytes.length} bytes`}`);
}

try {
  const { buildBtfIndex } = await btfModule();
  for (const [arch, { debian, package: name }] of Object.entries(pin.arches)) {
    const btf = kernelBtf(kernelImage(debian, name));
    put(`vmlinux-${pin.version}-${arch}.btf`, btf);
    put(`vmlinux-${pin.version}-${arch}.idx`, Buffer.from(buildBtfIndex(btf)));
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
if (check && stale) process.exitCode = 1;
