/** Writes to structs of the kernel by programs that are no operation of one. net/core/filter.c:tc_cls_act_btf_struct_access */
import { sizeOf } from "../btf/resolve.ts";
import type { BtfSpec } from "../btf/type.ts";
import type { Kernel } from "./model.ts";

/** Connections, and those that are being made, are laid out alike. net/netfilter/nf_conntrack_bpf.c:btf_nf_conn_ids */
const CONNECTION = /^nf_conn(___init)?$/;
/** Any kfunc on connections: where the kernel has one, no module needs to be there. */
const BUILT_IN = "bpf_ct_set_timeout";

/** Whether programs of that type may write `size` bytes at `off`; `unclear` where it turns on a module. */
export function writesStruct(
  { btf }: Pick<Kernel, "btf">,
  progType: string,
  struct: string,
  off: number,
  size: number,
): "yes" | "no" | "unclear" {
  if (progType === "EXT") return "unclear";
  if (!["XDP", "SCHED_CLS", "SCHED_ACT"].includes(progType) || !CONNECTION.test(struct)) return "no";
  const mark = markOf(btf);
  if (!mark || off !== mark.off || size > mark.size) return "no";
  return btf.byName(BUILT_IN, "func").length > 0 ? "yes" : "unclear";
}

/** The one member that may be written; a kernel may be without. */
function markOf(btf: BtfSpec): { readonly off: number; readonly size: number } | undefined {
  const [id] = btf.byName("nf_conn", "struct");
  const type = id === undefined ? undefined : btf.type(id);
  const mark = type?.kind === "struct" ? type.members.find(({ name }) => name === "mark") : undefined;
  return mark && { off: mark.bitOff / 8, size: sizeOf(btf, mark.type) ?? 0 };
}
