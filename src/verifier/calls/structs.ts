/** Whether a pointer into a kernel struct is a pointer to the struct that a function asks for. kernel/bpf/btf.c:btf_struct_ids_match */
import type { BtfSpec, TypeId } from "../../btf/type.ts";
import type { Pointer } from "../domain/value.ts";
import { sizeOf, strip } from "../struct-walk.ts";

const MAX_DEPTH = 32;

/** The struct itself, or one that begins where the pointer stands inside it, whose type is called `want`. */
export function pointsToStruct(p: Pointer, want: string): boolean {
  if (p.to.kind !== "btf" || p.varying || p.off < 0) return false;
  const { btf } = p.to;
  let at: TypeId | undefined = p.to.type;
  let off = p.off;
  for (let depth = 0; depth < MAX_DEPTH && at !== undefined; depth++) {
    const { type } = strip(btf, at);
    if (type.kind !== "struct" && type.kind !== "union") return false;
    if (off === 0 && type.name === want) return true;
    [at, off] = into(btf, at, off);
  }
  return false;
}

function into(btf: BtfSpec, id: TypeId, off: number): [TypeId | undefined, number] {
  const { type } = strip(btf, id);
  if (type.kind !== "struct" && type.kind !== "union") return [undefined, 0];
  for (const m of type.members) {
    const start = m.bitOff / 8;
    const size = sizeOf(btf, m.type) ?? 0;
    if (m.bitSize || off < start || off >= start + size) continue;
    let inner = strip(btf, m.type);
    if (inner.type.kind === "array") {
      const elem = strip(btf, inner.type.elem);
      const unit = sizeOf(btf, elem.id) ?? 0;
      if (unit === 0) return [undefined, 0];
      inner = elem;
      return [inner.id, (off - start) % unit];
    }
    return [inner.id, off - start];
  }
  return [undefined, 0];
}

/** Id of a struct of the kernel by name. */
export const structNamed = (btf: BtfSpec, name: string): TypeId | undefined => btf.byName(name, "struct")[0];
