import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBtfExt, type ExtSection, encodeBtfExt } from "../../src/btf/ext.ts";
import { BtfError } from "../../src/btf/format.ts";
import { openBtf } from "../../src/btf/reader.ts";
import type { TypeId } from "../../src/btf/type.ts";
import { BtfWriter } from "../../src/btf/writer.ts";

const sections: readonly ExtSection[] = [
  {
    name: "fsession/icmp_rcv",
    funcs: [{ insnOff: 0, type: 3 as TypeId }],
    lines: [
      { insnOff: 0, file: "probe.bpf", text: "int BPF_PROG(f)", line: 4, column: 5 },
      { insnOff: 16, file: "probe.bpf", text: "\treturn 0;", line: 7, column: 2 },
    ],
    core: [{ insnOff: 8, type: 9 as TypeId, access: "0:1:2", kind: "field_byte_offset" }],
  },
  { name: ".text", funcs: [{ insnOff: 0, type: 4 as TypeId }], lines: [], core: [] },
];

function written(): { bytes: Uint8Array; stringAt: (off: number) => string } {
  const writer = new BtfWriter();
  const bytes = encodeBtfExt(sections, writer);
  const btf = openBtf(writer.finish());
  return { bytes, stringAt: (off) => btf.string(off) };
}

describe(".BTF.ext", () => {
  test("is read back as it was written", () => {
    const { bytes, stringAt } = written();
    expect(decodeBtfExt(bytes, stringAt)).toEqual(sections);
  });

  test("has no record size where a list is empty", () => {
    const bytes = encodeBtfExt([], new BtfWriter());
    expect(bytes.length).toBe(32);
    expect(decodeBtfExt(bytes, () => "")).toEqual([]);
  });

  test("keeps lines and columns in their bits", () => {
    const writer = new BtfWriter();
    const line = { insnOff: 0, file: "f", text: "", line: 4_000_000, column: 5000 };
    const bytes = encodeBtfExt([{ name: "s", funcs: [], lines: [line], core: [] }], writer);
    const btf = openBtf(writer.finish());
    expect(decodeBtfExt(bytes, (o) => btf.string(o))[0]!.lines[0]).toEqual({ ...line, column: 1023 });
  });

  test("damaged bytes give records or a BtfError", () => {
    const { bytes, stringAt } = written();
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(bytes.length), (at, value, length) => {
        const damaged = bytes.slice(0, Math.max(length, 1));
        damaged[at % damaged.length] = value;
        try {
          decodeBtfExt(damaged, stringAt);
        } catch (error) {
          expect(error).toBeInstanceOf(BtfError);
        }
      }),
    );
  });
});
