/** Numbers of the BTF format that the reader and the writer share: include/uapi/linux/btf.h. */

export const BTF_MAGIC = 0xeb9f;
export const BTF_VERSION = 1;
/** Header that every kernel and library knows; longer ones add optional fields at the end. */
export const BTF_HEADER_SIZE = 24;

/** `BTF_KIND_*`, in the order of their numbers; 0 is unused (`void` has no record). */
export const kindNames = [
  "void",
  "int",
  "ptr",
  "array",
  "struct",
  "union",
  "enum",
  "fwd",
  "typedef",
  "volatile",
  "const",
  "restrict",
  "func",
  "func_proto",
  "var",
  "datasec",
  "float",
  "decl_tag",
  "type_tag",
  "enum64",
] as const;

/** 32-bit words behind the three of the common header: fixed ones, and ones for each of `vlen` elements. */
export const kindWords: readonly (readonly [fixed: number, each: number])[] = [
  [0, 0], // void
  [1, 0], // int: encoding << 24 | offset << 16 | bits
  [0, 0], // ptr
  [3, 0], // array: elem, index, nelems
  [0, 3], // struct: name, type, offset
  [0, 3], // union
  [0, 2], // enum: name, value
  [0, 0], // fwd
  [0, 0], // typedef
  [0, 0], // volatile
  [0, 0], // const
  [0, 0], // restrict
  [0, 0], // func
  [0, 2], // func_proto: name, type
  [1, 0], // var: linkage
  [0, 3], // datasec: type, offset, size
  [0, 0], // float
  [1, 0], // decl_tag: component
  [0, 0], // type_tag
  [0, 3], // enum64: name, low, high
];

/** `BTF_INT_*` bits of an integer's encoding. */
export const intEncodings = { unsigned: 0, signed: 1, char: 2, bool: 4 } as const;

/** `BTF_FUNC_*` and `BTF_VAR_*` agree on the numbers. */
export const linkages = ["static", "global", "extern"] as const;

/** The blob is not what the format allows; the text says where. For callers to turn into a diagnostic. */
export class BtfError extends Error {
  override readonly name = "BtfError";
}
