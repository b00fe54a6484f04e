/** Packets, sockets, sections, who may call what, and the shape of functions: small programs, each with what Linux 7.2 says of it. */
import { describe, expect, test } from "vitest";
import { answer, type Source } from "./program.ts";

type Row = readonly [want: string, section: string, main: string];

const PACKET = "r2 = *(u32 *)(r1 + 0); r3 = *(u32 *)(r1 + 4); r4 = r2;";
const SKB = "r2 = *(u32 *)(r1 + 76); r3 = *(u32 *)(r1 + 80); r4 = r2;";

const packets: readonly Row[] = [
  ["accepted", "xdp", `${PACKET} r4 += 14; if r4 > r3 goto out; r5 = *(u16 *)(r2 + 12); out: r0 = 2; exit`],
  ["E0580", "xdp", `${PACKET} r4 += 14; if r4 > r3 goto out; r5 = *(u32 *)(r2 + 12); out: r0 = 2; exit`],
  ["E0580", "xdp", `${PACKET} r5 = *(u8 *)(r2 + 0); r0 = 2; exit`],
  ["E0580", "xdp", `${PACKET} r4 += 8; if r4 < r3 goto out; r5 = *(u8 *)(r2 + 0); out: r0 = 2; exit`],
  ["accepted", "xdp", `${PACKET} r4 += 8; if r3 >= r4 goto in; goto out; in: r5 = *(u64 *)(r2 + 0); out: r0 = 2; exit`],
  ["accepted", "xdp", `${PACKET} r4 += 4; if r4 > r3 goto out; *(u32 *)(r2 + 0) = 1; out: r0 = 2; exit`],
  ["accepted", "tc", `${SKB} r4 += 4; if r4 > r3 goto out; *(u32 *)(r2 + 0) = 1; out: r0 = 0; exit`],
  ["E0517", "socket", `${SKB} r0 = 0; exit`],
  [
    "accepted",
    "xdp",
    `${PACKET} r4 += 1; if r4 > r3 goto out; r5 = *(u8 *)(r2 + 0); r5 &= 15; r2 += r5; r4 = r2; r4 += 2; if r4 > r3 goto out; r5 = *(u16 *)(r2 + 0); out: r0 = 2; exit`,
  ],
  [
    "E0509",
    "xdp",
    `r6 = r1; ${PACKET} r4 += 8; if r4 > r3 goto out; r7 = r2; r1 = r6; r2 = 0; call 44; r5 = *(u8 *)(r7 + 0); out: r0 = 2; exit`,
  ],
];

const sockets: readonly Row[] = [
  ["accepted", "cgroup/sock_create", "r2 = *(u32 *)(r1 + 4); r0 = 1; exit"],
  ["accepted", "tc", "r1 = *(u64 *)(r1 + 168); if r1 == 0 goto out; r2 = *(u32 *)(r1 + 4); out: r0 = 0; exit"],
  ["E0510", "tc", "r1 = *(u64 *)(r1 + 168); r2 = *(u32 *)(r1 + 4); r0 = 0; exit"],
  ["E0529", "tc", "r1 = *(u64 *)(r1 + 168); if r1 == 0 goto out; r2 = *(u32 *)(r1 + 200); out: r0 = 0; exit"],
  [
    "accepted",
    "tc",
    "r1 = *(u64 *)(r1 + 168); if r1 == 0 goto out; call 95; if r0 == 0 goto out; r2 = *(u32 *)(r0 + 4); out: r0 = 0; exit",
  ],
  [
    "E0560",
    "tc",
    "r2 = r10; r2 += -16; *(u64 *)(r10 - 16) = 0; *(u64 *)(r10 - 8) = 0; r3 = 12; r4 = -1; r5 = 0; call 84; r0 = 0; exit",
  ],
  [
    "accepted",
    "tc",
    "r2 = r10; r2 += -16; *(u64 *)(r10 - 16) = 0; *(u64 *)(r10 - 8) = 0; r3 = 12; r4 = -1; r5 = 0; call 84; if r0 == 0 goto out; r1 = r0; call 86; out: r0 = 0; exit",
  ],
];

const sections: readonly Row[] = [
  ["accepted", "tc", "call bpf_rcu_read_lock; call bpf_rcu_read_unlock; r0 = 0; exit"],
  ["E0560", "tc", "call bpf_rcu_read_lock; r0 = 0; exit"],
  ["E0582", "tc", "call bpf_rcu_read_unlock; r0 = 0; exit"],
  ["accepted", "tc", "call bpf_preempt_disable; call bpf_preempt_enable; r0 = 0; exit"],
  ["E0560", "tc", "call bpf_preempt_disable; r0 = 0; exit"],
  ["E0582", "tc", "call bpf_preempt_enable; r0 = 0; exit"],
];

const callers: readonly Row[] = [
  ["E0546", "xdp", "call 14; call 26; r0 = 0; exit"],
  ["E0546", "kprobe", "r2 = 0; call 44; r0 = 0; exit"],
  ["E0548", "fentry/icmp_rcv", "r1 = r10; r1 += -8; r2 = 8; r3 = 0; call 148; r0 = 0; exit"],
  ["accepted", "fentry.s/bpf_fentry_test1", "r1 = r10; r1 += -8; r2 = 8; r3 = 0; call 148; r0 = 0; exit"],
  ["E0558", "xdp", "call bpf_session_cookie; r0 = 0; exit"],
];

const shapes: readonly Row[] = [
  ["E0504", "socket", "r0 = 0"],
  ["E0505", "socket", "r0 = 0; exit; r0 = 1; exit"],
  ["E0504", "socket", "call 7; if r0 == 0 goto out; r0 = 0; exit; out: r0 = 1"],
  ["accepted", "socket", "goto end; start: r0 = 0; exit; end: goto start"],
];

describe.each([
  ["packets", packets],
  ["sockets", sockets],
  ["sections", sections],
  ["who may call", callers],
  ["the shape of functions", shapes],
] as const)("%s", (_, rows) => {
  test.each(rows)("%s: %s: %s", (want, section, main) => {
    expect(answer({ section, main })).toBe(want);
  });
});

test.each<readonly [string, Source]>([
  ["E0506", { main: "call one; r0 = 0; exit", one: "call two; exit", two: "call one; exit" }],
  ["E0506", { main: "call one; r0 = 0; exit", one: "call one; exit" }],
  ["accepted", { main: "call one; r0 = 0; exit", one: "call two; exit", two: "r0 = 0; exit" }],
])("%s: functions that call each other: %o", (want, source) => {
  expect(answer(source)).toBe(want);
});
