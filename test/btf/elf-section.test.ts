import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findElfSection } from "../../src/btf/elf-section.ts";
import { BtfError } from "../../src/btf/format.ts";
import { openBtf } from "../../src/btf/reader.ts";
import { BtfWriter } from "../../src/btf/writer.ts";
import { ByteWriter } from "../../src/support/bytes.ts";

/** An ELF64 file with these sections and a table of their names. */
function elf(sections: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const entries = Object.entries({ ...sections, ".shstrtab": new Uint8Array(0) });
  const names = new ByteWriter().u8(0);
  const nameOffs = entries.map(([name]) => {
    const at = names.length;
    names.bytes(new TextEncoder().encode(name)).u8(0);
    return at;
  });
  const bodies = entries.map(([name, bytes]) => (name === ".shstrtab" ? names.finish() : bytes));
  const out = new ByteWriter().bytes(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1)).align(16);
  out.u16(1).u16(247).u32(1).u64(0n).u64(0n);
  const tableAt = 64 + bodies.reduce((sum, b) => sum + b.length, 0);
  out.u64(BigInt(tableAt)).u32(0).u16(64).u16(0).u16(0).u16(64);
  out.u16(entries.length + 1).u16(entries.length);
  for (const body of bodies) out.bytes(body);
  out.bytes(new Uint8Array(64));
  let off = 64;
  for (const [i, body] of bodies.entries()) {
    out.u32(nameOffs[i]!).u32(1).u64(0n).u64(0n).u64(BigInt(off)).u64(BigInt(body.length));
    out.u32(0).u32(0).u64(1n).u64(0n);
    off += body.length;
  }
  return out.finish();
}

const writer = new BtfWriter();
const id = writer.add({ kind: "struct", name: "s", size: 0, members: [] });
const btf = writer.finish();

describe("BTF inside ELF", () => {
  test("is found by its section", () => {
    const file = elf({ ".text": new Uint8Array(3), ".BTF": btf });
    expect(openBtf(file).byName("s", "struct")).toEqual([id]);
    expect(findElfSection(file, ".text")).toHaveLength(3);
    expect(findElfSection(file, ".BT")).toBeUndefined();
  });

  test("on a distilled base is refused with the way out", () => {
    expect(() => openBtf(elf({ ".BTF": btf, ".BTF.base": btf }))).toThrow("/sys/kernel/btf");
  });

  test("damaged tables give a defined error", () => {
    const file = elf({ ".BTF": btf });
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.nat(255), fc.nat(file.length), (at, value, cut) => {
        const bytes = cut % 2 === 0 ? file.slice() : file.slice(0, cut);
        if (at < bytes.length) bytes[at] = value;
        try {
          openBtf(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(BtfError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
