/** How far a pointer that was read out of a kernel struct is trusted. kernel/bpf/verifier.c:check_ptr_to_btf_access */
import { inRcu } from "./calls/sections.ts";
import type { Cx } from "./cx.ts";
import type { State } from "./domain/state.ts";
import type { Struct, Trust } from "./domain/value.ts";
import type { Walk } from "./struct-walk.ts";
import { structName } from "./words.ts";

export interface FieldTrust {
  readonly trust: Trust;
  readonly nullable: boolean;
}

type Member = Walk & { readonly kind: "pointer" };

/**
 * Members that are safe beyond what their tags say: the kernel's own BTF holds a struct of them for each of its lists,
 * such as `task_struct__safe_rcu`. kernel/bpf/btf.c:btf_nested_type_is_trusted
 */
function isListed(cx: Cx, parent: Struct, walk: Member, list: string): boolean {
  const { kernelBtf } = cx.facts;
  const [id] = kernelBtf.byName(`${structName(parent)}__safe_${list}`, "struct");
  const type = id === undefined ? undefined : kernelBtf.type(id);
  return type?.kind === "struct" && type.members.some((m) => m.name === walk.member);
}

/** Trust of a member that was read through a pointer into `parent`. */
export function fieldTrust(cx: Cx, state: State, parent: Struct, walk: Member): FieldTrust {
  const { trust } = parent;
  if (trust === "untrusted") return { trust, nullable: false };
  if (trust === "plain") return { trust: walk.untrusted ? "untrusted" : "plain", nullable: false };
  if (isListed(cx, parent, walk, "trusted")) return { trust: "trusted", nullable: false };
  if (isListed(cx, parent, walk, "trusted_or_null")) return { trust: "trusted", nullable: true };
  if (!inRcu(cx, state)) return { trust: "untrusted", nullable: false };
  if (isListed(cx, parent, walk, "rcu_or_null")) return { trust: "rcu", nullable: true };
  if (walk.untrusted) return { trust: "untrusted", nullable: false };
  if (isListed(cx, parent, walk, "rcu")) return { trust: "rcu", nullable: false };
  if (walk.tags.includes("rcu")) return { trust: "rcu", nullable: true };
  return { trust: "plain", nullable: false };
}
