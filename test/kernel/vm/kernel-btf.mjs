// kernel-btf VMLINUZ OUT: finds the BTF in a kernel image, compressed (x86 bzImage) or plain (arm64 Image).
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const HEADER_SIZE = 24;
/** Magic, version 1, no flags, header length 24, types at 0: how every `.BTF` of a kernel begins (linux/btf.h). */
const HEADER_START = Buffer.from([0x9f, 0xeb, 1, 0, HEADER_SIZE, 0, 0, 0, 0, 0, 0, 0]);
const LEAST_SIZE = 1 << 20;
const UNPACKERS = [
  { magic: [0x28, 0xb5, 0x2f, 0xfd], tool: "zstd" },
  { magic: [0x02, 0x21, 0x4c, 0x18], tool: "lz4" },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], tool: "xz" },
  { magic: [0x1f, 0x8b, 0x08], tool: "gzip" },
];

/** The compressed kernel of a bzImage: its place is in the set-up header (Documentation/arch/x86/boot.rst). */
function payload(image) {
  if (image.toString("latin1", 0x202, 0x206) !== "HdrS") return undefined;
  const setupSectors = image[0x1f1] || 4;
  const start = (setupSectors + 1) * 512 + image.readUInt32LE(0x248);
  return image.subarray(start, start + image.readUInt32LE(0x24c));
}

function unpack(bytes) {
  const found = UNPACKERS.find(({ magic }) => bytes.subarray(0, magic.length).equals(Buffer.from(magic)));
  if (!found) return bytes;
  // the four bytes of size after the payload make the tool complain once it has written everything
  return spawnSync(found.tool, ["-dcq"], { input: bytes, maxBuffer: 1 << 30 }).stdout;
}

function findBtf(bytes) {
  for (let at = bytes.indexOf(HEADER_START); at >= 0; at = bytes.indexOf(HEADER_START, at + 1)) {
    const [typesSize, stringsOff, stringsSize] = [12, 16, 20].map((off) => bytes.readUInt32LE(at + off));
    const size = HEADER_SIZE + stringsOff + stringsSize;
    if (typesSize === stringsOff && size >= LEAST_SIZE && at + size <= bytes.length)
      return bytes.subarray(at, at + size);
  }
  return undefined;
}

const [, , from, to] = process.argv;
const image = readFileSync(from);
const btf = findBtf(unpack(payload(image) ?? image));
if (!btf) process.exit(1);
writeFileSync(to, btf);
