import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBtfExt } from "../../src/btf/ext.ts";
import { openBtf } from "../../src/btf/reader.ts";
import { relocNames } from "../../src/elf/format.ts";
import type { ObjectModel } from "../../src/elf/model.ts";
import { ElfError, type ObjectFile } from "../../src/elf/object-file.ts";
import { readObject } from "../../src/elf/reader.ts";
import { stringTable } from "../../src/elf/strings.ts";
import { writeObject } from "../../src/elf/writer.ts";
import { callSubprog, exit, mov64 } from "../../src/isa/build.ts";
import { InternalError } from "../../src/support/bug.ts";
import { cookieSession, everything, license, printingSession, text } from "./fsession.ts";

const clang = new Uint8Array(readFileSync(new URL("../link/objects/probe.bpf.o", import.meta.url)));

const relocs = (object: ObjectFile, func: string): readonly string[] =>
  object.funcs
    .find(({ name }) => name === func)!
    .relocs.map(({ off, type, symbol }) => `${off} ${relocNames.get(type)} ${symbol.type} ${symbol.name}`);

describe("an object as written", () => {
  const object = readObject(writeObject(everything()));

  test("has program sections, data, BTF and nothing else", () => {
    expect(object.sections.map(({ name, type, flags, align }) => `${name} ${type} ${flags} ${align}`)).toEqual([
      "fsession/icmp_rcv 1 6 8",
      ".text 1 6 8",
      ".maps 1 3 8",
      ".bss 8 3 8",
      "license 1 3 1",
      ".BTF 1 0 4",
      ".BTF.ext 1 0 4",
      ".relfsession/icmp_rcv 9 64 8",
      ".rel.text 9 64 8",
      ".symtab 2 0 8",
      ".strtab 3 0 1",
    ]);
    expect(object.license).toBe("GPL");
    expect(object.maps.map(({ name, value }) => [name, value])).toEqual([["counts", 0]]);
  });

  test("names static things through their section, others by themselves", () => {
    expect(relocs(object, "on_icmp")).toEqual([
      "24 R_BPF_64_64 object counts",
      "104 R_BPF_64_32 section .text",
      "120 R_BPF_64_32 func thrice",
      "136 R_BPF_64_64 section .text",
      "176 R_BPF_64_64 notype bpf_no_such_kfunc___weak",
      "200 R_BPF_64_32 notype bpf_no_such_kfunc___weak",
    ]);
    expect(relocs(object, "twice")).toEqual(["0 R_BPF_64_64 section .bss"]);
  });

  test("calls inside a section without a relocation", () => {
    const { bytes, relocs: own } = object.funcs.find(({ name }) => name === "thrice")!;
    expect(new DataView(bytes.buffer, bytes.byteOffset).getInt32(4, true)).toBe(-7);
    expect(own).toHaveLength(1);
  });

  test("has local symbols before others, and weak externs without a section", () => {
    const bindings = object.symbols.map(({ binding }) => binding);
    expect(bindings.lastIndexOf("local")).toBeLessThan(bindings.indexOf("global"));
    expect(object.symbols.at(-1)).toMatchObject({ name: "bpf_no_such_kfunc___weak", binding: "weak", undefined: true });
  });

  test("has a line record at each function's start and none that repeats", () => {
    const btf = openBtf(object.btf!);
    const ext = decodeBtfExt(object.btfExt!, (off) => btf.string(off));
    const [main, subprogs] = ext;
    expect(subprogs!.funcs.map(({ insnOff }) => insnOff)).toEqual([0, 48, 96]);
    expect(subprogs!.lines.map(({ insnOff, line }) => [insnOff, line])).toEqual([
      [0, 20],
      [40, 21],
      [48, 30],
      [56, 31],
      [88, 32],
      [96, 40],
      [104, 41],
    ]);
    expect(main!.core).toMatchObject([{ insnOff: 8, access: "0:0", kind: "field_byte_offset" }]);
  });

  test("is the same bytes each time, and small", () => {
    for (const model of [printingSession, cookieSession, everything]) {
      expect(writeObject(model())).toEqual(writeObject(model()));
    }
    expect(writeObject(cookieSession()).length).toBeLessThan(1700);
  });
});

const bare = (model: Partial<ObjectModel>): ObjectModel => ({
  funcs: [],
  data: [],
  externs: [],
  lineOf: () => undefined,
  ...model,
});

describe("models at the edge", () => {
  test("an empty one is an object", () => {
    expect(readObject(writeObject(bare({}))).sections.map(({ name }) => name)).toEqual([".symtab", ".strtab"]);
  });

  test("without BTF there is no .BTF.ext", () => {
    const { btf: _, ...model } = everything();
    const object = readObject(writeObject(model));
    expect(object.btf).toBeUndefined();
    expect(object.sections.some(({ name }) => name.startsWith(".BTF"))).toBe(false);
  });

  test("pointers in data become relocations, with the addend in place", () => {
    const variable = (key: string, off: number, name = key) =>
      ({ name, key, off, size: 8, binding: "global", hidden: false }) as const;
    const data = {
      name: ".data",
      align: 8,
      size: 24,
      bytes: text(""),
      writable: true,
      vars: [variable("table", 0), variable("nameless", 16, "")],
      relocs: [
        { off: 0, symbol: "table", addend: 8 },
        { off: 8, symbol: "nameless", addend: 4 },
      ],
    };
    const object = readObject(writeObject(bare({ data: [data, license] })));
    const section = object.sections[0]!;
    const view = new DataView(section.bytes.buffer, section.bytes.byteOffset);
    expect([view.getUint32(0, true), view.getUint32(8, true)]).toEqual([8, 20]);
    expect(object.relocs.get(1)!.map(({ symbol }) => symbol.name)).toEqual(["table", ".data"]);
  });

  test("a name that the model does not hold is our mistake", () => {
    const func = { name: "f", section: ".text", binding: "global", hidden: false, btfType: 0 as never } as const;
    const lines = [{ insn: mov64.imm(0, 0) }, { insn: callSubprog("nowhere") }, { insn: exit() }];
    expect(() => writeObject(bare({ funcs: [{ ...func, lines }] }))).toThrow(InternalError);
  });
});

test("strings that end others share their bytes", () => {
  const table = stringTable(["text", ".rel.text", ".text", "other", ".text", ""]);
  expect(table.bytes.length).toBe(1 + ".rel.text".length + 1 + "other".length + 1);
  const at = (text: string) => new TextDecoder().decode(table.bytes.subarray(table.offset(text))).split("\0")[0];
  for (const name of ["text", ".rel.text", ".text", "other", ""]) expect(at(name)).toBe(name);
});

test("an object of clang is read whole", () => {
  const object = readObject(clang);
  expect(object.funcs.map(({ name, section, binding }) => `${section.name} ${name} ${binding}`)).toEqual([
    ".text thrice global",
    ".text twice local",
    ".text step local",
    "fsession/icmp_rcv on_icmp global",
    "fentry/icmp_rcv second global",
  ]);
  expect(object.maps.map(({ name }) => name)).toEqual(["first", "outer", "counts", "events"]);
  expect(object.license).toBe("Dual MIT/GPL");
  expect(relocs(object, "thrice")).toEqual(["40 R_BPF_64_64 object calls"]);
});

describe("bytes that are no object", () => {
  const attempt = (bytes: Uint8Array): string => {
    try {
      readObject(bytes);
      return "read";
    } catch (error) {
      if (!(error instanceof ElfError)) throw error;
      return error.message;
    }
  };
  const own = writeObject(everything());
  const patched = (at: number, ...values: readonly number[]): Uint8Array => {
    const bytes = own.slice();
    bytes.set(values, at);
    return bytes;
  };

  test.each([
    [new Uint8Array(), "it is no ELF file"],
    [text("int main(void)"), "it is no ELF file"],
    [own.slice(0, 40), "it ends inside its header"],
    [patched(4, 1), "it is not a 64-bit ELF file"],
    [patched(5, 2), "it is not little-endian"],
    [patched(18, 62), "it is for machine 62, not for BPF"],
    [patched(16, 2), "it is not relocatable"],
    [patched(40, 0, 0, 0, 0, 0, 0, 0, 0), "it has no section headers"],
    [patched(40, 255, 255, 255, 255, 255, 255, 255, 255), "it has no section headers"],
    [patched(60, 255, 127), "the table of section headers goes past the end of the file"],
    [patched(62, 99), "it has no section names"],
  ])("no. %#", (bytes, problem) => {
    expect(attempt(bytes)).toBe(problem);
  });

  test("every truncation is refused", () => {
    for (let length = 0; length < own.length; length++) expect(attempt(own.slice(0, length))).not.toBe("read");
  });

  test("random damage never crashes, hangs or spends memory", () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(fc.constantFrom(own, clang), damage, (object, edits) => {
        const bytes = object.slice();
        for (const [at, value] of edits) bytes[at % bytes.length] = value;
        attempt(bytes);
      }),
      { numRuns: 2000 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (tail) => attempt(patched(0x40, ...tail)) !== ""));
  });
});
