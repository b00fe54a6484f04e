import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readObject } from "../../src/elf/reader.ts";
import { writeObject } from "../../src/elf/writer.ts";
import { type ListingRow, listObject } from "../../src/link/listing.ts";
import { everything } from "../elf/fsession.ts";

const rowsOf = (bytes: Uint8Array, name: string): readonly ListingRow[] =>
  listObject(readObject(bytes), { names: { helper: (id) => `helper${id}` } }).find(({ func }) => func.name === name)!
    .rows;

const show = ({ slot, label, line, text, reloc, core }: ListingRow): string =>
  [
    line && `${line.line}|`,
    label && `${label}:`,
    `${slot} ${text}`,
    reloc && `; ${reloc.type} ${reloc.symbol}`,
    core && `; ${core.kind} ${core.access}`,
  ]
    .filter(Boolean)
    .join(" ");

test("a listing has lines, labels, names and relocations", () => {
  const rows = rowsOf(writeObject(everything()), "on_icmp").map(show);
  expect(rows.slice(0, 8)).toEqual([
    "1| 0 r6 = *(u64 *)(r1 + 0)",
    "2| 1 w7 = *(u32 *)(r6 + 0) ; field_byte_offset 0:0",
    "3| 2 *(u32 *)(r10 - 4) = 1",
    "3 r1 = counts ll ; R_BPF_64_64 counts",
    "5 r2 = r10",
    "6 r2 += -4",
    "7 call helper1",
    "8 if r0 == 0 goto L12",
  ]);
  expect(rows).toContain("4| L12: 12 r1 = 3");
  expect(rows).toContain("13 call twice ; R_BPF_64_32 .text");
  expect(rows).toContain("15 call thrice ; R_BPF_64_32 thrice");
  expect(rows).toContain("17 r2 = step ll ; R_BPF_64_64 .text");
  expect(rows).toContain("7| 22 r1 = bpf_no_such_kfunc___weak ll ; R_BPF_64_64 bpf_no_such_kfunc___weak");
  expect(rowsOf(writeObject(everything()), "twice").map(show)[0]).toBe("20| 0 r2 = hidden_calls ll ; R_BPF_64_64 .bss");
});

test("clang's objects are listed as ours", () => {
  const probe = new Uint8Array(readFileSync(new URL("objects/probe.bpf.o", import.meta.url)));
  const rows = rowsOf(probe, "on_icmp").map(show);
  expect(rows.filter((row) => row.includes("step ll"))).toHaveLength(1);
  expect(rows.filter((row) => row.includes("call bpf_session_is_return"))).toHaveLength(1);
  expect(rowsOf(probe, "thrice").map(show)).toContainEqual(expect.stringContaining("call twice"));
});

test("bytes that are no instruction do not end the listing", () => {
  const bytes = writeObject(everything());
  bytes.set([0xff], 64);
  const rows = rowsOf(bytes, "on_icmp");
  expect(rows[0]).toMatchObject({ text: "; unknown opcode ff", slot: 0 });
  expect(rows).toHaveLength(25);
});
