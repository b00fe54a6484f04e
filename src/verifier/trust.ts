/** How far a pointer that was read out of a kernel struct is trusted. kernel/bpf/verifier.c:check_ptr_to_btf_access */
import type { Cx } from "./cx.ts";
import type { Trust } from "./domain/value.ts";
import type { Walk } from "./struct-walk.ts";

export interface FieldTrust {
  readonly trust: Trust;
  readonly nullable: boolean;
}

/** Members that the kernel lists as safe beyond what their tags say, by struct: BTF_TYPE_SAFE_* of the same file. */
const RCU: Readonly<Record<string, readonly string[]>> = {
  task_struct: ["cpus_ptr", "cgroups", "real_parent", "group_leader"],
  cgroup: ["kn"],
  css_set: ["dfl_cgrp"],
  cgroup_subsys_state: ["cgroup"],
};
const RCU_OR_NULL: Readonly<Record<string, readonly string[]>> = {
  mm_struct: ["exe_file"],
  sk_buff: ["sk"],
  request_sock: ["sk"],
};
const TRUSTED: Readonly<Record<string, readonly string[]>> = {
  bpf_iter_meta: ["seq"],
  bpf_iter__task: ["meta", "task"],
  linux_binprm: ["file"],
  file: ["f_inode"],
};
const TRUSTED_OR_NULL: Readonly<Record<string, readonly string[]>> = {
  socket: ["sk"],
  vm_area_struct: ["vm_mm", "vm_file"],
  dentry: ["d_inode"],
};

const lists = (
  table: Readonly<Record<string, readonly string[]>>,
  walk: Walk & { readonly kind: "pointer" },
): boolean => Object.hasOwn(table, walk.owner) && table[walk.owner]!.includes(walk.member);

/** Trust of a member that was read through a pointer of trust `parent`. */
export function fieldTrust(cx: Cx, parent: Trust, walk: Walk & { readonly kind: "pointer" }): FieldTrust {
  if (parent === "untrusted" || walk.untrusted) return { trust: "untrusted", nullable: false };
  if (parent === "plain") return { trust: "plain", nullable: false };
  if (lists(TRUSTED, walk)) return { trust: "trusted", nullable: false };
  if (lists(TRUSTED_OR_NULL, walk)) return { trust: "trusted", nullable: true };
  // A sleepable program is not inside an RCU section unless it opens one, which is not modelled.
  if (cx.facts.sleepable) return { trust: "untrusted", nullable: false };
  if (lists(RCU, walk)) return { trust: "rcu", nullable: false };
  if (walk.tags.includes("rcu") || lists(RCU_OR_NULL, walk)) return { trust: "rcu", nullable: true };
  return { trust: "plain", nullable: false };
}
