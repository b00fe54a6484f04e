/** Small programs, each with what the kernel says of it: a Linux 7.2 guest gave the same verdict on every row but the unknown ones. */
import { describe, expect, test } from "vitest";
import { answer } from "./program.ts";

/** r0 is the result of a lookup; LOOKUP and END stand for what many programs begin and end with. */
const LOOKUP = "*(u32*)(r10-4) = 0; r2 = r10; r2 += -4; r1 = hash ll; call 1;";
const END = "r0 = 0; exit";

const rows: readonly (readonly [string, string])[] = [
  ["E0508", "r10 = 0; END"],
  ["E0507", "r0 = r2; r0 = 0; exit;"],
  ["E0507", "exit;"],
  ["E0507", "call 7; r2 = r1; END"],
  ["E0507", "call 7; r2 = r6; END"],
  ["accepted", "r6 = r1; call 7; r2 = *(u64 *)(r6 + 0); END"],
  ["accepted", "r2 = *(u64 *)(r10 - 8); r2 = *(u64*)(r10 - 512); END"],
  ["E0518", "r2 = *(u64 *)(r10 - 520); END"],
  ["E0518", "*(u64 *)(r10 - 520) = r1; END"],
  ["E0518", "*(u64 *)(r10 + 0) = r1; END"],
  ["E0519", "*(u32 *)(r10 - 6) = 0; END"],
  ["E0521", "*(u64 *)(r10 - 8) = r1; r2 = *(u32 *)(r10 - 8); END"],
  ["E0522", "*(u32 *)(r10 - 8) = r1; END"],
  ["E0509", "*(u64 *)(r10 - 8) = r1; *(u8 *)(r10 - 1) = 0; r2 = *(u64 *)(r10 - 8); r2 = *(u64 *)(r2 + 0); END"],
  ["accepted", "*(u64 *)(r10 - 8) = r1; r2 = *(u64 *)(r10 - 8); r2 = *(u64 *)(r2 + 0); END"],
  ["E0538", "w1 += 4; END"],
  ["accepted", "w2 = w1; w1 -= w1; END"],
  ["E0536", "r1 *= 2; END"],
  ["E0536", "r1 &= 7; END"],
  ["accepted", "r1 = -r1; END"],
  ["accepted", "r1 = be16 r1; END"],
  ["E0542", "r2 = r10; r2 -= 8; END"],
  ["accepted", "r2 = r10; r2 -= r1; END"],
  ["E0540", "r2 = 5; r2 -= r1; END"],
  ["E0541", "r2 = r10; r2 += r1; END"],
  ["accepted", "r2 = r10; r2 += -8; *(u64 *)(r2 + 0) = r2; r3 = *(u64 *)(r2 + 0); *(u8*)(r3 + 7) = 1; END"],
  ["E0537", "LOOKUP r0 += 8; if r0 == 0 goto 1f; r1 = *(u64 *)(r0 + 0); 1: END"],
  ["accepted", "LOOKUP r6 = r0; if r6 == 0 goto 1f; r1 = *(u64 *)(r0 + 0); 1: END"],
  [
    "accepted",
    "LOOKUP *(u64 *)(r10 - 16) = r0; if r0 == 0 goto 1f; r1 = *(u64 *)(r10 - 16); r1 = *(u64 *)(r1 + 40); 1: END",
  ],
  ["E0509", "LOOKUP if r0 != 0 goto 1f; r1 = *(u64 *)(r0 + 0); 1: END"],
  ["E0510", "LOOKUP if w0 == 0 goto 1f; r1 = *(u64 *)(r0 + 0); 1: END"],
  ["E0510", "LOOKUP if r0 > 0 goto 2f; goto 1f; 2: r1 = *(u64 *)(r0 + 0); 1: END"],
  ["E0523", "LOOKUP if r0 == 0 goto 1f; r1 = *(u64 *)(r0 + 41); 1: END"],
  ["E0523", "LOOKUP if r0 == 0 goto 1f; r1 = *(u64 *)(r0 - 1); 1: END"],
  ["accepted", "LOOKUP if r0 == 0 goto 1f; r6 = r0; call 7; r0 &= 47; r6 += r0; r1 = *(u8 *)(r6 + 0); 1: END"],
  ["E0523", "LOOKUP if r0 == 0 goto 1f; r6 = r0; call 7; r0 &= 47; r6 += r0; r1 = *(u16 *)(r6 + 0); 1: END"],
  [
    "accepted",
    "LOOKUP if r0 == 0 goto 1f; r6 = r0; call 7; if r0 > 40 goto 1f; r6 += r0; r1 = *(u64 *)(r6 + 0); 1: END",
  ],
  ["E0539", "LOOKUP if r0 == 0 goto 1f; r6 = r0; call 7; if r0 s> 40 goto 1f; r6 += r0; r1 = *(u64 *)(r6 + 0); 1: END"],
  [
    "accepted",
    "LOOKUP if r0 == 0 goto 1f; r6 = r0; call 7; if w0 > 40 goto 1f; w0 = w0; r6 += r0; r1 = *(u64 *)(r6 + 0); 1: END",
  ],
  ["E0539", "LOOKUP if r0 == 0 goto 1f; r6 = r0; call 7; if w0 > 40 goto 1f; r6 += r0; r1 = *(u64 *)(r6 + 0); 1: END"],
  [
    "accepted",
    "LOOKUP if r0 == 0 goto 1f; r6 = r0; call 7; r0 &= 15; r6 -= r0; r6 += 15; r1 = *(u8 *)(r6 + 0); 1: END",
  ],
  ["E0525", "LOOKUP if r0 == 0 goto 1f; r6 = r0; call 7; r0 &= 15; r6 -= r0; r6 += 14; r1 = *(u8 *)(r6 + 0); 1: END"],
  ["E0536", "r1 = hash ll; r1 += 8; END"],
  ["accepted", "r1 = hash ll; r1 += 0; r2 = *(u64 *)(r1 + 0); END"],
  ["E0534", "r1 = hash ll; *(u64 *)(r1 + 0) = r10; END"],
  ["E0535", "r2 = 0; lock *(u64 *)(r1 + 0) += r2; END"],
  ["accepted", "r2 = 1; *(u64 *)(r10 - 8) = 0; lock *(u64 *)(r10 - 8) += r2; r3 = *(u64 *)(r10 - 8); END"],
  ["accepted", "r2 = 1; *(u64 *)(r10 - 8) = r1; r3 = r2; r3 = atomic_fetch_add((u64 *)(r10 - 8), r3); END"],
  ["accepted", "r0 = 1; if r0 == 1 goto 1f; r2 = r9; 1: END"],
  ["accepted", "r6 = 0; 1: r6 += 1; if r6 < 100 goto 1b; END"],
  ["E0566", "r6 = 0; 1: if r6 < 100 goto 1b; END"],
  ["accepted", "call 7; 1: r0 += 1; if r0 < 100 goto 1b; END"],
  ["E0566", "call 7; r6 = r0; 1: call 7; if r0 != 7 goto 1b; END"],
  ["E0570", "if r1 == 0 goto 1f; r2 = r10; r2 += -8; goto 2f; 1: r2 = r1; 2: r3 = *(u64 *)(r2 + 0); END"],
  ["E0570", "r6 = r1; call 7; r2 = r6; if r0 == 0 goto 2f; r2 = r10; r2 += -8; 2: r3 = *(u64 *)(r2 + 0); END"],
  ["accepted", "r1 += 8; r2 = *(u64 *)(r1 + 0); END"],
  ["accepted", "r1 += 8; r2 = *(u64 *)(r1 - 8); END"],
  ["E0514", "r1 += -8; r2 = *(u64 *)(r1 + 0); END"],
  ["E0514", "r6 = r1; call 7; r0 &= 8; r6 += r0; r2 = *(u64 *)(r6 + 0); END"],
  ["accepted", "r1 = *(u64 *)(r1 + 0); if r1 == 0 goto 1f; r2 = *(u32 *)(r1 + 112); 1: END"],
  ["E0531", "r1 = *(u64 *)(r1 + 0); r2 = *(u64 *)(r1 - 8); END"],
  ["E0529", "r1 = *(u64 *)(r1 + 0); r1 += 8; r2 = *(u64 *)(r1 + 104); END"],
  ["E0529", "r1 = *(u64 *)(r1 + 0); r2 = *(u32 *)(r1 + 16); END"],
  ["accepted", "r1 = *(u64 *)(r1 + 0); r2 = *(u64 *)(r1 + 16); r3 = *(u64 *)(r2 + 0); END"],
  [
    "accepted",
    "r1 = ring ll; r2 = 16; r3 = 0; call 131; if r0 == 0 goto 1f; *(u64 *)(r0 + 8) = 1; r1 = r0; r2 = 0; call 132; 1: END",
  ],
  [
    "E0524",
    "r1 = ring ll; r2 = 16; r3 = 0; call 131; if r0 == 0 goto 1f; *(u64 *)(r0 + 16) = 1; r1 = r0; r2 = 0; call 132; 1: END",
  ],
  [
    "E0509",
    "r1 = ring ll; r2 = 16; r3 = 0; call 131; *(u64*)(r10 - 8) = r0; if r0 == 0 goto 1f; r1 = *(u64*)(r10 - 8); r2 = 0; call 133; r1 = *(u64*)(r10 - 8); r2 = *(u64 *)(r1 + 0); 1: END",
  ],
  ["E0554", "r1 = hash ll; r2 = 16; r3 = 0; call 131; if r0 == 0 goto 1f; r1 = r0; r2 = 0; call 132; 1: END"],
  [
    "accepted",
    "r1 = ring ll; r2 = 16; r3 = 0; call 131; r6 = r0; r1 = ring ll; r2 = 16; r3 = 0; call 131; r7 = r0; if r6 == 0 goto 1f; r1 = r6; r2 = 0; call 132; 1: if r7 == 0 goto 2f; r1 = r7; r2 = 0; call 132; 2: END",
  ],
  [
    "E0509",
    "r1 = ring ll; r2 = 16; r3 = 0; call 131; r6 = r0; r1 = ring ll; r2 = 16; r3 = 0; call 131; r7 = r0; if r6 == 0 goto 1f; r1 = r6; r2 = 0; call 132; 1: if r7 == 0 goto 2f; r1 = r7; r2 = 0; call 132; r1 = r6; r2 = *(u64*)(r1+0); 2: END",
  ],
  ["E0549", "r1 = hash ll; r2 = 0; call 1; END"],
  ["accepted", "r1 = hash ll; r2 = r10; r2 += -4; call 1; END"],
  ["E0518", "r1 = hash ll; r2 = r10; r2 += -2; call 1; END"],
  ["E0549", "r2 = r10; r2 += -4; r1 = r2; call 1; END"],
  ["accepted", "r1 = r10; r1 += -16; r2 = 16; r3 = 0; call 113; r4 = *(u64 *)(r10 - 8); END"],
  ["E0518", "r1 = r10; r1 += -16; r2 = 17; r3 = 0; call 113; END"],
  ["accepted", "r1 = r10; r1 += -16; r2 = 0; r3 = 0; call 113; END"],
  ["E0551", "r1 = r10; r1 += -16; r2 = 0; call 16; END"],
  ["E0549", "r1 = 0; r2 = 0; r3 = 0; call 113; END"],
  [
    "E0509",
    "r1 = r10; r1 += -16; *(u64*)(r10 - 8) = r10; r2 = 16; r3 = 0; call 113; r4 = *(u64 *)(r10 - 8); r4 = *(u64 *)(r4 - 8); END",
  ],
  ["E0545", "call 9999; END"],
  ["E0546", "call 26; END"],
  ["E0549", "r1 = 0; call 183; END"],
  ["accepted", "r2 = 0; r3 = r10; r3 += -8; call 183; r1 = *(u64*)(r10-8); END"],
  ["E0518", "r2 = 0; r3 = r10; r3 += -4; call 183; END"],
  ["E0519", "r2 = 0; r3 = r10; r3 += -12; call 183; END"],
  ["E0555", "r1 += 8; r2 = 0; r3 = r10; r3 += -8; call 183; END"],
  ["E0543", "r0 = 0; r0 /= 0; exit;"],
  ["E0544", "r0 = 0; r0 <<= 64; exit;"],
  ["E0544", "r0 = 0; w0 <<= 32; exit;"],
  ["accepted", "r0 = 1 ll; r0 &= 0; exit;"],
  ["E0562", "r0 = 0xffffffff00000000 ll; exit;"],
  ["accepted", "w0 = w10; w0 = 0; exit;"],
  ["E0563", "r0 = r10; exit;"],
  ["E0563", "r0 = r1; exit;"],
  ["accepted", "r6 = r1; r1 = *(u64 *)(r1 + 0); r2 = r6; r2 -= r1; r3 = r2; r3 += 1; END"],
  ["accepted", "r6 = r10; r6 += -64; call 7; r0 &= 63; r6 += r0; *(u8 *)(r6 + 0) = 0; r1 = *(u8 *)(r6 + 0); END"],
  ["E0519", "r6 = r10; r6 += -64; call 7; r0 &= 63; r6 += r0; *(u16 *)(r6 + 0) = 0; END"],
  ["accepted", "r6 = r10; r6 += -64; call 7; r0 &= 56; r6 += r0; *(u64 *)(r6 + 0) = 0; r1 = *(u64 *)(r6 + 0); END"],
  [
    "E0509",
    "r6 = r10; r6 += -64; *(u64 *)(r10 - 64) = r1; call 7; r0 &= 56; r6 += r0; r1 = *(u64 *)(r6 + 0); r1 = *(u64 *)(r1 + 0); END",
  ],
  [
    "E0509",
    "r6 = r10; r6 += -64; *(u64 *)(r10 - 64) = r1; call 7; r0 &= 56; r6 += r0; *(u64 *)(r6 + 0) = 0; r1 = *(u64 *)(r10 - 64); r1 = *(u64 *)(r1 + 0); END",
  ],
  [
    "accepted",
    "*(u64 *)(r10 - 8) = 3; *(u32 *)(r10 - 16) = 3; r2 = r10; r2 += -16; r1 = array ll; call 1; r1 = *(u64 *)(r0 + 0); END",
  ],
  ["E0510", "*(u32 *)(r10 - 12) = 3; r2 = r10; r2 += -12; r1 = array ll; call 1; r1 = *(u64 *)(r0 + 0); END"],
  ["E0510", "*(u64 *)(r10 - 16) = 3; r2 = r10; r2 += -16; r1 = array ll; call 1; r1 = *(u64 *)(r0 + 0); END"],
  ["accepted", "*(u64 *)(r10 - 16) = 0; r2 = r10; r2 += -12; r1 = array ll; call 1; r1 = *(u64 *)(r0 + 0); END"],
  ["accepted", "r6 = r1; r7 = 0; 1: if r7 > 5 goto 2f; r7 += 1; goto 1b; 2: r0 = 0; exit;"],
  ["accepted", "r6 = 100 ll; r7 = r10; r7 += r6; r1 = *(u8 *)(r7 - 108); END"],
  ["E0539", "r6 = 0x20000000 ll; r7 = r10; r7 += r6; r7 -= r6; END"],
  ["E0539", "r6 = 0x1fffffff ll; r7 = r1; r7 += r6; r7 += r6; END"],
  ["E0539", "call 7; r7 = r10; r7 += r0; r0 = -8; r7 += r0; END"],
  ["E0539", "call 7; r7 = r10; r7 += r0; r1 = *(u8 *)(r7 + 0); END"],
  ["E0539", "call 5; r7 = r10; r7 += r0; r1 = *(u8 *)(r7 + 0); END"],
  ["accepted", "may_goto 1f; r2 = 1; 1: END"],
  ["accepted", "r6 = 0; 1: may_goto 2f; r6 += 1; goto 1b; 2: END"],
  ["E0541", "r0 = *(u64 *)(r1 + 0); r0 += r1; r0 = 0; exit;"],
  ["accepted", "r3 = r1; r3 += 8; if r3 == r1 goto 1f; 1: END"],
  ["accepted", "call 5; r0 |= 8; r0 &= 12; r2 = r10; r2 += -16; r2 += r0; *(u32 *)(r2 + 0) = 1; END"],
];

describe("an fsession program on icmp_rcv", () => {
  test.each(rows)("%s: %s", (want, text) => {
    expect(answer(text.replace("LOOKUP", LOOKUP).replace("END", END))).toBe(want);
  });
});

const bySection: readonly (readonly [string, string, string])[] = [
  ["accepted", "fexit/icmp_rcv", "r2 = *(u64 *)(r1 + 8); r0 = 0; exit"],
  ["E0515", "fentry/icmp_rcv", "r2 = *(u64 *)(r1 + 8); r0 = 0; exit"],
  ["E0512", "fexit/icmp_rcv", "r2 = *(u64 *)(r1 + 16); r0 = 0; exit"],
  ["E0516", "fsession.multi/icmp_*", "r2 = *(u64 *)(r1 + 0); r0 = 0; exit"],
  ["E0562", "fexit/icmp_rcv", "r0 = 1; exit"],
  ["accepted", "fmod_ret/bpf_modify_return_test", "r0 = 1; exit"],
  ["accepted", "kprobe/icmp_rcv", "r2 = *(u64 *)(r1 + 112); r0 = 9; exit"],
  ["E0517", "kprobe/icmp_rcv", "r2 = *(u64 *)(r1 + 168); r0 = 0; exit"],
  ["accepted", "tracepoint/sched/sched_switch", "r2 = *(u64 *)(r1 + 8); r0 = 0; exit"],
  ["E0517", "tracepoint/sched/sched_switch", "r2 = *(u64 *)(r1 + 0); r0 = 0; exit"],
  ["E0517", "raw_tp/sched_switch", "r2 = *(u64 *)(r1 + 96); r0 = 0; exit"],
  ["accepted", "tp_btf/sched_switch", "r2 = *(u64 *)(r1 + 16); r2 = *(u32 *)(r2 + 0); r0 = 3; exit"],
  ["accepted", "lsm/file_open", "w0 = -1; exit"],
  ["E0562", "lsm/file_open", "r0 = 1; exit"],
  ["accepted", "kprobe.session/icmp_rcv", "call bpf_session_cookie; *(u64 *)(r0 + 0) = 1; r0 = 1; exit"],
  ["E0558", "kprobe/icmp_rcv", "call bpf_session_cookie; r0 = 0; exit"],
  ["E0558", "fentry/icmp_rcv", "call bpf_session_is_return; r0 = 0; exit"],
  ["accepted", "xdp", "r2 = *(u32 *)(r1 + 12); r0 = 2; exit"],
  ["accepted", "xdp", "r2 = *(u32 *)(r1 + 0); r0 = 2; exit"],
  ["E0517", "xdp", "r2 = *(u8 *)(r1 + 0); r0 = 2; exit"],
  ["E0301", "fsession/no_such_function", "r0 = 0; exit"],
  ["E0304", "fsession/do_exit", "r0 = 0; exit"],
  ["unknown", "fentry/set_by_user_space", "r0 = 0; exit"],
  ["unknown", "fentry/set_by_user_space", "r2 = *(u64 *)(r1 + 0); r3 = *(u64 *)(r2 + 0); r0 = 0; exit"],
  ["E0562", "fentry/set_by_user_space", "r0 = 1; exit"],
  ["E0507", "fexit", "r0 = r7; exit"],
  ["unknown", "nonsense", "r0 = 0; exit"],
  ["unknown", "freplace/anything", "r0 = 0; exit"],
];

test.each(bySection)("%s: %s %s", (want, section, main) => {
  expect(answer({ section, main })).toBe(want);
});

describe("sessions", () => {
  test.each([
    ["accepted", "call bpf_session_cookie; *(u64 *)(r0 + 0) = 7; r1 = *(u8 *)(r0 + 7); r0 = 0; exit"],
    ["E0524", "call bpf_session_cookie; *(u64 *)(r0 + 8) = 7; r0 = 0; exit"],
    ["E0524", "call bpf_session_cookie; *(u32 *)(r0 + 5) = 7; r0 = 0; exit"],
    ["E0555", "r1 += 8; call bpf_session_is_return; r0 = 0; exit"],
    ["E0559", "r1 = r10; call bpf_session_is_return; r0 = 0; exit"],
    ["E0559", "r1 = 0; call bpf_session_cookie; r0 = 0; exit"],
    ["E0562", "call bpf_session_is_return; exit"],
    ["E0507", "call bpf_session_is_return; call bpf_session_is_return; r0 = 0; exit"],
    ["E0526", "call bpf_session_is_return; r2 = data ll; r2 += r0; r2 = *(u8 *)(r2 + 0); r0 = 0; exit"],
  ])("%s: %s", (want, main) => {
    const bounded = want === "E0526" ? main.replace("r2 += r0", "r0 >>= 2; r0 &= 0x7fffffff; r2 += r0") : main;
    expect(answer(bounded)).toBe(want);
  });
});

describe("licences", () => {
  test.each([
    ["E0533", "r1 = *(u64 *)(r1 + 0); r2 = *(u32 *)(r1 + 112); r0 = 0; exit"],
    ["E0547", "call bpf_session_is_return; r0 = 0; exit"],
    ["E0547", "call 35; r0 = 0; exit"],
    ["accepted", "call 5; r0 = 0; exit"],
  ])("%s without GPL: %s", (want, main) => {
    expect(answer({ license: "Proprietary", main })).toBe(want);
  });
});
