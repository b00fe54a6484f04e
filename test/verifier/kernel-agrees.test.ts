/** Programs that the verifier once judged otherwise than Linux 7.2 does, cut down to what mattered. */
import { describe, expect, test } from "vitest";
import { answer, kernel } from "./program.ts";

/** Bytes from the start of the struct. */
function offsetOf(struct: string, member: string): number {
  const type = kernel.btf.type(kernel.btf.byName(struct, "struct")[0]!);
  const found = type.kind === "struct" && type.members.find((m) => m.name === member);
  if (!found) throw new Error(`struct ${struct} has no ${member}`);
  return found.bitOff / 8;
}

const offsets: Readonly<Record<string, number>> = {
  NAMEIDATA: offsetOf("task_struct", "nameidata"),
  PATHNAME: offsetOf("nameidata", "pathname"),
};

type Case = readonly [string, string, string];

const RANDOM = "call 7;";
const ELEMENT =
  "r1 = 0; *(u32 *)(r10 - 4) = r1; r2 = r10; r2 += -4; r1 = hash ll; call 1; if r0 == 0 goto out; r9 = r0;";

const numbers: readonly Case[] = [
  // A sign that was shifted down is followed as 0 and as -1.
  [
    "accepted",
    "socket",
    `${RANDOM} w2 = w0; w2 s>>= 31; w2 &= -134; if w2 s> -1 goto out; if w2 != -136 goto out; w0 /= 0; out: w0 = 0; exit`,
  ],
  [
    "accepted",
    "socket",
    `${ELEMENT} r6 = *(u64 *)(r9 + 0); r6 s>>= 63; r6 |= 4; if r6 s< 0 goto out; r9 += r6; r0 = *(u8 *)(r9 + 0); out: r0 = 0; exit`,
  ],
  // Copies stay linked over sums in 32 bits.
  [
    "accepted",
    "socket",
    `${RANDOM} w0 &= 255; w1 = w0; w1 += -4; if w1 s< 0 goto out; if w0 != 0 goto out; r0 /= 0; out: r0 = 0; exit`,
  ],
  // What is read from the stack is linked to what lies there.
  [
    "accepted",
    "socket",
    `${ELEMENT} r1 = *(u64 *)(r9 + 0); *(u64 *)(r10 - 16) = r1; r1 = 0; ${RANDOM} r1 = *(u64 *)(r10 - 16); if r1 > 7 goto out; r2 = *(u64 *)(r10 - 16); r9 += r2; r0 = *(u8 *)(r9 + 0); out: r0 = 0; exit`,
  ],
  // Known only to kernels that keep ranges as arcs: refused by none of them for sure.
  [
    "unknown",
    "socket",
    `${RANDOM} r0 |= 225; r0 &= 241; if r0 == 241 goto out; if r0 == 225 goto out; r10 = 0; out: r0 = 0; exit`,
  ],
  ["accepted", "fsession/icmp_rcv", `${RANDOM} r0 &= 2; r0 |= 1; r0 *= 3; r0 &= 4; exit`],
  [
    "accepted",
    "socket",
    "w1 = -2147483648; w1 s/= -1; if w1 != -2147483648 goto bad; r0 = 0; exit; bad: r0 = *(u64 *)(r1 + 0); exit",
  ],
];

const memory: readonly Case[] = [
  // In a union of several members the size of one of them does not count.
  ["accepted", "lsm/bpf", "r1 = *(u64 *)(r1 + 8); r2 = *(u64 *)(r1 + 0); w0 = 0; exit"],
  // The seq_file of an iterator stays trusted where the program may sleep.
  [
    "accepted",
    "iter.s/task",
    "r1 = *(u64 *)(r1 + 0); r1 = *(u64 *)(r1 + 0); r2 = r10; r2 += -8; r3 = 8; call 127; r0 = 0; exit",
  ],
  // Pointers to what is no struct can be read through: task->nameidata->pathname. mm->arg_start is a number.
  [
    "accepted",
    "tp_btf/sys_enter",
    `call 158; r7 = *(u64 *)(r0 + NAMEIDATA); r8 = *(u64 *)(r7 + PATHNAME); r8 += 4; r9 = *(u8 *)(r8 + 0); r0 = 0; exit`,
  ],
  [
    "E0527",
    "tp_btf/sys_enter",
    `call 158; r7 = *(u64 *)(r0 + NAMEIDATA); r8 = *(u64 *)(r7 + PATHNAME); *(u8 *)(r8 + 0) = 1; r0 = 0; exit`,
  ],
  [
    "unknown",
    "raw_tp.w/bpf_testmod_test_writable_bare_tp",
    "r6 = *(u64 *)(r1 + 0); r7 = *(u64 *)(r6 + 0); r0 = 0; exit",
  ],
  ["E0575", "tc", `${ELEMENT} r1 = 1; lock *(u32 *)(r9 + 3) += r1; out: r0 = 0; exit`],
  ["accepted", "tc", `${ELEMENT} r1 = 1; lock *(u32 *)(r9 + 4) += r1; out: r0 = 0; exit`],
  // No bytes at all must begin inside the stack, too.
  ["E0518", "tracepoint", "r1 = r10; r2 = 0; r3 = r10; r3 += -8; call 113; r0 = 0; exit"],
  ["accepted", "tracepoint", "r1 = r10; r1 += -8; r2 = 0; r3 = r10; r3 += -8; call 113; r0 = 0; exit"],
  // A packet pointer that lay at the end lies there no more once it was moved.
  [
    "E0580",
    "tc",
    "r9 = *(u32 *)(r1 + 76); r8 = *(u32 *)(r1 + 80); r9 += 256; if r9 >= r8 goto at; r0 = 0; exit; at: r9 -= 256; if r9 < r8 goto in; r0 = 0; exit; in: r0 = *(u8 *)(r9 + 0); r0 = 0; exit",
  ],
  ["E0517", "perf_event", "r2 = *(u16 *)(r1 + 8); r0 = 0; exit"],
  // Numbers at the end of a struct, as many as there are: struct sockaddr_unsized.
  ["accepted", "fexit/inet_stream_connect", "r1 = *(u64 *)(r1 + 8); r2 = *(u16 *)(r1 + 2); r0 = 0; exit"],
  ["E0529", "fexit/inet_stream_connect", "r1 = *(u64 *)(r1 + 8); r2 = *(u32 *)(r1 + 0); r0 = 0; exit"],
];

const ON_ARENA =
  "r8 = arena ll; r1 = 1; r6 = arena r1; r7 = r10; r7 += -8; *(u64 *)(r10 - 8) = 0; call 7; if r0 == 0 goto there; r7 = r6; there:";
const TCP_SOCK =
  "r1 = *(u64 *)(r1 + 168); if r1 == 0 goto out; r6 = r1; call 96; if r0 == 0 goto out; r7 = r0; call 7; if r0 == 0 goto there;";

/** One instruction is rewritten for one kind of memory. */
const kinds: readonly Case[] = [
  ["E0570", "tc", `${ON_ARENA} r1 = *(u64 *)(r7 + 0); r0 = 0; exit`],
  ["E0570", "tc", `${ON_ARENA} *(u64 *)(r7 + 0) = 1; r0 = 0; exit`],
  ["accepted", "tc", `${ON_ARENA} r1 = *(u64 *)(r6 + 0); r0 = 0; exit`],
  ["accepted", "tc", `${ON_ARENA} r1 = 1; r1 = atomic_fetch_add((u64 *)(r6 + 0), r1); r0 = 0; exit`],
  ["E0535", "tc", `${ON_ARENA} r1 = 1; r1 = atomic_fetch_or((u64 *)(r6 + 0), r1); r0 = 0; exit`],
  ["accepted", "tc", `${ON_ARENA} r1 = load_acquire((u64 *)(r6 + 0)); r0 = 0; exit`],
  ["accepted", "tc", `${ON_ARENA} r1 = 1; store_release((u64 *)(r6 + 0), r1); r0 = 0; exit`],
  ["E0570", "tc", `${ON_ARENA} r1 = load_acquire((u64 *)(r7 + 0)); r0 = 0; exit`],
  ["unknown", "tc", `${ON_ARENA} r1 = 1; lock *(u64 *)(r7 + 0) += r1; r0 = 0; exit`],
  ["E0570", "cgroup_skb/ingress", `${TCP_SOCK} r7 = r6; there: r1 = *(u32 *)(r7 + 0); out: r0 = 1; exit`],
  ["accepted", "cgroup_skb/ingress", `${TCP_SOCK} r6 = r7; there: r1 = *(u32 *)(r7 + 0); out: r0 = 1; exit`],
];

const calls: readonly Case[] = [
  // What a security hook was going to return lies in its range.
  ["accepted", "lsm/file_mprotect", "r0 = *(u64 *)(r1 + 24); exit"],
  // A released pointer is a number.
  [
    "accepted",
    "fsession/icmp_rcv",
    "r1 = 1; call bpf_task_from_pid; if r0 == 0 goto out; r6 = r0; r1 = r0; call bpf_task_release; if r6 == 5 goto out; r6 += 1; out: r0 = 0; exit",
  ],
  // Which form of a helper these programs get is not known.
  ["unknown", "iter/tcp", "r1 = 0; r2 = 1; r3 = 2; r4 = r10; r4 += -8; r5 = 4; call 49; r0 = 0; exit"],
  ["E0546", "cgroup_skb/ingress", "call 186; r0 = 1; exit"],
  ["accepted", "cgroup/getsockopt", "r1 = 1; call 187; r0 = 1; exit"],
  ["E0549", "cgroup/setsockopt", "r1 = 1; call 187; r0 = 1; exit"],
  // Of what shares the place of the reply, only its first number may be written.
  ["accepted", "sockops", "*(u32 *)(r1 + 4) = 1; r0 = 0; exit"],
  ["E0517", "sockops", "*(u32 *)(r1 + 8) = 1; r0 = 0; exit"],
];

/** Helpers of the rarer program types, in the form that these get. */
const rare: readonly Case[] = [
  ["accepted", "cgroup/sock_create", "r2 = 1; r3 = 2; r4 = r10; r4 += -8; r5 = 4; call 49; r0 = 1; exit"],
  ["accepted", "cgroup/connect4", "r2 = 1; r3 = 2; r4 = r10; r4 += -8; r5 = 4; call 49; r0 = 1; exit"],
  [
    "E0549",
    "cgroup/connect4",
    "r1 = *(u64 *)(r1 + 64); r2 = 1; r3 = 2; r4 = r10; r4 += -8; r5 = 4; call 57; r0 = 1; exit",
  ],
  ["accepted", "sockops", "r2 = r10; r2 += -8; r3 = 8; r4 = 0; call 142; r0 = 1; exit"],
  ["E0551", "sockops", "r2 = r10; r2 += -8; r3 = 0; r4 = 0; call 142; r0 = 1; exit"],
  ["accepted", "sk_msg", "r1 = 0; call 122; r0 = 1; exit"],
  ["accepted", "sk_skb", "call 46; r0 = 1; exit"],
  ["E0546", "sk_msg", "call 46; r0 = 1; exit"],
  [
    "E0509",
    "sk_skb",
    "r6 = r1; r7 = *(u32 *)(r6 + 76); r8 = *(u32 *)(r6 + 80); r9 = r7; r9 += 8; if r9 > r8 goto out; r1 = r6; r2 = 8; r3 = 0; call 38; r0 = *(u8 *)(r7 + 0); out: r0 = 1; exit",
  ],
];

const sections: readonly Case[] = [
  ["E0560", "tc", "call bpf_rcu_read_lock; r0 = 0; exit"],
  ["E0582", "tc", "call bpf_rcu_read_lock; call bpf_rcu_read_unlock; call bpf_rcu_read_unlock; r0 = 0; exit"],
  ["E0560", "tc", "call bpf_preempt_disable; r0 = 0; exit"],
  ["accepted", "tc", "call bpf_preempt_disable; call 7; call bpf_preempt_enable; r0 = 0; exit"],
  ["E0566", "socket", "again: r0 = *(u32 *)(r10 - 4); may_goto again; r0 = 0; exit"],
  ["accepted", "tc", "r6 = r1; r0 = *(u32 *)(r6 + 0); r0 = 0; exit"],
  // Iterators: made, asked, destroyed; the element may be read only.
  [
    "accepted",
    "tc",
    "r1 = r10; r1 += -8; r2 = 0; r3 = 9; call bpf_iter_num_new; again: r1 = r10; r1 += -8; call bpf_iter_num_next; if r0 == 0 goto out; r1 = *(u32 *)(r0 + 0); goto again; out: r1 = r10; r1 += -8; call bpf_iter_num_destroy; r0 = 0; exit",
  ],
  ["E0560", "tc", "r1 = r10; r1 += -8; r2 = 0; r3 = 9; call bpf_iter_num_new; r0 = 0; exit"],
  ["E0559", "tc", "r1 = r10; r1 += -8; call bpf_iter_num_next; r0 = 0; exit"],
];

describe.each([
  ["numbers", numbers],
  ["memory", memory],
  ["kinds of memory", kinds],
  ["calls", calls],
  ["helpers of rarer programs", rare],
  ["sections", sections],
] as const)("%s", (_, cases) => {
  test.each(cases)("%s: %s: %s", (want, section, main) => {
    const text = main.replace(/\b[A-Z]{4,}\b/g, (name) => String(offsets[name] ?? name));
    expect(answer({ section, main: text })).toBe(want);
  });
});
