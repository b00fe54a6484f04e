import { describe, expect, test } from "vitest";
import type { CoreKind } from "../../src/btf/core.ts";
import { relocate } from "../../src/btf/core-match.ts";
import { openBtf } from "../../src/btf/reader.ts";
import type { BtfSpec, Member, TypeId } from "../../src/btf/type.ts";
import { BtfWriter } from "../../src/btf/writer.ts";
import { kernelBytes } from "./kernel-data.ts";

/** Builds BTF out of members written as `[name, type, bit offset, bit size]`. */
class Types {
  readonly out = new BtfWriter();
  readonly int = (name: string, size: number, signed = false) =>
    this.out.add({ kind: "int", name, size, bits: size * 8, encoding: signed ? "signed" : "unsigned" });
  readonly ptr = (type: number) => this.out.add({ kind: "ptr", type: type as TypeId });
  readonly array = (elem: TypeId, nelems: number) =>
    this.out.add({ kind: "array", elem, index: this.int("unsigned int", 4), nelems });
  readonly fwd = (name: string) => this.out.add({ kind: "fwd", name, of: "struct" });
  record(kind: "struct" | "union", name: string, size: number, members: [string, TypeId, number, number?][]): TypeId {
    const list = members.map(([n, type, bitOff, bitSize]): Member => {
      return { name: n, type, bitOff, ...(bitSize !== undefined && { bitSize }) };
    });
    return this.out.add({ kind, name, size, members: list });
  }
  readonly struct = (name: string, size: number, ...members: [string, TypeId, number, number?][]) =>
    this.record("struct", name, size, members);
  readonly union = (name: string, size: number, ...members: [string, TypeId, number, number?][]) =>
    this.record("union", name, size, members);
  enum(name: string, values: Readonly<Record<string, bigint>>, size = 4, kind: "enum" | "enum64" = "enum"): TypeId {
    const list = Object.entries(values).map(([n, value]) => ({ name: n, value }));
    return this.out.add({ kind, name, size, signed: false, values: list });
  }
  open(): BtfSpec {
    return openBtf(this.out.finish());
  }
}

const ask = (local: BtfSpec, type: number, access: string, kind: CoreKind, target: BtfSpec) =>
  relocate(local, { kind, type: type as TypeId, access }, target);

/** Two versions of a type, and what each access of the local one comes to. */
describe("fields", () => {
  const l = new Types();
  const u32 = l.int("u32", 4);
  const inner = l.struct("", 8, ["a", u32, 0], ["b", u32, 32]);
  const s = l.struct(
    "s___mine",
    64,
    ["moved", u32, 0],
    ["grown", u32, 32],
    ["signed_grown", l.int("s32", 4, true), 64],
    ["ptr", l.ptr(0), 128],
    ["", inner, 192],
    ["list", l.array(u32, 4), 256],
    ["gone", u32, 384],
    ["other_kind", u32, 416],
    ["bits", u32, 448, 3],
    ["wrapped", l.struct("w", 4, ["x", u32, 0]), 480],
  );
  const end = l.struct("flex", 8, ["n", u32, 0], ["tail", l.array(u32, 0), 32]);
  const local = l.open();

  const t = new Types();
  const k32 = t.int("unsigned int", 4);
  const k64 = t.int("unsigned long", 8);
  const b = t.union("", 8, ["c", k64, 0], ["b", k32, 0]);
  t.struct(
    "s",
    128,
    ["grown", k64, 0],
    ["moved", k32, 64],
    ["signed_grown", t.int("long", 8, true), 128],
    ["ptr", t.ptr(k32), 192],
    ["a", k32, 256],
    ["", b, 320],
    ["list", t.array(k32, 2), 384],
    ["other_kind", t.ptr(0), 448],
    ["bits", k32, 541, 5],
    ["wrapped", t.struct("w2", 8, ["y", k32, 0], ["x", k32, 32]), 576],
  );
  t.struct("flex", 8, ["n", k32, 0], ["pad", k32, 32], ["tail", t.array(k32, 0), 64]);
  const target = t.open();

  test.each([
    // what                       access  kind                 local  target
    ["a field that moved", "0:0", "field_byte_offset", 0n, 8n],
    ["its size", "0:1", "field_byte_size", 4n, 8n],
    ["its sign", "0:2", "field_signed", 1n, 1n],
    ["a pointer, whatever it points at", "0:3", "field_byte_offset", 16n, 24n],
    ["a member of an anonymous struct, now outside", "0:4:0", "field_byte_offset", 24n, 32n],
    ["a member of an anonymous struct, now in a union", "0:4:1", "field_byte_offset", 28n, 40n],
    ["an array element", "0:5:1", "field_byte_offset", 36n, 52n],
    ["an element of the second struct", "1:5:1", "field_byte_offset", 100n, 180n],
    ["a field that exists", "0:0", "field_exists", 1n, 1n],
    ["a field that is gone", "0:6", "field_exists", 1n, 0n],
    ["a field of another kind", "0:7", "field_exists", 1n, 0n],
    ["an element past the end", "0:5:3", "field_exists", 1n, 0n],
    ["a bit-field's word", "0:8", "field_byte_offset", 56n, 64n],
    ["its size in bytes", "0:8", "field_byte_size", 4n, 8n],
    ["its left shift", "0:8", "field_lshift_u64", 61n, 30n],
    ["its right shift", "0:8", "field_rshift_u64", 61n, 59n],
    ["a member of a member, in a struct of another name", "0:9:0", "field_byte_offset", 60n, 76n],
    ["the whole", "0", "field_byte_size", 64n, 128n],
  ] as const)("%s", (_, access, kind, localValue, value) => {
    expect(ask(local, s, access, kind, target)).toMatchObject({ kind: "value", localValue, value });
  });

  test("a missing field poisons the instruction", () => {
    expect(ask(local, s, "0:6", "field_byte_offset", target)).toEqual({ kind: "missing", localValue: 48n });
    expect(ask(local, s, "0:5:3", "field_byte_offset", target).kind).toBe("missing");
  });

  test("loads are resized between unsigned integers and between pointers only", () => {
    expect(ask(local, s, "0:1", "field_byte_offset", target)).toMatchObject({ localSize: 4, size: 8 });
    expect(ask(local, s, "0:1", "field_byte_offset", target)).not.toHaveProperty("sizeFixed");
    expect(ask(local, s, "0:2", "field_byte_offset", target)).toMatchObject({ sizeFixed: true });
    expect(ask(local, s, "0:8", "field_byte_offset", target)).not.toHaveProperty("size");
  });

  test("a flexible array may be indexed past its end", () => {
    expect(ask(local, end, "0:1:3", "field_byte_offset", target)).toMatchObject({ localValue: 16n, value: 20n });
  });

  test.each([
    ["0:99", "leaves its type"],
    ["0:0:0", "leaves its type"],
    ["0:5:4", "leaves its type"],
    ["", "no CO-RE access"],
    ["0:x", "no CO-RE access"],
    ["0:-1", "no CO-RE access"],
    [Array(99).fill("0").join(":"), "too long"],
  ])("the access '%s' is refused", (access, reason) => {
    const answer = ask(local, s, access, "field_byte_offset", target);
    expect(answer).toMatchObject({ kind: "invalid", reason: expect.stringContaining(reason) });
  });

  test("a type without a name cannot be found", () => {
    expect(ask(local, inner, "0:0", "field_exists", target).kind).toBe("invalid");
  });

  test("several types of one name must agree", () => {
    const two = new Types();
    const x = two.int("unsigned int", 4);
    two.struct("s", 8, ["moved", x, 32], ["grown", x, 0]);
    two.struct("s", 8, ["moved", x, 32]);
    const both = two.open();
    expect(ask(local, s, "0:0", "field_byte_offset", both)).toMatchObject({ value: 4n });
    two.struct("s", 8, ["moved", x, 0]);
    expect(ask(local, s, "0:0", "field_byte_offset", two.open()).kind).toBe("invalid");
    expect(ask(local, s, "0:1", "field_byte_offset", both)).toMatchObject({ value: 0n });
  });
});

describe("types", () => {
  const l = new Types();
  const u32 = l.int("u32", 4);
  const known = l.struct("known", 8, ["x", u32, 0]);
  const unknown = l.struct("unknown", 8, ["x", u32, 0]);
  const proto = l.out.add({ kind: "func_proto", ret: u32, params: [{ name: "a", type: u32 }], variadic: false });
  const fn = l.out.add({ kind: "typedef", name: "fn", type: l.ptr(proto) });
  const local = l.open();

  const t = new Types();
  const k32 = t.int("u32", 4);
  t.struct("pad", 1);
  const there = t.struct("known", 16, ["y", k32, 0], ["x", k32, 32]);
  const kproto = t.out.add({ kind: "func_proto", ret: k32, params: [], variadic: false });
  t.out.add({ kind: "typedef", name: "fn", type: t.ptr(kproto) });
  const target = t.open();

  test.each([
    ["a type that is there", known, "type_exists", 1n],
    ["a type that is not", unknown, "type_exists", 0n],
    ["another number of parameters", fn, "type_exists", 0n],
    ["its size", known, "type_size", 16n],
    ["the size of none", unknown, "type_size", 0n],
    ["its id", known, "type_id_target", BigInt(there)],
    ["the id of none", unknown, "type_id_target", 0n],
    ["its own id", known, "type_id_local", BigInt(known)],
    ["a match in another order", known, "type_matches", 1n],
    ["no match of none", unknown, "type_matches", 0n],
  ] as const)("%s", (_, type, kind, value) => {
    expect(ask(local, type, "0", kind, target)).toMatchObject({ kind: "value", value });
  });

  test("behind a pointer a forward declaration matches the struct", () => {
    const a = new Types();
    const withFwd = a.struct("holder", 8, ["p", a.ptr(a.fwd("known")), 0]);
    const b = new Types();
    b.struct("holder", 8, ["p", b.ptr(b.struct("known", 4)), 0]);
    expect(ask(a.open(), withFwd, "0", "type_matches", b.open())).toMatchObject({ value: 1n });
  });
});

describe("enumerators", () => {
  const l = new Types();
  const e = l.enum("e", { A: 1n, B___v2: 2n, GONE: 3n });
  const local = l.open();
  const t = new Types();
  t.enum("e", { Z: 0n, A: 5n, B: 1n << 40n }, 8, "enum64");
  const target = t.open();

  test.each([
    ["0", "enumval_value", { kind: "value", localValue: 1n, value: 5n }],
    ["1", "enumval_value", { kind: "value", localValue: 2n, value: 1n << 40n }],
    ["2", "enumval_value", { kind: "missing" }],
    ["2", "enumval_exists", { kind: "value", value: 0n }],
    ["0", "enumval_exists", { kind: "value", value: 1n }],
    ["3", "enumval_value", { kind: "invalid" }],
    ["0:0", "enumval_value", { kind: "invalid" }],
  ] as const)("%s %s", (access, kind, answer) => {
    expect(ask(local, e, access, kind, target)).toMatchObject(answer);
  });
});

test("types that double at each level end in a defined answer", () => {
  const l = new Types();
  const u32 = l.int("u32", 4);
  const s = l.struct("s", 4, ["wanted", u32, 0]);
  const t = new Types();
  let nested = t.struct("", 4);
  for (let i = 0; i < 50; i++) nested = t.union("", 4, ["", nested, 0], ["", nested, 0]);
  t.struct("s", 4, ["", nested, 0]);
  expect(ask(l.open(), s, "0:0", "field_exists", t.open())).toMatchObject({ kind: "invalid" });
});

test("the kernel's own sk_buff relocates to itself", () => {
  const kernel = openBtf(kernelBytes("x86", "btf"), { index: kernelBytes("x86", "idx") });
  const arm = openBtf(kernelBytes("arm64", "btf"), { index: kernelBytes("arm64", "idx") });
  const [id] = kernel.byName("sk_buff", "struct");
  const skb = kernel.type(id!);
  if (skb.kind !== "struct") throw new Error("sk_buff is no struct");
  for (const [i, member] of skb.members.entries()) {
    if (!member.name) continue;
    const own = ask(kernel, id!, `0:${i}`, "field_byte_offset", kernel);
    expect(own.kind === "value" && own.value === own.localValue).toBe(true);
    expect(ask(kernel, id!, `0:${i}`, "field_exists", arm).kind).toBe("value");
  }
});
