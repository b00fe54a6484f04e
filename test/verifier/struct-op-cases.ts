/** Struct_ops programs as assembly, each with what Linux 7.2 says of it. */
import { kernel } from "./program.ts";

/** Bytes from the start of the struct, by the path of a member; members without a name are looked into. */
function offsetOf(struct: string, path: string): number {
  let off = 0;
  let id = kernel.btf.byName(struct, "struct")[0]!;
  for (const name of path.split(".")) {
    const found = memberOf(id, name);
    if (!found) throw new Error(`struct ${struct} has no ${path}`);
    off += found.off;
    id = found.type;
  }
  return off;
}

type Id = Parameters<typeof kernel.btf.type>[0];

function memberOf(id: Id, name: string): { readonly off: number; readonly type: Id } | undefined {
  let type = kernel.btf.type(id);
  while (type.kind === "typedef" || type.kind === "const") type = kernel.btf.type(type.type);
  if (type.kind !== "struct" && type.kind !== "union") return undefined;
  for (const m of type.members) {
    if (m.name === name) return { off: m.bitOff / 8, type: m.type };
    const inner = m.name === "" ? memberOf(m.type, name) : undefined;
    if (inner) return { off: m.bitOff / 8 + inner.off, type: inner.type };
  }
  return undefined;
}

const offsets: Readonly<Record<string, number>> = {
  SLICE: offsetOf("task_struct", "scx.slice"),
  VTIME: offsetOf("task_struct", "scx.dsq_vtime"),
  DISALLOW: offsetOf("task_struct", "scx.disallow"),
  WEIGHT: offsetOf("task_struct", "scx.weight"),
  CWND: offsetOf("tcp_sock", "snd_cwnd"),
  PACING: offsetOf("tcp_sock", "inet_conn.icsk_inet.sk.sk_pacing_rate"),
  PRIV: offsetOf("tcp_sock", "inet_conn.icsk_ca_priv"),
  LOST: offsetOf("tcp_sock", "lost_out"),
  CB: offsetOf("sk_buff", "cb"),
  TSTAMP: offsetOf("sk_buff", "tstamp"),
  LEN: offsetOf("sk_buff", "len"),
  LIMIT: offsetOf("Qdisc", "limit"),
  QLEN: offsetOf("Qdisc", "q.qlen"),
  QSTATS: offsetOf("Qdisc", "qstats"),
  RETVAL: offsetOf("hid_bpf_ctx", "retval"),
  ALLOCATED: offsetOf("hid_bpf_ctx", "allocated_size"),
};

/** Verdict, operation, text. */
type Case = readonly [string, string, string];

const arguments_: readonly Case[] = [
  ["accepted", "sched_ext_ops.running", "r1 = *(u64 *)(r1 + 0); r2 = *(u64 *)(r1 + SLICE); exit"],
  ["accepted", "sched_ext_ops.dispatch", "r2 = *(u32 *)(r1 + 0); r3 = *(u64 *)(r1 + 8); exit"],
  // What the stub calls `__nullable` may be null.
  ["E0510", "sched_ext_ops.dispatch", "r1 = *(u64 *)(r1 + 8); r2 = *(u64 *)(r1 + SLICE); exit"],
  [
    "accepted",
    "sched_ext_ops.dispatch",
    "r1 = *(u64 *)(r1 + 8); if r1 == 0 goto out; r2 = *(u64 *)(r1 + SLICE); out: exit",
  ],
  ["E0512", "sched_ext_ops.running", "r1 = *(u64 *)(r1 + 16); exit"],
  ["E0515", "sched_ext_ops.running", "r1 = *(u64 *)(r1 + 8); exit"],
  ["E0511", "sched_ext_ops.running", "r2 = 1; *(u64 *)(r1 + 0) = r2; exit"],
  // A socket is the whole socket of TCP.
  ["accepted", "tcp_congestion_ops.cong_avoid", "r1 = *(u64 *)(r1 + 0); r2 = *(u32 *)(r1 + CWND); exit"],
  ["unknown", "", "exit"],
  ["unknown", "bpf_testmod_ops.test_1", "exit"],
  ["unknown", "sched_ext_ops.gone", "exit"],
];

const writes: readonly Case[] = [
  ["accepted", "sched_ext_ops.running", "r1 = *(u64 *)(r1 + 0); r2 = 1; *(u64 *)(r1 + SLICE) = r2; exit"],
  ["accepted", "sched_ext_ops.running", "r1 = *(u64 *)(r1 + 0); r2 = 1; *(u32 *)(r1 + VTIME) = r2; exit"],
  ["accepted", "sched_ext_ops.init_task", "r1 = *(u64 *)(r1 + 0); r2 = 1; *(u8 *)(r1 + DISALLOW) = r2; r0 = 0; exit"],
  ["E0530", "sched_ext_ops.running", "r1 = *(u64 *)(r1 + 0); r2 = 1; *(u32 *)(r1 + WEIGHT) = r2; exit"],
  ["accepted", "sched_ext_ops_cid.running", "r1 = *(u64 *)(r1 + 0); r2 = 1; *(u64 *)(r1 + SLICE) = r2; exit"],
  ["accepted", "tcp_congestion_ops.cong_avoid", "r1 = *(u64 *)(r1 + 0); r2 = 1; *(u32 *)(r1 + CWND) = r2; exit"],
  ["accepted", "tcp_congestion_ops.init", "r1 = *(u64 *)(r1 + 0); r2 = 1; *(u64 *)(r1 + PACING) = r2; exit"],
  ["accepted", "tcp_congestion_ops.init", "r1 = *(u64 *)(r1 + 0); r1 += 8; r2 = 1; *(u32 *)(r1 + PRIV) = r2; exit"],
  ["E0530", "tcp_congestion_ops.init", "r1 = *(u64 *)(r1 + 0); r2 = 1; *(u64 *)(r1 + CWND) = r2; exit"],
  ["E0530", "tcp_congestion_ops.init", "r1 = *(u64 *)(r1 + 0); r2 = 1; *(u32 *)(r1 + LOST) = r2; exit"],
  [
    "accepted",
    "hid_bpf_ops.hid_device_event",
    "r1 = *(u64 *)(r1 + 0); r2 = 1; *(u32 *)(r1 + RETVAL) = r2; r0 = 0; exit",
  ],
  [
    "E0530",
    "hid_bpf_ops.hid_device_event",
    "r1 = *(u64 *)(r1 + 0); r2 = 1; *(u32 *)(r1 + ALLOCATED) = r2; r0 = 0; exit",
  ],
  ["accepted", "Qdisc_ops.dequeue", "r1 = *(u64 *)(r1 + 0); r2 = 1; *(u32 *)(r1 + QLEN) = r2; r0 = 0; exit"],
  ["accepted", "Qdisc_ops.init", "r1 = *(u64 *)(r1 + 0); r2 = 1; *(u32 *)(r1 + LIMIT) = r2; r0 = 0; exit"],
  ["E0530", "Qdisc_ops.init", "r1 = *(u64 *)(r1 + 0); r2 = 1; *(u8 *)(r1 + QSTATS + 100) = r2; r0 = 0; exit"],
];

const OWN = "r6 = r1; r1 = *(u64 *)(r6 + 0);";

const owned: readonly Case[] = [
  ["accepted", "Qdisc_ops.enqueue", `${OWN} r2 = *(u64 *)(r6 + 16); call bpf_qdisc_skb_drop; r0 = 1; exit`],
  ["accepted", "Qdisc_ops.enqueue", `${OWN} call bpf_kfree_skb; r0 = 1; exit`],
  ["E0560", "Qdisc_ops.enqueue", "r0 = 1; exit"],
  // What is returned counts as given back, though the result is a number.
  ["accepted", "Qdisc_ops.enqueue", "r0 = *(u64 *)(r1 + 0); exit"],
  ["E0560", "Qdisc_ops.enqueue", "r0 = *(u64 *)(r1 + 0); r0 = 0; exit"],
  ["E0513", "Qdisc_ops.enqueue", `${OWN} call bpf_kfree_skb; r1 = *(u64 *)(r6 + 0); r0 = 1; exit`],
  ["E0513", "Qdisc_ops.enqueue", `${OWN} call bpf_kfree_skb; r1 = *(u64 *)(r6 + 0); call bpf_kfree_skb; r0 = 1; exit`],
  ["E0530", "Qdisc_ops.enqueue", `${OWN} *(u32 *)(r1 + LEN) = 0; call bpf_kfree_skb; r0 = 1; exit`],
  ["accepted", "Qdisc_ops.enqueue", `${OWN} *(u64 *)(r1 + TSTAMP) = 0; call bpf_kfree_skb; r0 = 1; exit`],
  [
    "accepted",
    "Qdisc_ops.enqueue",
    `${OWN} r1 += CB; r2 = 0; *(u32 *)(r1 + 8) = r2; r1 -= CB; call bpf_kfree_skb; r0 = 1; exit`,
  ],
  [
    "E0530",
    "Qdisc_ops.enqueue",
    `${OWN} r1 += CB; r2 = 0; *(u32 *)(r1 + 28) = r2; r1 -= CB; call bpf_kfree_skb; r0 = 1; exit`,
  ],
  ["E0576", "Qdisc_ops.enqueue", `${OWN} call bpf_kfree_skb; r1 = r6; r2 = 0; r3 = 0; call 12; r0 = 1; exit`],
];

const results: readonly Case[] = [
  ["accepted", "sched_ext_ops.running", "exit"],
  ["E0507", "sched_ext_ops.init", "exit"],
  ["accepted", "sched_ext_ops.init", "r0 = -22; exit"],
  ["accepted", "sched_ext_ops.select_cpu", "r0 = r10; exit"],
  ["accepted", "Qdisc_ops.dequeue", "r0 = 0; exit"],
  ["E0562", "Qdisc_ops.dequeue", "r0 = 1; exit"],
  ["E0563", "Qdisc_ops.dequeue", "r0 = *(u64 *)(r1 + 0); exit"],
];

const DATA = "r1 = *(u64 *)(r1 + 0); r2 = 0; r3 = 9; call hid_bpf_get_data; if r0 == 0 goto out;";

const callees: readonly Case[] = [
  ["accepted", "hid_bpf_ops.hid_device_event", `${DATA} *(u8 *)(r0 + 8) = 1; out: r0 = 0; exit`],
  ["E0524", "hid_bpf_ops.hid_device_event", `${DATA} *(u8 *)(r0 + 9) = 1; out: r0 = 0; exit`],
  // A size that differs by path matters; it is a number like any other until it comes to the call.
  [
    "E0524",
    "hid_bpf_ops.hid_device_event",
    "r6 = r1; r7 = 9; call 7; if r0 > 5 goto on; r7 = 8; on: call 7; r0 = 0; call 7; r1 = *(u64 *)(r6 + 0); r2 = 0; r3 = r7; call hid_bpf_get_data; if r0 == 0 goto out; *(u8 *)(r0 + 8) = 1; out: r0 = 0; exit",
  ],
  [
    "E0553",
    "hid_bpf_ops.hid_device_event",
    "r6 = r1; call 7; r3 = r0; r1 = *(u64 *)(r6 + 0); r2 = 0; call hid_bpf_get_data; r0 = 0; exit",
  ],
  ["accepted", "sched_ext_ops.dispatch", "r1 = 0; r2 = 0; call scx_bpf_dsq_move_to_local; exit"],
  ["E0558", "sched_ext_ops.enqueue", "r1 = 0; r2 = 0; call scx_bpf_dsq_move_to_local; exit"],
  ["accepted", "sched_ext_ops.running", "r1 = *(u64 *)(r1 + 0); call scx_bpf_task_cpu; exit"],
  ["E0558", "sched_ext_ops_cid.running", "r1 = *(u64 *)(r1 + 0); call scx_bpf_task_cpu; exit"],
  ["E0558", "tcp_congestion_ops.init", "call scx_bpf_nr_cpu_ids; exit"],
  ["E0558", "sched_ext_ops.running", "r1 = *(u64 *)(r1 + 0); call bpf_skb_get_hash; exit"],
  ["E0548", "sched_ext_ops.init", "r1 = 7; r2 = -1; call scx_bpf_create_dsq; r0 = 0; exit"],
  ["accepted", "sched_ext_ops.init", "call 5; r0 = 0; exit"],
  ["E0546", "sched_ext_ops.init", "call 25; r0 = 0; exit"],
  ["E0546", "bpf_dummy_ops.test_1", "call 5; r0 = 0; exit"],
  ["accepted", "tcp_congestion_ops.init", "r1 = *(u64 *)(r1 + 0); r2 = 0; call 116; exit"],
  ["E0546", "sched_ext_ops.running", "r1 = *(u64 *)(r1 + 0); r2 = 0; call 116; exit"],
];

/** Names of members become offsets. */
export const withOffsets = (text: string): string =>
  text.replace(/\b[A-Z]{2,}\b( \+ \d+)?/g, (all, more?: string) => {
    const off = offsets[all.replace(/ .*/, "")];
    return off === undefined ? all : `${off + Number(more?.slice(3) ?? 0)}`;
  });

/** Programs that may not sleep, by what they are about. */
export const cases: readonly (readonly [string, readonly Case[]])[] = [
  ["arguments", arguments_],
  ["writes", writes],
  ["owned arguments", owned],
  ["results", results],
  ["who may be called", callees],
];

/** Programs that may. */
export const sleepers: readonly Case[] = [
  ["accepted", "sched_ext_ops.init", "r0 = 0; exit"],
  ["accepted", "sched_ext_ops.init", "r1 = 7; r2 = -1; call scx_bpf_create_dsq; r0 = 0; exit"],
  ["E0576", "sched_ext_ops.running", "exit"],
  ["E0576", "tcp_congestion_ops.get_info", "r0 = 0; exit"],
  ["E0576", "Qdisc_ops.change", "r0 = 0; exit"],
  ["accepted", "hid_bpf_ops.hid_rdesc_fixup", "r0 = 0; exit"],
  ["E0576", "hid_bpf_ops.hid_device_event", "r0 = 0; exit"],
];
