/** What the subsystems of Linux 7.2 say of their structs of operations, where BTF does not show it. */

/** What a subsystem says of its operations, beyond their types. */
export interface OpsRule {
  /** Members without a stub: no program can be one. */
  readonly unsupported?: readonly string[];
  /** The only members that a program can be. */
  readonly only?: readonly string[];
  /** Members that may sleep; undefined: all. `check_member` of the struct's `bpf_struct_ops`. */
  readonly sleepable?: readonly string[];
  /** No helper at all may be called. */
  readonly noHelpers?: true;
  /** Helpers beyond those that every program has, without `bpf_`. `get_func_proto` of its `bpf_verifier_ops`. */
  readonly helpers?: readonly string[];
  /** Operations in which some of those may not be called after all. */
  readonly withoutHelpers?: Readonly<Record<string, readonly string[]>>;
  /** Arguments that are given as another struct than the prototype says. `is_valid_access`. */
  readonly promotes?: Readonly<Record<string, string>>;
  /** An argument with a struct of its own, whatever the prototype says: `member.number`. */
  readonly argument?: Readonly<Record<string, string>>;
  /** What may be written. `btf_struct_access`. */
  readonly writes: readonly WriteRule[];
  /** Prefix of stub functions, where it is not the struct's name. */
  readonly stubs?: string;
}

/** A member, or a part of one, that programs may write. */
export interface WriteRule {
  readonly struct: string;
  /** Path of the member: `scx.slice`; empty: the whole struct. */
  readonly member: string;
  /** A write must begin where the member does. */
  readonly fromStart?: true;
  /** Bytes at the start and at the end of the member that may not be written. */
  readonly skip?: number;
  readonly keep?: number;
}

/** kernel/sched/ext/ext.c:bpf_scx_btf_struct_access */
const scxWrites: readonly WriteRule[] = ["scx.slice", "scx.dsq_vtime", "scx.disallow"].map((member) => ({
  struct: "task_struct",
  member,
}));

/** kernel/sched/ext/ext.c:bpf_scx_check_member; the same places in both structs. */
const scxSleepable = [
  ...["init_task", "cgroup_init", "cgroup_exit", "cgroup_prep_move"],
  ...["init", "exit", "sub_attach", "sub_detach"],
];

const tcp = (member: string): WriteRule => ({ struct: "tcp_sock", member, fromStart: true });

/** By the name of the struct. */
export const opsRules: Readonly<Record<string, OpsRule>> = {
  sched_ext_ops: {
    sleepable: [...scxSleepable, "cpu_online", "cpu_offline"],
    writes: scxWrites,
  },
  sched_ext_ops_cid: {
    sleepable: [...scxSleepable, "cid_online", "cid_offline"],
    writes: scxWrites,
    stubs: "sched_ext_ops",
  },
  // net/ipv4/bpf_tcp_ca.c
  tcp_congestion_ops: {
    unsupported: ["get_info"],
    helpers: ["tcp_send_ack", "sk_storage_get", "sk_storage_delete", "setsockopt", "getsockopt", "ktime_get_coarse_ns"],
    withoutHelpers: { release: ["setsockopt", "getsockopt"] },
    promotes: { sock: "tcp_sock" },
    writes: [
      tcp("inet_conn.icsk_inet.sk.sk_pacing_rate"),
      tcp("inet_conn.icsk_inet.sk.sk_pacing_status"),
      { struct: "tcp_sock", member: "inet_conn.icsk_ca_priv" },
      tcp("inet_conn.icsk_ack.pending"),
      tcp("snd_cwnd"),
      tcp("snd_cwnd_cnt"),
      tcp("snd_cwnd_stamp"),
      tcp("snd_ssthresh"),
      tcp("ecn_flags"),
      tcp("app_limited"),
    ],
  },
  // net/sched/bpf_qdisc.c
  Qdisc_ops: {
    only: ["enqueue", "dequeue", "init", "reset", "destroy"],
    argument: { "enqueue.2": "bpf_sk_buff_ptr" },
    writes: [
      { struct: "sk_buff", member: "tstamp", fromStart: true },
      { struct: "sk_buff", member: "cb", skip: 8, keep: 20 },
      { struct: "Qdisc", member: "limit", fromStart: true },
      { struct: "Qdisc", member: "q.qlen", fromStart: true },
      { struct: "Qdisc", member: "qstats" },
    ],
  },
  // drivers/hid/bpf/hid_bpf_struct_ops.c; texts keep their last byte.
  hid_bpf_ops: {
    sleepable: ["hid_rdesc_fixup", "hid_hw_request", "hid_hw_output_report"],
    writes: [
      { struct: "hid_bpf_ctx", member: "retval" },
      { struct: "hid_device", member: "name", keep: 1 },
      { struct: "hid_device", member: "uniq", keep: 1 },
      { struct: "hid_device", member: "phys", keep: 1 },
      { struct: "hid_device", member: "quirks" },
    ],
  },
  // net/bpf/bpf_dummy_struct_ops.c
  bpf_dummy_ops: {
    sleepable: ["test_sleepable"],
    noHelpers: true,
    writes: [{ struct: "bpf_dummy_ops_state", member: "" }],
  },
  // io_uring/bpf-ops.c
  io_uring_bpf_ops: { writes: [{ struct: "iou_loop_params", member: "cq_wait_idx" }], stubs: "io_bpf_ops" },
};
