/** BTF types as plain data, addressed by id. `Documentation/bpf/btf.rst` of the kernel describes the format. */

/** Index of a type in a BTF blob; 0 is `void`. */
export type TypeId = number & { readonly brand: "TypeId" };
export const VOID = 0 as TypeId;

export interface Member {
  /** Empty for an anonymous struct or union inside. */
  readonly name: string;
  readonly type: TypeId;
  readonly bitOff: number;
  /** Only for bit-fields. */
  readonly bitSize?: number;
}

export interface Enumerator {
  readonly name: string;
  readonly value: bigint;
}

export interface Param {
  readonly name: string;
  readonly type: TypeId;
}

export type Linkage = "static" | "global" | "extern";

export type BtfType =
  | { readonly kind: "void" }
  | {
      readonly kind: "int";
      readonly name: string;
      readonly size: number;
      readonly bits: number;
      readonly encoding: "unsigned" | "signed" | "char" | "bool";
    }
  | { readonly kind: "ptr"; readonly type: TypeId }
  | { readonly kind: "array"; readonly elem: TypeId; readonly index: TypeId; readonly nelems: number }
  | {
      readonly kind: "struct" | "union";
      readonly name: string;
      readonly size: number;
      readonly members: readonly Member[];
    }
  | {
      readonly kind: "enum" | "enum64";
      readonly name: string;
      readonly size: number;
      readonly signed: boolean;
      readonly values: readonly Enumerator[];
    }
  | { readonly kind: "fwd"; readonly name: string; readonly of: "struct" | "union" }
  | { readonly kind: "typedef"; readonly name: string; readonly type: TypeId }
  | { readonly kind: "volatile" | "const" | "restrict"; readonly type: TypeId }
  | { readonly kind: "func"; readonly name: string; readonly type: TypeId; readonly linkage: Linkage }
  /** `variadic`: the last parameter of the encoding, which has neither name nor type, is left out of `params`. */
  | { readonly kind: "func_proto"; readonly ret: TypeId; readonly params: readonly Param[]; readonly variadic: boolean }
  | { readonly kind: "var"; readonly name: string; readonly type: TypeId; readonly linkage: Linkage }
  | { readonly kind: "datasec"; readonly name: string; readonly size: number; readonly vars: readonly DatasecVar[] }
  | { readonly kind: "float"; readonly name: string; readonly size: number }
  /** `component` is -1 for the whole, else a member or parameter index. `attribute`: kind_flag set (a raw attribute). */
  | {
      readonly kind: "decl_tag";
      readonly name: string;
      readonly type: TypeId;
      readonly component: number;
      readonly attribute?: boolean;
    }
  | { readonly kind: "type_tag"; readonly name: string; readonly type: TypeId; readonly attribute?: boolean };

export interface DatasecVar {
  readonly type: TypeId;
  readonly off: number;
  readonly size: number;
}

export type BtfKind = BtfType["kind"];
export type RecordType = Extract<BtfType, { readonly kind: "struct" | "union" }>;
export type EnumType = Extract<BtfType, { readonly kind: "enum" | "enum64" }>;

export const isRecord = (type: BtfType): type is RecordType => type.kind === "struct" || type.kind === "union";
export const isEnum = (type: BtfType): type is EnumType => type.kind === "enum" || type.kind === "enum64";

/** Read access to a BTF blob: lazily decoded, found by name without decoding the rest. */
export interface BtfSpec {
  /** Split BTF of a module has the kernel's as its base; ids go on where the base ends. */
  readonly base?: BtfSpec;
  /** One more than the greatest id. */
  readonly typeCount: number;
  /** Throws `RangeError` for an id outside, `BtfError` for bytes that are no type. */
  type(id: TypeId): BtfType;
  /** Ids of the named types of that kind, ascending; base first. */
  byName(name: string, kind: BtfKind): readonly TypeId[];
  /** The enums that hold an enumerator of that name, with its index in each. */
  enumerator(name: string): readonly { readonly type: TypeId; readonly index: number }[];
  /** Names of a kind that are closest to a misspelt one, best first; at most `max`. */
  nearest(name: string, kinds: readonly BtfKind[], max: number): readonly string[];
  /** Types of these kinds whose name is `name` once flavours (`___x`) are taken off both; base first. */
  flavours?(name: string, kinds: readonly BtfKind[]): readonly TypeId[];
}
