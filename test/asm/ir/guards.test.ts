/** What bounds a value for the kernel's verifier stays, even where arithmetic alone would make it needless. */
import { expect, test } from "vitest";
import { compile } from "../../../src/driver/compile.ts";
import { embeddedKernel } from "../../support/kernel.ts";

test("a mask behind a division is kept", () => {
  const made = compile(
    `char LICENSE[] SEC("license") = "GPL";
     u64 table[4] = { 1 };
     SEC("fentry/icmp_rcv")
     int BPF_PROG(probe, struct sk_buff *skb)
     {
         table[(3 % ((u32)bpf_ktime_get_ns() | 1)) & 3] += 1;
         return 0;
     }`,
    { kernel: embeddedKernel() },
  );
  expect(made.diagnostics).toEqual([]);
  expect(made.verdicts.map((v) => v.verdict)).toEqual(["accepted"]);
});
