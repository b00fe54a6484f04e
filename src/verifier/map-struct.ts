/** What the kernel keeps of a map, which programs may read. kernel/bpf/verifier.c:check_ptr_to_map_access */
import type { LinkedMap } from "../link/model.ts";
import type { Cx } from "./cx.ts";
import type { Struct } from "./domain/value.ts";

/** The kernel's struct by map type: `map_btf_id` of each `struct bpf_map_ops`. */
const STRUCTS: Readonly<Record<string, readonly number[]>> = {
  bpf_htab: [1, 5, 9, 10, 13],
  bpf_array: [2, 3, 4, 6, 8, 12],
  bpf_stack_map: [7],
  lpm_trie: [11],
  bpf_dtab: [14, 25],
  bpf_stab: [15],
  bpf_cpu_map: [16],
  xsk_map: [17],
  bpf_shtab: [18],
  bpf_cgroup_storage_map: [19, 21],
  reuseport_array: [20],
  bpf_queue_stack: [22, 23],
  bpf_local_storage_map: [24, 28, 29, 32],
  bpf_struct_ops_map: [26],
  bpf_ringbuf_map: [27, 31],
  bpf_bloom_filter: [30],
};

/** The map as a struct of the kernel; undefined where the kernel's types do not have it. */
export function mapStruct(cx: Cx, map: LinkedMap): Struct | undefined {
  const name = Object.keys(STRUCTS).find((struct) => STRUCTS[struct]!.includes(map.type));
  const btf = cx.facts.kernelBtf;
  const type = name === undefined ? undefined : btf.byName(name, "struct")[0];
  return type === undefined ? undefined : { kind: "btf", btf, type, trust: "plain" };
}
