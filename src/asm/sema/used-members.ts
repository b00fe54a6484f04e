/** Which members of kernel records and enums a program's CO-RE accesses name: the object's BTF holds only those. */
import type { CoreAccess } from "../../btf/core.ts";
import { layoutOf } from "./layout.ts";
import type { CType, EnumDecl, Field, RecordDecl } from "./types.ts";

/** Member or enumerator indices in use, by declaration. */
export class UsedMembers {
  readonly #records = new Map<RecordDecl, Set<number>>();
  readonly #enums = new Map<EnumDecl, Set<number>>();

  /** Marks every step of an access that starts at `root`. */
  add(root: CType, access: CoreAccess): void {
    if (root.kind === "enum") {
      mark(this.#enums, root.decl, access.path[0] ?? 0);
      return;
    }
    let type: CType = root;
    for (const index of access.path.slice(1)) {
      if (type.kind === "array") type = type.elem;
      else if (type.kind === "record") {
        mark(this.#records, type.decl, index);
        const field: Field | undefined = layoutOf(type.decl)?.fields[index];
        if (!field) return;
        type = field.type;
      }
    }
  }

  /** Ascending indices of the members in use. */
  members(decl: RecordDecl): readonly number[] {
    return sorted(this.#records.get(decl));
  }

  enumerators(decl: EnumDecl): readonly number[] {
    return sorted(this.#enums.get(decl));
  }
}

function mark<K>(map: Map<K, Set<number>>, key: K, index: number): void {
  const set = map.get(key);
  if (set) set.add(index);
  else map.set(key, new Set([index]));
}

const sorted = (set: Set<number> | undefined): number[] => [...(set ?? [])].sort((a, b) => a - b);
