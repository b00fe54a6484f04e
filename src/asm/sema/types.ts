/**
 * C types after checking. Identity: records and enums are their declaration object, other types are compared by
 * structure (`sameType`). Layout is of the BPF target: LP64, little-endian, 16-byte maximum alignment.
 */
import type { TypeId } from "../../btf/type.ts";
import type { Span } from "../../support/span.ts";

export interface Qualifiers {
  readonly const?: true;
  readonly volatile?: true;
  readonly restrict?: true;
  /** C11 `_Atomic`: every plain access is an atomic one in the order `seq_cst`. */
  readonly atomic?: true;
  /** `address_space(1)`: the object is in an arena; 0 is left out. */
  readonly space?: number;
}

/** Names the typedef a type was reached by, for diagnostics and for the object's BTF. */
export interface Sugar {
  readonly name: string;
  /** The type that the typedef stands for, itself perhaps with sugar. */
  readonly of: CType;
}

interface Base {
  readonly q?: Qualifiers;
  readonly sugar?: Sugar;
  /** BTF type tags on this type as a pointee (`kptr`, `percpu`, `user`, ...), outermost first. */
  readonly tags?: readonly string[];
  /** Bytes, where a typedef says `aligned`: more or less than the type's own. */
  readonly align?: number;
  /** `may_alias`: an access by this type may reach any object. */
  readonly mayAlias?: true;
}

export type CType = VoidType | BoolType | IntType | FloatType | PtrType | ArrayType | RecordType | EnumType | FuncType;

export interface VoidType extends Base {
  readonly kind: "void";
}
export interface BoolType extends Base {
  readonly kind: "bool";
}
/** `name` is the C spelling: char, signed char, short, int, long, long long, __int128 and the unsigned ones. */
export interface IntType extends Base {
  readonly kind: "int";
  readonly name: string;
  readonly size: 1 | 2 | 4 | 8 | 16;
  readonly signed: boolean;
}
/** Only declared, never computed with: BPF has no floating point, but C headers mention it. */
export interface FloatType extends Base {
  readonly kind: "float";
  readonly name: string;
  readonly size: number;
}
export interface PtrType extends Base {
  readonly kind: "ptr";
  readonly to: CType;
}
/** No length: incomplete, or a flexible member. */
export interface ArrayType extends Base {
  readonly kind: "array";
  readonly elem: CType;
  readonly length?: number;
}
export interface RecordType extends Base {
  readonly kind: "record";
  readonly decl: RecordDecl;
}
export interface EnumType extends Base {
  readonly kind: "enum";
  readonly decl: EnumDecl;
}
export interface FuncType extends Base {
  readonly kind: "func";
  readonly ret: CType;
  readonly params: readonly FuncParam[];
  readonly variadic: boolean;
  /** Declared `()`: any arguments. */
  readonly unspecified?: true;
}
export interface FuncParam {
  readonly name: string;
  readonly type: CType;
  /** `btf_decl_tag` strings of the parameter, such as `arg:ctx`. */
  readonly declTags?: readonly string[];
}

/** A struct or union. Mutable only until it is complete; kernel types are completed on first use. */
export interface RecordDecl {
  readonly of: "struct" | "union";
  /** Empty for an anonymous one. */
  readonly tag: string;
  /** Set for types taken from kernel BTF. */
  readonly kernelType?: TypeId;
  /** Field accesses are CO-RE: a kernel type, or marked `preserve_access_index`. */
  core: boolean;
  /** `may_alias`: so is each access to a member. */
  mayAlias?: true;
  /** Undefined while incomplete (a forward declaration). Read it through `layoutOf`. */
  layout?: RecordLayout;
  /** Makes the layout on first use; undefined where it cannot be made (yet). */
  complete?: () => RecordLayout | undefined;
  /** One of a large header's many: the object's BTF holds only the members in use, as of a kernel type. */
  trimmed?: true;
  span?: Span;
}

export interface RecordLayout {
  readonly size: number;
  readonly align: number;
  readonly fields: readonly Field[];
}

export interface Field {
  /** Empty for an anonymous struct or union. */
  readonly name: string;
  readonly type: CType;
  readonly bitOff: number;
  /** Only for bit-fields. */
  readonly bitSize?: number;
  /** Index of the member as BTF and CO-RE access strings count it (unnamed bit-fields are not counted). */
  readonly index: number;
  readonly declTags?: readonly string[];
}

export interface EnumDecl {
  readonly tag: string;
  readonly kernelType?: TypeId;
  /** Undefined while only mentioned. */
  values?: readonly { readonly name: string; readonly value: bigint }[];
  /** Bytes. */
  size: 1 | 2 | 4 | 8;
  signed: boolean;
  span?: Span;
}
