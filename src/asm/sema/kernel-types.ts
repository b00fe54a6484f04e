/** The kernel's own types as C types, made from BTF on first use; names of the outermost scope. */
import type { BtfSpec, BtfType, Member, TypeId } from "../../btf/type.ts";
import { alignOf } from "./layout.ts";
import { intType, intTypes, longType, qualify, uintType, ulongType, voidType } from "./type-ops.ts";
import type { CType, EnumDecl, Field, IntType, RecordDecl, RecordLayout } from "./types.ts";

/** C spelling by BTF name, where the two differ (DWARF's spelling). */
const intNames: Readonly<Record<string, keyof typeof intTypes>> = {
  "short int": "short",
  "short unsigned int": "unsigned short",
  "unsigned short": "unsigned short",
  "long int": "long",
  "long unsigned int": "unsigned long",
  "long long int": "long long",
  "long long unsigned int": "unsigned long long",
  "__int128 unsigned": "unsigned __int128",
};

type BtfInt = Extract<BtfType, { kind: "int" }>;
type BtfRecord = Extract<BtfType, { kind: "struct" | "union" }>;
type BtfEnum = Extract<BtfType, { kind: "enum" | "enum64" }>;

/** An enumerator of the kernel with the C type of its constant. */
export interface KernelEnumerator {
  readonly value: bigint;
  readonly type: CType;
}

export class KernelTypes {
  readonly #btf: BtfSpec;
  readonly #types = new Map<TypeId, CType>();
  readonly #records = new Map<TypeId, RecordDecl>();
  readonly #enums = new Map<TypeId, EnumDecl>();
  /** Whether accesses to their members are CO-RE; to be set before the first type is asked for. */
  relocated = true;

  constructor(btf: BtfSpec) {
    this.#btf = btf;
  }

  get btf(): BtfSpec {
    return this.#btf;
  }

  isTypedef(name: string): boolean {
    return this.#btf.byName(name, "typedef").length > 0;
  }

  typedef(name: string): CType | undefined {
    const id = this.#btf.byName(name, "typedef")[0];
    return id === undefined ? undefined : this.type(id);
  }

  /** A struct or union by tag; where the kernel holds several of one name, the first. */
  record(of: "struct" | "union", tag: string): RecordDecl | undefined {
    const id = this.#btf.byName(tag, of)[0];
    return id === undefined ? undefined : this.#record(id, this.#btf.type(id) as BtfRecord);
  }

  enum(tag: string): EnumDecl | undefined {
    const id = this.#btf.byName(tag, "enum")[0] ?? this.#btf.byName(tag, "enum64")[0];
    return id === undefined ? undefined : this.#enum(id, this.#btf.type(id) as BtfEnum);
  }

  enumerator(name: string): KernelEnumerator | undefined {
    const found = this.#btf.enumerator(name)[0];
    if (!found) return undefined;
    const type = this.#btf.type(found.type) as BtfEnum;
    const value = type.values[found.index]!.value;
    return { value, type: enumeratorType(value) };
  }

  type(id: TypeId): CType {
    let type = this.#types.get(id);
    if (!type) {
      type = this.#make(id, this.#btf.type(id));
      this.#types.set(id, type);
    }
    return type;
  }

  #make(id: TypeId, t: BtfType): CType {
    switch (t.kind) {
      case "int":
        return intOf(t);
      case "ptr":
        return { kind: "ptr", to: this.type(t.type) };
      case "array":
        return { kind: "array", elem: this.type(t.elem), length: t.nelems };
      case "struct":
      case "union":
        return { kind: "record", decl: this.#record(id, t) };
      case "enum":
      case "enum64":
        return { kind: "enum", decl: this.#enum(id, t) };
      case "fwd":
        return { kind: "record", decl: this.record(t.of, t.name) ?? { of: t.of, tag: t.name, core: this.relocated } };
      case "typedef": {
        const of = this.type(t.type);
        return { ...of, sugar: { name: t.name, of } } as CType;
      }
      case "const":
        return qualify(this.type(t.type), { const: true });
      case "volatile":
        return qualify(this.type(t.type), { volatile: true });
      case "restrict":
        return this.type(t.type);
      case "type_tag": {
        const of = this.type(t.type);
        if (t.name === "address_space(1)" && t.attribute) return qualify(of, { space: 1 });
        return t.attribute ? of : ({ ...of, tags: [t.name, ...(of.tags ?? [])] } as CType);
      }
      case "func_proto":
        return {
          kind: "func",
          ret: this.type(t.ret),
          params: t.params.map((p) => ({ name: p.name, type: this.type(p.type) })),
          variadic: t.variadic,
        };
      case "float":
        return { kind: "float", name: t.name, size: t.size };
      default:
        return voidType;
    }
  }

  #record(id: TypeId, t: BtfRecord): RecordDecl {
    let decl = this.#records.get(id);
    if (!decl) {
      decl = { of: t.kind, tag: t.name, kernelType: id, core: this.relocated, complete: () => this.#layout(t) };
      this.#records.set(id, decl);
    }
    return decl;
  }

  #layout(t: BtfRecord): RecordLayout {
    const fields = t.members.map((m, index) => this.#field(m, index));
    const natural = Math.max(1, ...fields.map((f) => (f.bitOff % (alignOf(f.type) * 8) === 0 ? alignOf(f.type) : 1)));
    const align = t.size % natural === 0 ? natural : 1;
    return { size: t.size, align, fields };
  }

  #field(m: Member, index: number): Field {
    const type = this.type(m.type);
    const flexible = type.kind === "array" && type.length === 0 && !type.sugar;
    return {
      name: m.name,
      type: flexible ? { kind: "array", elem: type.elem } : type,
      bitOff: m.bitOff,
      ...(m.bitSize !== undefined && { bitSize: m.bitSize }),
      index,
    };
  }

  #enum(id: TypeId, t: BtfEnum): EnumDecl {
    let decl = this.#enums.get(id);
    if (!decl) {
      decl = { tag: t.name, kernelType: id, values: t.values, size: t.size as EnumDecl["size"], signed: t.signed };
      this.#enums.set(id, decl);
    }
    return decl;
  }
}

function intOf(t: BtfInt): CType {
  if (t.encoding === "bool") return { kind: "bool" };
  const name = intNames[t.name] ?? t.name;
  const known = intTypes[name as keyof typeof intTypes];
  if (known && known.size === t.size) return known;
  return bySize(t.size, t.encoding === "signed");
}

function bySize(size: number, signed: boolean): IntType {
  const name = ({ 1: "char", 2: "short", 4: "int", 8: "long", 16: "__int128" } as const)[size] ?? "long";
  if (!signed) return intTypes[`unsigned ${name}` as keyof typeof intTypes];
  return name === "char" ? intTypes["signed char"] : intTypes[name];
}

/** The first of int, unsigned int, long and unsigned long that holds an enumerator's value, as GNU C has it. */
export function enumeratorType(value: bigint): IntType {
  if (BigInt.asIntN(32, value) === value) return intType;
  if (BigInt.asUintN(32, value) === value) return uintType;
  return BigInt.asIntN(64, value) === value ? longType : ulongType;
}
