/** Atomic operations: which instructions they become, and what is refused with which code. */
import { describe, expect, test } from "vitest";
import { compile } from "../../../src/driver/compile.ts";
import { embeddedKernel } from "../../support/kernel.ts";

const kernel = embeddedKernel();
const fileOf = (body: string): string => `
#include <stdatomic.h>
_Atomic int number; _Atomic long wide; _Atomic short half; _Atomic _Bool flag; int *_Atomic pointer;
atomic_uint counted = ATOMIC_VAR_INIT(3); atomic_flag taken = ATOMIC_FLAG_INIT; int plain; int cells[4];
SEC("tc") int probe(struct __sk_buff *skb) { int given = skb->len; ${body}; return 0; }
char LICENSE[] SEC("license") = "GPL";`;
const built = (body: string, cpu: "v3" | "v4" = "v3") => compile(fileOf(body), { kernel, fileName: "a.bpf.c", cpu });
const atomicsOf = (body: string, cpu: "v3" | "v4"): string[] => {
  const { subprogs, diagnostics } = built(body, cpu);
  if (!subprogs) throw new Error(diagnostics.map(({ text }) => text).join("\n"));
  return subprogs
    .flatMap(({ lines }) => lines)
    .flatMap(({ insn }) => {
      if (!("kind" in insn)) return [];
      if (insn.kind === "atomic") return [`${insn.fetch ? "fetch " : ""}${insn.op} ${insn.size}`];
      return insn.kind === "load_acquire" || insn.kind === "store_release" ? [`${insn.kind} ${insn.size}`] : [];
    });
};

describe("become", () => {
  test.each([
    ["number += given", "v3", ["add 4"]],
    ["plain = number += given", "v3", ["fetch add 4"]],
    ["wide--", "v3", ["add 8"]],
    ["plain = counted ^= 1", "v3", ["fetch xor 4"]],
    ["plain = atomic_load_explicit(&number, memory_order_acquire)", "v4", ["load_acquire 4"]],
    ["plain = atomic_load_explicit(&half, memory_order_consume)", "v4", ["load_acquire 2"]],
    ["atomic_store_explicit(&flag, given, memory_order_release)", "v4", ["store_release 1"]],
    ["plain = atomic_load_explicit(&number, memory_order_relaxed)", "v3", []],
    ["__sync_lock_release(&plain)", "v4", ["store_release 4"]],
  ] as const)("%s", (body, cpu, expected) => expect(atomicsOf(body, cpu)).toEqual(expected));
});

describe("are taken or refused", () => {
  test.each([
    ["_Atomic int local = 4; local += 3", []],
    ["plain = _Generic(&number, int *: 1, _Atomic int *: 2)", []],
    ["plain = number", ["E0413"]],
    ["number = given", ["E0413"]],
    ["if (flag) plain = 1", ["E0413"]],
    ["number *= 2", ["E0413"]],
    ["pointer++", ["E0413"]],
    ["half++", ["E0408"]],
    ["__atomic_load_n(&plain, given)", ["E0413"]],
    ["atomic_load(&number)", ["E0413"]],
    ["plain = atomic_load_explicit(&number, memory_order_acquire)", ["E0413"]],
    ["atomic_thread_fence(memory_order_seq_cst)", ["E0413"]],
    ["__atomic_fetch_nand(&plain, 1, 5)", ["E0413"]],
    ["atomic_flag_test_and_set(&taken)", ["E0408"]],
    ["__sync_fetch_and_add(&number, 1)", ["E0203"]],
    ["__atomic_fetch_add(&number, 1, 5)", ["E0203"]],
    ["atomic_fetch_add(&plain, 1)", ["E0203"]],
    ["_Atomic struct { int a; } s", ["E0230"]],
    ["struct { _Atomic int a : 3; } s", ["E0234"]],
    ['asm volatile("" : "+r"(number))', ["E0413"]],
  ])("%s", (body, expected) =>
    expect(
      built(body)
        .diagnostics.filter((d) => d.severity === "error")
        .map((d) => d.code),
    ).toEqual(expected),
  );
});
