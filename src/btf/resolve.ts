/** What stands behind a BTF type: modifiers and typedefs taken off, sizes in bytes. */
import { BtfError } from "./format.ts";
import type { BtfSpec, BtfType, TypeId } from "./type.ts";

/** Steps after which a chain of types must be a cycle (MAX_RESOLVE_DEPTH of libbpf's btf.c is 32). */
const MAX_CHAIN = 64;
const POINTER_SIZE = 8;

export interface Resolved {
  readonly id: TypeId;
  readonly type: BtfType;
}

/** The type behind const, volatile, restrict, type tags and typedefs. Throws `BtfError` for a cycle of them. */
export function skipModifiers(btf: BtfSpec, id: TypeId): Resolved {
  let at = id;
  for (let step = 0; step < MAX_CHAIN; step++) {
    const type = btf.type(at);
    switch (type.kind) {
      case "const":
      case "volatile":
      case "restrict":
      case "type_tag":
      case "typedef":
        at = type.type;
        break;
      default:
        return { id: at, type };
    }
  }
  throw new BtfError(`BTF type ${id} is a cycle of modifiers`);
}

/** Size in bytes of a pointer of BPF and of the 64-bit kernels; undefined for what has none (void, functions, fwd). */
export function sizeOf(btf: BtfSpec, id: TypeId): number | undefined {
  let count = 1;
  let at = id;
  for (let step = 0; step < MAX_CHAIN; step++) {
    const { type } = skipModifiers(btf, at);
    switch (type.kind) {
      case "int":
      case "float":
      case "enum":
      case "enum64":
      case "struct":
      case "union":
      case "datasec":
        return count * type.size;
      case "ptr":
        return count * POINTER_SIZE;
      case "array":
        count *= type.nelems;
        at = type.elem;
        break;
      case "var":
        at = type.type;
        break;
      default:
        return undefined;
    }
  }
  throw new BtfError(`BTF type ${id} nests too deeply to have a size`);
}
