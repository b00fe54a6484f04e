/** CO-RE relocation kinds, `enum bpf_core_relo_kind` of the kernel's UAPI, in its order. */
export const coreKinds = [
  "field_byte_offset",
  "field_byte_size",
  "field_exists",
  "field_signed",
  "field_lshift_u64",
  "field_rshift_u64",
  "type_id_local",
  "type_id_target",
  "type_exists",
  "type_size",
  "enumval_exists",
  "enumval_value",
  "type_matches",
] as const;
export type CoreKind = (typeof coreKinds)[number];

/** A type of the program being compiled, before it has a BTF id: an index that `sema` gives out. */
export type LocalTypeRef = number & { readonly brand: "LocalTypeRef" };

/**
 * What the loader must recompute on an instruction: a path into a local type, by full-struct member indices as the
 * access string counts them (first the array index of the root pointer). Type kinds have the path [0]; enumerator kinds
 * the enumerator's index.
 */
export interface CoreAccess {
  readonly kind: CoreKind;
  readonly root: LocalTypeRef;
  readonly path: readonly number[];
}
