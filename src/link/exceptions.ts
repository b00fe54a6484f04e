/**
 * Functions that programs name for what bpf_throw gives them, by a declaration tag. The loader puts them behind the
 * program's other functions. tools/lib/bpf/libbpf.c:bpf_object__relocate
 */
import type { BtfSpec, TypeId } from "../btf/type.ts";
import type { FileFunc, ObjectFile } from "../elf/object-file.ts";

const TAG = "exception_callback:";

/** By the FUNC type of a program, the names of its exception callbacks; more than one is a mistake. */
export function exceptionTags(btf: BtfSpec | undefined): ReadonlyMap<TypeId, readonly string[]> {
  const tags = new Map<TypeId, string[]>();
  for (let id = 1; btf && id < btf.typeCount; id++) {
    const type = btf.type(id as TypeId);
    if (type.kind !== "decl_tag" || type.component >= 0 || !type.name.startsWith(TAG)) continue;
    const name = type.name.slice(TAG.length);
    const known = tags.get(type.type);
    if (known) known.push(name);
    else tags.set(type.type, [name]);
  }
  return tags;
}

/** The subprogram of that name. */
export const subprogNamed = ({ funcs }: ObjectFile, name: string): FileFunc | undefined =>
  funcs.find((func) => func.section.name === ".text" && func.name === name);
