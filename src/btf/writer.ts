/** Builds a BTF blob: gives ids to types and offsets to strings, each thing once. */
import { bug } from "../support/bug.ts";
import { ByteWriter } from "../support/bytes.ts";
import { BTF_HEADER_SIZE, BTF_MAGIC, BTF_VERSION, intEncodings, kindNames, linkages } from "./format.ts";
import type { BtfType, TypeId } from "./type.ts";

const encoder = new TextEncoder();

export class BtfWriter {
  /** Index is the id; 0 is void, undefined is reserved. */
  readonly #types: (BtfType | undefined)[] = [{ kind: "void" }];
  readonly #ids = new Map<string, TypeId>([[keyOf({ kind: "void" }), 0 as TypeId]]);
  readonly #strings = new Map<string, number>([["", 0]]);
  readonly #bytes = new ByteWriter().u8(0);

  /** Id of the type; an equal type that is already there is used again. Struct members may name ids reserved before. */
  add(type: BtfType): TypeId {
    const key = keyOf(type);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#types.length as TypeId;
    this.#types.push(type);
    this.#ids.set(key, id);
    return id;
  }

  /** An id for a type that is given later, so that cycles can be written. */
  reserve(): TypeId {
    this.#types.push(undefined);
    return (this.#types.length - 1) as TypeId;
  }

  /** The type of a reserved id; giving one again replaces it (a data section whose layout is known late). */
  define(id: TypeId, type: BtfType): void {
    if (id <= 0 || id >= this.#types.length) bug(`BTF id ${id} was never reserved`);
    const before = this.#types[id];
    if (before && this.#ids.get(keyOf(before)) === id) this.#ids.delete(keyOf(before));
    this.#types[id] = type;
    const key = keyOf(type);
    if (!this.#ids.has(key)) this.#ids.set(key, id);
  }

  /** Offset of a string in the string table; adds it if it is new. The format ends strings at NUL, so one inside cuts it. */
  string(text: string): number {
    const nul = text.indexOf("\0");
    const whole = nul < 0 ? text : text.slice(0, nul);
    const known = this.#strings.get(whole);
    if (known !== undefined) return known;
    const off = this.#bytes.length;
    this.#bytes.bytes(encoder.encode(whole)).u8(0);
    this.#strings.set(whole, off);
    return off;
  }

  /** The type behind an id that `add` or `define` took. */
  type(id: TypeId): BtfType {
    return this.#types[id] ?? bug(`BTF id ${id} has no type`);
  }

  /** One more than the greatest id. */
  get typeCount(): number {
    return this.#types.length;
  }

  /** Bytes of `.BTF`. More may be added afterwards and the blob finished again. */
  finish(): Uint8Array {
    const types = new ByteWriter();
    for (let id = 1; id < this.#types.length; id++) this.#encode(types, this.type(id as TypeId));
    const out = new ByteWriter().u16(BTF_MAGIC).u8(BTF_VERSION).u8(0).u32(BTF_HEADER_SIZE);
    out.u32(0).u32(types.length).u32(types.length).u32(this.#bytes.length);
    return out.bytes(types.finish()).bytes(this.#bytes.finish()).finish();
  }

  #head(out: ByteWriter, type: BtfType, name: string, vlen: number, flag: boolean, sizeOrType: number): ByteWriter {
    const info = ((flag ? 0x80000000 : 0) | (kindNames.indexOf(type.kind) << 24) | vlen) >>> 0;
    return out.u32(this.string(name)).u32(info).u32(sizeOrType);
  }

  #encode(out: ByteWriter, t: BtfType): void {
    switch (t.kind) {
      case "void":
        bug("void has no BTF record");
        break;
      case "int":
        this.#head(out, t, t.name, 0, false, t.size).u32((intEncodings[t.encoding] << 24) | t.bits);
        return;
      case "ptr":
      case "volatile":
      case "const":
      case "restrict":
        this.#head(out, t, "", 0, false, t.type);
        return;
      case "array":
        this.#head(out, t, "", 0, false, 0).u32(t.elem).u32(t.index).u32(t.nelems);
        return;
      case "struct":
      case "union":
        this.#encodeRecord(out, t);
        return;
      case "enum":
        this.#head(out, t, t.name, t.values.length, t.signed, t.size);
        for (const v of t.values) out.u32(this.string(v.name)).u32(Number(BigInt.asUintN(32, v.value)));
        return;
      case "enum64":
        this.#head(out, t, t.name, t.values.length, t.signed, t.size);
        for (const v of t.values) out.u32(this.string(v.name)).u64(v.value);
        return;
      case "fwd":
        this.#head(out, t, t.name, 0, t.of === "union", 0);
        return;
      case "typedef":
        this.#head(out, t, t.name, 0, false, t.type);
        return;
      case "func":
        this.#head(out, t, t.name, linkages.indexOf(t.linkage), false, t.type);
        return;
      case "func_proto":
        this.#head(out, t, "", t.params.length + (t.variadic ? 1 : 0), false, t.ret);
        for (const p of t.params) out.u32(this.string(p.name)).u32(p.type);
        if (t.variadic) out.u32(0).u32(0);
        return;
      case "var":
        this.#head(out, t, t.name, 0, false, t.type).u32(linkages.indexOf(t.linkage));
        return;
      case "datasec":
        this.#head(out, t, t.name, t.vars.length, false, t.size);
        for (const v of t.vars) out.u32(v.type).u32(v.off).u32(v.size);
        return;
      case "float":
        this.#head(out, t, t.name, 0, false, t.size);
        return;
      case "decl_tag":
        this.#head(out, t, t.name, 0, t.attribute === true, t.type).u32(t.component >>> 0);
        return;
      case "type_tag":
        this.#head(out, t, t.name, 0, t.attribute === true, t.type);
        return;
    }
  }

  /** With a bit-field among the members (kind_flag), every offset word is `bitSize << 24 | bitOff`. */
  #encodeRecord(out: ByteWriter, t: BtfType & { kind: "struct" | "union" }): void {
    const packed = t.members.some((m) => m.bitSize !== undefined);
    this.#head(out, t, t.name, t.members.length, packed, t.size);
    for (const m of t.members) {
      const off = packed ? (((m.bitSize ?? 0) << 24) | m.bitOff) >>> 0 : m.bitOff;
      out.u32(this.string(m.name)).u32(m.type).u32(off);
    }
  }
}

/** Equal types have equal keys, whatever the order of their properties. */
function keyOf(t: BtfType): string {
  const parts: unknown[] = [t.kind];
  for (const name of Object.keys(t).sort()) {
    const value = (t as unknown as Record<string, unknown>)[name];
    if (name !== "kind" && value !== undefined) parts.push(name, Array.isArray(value) ? value.map(itemKey) : value);
  }
  return JSON.stringify(parts);
}

function itemKey(item: Record<string, unknown>): unknown[] {
  return Object.keys(item)
    .sort()
    .filter((name) => item[name] !== undefined)
    .map((name) => [name, typeof item[name] === "bigint" ? String(item[name]) : item[name]]);
}
