/** Kernel releases: comparing them, and telling which one a BTF is of. */
import type { BtfSpec } from "../btf/type.ts";
import type { KernelVersion } from "./model.ts";

/** `7.2`, `6.18.15`; the third number does not count. Undefined for other text. */
export function parseVersion(text: string): KernelVersion | undefined {
  const m = /^v?(\d+)\.(\d+)(?:[.\-+].*)?$/.exec(text);
  return m ? { major: Number(m[1]), minor: Number(m[2]) } : undefined;
}

export const printVersion = (v: KernelVersion): string => `${v.major}.${v.minor}`;

export const atLeast = (v: KernelVersion, major: number, minor: number): boolean =>
  v.major > major || (v.major === major && v.minor >= minor);

/**
 * What a release added to `include/uapi/linux/bpf.h` (enumerators) or to the kernel's own types, newest first. Types and
 * UAPI enumerators do not depend on the configuration as functions do. A release between two rows counts as the older.
 */
const markers: readonly (readonly [major: number, minor: number, kind: "enumerator" | "struct", name: string])[] = [
  [7, 2, "enumerator", "BPF_TRACE_FSESSION_MULTI"],
  [7, 0, "enumerator", "BPF_TRACE_FSESSION"],
  [6, 19, "enumerator", "BPF_MAP_TYPE_INSN_ARRAY"],
  [6, 18, "struct", "bpf_task_work"],
  [6, 17, "enumerator", "BPF_PROG_STREAM_READ_BY_FD"],
  [6, 15, "struct", "bpf_res_spin_lock"],
  [6, 13, "enumerator", "BPF_TRACE_UPROBE_SESSION"],
  [6, 12, "struct", "sched_ext_ops"],
  [6, 10, "enumerator", "BPF_TRACE_KPROBE_SESSION"],
  [6, 9, "enumerator", "BPF_MAP_TYPE_ARENA"],
  [6, 7, "enumerator", "BPF_LINK_TYPE_NETKIT"],
  [6, 6, "enumerator", "BPF_TRACE_UPROBE_MULTI"],
  [6, 4, "enumerator", "BPF_PROG_TYPE_NETFILTER"],
  [6, 2, "enumerator", "BPF_MAP_TYPE_CGRP_STORAGE"],
  [6, 1, "enumerator", "BPF_MAP_TYPE_USER_RINGBUF"],
  [6, 0, "enumerator", "BPF_LSM_CGROUP"],
  [5, 18, "enumerator", "BPF_TRACE_KPROBE_MULTI"],
  [5, 16, "enumerator", "BPF_MAP_TYPE_BLOOM_FILTER"],
  [5, 14, "enumerator", "BPF_PROG_TYPE_SYSCALL"],
  [5, 11, "enumerator", "BPF_MAP_TYPE_TASK_STORAGE"],
  [5, 10, "enumerator", "BPF_MAP_TYPE_INODE_STORAGE"],
  [5, 8, "enumerator", "BPF_MAP_TYPE_RINGBUF"],
  [5, 7, "enumerator", "BPF_PROG_TYPE_LSM"],
  [5, 5, "enumerator", "BPF_TRACE_FENTRY"],
];

/** The newest release whose marker the BTF has; 5.4, the last without typed tracing, where it has none. */
export function guessVersion(btf: BtfSpec): KernelVersion {
  for (const [major, minor, kind, name] of markers) {
    const found = kind === "struct" ? btf.byName(name, "struct") : btf.enumerator(name);
    if (found.length > 0) return { major, minor };
  }
  return { major: 5, minor: 4 };
}
