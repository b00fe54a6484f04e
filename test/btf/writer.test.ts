import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openBtf } from "../../src/btf/reader.ts";
import type { BtfType, TypeId } from "../../src/btf/type.ts";
import { BtfWriter } from "../../src/btf/writer.ts";
import { kernelBytes } from "./kernel-data.ts";

const id = (n: number): TypeId => n as TypeId;
const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/);
const ref = fc.nat(200).map(id);
const u32 = fc.nat(0xffffffff);
const linkage = fc.constantFrom("static", "global", "extern" as const);
const member = fc.record({ name, type: ref, bitOff: fc.nat(0xffffff) });
const bitField = fc.record({ name, type: ref, bitOff: fc.nat(0xffffff), bitSize: fc.integer({ min: 1, max: 255 }) });
const signedEnum = fc.record({ name, value: fc.bigInt(-(2n ** 31n), 2n ** 31n - 1n) });
const unsigned64 = fc.record({ name, value: fc.bigInt(0n, 2n ** 64n - 1n) });
const kind = <K extends BtfType["kind"]>(k: K) => fc.constant(k);

const anyType: fc.Arbitrary<BtfType> = fc.oneof(
  fc.record({
    kind: kind("int"),
    name,
    size: fc.constantFrom(1, 2, 4, 8, 16),
    bits: fc.integer({ min: 1, max: 128 }),
    encoding: fc.constantFrom("unsigned", "signed", "char", "bool" as const),
  }),
  fc.record({ kind: fc.constantFrom("ptr", "const", "volatile", "restrict" as const), type: ref }),
  fc.record({ kind: kind("array"), elem: ref, index: ref, nelems: u32 }),
  fc.record({ kind: fc.constantFrom("struct", "union" as const), name, size: u32, members: fc.array(member) }),
  fc.record({ kind: kind("struct"), name, size: u32, members: fc.array(bitField, { minLength: 1 }) }),
  fc.record({
    kind: kind("enum"),
    name,
    size: fc.constant(4),
    signed: fc.constant(true),
    values: fc.array(signedEnum),
  }),
  fc.record({
    kind: kind("enum64"),
    name,
    size: fc.constant(8),
    signed: fc.constant(false),
    values: fc.array(unsigned64),
  }),
  fc.record({ kind: kind("fwd"), name, of: fc.constantFrom("struct", "union" as const) }),
  fc.record({ kind: kind("typedef"), name, type: ref }),
  fc.record({ kind: kind("func"), name, type: ref, linkage }),
  fc.record({
    kind: kind("func_proto"),
    ret: ref,
    params: fc.array(fc.record({ name, type: ref })),
    variadic: fc.boolean(),
  }),
  fc.record({ kind: kind("var"), name, type: ref, linkage }),
  fc.record({
    kind: kind("datasec"),
    name,
    size: u32,
    vars: fc.array(fc.record({ type: ref, off: u32, size: u32 })),
  }),
  fc.record({ kind: kind("float"), name, size: fc.constantFrom(4, 8) }),
  fc.record({ kind: kind("decl_tag"), name, type: ref, component: fc.integer({ min: -1, max: 100 }) }),
  fc.record({ kind: kind("type_tag"), name, type: ref }),
);

describe("writer", () => {
  test("what is written is read back", () => {
    fc.assert(
      fc.property(fc.array(anyType, { maxLength: 12 }), (types) => {
        const writer = new BtfWriter();
        const ids = types.map((t) => writer.add(t));
        const btf = openBtf(writer.finish());
        expect(ids.map((i) => btf.type(i))).toEqual(types);
        expect(btf.typeCount).toBe(writer.typeCount);
      }),
    );
  });

  test("the kernel's own types survive being written again", () => {
    const kernel = openBtf(kernelBytes("x86", "btf"), { index: kernelBytes("x86", "idx") });
    const writer = new BtfWriter();
    const last = 4000;
    for (let i = 1; i < last; i++) writer.reserve();
    for (let i = 1; i < last; i++) writer.define(id(i), kernel.type(id(i)));
    const again = openBtf(writer.finish());
    for (let i = 1; i < last; i++) expect(again.type(id(i))).toEqual(kernel.type(id(i)));
  });

  test("equal types and strings are there once, whatever the order of properties", () => {
    const writer = new BtfWriter();
    const a = writer.add({ kind: "typedef", name: "u64", type: id(0) });
    const b = writer.add({ type: id(0), name: "u64", kind: "typedef" });
    expect(a).toBe(b);
    expect(writer.string("u64")).toBe(writer.string("u64"));
    expect(writer.string("cut\0off")).toBe(writer.string("cut"));
    expect(writer.add({ kind: "void" })).toBe(0);
  });

  test("reserved ids make cycles", () => {
    const writer = new BtfWriter();
    const list = writer.reserve();
    const next = writer.add({ kind: "ptr", type: list });
    writer.define(list, { kind: "struct", name: "list", size: 8, members: [{ name: "next", type: next, bitOff: 0 }] });
    expect(writer.add(writer.type(list))).toBe(list);
    expect(() => new BtfWriter().define(id(3), { kind: "void" })).toThrow("never reserved");
    const open = new BtfWriter();
    open.reserve();
    expect(() => open.finish()).toThrow("has no type");
  });

  test("the header is the 24-byte one", () => {
    const bytes = new BtfWriter().finish();
    expect(Buffer.from(bytes).toString("hex")).toBe(`9feb010018000000${"00000000".repeat(3)}0100000000`);
  });
});
