import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BtfError } from "../../src/btf/format.ts";
import { essentialName } from "../../src/btf/name.ts";
import { buildBtfIndex, openBtf } from "../../src/btf/reader.ts";
import type { TypeId } from "../../src/btf/type.ts";
import { BtfWriter } from "../../src/btf/writer.ts";
import { kernelBytes } from "./kernel-data.ts";

const x86 = kernelBytes("x86", "btf");
const x86Index = kernelBytes("x86", "idx");
const kernel = openBtf(x86, { index: x86Index });

describe("the embedded kernels", () => {
  test.each(["x86", "arm64"] as const)("%s: the index is what the reader would make", (arch) => {
    const index = kernelBytes(arch, "idx");
    expect(Buffer.compare(Buffer.from(buildBtfIndex(kernelBytes(arch, "btf"))), index as Buffer)).toBe(0);
  });

  test("types are found by name and kind", () => {
    const [skb] = kernel.byName("sk_buff", "struct");
    expect(kernel.type(skb!)).toMatchObject({ kind: "struct", name: "sk_buff" });
    expect(kernel.byName("sk_buff", "union")).toEqual([]);
    expect(kernel.byName("no_such_type_at_all", "struct")).toEqual([]);
    const [func] = kernel.byName("icmp_rcv", "func");
    expect(kernel.type(func!)).toMatchObject({ kind: "func", name: "icmp_rcv", linkage: "static" });
  });

  test("enumerators are found with their index", () => {
    const [found] = kernel.enumerator("BPF_TRACE_FSESSION");
    const type = kernel.type(found!.type);
    expect(type.kind === "enum" && type.values[found!.index]).toEqual({ name: "BPF_TRACE_FSESSION", value: 58n });
    expect(kernel.enumerator("BPF_TRACE_FSESION")).toEqual([]);
  });

  test("without an index the answers are the same", () => {
    const slow = openBtf(x86);
    for (const name of ["task_struct", "list_head", "sock"])
      expect(slow.byName(name, "struct")).toEqual(kernel.byName(name, "struct"));
    expect(slow.enumerator("BPF_MAP_TYPE_HASH")).toEqual(kernel.enumerator("BPF_MAP_TYPE_HASH"));
    expect(slow.tagged("bpf_kfunc")).toEqual(kernel.tagged("bpf_kfunc"));
  });

  test("a foreign index is not used", () => {
    const btf = openBtf(x86, { index: kernelBytes("arm64", "idx") });
    expect(btf.byName("task_struct", "struct")).toEqual(kernel.byName("task_struct", "struct"));
  });

  test("misspelt names get near ones, best first", () => {
    expect(kernel.nearest("icmp_recv", ["func"], 3)[0]).toBe("icmp_rcv");
    expect(kernel.nearest("sk_buf", ["struct"], 1)).toEqual(["sk_buff"]);
    expect(kernel.nearest("zzzzqqqqxxxxyyyy", ["func"], 3)).toEqual([]);
    expect(kernel.nearest("", ["func"], 3)).toEqual([]);
  });

  test("every type of the kernel decodes", () => {
    for (let id = 0; id < kernel.typeCount; id++) kernel.type(id as TypeId);
    expect(() => kernel.type(kernel.typeCount as TypeId)).toThrow(RangeError);
    expect(() => kernel.type(-1 as TypeId)).toThrow(RangeError);
    expect(() => kernel.type(1.5 as TypeId)).toThrow(RangeError);
  });
});

describe("split BTF", () => {
  const base = new BtfWriter();
  const int = base.add({ kind: "int", name: "int", size: 4, bits: 32, encoding: "signed" });
  base.add({ kind: "struct", name: "shared", size: 4, members: [{ name: "x", type: int, bitOff: 0 }] });
  const baseBytes = base.finish();

  /** A module's blob: one struct whose name stands in the base's strings, one of its own. */
  function moduleBytes(): Uint8Array {
    const file = openBtf(baseBytes);
    const own = new BtfWriter();
    own.add({ kind: "struct", name: "own", size: 4, members: [] });
    own.add({ kind: "struct", name: "own", size: 8, members: [] });
    const bytes = own.finish().slice();
    const view = new DataView(bytes.buffer);
    const typesAt = 24;
    view.setUint32(typesAt, view.getUint32(typesAt, true) + file.stringEnd, true);
    view.setUint32(typesAt + 12, nameOffset(baseBytes, "shared"), true);
    return bytes;
  }

  test("ids and strings go on where the base ends", () => {
    const file = openBtf(baseBytes);
    const module = openBtf(moduleBytes(), { base: file });
    expect(module.typeCount).toBe(5);
    expect(module.type(1 as TypeId)).toMatchObject({ name: "int" });
    expect(module.type(3 as TypeId)).toMatchObject({ name: "own", size: 4 });
    expect(module.byName("shared", "struct")).toEqual([2, 4]);
    expect(module.byName("own", "struct")).toEqual([3]);
    expect(module.nearest("owm", ["struct"], 3)).toEqual(["own"]);
  });
});

function nameOffset(bytes: Uint8Array, name: string): number {
  const strings = 24 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(12, true);
  return Buffer.from(bytes).indexOf(`${name}\0`, strings) - strings;
}

describe("hostile bytes", () => {
  const small = (() => {
    const writer = new BtfWriter();
    const int = writer.add({ kind: "int", name: "int", size: 4, bits: 32, encoding: "signed" });
    const ptr = writer.add({ kind: "ptr", type: int });
    writer.add({ kind: "struct", name: "s", size: 8, members: [{ name: "p", type: ptr, bitOff: 0 }] });
    writer.add({ kind: "enum", name: "e", size: 4, signed: false, values: [{ name: "A", value: 1n }] });
    const proto = writer.add({ kind: "func_proto", ret: int, params: [{ name: "a", type: ptr }], variadic: true });
    writer.add({ kind: "func", name: "f", type: proto, linkage: "global" });
    return writer.finish();
  })();

  test("a value or a defined error, never a crash", () => {
    const flips = fc.array(fc.tuple(fc.nat(small.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(flips, fc.nat(small.length), (changes, cut) => {
        const bytes = small.slice(0, small.length - (cut % 3 === 0 ? cut : 0));
        for (const [at, value] of changes) bytes[at % Math.max(bytes.length, 1)] = value;
        try {
          const btf = openBtf(bytes);
          for (let id = 0; id < btf.typeCount; id++) btf.type(id as TypeId);
          for (const name of ["s", "e", "f", "A"]) {
            btf.byName(name, "struct");
            btf.enumerator(name);
            btf.nearest(name, ["struct", "func"], 2);
          }
        } catch (error) {
          if (!(error instanceof BtfError || error instanceof RangeError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ["nothing", new Uint8Array(0), "no whole header"],
    ["text", new TextEncoder().encode("#include <linux/bpf.h>\nint x;\n"), "magic"],
    ["ELF without sections", Buffer.from(`7f454c46020101${"00".repeat(57)}`, "hex"), "no .BTF section"],
    ["half an ELF header", Buffer.from("7f454c460201", "hex"), "ends inside"],
    ["a 32-bit ELF", Buffer.from(`7f454c46010101${"00".repeat(57)}`, "hex"), "64-bit"],
  ])("%s is refused with a reason", (_, bytes, reason) => {
    expect(() => openBtf(bytes)).toThrow(reason);
  });

  test("views that are not aligned are read as well", () => {
    const shifted = new Uint8Array(small.length + 1);
    shifted.set(small, 1);
    expect(openBtf(shifted.subarray(1)).byName("s", "struct")).toEqual([3]);
  });

  test("many types of one name cost linear time", () => {
    const writer = new BtfWriter();
    for (let i = 0; i < 20_000; i++) writer.add({ kind: "struct", name: "same", size: i, members: [] });
    expect(openBtf(writer.finish()).byName("same", "struct")).toHaveLength(20_000);
  });
});

test.each([
  ["task_struct___old", "task_struct"],
  ["task_struct", "task_struct"],
  ["a___b___c", "a___b"],
  ["___x", "___x"],
  ["a____b", "a____b"],
  ["a___", "a___"],
  ["bpf_session_cookie___70", "bpf_session_cookie"],
])("%s without its flavour is %s", (name, essential) => {
  expect(essentialName(name)).toBe(essential);
});

test("flavours are found on both sides", () => {
  const writer = new BtfWriter();
  writer.add({ kind: "struct", name: "a", size: 1, members: [] });
  writer.add({ kind: "struct", name: "a___old", size: 2, members: [] });
  writer.add({ kind: "struct", name: "ab", size: 3, members: [] });
  const btf = openBtf(writer.finish());
  expect(btf.flavours("a", ["struct"])).toEqual([1, 2]);
  expect(btf.flavours("a___new", ["struct"])).toEqual([1, 2]);
  expect(btf.byName("a", "struct")).toEqual([1]);
});
