/**
 * C types as BTF of the object. Types of the user's are written whole. Of the kernel's records, reached by pointer or
 * CO-RE, only the members that accesses name are kept: the loader matches them by name.
 */
import type { CoreAccess } from "../../btf/core.ts";
import { type BtfType, type Member, type TypeId, VOID } from "../../btf/type.ts";
import type { BtfWriter } from "../../btf/writer.ts";
import { layoutOf } from "./layout.ts";
import type { CType, EnumDecl, Field, FuncType, IntType, Qualifiers, RecordDecl } from "./types.ts";
import type { UsedMembers } from "./used-members.ts";

export class BtfTypes {
  readonly #btf: BtfWriter;
  readonly #used: UsedMembers;
  readonly #records = new Map<RecordDecl, TypeId>();
  readonly #whole = new Set<RecordDecl>();
  readonly #enums = new Map<EnumDecl, TypeId>();

  constructor(btf: BtfWriter, used: UsedMembers) {
    this.#btf = btf;
    this.#used = used;
  }

  /** Says that a type is held by value (in a map, in a variable): kernel records in it must be whole. */
  holdWhole(type: CType): void {
    if (type.kind === "array") this.holdWhole(type.elem);
    if (type.kind === "ptr" && type.to.kind === "record" && !isTrimmed(type.to.decl)) this.holdWhole(type.to);
    if (type.kind !== "record" || this.#whole.has(type.decl)) return;
    this.#whole.add(type.decl);
    for (const field of layoutOf(type.decl)?.fields ?? []) this.holdWhole(field.type);
  }

  /** Id of a type, with its typedef names, qualifiers and tags. */
  id(type: CType): TypeId {
    let id = type.sugar ? this.#typedef(type.sugar.name, type.sugar.of) : this.#bare(type);
    for (const tag of [...(tagsOutside(type) ?? [])].reverse())
      id = this.#btf.add({ kind: "type_tag", name: tag, type: id });
    return this.#qualified(id, qualifiersOutside(type));
  }

  #typedef(name: string, of: CType): TypeId {
    return this.#btf.add({ kind: "typedef", name, type: this.id(of) });
  }

  #qualified(id: TypeId, q: Qualifiers | undefined): TypeId {
    let out = id;
    if (q?.volatile) out = this.#btf.add({ kind: "volatile", type: out });
    if (q?.const) out = this.#btf.add({ kind: "const", type: out });
    return out;
  }

  #bare(type: CType): TypeId {
    switch (type.kind) {
      case "void":
        return VOID;
      case "bool":
        return this.#btf.add({ kind: "int", name: "_Bool", size: 1, bits: 8, encoding: "bool" });
      case "int":
        return this.#int(type);
      case "float":
        return this.#btf.add({ kind: "float", name: type.name, size: type.size });
      case "ptr":
        return this.#btf.add({ kind: "ptr", type: this.id(type.to) });
      case "array":
        return this.#btf.add({
          kind: "array",
          elem: this.id(type.elem),
          index: this.#indexType(),
          nelems: type.length ?? 0,
        });
      case "record":
        return this.#record(type.decl);
      case "enum":
        return this.#enum(type.decl);
      case "func":
        return this.proto(type);
    }
  }

  #int(type: IntType): TypeId {
    const encoding = type.signed ? "signed" : "unsigned";
    return this.#btf.add({ kind: "int", name: type.name, size: type.size, bits: type.size * 8, encoding });
  }

  #indexType(): TypeId {
    return this.#btf.add({ kind: "int", name: "__ARRAY_SIZE_TYPE__", size: 4, bits: 32, encoding: "unsigned" });
  }

  /** FUNC_PROTO with the parameters' names. */
  proto(type: FuncType): TypeId {
    return this.#btf.add({
      kind: "func_proto",
      ret: this.id(type.ret),
      params: type.params.map((p) => ({ name: p.name, type: this.id(p.type) })),
      variadic: type.variadic,
    });
  }

  #record(decl: RecordDecl): TypeId {
    const known = this.#records.get(decl);
    if (known !== undefined) return known;
    const layout = layoutOf(decl);
    if (!layout) {
      const id = this.#btf.add({ kind: "fwd", name: decl.tag, of: decl.of });
      this.#records.set(decl, id);
      return id;
    }
    const id = this.#btf.reserve();
    this.#records.set(decl, id);
    const members = this.#members(decl, layout.fields).map((f) => this.#member(f));
    this.#btf.define(id, { kind: decl.of, name: decl.tag, size: layout.size, members });
    for (const f of layout.fields) for (const tag of f.declTags ?? []) this.declTag(id, tag, f.index);
    return id;
  }

  /** The members that are written: all, or those in use. */
  #members(decl: RecordDecl, fields: readonly Field[]): readonly Field[] {
    if (!this.#pruned(decl)) return fields;
    return this.#used.members(decl).map((i) => fields[i]!);
  }

  #pruned(decl: RecordDecl): boolean {
    return isTrimmed(decl) && !this.#whole.has(decl);
  }

  #member(f: Field): Member {
    return {
      name: f.name,
      type: this.id(f.type),
      bitOff: f.bitOff,
      ...(f.bitSize !== undefined && { bitSize: f.bitSize }),
    };
  }

  #enum(decl: EnumDecl): TypeId {
    const known = this.#enums.get(decl);
    if (known !== undefined) return known;
    const all = decl.values ?? [];
    const values = decl.kernelType === undefined ? all : this.#used.enumerators(decl).map((i) => all[i]!);
    const type: BtfType = {
      kind: decl.size === 8 ? "enum64" : "enum",
      name: decl.tag,
      size: decl.size,
      signed: decl.signed,
      values,
    };
    const id = this.#btf.add(type);
    this.#enums.set(decl, id);
    return id;
  }

  declTag(type: TypeId, name: string, component: number): void {
    this.#btf.add({ kind: "decl_tag", name, type, component });
  }

  /** An access in terms of the written members: `0:1:2`. */
  accessString(root: CType, access: CoreAccess): string {
    if (root.kind === "enum") {
      const used = this.#used.enumerators(root.decl);
      return `${root.decl.kernelType === undefined ? access.path[0] : used.indexOf(access.path[0]!)}`;
    }
    let type: CType = root;
    const out = [access.path[0]!];
    for (const index of access.path.slice(1)) {
      if (type.kind === "record") {
        const decl: RecordDecl = type.decl;
        out.push(this.#pruned(decl) ? this.#used.members(decl).indexOf(index) : index);
        type = layoutOf(decl)!.fields[index]!.type;
      } else {
        out.push(index);
        if (type.kind === "array") type = type.elem;
      }
    }
    return out.join(":");
  }
}

/** A type of the kernel or of a large header. */
function isTrimmed(decl: RecordDecl): boolean {
  if (decl.kernelType !== undefined) return true;
  layoutOf(decl);
  return decl.trimmed === true;
}

/** Qualifiers that the typedef under the sugar does not already have. */
function qualifiersOutside(type: CType): Qualifiers | undefined {
  const inner = type.sugar?.of.q;
  if (!inner) return type.q;
  const out: { const?: true; volatile?: true } = {};
  if (type.q?.const && !inner.const) out.const = true;
  if (type.q?.volatile && !inner.volatile) out.volatile = true;
  return out;
}

const tagsOutside = (type: CType): readonly string[] | undefined =>
  type.sugar && type.sugar.of.tags === type.tags ? undefined : type.tags;
